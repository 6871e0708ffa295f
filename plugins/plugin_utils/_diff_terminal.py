# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The differences of two snapshots as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ..module_utils._core.errors import one_line
from ..module_utils._snapshot.kinds import KINDS
from ._diff_report import accepted_of, rows_of
from ._rows import table, text_of
from ._wrapped import wrapped

_OF_ACCEPTANCES = {
    "ended": "Accepted differences that have expired:",
    "unmatched": "Accepted differences that match no difference:",
}
_ACCESS = ("mobile_devices", "DeviceAccessState")
_LONGEST = 200  # characters of a reason, or of a value
_OF_DEVICES = {"Device": "object", "Person": "people", "Access before": "before", "Access after": "after"}
_OF_ACCEPTED = {"Accepted until": "accepted.until", "Reason": "accepted.reason"}


def lines_of(found: Mapping[str, Any]) -> list[str]:
    """The devices whose access changes, which matter most, and the other differences.

    Each is a table, or a block for each object where a table would break an id or a name that somebody may copy.
    """
    others = [one for one in found["differences"] if (one["kind"], one["property"]) != _ACCESS]
    lines = [*_devices(found["devices"]), *_others(others)]
    return lines or ["No difference."]


def _devices(devices: Sequence[Mapping[str, Any]]) -> list[str]:
    columns = {**_OF_DEVICES, **(_OF_ACCEPTED if any(one["accepted"] for one in devices) else {})}
    return _shown(devices, devices, columns)


def _others(differences: Sequence[Mapping[str, Any]]) -> list[str]:
    rows = rows_of({"differences": differences})
    empty = [] if any(row["Accepted"] for row in rows) else ["Accepted"]
    return _shown(differences, rows, [name for name in (rows[0] if rows else ()) if name not in empty])


def _shown(differences: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], columns: Any) -> list[str]:
    if not rows:
        return []
    return table("snapshot_diff", [*rows], columns, _LONGEST, whole_words=True) or [*_blocks(differences)]


def _blocks(differences: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for (title, name, _identity, change), group in groupby(
        differences, lambda one: (one["title"], one["object"], one["id"], one["change"])
    ):
        parts = [*group]
        people = {person: None for one in parts for person in one["people"]}
        yield from wrapped(one_line(f"{title}: {name} {change}", _LONGEST))
        for one in parts:
            accepted = f" (accepted {accepted_of(one)})" if one["accepted"] else ""
            if one["property"]:
                line = f"{one['property']}: {_value(one['before'])} -> {_value(one['after'])}{accepted}"
                yield from wrapped(f"  {one_line(line, 3 * _LONGEST)}")
            elif accepted:
                yield from wrapped(f"  {one_line(accepted.strip(' ()'), _LONGEST)}")
        if people:
            yield from wrapped(f"  People: {one_line(', '.join(people), _LONGEST)}")


def _value(value: Any) -> str:
    return one_line(text_of(value), _LONGEST) or "none"


def acceptances_of(found: Mapping[str, Any]) -> list[str]:
    """The entries that accept nothing, since their last day is over or nothing is like them."""
    return [line for name, heading in _OF_ACCEPTANCES.items() if found[name] for line in _part(heading, found[name])]


def _part(heading: str, entries: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    yield heading
    for one in entries:
        about = ", ".join(str(one[name]) for name in ("object", "property") if one.get(name))
        title = KINDS[one["kind"]].title
        line = one_line(f"{title}{': ' if about else ''}{about} (until {one['until']}): {one['reason']}", _LONGEST)
        yield f"  {line}"
