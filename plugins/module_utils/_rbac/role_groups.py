# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role groups: their members and their roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .._core.concurrent import gather
from .._core.errors import Purpose
from .._core.resource import EditedList, Field, Record, Resource, clearing, normalize_case, normalized_set, returned
from .._engine.ensure import ensure
from .._engine.exchange_objects import ExchangeObjects, found_by, invoke_listed, names_of_groups
from .._engine.tenant import Tenant
from .._exchange.parameters import edit
from .._http.removal import remove_listed
from .assignment_scopes import SCOPES, is_direct, scope_of
from .built_in_role_groups import is_built_in
from .principals import Principals
from .role_catalog import READER, RoleCatalog
from .role_group_guard import check_change

WRITER = "the Exchange role Role Management"
_READ = Purpose("read the role groups", READER)
# Managers of a group may change it; holders of Role Management may as well, but must say so.
_BYPASS = {"BypassSecurityGroupManagerCheck": True}
ROLES = EditedList("roles", "Roles")
_DESCRIPTION = Field("description", "Description", normalize=lambda text: text or "", clears=True)
CLEARS = clearing((_DESCRIPTION, ROLES, EditedList("members", "Members"), EditedList("managed_by", "ManagedBy")))
OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "description": {"type": "str"},
    "roles": ROLES.spec,
    "members": ROLES.spec,
    "managed_by": ROLES.spec,
    "allow_built_in": {"type": "bool", "default": False},
    "marker": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
_SELECT = ("Identity", "Name", "Guid", "DisplayName", "Description", "ManagedBy", "RoleGroupType")
_PROTECTION = ("WellKnownObject", "Capabilities")  # read to detect built-in groups


def read_members(tenant: Tenant, group: Record, names: Mapping[str, str]) -> list[Record]:
    asked = {"Identity": group["Guid"], "ResultSize": "Unlimited"}
    return invoke_listed(tenant, "Get-RoleGroupMember", asked, _READ, names)


def read_assignments(
    tenant: Tenant, group: Record, names: Mapping[str, str], catalog: RoleCatalog | None = None
) -> list[Record]:
    """The roles of the group itself that it may use, each under a label with its scope; not those to delegate."""
    asked = {"RoleAssignee": group["Guid"], "Delegating": False}
    select = ("Name", "Guid", "Identity", "Role", "AssignmentMethod", *SCOPES)
    found = invoke_listed(tenant, "Get-ManagementRoleAssignment", asked, _READ, names, select)
    named = (catalog or RoleCatalog(tenant)).named(found)
    return [{**one, "Label": _label(one)} for one in named if is_direct(one)]


def _label(assignment: Record) -> str:
    scope = scope_of(assignment)
    return f"{assignment['Role']} ({scope})" if scope else str(assignment["Role"])


def _details(
    tenant: Tenant, group: Record, names: Mapping[str, str], catalog: RoleCatalog | None = None
) -> tuple[list[Record], list[Record]]:
    reads = {"members": partial(read_members, tenant, group, names)}
    found = gather({**reads, "roles": partial(read_assignments, tenant, group, names, catalog)})
    return found["members"].value, found["roles"].value


@dataclass(frozen=True, kw_only=True)
class People(EditedList):
    """A list of people, each of whom has many names."""

    principals: Principals

    def target(self, before: Any, value: Any) -> Any:
        """The labels; one person under two names counts once."""
        labels: dict[str, Any] = {"set": None}
        for key in ("set", "add"):
            if value.get(key) is not None:
                labels[key] = [self.principals.named(name).label for name in value[key]]
        found = [self.principals.find(name) for name in value.get("remove") or []]
        return super().target(before, {**labels, "remove": [one.label for one in found if one]})


@dataclass(frozen=True, kw_only=True)
class GivenRoles(EditedList):
    """The roles of a group. One with a scope is listed separately: it is not the whole role.

    `scoped` has the roles by label with a scope.
    """

    scoped: dict[str, str]

    def target(self, before: Any, value: Any) -> Any:
        limited = [one for one in before or () if normalize_case(one) in self.scoped]
        plain = {
            key: [one for one in names or () if normalize_case(one) not in self.scoped] for key, names in value.items()
        }
        asked = {**plain, "set": plain.get("set") if value.get("set") is not None else None}
        whole = super().target([one for one in before or () if one not in limited], asked)
        named = normalized_set(value.get("set")) if value.get("set") is not None else None
        taken = normalized_set(value.get("remove"))

        def stays(label: str) -> bool:
            names = {normalize_case(label), normalize_case(self.scoped[normalize_case(label)])}
            return not names & taken and (named is None or bool(names & named))

        return [*whole, *filter(stays, limited)]


@dataclass(frozen=True, kw_only=True)
class RoleGroups(ExchangeObjects):
    """The role groups; the one called `name` is read with its members and roles."""

    noun: str = "RoleGroup"
    thing: str = "role group"
    reader: str = READER
    writer: str = WRITER
    select: tuple[str, ...] = (*_SELECT, *_PROTECTION)
    always: Mapping[str, Mapping[str, Any]] = field(
        default_factory=lambda: {
            "Set-RoleGroup": _BYPASS,
            "Update-RoleGroupMember": _BYPASS,
            "Remove-RoleGroup": {**_BYPASS, "Force": True},
        }
    )
    name: str
    principals: Principals
    catalog: RoleCatalog
    scoped: dict[str, str]
    find_managers: bool = False  # the people in ManagedBy matter only if managers are given

    def list(self, tenant: Tenant) -> list[Record]:
        groups = super().list(tenant)
        self.names.update(names_of_groups(groups))
        if self.find_managers:
            for one in groups:
                self.principals.learn(one, label=str(one["Name"]))
        return [
            self._whole(tenant, one) if normalize_case(one["Name"]) == normalize_case(self.name) else one
            for one in groups
        ]

    def _whole(self, tenant: Tenant, group: Record) -> Record:
        members, assignments = _details(tenant, group, self.names, self.catalog)
        self.scoped.update({normalize_case(one["Label"]): str(one["Role"]) for one in assignments if scope_of(one)})
        people = [self.principals.learn(one).label for one in members]
        managers = [self._manager(str(one)) for one in group.get("ManagedBy") or []]
        return {
            **group,
            "ManagedBy": managers if self.find_managers else group.get("ManagedBy") or [],
            "Members": sorted(people),
            "Roles": sorted({str(one["Label"]) for one in assignments}),
            "Assignments": assignments,
        }

    def _manager(self, name: str) -> str:
        """Exchange returns managers by name; a name that matches nobody stands for itself."""
        found = self.principals.find(name) if self.find_managers else None
        return found.label if found else name

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        """In one request, so that nothing is half done."""
        roles = {"Roles": [self.catalog.id_of(one) for one in values["Roles"]]} if values.get("Roles") else {}
        created = super().create(tenant, {**values, **self._identities(values), **roles})
        return {**{name: created.get(name) for name in _SELECT}, **values}

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        """Set-RoleGroup changes neither roles nor members. Removals come first: nobody has more rights meanwhile."""
        own = {name: value for name, value in values.items() if name not in ("Roles", "Members")}
        if "Roles" in values:
            self._take(tenant, record, normalized_set(values["Roles"]))
        if "Members" in values:
            self._move(tenant, record, values["Members"])
        if own:
            if "ManagedBy" in own:
                own["ManagedBy"] = self._edit_of_people(record["ManagedBy"], own["ManagedBy"])
            super().update(tenant, record, own)
        for role in values.get("Roles") or []:
            if normalize_case(role) not in normalized_set(record["Roles"]):
                self._give(tenant, record, role)
        return {**record, **values}

    def _take(self, tenant: Tenant, record: Record, kept: frozenset[str]) -> None:
        for guid in [self.id_of(one) for one in record["Assignments"] if normalize_case(one["Label"]) not in kept]:
            remove_listed(
                tenant.http,
                partial(self.write, tenant, "change", "Remove-ManagementRoleAssignment", {"Identity": guid}),
                partial(self._is_assigned, tenant, record, guid),
            )

    def _is_assigned(self, tenant: Tenant, group: Record, guid: str) -> bool:
        return guid in map(self.id_of, read_assignments(tenant, group, self.names, self.catalog))

    def _give(self, tenant: Tenant, record: Record, role: str) -> None:
        given = {"Role": self.catalog.id_of(role), "SecurityGroup": self.id_of(record)}
        names = normalized_set(record.get(name) for name in ("Name", "Identity", "DisplayName", "Guid"))
        for created in self.write(tenant, "change", "New-ManagementRoleAssignment", given):
            self.catalog.check_assignment(created, role, names.__contains__)

    def _move(self, tenant: Tenant, record: Record, members: Sequence[str]) -> None:
        change = self._edit_of_people(record["Members"], members)
        self.write(tenant, "change", "Update-RoleGroupMember", {"Identity": self.id_of(record), "Members": change})

    def _edit_of_people(self, listed: Sequence[str], wanted: Sequence[str]) -> dict[str, Any]:
        """An edit, not a new list: concurrent additions by others stay."""
        before, after = normalized_set(listed), normalized_set(wanted)
        return edit(
            [self.principals.id_of(one) for one in wanted if normalize_case(one) not in before],
            [self.principals.id_of(one) for one in listed if normalize_case(one) not in after],
        )

    def _identities(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Members and managers by id; a manager who was not found, by the name from Exchange."""
        return {
            name: [self.principals.id_of(one) for one in values[name]]
            for name in ("Members", "ManagedBy")
            if name in values
        }


def ensure_role_group(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring one role group to the desired state. Raises `TenantError`."""
    principals, catalog = Principals(tenant), RoleCatalog(tenant)
    scoped: dict[str, str] = {}

    def before_write(tenant: Tenant, params: Mapping[str, Any], record: Record | None) -> None:
        changes = resource.changes(params, resource.view(record)) if params["state"] == "present" else {}
        check_change(tenant, params, record, changes, catalog, principals)

    resource = Resource(
        name="role_group",
        backend=RoleGroups(
            name=params["name"],
            principals=principals,
            catalog=catalog,
            scoped=scoped,
            find_managers=params.get("managed_by") is not None,
        ),
        keys=(Field("name", "Name", normalize=normalize_case),),
        fields=(
            _DESCRIPTION,
            GivenRoles("roles", "Roles", scoped=scoped),
            People("members", "Members", principals=principals),
            People("managed_by", "ManagedBy", principals=principals),
        ),
        before_write=before_write,
        name_is_unique=True,
        several_writes=True,
    )
    return ensure(resource, tenant, params, check_mode)


def role_groups_info(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The groups that match, and the members and roles of a given one. Raises `TenantError`."""
    asked = {"ResultSize": "Unlimited"}
    if params.get("name"):
        asked["Identity"] = params["name"]
    if params.get("filter"):
        asked["Filter"] = params["filter"]
    groups = []
    found = found_by(tenant, "Get-RoleGroup", asked, _READ)
    for group in found:
        shown = returned({name: group.get(name) for name in (*_SELECT, "Roles")})
        shown["built_in"] = is_built_in(group)
        if params.get("name"):
            members, assignments = _details(tenant, group, names_of_groups(found))
            shown["members"] = [returned(one) for one in members]
            shown["roles"] = sorted({str(one["Label"]) for one in assignments})
        groups.append(shown)
    return {"changed": False, "role_groups": groups}
