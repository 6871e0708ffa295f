# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of a tenant description by the table of its keys, and what null takes away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .description_keys import TABLE
from .description_kinds import Fields, Kind, Known, Named, OrNull, Scope, meant
from .http_messages import Json


def problems(description: Any, known: Known, *, complete: bool = True) -> list[str]:
    """What is wrong with a description, or with an overlay that is not complete. Names that it defines are known."""
    found = list(TABLE.problems(description, "", Scope(known, complete=False)))
    if found or not complete:
        return found
    found = list(TABLE.problems(description, "", Scope({**known, **_own_names(description)})))
    return found or list(_foreign_cmdlets(description, known))


def _own_names(description: Json) -> Known:
    users = description.get("users", {})
    people = [name for name, user in users.items() if user]
    groups = [name for name, group in description.get("groups", {}).items() if group]
    exchange = description.get("exchange") or {}
    names = {
        "user": list(users),
        "person": people,
        "user of a policy": [*users, "All", "None", "GuestsOrExternalUsers"],
        "group": groups,
        "group to assign to": [*groups, "All users", "All devices"],
        "licence": [name for name, sku in description.get("skus", {}).items() if sku],
        "authentication policy": list(exchange.get("authentication_policies", {})),
    }
    return {kind: dict.fromkeys(found) for kind, found in names.items()}  # in their order, and fast to search


def _foreign_cmdlets(description: Json, known: Known) -> Iterator[str]:
    """Cmdlets that the parent of a role does not have, and roles of role groups that nobody defines."""
    exchange = description.get("exchange") or {}
    roles = exchange.get("roles") or {}
    for name, role in roles.items():
        cmdlets = known.get(f"cmdlet of {role['parent']}") if role else None
        for number, cmdlet in enumerate(role["cmdlets"] if cmdlets else ()):
            if cmdlet not in (cmdlets or ()):
                where = f"exchange.roles.{name}.cmdlets[{number}]"
                yield f"{where}: its parent {role['parent']} has no {cmdlet}. {meant(cmdlet, cmdlets or ())}"
    built_in = known.get("built-in Exchange role")
    for name, group in (exchange.get("role_groups") or {}).items():
        for number, role in enumerate(group["roles"] if group and built_in else ()):
            if role not in (every := [*(one for one in roles if roles[one]), *(built_in or ())]):
                where = f"exchange.role_groups.{name}.roles[{number}]"
                yield f"{where}: there is no Exchange role {role}. {meant(role, every)}"


def without_removed(description: Json) -> Json:
    """The description without the names that null took away. Of users they stay, since devices may have been theirs."""
    users = description.get("users")
    found: Json = _pruned(TABLE, description)
    return found | {"users": users}


def _pruned(kind: Kind, value: Any) -> Any:
    if isinstance(kind, OrNull):
        return _pruned(kind.kind, value)
    if isinstance(kind, Fields) and isinstance(value, dict):
        kinds = kind.kinds
        return {name: _pruned(kinds[name], entry) if name in kinds else entry for name, entry in value.items()}
    if isinstance(kind, Named) and isinstance(value, dict):
        return {name: _pruned(kind.entry, entry) for name, entry in value.items() if entry is not None}
    return value
