# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices that a change of mobile access affects: concurrent reads, then the decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .._core.concurrent import gather
from .._core.errors import Purpose, TenantError
from .._core.targets import first_names
from .._core.text import counted
from .._engine.exchange import exchange_of
from .._engine.tenant import Tenant
from .access_decision import OrganizationAccess, impact, locked_out

_PURPOSE = Purpose(
    "determine which devices the change affects",
    "the Exchange roles View-Only Recipients and Organization Client Access, or ones that hold Get-MobileDevice, "
    "Get-CASMailbox, Get-ActiveSyncDeviceAccessRule and Get-ActiveSyncOrganizationSettings",
)
_READS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "Get-MobileDevice": (
        {"ResultSize": "Unlimited"},
        (
            "Identity",
            "Guid",
            "DistinguishedName",
            "ClientType",
            "DeviceId",
            "DeviceModel",
            "DeviceOS",
            "DeviceType",
            "DeviceUserAgent",
            "DeviceAccessState",
            "DeviceAccessStateReason",
        ),
    ),
    "Get-CASMailbox": (
        {"ResultSize": "Unlimited"},
        (
            "Identity",
            "Name",
            "Guid",
            "DistinguishedName",
            "DisplayName",
            "PrimarySmtpAddress",
            "ExternalDirectoryObjectId",
            "ActiveSyncEnabled",
            "OutlookMobileEnabled",
            "OWAforDevicesEnabled",
            "ActiveSyncAllowedDeviceIDs",
            "ActiveSyncBlockedDeviceIDs",
        ),
    ),
    "Get-ActiveSyncDeviceAccessRule": ({}, ()),
    "Get-ActiveSyncOrganizationSettings": ({}, ("DefaultAccessLevel",)),
}


def read_impact(tenant: Tenant, change: Callable[[OrganizationAccess], OrganizationAccess]) -> list[dict[str, Any]]:
    """The devices whose access changes with `change`. Raises `TenantError`."""
    found = gather(
        {
            cmdlet: partial(exchange_of(tenant).invoke, cmdlet, parameters, _PURPOSE, select)
            for cmdlet, (parameters, select) in _READS.items()
        }
    )
    devices, mailboxes, rules, settings = (read.value.values for read in found.values())
    before = OrganizationAccess(str(settings[0]["DefaultAccessLevel"]), tuple(rules))
    return impact(devices, mailboxes, before, change(before))


def refuse_lockout(changed: Sequence[Mapping[str, Any]], accepted: bool, what: str) -> None:
    """Raises `TenantError` if the impact `changed` of `what` locks out devices in use, and that is not accepted."""
    hit = locked_out(changed)
    if hit and not accepted:
        owners = sorted({str(one["mailbox"]) for one in hit})
        named = first_names(owners, 5)
        raise TenantError(
            "not_accepted",
            f"with {what}, {counted(len(hit), 'device')} of {counted(len(owners), 'mailbox', 'mailboxes')} would be "
            f"locked out ({named})",
            next_step="Allow them first, in their mailboxes or by a device access rule, or set accept_impact to true",
            details={"impact": [*changed]},
        )
