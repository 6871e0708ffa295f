# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom management roles: a part of a built-in role, cmdlet by cmdlet and parameter by parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .._core.errors import Purpose, TenantError, usage
from .._core.resource import Field, Record, Resource, bare_name, normalize_case, normalized_set, returned
from .._core.targets import check_marker, check_new_marker, only
from .._engine.ensure import ensure
from .._engine.exchange import exchange_of
from .._engine.exchange_objects import ExchangeObjects, found_by
from .._engine.tenant import Tenant
from .cmdlet_access import asked_for, is_pattern, read_role_entries
from .entry_steps import Entries, steps_between
from .role_catalog import READER

WRITER = "the Exchange role Role Management"
_NOT_OURS = (
    "Choose another name (connector_role_group, for the role intune.exchange.connector), or remove this management "
    "role first"
)
_NAME_LIMIT = 64  # https://learn.microsoft.com/powershell/module/exchange/new-managementrole
_READ = Purpose("read the management roles", READER)
# Every PowerShell cmdlet has these. They are not rights, and roles do not list them consistently.
_COMMON = normalized_set(
    [
        "Debug",
        "ErrorAction",
        "ErrorVariable",
        "InformationAction",
        "InformationVariable",
        "OutBuffer",
        "OutVariable",
        "PipelineVariable",
        "ProgressAction",
        "Verbose",
        "WarningAction",
        "WarningVariable",
    ]
)


def entries_of(tenant: Tenant, role: str) -> Entries:
    """The entries of a role, sorted by name; empty if the role does not exist."""
    found = {
        str(entry["Name"]): sorted(
            name for name in entry.get("Parameters") or [] if normalize_case(name) not in _COMMON
        )
        for entry in read_role_entries(tenant, role)
    }
    return dict(sorted(found.items()))


def listed(entries: Entries) -> list[dict[str, Any]]:
    return [{"cmdlet": cmdlet, "parameters": parameters} for cmdlet, parameters in entries.items()]


def unlisted(cmdlets: list[dict[str, Any]]) -> Entries:
    return {one["cmdlet"]: one["parameters"] for one in cmdlets}


def _comparable(cmdlets: list[dict[str, Any]]) -> dict[str, Any]:
    return {normalize_case(one["cmdlet"]): normalized_set(one["parameters"]) for one in cmdlets}


def within(asked: Mapping[str, list[str] | None], parent: str, allowed: Entries) -> Entries:
    """The requested cmdlets in the parent's spelling. Raises `TenantError` for cmdlets that the parent lacks."""
    cmdlets = {normalize_case(cmdlet): cmdlet for cmdlet in allowed}
    wanted: Entries = {}
    beyond = [name for name in asked if normalize_case(name) not in cmdlets]
    for name, parameters in asked.items():
        cmdlet = cmdlets.get(normalize_case(name), "")
        names = {normalize_case(parameter): parameter for parameter in allowed.get(cmdlet, [])}
        given = [one for one in parameters or [] if normalize_case(one) not in _COMMON]
        if cmdlet:
            beyond += [f"{cmdlet} -{one}" for one in given if normalize_case(one) not in names]
        wanted[cmdlet] = sorted(
            names.get(normalize_case(one), one) for one in (given if parameters is not None else names)
        )
    if beyond:
        raise TenantError(
            "beyond_parent",
            f"the parent role {parent} does not hold {', '.join(beyond)}, and a role cannot exceed its parent",
            next_step="Use another parent for them, in a separate role: management_role_info with cmdlet lists them",
            details={"beyond": beyond},
        )
    return dict(sorted(wanted.items()))


@dataclass(frozen=True)
class Roles(ExchangeObjects):
    """The management roles; the one called `name` is read with its cmdlets. `allowed` are the cmdlets of its parent."""

    noun: str = "ManagementRole"
    thing: str = "management role"
    reader: str = READER
    writer: str = WRITER
    select: tuple[str, ...] = ("Identity", "Name", "Guid", "Parent", "Description", "RoleType", "IsRootRole")
    # Without Force, Exchange Online prompts, and nobody can respond.
    always: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"Remove-ManagementRole": {"Force": True}})
    name: str = ""
    allowed: Entries = field(default_factory=dict)

    def list(self, tenant: Tenant) -> list[Record]:
        return [
            {**one, "Cmdlets": listed(entries_of(tenant, one["Name"]))}
            if normalize_case(one["Name"]) == normalize_case(self.name)
            else one
            for one in super().list(tenant)
        ]

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        """A new role never has more cmdlets than requested; nobody holds it before its parameters are trimmed."""
        wanted = unlisted(values.get("Cmdlets") or listed(self.allowed))
        enabled = {"EnabledCmdlets": list(wanted)} if values.get("Cmdlets") else {}
        sent = {name: value for name, value in values.items() if name != "Cmdlets"}
        created = super().create(tenant, {**sent, **enabled})
        self._edit(tenant, created, {cmdlet: self.allowed[cmdlet] for cmdlet in wanted}, wanted, of_new=True)
        return {**{name: created.get(name) for name in self.select}, "Cmdlets": listed(wanted)}

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        self._edit(tenant, record, unlisted(record["Cmdlets"]), unlisted(values["Cmdlets"]))
        return {**record, **values}

    def _edit(self, tenant: Tenant, role: Record, before: Entries, after: Entries, *, of_new: bool = False) -> None:
        """Edit entry by entry. Each step is absolute: the next run continues where this one ended."""
        for verb, cmdlet in steps_between(before, after):
            parameters: dict[str, Any] = {} if verb == "Remove" else {"Parameters": after[cmdlet]}
            if verb == "Add":
                parameters["Overwrite"] = True
            self._entry(tenant, verb, str(role["Name"]), cmdlet, parameters, of_new=of_new)

    def _entry(
        self, tenant: Tenant, verb: str, role: str, cmdlet: str, parameters: Mapping[str, Any], *, of_new: bool
    ) -> None:
        try:
            written = {"Identity": f"{role}\\{cmdlet}", **parameters}
            self.write(tenant, "change", f"{verb}-ManagementRoleEntry", written, of_new=of_new)
        except TenantError as error:
            if error.kind != "not_found":
                raise
            # New objects are not found everywhere at once, and others remove them.
            if verb == "Remove" and normalize_case(cmdlet) not in normalized_set(entries_of(tenant, role)):
                return
            raise error.but(kind="outcome_unknown") from error.__cause__


def _check_role_write(tenant: Tenant, params: Mapping[str, Any], record: Record | None) -> None:
    name, marker = params["name"], params.get("marker")
    if record and record.get("IsRootRole"):
        raise _refusal(tenant, "built_in", f"the management role {name} is built in", "Choose another name")
    if record is not None:
        check_marker((record["Name"], record.get("Description")), marker, "management role", _NOT_OURS, tenant.label)
    if params["state"] == "present":
        check_new_marker(params.get("description"), marker)
    if is_pattern(name) and params["state"] == "present":
        raise usage(f"the name {name} holds one of \\ * ? [ ], which mean other roles where its cmdlets are changed")
    if params["state"] == "absent":
        _check_unused(tenant, name, str((record or {}).get("Guid") or name))
    elif record is not None:
        _check_fixed(tenant, params, record)
    elif not params.get("parent"):
        raise usage(f"parent is needed to create the management role {name}")


def _check_fixed(tenant: Tenant, params: Mapping[str, Any], record: Record) -> None:
    """Refuse changes that Exchange does not support. Raises `TenantError`."""
    for one in _FIXED:
        wanted, there = params.get(one.option), record.get(one.api)
        if wanted is not None and one.normalize(wanted) != one.normalize(there):
            raise _refusal(
                tenant,
                "fixed",
                f"the {one.option} of the management role {params['name']} is {there or 'empty'} and cannot be changed "
                f"to {wanted}",
                f"Omit {one.option} or set it to its current value, or remove the role first",
            )


def _check_unused(tenant: Tenant, name: str, role: str) -> None:
    """Assignments are other people's rights: they are reported, never removed as a side effect."""
    asked = {"Identity": role, "GetChildren": True}
    assigned = found_by(tenant, "Get-ManagementRoleAssignment", {"Role": role, "Delegating": False}, _READ)
    children = [
        one
        for one in found_by(tenant, "Get-ManagementRole", asked, _READ)
        if normalize_case(one["Name"]) != normalize_case(name)
    ]
    users = [f"{one.get('RoleAssigneeName')} ({one.get('Name')})" for one in assigned]
    parts = [str(one.get("Name")) for one in children]
    held = [f"it is assigned to {', '.join(users)}"] * bool(users) + [f"it is the parent of {', '.join(parts)}"] * bool(
        parts
    )
    if held:
        raise _refusal(
            tenant,
            "in_use",
            f"the management role {name} is in use: {' and '.join(held)}",
            "Remove these first, with management_role_assignment, role_group or management_role",
            assignments=[str(one.get("Name")) for one in assigned],
            assignees=sorted({str(one.get("RoleAssigneeName")) for one in assigned}),
            children=parts,
        )


def _refusal(tenant: Tenant, kind: str, problem: str, step: str, **details: Any) -> TenantError:
    return TenantError(kind, problem, "configure the management role", tenant.label, next_step=step, details=details)


_FIXED = (
    Field("parent", "Parent", normalize=lambda name: normalize_case(bare_name(name))),
    Field("description", "Description", normalize=lambda text: text or "", clears=True),
)
ROLE = Resource(
    name="management_role",
    backend=Roles(),
    keys=(Field("name", "Name", {"required": True}, normalize=normalize_case),),
    fields=(
        *_FIXED,
        Field("cmdlets", "Cmdlets", {"type": "list", "elements": "raw"}, normalize=_comparable),
    ),
    before_write=_check_role_write,
    name_is_unique=True,
    several_writes=True,
)


def ensure_role(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring one role to the desired state. Raises `TenantError`, before anything is written if possible."""
    name, given = params["name"], params.get("cmdlets")
    if len(name) > _NAME_LIMIT:
        raise usage(f"name has {len(name)} characters, and a management role at most {_NAME_LIMIT}")
    if params["state"] == "absent":
        return ensure(replace(ROLE, backend=Roles(name=name)), tenant, params, check_mode)
    if given == []:
        raise usage("cmdlets is empty, but a management role without cmdlets has no effect", "Use state absent")
    asked = asked_for(given or [])
    parent = params.get("parent") or _parent_of(tenant, name)
    allowed = entries_of(tenant, parent) if parent else {}
    if parent and not allowed:
        raise TenantError(
            "no_parent", f"there is no management role {parent} to be the parent", next_step="Check parent"
        )
    wanted = listed(within(asked, parent, allowed)) if parent and asked else None
    resource = replace(ROLE, backend=Roles(name=name, allowed=allowed))
    return ensure(resource, tenant, {**params, "cmdlets": wanted}, check_mode)


def _parent_of(tenant: Tenant, name: str) -> str:
    """The parent of an existing role; a built-in role has none."""
    listed_roles = exchange_of(tenant).invoke("Get-ManagementRole", {}, _READ, select=("Name", "Guid", "Parent")).values
    found = only(
        [one for one in listed_roles if normalize_case(one["Name"]) == normalize_case(name)],
        lambda one: str(one.get("Guid")),
        f"management role {name}",
        tenant.label,
    )
    return bare_name(found.get("Parent")) or str(found["Name"]) if found else ""


def roles_info(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The roles that match, and the cmdlets of a given one. Raises `TenantError`."""
    asked: dict[str, Any] = {"Identity": params["name"]} if params.get("name") else {}
    if params.get("cmdlet"):
        asked["Cmdlet"] = params["cmdlet"]
        if params.get("parameters"):
            asked["CmdletParameters"] = params["parameters"]
    if params.get("parent") and params.get("name"):
        raise usage("name and parent exclude each other")
    # GetChildren cannot be combined with a cmdlet: then both are requested, and the intersection counts.
    children = {"Identity": params["parent"], "GetChildren": True} if params.get("parent") else {}
    found = found_by(tenant, "Get-ManagementRole", children if children and not asked else asked, _READ)
    if children and asked:
        mine = {Roles().id_of(one) for one in found_by(tenant, "Get-ManagementRole", children, _READ)}
        found = [one for one in found if Roles().id_of(one) in mine]
    roles = [returned({name: one.get(name) for name in Roles.select}) for one in found]
    if params.get("name"):  # Exchange accepts wildcards here
        fits = (
            one
            for one in roles
            if normalize_case(params["name"]) in (normalize_case(one["name"]), normalize_case(one["guid"]))
        )
        roles = [{**one, "cmdlets": listed(entries_of(tenant, one["name"]))} for one in fits]
    return {"changed": False, "management_roles": roles}
