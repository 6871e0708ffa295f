# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role-based access control: roles are sets of cmdlets with parameters, assignments give them to somebody."""

from __future__ import annotations

from ..behaviours.table import implements
from ..cmdlets.contract import Cmdlet
from ..cmdlets.exchange_types import CmdletCall, named
from ..state.http_messages import Json
from ..state.store import normalize_case
from ..state.tenant import Tenant
from .propagation import State

Entries = dict[str, list[str]]

# The role groups that every organization has, as far as their roles are in the contract.
# https://learn.microsoft.com/exchange/permissions-exo/permissions-exo
_GROUPS = {
    "Organization Management": None,
    "Recipient Management": (
        "Distribution Groups",
        "Mail Recipient Creation",
        "Mail Recipients",
        "Message Tracking",
        "Move Mailboxes",
        "Recipient Policies",
    ),
    "View-Only Organization Management": ("View-Only Configuration", "View-Only Recipients"),
    "Help Desk": ("User Options", "View-Only Recipients"),
    "Hygiene Management": ("View-Only Configuration", "View-Only Recipients"),
    "Security Administrator": ("Security Admin",),
    "Security Reader": ("Security Reader",),
}
# The properties of an assignment without a scope.
WHOLE = {
    "RecipientReadScope": "Organization",
    "ConfigReadScope": "OrganizationConfig",
    "RecipientWriteScope": "Organization",
    "ConfigWriteScope": "OrganizationConfig",
    "CustomRecipientWriteScope": None,
    "CustomConfigWriteScope": None,
    "CustomResourceScope": None,
    "RecipientAdministrativeUnitScope": None,
}
# The Exchange rights of directory roles.
# https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2
_DIRECTORY = {
    "Global Administrator": "Organization Management",
    "Exchange Administrator": "Organization Management",
    "Exchange Recipient Administrator": "Recipient Management",
    "Global Reader": "View-Only Organization Management",
}


def built_in_roles(cmdlets: dict[str, Cmdlet]) -> dict[str, Entries]:
    """Every role in the contract, with its entries."""
    roles: dict[str, Entries] = {}
    for cmdlet in cmdlets.values():
        for role, parameters in cmdlet.holders().items():
            roles.setdefault(role, {})[cmdlet.name] = parameters
    return dict(sorted(roles.items()))


@implements("role-group-well-known")
def _of_the_service(name: str) -> dict[str, str]:
    return {"WellKnownObject": name}


def seed_roles(run: CmdletCall) -> None:
    """The built-in roles and groups, then the custom ones."""
    tenant, built_in = run.tenant, built_in_roles(run.cmdlets)
    for name, entries in built_in.items():
        add_role(run, name, None, entries, tenant.uuid("role", name))
    for name, roles in _GROUPS.items():
        add_group(run, name, list(built_in if roles is None else roles), [], seeded=True, **_of_the_service(name))
    _delegate_all(run, list(built_in))
    described = tenant.exchange or {}
    for name, role in (described.get("roles") or {}).items():
        entries = {cmdlet: built_in[role["parent"]][cmdlet] for cmdlet in role["cmdlets"]}
        add_role(run, name, role["parent"], entries, tenant.uuid("role", name))
    for name, group in (described.get("role_groups") or {}).items():
        members = [tenant.uuid("user", member) for member in group["members"]]
        add_group(run, name, group["roles"], members, seeded=True)


@implements("delegating-assignment")
def _delegate_all(run: CmdletCall, roles: list[str]) -> None:
    """Only Organization Management may delegate roles, unless somebody else gets a delegating assignment."""
    name = "Organization Management"
    group = run.tenant.uuid("role group", name)
    for role in roles:
        assignment = assign(run, role, group, name, "RoleGroup", f"{role}-{name}-Delegating"[:64], seeded=True)
        delegating = {"RoleAssignmentDelegationType": "DelegatingOrgWide"}
        run.tenant.store("ManagementRoleAssignment").update(assignment["Guid"], delegating)


@implements("rights")
def add_role(run: CmdletCall, name: str, parent: str | None, entries: Entries, guid: str | None = None) -> Json:
    role = named(
        run,
        {
            "Name": name,
            "Guid": guid,
            "Description": "",
            "Parent": parent,
            "RoleType": _role_type(run.tenant, name, parent),
            "ImplicitRecipientReadScope": "Organization",
            "ImplicitRecipientWriteScope": "Organization",
            "ImplicitConfigReadScope": "OrganizationConfig",
            "ImplicitConfigWriteScope": "OrganizationConfig",
            "IsRootRole": parent is None,
            "IsEndUserRole": False,
            "IsDeprecated": False,
            "_entries": entries,
        },
    )
    return run.tenant.store("ManagementRole").add(role["Guid"], role)


@implements("rights")
def add_group(
    run: CmdletCall, name: str, roles: list[str], members: list[str], *, seeded: bool = False, **properties: str
) -> Json:
    tenant = run.tenant
    group = named(
        run,
        {
            "Name": name,
            "DisplayName": name,
            "Description": "",
            "Guid": tenant.uuid("role group", name) if seeded else None,
            "RoleGroupType": "Standard",
            "ManagedBy": ["Organization Management"],
            "Capabilities": [],
            "OrganizationId": tenant.domain,
            "WellKnownObject": "",
            "_members": members,
            **properties,
        },
    )
    tenant.store("RoleGroup").add(group["Guid"], group)
    taken = _labels(tenant)
    for role in roles:
        label = _free_label(taken, f"{role}-{name}")
        taken.add(normalize_case(label))
        assign(run, role, group["Guid"], name, "RoleGroup", label, seeded=seeded)
    return group


@implements("rights")
def assign(
    run: CmdletCall,
    role: str,
    assignee: str,
    assignee_name: str,
    kind: str,
    name: str | None = None,
    *,
    seeded: bool = False,
) -> Json:
    """Assign a role to somebody, by an id that does not depend on names."""
    label = name or _free_label(_labels(run.tenant), f"{role}-{assignee_name}")
    assignment = named(
        run,
        {
            "Name": label,
            "Guid": run.tenant.uuid("assignment", label) if seeded else None,
            "Role": role,
            "RoleAssignee": assignee_name,
            "RoleAssigneeName": assignee_name,
            "RoleAssigneeType": kind,
            "RoleAssignmentDelegationType": "Regular",
            "AssignmentMethod": "Direct",
            "EffectiveUserName": "All Group Members" if kind == "RoleGroup" else assignee_name,
            "Enabled": True,
            **WHOLE,
            "_assignee": assignee,
        },
    )
    return run.tenant.store("ManagementRoleAssignment").add(assignment["Guid"], assignment)


def _labels(tenant: Tenant) -> set[str]:
    return {normalize_case(item["Name"]) for item in tenant.store("ManagementRoleAssignment")}


@implements("role-assignment-name")
def _free_label(taken: set[str], wanted: str) -> str:
    """The name of a group's assignment: at most 64 characters, with a number if it exists already."""
    numbered = (wanted[: 64 - len(end)] + end for end in ("", *(f"-{number}" for number in range(1, len(taken) + 2))))
    return next(one for one in numbered if normalize_case(one) not in taken)


@implements("rights-directory")
def groups_of(tenant: Tenant, object_id: str, state: State) -> list[Json]:
    """The role groups of somebody, directly or by a role in the directory."""
    by_directory = {_DIRECTORY[role] for role in tenant.directory_roles(object_id) if role in _DIRECTORY}
    return [group for group in state["RoleGroup"] if object_id in group["_members"] or group["Name"] in by_directory]


def assignments_of(tenant: Tenant, object_id: str, state: State) -> list[Json]:
    """The assignments of somebody: direct ones, and through role groups."""
    holders = {object_id} | {group["Guid"] for group in groups_of(tenant, object_id, state)}
    return [item for item in state["ManagementRoleAssignment"] if item["_assignee"] in holders]


@implements("rights")
def rights_of(tenant: Tenant, object_id: str, state: State) -> dict[str, set[str]]:
    """Every cmdlet that somebody may run, with the parameters that any of the roles permits."""
    if tenant.is_visitor(object_id):
        return tenant.visitor_rights or {}
    rights: dict[str, set[str]] = {}
    roles = {role["Name"]: role for role in state["ManagementRole"]}
    for assignment in assignments_of(tenant, object_id, state):
        if not assignment["Enabled"] or assignment["RoleAssignmentDelegationType"] != "Regular":
            continue
        for cmdlet, parameters in roles.get(assignment["Role"], {"_entries": {}})["_entries"].items():
            rights.setdefault(cmdlet, set()).update(parameters)
    return rights


def _role_type(tenant: Tenant, name: str, parent: str | None) -> str:
    if parent is None:
        return name.title().replace(" ", "").replace("-", "")
    return next(str(role["RoleType"]) for role in tenant.store("ManagementRole") if role["Name"] == parent)
