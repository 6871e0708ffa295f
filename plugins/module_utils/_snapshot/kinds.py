# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of objects in a snapshot, in the order of the file, and the identity of each object."""

from __future__ import annotations

from dataclasses import dataclass

FORMAT = "intune.exchange.snapshot"
VERSION = 1
NOT_ASKED = "it was not requested: gather_statistics (snapshot_statistics of the playbook) is false"


@dataclass(frozen=True)
class Kind:
    """A kind of object: its plural in words, its identifying property, and the properties that name it for people.

    `identity` is empty for a singleton. `person` is the property with a user's name.
    """

    title: str
    identity: str = "id"
    names: tuple[str, ...] = ("displayName",)
    person: str = ""


_NAME = ("Name", "Identity")
KINDS: dict[str, Kind] = {
    "organization": Kind("organization", ""),
    "mdm_authority": Kind("mobile device management authority", "", ()),
    "subscriptions": Kind("subscriptions", "skuId", ("skuPartNumber",)),
    "intune_settings": Kind("Intune settings", "", ()),
    "exchange_connectors": Kind("Exchange connectors", names=("primarySmtpAddress",)),
    "conditional_access_policies": Kind("Conditional Access policies"),
    "named_locations": Kind("named locations"),
    "security_defaults": Kind("security defaults", ""),
    "compliance_policies": Kind("compliance policies"),
    "ios_app_protection_policies": Kind("app protection policies for iOS"),
    "android_app_protection_policies": Kind("app protection policies for Android"),
    "managed_devices": Kind("managed devices", names=("deviceName",), person="userPrincipalName"),
    "users": Kind("users", names=("userPrincipalName",), person="userPrincipalName"),
    "groups": Kind("groups"),
    "directory_role_assignments": Kind("directory role assignments", names=("principalId",)),
    "directory_role_eligibilities": Kind("eligible directory role assignments", names=("principalId",)),
    "exchange_organization": Kind("Exchange organization", "", ("Name",)),
    "activesync_organization_settings": Kind("organization settings for mobile access", "", ("Name",)),
    "device_access_rules": Kind("device access rules", "Guid", ("Identity",)),
    "mobile_device_mailbox_policies": Kind("mobile device mailbox policies", "Guid", _NAME),
    "mailboxes": Kind("mailboxes", "Guid", ("PrimarySmtpAddress", "Identity"), "PrimarySmtpAddress"),
    "mailbox_plans": Kind("mailbox plans", "Guid", ("DisplayName", "Name")),
    "mobile_devices": Kind("mobile devices", "Guid", ("DeviceId",)),
    "device_statistics": Kind("statistics of mobile devices", "Guid", ("DeviceId", "DeviceID")),
    "device_classes": Kind("device classes", "Guid", ("Identity",)),
    "management_roles": Kind("management roles", "Guid", _NAME),
    "role_groups": Kind("role groups", "Guid", _NAME),
    "role_assignments": Kind("management role assignments", "Guid", _NAME),
    "service_principals": Kind("service principals in Exchange", "ObjectId", ("DisplayName",)),
}
