# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which parts of a snapshot the modules can apply to a tenant, as options, and which not. Pure rules: no I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.resource import Record, normalize_case
from .export_access import access_rules, mailbox_policies, mailboxes, organization_settings
from .export_policies import conditional_access
from .export_rights import role_assignments, role_groups, roles, service_principals
from .exported import Exported, Missing
from .kinds import KINDS
from .unread import NOTHING_THERE

Snapshot = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One kind of objects in an export: its module, and the function for its options. `needs` are other kinds."""

    kind: str
    module: str
    make: Callable[[Mapping[str, list[Record]]], Exported]
    label: str  # the option that identifies one
    comment: str
    needs: tuple[str, ...] = ()
    accept: str = ""  # the option without which the module refuses a change that locks somebody out


# In the order of application: referenced objects come first, and objects that lock devices out last.
PARTS = (
    Part(
        "mobile_device_mailbox_policies",
        "mobile_device_mailbox_policy",
        mailbox_policies,
        "name",
        "What a device must fulfil, by policy.",
    ),
    Part(
        "mailboxes",
        "cas_mailbox_mobile_access",
        mailboxes,
        "mailbox",
        "Mailboxes with settings of their own. One that follows the defaults is not listed, and is not changed.",
    ),
    Part(
        "device_access_rules",
        "activesync_device_access_rule",
        access_rules,
        "query_string",
        "Which devices are allowed, blocked or quarantined by what they are.",
        accept="accept_impact",
    ),
    Part(
        "activesync_organization_settings",
        "activesync_organization_settings",
        organization_settings,
        "default_access_level",
        "What happens to devices that no rule and no mailbox decides about, and who is told.",
        accept="accept_impact",
    ),
    Part(
        "management_roles",
        "management_role",
        roles,
        "name",
        "Management roles of the organization. The built-in ones are the same in every tenant.",
    ),
    Part(
        "service_principals",
        "service_principal",
        service_principals,
        "display_name",
        "Applications that Exchange knows. In another tenant, their object ids are different.",
    ),
    Part(
        "role_groups",
        "role_group",
        role_groups,
        "name",
        "Role groups of the organization. The built-in ones are not changed.",
        needs=("role_assignments", "management_roles"),
    ),
    Part(
        "role_assignments",
        "management_role_assignment",
        role_assignments,
        "role",
        "Roles that somebody holds directly and not through a role group, and roles that somebody may pass on.",
        needs=("role_groups", "service_principals", "mailboxes", "management_roles"),
    ),
    Part(
        "conditional_access_policies",
        "conditional_access_policy",
        conditional_access,
        "display_name",
        "Users are named by address. Groups and named locations are in ids.yml, as another tenant has other ids.",
        needs=("users", "groups", "named_locations"),
        accept="accept_lockout_risk",
    ),
)
# Why the other kinds are not in an export.
_BY_HAND = {
    "organization": "the tenant itself",
    "mdm_authority": "the module mdm_authority sets it, once and for good: use that with accept_irreversible",
    "subscriptions": "they are bought",
    "intune_settings": "no module of this collection changes them",
    "exchange_connectors": "the module connector creates one, which takes an account and its password",
    "named_locations": "no module of this collection creates them: create them, and give their ids in ids.yml",
    "security_defaults": "no module of this collection changes them",
    "compliance_policies": "no module of this collection creates them",
    "ios_app_protection_policies": "no module of this collection creates them",
    "android_app_protection_policies": "no module of this collection creates them",
    "managed_devices": "devices enroll themselves",
    "users": "no module of this collection creates them",
    "groups": "no module of this collection creates them: create them, and give their ids in ids.yml",
    "directory_role_assignments": "no module of this collection changes them",
    "directory_role_eligibilities": "no module of this collection changes them",
    "exchange_organization": "no module of this collection changes it, except for organization_customization",
    "mailbox_plans": "no module of this collection changes them",
    "mobile_devices": "devices register themselves; which of them are allowed is with the mailboxes",
    "device_statistics": "they are about what devices did",
    "device_classes": "they follow from the devices",
}


@dataclass(frozen=True)
class Section:
    """A part of an export with its objects, each as the options of the module."""

    part: Part
    items: list[dict[str, Any]]


@dataclass(frozen=True)
class Export:
    """The sections, the ids to which texts of the sections refer, and what is missing."""

    sections: list[Section]
    ids: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)
    unread: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # by kind, as in the snapshot


def export_of(snapshot: Snapshot) -> Export:
    """What can be applied to a tenant. A kind that needs one that was not read is missing."""
    objects, not_read = snapshot["objects"], snapshot["not_read"]
    sections: list[Section] = []
    missing: list[Missing] = []
    ids: dict[str, dict[str, Any]] = {}
    for part in PARTS:
        unread = [kind for kind in (part.kind, *part.needs) if kind not in objects]
        if unread:
            if part.kind in objects:
                titles = " and ".join(KINDS[kind].title for kind in unread)
                missing.append(Missing(part.kind, "", f"this needs the {titles}, which could not be read"))
            sections.append(Section(part, []))
            continue
        found = part.make(objects)
        sections.append(Section(part, found.items))
        ids |= found.ids
        missing += found.missing
    for kind, reason in _BY_HAND.items():
        if objects.get(kind):
            missing.append(Missing(kind, _counted(kind, objects[kind]), reason))
    needed = {kind for part in PARTS for kind in (part.kind, *part.needs)}
    unread_kinds = {
        kind: not_read.get(kind) or {}
        for kind in KINDS
        if kind not in objects
        and (kind in needed or (kind in not_read and not_read[kind].get("error") not in NOTHING_THERE))
    }
    return Export(sections, ids, sorted(missing, key=lambda one: list(KINDS).index(one.kind)), unread_kinds)


def _counted(kind: str, objects: list[Record]) -> str:
    known = KINDS[kind]
    if not known.identity or len(objects) > 5:
        return str(len(objects)) if known.identity else ""
    if known.names == ("principalId",):  # an id that nobody recognizes
        return str(len(objects))
    names = {next((str(one[name]) for name in known.names if one.get(name)), "") for one in objects}
    return ", ".join(sorted(filter(None, names), key=normalize_case))
