# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the role's second run as a bare script would make them, with requests and nothing else.

`script.py ADDRESSES TENANTS [--concurrent]`: the tenants one after another; optionally with concurrent reads.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import requests

CONSOLE_ROLES = ("3a2c62db-5318-420d-8d74-23affee5d9d5", "62e90394-69f5-4237-9190-012177145e10")
MAILBOX_PLANS = ("efb87545-963c-4e0d-99df-69c6916d9eb0", "9aaf7827-d63c-4b61-89c3-182f06f82e5c")
INTUNE_PLANS = ("c1ec4a95-1f05-45b3-a911-aa3fa01094f5",)
PERMISSIONS = {
    "DeviceManagementServiceConfig.ReadWrite.All",
    "LicenseAssignment.Read.All",
    "Organization.Read.All",
    "RoleManagement.Read.Directory",
    "User.Read.All",
}
CMDLETS = {
    "Get-ActiveSyncDeviceAccessRule",
    "Get-ActiveSyncDeviceClass",
    "Get-ActiveSyncOrganizationSettings",
    "Get-MobileDevice",
    "Get-MobileDeviceMailboxPolicy",
    "Get-MobileDeviceStatistics",
    "New-ActiveSyncDeviceAccessRule",
    "New-MobileDeviceMailboxPolicy",
    "Remove-ActiveSyncDeviceAccessRule",
    "Remove-MobileDeviceMailboxPolicy",
    "Set-ActiveSyncDeviceAccessRule",
    "Set-ActiveSyncOrganizationSettings",
    "Set-MobileDeviceMailboxPolicy",
}


class Tenant:
    def __init__(self, addresses: dict[str, Any], facts: dict[str, Any]) -> None:
        self.addresses, self.facts = addresses, facts
        self.session = requests.Session()
        self.ca = addresses["ca_path"]
        self.tokens: dict[str, str] = {}

    def sign_in(self, service: str) -> None:
        root = self.addresses[f"{service}_url"]
        answer = self.session.post(
            f"{self.addresses['authority_url']}/{self.facts['tenant_id']}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": self.facts["client_id"],
                "client_secret": self.facts["client_secret"],
                "scope": f"{root}/.default",
            },
            verify=self.ca,
            timeout=60,
        )
        answer.raise_for_status()
        self.tokens[service] = answer.json()["access_token"]

    def claims(self, service: str) -> set[str]:
        part = self.tokens[service].split(".")[1]
        return set(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))).get("roles", []))

    def graph(self, path: str, **query: str) -> Any:
        answer = self.session.get(
            f"{self.addresses['graph_url']}/v1.0/{path}",
            params={f"${name}": value for name, value in query.items()},
            headers={"Authorization": f"Bearer {self.tokens['graph']}"},
            verify=self.ca,
            timeout=60,
        )
        answer.raise_for_status()
        return answer.json()

    def cmdlet(self, name: str, **parameters: str) -> list[dict[str, Any]]:
        answer = self.session.post(
            f"{self.addresses['exchange_url']}/adminapi/beta/{self.facts['tenant_id']}/InvokeCommand",
            json={"CmdletInput": {"CmdletName": name, "Parameters": parameters}},
            headers={"Authorization": f"Bearer {self.tokens['exchange']}", "X-CmdletName": name},
            verify=self.ca,
            timeout=60,
        )
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["value"]
        return found


def check(tenant: Tenant, together: Callable[[list[Callable[[], Any]]], list[Any]]) -> list[str]:
    """What is wrong; `together` runs several reads."""
    address = tenant.facts["account"]
    together([lambda: tenant.sign_in("graph"), lambda: tenant.sign_in("exchange")])
    roles = " or ".join(f"roleDefinitionId eq '{role}'" for role in CONSOLE_ROLES)
    found = together(
        [
            lambda: tenant.graph("deviceManagement/exchangeConnectors")["value"],
            lambda: tenant.graph("organization", select="id,displayName,onPremisesSyncEnabled")["value"][0],
            lambda: tenant.graph(f"organization/{tenant.facts['tenant_id']}", select="mobileDeviceManagementAuthority"),
            lambda: tenant.graph("deviceManagement", select="id,subscriptionState"),
            lambda: tenant.graph("subscribedSkus")["value"],
            lambda: tenant.graph("roleManagement/directory/roleAssignments", filter=roles)["value"],
            lambda: tenant.graph(
                "users",
                filter=f"proxyAddresses/any(address:address eq 'smtp:{address}') or userPrincipalName eq '{address}'",
                select="id,userPrincipalName,mail,accountEnabled,assignedPlans",
            )["value"],
            lambda: tenant.cmdlet("Get-OrganizationConfig")[0],
            lambda: tenant.cmdlet("Get-ManagementRoleAssignment", RoleAssignee=address),
        ]
    )
    connectors, organization, authority, intune, skus, console, users, exchange, assignments = found
    entries = together(
        [
            partial(tenant.cmdlet, "Get-ManagementRoleEntry", Identity=f"{role}\\*", ResultSize="Unlimited")
            for role in sorted({one["Role"] for one in assignments})
        ]
    )
    plans = {plan["servicePlanId"] for sku in skus for plan in sku["servicePlans"]}
    mine = [one for one in connectors if one["exchangeConnectorType"] == "serviceToService"]
    user = next((one for one in users if one["mail"] == address and one["accountEnabled"]), None)
    checks = {
        "the connector is offered and there is one": len(mine) == 1,
        "it is bound to the account": all(one["primarySmtpAddress"] == address for one in mine),
        "it is connected": all(one["status"] == "connected" for one in mine),
        "it has synchronized": all(one["lastSyncDateTime"] > "2000" for one in mine),
        "Exchange Online": bool(plans & set(MAILBOX_PLANS)),
        "version": "(15." in exchange["AdminDisplayVersion"],
        "Intune": intune["subscriptionState"] == "active" and bool(plans & set(INTUNE_PLANS)),
        "authority": authority["mobileDeviceManagementAuthority"] == "intune",
        "directory synchronization": bool(organization["onPremisesSyncEnabled"]),
        "account": user is not None and any(one["servicePlanId"] in MAILBOX_PLANS for one in user["assignedPlans"]),
        "console": user is not None and any(one["principalId"] == user["id"] for one in console),
        "cmdlets": {entry["Name"] for some in entries for entry in some} >= CMDLETS,
        "permissions": tenant.claims("graph") >= PERMISSIONS and "Exchange.ManageAsApp" in tenant.claims("exchange"),
    }
    return [name for name, holds in checks.items() if not holds]


def main() -> None:
    addresses = json.loads(Path(sys.argv[1]).read_text())
    with ThreadPoolExecutor(10) as pool:
        for facts in addresses["tenants"][: int(sys.argv[2])]:
            if "--concurrent" in sys.argv:
                missing = check(Tenant(addresses, facts), lambda calls: list(pool.map(lambda call: call(), calls)))
            else:
                missing = check(Tenant(addresses, facts), lambda calls: [call() for call in calls])
            if missing:
                sys.exit(f"{facts['name']}: {', '.join(missing)}")


if __name__ == "__main__":
    main()
