# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provable rights: an application with exactly the connector's cmdlets, and delayed propagation."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from simulator import Simulator
from simulator.cmdlets.contract import load_cmdlets

from ..conftest import Client, Json, MakeClient
from .test_rights import CONNECTOR_CMDLETS

GROUP = "Intune Connector"
RULE = {"AccessLevel": "Block", "Characteristic": "DeviceOS", "QueryString": "iOS 6.1 10B141"}
RULE_NAME = "iOS 6.1 10B141 (DeviceOS)"
# Each of the thirteen once, in an order in which each finds its objects.
CALLS: list[tuple[str, Json]] = [
    ("Get-ActiveSyncOrganizationSettings", {}),
    ("Set-ActiveSyncOrganizationSettings", {"DefaultAccessLevel": "Quarantine"}),
    ("New-ActiveSyncDeviceAccessRule", RULE),
    ("Get-ActiveSyncDeviceAccessRule", {"Identity": RULE_NAME}),
    ("Set-ActiveSyncDeviceAccessRule", {"Identity": RULE_NAME, "AccessLevel": "Allow"}),
    ("Remove-ActiveSyncDeviceAccessRule", {"Identity": RULE_NAME}),
    ("New-MobileDeviceMailboxPolicy", {"Name": "Own"}),
    ("Get-MobileDeviceMailboxPolicy", {"Identity": "Own"}),
    ("Set-MobileDeviceMailboxPolicy", {"Identity": "Own", "PasswordEnabled": True}),
    ("Remove-MobileDeviceMailboxPolicy", {"Identity": "Own"}),
    ("Get-ActiveSyncDeviceClass", {}),
    ("Get-MobileDevice", {"Mailbox": "adele.vance"}),
    ("Get-MobileDeviceStatistics", {"Mailbox": "adele.vance"}),
]


def signed_in(simulator: Simulator, tenant: str = "ready") -> Client:
    """A client with a token that the restricted application received for its own secret."""
    options = simulator.options(tenant, application="restricted")
    client = Client(simulator, tenant, application="restricted")
    form = {
        "grant_type": "client_credentials",
        "client_id": options["client_id"],
        "client_secret": options["client_secret"],
        "scope": f"{options['exchange_url']}/.default",
    }
    url = f"{options['authority_url']}/{options['tenant_id']}/oauth2/v2.0/token"
    answer = requests.post(url, data=form, verify=options["ca_path"], timeout=20)
    client._tokens["exchange"] = answer.json()["access_token"]
    return client


def admit(client: Client, simulator: Simulator, tenant: str = "ready", group: str = GROUP) -> None:
    """Make the restricted application's service principal a member of a role group."""
    facts = simulator.facts(tenant, "restricted")
    ids = {"AppId": facts["client_id"], "ObjectId": facts["object_id"]}
    client.run("New-ServicePrincipal", **ids, DisplayName="Restricted automation")
    client.run("Add-RoleGroupMember", Identity=group, Member=ids["ObjectId"])


def test_an_application_with_exactly_the_connectors_cmdlets(simulator: Simulator, client: Client) -> None:
    assert {name for name, _parameters in CALLS} == CONNECTOR_CMDLETS
    assert signed_in(simulator).invoke("Get-ActiveSyncDeviceClass").status_code == 403
    admit(client, simulator)
    restricted = signed_in(simulator)
    for name, parameters in CALLS:
        restricted.run(name, **parameters)
    beyond = {cmdlet.name for cmdlet in load_cmdlets().values()} - CONNECTOR_CMDLETS
    assert len(beyond) == 36
    for name in beyond:
        assert restricted.invoke(name, {"Confirm": False}).status_code == 403, name
    assert restricted.graph("GET", "/users").status_code == 403


def test_the_secret_of_one_application_is_not_that_of_another(simulator: Simulator) -> None:
    own, restricted = simulator.facts(), simulator.facts(application="restricted")
    assert own["client_secret"] != restricted["client_secret"]
    assert own["certificate_path"] != restricted["certificate_path"]
    assert simulator.tenants[0]["applications"]["restricted"] == restricted
    url = f"{simulator.urls['authority_url']}/{own['tenant_id']}/oauth2/v2.0/token"
    form = {
        "grant_type": "client_credentials",
        "client_id": restricted["client_id"],
        "client_secret": own["client_secret"],
        "scope": f"{simulator.urls['graph_url']}/.default",
    }
    answer = requests.post(url, data=form, verify=simulator.urls["ca_path"], timeout=20)
    assert answer.json()["error_codes"] == [7000215]
    environment = simulator.environment(method="certificate", application="restricted")
    assert environment["AZURE_CLIENT_CERTIFICATE_PATH"] == restricted["certificate_path"]
    with pytest.raises(ValueError, match="no application nobody in tenant ready"):
        simulator.options(application="nobody")


def status(client: Client, cmdlet: str, **parameters: Any) -> int:
    return client.invoke(cmdlet, parameters).status_code


def test_rights_count_later_and_for_new_tokens_only(simulator: Simulator, client_of: MakeClient) -> None:
    client, read = client_of("rights_lag"), "Get-ActiveSyncDeviceClass"
    client.run("New-RoleGroup", Name=GROUP, Roles=["View-Only Configuration"])
    admit(client, simulator, "rights_lag")
    shown = client.run("Get-ManagementRoleAssignment", RoleAssignee=GROUP)
    assert [held["Role"] for held in shown] == ["View-Only Configuration"]
    early = signed_in(simulator, "rights_lag")
    assert status(early, read) == 403
    simulator.advance(120)
    assert status(early, read) == 403
    later = signed_in(simulator, "rights_lag")
    assert status(later, read) == 200
    # Removals propagate in the same way.
    client.run("Remove-RoleGroupMember", Identity=GROUP, Member=later.facts["object_id"])
    assert status(signed_in(simulator, "rights_lag"), read) == 200
    simulator.advance(120)
    assert status(signed_in(simulator, "rights_lag"), read) == 403
    assert status(later, read) == 200


def test_a_changed_role_spreads_late_too(simulator: Simulator, client_of: MakeClient) -> None:
    client, read = client_of("rights_lag"), "Get-ActiveSyncDeviceClass"
    client.run("New-ManagementRole", Name="Own", Parent="View-Only Configuration", EnabledCmdlets=["Get-RoleGroup"])
    client.run("New-RoleGroup", Name=GROUP, Roles=["Own"])
    admit(client, simulator, "rights_lag")
    simulator.advance(120)
    client.run("Add-ManagementRoleEntry", Identity=f"Own\\{read}")
    first = signed_in(simulator, "rights_lag")
    assert (status(first, "Get-RoleGroup"), status(first, read)) == (200, 403)
    simulator.advance(120)
    assert status(signed_in(simulator, "rights_lag"), read) == 200
    simulator.reset()
    assert status(client, "Get-RoleGroup") == 200
    assert status(signed_in(simulator, "rights_lag"), read) == 403


def admitted(simulator: Simulator, client: Client, tenant: str = "ready") -> Client:
    """The restricted application with Role Management, which contains every cmdlet that delegates rights."""
    facts = simulator.facts(tenant, "restricted")
    ids = {"AppId": facts["client_id"], "ObjectId": facts["object_id"]}
    client.run("New-ServicePrincipal", **ids)
    client.run("New-ManagementRoleAssignment", Role="Role Management", App=ids["AppId"])
    return signed_in(simulator, tenant)


def test_a_role_is_handed_out_by_whoever_may_delegate_it(simulator: Simulator, client: Client) -> None:
    """https://learn.microsoft.com/exchange/understanding-management-role-assignments-exchange-2013-help"""
    by_default = client.run("Get-ManagementRoleAssignment", Delegating=True)
    assert {one["RoleAssigneeName"] for one in by_default} == {"Organization Management"}
    assert len(by_default) == sum(1 for role in client.run("Get-ManagementRole") if role["IsRootRole"])
    restricted = admitted(simulator, client)
    given = {"Role": "Message Tracking", "User": "adele.vance", "Name": "tracking"}
    before = simulator.state("ready")["ManagementRoleAssignment"]
    kind, text = restricted.failure("New-ManagementRoleAssignment", **given)
    assert "You must be assigned a delegating role assignment to the management role or its parent" in text
    assert '\\tracking" management role assignment' in text and kind == "InvalidOperationException"
    group = {"Name": "Trackers", "Roles": ["Message Tracking"]}
    assert restricted.failure("New-RoleGroup", **group)[1].startswith("You don't have access to create, change")
    held = before[0]["Name"]
    for cmdlet, parameters in (
        ("Set-ManagementRoleAssignment", {"Enabled": False}),
        ("Remove-ManagementRoleAssignment", {}),
    ):
        assert "delegating" in restricted.failure(cmdlet, Identity=held, **parameters)[1]
    assert simulator.state("ready")["ManagementRoleAssignment"] == before
    client.run(
        "New-ManagementRoleAssignment",
        Role="Message Tracking",
        App=simulator.facts("ready", "restricted")["client_id"],
        Delegating=True,
    )
    restricted.run("New-ManagementRoleAssignment", **given)
    restricted.run("New-RoleGroup", **group)
    # Delegating a role does not mean holding it.
    assert restricted.invoke("Get-MessageTrackingReport").status_code == 403


def test_after_customization_nobody_hands_out_roles_for_a_while(simulator: Simulator, client_of: MakeClient) -> None:
    client = client_of("dehydrated")
    group = {"Name": "Readers", "Roles": ["View-Only Recipients"]}
    assert "Dehydrated" in client.failure("New-RoleGroup", **group)[0]
    client.run("Enable-OrganizationCustomization")
    simulator.advance(600)
    client.run("New-ManagementRole", Name="Own", Parent="View-Only Recipients")
    assert "must be assigned a delegating" in client.failure("New-RoleGroup", **group)[1]
    simulator.advance(2000)
    assert "must be assigned a delegating" in client.failure("New-RoleGroup", **group)[1]
    simulator.advance(1000)
    client.run("New-RoleGroup", **group)


def test_a_registered_service_principal_is_listed_before_it_can_be_given_roles(
    simulator: Simulator, client_of: MakeClient
) -> None:
    client = client_of("nothing_dehydrated")
    client.run("Enable-OrganizationCustomization")
    simulator.advance(600)
    facts = simulator.facts("nothing_dehydrated", "restricted")
    client.run("New-ServicePrincipal", AppId=facts["client_id"], ObjectId=facts["object_id"])
    given = {"Role": "View-Only Recipients", "App": facts["client_id"], "Confirm": False}
    refused = client.invoke("New-ManagementRoleAssignment", given)
    assert refused.status_code == 404 and "couldn't be found" in refused.text
    assert [one["AppId"] for one in client.run("Get-ServicePrincipal")] == [facts["client_id"]]
    simulator.advance(120)
    assert client.invoke("New-ManagementRoleAssignment", given).status_code == 200
