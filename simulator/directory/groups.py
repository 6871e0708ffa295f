# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of the directory: users and other groups in them, direct or nested."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ..behaviours.table import implements
from ..odata.entities import RequestContext, Resource, listed
from ..state.clock import iso
from ..state.http_messages import Answer, Json
from ..state.tenant import DIRECTORY_ROLES, Tenant
from .directory import USER_DEFAULTS, assign_role, make_eligible
from .group_eligibility import make_eligible_member

# https://learn.microsoft.com/graph/api/resources/group: "returned only on $select"
ON_SELECT = frozenset(
    {
        "allowExternalSenders",
        "assignedLabels",
        "assignedLicenses",
        "autoSubscribeNewMembers",
        "hasMembersWithLicenseErrors",
        "hideFromAddressLists",
        "hideFromOutlookClients",
        "isArchived",
        "isSubscribedByMail",
        "licenseProcessingState",
        "unseenCount",
    }
)


def seed_groups(tenant: Tenant, now: datetime) -> None:
    """`groups` of the description: by name, with the member users and groups, and the owners.

    With `displayName`, two groups can have one name.
    """
    for name, described in tenant.description["groups"].items():
        members = [tenant.uuid("user", nickname) for nickname in described.get("members", [])]
        owners = [tenant.uuid("user", nickname) for nickname in described.get("owners", [])]
        nested = [tenant.uuid("group", other) for other in described.get("groups", [])]
        group_id = tenant.uuid("group", name)
        tenant.store("groups").add(
            group_id,
            {
                "id": group_id,
                "createdDateTime": iso(now - timedelta(days=200)),
                "displayName": described.get("displayName", name),
                "isAssignableToRole": bool(described.get("directory_roles") or described.get("eligible_roles")) or None,
                "mailEnabled": False,
                "mailNickname": name.lower().replace(" ", "."),
                "securityEnabled": True,
                "visibility": described.get("visibility"),
                "_members": members + nested,
                "_owners": owners,
            },
        )
        for role in described.get("directory_roles", []):
            assign_role(tenant, group_id, DIRECTORY_ROLES[role])
        for role in described.get("eligible_roles", []):
            make_eligible(tenant, group_id, DIRECTORY_ROLES[role], now - timedelta(days=200))
        for kind in ("user", "group"):
            for one in described.get(f"eligible_{kind}s", []):
                make_eligible_member(tenant, group_id, tenant.uuid(kind, one), now - timedelta(days=100))


def members_of(tenant: Tenant, group_id: str, *, transitive: bool) -> list[str]:
    """The ids of the members, each once; circular groups do no harm."""
    found: list[str] = []
    waiting = [group_id]
    while waiting:
        group = tenant.store("groups").get(waiting.pop(0))
        for member in group["_members"] if group else []:
            if member not in found:
                found.append(member)
                waiting += [member] if transitive else []
    return found


@implements("group-members")
def list_members(scene: RequestContext, resource: Resource) -> Answer:
    group = resource.locate(scene)
    transitive = scene.operation.template.endswith("/transitiveMembers")
    ids = [] if _is_hidden(scene, group) else members_of(scene.tenant, group["id"], transitive=transitive)
    members = [_member(scene.tenant, one) for one in ids]
    # Users can be selected and filtered by their properties, although the type of the list is directoryObject.
    return listed(
        scene, [one for one in members if one], replace(resource, type="microsoft.graph.user", complete=False)
    )


@implements("group-hidden-members")
def _is_hidden(scene: RequestContext, group: Json) -> bool:
    return group.get("visibility") == "HiddenMembership" and "Member.Read.Hidden" not in scene.granted


def _member(tenant: Tenant, member_id: str) -> Json | None:
    if user := tenant.store("users").get(member_id):
        return {"@odata.type": "#microsoft.graph.user"} | {name: user[name] for name in USER_DEFAULTS}
    if group := tenant.store("groups").get(member_id):
        return {"@odata.type": "#microsoft.graph.group"} | group
    # In a copy, everybody whose id was read is a member.
    return {"@odata.type": "#microsoft.graph.user", "id": member_id} if tenant.visitor_rights is not None else None
