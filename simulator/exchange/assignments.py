# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role assignments: who holds which role, directly or through a role group."""

from __future__ import annotations

from itertools import count

from ..behaviours.table import implements
from ..cmdlets.exchange_types import CmdletCall, ExchangeType, exists, refused
from ..state.http_messages import Json
from .delegation import refuse_undelegated, refuse_unready
from .organization import refuse_dehydrated
from .propagation import present
from .rbac import WHOLE, assign, assignments_of
from .role_groups import members_of, principal_of
from .roles import ROLES

HEARD_BY_ASSIGNMENTS = frozenset(
    {
        "Identity",
        "RoleAssignee",
        "Role",
        "RoleAssigneeType",
        "Enabled",
        "Delegating",
        "GetEffectiveUsers",
        "AssignmentMethod",
        "RecipientWriteScope",
        "ConfigWriteScope",
    }
)


_FILTERS = ("RoleAssigneeType", "Enabled", "RecipientWriteScope", "ConfigWriteScope")  # by properties of an assignment


@implements("role-assignment")
def get_assignments(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    given = run.given
    wanted = {name: given[name] for name in _FILTERS if name in given}
    if "Role" in given:
        wanted["Role"] = ROLES.find(run, given["Role"])["Name"]
    if given.get("Delegating") is not None:
        wanted["RoleAssignmentDelegationType"] = "DelegatingOrgWide" if given["Delegating"] else "Regular"
    methods = given.get("AssignmentMethod")
    found = [
        _assignment_view(run, item)
        for item in _asked_for(run, kind)
        if all(item[name] == value for name, value in wanted.items())
        and (not methods or item["AssignmentMethod"] in methods)
    ]
    if given.get("GetEffectiveUsers"):
        return [user for item in found for user in _users_behind(run, item)]
    return found


def _asked_for(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    if "Identity" in run.given:
        return [kind.find(run, run.given["Identity"])]
    if "RoleAssignee" in run.given:
        return _held_by(run, principal_of(run, run.given["RoleAssignee"])[0])
    return list(run.tenant.store("ManagementRoleAssignment"))


# Each parameter takes one kind of assignee only. No role assignment policy is simulated.
_HOLDERS = {"User": ("User",), "SecurityGroup": ("RoleGroup",), "App": ("ServicePrincipal",)}


@implements("role-assignment-method")
def _held_by(run: CmdletCall, principal: str) -> list[Json]:
    """The roles of somebody, and how they are held: directly, or through a role group."""
    return [
        item | {"AssignmentMethod": "Direct" if item["_assignee"] == principal else "RoleGroup"}
        for item in assignments_of(run.tenant, principal, present(run.tenant))
    ]


def _assignment_view(run: CmdletCall, assignment: Json) -> Json:
    """An assignment with the current name of its role group."""
    group = run.tenant.store("RoleGroup").get(assignment["_assignee"])
    name = group["Name"] if group else assignment["RoleAssigneeName"]
    return assignment | {"RoleAssignee": name, "RoleAssigneeName": name, "User": name}


def _users_behind(run: CmdletCall, assignment: Json) -> list[Json]:
    group = run.tenant.store("RoleGroup").get(assignment["_assignee"])
    if group is None:
        return [assignment | {"EffectiveUserName": assignment["RoleAssigneeName"]}]
    names = [member["DisplayName"] for member in members_of(run, group)]
    return [assignment | {"EffectiveUserName": name, "AssignmentMethod": "RoleGroup"} for name in names]


@implements("role-assignment")
def new_assignment(run: CmdletCall, exchange_type: ExchangeType) -> list[Json]:
    refuse_dehydrated(run)
    role = ROLES.find(run, run.given["Role"])["Name"]
    asked = next((name for name in (*_HOLDERS, "Policy") if name in run.given), None)
    if asked is None:
        raise refused("role-assignment-assignee", "An assignment needs a user, a group, a policy or an application.")
    identity = run.given[asked]
    holder, holder_name, kind = principal_of(run, identity, _HOLDERS.get(asked, ()))
    refuse_unready(run, holder, identity)
    label = _label(run, role, holder, holder_name)
    refuse_undelegated(run, role, label)
    assignment = assign(run, role, holder, holder_name, kind, label)
    delegating = {"RoleAssignmentDelegationType": "DelegatingOrgWide"} if run.given.get("Delegating") else {}
    run.tenant.store("ManagementRoleAssignment").update(assignment["Guid"], _scopes(run) | delegating)
    return [_assignment_view(run, assignment)]


@implements("role-assignment-name")
def _label(run: CmdletCall, role: str, holder: str, holder_name: str) -> str:
    """The given name, or a generated unique one. A duplicate assignment is refused."""
    store = run.tenant.store("ManagementRoleAssignment")
    kind = "DelegatingOrgWide" if run.given.get("Delegating") else "Regular"
    wanted = WHOLE | _scopes(run)
    ending = "-Delegating" if run.given.get("Delegating") else ""
    label = str(run.given.get("Name") or f"{role}-{holder_name}{ending}"[:64])
    for item in store:
        same = item["Role"] == role and item["_assignee"] == holder and item["RoleAssignmentDelegationType"] == kind
        if same and all(item[name] == value for name, value in wanted.items()):
            raise exists(item["Name"])
    if not store.find("Name", label):
        return label
    if "Name" in run.given:
        raise exists(label)
    return next(name for number in count(1) if not store.find("Name", name := f"{label[:60]}-{number}"))


# How a given scope is shown: the kind of scope, and the property with its name.
_SHOWN = {
    "CustomRecipientWriteScope": ("RecipientWriteScope", "CustomRecipientScope", "CustomRecipientWriteScope"),
    "ExclusiveRecipientWriteScope": ("RecipientWriteScope", "ExclusiveRecipientScope", "CustomRecipientWriteScope"),
    "RecipientOrganizationalUnitScope": ("RecipientWriteScope", "OU", "CustomRecipientWriteScope"),
    "RecipientGroupScope": ("RecipientWriteScope", "Group", "CustomRecipientWriteScope"),
    "RecipientAdministrativeUnitScope": (
        "RecipientWriteScope",
        "AdministrativeUnit",
        "RecipientAdministrativeUnitScope",
    ),
    "CustomConfigWriteScope": ("ConfigWriteScope", "CustomConfigScope", "CustomConfigWriteScope"),
    "ExclusiveConfigWriteScope": ("ConfigWriteScope", "ExclusiveConfigScope", "CustomConfigWriteScope"),
    "CustomResourceScope": ("RecipientReadScope", "CustomRecipientScope", "CustomResourceScope"),
}


@implements("role-assignment-scope")
def _scopes(run: CmdletCall) -> Json:
    """The given scopes; a new one replaces the old one."""
    given = run.given
    changed: Json = {}
    for name, (kind, value, place) in _SHOWN.items():
        if name in given:
            changed = {**(changed or WHOLE), kind: value, place: given[name]}
    if "CustomResourceScope" in given:
        changed["RecipientWriteScope"] = "None"
    relative = given.get("RecipientRelativeWriteScope")
    return {**(changed or WHOLE), "RecipientWriteScope": relative} if relative else changed


@implements("role-assignment")
def _change_assignment(run: CmdletCall, assignment: Json) -> Json:
    refuse_undelegated(run, assignment["Role"], assignment["Name"])
    return _scopes(run) | ({"Enabled": run.given["Enabled"]} if "Enabled" in run.given else {})


@implements("delegating-assignment")
def _remove_assignment(run: CmdletCall, assignment: Json) -> None:
    refuse_undelegated(run, assignment["Role"], assignment["Name"])


ASSIGNMENT_NOUNS = {
    "ManagementRoleAssignment": ExchangeType(
        "ManagementRoleAssignment", change=_change_assignment, remove=_remove_assignment
    )
}
ASSIGNMENT_CMDLETS = {
    "Get-ManagementRoleAssignment": get_assignments,
    "New-ManagementRoleAssignment": new_assignment,
}
