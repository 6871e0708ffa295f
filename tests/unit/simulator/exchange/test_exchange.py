# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""InvokeCommand of Exchange Online: the call, the parameters, the pages; the behaviour of each kind of object."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import Simulator
from simulator.cmdlets.contract import load_cmdlets
from simulator.cmdlets.exchange_types import GENERAL
from simulator.exchange.table import NOUNS, OWN

from ..conftest import Client, Json, MakeClient

CMDLETS = load_cmdlets()
EDIT = "#Exchange.GenericHashTable"


def test_every_cmdlet_of_the_contract_is_carried_out() -> None:
    assert {cmdlet.noun for cmdlet in CMDLETS.values()} == set(NOUNS)
    for cmdlet in CMDLETS.values():
        assert cmdlet.name in OWN or cmdlet.verb in GENERAL


@pytest.mark.parametrize("name", [cmdlet.name for cmdlet in CMDLETS.values() if cmdlet.verb == "Get"])
def test_every_read_has_the_properties_of_the_contract(client_of: MakeClient, name: str) -> None:
    client = client_of("retired_covered" if name == "Get-AuthenticationPolicy" else "ready")
    given = {
        "Get-ManagementRoleEntry": {"Identity": "Mail Recipients\\*"},
        "Get-RoleGroupMember": {"Identity": "Intune Connector"},
        "Get-MobileDeviceStatistics": {"Mailbox": "adele.vance"},
        "Get-ActiveSyncDeviceAccessRule": {},
        "Get-ServicePrincipal": {},
    }
    if name == "Get-ActiveSyncDeviceAccessRule":
        client.run("New-ActiveSyncDeviceAccessRule", AccessLevel="Block", Characteristic="DeviceOS", QueryString="x")
    if name == "Get-ServicePrincipal":
        client.run("New-ServicePrincipal", **service_principal(client))
    found = client.run(name, **given.get(name, {}))
    assert found
    names = {key for key in found[0] if "@" not in key}
    assert names == set(CMDLETS[name.lower()].output)
    for kind, types in (("boolean", bool), ("integer", (int, str)), ("string", str), ("string[]", list)):
        for key, stated in CMDLETS[name.lower()].output.items():
            if stated == kind and found[0][key] is not None:
                assert isinstance(found[0][key], types), (key, found[0][key])
    assert any("@data.type" in key for key in found[0]) or not any(
        stated in ("guid", "datetime", "integer") and found[0][key] is not None
        for key, stated in CMDLETS[name.lower()].output.items()
    )


def service_principal(client: Client) -> dict[str, str]:
    (held,) = client.values(
        "/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq "
        "'29232cdf-9323-42fd-ade2-1d097af3e4de'&$top=1"
    )
    return {"AppId": client.facts["client_id"], "ObjectId": held["principalId"]}


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"json": {"CmdletInput": {"CmdletName": "Get-OrganizationConfig"}}}, 200),
        ({"json": {"CmdletInput": {"CmdletName": "get-organizationconfig", "Parameters": {}}}}, 200),
        ({"json": {"CmdletInput": {"CmdletName": "Get-OrganizationConfig", "Parameters": None}}}, 400),
        ({"json": {"CmdletName": "Get-OrganizationConfig"}}, 400),
        ({"json": []}, 400),
        ({"data": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": b"{}", "headers": {"Content-Type": "text/plain"}}, 415),
    ],
)
def test_the_envelope(client: Client, given: Json, status: int) -> None:
    assert client.send("POST", client.command_url, "exchange", **given).status_code == status


def test_headers_and_paths(client: Client) -> None:
    anchor = f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{client.facts['tenant_id']}"
    answer = client.invoke("Get-OrganizationConfig", X_AnchorMailbox=anchor)
    assert answer.status_code == 200 and answer.headers["request-id"]
    assert client.invoke("Get-OrganizationConfig", X_AnchorMailbox="nonsense").status_code == 400
    for size in ("0", "1001"):
        assert client.invoke("Get-OrganizationConfig", Prefer=f"odata.maxpagesize={size}").status_code == 400
    assert client.send("GET", client.command_url, "exchange").status_code == 405
    assert client.send("POST", f"{client.urls['exchange_url']}/elsewhere", "exchange", json={}).status_code == 404
    for domain, status in (("contoso.onmicrosoft.example", 200), (client.facts["domain"], 403)):
        by_domain = client.command_url.replace(client.facts["tenant_id"], domain)
        assert client.invoke("Get-OrganizationConfig", url=by_domain).status_code == status


def test_the_list_of_cmdlets_that_the_caller_may_run(client: Client) -> None:
    url = f"{client.urls['exchange_url']}/adminapi/v1.0/{client.facts['tenant_id']}/EXOModuleFile?Version=3.9.2"
    answer = client.send("GET", url, "exchange", headers={"CommandName": "*"})
    exported = answer.json()["value"][0]["exportedCmdlets"].split(",")
    assert set(exported) == {cmdlet.name for cmdlet in CMDLETS.values()}
    assert client.send("GET", url, "exchange").status_code == 400


def test_unknown_cmdlets_and_parameters(client: Client) -> None:
    answer = client.invoke("Get-Nonsense")
    assert (answer.status_code, set(answer.content)) == (403, {0})
    for parameter in ("Nonsense", "DomainController"):
        kind, text = client.failure("Get-ActiveSyncDeviceAccessRule", **{parameter: "x"})
        assert kind == "AmbiguousParameterSetException" and parameter in text


@pytest.mark.parametrize(
    ("cmdlet", "given", "kind"),
    [
        ("New-ActiveSyncDeviceAccessRule", {"AccessLevel": "Allow"}, "ParameterBindingException"),
        ("Set-MobileDeviceMailboxPolicy", {"Identity": ""}, "ParameterBindingException"),
        ("Remove-ActiveSyncDeviceAccessRule", {"Identity": None}, "ParameterBindingException"),
        ("Get-MobileDeviceStatistics", {}, "ParameterBindingException"),
        ("Get-MobileDevice", {"Identity": "a", "Mailbox": "b"}, "AmbiguousParameterSetException"),
        ("New-ManagementRoleAssignment", {"Role": "r", "User": "u", "App": "a"}, "AmbiguousParameterSetException"),
        ("Set-ActiveSyncOrganizationSettings", {"DefaultAccessLevel": "Deny"}, "ParameterTransformationException"),
        ("Set-ActiveSyncOrganizationSettings", {"DefaultAccessLevel": None}, "ParameterTransformationException"),
        ("Set-ActiveSyncOrganizationSettings", {"UserMailInsert": "x" * 257}, "ParameterTransformationException"),
        ("Set-ActiveSyncOrganizationSettings", {"UserMailInsert": 5}, "ParameterTransformationException"),
        (
            "Set-ActiveSyncOrganizationSettings",
            {"AdminMailRecipients": {"add": ["a"]}},
            "ParameterTransformationException",
        ),
        (
            "Set-ActiveSyncOrganizationSettings",
            {"AdminMailRecipients": {"@odata.type": EDIT, "replace": ["a"]}},
            "ParameterTransformationException",
        ),
    ],
)
def test_parameters_that_do_not_fit(client: Client, cmdlet: str, given: Json, kind: str) -> None:
    assert client.failure(cmdlet, **given)[0] == kind


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("PasswordEnabled", True, True),
        ("PasswordEnabled", "true", None),
        ("PasswordHistory", 50, 50),
        ("PasswordHistory", 51, None),
        ("PasswordHistory", "5", None),
        ("PasswordHistory", True, None),
        ("MinPasswordLength", None, None),
        ("MaxPasswordFailedAttempts", "unlimited", "Unlimited"),
        ("MaxPasswordFailedAttempts", "8", "8"),
        ("MaxPasswordFailedAttempts", 3, None),
        ("MaxInactivityTimeLock", "00:15:00", "00:15:00"),
        ("MaxInactivityTimeLock", "0:05:00", "00:05:00"),
        ("MaxInactivityTimeLock", "15:00", None),
        ("MaxInactivityTimeLock", "02:00:00", None),
        ("PasswordExpiration", "90.00:00:00", "90.00:00:00"),
        ("MaxAttachmentSize", "4KB", "4 KB (4,096 bytes)"),
        ("MaxAttachmentSize", 35840, "35 KB (35,840 bytes)"),
        ("MaxAttachmentSize", "3GB", None),
        ("MaxAttachmentSize", "lots", None),
        ("MaxEmailBodyTruncationSize", "4KB", "4096"),
        ("AllowBluetooth", "handsfreeonly", "HandsfreeOnly"),
        ("ApprovedApplicationList", "one", ["one"]),
    ],
)
def test_values_and_their_canonical_form(client: Client, name: str, value: Any, kept: Any) -> None:
    allowed = kept is not None or (name, value) == ("MinPasswordLength", None)
    if not allowed:
        kind, text = client.failure("New-MobileDeviceMailboxPolicy", Name="p", **{name: value})
        assert kind == "ParameterTransformationException" and name in text
        return
    (created,) = client.run("New-MobileDeviceMailboxPolicy", Name="p", **{name: value})
    assert created[name] == kept


def test_errors_have_the_forms_that_clients_meet(client: Client) -> None:
    missing = client.invoke("Get-MobileDeviceMailboxPolicy", {"Identity": "none"}).json()["error"]
    code, kind, text = missing["details"][0]["message"].split("|", 2)
    assert code.startswith("Ex") and kind.endswith("ManagementObjectNotFoundException") and "none" in text
    unfit = client.invoke("Get-MobileDevice", {"ResultSize": []}).json()["error"]
    assert "details" not in unfit
    assert unfit["innererror"]["internalexception"]["type"].endswith("ParameterTransformationException")


def test_writes_ask_only_when_they_are_told_to(client: Client, simulator: Simulator) -> None:
    rule = {"AccessLevel": "Block", "Characteristic": "DeviceOS", "QueryString": "Old OS"}
    answer = client.invoke("New-ActiveSyncDeviceAccessRule", rule | {"Confirm": True})
    assert answer.status_code == 200 and "@adminapi.confirmationmessage" in answer.json()
    client.run("New-ActiveSyncDeviceAccessRule", **rule, WhatIf=True)
    assert client.run("Get-ActiveSyncDeviceAccessRule") == []
    assert [row["effect"] for row in simulator.requests()] == [False] * 3
    client.invoke("New-ActiveSyncDeviceAccessRule", rule)
    assert (simulator.requests()[-1]["class"], simulator.requests()[-1]["effect"]) == ("CREATE", True)


def test_an_empty_identity_returns_everything(client: Client) -> None:
    for name in ("a", "b"):
        client.run("New-MobileDeviceMailboxPolicy", Name=name)
    for identity in (None, ""):
        assert len(client.run("Get-MobileDeviceMailboxPolicy", Identity=identity)) == 3


def test_pages_are_had_by_posting_the_same_body(client: Client, simulator: Simulator) -> None:
    given = {"Identity": "*\\Get-*", "ResultSize": "Unlimited"}
    whole = client.invoke("Get-ManagementRoleEntry", given, Prefer="odata.maxpagesize=1000").json()
    entries, url = [], f"{client.command_url}?$select=Name,Role"
    while url:
        page = client.invoke("Get-ManagementRoleEntry", given, url=url, Prefer="odata.maxpagesize=20").json()
        assert len(page["value"]) <= 20
        entries += page["value"]
        link, url = url, page.get("@odata.nextLink", "")
    assert len(entries) > 40 and set(entries[0]) == {"Name", "Role"}
    assert len(whole["value"]) == min(len(entries), 100)
    for changed in ({"Identity": "*\\Get-*"}, {"Identity": "*\\*"}):
        answer = client.invoke("Get-ManagementRoleEntry", changed, url=link)
        assert "Expired or Invalid pagination request" in answer.text
    simulator.advance(1801)
    assert client.invoke("Get-ManagementRoleEntry", given, url=link).status_code == 400


def test_result_size(client: Client) -> None:
    answer = client.invoke("Get-MobileDevice", {"ResultSize": 1}).json()
    assert len(answer["value"]) == 1 and "more results available" in answer["@adminapi.warnings"][0]
    answer = client.invoke("Get-MobileDevice", {"ResultSize": "Unlimited"}).json()
    assert len(answer["value"]) == 2 and answer["@adminapi.warnings"] == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("DeviceType -eq 'iPhone'", ["iPhone"]),
        ('DeviceModel -like "Outlook*" -and IsDisabled -eq $false', ["Outlook"]),
        ("-not (DeviceType -eq 'iPhone') -or IsDisabled -eq 'True'", ["Outlook"]),
    ],
)
def test_filters(client: Client, text: str, names: list[str]) -> None:
    assert [device["DeviceType"] for device in client.run("Get-MobileDevice", Filter=text)] == names
    assert client.failure("Get-ManagementRoleAssignment", Exclusive=True)[0] == "InvalidOperationException"
    assert client.run("Get-Mailbox", SortBy="DisplayName")[0]["Name"] == "adele.vance"


def test_lists_are_replaced_edited_and_cleared(client: Client) -> None:
    def recipients(value: Any) -> list[str]:
        client.run("Set-ActiveSyncOrganizationSettings", AdminMailRecipients=value)
        (settings,) = client.run("Get-ActiveSyncOrganizationSettings")
        found: list[str] = settings["AdminMailRecipients"]
        return found

    assert recipients(["a@contoso.example", "b@contoso.example"]) == ["a@contoso.example", "b@contoso.example"]
    edit = {"@odata.type": EDIT, "Add": "c@contoso.example", "remove": ["A@contoso.example"]}
    assert recipients(edit) == ["b@contoso.example", "c@contoso.example"]
    assert recipients({"@odata.type": EDIT}) == []
    assert recipients("d@contoso.example") == ["d@contoso.example"]
    assert recipients(None) == []


def test_setting_what_is_already_so_changes_nothing(client: Client, simulator: Simulator) -> None:
    client.run("Set-ActiveSyncOrganizationSettings", DefaultAccessLevel="Allow")
    assert simulator.requests()[-1]["effect"] is False
    client.run("Set-ActiveSyncOrganizationSettings", DefaultAccessLevel="Quarantine")
    assert simulator.requests()[-1]["effect"] is True


def test_dehydrated(client_of: MakeClient, simulator: Simulator) -> None:
    client = client_of("dehydrated")
    role = {"Name": "Own", "Parent": "Mail Recipients"}
    assert client.failure("New-ManagementRole", **role)[0] == "CmdletInvalidOperationInDehydratedContextException"
    client.run("Enable-OrganizationCustomization")
    assert client.run("Get-OrganizationConfig")[0]["IsDehydrated"] is True
    assert client.invoke("Enable-OrganizationCustomization", {"Confirm": False}).status_code == 400
    simulator.advance(600)
    assert client.run("Get-OrganizationConfig")[0]["IsDehydrated"] is False
    assert client.run("New-ManagementRole", **role)[0]["Name"] == "Own"
