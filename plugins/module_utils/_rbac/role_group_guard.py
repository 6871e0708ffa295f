# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forbidden changes of a role group: each refusal comes before the first write, in check mode as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.resource import Record, normalize_case, normalized_set
from .._core.targets import check_marker, check_new_marker
from .._engine.exchange_objects import found_by
from .._engine.tenant import Tenant
from .built_in_role_groups import (
    GLOBAL_ADMINISTRATORS,
    is_built_in,
    is_built_in_name,
    is_organization_management,
)
from .principals import Principal, Principals
from .role_catalog import RoleCatalog, caller_id, refuse_own_way

_ACTION = "configure the role group"
_NOT_OURS = (
    "Choose another name. If this is the right group, omit marker, which for the role "
    "intune.exchange.connector means to set connector_adopt_role_group to true"
)
_READ_USER = Purpose("find an enabled member", "the Exchange role View-Only Recipients")


def check_change(
    tenant: Tenant,
    params: Mapping[str, Any],
    record: Record | None,
    changes: Mapping[str, Any],
    catalog: RoleCatalog,
    principals: Principals,
) -> None:
    """Refuse changes that would harm somebody else, or the caller. `changes` are the options that would change."""
    marker, description = params.get("marker"), params.get("description")
    if params["state"] == "present" and (record is None or description is not None):
        check_new_marker(description, marker)
    if record is None and is_built_in_name(params["name"]):
        raise _built_in(tenant, params["name"], "a group of this name cannot be created", "Choose another name")
    if record is not None and is_built_in(record):
        _check_built_in(tenant, params, record, changes)
    if record is not None:
        check_marker((record["Name"], record.get("Description")), marker, "role group", _NOT_OURS, tenant.label)
    _check_roles(tenant, record, changes, catalog)
    if record is not None:
        removed = _removed_members(record, changes, principals)
        if removed and is_organization_management(record):
            _check_last_member(tenant, record, changes["members"], principals)
        _check_own_way(tenant, params, record, changes, catalog, removed)


def _built_in(tenant: Tenant, name: str, problem: str, step: str) -> TenantError:
    return TenantError(
        "built_in", f"the role group {name} is built in, and {problem}", _ACTION, tenant.label, next_step=step
    )


def _check_built_in(tenant: Tenant, params: Mapping[str, Any], record: Record, changes: Mapping[str, Any]) -> None:
    """Only the members of a built-in group change, and only if that was allowed."""
    other = sorted(set(changes) - {"members"})
    if params["state"] == "absent" or other:
        problem = f"its {', '.join(other)} cannot be changed" if other else "cannot be removed"
        raise _built_in(
            tenant, record["Name"], problem, "Use a custom role group, which can hold the same roles and members"
        )
    if not params["allow_built_in"]:
        raise _built_in(
            tenant,
            record["Name"],
            "its members are changed only on request",
            "Set allow_built_in to true if this is the right group",
        )


def _check_roles(tenant: Tenant, record: Record | None, changes: Mapping[str, Any], catalog: RoleCatalog) -> None:
    """The roles must exist before anything is written."""
    held = normalized_set((record or {}).get("Roles"))
    new = [role for role in changes.get("roles") or [] if normalize_case(role) not in held]
    missing = [role for role in new if catalog.find(role) is None]
    if missing:
        is_one = len(missing) == 1
        raise TenantError(
            "no_role",
            f"there {'is no management role' if is_one else 'are no management roles'} {', '.join(missing)}",
            _ACTION,
            tenant.label,
            next_step=f"Create {'it' if is_one else 'them'} with intune.exchange.management_role, or check the name",
            details={"missing": missing},
        )


def _removed_members(record: Record, changes: Mapping[str, Any], principals: Principals) -> list[Principal]:
    if "members" not in changes:
        return []
    after = normalized_set(changes["members"])
    return [principals.by_label(one) for one in record["Members"] if normalize_case(one) not in after]


def _check_last_member(tenant: Tenant, record: Record, after: Sequence[str], principals: Principals) -> None:
    """Somebody who can sign in must remain, or the Global Administrators as a whole."""
    for member in map(principals.by_label, after):
        if member.is_group and any(name.startswith(GLOBAL_ADMINISTRATORS) for name in member.names):
            return
        users = found_by(tenant, "Get-User", {"Identity": member.id}, _READ_USER)
        if any(user.get("AccountDisabled") is False for user in users):
            return
    raise TenantError(
        "last_way_in",
        f"no enabled user would be left in {record['Name']}, which is the organization's last way in",
        _ACTION,
        tenant.label,
        next_step="Add another administrator first",
    )


def _check_own_way(
    tenant: Tenant,
    params: Mapping[str, Any],
    record: Record,
    changes: Mapping[str, Any],
    catalog: RoleCatalog,
    removed: Sequence[Principal],
) -> None:
    """A task must not remove its caller's right to delegate roles."""
    kept = normalized_set(changes["roles"] if "roles" in changes else record["Roles"])
    if params["state"] == "absent" or _is_caller(tenant, removed):
        kept = frozenset()
    taken = [one for one in record["Assignments"] if normalize_case(one["Label"]) not in kept]
    refuse_own_way(tenant, catalog, taken, _ACTION)


def _is_caller(tenant: Tenant, people: Sequence[Principal]) -> bool:
    """Whether the caller is a member; a group may contain the caller, so it counts."""
    return bool(people) and any(one.is_group or one.is_meant_by(caller_id(tenant)) for one in people)
