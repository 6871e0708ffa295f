# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role groups with their members, and the service principals in Exchange."""

from __future__ import annotations

from datetime import timedelta

from ..behaviours.table import implements
from ..cmdlets.exchange_types import CmdletCall, ExchangeType, ambiguous, exists, missing, refused
from ..cmdlets.parameter_values import edited
from ..state.http_messages import Json
from ..state.replication import arrived
from .delegation import refuse_undelegated, refuse_unready
from .organization import refuse_dehydrated
from .propagation import present
from .rbac import add_group, assignments_of
from .recipients import USERS
from .roles import ROLES

_NOT_A_MEMBER = "Microsoft.Exchange.Management.Tasks.MemberNotFoundException"
_A_MEMBER = "Microsoft.Exchange.Management.Tasks.MemberAlreadyExistsException"


_KINDS = ("RoleGroup", "ServicePrincipal", "User")


@implements("object-ambiguous")
def principal_of(run: CmdletCall, identity: str, kinds: tuple[str, ...] = _KINDS) -> tuple[str, str, str]:
    """Somebody of one of these kinds who can hold a role: the permanent id, the displayed name, the kind."""
    found = [
        (exact, (item[key], item["Name"], kind))
        for noun, key, kind in (
            (GROUPS, "Guid", "RoleGroup"),
            (SERVICE_PRINCIPALS, "ObjectId", "ServicePrincipal"),
            (USERS, "_key", "User"),
        )
        if kind in kinds
        for exact, item in noun.matches(run, identity)
    ]
    best = [one for exact, one in found if exact] or [one for _exact, one in found]
    if not best:
        raise missing(identity)
    if len(best) > 1:
        raise ambiguous(run, identity)
    return best[0]


@implements("rights")
def _group_view(run: CmdletCall, group: Json) -> Json:
    assignments = [item for item in run.tenant.store("ManagementRoleAssignment") if item["_assignee"] == group["Guid"]]
    known = {role: number for number, role in enumerate(group.get("_roles", []))}  # for a copy, in the snapshot's order
    roles = dict.fromkeys(item["Role"] for item in assignments)
    return group | {
        "RoleAssignments": [item["Name"] for item in assignments],
        "Roles": sorted(roles, key=lambda role: known.get(role, len(known))),
        "Members": [member["Name"] for member in members_of(run, group)],
    }


@implements("role-group-managers")
def _people(run: CmdletCall) -> dict[str, list[str]]:
    """As in a change, each list is given as a whole or as an edit."""
    return {name: edited([], run.given.get(name)) for name in ("Members", "ManagedBy")}


@implements("rights")
def new_group(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    refuse_dehydrated(run)
    given = run.given | _people(run)
    if run.tenant.store("RoleGroup").find("Name", given["Name"]):
        raise exists(given["Name"])
    roles = [ROLES.find(run, role)["Name"] for role in given.get("Roles") or []]
    for role in roles:
        refuse_undelegated(run, role, f"{role}-{given['Name']}"[:64])
    members = [_ready(run, member) for member in given["Members"]]
    properties = {name: given[name] for name in ("DisplayName", "Description", "ManagedBy") if given.get(name)}
    return [_group_view(run, add_group(run, given["Name"], roles, members, **properties))]


@implements("role-group-built-in")
def _remove_group(run: CmdletCall, group: Json) -> None:
    if group["WellKnownObject"]:
        raise refused("role-group-built-in", f'The role group "{group["Name"]}" is built in and cannot be removed.')
    assignments = run.tenant.store("ManagementRoleAssignment")
    for assignment in assignments:
        if assignment["_assignee"] == group["Guid"]:
            assignments.remove(assignment["Guid"])


def members_of(run: CmdletCall, group: Json) -> list[Json]:
    """The members as recipients; a service principal is shown in the same form."""
    users = {user["_key"]: user for user in USERS.items(run)}
    applications = {item["ObjectId"]: item for item in run.tenant.store("ServicePrincipal")}
    shown = []
    for member in group["_members"]:
        if member in users:
            shown.append(users[member])
        elif member in applications:
            kind = {"RecipientType": "ServicePrincipal", "RecipientTypeDetails": "ServicePrincipal"}
            shown.append(applications[member] | kind | {"ExternalDirectoryObjectId": member})
        elif member in group.get("_shown", {}):
            shown.append(group["_shown"][member])
    return shown


@implements("rights-directory")
def get_members(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    return members_of(run, GROUPS.find(run, run.given["Identity"]))


@implements("member-exists")
def add_member(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    group, member = _group_and_member(run)
    if member in group["_members"]:
        raise refused("member-exists", f'"{run.given["Member"]}" is already a member of the group.', _A_MEMBER)
    return _save_members(run, group, [*group["_members"], member])


@implements("member-missing")
def remove_member(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    group, member = _group_and_member(run)
    if member not in group["_members"]:
        raise refused("member-missing", f'"{run.given["Member"]}" isn\'t a member of the group.', _NOT_A_MEMBER)
    return _save_members(run, group, [item for item in group["_members"] if item != member])


@implements("member-list")
def update_members(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    """Replace the whole list, or edit it."""
    group, wanted = GROUPS.find(run, run.given["Identity"]), run.given.get("Members")
    if isinstance(wanted, dict):
        removed = {principal_of(run, member)[0] for member in wanted.get("remove", [])}
        added = [_ready(run, member) for member in wanted.get("add", [])]
        kept = [member for member in group["_members"] if member not in removed]
        return _save_members(run, group, kept + [member for member in added if member not in kept])
    return _save_members(run, group, [_ready(run, member) for member in wanted or []])


def _group_and_member(run: CmdletCall) -> tuple[Json, str]:
    return GROUPS.find(run, run.given["Identity"]), _ready(run, run.given["Member"])


def _ready(run: CmdletCall, member: str) -> str:
    """The id of a new member."""
    found = principal_of(run, member)[0]
    refuse_unready(run, found, member)
    return found


@implements("member-list")
def _save_members(run: CmdletCall, group: Json, members: list[str]) -> list[Json]:
    run.tenant.store("RoleGroup").update(group["Guid"], {"_members": members})
    return []


@implements("service-principal-unknown")
def _new_service_principal(run: CmdletCall) -> Json:
    known = {one["appId"]: one for one in arrived(run.tenant.store("servicePrincipals"), run.now)}
    principal = known.get(run.given["AppId"].lower())
    if principal is None or principal["id"] != run.given["ObjectId"].lower():
        raise refused("service-principal-unknown", "No service principal of the directory has this AppId and ObjectId.")
    name = run.given.get("DisplayName") or principal["displayName"]
    return {
        "Identity": principal["id"],
        "AppId": principal["appId"],
        "ObjectId": principal["id"],
        "DisplayName": name,
        "_counts_from": run.now + timedelta(seconds=(run.tenant.exchange or {})["service_principal_after"]),
    }


@implements("service-principal-test")
def test_authorization(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    """The roles of an application; access to data through other APIs is not simulated."""
    principal = SERVICE_PRINCIPALS.find(run, run.given["Identity"])
    return [
        {
            "RoleName": item["Role"],
            "GrantedPermissions": "",
            "AllowedResourceScope": "Organization",
            "ScopeType": "None",
            "InScope": "Not Run",
        }
        for item in assignments_of(run.tenant, principal["ObjectId"], present(run.tenant))
    ]


GROUPS = ExchangeType("RoleGroup", view=_group_view, remove=_remove_group)
SERVICE_PRINCIPALS = ExchangeType(
    "ServicePrincipal",
    keys=("Identity", "Id", "Guid", "AppId", "ObjectId", "DisplayName"),
    create=_new_service_principal,
)
GROUP_NOUNS = {
    "RoleGroup": GROUPS,
    "RoleGroupMember": GROUPS,
    "ServicePrincipal": SERVICE_PRINCIPALS,
    "ServicePrincipalAuthorization": SERVICE_PRINCIPALS,
}
GROUP_CMDLETS = {
    "New-RoleGroup": new_group,
    "Get-RoleGroupMember": get_members,
    "Add-RoleGroupMember": add_member,
    "Remove-RoleGroupMember": remove_member,
    "Update-RoleGroupMember": update_members,
    "Test-ServicePrincipalAuthorization": test_authorization,
}
