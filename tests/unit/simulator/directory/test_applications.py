# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications in the simulated directory, as the API pages of Microsoft Graph describe them."""

from __future__ import annotations

from typing import Any

from ..conftest import Client, MakeClient

TENANT = "first_contact"
GRAPH = "00000003-0000-0000-c000-000000000000"
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
ALL = {"Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"}
MISSING = {"Prefer": "create-if-missing"}
NAMED = "/applications(uniqueName='automation')"


def created(client: Client) -> dict[str, Any]:
    answer = client.graph("PATCH", NAMED, json={"displayName": "Automation"}, headers=MISSING)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def principal_of(client: Client, app_id: str) -> dict[str, Any]:
    (found,) = client.values(f"/servicePrincipals?$filter=appId eq '{app_id}'")
    return found


def role_of(api: dict[str, Any], name: str) -> str:
    (found,) = [one["id"] for one in api["appRoles"] if one["value"] == name]
    return str(found)


def test_a_unique_name_is_given_once(client_of: MakeClient) -> None:
    client = client_of(TENANT, ALL)
    assert client.graph("PATCH", NAMED, json={"displayName": "Automation"}).status_code == 404
    application = created(client)
    again = client.graph("PATCH", NAMED, json={"displayName": "Other"}, headers=MISSING)
    assert (again.status_code, again.content) == (204, b"")
    assert client.get(NAMED)["displayName"] == "Other"
    assert client.get(f"/applications(appId='{application['appId']}')")["id"] == application["id"]


def test_a_service_principal_needs_its_application_and_there_is_one(client_of: MakeClient) -> None:
    client = client_of(TENANT, ALL)
    body = {"appId": "0f5a8d0b-7f4c-4a8e-9d3c-2f6f0a1b4c5d"}
    assert client.graph("POST", "/servicePrincipals", json=body).json()["error"]["code"] == "NoBackingApplicationObject"
    body = {"appId": created(client)["appId"]}
    assert client.graph("POST", "/servicePrincipals", json=body).status_code == 201
    assert client.graph("POST", "/servicePrincipals", json=body).status_code == 409


def test_permissions_are_granted_once_and_are_in_new_tokens_only(client_of: MakeClient) -> None:
    client = client_of(TENANT, ALL)
    application = created(client)
    principal = client.graph("POST", "/servicePrincipals", json={"appId": application["appId"]}).json()
    api = principal_of(client, EXCHANGE)
    path = f"/servicePrincipals/{principal['id']}/appRoleAssignments"
    body = {
        "principalId": principal["id"],
        "resourceId": api["id"],
        "appRoleId": role_of(api, "Exchange.ManageAsApp"),
    }
    assert body["appRoleId"] == "dc50a0fb-09a3-484d-be87-e023b12c6440"
    first = client.graph("POST", path, json=body)
    assert first.status_code == 201 and client.graph("POST", path, json=body).status_code == 400
    unknown = {**body, "appRoleId": principal["id"]}
    assert "was not found on application" in client.graph("POST", path, json=unknown).text
    assert client.graph("DELETE", f"{path}/{first.json()['id']}").status_code == 204
    assert client.values(path) == []


def test_who_may(client_of: MakeClient) -> None:
    application = created(client_of(TENANT, ALL))
    reader = client_of(TENANT, {"Application.Read.All"})
    assert reader.get(f"/applications/{application['id']}")["displayName"] == "Automation"
    for method, path in (("PATCH", f"/applications/{application['id']}"), ("POST", "/applications")):
        assert reader.graph(method, path, json={"displayName": "x"}).status_code == 403
    owner = client_of(TENANT, {"Application.ReadWrite.OwnedBy"})
    assert owner.graph("PATCH", NAMED, json={"displayName": "Mine"}).status_code == 204
    other = client_of(TENANT, {"Application.ReadWrite.OwnedBy"}, "restricted")
    assert other.graph("PATCH", NAMED, json={"displayName": "Theirs"}).status_code == 403


def test_a_person_also_needs_a_role(client_of: MakeClient, simulator: Any) -> None:
    automation = client_of(TENANT, ALL)
    application = created(automation)
    principal = automation.graph("POST", "/servicePrincipals", json={"appId": application["appId"]}).json()
    for role, of_graph, of_exchange in (
        (None, 403, 403),
        ("158c047a-c907-4556-b7ef-446551a6b5f7", 403, 201),
        ("e8611ab8-c189-46e8-94e1-60213ab1f814", 201, 201),
    ):
        person = client_of(TENANT, ALL, "person")
        for one in list(simulator._environment.tenant(TENANT).store("roleAssignments")):
            if one["principalId"] == simulator.facts(TENANT, "person")["object_id"]:
                simulator._environment.tenant(TENANT).store("roleAssignments").remove(one["id"])
        if role:
            given = {
                "id": role,
                "principalId": simulator.facts(TENANT, "person")["object_id"],
                "roleDefinitionId": role,
            }
            simulator._environment.tenant(TENANT).store("roleAssignments").add(role, {**given, "directoryScopeId": "/"})
        for api_id, name, status in ((GRAPH, "User.Read.All", of_graph), (EXCHANGE, "full_access_as_app", of_exchange)):
            api = principal_of(automation, api_id)
            path = f"/servicePrincipals/{principal['id']}/appRoleAssignments"
            body = {"principalId": principal["id"], "resourceId": api["id"], "appRoleId": role_of(api, name)}
            answer = person.graph("POST", path, json=body)
            assert answer.status_code == status, (role, name, answer.text)
            if status == 201:
                assert automation.graph("DELETE", f"{path}/{answer.json()['id']}").status_code == 204


def test_certificates_are_returned_only_when_selected_and_secrets_once(client_of: MakeClient, simulator: Any) -> None:
    client = client_of(TENANT, ALL)
    application = created(client)
    path = f"/applications/{application['id']}"
    made = client.graph("POST", f"{path}/addPassword", json={"passwordCredential": {"displayName": "one"}}).json()
    assert made["secretText"] and client.get(path)["passwordCredentials"][0]["secretText"] is None
    assert client.graph("PATCH", path, json={"passwordCredentials": [{"displayName": "two"}]}).status_code == 400
    bad = [{"type": "AsymmetricX509Cert", "usage": "Verify", "key": "AAAA"}]
    assert client.graph("PATCH", path, json={"keyCredentials": bad}).status_code == 400
    assert client.graph("POST", f"{path}/removePassword", json={"keyId": made["keyId"]}).status_code == 204
    assert client.get(path)["passwordCredentials"] == []


def test_federated_credentials_are_unique(client_of: MakeClient) -> None:
    client = client_of(TENANT, ALL)
    path = f"/applications/{created(client)['id']}/federatedIdentityCredentials"
    body = {"name": "one", "issuer": "https://i.example", "subject": "s", "audiences": ["api://AzureADTokenExchange"]}
    first = client.graph("POST", path, json=body)
    assert first.status_code == 201
    assert client.graph("POST", path, json={**body, "subject": "other"}).status_code == 409  # the name
    assert client.graph("POST", path, json={**body, "name": "two"}).status_code == 409  # issuer and subject
    assert client.graph("PATCH", f"{path}/{first.json()['id']}", json={"name": "three"}).status_code == 400
    assert client.graph("PATCH", f"{path}/{first.json()['id']}", json={"subject": "new"}).status_code == 204
    assert client.get(f"{path}/one")["subject"] == "new"


def test_what_is_deleted_can_be_restored(client_of: MakeClient) -> None:
    client = client_of(TENANT, ALL)
    application = created(client)
    client.graph("POST", "/servicePrincipals", json={"appId": application["appId"]})
    assert client.graph("DELETE", f"/applications/{application['id']}").status_code == 204
    assert client.values(f"/servicePrincipals?$filter=appId eq '{application['appId']}'") == []
    (deleted,) = client.values("/directory/deletedItems/microsoft.graph.application")
    assert deleted["id"] == application["id"] and deleted["deletedDateTime"]
    restored = client.graph("POST", f"/directory/deletedItems/{application['id']}/restore")
    assert restored.status_code == 200 and restored.json()["deletedDateTime"] is None
    assert client.get(NAMED)["id"] == application["id"]
