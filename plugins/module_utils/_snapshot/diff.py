# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes between two snapshots, by object and by person. Pure rules: no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from .._core.errors import usage
from .._core.resource import Record, normalize_case
from .accepted import Acceptances
from .kinds import KINDS, Kind
from .people import EVERYBODY, OWNED, POLICIES, People
from .same import differing
from .unread import NOTHING_THERE

Snapshot = Mapping[str, Any]
_STATES = ("DeviceAccessState", "DeviceAccessStateReason")


def compare(before: Snapshot, after: Snapshot, accepted: Sequence[Mapping[str, Any]], today: date) -> dict[str, Any]:
    """The differences, and the people whose objects differ. Raises `TenantError` for incomparable snapshots."""
    _check(before, after)
    people = People(before, after)
    acceptances = Acceptances(accepted, lambda entry: _ids_of(entry, before, after), today)
    found = [
        {**one, "accepted": acceptances.of(one)}
        for kind in KINDS
        if kind in before["objects"] and kind in after["objects"]
        for one in _of_kind(kind, before["objects"][kind], after["objects"][kind], people)
    ]
    opened = [one for one in found if not one["accepted"]]
    missing = list(_not_compared(before, after))
    return {
        "equal": not found,
        "ok": not opened,
        "before": _heading(before),
        "after": _heading(after),
        "differences": found,
        "people": _by_person(found),
        "devices": [one for one in found if one["kind"] == "mobile_devices" and one["property"] in _STATES[:1]],
        "complete": all(one["expected"] for one in missing),
        "not_compared": missing,
        "ended": acceptances.ended,
        "unmatched": acceptances.unmatched,
        "summary": {
            **{change: sum(one["change"] == change for one in found) for change in ("added", "removed", "changed")},
            "objects": len({(one["kind"], one["id"]) for one in found}),
            "people": len({person for one in found for person in one["people"]} - {EVERYBODY}),
            "accepted": len(found) - len(opened),
            "expired": acceptances.expired,
        },
    }


def _check(before: Snapshot, after: Snapshot) -> None:
    ids = [normalize_case(str(one["tenant"].get("id"))) for one in (before, after)]
    if ids[0] != ids[1]:
        if before.get("pseudonymized") is True or after.get("pseudonymized") is True:
            raise usage(
                "a pseudonymized snapshot has ids and names that no other one has, so it cannot be compared",
                "Compare snapshots that are not pseudonymized",
            )
        raise usage(
            f"the snapshots are of two tenants, {_tenant(before)} and {_tenant(after)}, whose objects have other ids",
            "Compare snapshots of the same tenant",
        )


def _tenant(snapshot: Snapshot) -> str:
    return f"{snapshot['tenant'].get('name')} ({snapshot['tenant'].get('id')})"


def _heading(snapshot: Snapshot) -> dict[str, Any]:
    return {"taken_at": snapshot["taken_at"], "tenant": dict(snapshot["tenant"])}


def _not_compared(before: Snapshot, after: Snapshot) -> Iterator[dict[str, Any]]:
    """A kind that one side could not read may differ in any way, so it is neither equal nor different.

    It is `expected` if neither side was meant to have it.
    """
    for kind, known in KINDS.items():
        sides = {"before": before, "after": after}
        missing = {name: one["not_read"].get(kind) or {} for name, one in sides.items() if kind not in one["objects"]}
        reasons = {name: str(one.get("reason") or "it is not in the snapshot") for name, one in missing.items()}
        expected = len(missing) == 2 and all(one.get("error") in NOTHING_THERE for one in missing.values())
        if len(set(reasons.values())) == 1 and len(reasons) == 2:
            reasons = {"both": reasons["before"]}
        for side, reason in reasons.items():
            yield {"kind": kind, "title": known.title, "snapshot": side, "reason": reason, "expected": expected}


def _ids_of(entry: Mapping[str, Any], before: Snapshot, after: Snapshot) -> set[str] | None:
    """The ids of the object of an accepted difference; None if every object is meant.

    A name that equals another object's id does not match it, and a name of several objects matches none. A recreated
    object has a new id, and matches with both; a renamed one matches by its earlier name.
    """
    if entry.get("object") is None:
        return None
    kind, wanted = str(entry["kind"]), normalize_case(str(entry["object"]))
    known = KINDS[kind]
    old, new = (_by_identity(known, kind, one["objects"].get(kind) or ()) for one in (before, after))
    if wanted in old or wanted in new:
        return {wanted}
    called = [
        {one for one, record in side.items() if normalize_case(name_of(known, record)) == wanted} for side in (old, new)
    ]
    if max(map(len, called)) > 1:
        raise usage(
            f"an accepted difference is about {entry['object']}, and several {known.title} have this name",
            f"Set object to the {known.identity} of one of them",
        )
    return called[0] | called[1] - old.keys()


def _of_kind(kind: str, before: Iterable[Record], after: Iterable[Record], people: People) -> Iterator[dict[str, Any]]:
    """The differences of all objects of one kind, sorted by identity."""
    known = KINDS[kind]
    old, new = (_by_identity(known, kind, records) for records in (before, after))
    for identity in sorted({*old, *new}):
        was, becomes = old.get(identity), new.get(identity)
        if was is not None and becomes is not None:
            yield from _changed(kind, was, becomes, people)
        else:
            yield _added_or_removed(kind, was, becomes, people)


def _added_or_removed(kind: str, was: Record | None, becomes: Record | None, people: People) -> dict[str, Any]:
    """An object that only one of the snapshots has."""
    record = becomes if was is None else was
    return {
        **_about(kind, record or {}),
        "change": "added" if was is None else "removed",
        "property": "",
        "before": was,
        "after": becomes,
        "people": sorted({*people.of(kind, record or {})}),
    }


def _changed(kind: str, was: Record, becomes: Record, people: People) -> Iterator[dict[str, Any]]:
    """The properties that differ of an object that both snapshots have."""
    changes = list(differing(kind, was, becomes))
    if not changes:  # as for most objects, whose people are then not looked for
        return
    about, owners = _about(kind, was), _owners(kind, was, becomes, people)
    for path, first, second in changes:
        if kind == POLICIES:
            named = people.of_policy_change(path, was, becomes)
        else:
            named = {*people.among(first, second), *owners}
        values = {"property": path, "before": first, "after": second}
        yield {**about, "change": "changed", **values, "people": sorted(named)}


def _owners(kind: str, was: Record, becomes: Record, people: People) -> set[str]:
    """The people whom every change of an object concerns, since it is theirs."""
    if KINDS[kind].person or kind in OWNED:
        return {*people.of(kind, was), *people.of(kind, becomes)}
    return set()


def _about(kind: str, record: Record) -> dict[str, str]:
    """Which object a difference is about."""
    known = KINDS[kind]
    return {
        "kind": kind,
        "title": known.title,
        "object": name_of(known, record),
        "id": str(record.get(known.identity) or ""),
    }


def _by_identity(known: Kind, kind: str, records: Iterable[Record]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for one in records:
        identity = normalize_case(str(one.get(known.identity) or "")) if known.identity else ""
        if identity in found:
            raise usage(f"{known.title} in a snapshot have the same {known.identity} twice: {identity}")
        found[identity] = one
    return found


def name_of(known: Kind, record: Mapping[str, Any]) -> str:
    """The name of an object for people."""
    names = (str(record.get(name) or "") for name in (*known.names, known.identity))
    return next((one for one in names if one), known.title)


def _by_person(differences: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For each person, the differences, beginning with devices whose access changes."""
    found: dict[str, dict[str, Any]] = {}
    for one in differences:
        for person in one["people"]:
            entry = found.setdefault(person, {"person": person, "access": [], "differences": []})
            if one["kind"] == "mobile_devices" and one["property"] == _STATES[0]:
                entry["access"].append({"device": one["object"], "before": one["before"], "after": one["after"]})
            entry["differences"].append(f"{one['title']}: {one['object']} {one['change']} {one['property']}".strip())
    return [found[person] for person in sorted(found, key=normalize_case)]
