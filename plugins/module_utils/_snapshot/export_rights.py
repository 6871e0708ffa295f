# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rights in Exchange in an export: roles, role groups, assignments and applications as the options of their modules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .._core.resource import Record, bare_name, normalize_case
from .._rbac.assignment_scopes import is_enabled, scope_of
from .._rbac.built_in_role_groups import is_built_in
from .._rbac.cmdlet_access import is_pattern
from .assignees import OF_APPLICATIONS, OF_USERS, Assignees, identifying
from .exported import Exported, Missing, Named, repeated

Objects = Mapping[str, list[Record]]
_PARAMETER = re.compile(r"\s-([A-Za-z0-9]+)")


def roles(objects: Objects) -> Exported:
    """The custom roles, each after its parent."""
    kind, found = "management_roles", Exported()
    own = {normalize_case(str(one["Name"])): one for one in objects[kind] if not one.get("IsRootRole")}
    for role in sorted(own.values(), key=lambda one: (_depth(one, own), normalize_case(str(one["Name"])))):
        name, parent, entries = str(role["Name"]), bare_name(role.get("Parent")), _entries(role)
        if not parent or not entries or is_pattern(name):
            reason = "the snapshot does not say what it holds" if not entries else "it has no parent"
            reason = "its name holds one of \\ * ? [ ]" if is_pattern(name) else reason
            found.missing.append(Missing(kind, name, reason))
            continue
        description = str(role.get("Description") or "")
        found.items.append({"name": name, "parent": parent, "description": description, "cmdlets": entries})
    return found


def _depth(role: Record, own: Mapping[str, Record]) -> int:
    depth, seen = 0, set[str]()
    while (parent := normalize_case(bare_name(role.get("Parent")))) in own and parent not in seen:
        seen.add(parent)
        role, depth = own[parent], depth + 1
    return depth


def _entries(role: Record) -> list[dict[str, Any]]:
    """From texts such as `(Microsoft.Exchange.Management.PowerShell.E2010) Get-User -Identity`."""
    found = []
    for line in role.get("RoleEntries") or ():
        cmdlet, _space, parameters = str(line).rpartition(")")[2].strip().partition(" ")
        if cmdlet:
            found.append({"cmdlet": cmdlet, "parameters": _PARAMETER.findall(f" {parameters}")})
    return sorted(found, key=lambda one: str(one["cmdlet"]))


def service_principals(objects: Objects) -> Exported:
    found = Exported()
    for one in objects["service_principals"]:
        if not identifying(one.get("AppId")):
            found.missing.append(Missing("service_principals", str(one["ObjectId"]), "it has no application id"))
            continue
        named = {"display_name": str(one["DisplayName"])} if one.get("DisplayName") else {}
        found.items.append({**named, "app_id": one["AppId"], "object_id": one["ObjectId"]})
    return found


def role_groups(objects: Objects) -> Exported:
    """The custom groups, with their unscoped roles; of the built-in groups, changed members."""
    kind, found = "role_groups", Exported()
    several = repeated(one["Name"] for one in objects[kind])
    own_roles = {normalize_case(str(one["Name"])) for one in objects["management_roles"] if not one.get("IsRootRole")}
    for group in objects[kind]:
        name, held = str(group["Name"]), _held_by(group, objects["role_assignments"])
        if is_built_in(group):
            found.missing += _changes_of_built_in(group, held, own_roles)
        elif normalize_case(name) in several:
            found.missing.append(Missing(kind, name, "several role groups have this name"))
        else:
            _add_group(found, group, held, objects)
    return found


def _changes_of_built_in(group: Record, held: list[Record], own_roles: set[str]) -> list[Missing]:
    """What somebody gave to a built-in group: members, and custom roles."""
    own = sorted({role for role in (bare_name(one["Role"]) for one in held) if normalize_case(role) in own_roles})
    given = [f"{len(group['Members'])} members"] * bool(group["Members"]) + own
    reason = "the group is built in: change it with role_group and allow_built_in"
    return [Missing("role_groups", f"{group['Name']}: {', '.join(given)}", reason)] if given else []


def _add_group(found: Exported, group: Record, held: list[Record], objects: Objects) -> None:
    """The group as options of role_group. Roles or members that these cannot express are missing, and the others are
    then only added, so that the missing ones stay."""
    kind, name = "role_groups", str(group["Name"])
    reasons = [(one, _why_not_whole(one)) for one in held]
    whole = sorted({bare_name(one["Role"]) for one, reason in reasons if not reason}, key=normalize_case)
    partial = [Missing(kind, f"{name}: {one['Role']}", reason) for one, reason in reasons if reason]
    identities = [(member, _member(member, objects)) for member in group["Members"]]
    known = [identity for _record, identity in identities if identity]
    unknown = [
        Missing(kind, f"{name}: member {_called(member)}", f"{_ONLY_A_NAME}: add it with role_group")
        for member, identity in identities
        if not identity
    ]
    found.missing += partial + unknown
    members = {"members": {"add" if unknown else "set": known}} if known or not unknown else {}
    found.items.append(
        {
            "name": name,
            "description": str(group.get("Description") or ""),
            "roles": {"add" if partial else "set": whole},
            **members,
        }
    )


def _called(member: Record) -> str:
    return identifying(member.get("Name")) or identifying(member.get("DisplayName")) or "without a name"


_ONLY_A_NAME = "the snapshot has only its name, which others may have too"


def _why_not_whole(assignment: Record) -> str:
    """Why an assignment is not an unscoped role of its group."""
    if scope := scope_of(assignment):
        return f"the role is limited to {scope}, and the module role_group gives whole roles"
    enabled = is_enabled(assignment)
    return "" if enabled else "the assignment is disabled, and the module role_group gives roles that work"


def _held_by(group: Record, assignments: list[Record]) -> list[Record]:
    name = normalize_case(str(group["Name"]))
    return [
        one
        for one in assignments
        if one.get("RoleAssigneeType") == "RoleGroup"
        and one.get("RoleAssignmentDelegationType") in (None, "", "Regular")
        and normalize_case(bare_name(one.get("RoleAssigneeName") or one.get("RoleAssignee"))) == name
    ]


# By the type of a member, the objects of the snapshot, which are all of this type, the id of one, and what names it to
# Exchange. A display name is not such a name: another object may be called the same.
_MEMBERS = {
    "RoleGroup": ("role_groups", "Guid", ("Name",)),
    "ServicePrincipal": ("service_principals", "AppId", ("Name", "ObjectId")),
    "SharedMailbox": ("mailboxes", "PrimarySmtpAddress", ("Name",)),
    "UserMailbox": ("mailboxes", "PrimarySmtpAddress", ("Name",)),
}


def _member(member: Record, objects: Objects) -> Any:
    """What identifies a member and nobody else; None if there is only a name."""
    name, shown = (identifying(member.get(one)) for one in ("Name", "DisplayName"))
    if address := identifying(member.get("PrimarySmtpAddress")):
        return address
    for known in ("ExternalDirectoryObjectId", "Guid"):
        if identity := identifying(member.get(known)).strip("{}"):
            return Named(identity, shown or name)
    kind, unique, names = _MEMBERS.get(str(member.get("RecipientTypeDetails")), ("", "", ()))
    meant = [one for one in objects.get(kind) or () if _is_called(one, name, shown, names)]
    found = identifying(meant[0].get(unique)) if len(meant) == 1 else ""
    return Named(found, shown or name) if found else None


def _is_called(record: Record, name: str, shown: str, names: Iterable[str]) -> bool:
    """Whether the object has this name in one of `names`, and no other display name than `shown`."""
    other = identifying(record.get("DisplayName"))
    if not name or (shown and other and normalize_case(shown) != normalize_case(other)):
        return False
    return normalize_case(name) in {normalize_case(identifying(record.get(one))) for one in names}


_ASSIGNEES = {"User": "user", "SecurityGroup": "group", "RoleGroup": "group", "ServicePrincipal": "application"}


def role_assignments(objects: Objects) -> Exported:
    """The assignments that are not with their role groups: direct and delegating ones. Those that every tenant has from
    the start, of built-in role groups, are left out like these groups."""
    kind, found = "role_assignments", Exported()
    holders = {
        "user": Assignees([*objects["mailboxes"], *_without_mailbox(objects)], OF_USERS),
        "application": Assignees(objects["service_principals"], OF_APPLICATIONS),
    }
    built_in = {normalize_case(str(one["Name"])) for one in objects["role_groups"] if is_built_in(one)}
    several = repeated(one["Name"] for one in objects["role_groups"])
    for one in objects[kind]:
        name = _assignee_name(one)
        if one.get("RoleAssigneeType") == "RoleAssignmentPolicy" or (
            one.get("RoleAssigneeType") == "RoleGroup" and (not _is_delegating(one) or normalize_case(name) in built_in)
        ):
            continue
        is_ambiguous = one.get("RoleAssigneeType") == "RoleGroup" and normalize_case(name) in several
        _add_assignment(found, one, holders, "several role groups have this name" if is_ambiguous else "")
    policies = {_assignee_name(one) for one in objects[kind] if one.get("RoleAssigneeType") == "RoleAssignmentPolicy"}
    if policies:
        reason = "no module of this collection changes role assignment policies"
        found.missing.append(Missing(kind, f"those of {', '.join(sorted(policies))}", reason))
    return found


def _without_mailbox(objects: Objects) -> list[Record]:
    held = {normalize_case(str(one.get("ExternalDirectoryObjectId"))) for one in objects["mailboxes"]}
    return [one for one in objects.get("users") or () if normalize_case(str(one.get("id"))) not in held]


def _assignee_name(assignment: Record) -> str:
    return bare_name(assignment.get("RoleAssigneeName") or assignment.get("RoleAssignee"))


def _is_delegating(assignment: Record) -> bool:
    return assignment.get("RoleAssignmentDelegationType") not in (None, "", "Regular")


def _add_assignment(found: Exported, one: Record, possible: Mapping[str, Assignees], problem: str) -> None:
    """The assignment as options of management_role_assignment, or why it has none: `problem` is a known reason."""
    role, name, delegating = bare_name(one["Role"]), _assignee_name(one), _is_delegating(one)
    option = _ASSIGNEES.get(str(one.get("RoleAssigneeType")), "")
    holders = possible[option].of(one) if option in possible else []
    holder: Record = holders[0] if len(holders) == 1 else {}
    assignee = identifying(name) if option == "group" else _identity_of(holder)
    if reason := _why_not(one, option, len(holders)) or problem or ("" if assignee else _ONLY_A_NAME):
        called = f"{role} of {name}{', delegating' if delegating else ''}"
        found.missing.append(Missing("role_assignments", called, reason))
        return
    to = Named(assignee, str(holder.get("DisplayName") or "")) if option == "application" else assignee
    found.items.append({"role": role, option: to, **({"delegating": True} if delegating else {})})


def _identity_of(holder: Record) -> str:
    """What identifies an application, or somebody with or without a mailbox."""
    found = (identifying(holder.get(one)) for one in ("AppId", "PrimarySmtpAddress", "userPrincipalName", "Guid", "id"))
    return next((one for one in found if one), "")


def _why_not(assignment: Record, option: str, holders: int) -> str:
    """Why an assignment is not exported; `holders` is the number of its possible holders in the snapshot."""
    if not option:
        return f"no module of this collection assigns roles to a {assignment.get('RoleAssigneeType') or 'blank type'}"
    if scope := scope_of(assignment):
        return f"limited to {scope}"
    if holders > 1:
        return f"several {option}s have this name"
    if option != "group" and not holders:
        return f"the snapshot does not say which {option} that is"
    return "" if is_enabled(assignment) else "it is disabled"
