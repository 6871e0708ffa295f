# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Intune's data about devices in Exchange: the join of both by the id for Exchange ActiveSync."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .._client.graph import odata
from .._core.errors import Purpose
from .._core.resource import Record, normalize_case
from .._engine.tenant import Tenant
from .exchange_intune_join import can_be_joined

_PATH = odata("deviceManagement/managedDevices", select="id,easDeviceId,complianceState")
READ_MANAGED_DEVICES = Purpose("read the devices of Intune", "DeviceManagementManagedDevices.Read.All")
# The other states (a grace period, a conflict, an error, not evaluated) are inconclusive.
_VERDICTS = {"compliant": True, "noncompliant": False}


def read_compliance(tenant: Tenant) -> dict[str, bool | None]:
    """Intune's data about its devices, by their normalized ids in Exchange. Raises `TenantError`."""
    return compliance_by_id(tenant.graph.list(_PATH, READ_MANAGED_DEVICES)[0])


def compliance_by_id(managed: Iterable[Record]) -> dict[str, bool | None]:
    """Whether a device is compliant. A device enrolled more than once has a result only if all of them agree."""
    said: dict[str, set[bool | None]] = {}
    for one in managed:
        if one.get("easDeviceId"):
            said.setdefault(normalize_case(one["easDeviceId"]), set()).add(
                _VERDICTS.get(one.get("complianceState") or "")
            )
    return {device: next(iter(verdicts)) if len(verdicts) == 1 else None for device, verdicts in said.items()}


def compliance_of(device: Record, known: Mapping[str, bool | None]) -> bool | None:
    """Whether a device of Exchange is compliant; null if unknown."""
    return known.get(str(normalize_case(device.get("DeviceId") or ""))) if can_be_joined(device) else None
