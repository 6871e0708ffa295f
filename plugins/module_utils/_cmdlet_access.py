# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cmdlets an account may run in Exchange Online, with which parameters, and through which role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._concurrent import gather
from ._errors import Purpose, TenantError
from ._tenant import Tenant

_READ_RIGHTS = Purpose(
    "read the Exchange rights of the account", "the Exchange role View-Only Configuration or Role Management"
)

# "Configure the Intune service-to-service connector for Exchange Online" (Microsoft, 2016): the cmdlets that its
# account must be able to run. The parameters are those without which the cmdlet cannot do that job (exchange-ps
# reference): a role can hold a cmdlet with only some, as Organization Client Access holds Get-MobileDevice with
# Monitoring alone.
CONNECTOR_CMDLETS: dict[str, tuple[str, ...]] = {
    "Get-ActiveSyncOrganizationSettings": (),
    "Set-ActiveSyncOrganizationSettings": ("DefaultAccessLevel",),
    "Get-MobileDeviceMailboxPolicy": ("Identity",),
    "Set-MobileDeviceMailboxPolicy": ("Identity",),
    "New-MobileDeviceMailboxPolicy": ("Name",),
    "Remove-MobileDeviceMailboxPolicy": ("Identity",),
    "Get-ActiveSyncDeviceAccessRule": ("Identity",),
    "Set-ActiveSyncDeviceAccessRule": ("Identity", "AccessLevel"),
    "New-ActiveSyncDeviceAccessRule": ("AccessLevel", "Characteristic", "QueryString"),
    "Remove-ActiveSyncDeviceAccessRule": ("Identity",),
    "Get-MobileDeviceStatistics": ("Identity", "Mailbox"),
    "Get-MobileDevice": ("Identity", "Mailbox"),
    "Get-ActiveSyncDeviceClass": (),
}


@dataclass(frozen=True)
class Access:
    """What an account has of one cmdlet."""

    granted: bool
    missing_parameters: tuple[str, ...] = ()
    roles: tuple[str, ...] = field(default=())


def read_entries(tenant: Tenant, account: str) -> list[dict[str, Any]]:
    """The role entries that the account holds, directly or through groups: one read a role. Raises L(TenantError)."""
    assignments = tenant.exchange.invoke(
        "Get-ManagementRoleAssignment",
        {"RoleAssignee": account},
        _READ_RIGHTS,
        select=("Role", "Enabled", "RoleAssignmentDelegationType"),
    ).values
    roles = sorted(
        {
            str(one["Role"])
            for one in assignments
            # a delegating assignment allows to hand the role on, not to use it
            if one.get("Enabled", True) and "Delegating" not in str(one.get("RoleAssignmentDelegationType") or "")
        }
    )
    reads = {
        role: lambda role=role: (
            tenant.exchange.invoke(
                "Get-ManagementRoleEntry",
                {"Identity": f"{role}\\*", "ResultSize": "Unlimited"},
                _READ_RIGHTS,
                select=("Name", "Role", "Parameters"),
            ).values
        )
        for role in roles
    }
    entries: list[dict[str, Any]] = []
    for role, found in gather(reads, at_most=4).items():
        if isinstance(found, TenantError):
            raise found
        entries += [{**entry, "Role": entry.get("Role") or role} for entry in found]
    return entries


def judge(entries: list[dict[str, Any]], cmdlets: Mapping[str, tuple[str, ...]]) -> dict[str, Access]:
    """What the entries give of each cmdlet. Parameters of several roles add up."""
    verdicts = {}
    for cmdlet, needed in cmdlets.items():
        held = [entry for entry in entries if str(entry.get("Name")).casefold() == cmdlet.casefold()]
        parameters = {str(name).casefold() for entry in held for name in entry.get("Parameters") or []}
        missing = tuple(name for name in needed if name.casefold() not in parameters)
        verdicts[cmdlet] = Access(
            bool(held) and not missing, missing if held else (), tuple(sorted({str(entry["Role"]) for entry in held}))
        )
    return verdicts
