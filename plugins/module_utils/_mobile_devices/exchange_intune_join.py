# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Match devices in Exchange with devices in Intune. Pure rules: no I/O.

`easDeviceId` of Intune is the `DeviceId` of Exchange. The ids of Outlook for iOS and Android are not stable, so its
entries are left out. Without an id in Intune, no match is possible: Microsoft does not say when it fills the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._core.resource import normalize_case
from .._mobile_access.access_decision import owner_of

_PHONES = frozenset({"ios", "ipados", "android"})


def can_be_joined(device: Mapping[str, Any]) -> bool:
    """Whether Intune may have this Exchange device by its `DeviceId`."""
    return device.get("ClientType") == "EAS" and normalize_case(device.get("DeviceType")) != "outlook"


def join(managed: Iterable[Mapping[str, Any]], devices: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row for each phone of Intune and each Exchange ActiveSync device, one for both if they match."""
    eas: dict[Any, list[Mapping[str, Any]]] = {}
    for device in devices:
        if can_be_joined(device):
            eas.setdefault(normalize_case(device.get("DeviceId")), []).append(device)
    rows, seen = [], set()
    for one in managed:
        key = normalize_case(one.get("easDeviceId") or "")
        if not key and normalize_case(one.get("operatingSystem") or "") not in _PHONES:
            continue
        found = eas.get(key, []) if key else []
        seen.add(key)
        match = "matched" if found else "only_intune" if key else "cannot_tell"
        rows += [_row(match, one, device) for device in found or [{}]]
    rows += [_row("only_exchange", {}, device) for key, found in eas.items() if key not in seen for device in found]
    return rows


def _row(match: str, managed: Mapping[str, Any], device: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "match": match,
        "user": managed.get("userPrincipalName"),
        "device_name": managed.get("deviceName"),
        "operating_system": managed.get("operatingSystem") or device.get("DeviceOS"),
        "compliance_state": managed.get("complianceState"),
        "intune_id": managed.get("id"),
        "intune_access_state": managed.get("exchangeAccessState"),
        "device_id": managed.get("easDeviceId") or device.get("DeviceId"),
        "guid": device.get("Guid"),
        "mailbox": owner_of(device) or None,
        "access_state": device.get("DeviceAccessState"),
        "access_reason": device.get("DeviceAccessStateReason"),
        "client_version": device.get("ClientVersion"),
    }
