# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access to mailboxes in general: authentication policies, plans of mailboxes, policies of Outlook on the web."""

from __future__ import annotations

from ..behaviours.table import implements
from ..cmdlets.exchange_types import CmdletCall, ExchangeType, keep

# https://learn.microsoft.com/powershell/module/exchangepowershell/get-casmailboxplan
MAILBOX_PLANS = ("ExchangeOnline", "ExchangeOnlineDeskless", "ExchangeOnlineEnterprise", "ExchangeOnlineEssentials")

_SWITCHES = ("ActiveSyncEnabled", "ECPEnabled", "ImapEnabled", "MAPIEnabled", "OWAEnabled", "PopEnabled")


@implements("access-policies")
def seed_client_access(run: CmdletCall) -> None:
    """The objects of the description; otherwise as in a new organization."""
    described = run.tenant.exchange or {}
    protocols = [name for name in run.cmdlets["get-authenticationpolicy"].output if name.startswith("AllowBasicAuth")]
    for name, allowed in described["authentication_policies"].items():
        policy = {protocol: protocol in allowed for protocol in protocols}
        keep(run, "AuthenticationPolicy", {"Name": name} | policy)
    for plan in MAILBOX_PLANS:
        own = described["mailbox_plans"].get(plan, {})
        switches = dict.fromkeys(
            (*_SWITCHES, "OWAforDevicesEnabled", "OutlookMobileEnabled", "UniversalOutlookEnabled"), True
        )
        name = f"{plan}-{run.tenant.uuid('mailboxPlan', plan)}"
        keep(
            run,
            "CASMailboxPlan",
            {"Name": name, "DisplayName": plan, "OwaMailboxPolicy": "OwaMailboxPolicy-Default"} | switches | own,
        )
    keep(
        run,
        "OwaMailboxPolicy",
        {
            "Name": "OwaMailboxPolicy-Default",
            "IsDefault": True,
            "ConditionalAccessPolicy": "Off",
            "ActiveSyncIntegrationEnabled": True,
            "AdditionalAccountsEnabled": True,
            "AdditionalStorageProvidersAvailable": True,
            "AllowCopyContactsToDeviceAddressBook": True,
            "OneWinNativeOutlookEnabled": True,
            "PersonalAccountsEnabled": True,
        },
    )


CLIENT_ACCESS_NOUNS = {
    "AuthenticationPolicy": ExchangeType("AuthenticationPolicy"),
    "CASMailboxPlan": ExchangeType(
        "CASMailboxPlan", keys=("Identity", "Name", "DisplayName", "Guid", "DistinguishedName")
    ),
    "OwaMailboxPolicy": ExchangeType("OwaMailboxPolicy"),
}
