# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory's behaviour during account set-up: delays, licences, protected users."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import Simulator

from ..conftest import Client, Json, MakeClient

MAILBOX = "6fd2c87f-b296-42f0-b197-1e91e994b900"
INTUNE = "061f9ace-7d42-4136-88ac-31dc755f143f"
SUITE = "a929cd4d-8672-47c9-8664-159c1f322ba8"
PLAN_1 = "4b9405b0-7788-4568-add1-99614e613b69"
ASSIGNMENTS = "/roleManagement/directory/roleAssignments"
INTUNE_ADMINISTRATOR = "3a2c62db-5318-420d-8d74-23affee5d9d5"


def create(client: Client, **properties: Any) -> str:
    """Create a user with the name of the tenant's account; returns its path."""
    body = {
        "accountEnabled": True,
        "displayName": "New",
        "mailNickname": client.facts["account"].partition("@")[0],
        "userPrincipalName": client.facts["account"],
        "passwordProfile": {"password": "Simulated-password-of-a-new-user"},
        "usageLocation": "CH",
    }
    answer = client.graph("POST", "/users", json=body | properties)
    assert answer.status_code == 201, answer.text
    return f"/users/{answer.json()['id']}"


def licensed(client: Client, path: str, *skus: str, remove: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> str:
    """Assign and remove licences; returns Graph's error, or None on success."""
    added = [{"skuId": sku, "disabledPlans": list(without)} for sku in skus]
    answer = client.graph("POST", f"{path}/assignLicense", json={"addLicenses": added, "removeLicenses": list(remove)})
    return "" if answer.status_code == 200 else error(answer, 400)


def error(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.text
    found = answer.json()["error"]
    assert found["code"] == {400: "Request_BadRequest", 403: "Authorization_RequestDenied"}[status]
    return str(found["message"])


def addresses(client: Client, path: str) -> Json:
    found = client.get(f"{path}?$select=mail,proxyAddresses")
    return {"mail": found["mail"], "proxyAddresses": found["proxyAddresses"]}


def test_a_mailbox_comes_some_time_after_its_licence(simulator: Simulator, client_of: MakeClient) -> None:
    client = client_of("nothing")
    path, account = create(client), client.facts["account"]
    assert licensed(client, path, MAILBOX) == ""
    (user,) = client.run("Get-User", Identity=account)
    assert (user["RecipientType"], user["SKUAssigned"], user["WindowsEmailAddress"]) == ("User", True, "")
    simulator.advance(120)
    assert addresses(client, path) == {"mail": account, "proxyAddresses": [f"SMTP:{account}"]}
    assert client.run("Get-Mailbox", Identity=account)[0]["PrimarySmtpAddress"] == account
    assert licensed(client, path, INTUNE) == ""
    assert client.run("Get-Mailbox", Identity=account)
    assert licensed(client, path, remove=(MAILBOX,)) == ""
    assert addresses(client, path)["mail"] is None
    client.failure("Get-Mailbox", Identity=account)


def test_an_address_that_is_set_is_the_one_of_the_mailbox(simulator: Simulator, client_of: MakeClient) -> None:
    client = client_of("nothing")
    path, other = create(client), "connector@nothing.example"
    assert client.graph("PATCH", path, json={"mail": other}).status_code == 204
    assert addresses(client, path) == {"mail": other, "proxyAddresses": [f"SMTP:{other}"]}
    client.failure("Get-Mailbox", Identity=other)
    licensed(client, path, MAILBOX)
    simulator.advance(120)
    assert client.run("Get-Mailbox", Identity=other)[0]["PrimarySmtpAddress"] == other


def test_until_then_graph_shows_no_address(client_of: MakeClient) -> None:
    client = client_of("ready", {"User.ReadWrite.All"})
    path = create(client, userPrincipalName="new@contoso.example")
    assert licensed(client, path, MAILBOX) == ""
    assert addresses(client, path) == {"mail": None, "proxyAddresses": []}


def test_an_address_of_another_user_is_refused(simulator: Simulator, client_of: MakeClient) -> None:
    client = client_of("nothing")
    first = create(client)
    other = f"other@{client.facts['domain']}"
    assert client.graph("PATCH", first, json={"mail": other}).status_code == 204
    second = create(client, userPrincipalName=f"second@{client.facts['domain']}")
    refused = client.graph("PATCH", second, json={"mail": other.upper()})
    assert "same value for property proxyAddresses already exists" in error(refused, 400)
    assert addresses(client, second) == {"mail": None, "proxyAddresses": []}
    assert client.graph("PATCH", first, json={"mail": other}).status_code == 204


def test_a_licence_without_its_mailbox_plan_brings_none(simulator: Simulator, client_of: MakeClient) -> None:
    client = client_of("nothing")
    path = create(client)
    assert licensed(client, path, MAILBOX, without=("efb87545-963c-4e0d-99df-69c6916d9eb0",)) == ""
    simulator.advance(1000)
    assert addresses(client, path)["mail"] is None


def test_what_goes_with_what_among_licences(client_of: MakeClient) -> None:
    client = client_of("nothing")
    path = create(client, usageLocation=None)
    assert "usage location" in licensed(client, path, MAILBOX)
    client.graph("PATCH", path, json={"usageLocation": "CH"})
    assert licensed(client, path, SUITE) == (
        "License assignment failed because service plan d9923fe3-a2de-4d29-a5be-e3e83bb786be depends on the service "
        "plan(s) c1ec4a95-1f05-45b3-a911-aa3fa01094f5"
    )
    assert licensed(client, path, SUITE, INTUNE) == ""
    assert "depends on" in licensed(client, path, remove=(INTUNE,))
    assert licensed(client, path, remove=(INTUNE, SUITE)) == ""
    assert "mutually exclusive" in licensed(client, path, MAILBOX, PLAN_1)
    assert licensed(client, path, MAILBOX) == ""
    assert licensed(client, path, PLAN_1, remove=(MAILBOX,)) == ""
    assert "not correspond" in licensed(client, path, "00000000-0000-0000-0000-000000000000")
    assert [one["skuId"] for one in client.values(f"{path}/licenseDetails")] == [PLAN_1]


def test_no_free_units(client_of: MakeClient) -> None:
    client = client_of("no_free_units")
    for sku in client.values("/subscribedSkus"):
        assert sku["consumedUnits"] == sku["prepaidUnits"]["enabled"]
        assert "any available licenses" in licensed(client, f"/users/{client.facts['account']}", sku["skuId"])


def test_a_new_user_is_found_only_later(simulator: Simulator, client_of: MakeClient) -> None:
    client = client_of("directory_lag")
    path = create(client)
    role = {
        "principalId": path.rpartition("/")[2],
        "roleDefinitionId": INTUNE_ADMINISTRATOR,
        "directoryScopeId": "/",
    }
    for method, target, body in (
        ("GET", path, None),
        ("PATCH", path, {"displayName": "Newer"}),
        ("POST", f"{path}/assignLicense", {"addLicenses": [], "removeLicenses": []}),
        ("POST", ASSIGNMENTS, role),
    ):
        answer = client.graph(method, target, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "Request_ResourceNotFound")
    simulator.reset()
    path = create(client)
    assert client.values(f"/users?$filter=userPrincipalName eq '{client.facts['account']}'") == []
    client.failure("Get-User", Identity=client.facts["account"])
    simulator.advance(300)
    assert len(client.values(f"/users?$filter=userPrincipalName eq '{client.facts['account']}'")) == 1
    assert client.graph("PATCH", path, json={"displayName": "Newer"}).status_code == 204
    assert client.graph("POST", ASSIGNMENTS, json=role | {"principalId": path.rpartition("/")[2]}).status_code == 201


SENSITIVE = [
    {"accountEnabled": False},
    {"userPrincipalName": "other@account-is-admin.example"},
    {"passwordProfile": {"password": "Simulated-password-of-an-administrator"}},
]


@pytest.mark.parametrize("body", SENSITIVE, ids=lambda body: next(iter(body)))
def test_administrators_are_guarded(client_of: MakeClient, body: Json) -> None:
    client = client_of("account_is_admin")
    path = f"/users/{client.facts['account']}"
    assert "Insufficient privileges" in error(client.graph("PATCH", path, json=body), 403)
    assert client.graph("PATCH", path, json={"displayName": "Newer"}).status_code == 204
    role = {"principalId": client.facts["object_id"], "directoryScopeId": "/"}
    adele = "/users/adele.vance@account-is-admin.example"
    if "passwordProfile" in body:
        assert error(client.graph("PATCH", adele, json=body), 403)
        for_people = role | {"roleDefinitionId": "fe930be7-5e62-47db-91af-98c3a49a38b1"}
        assert client.graph("POST", ASSIGNMENTS, json=for_people).status_code == 201
        assert error(client.graph("PATCH", path, json=body), 403)
    assert client.graph("PATCH", adele, json=body).status_code == 204
    privileged = role | {"roleDefinitionId": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"}
    assert client.graph("POST", ASSIGNMENTS, json=privileged).status_code == 201
    assert client.graph("PATCH", path, json=body).status_code == 204


def test_administrators_are_not_deleted_by_everybody_either(client_of: MakeClient) -> None:
    client = client_of("account_is_admin")
    assert error(client.graph("DELETE", f"/users/{client.facts['account']}"), 403)
    assert client.graph("DELETE", "/users/adele.vance@account-is-admin.example").status_code == 204


def test_a_synchronized_user_is_mastered_elsewhere(client_of: MakeClient) -> None:
    client = client_of("account_is_synchronized")
    path = f"/users/{client.facts['account']}"
    assert client.get(f"{path}?$select=onPremisesSyncEnabled")["onPremisesSyncEnabled"] is True
    for body in ({"mail": "other@account-is-synchronized.example"}, {"accountEnabled": False}):
        assert "on-premises mastered Directory Sync objects" in error(client.graph("PATCH", path, json=body), 400)
    assert client.graph("PATCH", path, json={"usageLocation": "DE"}).status_code == 204
    assert licensed(client, path, INTUNE) == ""


def test_a_guest(client_of: MakeClient) -> None:
    client = client_of("account_is_guest")
    guest = client.get(f"/users/{client.facts['account']}?$select=userType,mail")
    assert (guest["userType"], guest["mail"]) == ("Guest", None)


def test_a_tenant_in_which_nothing_is_set_up(simulator: Simulator, client_of: MakeClient) -> None:
    client = client_of("nothing")
    assert client.graph("GET", f"/users/{client.facts['account']}").status_code == 404
    assert not [role for role in client.run("Get-ManagementRole") if not role["IsRootRole"]]
    assert "Intune Connector" not in [group["Name"] for group in client.run("Get-RoleGroup")]
    path = create(client)
    role = {"principalId": path.rpartition("/")[2], "roleDefinitionId": INTUNE_ADMINISTRATOR, "directoryScopeId": "/"}
    assert client.graph("POST", ASSIGNMENTS, json=role).status_code == 201
    dehydrated = client_of("nothing_dehydrated")
    group = {"Name": "Intune Exchange Connector"}
    assert "Dehydrated" in dehydrated.failure("New-RoleGroup", **group)[0]
    dehydrated.run("Enable-OrganizationCustomization")
    simulator.advance(120)
    dehydrated.run("New-RoleGroup", **group)


def test_the_authority_in_beta_only(client_of: MakeClient) -> None:
    wanted = "$select=mobileDeviceManagementAuthority"
    for tenant, in_v1 in (("ready", True), ("authority_only_in_beta", False)):
        client = client_of(tenant)
        path = f"/organization/{client.facts['tenant_id']}"
        assert ("mobileDeviceManagementAuthority" in client.get(f"{path}?{wanted}")) == in_v1
        beta = client.send("GET", f"{client.urls['graph_url']}/beta{path}?{wanted}").json()
        assert beta["mobileDeviceManagementAuthority"] == "intune"
        assert beta["@odata.context"].startswith(f"{client.urls['graph_url']}/beta/")
