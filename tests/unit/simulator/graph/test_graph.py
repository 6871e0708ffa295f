# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Graph: the contract's operations work, others are refused, and every response conforms to it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from simulator import Simulator
from simulator.odata.contract import Contract, Operation

from ..conftest import CONNECTORS, Client, Json, MakeClient, collection_of

CONTRACT = Contract()
# Read by people alone, answered with a bare number, or only with Entra ID P2, which no shipped tenant has:
# directory/test_navigation.py has the first two, test_graph_contract.py the last.
_APART = {
    "me.user.GetUser",
    "roleManagement.directory.ListRoleEligibilityScheduleInstances",
    "identityGovernance.privilegedAccess.group.ListEligibilityScheduleInstances",
}
READS = [one for one in CONTRACT.operations() if one.method == "GET" and one.id not in _APART]


def everything() -> set[str]:
    """Every permission that any operation requires."""
    return set(re.findall(r'"(\w+\.[\w.]+)"', json.dumps([one.permissions for one in CONTRACT.operations()])))


def check(contract: Json, operation: Operation, body: Any) -> None:
    """Validate the response against the schema, with a third-party validator."""
    schema = contract["paths"][operation.template][operation.method.lower()]["responses"]["2XX"]
    if "$ref" in schema:
        schema = contract["components"]["responses"][schema["$ref"].rpartition("/")[2]]
    wanted = schema["content"]["application/json"]["schema"] | {"components": contract["components"]}
    if "$ref" in wanted:
        wanted = {"allOf": [{"$ref": wanted["$ref"]}], "components": contract["components"]}
    OAS30Validator(wanted).validate(body)


GRANTING = ("servicePrincipals.CreateAppRoleAssignments", "servicePrincipals.DeleteAppRoleAssignments")


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.id)
def test_every_read_answers_by_its_schema(client_of: MakeClient, graph_contract: Json, operation: Operation) -> None:
    client = client_of(tenant_for(operation), everything())
    keys = {
        "period": "D7",
        "user-id": client.facts["account"],
        "organization-id": client.facts["tenant_id"],
        "tenantId": client.facts["tenant_id"],
        "domainName": client.facts["domain"],
        "appId": client.facts["client_id"],
    }
    path = operation.template
    for name in re.findall(r"\{([^}]*)\}", operation.template):
        if name == "uniqueName":  # of no application in the description
            assert client.graph("GET", path).status_code == 404
            return
        if name not in keys:
            found = client.values(collection_of(path))
            if not found:
                path = path.replace(f"{{{name}}}", "missing")
                answer = client.graph("GET", path)
                assert answer.status_code == 404
                check_error(graph_contract, answer.json())
                return
            keys[name] = found[0]["id"]
        path = path.replace(f"{{{name}}}", keys[name])
    # Only clients that accept eventual consistency get a number.
    answer = client.graph("GET", path, headers={"ConsistencyLevel": "eventual"} if path.endswith("/$count") else {})
    assert answer.status_code == operation.success, answer.text
    if operation.answer is not None:
        check(graph_contract, operation, answer.json())


def tenant_for(operation: Operation) -> str:
    """A tenant with suitable data."""
    areas = ("auditLogs", "deviceAppManagement", "groups", "identity", "policies", "reports")
    devices = ("/deviceManagement/managedDevice", "/deviceManagement/deviceCompliance")
    mobile = operation.template.split("/")[1] in areas or operation.template.startswith(devices)
    return "retired_with_holes" if mobile else "connected"


def check_error(contract: Json, body: Any) -> None:
    wanted = {"allOf": [{"$ref": "#/components/schemas/microsoft.graph.ODataErrors.ODataError"}]}
    OAS30Validator(wanted | {"components": contract["components"]}).validate(body)


@pytest.mark.parametrize("operation", CONTRACT.operations(), ids=lambda operation: f"{operation.method} {operation.id}")
def test_every_operation_needs_its_permission(
    client_of: MakeClient, graph_contract: Json, operation: Operation
) -> None:
    """Each documented permission alone is enough (a combination together); none, or others, are not."""
    if not operation.permissions:
        return
    path = re.sub(r"\{[^}]*\}", "anything", operation.template)
    listed = operation.permissions["application"]
    wanted = set(listed.get("combination") or listed["least"] + listed["other"])
    # An application that grants permissions must also read the application: the page of appRoleAssignments.
    read = {"Application.Read.All"} if operation.id in GRANTING else set()
    for granted in [set(), everything() - wanted]:
        answer = client_of(tenant_for(operation), granted).graph(operation.method, path, json={})
        assert answer.status_code == 403, answer.text
        check_error(graph_contract, answer.json())
    for granted in [wanted] if "combination" in listed else [{name} for name in listed["least"]]:
        answer = client_of(tenant_for(operation), granted | read).graph(operation.method, path, json={})
        assert answer.status_code != 403, answer.text


def test_the_two_forms_of_forbidden(client_of: MakeClient) -> None:
    client = client_of("missing_permission")
    error = client.graph("POST", CONNECTORS, json={}).json()["error"]
    inner = json.loads(error["message"])
    assert (error["code"], inner["_version"]) == ("Forbidden", 3)
    assert "DeviceManagementServiceConfig.ReadWrite.All" in inner["Message"]
    error = client.graph("GET", "/domains").json()["error"]
    assert error["code"] == "Authorization_RequestDenied"


def test_ids_in_headers_and_errors(client: Client) -> None:
    answer = client.graph("GET", "/nowhere", headers={"client-request-id": "mine"})
    inner = answer.json()["error"]["innerError"]
    assert answer.headers["client-request-id"] == inner["client-request-id"] == "mine"
    assert answer.headers["request-id"] == inner["request-id"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", inner["date"])


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/nowhere", 400, "Resource not found for the segment 'nowhere'."),
        ("PUT", CONNECTORS, 405, "method is not allowed"),
        ("GET", f"{CONNECTORS}?$unknown=1", 400, "$unknown"),
        ("GET", f"{CONNECTORS}?api-version=1", 400, "api-version"),
        ("GET", "/users?$skip=1", 400, "$skip"),
        ("GET", "/users?$top=many", 400, "$top"),
        ("GET", "/users?$select=nothing", 400, "nothing"),
        ("GET", "/users?$expand=manager", 400, "manager"),
        ("GET", "/users?$search=x", 400, "$search"),
        ("GET", f"{CONNECTORS}?$search=x", 400, "$search"),
        ("GET", "/users?$orderby=nothing", 400, "nothing"),
        ("GET", "/users?$filter=nothing eq 'x'", 400, "nothing"),
        ("GET", "/users?$filter=displayName eq", 400, "ends too early"),
        ("GET", "/users?$filter=displayName like2 'x'", 400, "like2"),
        ("GET", "/users?$filter=displayName eq 'x' nonsense", 400, "nonsense"),
        ("GET", "/users?$filter=%5E", 400, "position 0"),
        ("GET", "/users?$skiptoken=bogus", 400, "skip token"),
        ("GET", "/users/nobody@contoso.example", 404, "does not exist"),
        ("GET", f"{CONNECTORS}/00000000-0000-0000-0000-000000000000", 404, "not found for the key"),
    ],
)
def test_refusals(client: Client, method: str, path: str, status: int, text: str) -> None:
    answer = client.graph(method, path)
    assert (answer.status_code, text in answer.json()["error"]["message"]) == (status, True), answer.text


def test_only_these_versions(client: Client) -> None:
    answer = client.send("GET", f"{client.urls['graph_url']}/alpha/organization")
    assert "Invalid version." in answer.text
    for version in ("beta", "V1.0"):
        answer = client.send("GET", f"{client.urls['graph_url']}/{version}/organization")
        assert answer.json()["value"][0]["id"] == client.facts["tenant_id"]


@pytest.mark.parametrize(
    "path",
    [
        "/Users?$Select=ID,displayname&$Filter=DisplayName eq 'Adele Vance'",
        "/users/?$select=id,displayName&$filter=startsWith(displayname,'adele')",
        "/USERS?$select=id,displayName&$filter=displayName EQ 'Adele Vance'",
    ],
)
def test_case_and_a_slash_at_the_end_say_nothing(client: Client, path: str) -> None:
    (found,) = client.values(path)
    assert set(found) == {"id", "displayName"} and found["displayName"] == "Adele Vance"
    assert client.get(f"/Users('{found['id']}')/?$select=ID")["id"] == found["id"]


def test_names_in_bodies_are_compared_without_case(client: Client) -> None:
    body = {"ExchangeConnectorType": "serviceToService", "primarysmtpaddress": client.facts["account"]}
    answer = client.graph("POST", f"{CONNECTORS.lower()}/", json=body)
    assert answer.status_code == 201
    assert answer.json()["primarySmtpAddress"] == client.facts["account"]


def test_advanced_queries_of_the_directory(client: Client) -> None:
    eventual = {"ConsistencyLevel": "eventual"}
    for text in ("endsWith(mail,'vance@contoso.example')", "displayName ne 'Adele Vance'", "not(mail eq 'x')"):
        refused = client.graph("GET", f"/users?$filter={text}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "Request_UnsupportedQuery")
        assert client.graph("GET", f"/users?$filter={text}", headers=eventual).status_code == 400
        answer = client.graph("GET", f"/users?$filter={text}&$count=true", headers=eventual)
        assert answer.json()["@odata.count"] == len(answer.json()["value"]) > 0


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"exchangeConnectorType": "serviceToService", "colour": "red"}, "'colour' does not exist"),
        ({"exchangeConnectorType": "carrierPigeon"}, "'carrierPigeon' was not found"),
        ({"primarySmtpAddress": 5}, "Cannot convert the literal '5'"),
        ({"exchangeConnectorType": None}, "A null value was found"),
        ({"lastSyncDateTime": "yesterday"}, "Cannot convert the literal 'yesterday'"),
        ([], "Cannot convert the literal"),
    ],
)
def test_bodies_are_held_against_the_schema(client: Client, body: Any, text: str) -> None:
    answer = client.graph("POST", CONNECTORS, json=body)
    assert answer.status_code == 400
    assert text in json.loads(answer.json()["error"]["message"])["Message"]


@pytest.mark.parametrize(("data", "kind"), [(b"", "json"), (b"{", "json"), (b"{}", "text")])
def test_unreadable_bodies(client: Client, data: bytes, kind: str) -> None:
    answer = client.graph("POST", CONNECTORS, data=data, headers={"Content-Type": f"application/{kind}"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


def test_users_come_with_little_unless_more_is_selected(client: Client) -> None:
    account = client.facts["account"]
    assert "accountEnabled" not in client.get(f"/users/{account}")
    assert client.get(f"/users('{account}')")["userPrincipalName"] == account
    user = client.get(f"/users/{account}?$select=id,accountEnabled,usageLocation,licenseAssignmentStates")
    assert set(user) == {"@odata.context", "id", "accountEnabled", "usageLocation", "licenseAssignmentStates"}
    assert user["licenseAssignmentStates"][0]["assignedByGroup"] is None


def test_the_mdm_authority_comes_only_when_selected(client: Client) -> None:
    path = f"/organization/{client.facts['tenant_id']}"
    authority = "mobileDeviceManagementAuthority"
    assert client.get(f"{path}?$select={authority}")[authority] == "intune"
    for query in ("", f"?$select=id,{authority}"):
        assert authority not in client.get(path + query)
    for query in ("", f"?$select={authority}"):
        assert authority not in client.values(f"/organization{query}")[0]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("startswith(displayName,'A')", ["Adele Vance", "Alex Wilber"]),
        ("displayName eq 'adele vance'", ["Adele Vance"]),
        ("userPrincipalName in ('adele.vance@contoso.example', 'nobody')", ["Adele Vance"]),
        (
            "accountEnabled eq true and not (startswith(displayName,'A') or displayName eq 'Tenant Administrator')",
            ["Intune Exchange connector"],
        ),
        ("endswith(displayName,'Vance')", ["Adele Vance"]),
        (
            "assignedPlans/any(p:p/servicePlanId eq c1ec4a95-1f05-45b3-a911-aa3fa01094f5)",
            ["Intune Exchange connector", "Tenant Administrator"],
        ),
        ("displayName ne 'x' and accountEnabled eq false", []),
        ("mail ge 'svc'", ["Intune Exchange connector"]),
        ("createdDateTime le 1999-01-01T00:00:00Z", []),
    ],
)
def test_filters(client: Client, text: str, names: list[str]) -> None:
    answer = client.graph("GET", f"/users?$count=true&$filter={text}", headers={"ConsistencyLevel": "eventual"})
    assert [user["displayName"] for user in answer.json()["value"]] == names


def test_order_and_count(client: Client) -> None:
    names = [user["displayName"] for user in client.values("/users?$orderby=displayName desc&$top=2")]
    assert names == ["Tenant Administrator", "Intune Exchange connector"]
    assert "@odata.count" not in client.get("/users?$count=true")
    counted = client.graph("GET", "/users?$count=true", headers={"ConsistencyLevel": "eventual"}).json()
    assert counted["@odata.count"] == 4


SEARCHES = [
    ('"displayName:ADELE"', ["Adele Vance"]),
    ('"displayName:exchange conn"', ["Intune Exchange connector"]),
    ('"displayName:ance"', []),
    ('"mail:alex"', ["Alex Wilber"]),
    ('"mail:wilber"', []),
    ('"displayName:adele" OR "displayName:alex"', ["Adele Vance", "Alex Wilber"]),
    ('"displayName:adele" AND "mail:alex"', []),
    ('("displayName:adele" OR "mail:alex") AND "displayName:wilber"', ["Alex Wilber"]),
]


@pytest.mark.parametrize(("text", "names"), SEARCHES)
def test_searches(client: Client, text: str, names: list[str]) -> None:
    """https://learn.microsoft.com/graph/search-query-parameter"""
    eventual = {"ConsistencyLevel": "eventual"}
    path = f"/users?$search={text}&$count=true&$orderby=displayName"
    answer = client.graph("GET", path, headers=eventual).json()
    assert [user["displayName"] for user in answer["value"]] == names and answer["@odata.count"] == len(names)
    refused = client.graph("GET", f"/users?$search={text}").json()["error"]
    assert refused["code"] == "Request_UnsupportedQuery" and "ConsistencyLevel: eventual" in refused["message"]


@pytest.mark.parametrize(
    "text", ["adele", '"adele"', '"displayName:"', '"nothing:x"', '("displayName:a"', '"mail:a" or', ""]
)
def test_searches_that_are_none(client: Client, text: str) -> None:
    answer = client.graph("GET", f"/users?$search={text}", headers={"ConsistencyLevel": "eventual"})
    assert answer.status_code == 400, answer.text


def test_paging(client: Client, simulator: Simulator) -> None:
    seen: list[str] = []
    url = f"{client.urls['graph_url']}/v1.0/users?$top=2&$select=displayName&$filter=accountEnabled eq true"
    pages = 0
    while url:
        page = client.send("GET", url).json()
        seen += [user["displayName"] for user in page["value"]]
        assert all(set(user) == {"displayName"} for user in page["value"])
        url, pages = page.get("@odata.nextLink", ""), pages + 1
    assert (len(set(seen)), pages) == (4, 2)
    page = client.get("/users?$top=2")
    stolen = page["@odata.nextLink"].partition("?")[2]
    assert client.graph("GET", f"/subscribedSkus?{stolen}").status_code == 400


def test_page_size_of_the_server() -> None:
    with Simulator(page_size=1) as small:
        client = Client(small)
        page = client.get("/subscribedSkus")
        assert len(page["value"]) == 1
        assert len(client.send("GET", page["@odata.nextLink"]).json()["value"]) == 1


def test_roles_and_their_expansion(client: Client) -> None:
    user = client.get(f"/users/{client.facts['account']}")["id"]
    path = "/roleManagement/directory/roleAssignments"
    (held,) = client.values(f"{path}?$filter=principalId eq '{user}'&$expand=roleDefinition")
    assert held["roleDefinition"]["displayName"] == "Intune Administrator"
    (held,) = client.values(f"{path}?$filter=principalId eq '{user}'&$expand=principal")
    assert held["principal"]["@odata.type"] == "#microsoft.graph.user"


def test_users_licences_and_roles_can_be_written(simulator: Simulator, client_of: MakeClient) -> None:
    client = client_of("ready", everything())
    body = {
        "accountEnabled": True,
        "displayName": "New",
        "mailNickname": "new",
        "userPrincipalName": "new@contoso.example",
        "passwordProfile": {"password": "Simulated-password-of-a-new-user"},
        "usageLocation": "CH",
    }
    assert "required" in client.graph("POST", "/users", json={"displayName": "New"}).text
    assert "domain" in client.graph("POST", "/users", json=body | {"userPrincipalName": "new@else.example"}).text
    assert "read-only" in client.graph("POST", "/users", json=body | {"proxyAddresses": []}).text
    created = client.graph("POST", "/users", json=body)
    assert created.status_code == 201 and "simulated-password" not in created.text
    assert "already exists" in client.graph("POST", "/users", json=body).text
    path = f"/users/{created.json()['id']}"
    assert client.graph("PATCH", path, json={"displayName": "Newer"}).status_code == 204
    sku = "6fd2c87f-b296-42f0-b197-1e91e994b900"
    licence = {"addLicenses": [{"skuId": sku, "disabledPlans": []}], "removeLicenses": []}
    assert client.graph("POST", f"{path}/assignLicense", json={"addLicenses": []}).status_code == 400
    assert client.graph("POST", f"{path}/assignLicense", json=licence).status_code == 200
    simulator.advance(300)
    assert client.get(f"{path}?$select=mail,displayName")["mail"] == "new@contoso.example"
    (details,) = client.values(f"{path}/licenseDetails")
    assert details["skuPartNumber"] == "ENTERPRISEPACK"
    used = {one["skuId"]: one["consumedUnits"] for one in client.values("/subscribedSkus")}
    assert used[sku] == 5
    back = {"addLicenses": [], "removeLicenses": [sku]}
    assert client.graph("POST", f"{path}/assignLicense", json=back).status_code == 200
    assert "corresponding" in client.graph("POST", f"{path}/assignLicense", json=back).text
    role = {
        "principalId": created.json()["id"],
        "roleDefinitionId": "3a2c62db-5318-420d-8d74-23affee5d9d5",
        "directoryScopeId": "/",
    }
    roles = "/roleManagement/directory/roleAssignments"
    assert client.graph("POST", roles, json=role | {"directoryScopeId": None}).status_code == 400
    assert client.graph("POST", roles, json=role | {"roleDefinitionId": "none"}).status_code == 404
    given = client.graph("POST", roles, json=role)
    assert given.status_code == 201
    assert "conflicting" in client.graph("POST", roles, json=role).text
    assert client.graph("DELETE", path).status_code == 403  # an administrator is protected
    assert client.graph("DELETE", f"{roles}/{given.json()['id']}").status_code == 204
    assert client.values(f"{roles}?$filter=principalId eq '{role['principalId']}'") == []
    assert client.graph("DELETE", path).status_code == 204


def test_rate_limits() -> None:
    with Simulator() as limited:
        client = Client(limited, granted=everything())
        body = {
            "displayName": "Require compliant device",
            "state": "enabledForReportingButNotEnforced",
            "conditions": {
                "clientAppTypes": ["all"],
                "applications": {"includeApplications": ["All"]},
                "users": {"includeUsers": ["All"]},
            },
            "grantControls": {"operator": "OR", "builtInControls": ["compliantDevice"]},
        }
        answers = [client.graph("POST", "/identity/conditionalAccess/policies", json=body) for _unused in range(2)]
        assert [answer.status_code for answer in answers] == [201, 429]
        assert "Retry-After" not in answers[1].headers
        path = f"{CONNECTORS}/{client.create_connector()['id']}"
        answers = [client.graph("PATCH", path, json={"serverName": None}) for _unused in range(100)]
        assert [answer.status_code for answer in answers] == [200] * 99 + [429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 20
        client.graph("PATCH", path, json={})
        assert limited.requests()[-1]["too_early"] is True


def test_the_mdm_authority_is_set_one_way(client: Client, client_of: MakeClient) -> None:
    unset = client_of("mdm_authority_unset")
    path = f"/organization/{unset.facts['tenant_id']}"
    answer = unset.graph("POST", f"{path}/setMobileDeviceManagementAuthority")
    assert (answer.status_code, answer.json()["value"]) == (200, 2)
    assert unset.get(f"{path}?$select=mobileDeviceManagementAuthority")["mobileDeviceManagementAuthority"] == "intune"


def test_what_has_no_rules_of_its_own_is_written_too(client_of: MakeClient) -> None:
    client = client_of("ready", everything())
    path = "/deviceManagement/conditionalAccessSettings"
    assert client.graph("PATCH", path, json={"enabled": True}).json()["enabled"] is True
    assert client.get(path)["enabled"] is True


def test_tenants_know_each_other_by_id_and_domain(client_of: MakeClient) -> None:
    client, other = client_of("ready", everything()), client_of("connected")
    found = client.get(f"/tenantRelationships/findTenantInformationByDomainName(domainName='{other.facts['domain']}')")
    assert found["tenantId"] == other.facts["tenant_id"]
    path = "/tenantRelationships/findTenantInformationByTenantId(tenantId='none')"
    assert client.graph("GET", path).status_code == 404
