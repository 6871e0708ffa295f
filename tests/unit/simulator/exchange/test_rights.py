# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may run which cmdlets in Exchange, and the cmdlets that show it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from simulator import Simulator
from simulator.odata.contract import CONTRACTS

from ..conftest import Client, MakeClient
from .test_exchange import EDIT, service_principal

CONNECTOR_CMDLETS = {
    name
    for name, entry in json.loads((CONTRACTS / "exchange-cmdlets.json").read_text())["cmdlets"].items()
    if entry["required_by_connector_doc"]
}


def cmdlets_of(client: Client, somebody: str) -> set[str]:
    roles = {held["Role"] for held in client.run("Get-ManagementRoleAssignment", RoleAssignee=somebody)}
    return {entry["Name"] for role in roles for entry in client.run("Get-ManagementRoleEntry", Identity=f"{role}\\*")}


def test_the_account_holds_exactly_the_cmdlets_of_the_connector(client: Client, client_of: MakeClient) -> None:
    assert len(CONNECTOR_CMDLETS) == 13
    assert cmdlets_of(client, client.facts["account"]) == CONNECTOR_CMDLETS
    poor = client_of("account_without_cmdlets")
    missing = CONNECTOR_CMDLETS - cmdlets_of(poor, poor.facts["account"])
    assert "Set-ActiveSyncOrganizationSettings" in missing and "Get-MobileDevice" not in missing
    assert client_of("account_missing").failure("Get-ManagementRoleAssignment", RoleAssignee="svc")[0] == (
        "ManagementObjectNotFoundException"
    )


def with_grants(tmp_path: Path, exchange: list[str], roles: list[str]) -> Simulator:
    description = {
        "extends": "ready",
        "application": {"exchange": exchange, "directory_roles": roles},
    }
    path = tmp_path / "own.yml"
    path.write_text(yaml.safe_dump(description))
    return Simulator(tenants=[path])


@pytest.mark.parametrize(
    ("exchange", "roles", "cmdlet", "status"),
    [
        ([], [], "Get-OrganizationConfig", 401),
        ([], ["Exchange Administrator"], "Get-OrganizationConfig", 401),
        (["Exchange.ManageAsApp"], [], "Get-OrganizationConfig", 403),
        (["Exchange.ManageAsApp"], ["Intune Administrator"], "Get-OrganizationConfig", 403),
        (["Exchange.ManageAsApp"], ["Global Reader"], "Get-OrganizationConfig", 200),
        (["Exchange.ManageAsApp"], ["Global Reader"], "Set-ActiveSyncOrganizationSettings", 403),
        (["Exchange.ManageAsApp"], ["Exchange Recipient Administrator"], "Get-Mailbox", 200),
        (["Exchange.ManageAsApp"], ["Global Administrator"], "Get-RoleGroup", 200),
    ],
)
def test_what_an_application_may_do(
    tmp_path: Path, exchange: list[str], roles: list[str], cmdlet: str, status: int
) -> None:
    with with_grants(tmp_path, exchange, roles) as simulator:
        assert Client(simulator, "own").invoke(cmdlet).status_code == status


def test_rights_are_by_parameter(tmp_path: Path) -> None:
    """Set-CASMailbox comes with Mail Recipients, but not its lists of devices."""
    with with_grants(tmp_path, ["Exchange.ManageAsApp"], ["Exchange Recipient Administrator"]) as simulator:
        client = Client(simulator, "own")
        client.run("Set-CASMailbox", Identity="adele.vance", ActiveSyncEnabled=False)
        kind, text = client.failure("Set-CASMailbox", Identity="adele.vance", ActiveSyncAllowedDeviceIDs=["x"])
        assert kind == "AmbiguousParameterSetException" and "ActiveSyncAllowedDeviceIDs" in text


def test_roles_are_parts_of_their_parents(client: Client) -> None:
    (role,) = client.run(
        "New-ManagementRole",
        Name="Own",
        Parent="Organization Client Access",
        Description="mine",
        EnabledCmdlets=["Get-ActiveSyncDeviceAccessRule", "get-casmailbox"],
    )
    assert (role["Parent"], role["RoleType"], role["Description"]) == (
        "Organization Client Access",
        "OrganizationClientAccess",
        "mine",
    )
    assert len(role["RoleEntries"]) == 2
    again = {"Name": "own", "Parent": "Mail Recipients"}
    assert client.failure("New-ManagementRole", **again)[0] == "InvalidOperationException"
    beyond = {"Name": "x", "Parent": "Own", "EnabledCmdlets": ["Clear-MobileDevice"]}
    assert "parent role" in client.failure("New-ManagementRole", **beyond)[1]
    rule, add = "Own\\Get-ActiveSyncDeviceAccessRule", "Own\\Set-CASMailbox"
    client.run("Remove-ManagementRoleEntry", Identity=rule)
    client.run("Add-ManagementRoleEntry", Identity=add)
    assert client.failure("Add-ManagementRoleEntry", Identity=add)[0] == "ADObjectAlreadyExistsException"
    client.run("Add-ManagementRoleEntry", Identity=add, Overwrite=True, Parameters=["Identity"])
    (entry,) = client.run("Get-ManagementRoleEntry", Identity=add)
    assert entry["Parameters"] == ["Identity"]
    allowed, blocked = "ActiveSyncAllowedDeviceIDs", "ActiveSyncBlockedDeviceIDs"
    client.run("Set-ManagementRoleEntry", Identity=add, Parameters=[allowed, blocked], AddParameter=True)
    client.run("Set-ManagementRoleEntry", Identity=add, Parameters=[blocked], RemoveParameter=True)
    (entry,) = client.run("Get-ManagementRoleEntry", Identity="*wn\\*casmailbox", Parameters=[allowed])
    assert entry["Parameters"] == [allowed, "Identity"]
    assert "no parameter" in client.failure("Set-ManagementRoleEntry", Identity=add, Parameters=["OWAEnabled"])[1]
    client.run(
        "Add-ManagementRoleEntry",
        ParentRoleEntry="Organization Client Access\\Get-CASMailbox",
        Role="Own",
        Overwrite=True,
    )
    for identity in ("Mail Recipients\\Get-User", "Own\\Nothing"):
        client.failure("Remove-ManagementRoleEntry", Identity=identity)
    assert client.failure("Get-ManagementRoleEntry", Identity="Own\\Nothing")[0] == "ManagementObjectNotFoundException"
    assert "Role\\Cmdlet" in client.failure("Get-ManagementRoleEntry", Identity="Own")[1]


def test_finding_roles(client: Client) -> None:
    def names(**given: object) -> list[str]:
        return [role["Name"] for role in client.run("Get-ManagementRole", **given)]

    assert names(Cmdlet="Remove-MobileDevice") == ["Mail Recipients", "User Options"]
    assert "Organization Client Access" not in names(Cmdlet="Get-MobileDevice", CmdletParameters=["Identity"])
    assert names(Identity="Recipient Policies", GetChildren=True) == ["Intune Connector Policies"]
    client.run("New-ManagementRole", Name="Grandchild", Parent="Intune Connector Policies")
    whole = ["Recipient Policies", "Intune Connector Policies", "Grandchild"]
    assert names(Identity="Recipient Policies", Recurse=True) == whole
    assert len(names(RoleType="RecipientPolicies")) == 3


def test_roles_stay_while_they_are_used(client: Client) -> None:
    client.run("New-ManagementRole", Name="Own", Parent="Mail Recipients")
    client.run("New-ManagementRole", Name="Child", Parent="Own")
    client.run("New-ManagementRoleAssignment", Name="mine", Role="Child", User="adele.vance")
    for identity, word in (("Mail Recipients", "built in"), ("Own", "children"), ("Child", "assigned")):
        assert word in client.failure("Remove-ManagementRole", Identity=identity)[1]
    client.run("Remove-ManagementRoleAssignment", Identity="mine")
    client.run("Remove-ManagementRole", Identity="Own", Recurse=True)
    assert client.failure("Get-ManagementRole", Identity="Child")[0] == "ManagementObjectNotFoundException"


@pytest.mark.parametrize(
    ("parameter", "identity"),
    [
        ("SecurityGroup", "adele.vance@contoso.example"),
        ("App", "adele.vance@contoso.example"),
        ("Policy", "adele.vance@contoso.example"),
        ("User", "Intune Connector"),
        ("App", "Intune Connector"),
    ],
)
def test_an_assignee_is_of_the_kind_of_the_parameter(client: Client, parameter: str, identity: str) -> None:
    """UserIdParameter, SecurityGroupIdParameter and so on, each in a set of its own: New-ManagementRoleAssignment."""
    known = client.run("Get-ManagementRoleAssignment")
    wrong = {"Role": "View-Only Recipients", parameter: identity}
    assert client.failure("New-ManagementRoleAssignment", **wrong)[0] == "ManagementObjectNotFoundException"
    assert client.run("Get-ManagementRoleAssignment") == known


def test_assignments(client: Client) -> None:
    (made,) = client.run("New-ManagementRoleAssignment", Role="Mail Recipients", User="adele.vance")
    assert (made["Name"], made["RoleAssigneeType"]) == ("Mail Recipients-adele.vance", "User")
    again = {"Role": "Mail Recipients", "User": "adele.vance"}
    assert client.failure("New-ManagementRoleAssignment", **again)[0] == "ADObjectAlreadyExistsException"
    held = client.run("Get-ManagementRoleAssignment", RoleAssignee="adele.vance@contoso.example")
    assert [item["Role"] for item in held] == ["Mail Recipients"]
    client.run("Set-ManagementRoleAssignment", Identity=made["Name"], Enabled=False)
    assert client.run("Get-ManagementRoleAssignment", Role="Mail Recipients", Enabled=False)[0]["Name"] == made["Name"]
    client.run(
        "New-ManagementRoleAssignment",
        Name="d",
        Role="Mail Recipients",
        SecurityGroup="Intune Connector",
        Delegating=True,
    )
    (given,) = client.run("Get-ManagementRoleAssignment", RoleAssignee="Intune Connector", Delegating=True)
    assert given["RoleAssignmentDelegationType"] == "DelegatingOrgWide"
    everybody = client.run("Get-ManagementRoleAssignment", Role="Intune Connector Access", GetEffectiveUsers=True)
    assert [item["EffectiveUserName"] for item in everybody] == ["Intune Exchange connector"]
    assert client.run("Get-ManagementRoleAssignment", RoleAssigneeType="User")[0]["Name"] == made["Name"]


def test_role_groups_and_their_members(client: Client) -> None:
    (group,) = client.run(
        "New-RoleGroup", Name="Own", Description="mine", Roles=["Mail Recipients"], Members=["adele.vance"]
    )
    assert (group["Roles"], group["Members"], group["Description"]) == (["Mail Recipients"], ["adele.vance"], "mine")
    assert client.failure("New-RoleGroup", Name="Own")[0] == "ADObjectAlreadyExistsException"
    member = {"Identity": "Own", "Member": "alex.wilber"}
    client.run("Add-RoleGroupMember", **member)
    assert client.failure("Add-RoleGroupMember", **member)[0] == "MemberAlreadyExistsException"
    assert [one["Name"] for one in client.run("Get-RoleGroupMember", Identity="Own")] == ["adele.vance", "alex.wilber"]
    client.run("Remove-RoleGroupMember", **member)
    assert client.failure("Remove-RoleGroupMember", **member)[0] == "MemberNotFoundException"
    client.run("Update-RoleGroupMember", Identity="Own", Members=["alex.wilber"])
    edit = {"@odata.type": EDIT, "add": ["administrator"], "remove": ["alex.wilber"]}
    client.run("Update-RoleGroupMember", Identity="Own", Members=edit)
    assert [one["Name"] for one in client.run("Get-RoleGroupMember", Identity="Own")] == ["administrator"]
    client.run("Set-RoleGroup", Identity="Own", Name="Renamed", DisplayName="New")
    (held,) = [
        item
        for item in client.run("Get-ManagementRoleAssignment", RoleAssignee="administrator", Role="Mail Recipients")
        if item["RoleAssigneeName"] == "Renamed"
    ]
    assert held["Name"] == "Mail Recipients-Own"
    client.run("Remove-RoleGroup", Identity="Renamed")
    assert (
        client.failure("Get-ManagementRoleAssignment", Identity=held["Name"])[0] == "ManagementObjectNotFoundException"
    )
    assert "built in" in client.failure("Remove-RoleGroup", Identity="Organization Management")[1]


def test_a_service_principal_gets_rights(tmp_path: Path) -> None:
    with with_grants(tmp_path, ["Exchange.ManageAsApp"], ["Exchange Administrator"]) as simulator:
        client = Client(simulator, "own")
        ids = service_principal(client)
        assert (
            client.failure("New-ServicePrincipal", AppId=ids["AppId"], ObjectId="0")[0] == "InvalidOperationException"
        )
        client.run("New-ServicePrincipal", **ids, DisplayName="Automation")
        client.run("New-ManagementRole", Name="Own", Parent="View-Only Configuration")
        client.run("New-ManagementRoleAssignment", App=ids["AppId"], Role="Own")
        client.run("New-RoleGroup", Name="Own", Roles=["Mail Recipients"], Members=[ids["ObjectId"]])
        (member,) = client.run("Get-RoleGroupMember", Identity="Own")
        assert (member["DisplayName"], member["RecipientType"]) == ("Automation", "ServicePrincipal")
        tested = {row["RoleName"] for row in client.run("Test-ServicePrincipalAuthorization", Identity=ids["AppId"])}
        assert tested >= {"Own", "Mail Recipients"}
        client.run("Set-ServicePrincipal", Identity=ids["AppId"], DisplayName="Other")
        assert client.run("Get-ServicePrincipal", Identity="Other")[0]["AppId"] == ids["AppId"]
        client.run("Remove-ServicePrincipal", Identity=ids["AppId"])
        assert client.run("Get-ServicePrincipal") == []


def test_how_somebody_holds_a_role(client: Client) -> None:
    client.run("New-ManagementRoleAssignment", Role="Mail Recipients", User="svc-intune-connector")
    held = client.run("Get-ManagementRoleAssignment", RoleAssignee="svc-intune-connector")
    methods = {item["Role"]: item["AssignmentMethod"] for item in held}
    assert methods == {
        "Mail Recipients": "Direct",
        "Intune Connector Access": "RoleGroup",
        "Intune Connector Policies": "RoleGroup",
        "Intune Connector Devices": "RoleGroup",
    }
    for method, number in (("Direct", 1), ("RoleGroup", 3), ("SecurityGroup", 0)):
        asked = {"RoleAssignee": "svc-intune-connector", "AssignmentMethod": [method]}
        assert len(client.run("Get-ManagementRoleAssignment", **asked)) == number
    of_the_group = client.run("Get-ManagementRoleAssignment", RoleAssignee="Intune Connector")
    assert {item["AssignmentMethod"] for item in of_the_group} == {"Direct"}
