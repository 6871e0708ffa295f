# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A management role given to somebody directly. An assignment is its role and its assignee; its name means nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._cmdlet_access import READER
from ._cmdlets import Cmdlets, found_by
from ._errors import Purpose, TenantError, usage
from ._resource import Field, Record, Resource, fold, returned
from ._run import ensure
from ._service_principals import find_service_principal
from ._tenant import Tenant

_READ = Purpose("read the role assignments", READER)
# The option for each kind of assignee, and the parameter of New-ManagementRoleAssignment that takes it.
KINDS = {"user": "User", "group": "SecurityGroup", "application": "App"}
# What somebody has only through something else.
_INDIRECT = {
    "user": ("RoleGroup", "SecurityGroup", "RoleAssignmentPolicy"),
    "group": ("RoleAssignmentPolicy",),
    "application": ("RoleGroup", "SecurityGroup", "RoleAssignmentPolicy"),
}
OPTIONS: dict[str, Any] = {
    "role": {"type": "str", "required": True},
    **{kind: {"type": "str"} for kind in KINDS},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


@dataclass(frozen=True)
class Assignments(Cmdlets):
    """The assignments of C(role) to C(assignee) alone; the service works out who that is."""

    noun: str = "ManagementRoleAssignment"
    thing: str = "role assignment"
    reader: str = READER
    writer: str = "the Exchange role Role Management"
    role: str = ""
    kind: str = ""
    assignee: str = ""
    gone: bool = False  # wanted gone: then neither role nor assignee need be there

    def list(self, tenant: Tenant) -> list[Record]:
        asked = {"Role": self.role, "RoleAssignee": self.assignee, "Delegating": False}
        try:
            found = tenant.exchange.invoke("Get-ManagementRoleAssignment", asked, _READ).values
        except TenantError as error:
            if error.kind != "not_found":
                raise
            if self.gone:
                return []
            error.next_step = f"Check that the role {self.role} and the {self.kind} {self.assignee} exist"
            raise
        return [
            {**one, KINDS[self.kind]: self.assignee}
            for one in found
            if one.get("AssignmentMethod") in (None, "", "Direct")
            and one.get("RoleAssigneeType") not in _INDIRECT[self.kind]
        ]

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        """New assignments are enabled; there is no parameter for it."""
        return super().create(tenant, {name: value for name, value in values.items() if name != "Enabled"})


def keep_assignment(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Give a role to somebody, or take it away. Raises L(TenantError)."""
    given = [kind for kind in KINDS if params.get(kind)]
    if len(given) != 1:
        raise usage(f"exactly one of {', '.join(KINDS)} must be given, and {len(given)} are")
    kind, gone = given[0], params["state"] == "absent"
    assignee = params[kind]
    if kind == "application":
        principal = find_service_principal(tenant, assignee)
        if principal is None and not gone:
            raise TenantError(
                "no_assignee",
                f"Exchange does not know the application {assignee}",
                next_step="Register it with intune.exchange.service_principal",
            )
        assignee = str(principal["ObjectId"]) if principal else assignee
    resource = Resource(
        "management_role_assignment",
        Assignments(role=params["role"], kind=kind, assignee=assignee, gone=gone),
        keys=(Field("role", "Role", same=fold), Field(kind, KINDS[kind], same=fold)),
        fields=(Field("enabled", "Enabled"),),
    )
    return ensure(resource, tenant, {**params, kind: assignee, "enabled": True}, check_mode)


def assignments_info(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The assignments that fit. Raises L(TenantError)."""
    filters = {"role": "Role", "assignee": "RoleAssignee", "enabled": "Enabled", "delegating": "Delegating"}
    asked: dict[str, Any] = {api: params[option] for option, api in filters.items() if params.get(option) is not None}
    if params["effective_users"]:
        asked["GetEffectiveUsers"] = True
    found = found_by(tenant, "Get-ManagementRoleAssignment", asked, _READ)
    return {"changed": False, "management_role_assignments": [returned(one) for one in found]}
