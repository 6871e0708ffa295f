# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Direct assignments of management roles. An assignment is its role and its assignee; its name means nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._core.errors import Purpose, TenantError, usage
from .._core.resource import Field, Record, Resource, normalize_case, returned
from .._engine.ensure import ensure
from .._engine.exchange import exchange_of
from .._engine.exchange_objects import ExchangeObjects, found_by, invoke_listed, names_of_groups
from .._engine.tenant import Tenant
from .assignment_scopes import is_direct, is_enabled, scope_of
from .built_in_role_groups import is_built_in
from .principals import Principal, Principals
from .role_catalog import READER, RoleCatalog, refuse_own_delegation, refuse_own_way
from .service_principals import find_service_principal

_READ = Purpose("read the role assignments", READER)
_ACTION = "configure the role assignment"
# The option for each kind of assignee, and the parameter of New-ManagementRoleAssignment that takes it.
KINDS = {"user": "User", "group": "SecurityGroup", "application": "App"}
# How somebody may hold a role other than directly.
_INDIRECT = {
    "user": ("RoleGroup", "SecurityGroup", "RoleAssignmentPolicy"),
    "group": ("RoleAssignmentPolicy",),
    "application": ("RoleGroup", "SecurityGroup", "RoleAssignmentPolicy"),
}
OPTIONS: dict[str, Any] = {
    "role": {"type": "str", "required": True},
    **{kind: {"type": "str"} for kind in KINDS},
    "delegating": {"type": "bool", "default": False},
    "allow_built_in": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
_NAME = "management_role_assignment"


@dataclass(frozen=True, kw_only=True)
class Assignments(ExchangeObjects):
    """The unscoped assignments of `role` to `assignee` alone, both found before. `given` is the user's name for it.

    Those with a scope are different objects: they go into `scoped`, for the result.
    """

    noun: str = "ManagementRoleAssignment"
    thing: str = "role assignment"
    reader: str = READER
    writer: str = "the Exchange role Role Management"
    catalog: RoleCatalog
    role: Record
    kind: str
    assignee: Principal
    given: str
    scoped: list[Record]
    delegating: bool = False

    def list(self, tenant: Tenant) -> list[Record]:
        asked = {"Role": self._role_id, "RoleAssignee": self.assignee.id, "Delegating": self.delegating}
        found = invoke_listed(tenant, "Get-ManagementRoleAssignment", asked, _READ, self.names)
        direct = [
            one
            for one in self.catalog.named(found)
            if is_direct(one) and one.get("RoleAssigneeType") not in _INDIRECT[self.kind] and self._is_of_kind(one)
        ]
        for one in direct:
            self._check(one)
        self.scoped[:] = [one for one in direct if scope_of(one, self.role)]
        named = {"Role": self.role["Name"], KINDS[self.kind]: self.given, "Delegating": self.delegating}
        return [{**one, **named, "Enabled": is_enabled(one)} for one in direct if not scope_of(one, self.role)]

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        """New assignments are enabled; there is no parameter for it."""
        given = {"Role": self._role_id, KINDS[self.kind]: self.assignee.id}
        created = super().create(tenant, {**given, "Delegating": True} if self.delegating else given)
        self._check(created)
        return {**created, "Delegating": self.delegating}

    @property
    def _role_id(self) -> str:
        return self.catalog.id_of(str(self.role["Name"]))

    def _is_of_kind(self, found: Record) -> bool:
        """Whether an assignment is delegating, or not, as the task says."""
        kind = normalize_case(found.get("RoleAssignmentDelegationType") or "")
        return not kind or kind.startswith("delegating") is self.delegating

    def _check(self, found: Record) -> None:
        shown = (
            {**found, "Role": self.role["Name"]}
            if normalize_case(found.get("Role")) == normalize_case(self._role_id)
            else found
        )
        self.catalog.check_assignment(shown, str(self.role["Name"]), lambda name: self.assignee.is_called([name]))


def ensure_assignment(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Assign a role to somebody, or remove the assignment. Raises `TenantError`."""
    kinds = [kind for kind in KINDS if params.get(kind)]
    if len(kinds) != 1:
        raise usage(f"exactly one of {', '.join(KINDS)} must be set, not {len(kinds)}")
    kind, is_absent = kinds[0], params["state"] == "absent"
    catalog, given = RoleCatalog(tenant), str(params[kind])
    role = catalog.find(params["role"])
    groups = exchange_of(tenant).invoke("Get-RoleGroup", {"ResultSize": "Unlimited"}, _READ).values if role else []
    assignee = _assignee(tenant, kind, given, groups) if role else None
    if role is None or assignee is None:
        if is_absent:
            return {"changed": False, "diff": {"before": {}, "after": {}}, _NAME: {}, "scoped_assignments": []}
        raise _missing(kind, params, role)
    group = next((one for one in groups if assignee.is_meant_by(str(one["Guid"]))), None)
    scoped: list[Record] = []

    def before_write(tenant: Tenant, params: Mapping[str, Any], record: Record | None) -> None:
        _check_built_in(tenant, role, group, bool(params["allow_built_in"]))
        if is_absent and record:
            refuse = refuse_own_delegation if params["delegating"] else refuse_own_way
            refuse(tenant, catalog, [record], _ACTION)

    resource = Resource(
        _NAME,
        Assignments(
            catalog=catalog,
            role=role,
            kind=kind,
            assignee=assignee,
            given=_shown(kind, given, assignee),
            delegating=bool(params["delegating"]),
            scoped=scoped,
            names=names_of_groups(groups),
        ),
        keys=(Field("role", "Role", normalize=normalize_case), Field(kind, KINDS[kind], normalize=normalize_case)),
        fields=(Field("enabled", "Enabled"), Field("delegating", "Delegating")),
        before_write=before_write,
    )
    wanted = {**params, kind: _shown(kind, given, assignee), "enabled": True}
    result = ensure(resource, tenant, wanted, check_mode)
    return {**result, "scoped_assignments": [{**returned(one), "scope": scope_of(one, role)} for one in scoped]}


def _shown(kind: str, name: str, assignee: Principal) -> str:
    return assignee.id if kind == "application" else name


def _assignee(tenant: Tenant, kind: str, name: str, groups: list[Record]) -> Principal | None:
    """The assignee. A role group and a mail-enabled group of the same name are two."""
    principals = Principals(tenant)
    if kind == "application":
        application = find_service_principal(tenant, name)
        return principals.learn(application) if application else None
    for group in groups if kind == "group" else []:
        principals.learn(group, label=str(group["Name"]))
    found = principals.find(name)
    # A person's id does not identify a group, nor a group's id a person.
    is_group = found and (found.is_group or any(found.is_meant_by(str(one["Guid"])) for one in groups))
    return found if bool(is_group) is (kind == "group") else None


def _missing(kind: str, params: Mapping[str, Any], role: Record | None) -> TenantError:
    if role is not None and kind == "application":
        return TenantError(
            "no_assignee",
            f"Exchange does not know the application {params[kind]}",
            next_step="Register it with intune.exchange.service_principal",
        )
    absent = f"{kind} {params[kind]}" if role is not None else f"management role {params['role']}"
    return TenantError(
        "not_found",
        f"there is no {absent}",
        next_step=f"Check that the role {params['role']} and the {kind} {params[kind]} exist",
    )


def _check_built_in(tenant: Tenant, role: Record, group: Record | None, allowed: bool) -> None:
    """The built-in roles of a built-in group keep the organization accessible; custom ones may change on request."""
    if group is None or not is_built_in(group) or (allowed and not role.get("IsRootRole")):
        return
    own = bool(role.get("IsRootRole"))
    raise TenantError(
        "built_in",
        f"the role group {group['Name']} is built in, and "
        + ("its built-in roles stay as they are" if own else "its roles are changed only on request"),
        _ACTION,
        tenant.label,
        next_step="Use a custom role group" if own else "Set allow_built_in to true if this is the right group",
    )


def assignments_info(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The assignments that match. Raises `TenantError`."""
    filters = {"role": "Role", "assignee": "RoleAssignee", "enabled": "Enabled", "delegating": "Delegating"}
    asked: dict[str, Any] = {api: params[option] for option, api in filters.items() if params.get(option) is not None}
    if params["effective_users"]:
        asked["GetEffectiveUsers"] = True
    found = RoleCatalog(tenant).named(found_by(tenant, "Get-ManagementRoleAssignment", asked, _READ))
    return {
        "changed": False,
        "management_role_assignments": [{**returned(one), "scope": scope_of(one)} for one in found],
    }
