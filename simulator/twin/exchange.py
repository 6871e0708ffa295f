# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Store the roles, role groups and assignments of a snapshot. The built-in roles are those of every tenant."""

from __future__ import annotations

import re

from ..behaviours.table import implements
from ..cmdlets.exchange_types import CmdletCall
from ..state.http_messages import Json
from ..state.snapshots import OF_A_MAILBOX, identity_of
from ..state.store import normalize_case
from .records import seed_records

_PARAMETER = re.compile(r"-([A-Za-z0-9]+)")


@implements("twin-state")
def seed_twin_roles(run: CmdletCall, objects: Json) -> None:
    tenant = run.tenant
    entries = {one["Name"]: one["_entries"] for one in tenant.store("ManagementRole")}
    rights: dict[str, set[str]] = {}
    for held in entries.values():
        for cmdlet, parameters in held.items():
            rights.setdefault(cmdlet, set()).update(parameters)
    tenant.visitor_rights = rights
    seed_records(tenant, "ManagementRole", objects.get("management_roles"), "Guid", lambda role: _role(role, entries))
    seed_records(tenant, "RoleGroup", objects.get("role_groups"), "Guid", _group)
    holders = _holders(objects)
    seed_records(
        tenant,
        "ManagementRoleAssignment",
        objects.get("role_assignments"),
        "Guid",
        lambda one: one | {"_assignee": _assignee(one, holders)},
    )


def _role(role: Json, built_in: Json) -> Json:
    """A role with its entries: those of the snapshot, or those of the built-in role of this name."""
    read = {}
    for line in role.get("RoleEntries") or []:
        cmdlet = str(line).rpartition(")")[2].split()
        if cmdlet:
            read[cmdlet[0]] = _PARAMETER.findall(str(line).partition(cmdlet[0])[2])
    own = {name: value for name, value in role.items() if name != "RoleEntries"}
    parent = str(role.get("Parent") or "").rpartition("\\")[2] or None
    return own | {"Parent": parent, "_entries": read or built_in.get(str(role.get("Name")), {})}


def _group(group: Json) -> Json:
    """A role group by the ids of its members; other members than users and service principals are shown as read."""
    members: dict[str, Json] = {}
    for one in group["Members"]:
        # Several members may have one name.
        known = identity_of(one, "ExternalDirectoryObjectId") or str(one.get("Name")).lower()
        members[f"{known} {len(members)}" if known in members else known] = one
    own = {name: value for name, value in group.items() if name not in ("Members", "Roles", "RoleAssignments")}
    return (
        {"WellKnownObject": "", "Capabilities": []}
        | own
        | {"_members": list(members), "_shown": members, "_roles": group.get("Roles") or []}
    )


# By the type of a holder: the objects of the snapshot, the ids of one, and what can name one. The first properties by
# which any is found decide, since somebody may be called as the id or the name of another one. A display name does not
# identify anybody.
_HOLDERS: tuple[tuple[str, str, tuple[str, ...], tuple[tuple[str, ...], ...]], ...] = (
    ("RoleGroup", "role_groups", ("Guid",), (("Guid",), ("Identity", "Name"))),
    ("ServicePrincipal", "service_principals", ("ObjectId",), (("ObjectId", "AppId"), ("Identity", "Name"))),
    (
        "User",
        "mailboxes",
        OF_A_MAILBOX,
        (("Guid", "ExternalDirectoryObjectId", "PrimarySmtpAddress"), ("Identity", "Name")),
    ),
    ("User", "users", ("id",), (("id", "userPrincipalName"), ())),
)
_Named = list[dict[str, set[str]]]


def _holders(objects: Json) -> dict[str, _Named]:
    """For each type, the ids of possible role holders, by their names."""
    found: dict[str, _Named] = {}
    for type_, kind, identities, levels in _HOLDERS:
        found.setdefault(type_, [{} for _unused in levels])
        for one in objects.get(kind) or []:
            identity = identity_of(one, *identities)
            for index, names in zip(found[type_], levels, strict=True):
                for name in filter(None, (identity_of(one, name) and str(one[name]) for name in names)):
                    index.setdefault(normalize_case(name), set()).add(identity)
    return found


def _assignee(assignment: Json, holders: dict[str, _Named]) -> str:
    """The id of the holder; nobody's if several have the name, or none."""
    given = [assignment.get("RoleAssigneeName"), assignment.get("RoleAssignee")]
    names = {normalize_case(str(name).rpartition("\\")[2]) for name in given if name}
    for index in holders.get(str(assignment.get("RoleAssigneeType")), []):
        found = {identity for name in names for identity in index.get(name, ())}
        if found:
            return found.pop() if len(found) == 1 else f"one of several called {given[0]}"
    return str(given[0])
