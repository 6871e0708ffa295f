# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices in Intune: enrolment, compliance, and the corresponding device in Exchange."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from ..behaviours.table import implements
from ..state.clock import iso
from ..state.http_messages import Json
from ..state.tenant import Tenant

_ORDER, _TEXT = frozenset({"lt", "le", "gt", "ge"}), frozenset({"eq", "ne", "startswith", "contains"})
# The documented filters for devices, and those that public scripts use.
DEVICE_FILTERS = {
    "complianceState": frozenset({"eq", "ne"}),
    "deviceCategoryDisplayName": frozenset({"eq"}),
    "deviceName": _TEXT,
    "enrolledDateTime": _ORDER,
    "jailBroken": frozenset({"eq"}),
    "lastSyncDateTime": _ORDER,
    "operatingSystem": _TEXT,
    "userId": frozenset({"eq"}),
    "userPrincipalName": _TEXT,
}
_SYSTEMS = {"iOS": "iosCount", "Android": "androidCount", "Windows": "windowsCount", "macOS": "macOSCount"}
_STATES = {
    "allowed": "allowedDeviceCount",
    "blocked": "blockedDeviceCount",
    "quarantined": "quarantinedDeviceCount",
    "unknown": "unknownDeviceCount",
    "none": "unavailableDeviceCount",
}


def seed_managed_devices(tenant: Tenant, now: datetime) -> None:
    """`intune.devices` of the description; `eas` is the position of the same device in `exchange.devices`."""
    for number, described in enumerate(tenant.intune["devices"]):
        device_id = tenant.uuid("managedDevice", str(number))
        tenant.store("managedDevices").add(device_id, _device(tenant, device_id, described, now))
    tenant.store("managedDeviceOverview").add(tenant.tenant_id, {"id": tenant.tenant_id})


@implements("managed-device-exchange")
def _device(tenant: Tenant, device_id: str, described: Json, now: datetime) -> Json:
    enrolled = now - timedelta(seconds=described.get("enrolled", 90 * 86400))
    joined: Json = {}
    if "eas" in described:
        joined = {"easActivated": True, "easDeviceId": tenant.device_id(described["eas"])}
    seen = described.get("exchange")
    if seen:
        joined |= {
            "exchangeAccessState": seen["state"],
            "exchangeAccessStateReason": seen["reason"],
            "exchangeLastSuccessfulSyncDateTime": iso(now - timedelta(seconds=seen["age"])),
        }
    return {
        "id": device_id,
        "azureADDeviceId": tenant.uuid("device", device_id),
        "azureADRegistered": True,
        "complianceGracePeriodExpirationDateTime": "9999-12-31T23:59:59Z",
        "complianceState": described["compliance"],
        "deviceCategoryDisplayName": "Unknown",
        "deviceEnrollmentType": "userEnrollment",
        "deviceName": f"{described['user']}-{described['os']}",
        "deviceRegistrationState": "registered",
        "easDeviceId": "",
        "emailAddress": f"{described['user']}@{tenant.domain}",
        "enrolledDateTime": iso(enrolled),
        "isEncrypted": True,
        "jailBroken": "False",
        "lastSyncDateTime": iso(now - timedelta(seconds=described.get("last_sync", 3600))),
        "managedDeviceOwnerType": described.get("owner", "personal"),
        "managementAgent": "mdm",
        "manufacturer": described.get("manufacturer", "Unknown"),
        "model": described["model"],
        "operatingSystem": described["os"],
        "osVersion": described["os_version"],
        "userDisplayName": tenant.description["users"][described["user"]]["displayName"],
        "userId": tenant.uuid("user", described["user"]),
        "userPrincipalName": f"{described['user']}@{tenant.domain}",
        **joined,
    }


@implements("managed-device-overview")
def overview_view(tenant: Tenant, overview: Json, now: datetime) -> Json:
    devices = list(tenant.store("managedDevices"))
    systems = Counter(_SYSTEMS.get(device["operatingSystem"], "unknownCount") for device in devices)
    states = Counter(_STATES[device.get("exchangeAccessState", "none")] for device in devices)
    return overview | {
        "deviceOperatingSystemSummary": dict(systems),
        "deviceExchangeAccessStateSummary": dict(states),
        "enrolledDeviceCount": len(devices),
        "mdmEnrolledCount": len(devices),
    }
