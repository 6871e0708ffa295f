# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role groups: who is in them, and which roles they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ._cmdlet_access import READER
from ._cmdlets import Cmdlets, found_by
from ._concurrent import gather
from ._errors import Purpose, TenantError
from ._exchange_parameters import edit
from ._principals import Principals
from ._resource import EditedList, Field, Record, Resource, clearing, fold, folded_set, returned
from ._run import ensure
from ._tenant import Tenant

WRITER = "the Exchange role Role Management"
_READ = Purpose("read the role groups", READER)
# Who manages a group may change it; who holds Role Management may as well, but must say so.
_BYPASS = {"BypassSecurityGroupManagerCheck": True}
ROLES = EditedList("roles", "Roles")
_DESCRIPTION = Field("description", "Description", same=lambda text: text or "", clears=True)
CLEARS = clearing((_DESCRIPTION, ROLES, EditedList("members", "Members"), EditedList("managed_by", "ManagedBy")))
OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "description": {"type": "str"},
    "roles": ROLES.spec,
    "members": ROLES.spec,
    "managed_by": ROLES.spec,
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
_SELECT = ("Identity", "Name", "Guid", "DisplayName", "Description", "ManagedBy", "RoleGroupType")


def read_members(tenant: Tenant, group: Record) -> list[Record]:
    asked = {"Identity": group["Guid"], "ResultSize": "Unlimited"}
    return tenant.exchange.invoke("Get-RoleGroupMember", asked, _READ).values


def read_assignments(tenant: Tenant, group: Record) -> list[Record]:
    """The roles that the group may use. Those that it may only hand on are another matter."""
    asked = {"RoleAssignee": group["Guid"], "Delegating": False}
    return tenant.exchange.invoke(
        "Get-ManagementRoleAssignment", asked, _READ, select=("Name", "Guid", "Identity", "Role")
    ).values


def _details(tenant: Tenant, group: Record) -> tuple[list[Record], list[Record]]:
    found = gather({"members": lambda: read_members(tenant, group), "roles": lambda: read_assignments(tenant, group)})
    for one in found.values():
        if isinstance(one, TenantError):
            raise one
    return found["members"], found["roles"]


@dataclass(frozen=True, kw_only=True)
class People(EditedList):
    """A list of people in which every one has many names."""

    principals: Principals

    def target(self, before: Any, given: Any) -> Any:
        labels = {
            "set": given.get("set") and [self.principals.label(name) for name in given["set"]],
            "add": [self.principals.label(name) for name in given.get("add") or []],
            "remove": [label for label in map(self.principals.find, given.get("remove") or []) if label],
        }
        return super().target(before, {**labels, "set": [] if given.get("set") == [] else labels["set"]})


@dataclass(frozen=True, kw_only=True)
class RoleGroups(Cmdlets):
    """The role groups; the one called C(name) is read with its members and roles."""

    noun: str = "RoleGroup"
    thing: str = "role group"
    reader: str = READER
    writer: str = WRITER
    select: tuple[str, ...] = _SELECT
    always: Mapping[str, Mapping[str, Any]] = field(
        default_factory=lambda: {
            "Set-RoleGroup": _BYPASS,
            "Update-RoleGroupMember": _BYPASS,
            "Remove-RoleGroup": {**_BYPASS, "Force": True},
        }
    )
    name: str
    principals: Principals

    def list(self, tenant: Tenant) -> list[Record]:
        return [
            self._whole(tenant, one) if fold(one["Name"]) == fold(self.name) else one for one in super().list(tenant)
        ]

    def _whole(self, tenant: Tenant, group: Record) -> Record:
        members, assignments = _details(tenant, group)
        return {
            **group,
            "ManagedBy": [self.principals.learn({"Name": one}) for one in group.get("ManagedBy") or []],
            "Members": sorted(self.principals.learn(one) for one in members),
            "Roles": sorted({str(one["Role"]) for one in assignments}),
            "Assignments": assignments,
        }

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        """All at once, so that nothing is half there."""
        made = super().create(tenant, {**values, **self._identities(values)})
        return {**{name: made.get(name) for name in _SELECT}, **values}

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        """Set-RoleGroup changes neither roles nor members. What is taken away goes first."""
        own = {name: value for name, value in values.items() if name not in ("Roles", "Members")}
        if "Roles" in values:
            self._take(tenant, record, folded_set(values["Roles"]))
        if "Members" in values:
            self._move(tenant, record, values["Members"])
        if own:
            super().update(tenant, record, {**own, **self._identities(own)})
        for role in values.get("Roles") or []:
            if fold(role) not in folded_set(record["Roles"]):
                given = {"Role": role, "SecurityGroup": record["Name"]}
                self.write(tenant, "change", "New-ManagementRoleAssignment", given)
        return {**record, **values}

    def _take(self, tenant: Tenant, record: Record, kept: frozenset[str]) -> None:
        for one in record["Assignments"]:
            if fold(one["Role"]) not in kept:
                identity = {"Identity": self.id_of(one)}
                try:
                    self.write(tenant, "change", "Remove-ManagementRoleAssignment", identity)
                except TenantError as error:
                    if error.kind != "not_found":
                        raise

    def _move(self, tenant: Tenant, record: Record, members: Sequence[str]) -> None:
        """An edit, not a new list: who was added meanwhile by somebody else stays."""
        before, after = folded_set(record["Members"]), folded_set(members)
        change = edit(
            [self.principals.identity(one) for one in members if fold(one) not in before],
            [self.principals.identity(one) for one in record["Members"] if fold(one) not in after],
        )
        self.write(tenant, "change", "Update-RoleGroupMember", {"Identity": self.id_of(record), "Members": change})

    def _identities(self, values: Mapping[str, Any]) -> dict[str, Any]:
        find = self.principals.identity
        return {name: [find(one) for one in values[name]] for name in ("Members", "ManagedBy") if name in values}


def _before_write(tenant: Tenant, params: Mapping[str, Any], record: Record | None) -> None:
    """The roles must be there before anything is written."""
    given = params.get("roles") or {}
    held = folded_set((record or {}).get("Roles"))
    new = [role for role in given.get("set") or given.get("add") or [] if fold(role) not in held]
    if params["state"] == "absent" or not new:
        return
    known = tenant.exchange.invoke("Get-ManagementRole", {}, _READ, select=("Name",)).values
    missing = [role for role in new if fold(role) not in folded_set(one["Name"] for one in known)]
    if missing:
        raise TenantError(
            "no_role",
            f"there is no management role {', '.join(missing)}",
            next_step="Create it with intune.exchange.management_role, or check the name",
            details={"missing": missing},
        )


def keep_role_group(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring one role group to the wanted state. Raises L(TenantError)."""
    principals = Principals(tenant)
    resource = Resource(
        name="role_group",
        backend=RoleGroups(name=params["name"], principals=principals),
        keys=(Field("name", "Name", same=fold),),
        fields=(
            _DESCRIPTION,
            ROLES,
            People("members", "Members", principals=principals),
            People("managed_by", "ManagedBy", principals=principals),
        ),
        before_write=_before_write,
        unique=True,
    )
    return ensure(resource, tenant, params, check_mode)


def role_groups_info(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The groups that fit, and who and what is in the one of a given name. Raises L(TenantError)."""
    asked = {"ResultSize": "Unlimited"}
    if params.get("name"):
        asked["Identity"] = params["name"]
    if params.get("filter"):
        asked["Filter"] = params["filter"]
    groups = []
    for group in found_by(tenant, "Get-RoleGroup", asked, _READ):
        shown = returned({name: group.get(name) for name in (*_SELECT, "Roles")})
        if params.get("name"):
            members, assignments = _details(tenant, group)
            shown["members"] = [returned(one) for one in members]
            shown["roles"] = sorted({str(one["Role"]) for one in assignments})
        groups.append(shown)
    return {"changed": False, "role_groups": groups}
