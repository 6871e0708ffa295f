# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantee 22: of all objects of all tenants, only those change that may, and only in the allowed properties.

The whole state of the simulator is compared object by object, by unique id. Allowed changes are data of the tests, in
allowed_changes.py; nothing here comes from the plugins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator import Simulator

Objects = Mapping[str, Mapping[str, Mapping[str, Any]]]  # of all tenants: by tenant, kind, unique id
CREATED, REMOVED = "created", "removed"
# The time of an object's last change does not show what changed.
_TIMES = {"WhenChangedUTC", "WhenChanged", "modifiedDateTime", "lastModifiedDateTime"}
# Settings of mailboxes: an unchanged mailbox has none, so the first change looks like a creation.
_SETTINGS = {"CASMailbox"}


@dataclass(frozen=True)
class May:
    """An allowed change: the objects of one kind, and how they may change.

    `where` has properties with the user's values, which the object must have before or after; `id` is its unique id.
    `{domain}` stands for the domain of the tenant, and `{user:NAME}` for the id of the user of that name.
    """

    kind: str
    where: Mapping[str, str]
    properties: tuple[str, ...] = ()
    created: bool = False
    removed: bool = False

    def allows(self, change: Change, names: Mapping[str, str]) -> bool:
        if self.kind != change.kind or not self._fits(change, names):
            return False
        if change.what in (CREATED, REMOVED):
            return self.created if change.what == CREATED else self.removed
        return change.what in self.properties

    def _fits(self, change: Change, names: Mapping[str, str]) -> bool:
        wanted = {name: _filled(value, names) for name, value in self.where.items()}
        sides = [{**side, "id": change.id} for side in (change.before, change.after) if side is not None]
        return any(all(side.get(name) == value for name, value in wanted.items()) for side in sides)


@dataclass(frozen=True)
class Change:
    """One object that was created or removed, or one changed property of it."""

    tenant: str
    kind: str
    id: str
    what: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    def __str__(self) -> str:
        shown = self.after or self.before or {}
        name = next(
            (shown[one] for one in ("Name", "displayName", "userPrincipalName", "Identity") if shown.get(one)), ""
        )
        values = (
            ""
            if self.what in (CREATED, REMOVED)
            else f" {(self.before or {}).get(self.what)!r} -> {(self.after or {}).get(self.what)!r}"
        )
        return f"{self.tenant}: {self.kind} {name} ({self.id}): {self.what}{values}"


def changes(before: Objects, after: Objects) -> list[Change]:
    return [change for tenant in {**before, **after} for change in _of_tenant(tenant, before, after)]


def _of_tenant(tenant: str, before: Objects, after: Objects) -> Iterator[Change]:
    old, new = before.get(tenant, {}), after.get(tenant, {})
    if old is new or old == new:
        return
    for kind in {**old, **new}:
        first, second = old.get(kind, {}), new.get(kind, {})
        for key in {**first, **second}:
            if first.get(key) != second.get(key):
                yield from _of_object(tenant, kind, key, first.get(key), second.get(key))


def _of_object(tenant: str, kind: str, key: str, old: Any, new: Any) -> Iterator[Change]:
    if kind in _SETTINGS:
        old, new = old or {}, new or {}
    if old is None or new is None:
        yield Change(tenant, kind, key, CREATED if old is None else REMOVED, old, new)
        return
    for name in sorted({*old, *new} - _TIMES):
        if old.get(name) != new.get(name) and not (_unset(old.get(name)) and _unset(new.get(name))):
            yield Change(tenant, kind, key, name, old, new)


def _unset(value: Any) -> bool:
    """An unset list or text equals an empty one."""
    return value is None or value in ([], "")


def harmed(found: Sequence[Change], tenant: str, allowed: Sequence[May], names: Mapping[str, str]) -> list[Change]:
    """The changes that nobody allowed; in other tenants, all changes."""
    return [one for one in found if one.tenant != tenant or not any(may.allows(one, names) for may in allowed)]


def names_of(tenant: str, domain: str, *states: Objects) -> dict[str, str]:
    """The values for braces: the domain, and the users by the first part of their principal name."""
    names = {"domain": domain}
    for state in states:
        for key, user in state[tenant].get("users", {}).items():
            names[f"user:{str(user['userPrincipalName']).rpartition('@')[0]}"] = key
    return names


def nobody_else(
    simulator: Simulator, before: Objects, tenant: str, allowed: Sequence[May], new_ones: bool = False
) -> None:
    """Since `before`, only allowed changes were made; none in other tenants. With `new_ones`, more may be created."""
    after = simulator.objects()
    name, domain = (simulator.facts(tenant)[key] for key in ("name", "domain"))
    found = harmed(changes(before, after), name, allowed, names_of(name, domain, before, after))
    found = [one for one in found if not (new_ones and one.tenant == name and one.what == CREATED)]
    assert not found, "\n".join(map(str, found[:10]))


def _filled(value: str, names: Mapping[str, str]) -> str:
    for name, known in names.items():
        value = value.replace("{" + name + "}", known)
    return value
