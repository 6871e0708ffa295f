# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths and forms of Graph that third-party clients use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from simulator import Simulator

from ..conftest import Client, MakeClient

EVENTUAL = {"ConsistencyLevel": "eventual"}
RIGHTS = {
    "Application.Read.All",
    "DeviceManagementManagedDevices.Read.All",
    "DeviceManagementServiceConfig.Read.All",
    "Directory.Read.All",
    "Group.Read.All",
    "Policy.Read.All",
    "User.ReadWrite.All",
}


@pytest.fixture
def grouped(tmp_path: Path) -> Iterator[Client]:
    groups = {
        "Inner": {"members": ["adele.vance"], "owners": ["administrator"]},
        "Outer": {"groups": ["Inner"]},
        "Other": {"members": ["alex.wilber"]},
    }
    devices = [
        {"user": user, "os": "iOS", "os_version": "18.6", "model": "iPhone", "compliance": "compliant"}
        for user in ("adele.vance", "alex.wilber")
    ]
    file = tmp_path / "grouped.yml"
    file.write_text(yaml.safe_dump({"extends": "ready", "groups": groups, "intune": {"devices": devices}}))
    with Simulator([file], rate_limits=False) as simulator:
        yield Client(simulator, "grouped", RIGHTS)


def test_memberships(grouped: Client) -> None:
    def groups(kind: str) -> set[str]:
        return {group["displayName"] for group in grouped.values(f"/users/adele.vance@contoso.example/{kind}")}

    assert groups("memberOf") == {"Inner"} and groups("transitiveMemberOf") == {"Inner", "Outer"}
    selected = grouped.values("/users/adele.vance@contoso.example/memberOf?$select=displayName")
    assert selected == [{"@odata.type": "#microsoft.graph.group", "displayName": "Inner"}]
    assert grouped.graph("GET", "/users/nobody/memberOf").status_code == 404


def test_owners_and_the_context_of_objects(grouped: Client) -> None:
    (inner,) = grouped.values("/groups?$filter=displayName eq 'Inner'")
    owners = grouped.get(f"/groups/{inner['id']}/owners")
    assert [owner["displayName"] for owner in owners["value"]] == ["Tenant Administrator"]
    for answer in (owners, grouped.get(f"/groups/{inner['id']}/members")):
        assert answer["@odata.context"].endswith("/$metadata#directoryObjects")


def test_what_is_returned_only_when_selected(grouped: Client) -> None:
    (inner,) = grouped.values("/groups?$filter=displayName eq 'Inner'")
    assert "displayName" in inner and not {"isArchived", "unseenCount"} & set(inner)
    assert "isArchived" in grouped.get(f"/groups/{inner['id']}?$select=isArchived")


def test_devices_of_a_user(grouped: Client) -> None:
    (device,) = grouped.values("/users/adele.vance@contoso.example/managedDevices")
    assert device["userPrincipalName"] == "adele.vance@contoso.example"
    assert "@odata.count" not in grouped.get("/deviceManagement/managedDevices?$count=true")


def test_service_principals_and_strengths(grouped: Client) -> None:
    client_id = grouped.facts["client_id"]
    (found,) = grouped.values(f"/servicePrincipals?$filter=appId eq '{client_id}'")
    assert found["displayName"] == "Connector automation"
    assert grouped.get(f"/servicePrincipals/{found['id']}")["appId"] == client_id
    strengths = grouped.values("/identity/conditionalAccess/authenticationStrength/policies")
    assert {one["displayName"] for one in strengths} >= {"Multifactor authentication", "Phishing resistant MFA"}


def test_the_number_of_users(grouped: Client) -> None:
    answer = grouped.graph("GET", "/users/$count", headers=EVENTUAL)
    assert (answer.text, answer.headers["Content-Type"].partition(";")[0]) == ("4", "text/plain")
    path = "/users/$count?$filter=startswith(displayName,'A')"
    assert grouped.graph("GET", path, headers=EVENTUAL).text == "2"
    assert grouped.graph("GET", "/users/$count").status_code == 400


def test_the_person_who_signs_in(simulator: Simulator, client_of: MakeClient) -> None:
    person = client_of("ready", {"User.Read"}, "person")
    assert person.get("/me")["userPrincipalName"] == "administrator@contoso.example"
    assert person.get("/me?$select=id")["id"]
    answer = client_of("ready", {"User.Read.All"}).graph("GET", "/me")
    assert answer.status_code == 400 and "delegated" in answer.text


def test_what_if_in_beta(client_of: MakeClient) -> None:
    client = client_of("retired_covered", {"Policy.Read.ConditionalAccess", "Policy.Read.All"})
    for version in ("v1.0", "beta"):
        answer = client.send("GET", f"{client.urls['graph_url']}/{version}/identity/conditionalAccess/policies")
        assert answer.status_code == 200
        assert re.search(f"/{version}/", answer.json()["@odata.context"])


@pytest.mark.parametrize("password", ["x", "short1!", "onlylowercaseletters", "lowercase-and-dashes"])
def test_passwords_that_are_too_simple(grouped: Client, password: str) -> None:
    user = {
        "accountEnabled": True,
        "displayName": "New",
        "mailNickname": "new",
        "userPrincipalName": "new@contoso.example",
        "passwordProfile": {"password": password},
    }
    answer = grouped.graph("POST", "/users", json=user)
    assert answer.status_code == 400 and "password complexity" in answer.text
    user["passwordProfile"] = {"password": "Upper-lower-and-1"}
    assert grouped.graph("POST", "/users", json=user).status_code == 201


def test_an_empty_collection_without_a_body(tmp_path: Path) -> None:
    file = tmp_path / "silent.yml"
    file.write_text(yaml.safe_dump({"extends": "ready", "intune": {"without_body": ["exchangeConnectors"]}}))
    with Simulator([file]) as simulator:
        client = Client(simulator, "silent")
        answer = client.graph("GET", "/deviceManagement/exchangeConnectors")
        assert (answer.status_code, answer.content) == (200, b"")
        client.create_connector()
        assert len(client.values("/deviceManagement/exchangeConnectors")) == 1


@pytest.mark.parametrize(("status", "code"), [(501, "NotSupported"), (404, "ResourceNotFound"), (400, "BadRequest")])
def test_variants_of_a_connector_that_is_not_offered(tmp_path: Path, status: int, code: str) -> None:
    file = tmp_path / "refusing.yml"
    file.write_text(yaml.safe_dump({"extends": "connector_not_offered", "intune": {"list_refusal": status}}))
    with Simulator([file]) as simulator:
        answer = Client(simulator, "refusing").graph("GET", "/deviceManagement/exchangeConnectors")
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_intune_without_a_licence_as_a_missing_right(tmp_path: Path) -> None:
    file = tmp_path / "unlicensed.yml"
    file.write_text(yaml.safe_dump({"extends": "no_intune_licence", "intune": {"unlicensed_as": "forbidden"}}))
    with Simulator([file]) as simulator:
        error = Client(simulator, "unlicensed").graph("GET", "/deviceManagement").json()["error"]
        assert error["code"] == "UnknownError" and "Forbidden" in error["message"]


def test_intune_slows_down_with_500(client: Client, simulator: Simulator) -> None:
    simulator.fault(match="*ListExchangeConnectors", kind="intune_throttled")
    answer = client.graph("GET", "/deviceManagement/exchangeConnectors")
    assert answer.status_code == 500 and "Rate limit reached because of too many requests" in answer.text
    assert client.values("/deviceManagement/exchangeConnectors") == []
