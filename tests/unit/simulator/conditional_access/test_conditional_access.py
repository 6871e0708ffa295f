# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditional Access: how policies are written and shown, named locations, and What If."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from ..conftest import Client, Json, MakeClient

ROOT = "/identity/conditionalAccess"
POLICIES = f"{ROOT}/policies"
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
POLICY: Json = {
    "displayName": "Own",
    "state": "enabledForReportingButNotEnforced",
    "conditions": {
        "clientAppTypes": ["all"],
        "applications": {"includeApplications": [EXCHANGE]},
        "users": {"includeUsers": ["All"]},
    },
    "grantControls": {"operator": "OR", "builtInControls": ["compliantDevice"]},
}


@pytest.fixture
def covered(client_of: MakeClient) -> Client:
    return client_of("retired_covered")


@pytest.fixture
def holed(client_of: MakeClient) -> Client:
    return client_of("retired_with_holes")


def create(client: Client, **changes: Any) -> Json:
    answer = client.graph("POST", POLICIES, json=POLICY | changes)
    assert answer.status_code == 201, answer.text
    created: Json = answer.json()
    return created


def refusal(client: Client, **changes: Any) -> tuple[str, str]:
    answer = client.graph("POST", POLICIES, json=POLICY | changes)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    return error["code"], error["message"]


def user_id(client: Client, name: str) -> str:
    return str(client.get(f"/users/{name}@{client.facts['domain']}")["id"])


def what_if(client: Client, user: str, apps: tuple[str, ...] = (EXCHANGE,), **conditions: Any) -> dict[str, str]:
    """The result for each policy: applied, or the reason why not."""
    body = {
        "signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", "userId": user_id(client, user)},
        "signInContext": {"@odata.type": "#microsoft.graph.applicationContext", "includeApplications": list(apps)},
        "signInConditions": conditions,
    }
    answer = client.graph("POST", f"{ROOT}/evaluate", json=body)
    assert answer.status_code == 200, answer.text
    results = answer.json()["value"]
    assert all(result["policyApplies"] == (result["analysisReasons"] == "notSet") for result in results)
    return {
        result["displayName"]: "applied" if result["policyApplies"] else result["analysisReasons"] for result in results
    }


def test_a_policy_comes_back_whole(covered: Client) -> None:
    created = create(covered)
    path = f"{POLICIES}/{created['id']}"
    assert created["modifiedDateTime"] is None and created["createdDateTime"]
    assert created["sessionControls"] is None and created["templateId"] is None
    assert created["conditions"]["platforms"] is None and created["conditions"]["userRiskLevels"] == []
    assert created["conditions"]["users"]["excludeGroups"] == []
    assert created["grantControls"]["termsOfUse"] == [] and created["grantControls"]["authenticationStrength"] is None
    read = covered.get(path)
    assert {name: read[name] for name in created if "@" not in name} == {
        name: value for name, value in created.items() if "@" not in name
    }
    assert covered.graph("DELETE", path).status_code == 204
    assert covered.graph("GET", path).status_code == 404


def test_a_change_is_laid_over_the_policy(covered: Client, simulator: Simulator) -> None:
    path = f"{POLICIES}/{create(covered)['id']}"
    someone = user_id(covered, "emergency")
    narrowed = {"conditions": {"platforms": {"includePlatforms": ["iOS"]}, "users": {"excludeUsers": [someone]}}}
    assert covered.graph("PATCH", path, json=narrowed).status_code == 204
    changed = covered.get(path)
    assert changed["conditions"]["platforms"] == {"includePlatforms": ["iOS"], "excludePlatforms": []}
    assert changed["conditions"]["users"]["includeUsers"] == ["All"]
    assert changed["conditions"]["users"]["excludeUsers"] == [someone]
    assert changed["modifiedDateTime"] > changed["createdDateTime"]
    assert covered.graph("PATCH", path, json={"conditions": {"platforms": None}, "id": "other"}).status_code == 204
    assert covered.get(path)["conditions"]["platforms"] is None
    assert covered.graph("PATCH", path, json={"state": POLICY["state"]}).status_code == 204
    assert simulator.requests()[-1]["effect"] is False


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"state": None}, "A null value"),
        ({"state": "sometimes"}, "'sometimes' was not found"),
        ({"grantControls": None}, "1007:"),
        ({"conditions": POLICY["conditions"] | {"users": None}}, "1007:"),
        ({"conditions": {"clientAppTypes": ["all"]}}, "1007:"),
        ({"conditions": POLICY["conditions"] | {"clientAppTypes": []}}, "1064:"),
        ({"conditions": POLICY["conditions"] | {"signInRiskLevels": ["high"]}}, "1039:"),
    ],
)
def test_what_the_service_insists_on(covered: Client, changes: Json, text: str) -> None:
    code, message = refusal(covered, **changes)
    assert (code, text in message) == ("BadRequest", True), message
    path = f"{POLICIES}/{create(covered)['id']}"
    if text != "1007:" or "grantControls" in changes:
        assert covered.graph("PATCH", path, json=changes).status_code == 400


ACTION = "urn:user:registersecurityinfo"


@pytest.mark.parametrize(
    ("conditions", "text"),
    [
        ({"applications": {"excludeApplications": [EXCHANGE]}}, "1011:"),
        ({"applications": {"includeApplications": []}}, "1011:"),
        ({"applications": {"includeApplications": ["All"], "includeUserActions": [ACTION]}}, "1012:"),
        ({"applications": {"includeUserActions": [ACTION]}}, ""),
        ({"applications": {"includeAuthenticationContextClassReferences": ["c1"]}}, ""),
        ({"users": {"excludeUsers": ["GuestsOrExternalUsers"]}}, "users to include"),
        ({"users": {"includeUsers": ["None"]}}, ""),
    ],
)
def test_a_policy_includes_somebody_and_something(covered: Client, conditions: Json, text: str) -> None:
    changes = {"conditions": POLICY["conditions"] | conditions}
    if text:
        assert text in refusal(covered, **changes)[1]
    else:
        create(covered, **changes)


@pytest.mark.parametrize(
    ("users", "text"),
    [
        ({"includeRoles": ["All"]}, "1102: 'users' condition contains invalid role ids: All."),
        ({"includeUsers": ["someone"]}, "invalid user ids: someone."),
        ({"includeUsers": ["adele.vance@{domain}"]}, "invalid user ids: adele.vance@"),
        ({"includeUsers": ["All"], "excludeUsers": ["All"]}, "invalid user ids: All."),
        ({"includeUsers": ["All"], "excludeUsers": ["{group}"]}, "invalid user ids: "),
        ({"includeUsers": ["All"], "excludeGroups": ["Everybody"]}, "invalid group ids: Everybody."),
        ({"includeGroups": ["0c5a3f0e-3c39-4f0b-8c0f-6d3c5f9f2b77"]}, "invalid group ids: 0c5a3f0e"),
    ],
)
def test_people_have_to_be_in_the_directory(covered: Client, users: Json, text: str) -> None:
    group = covered.values("/groups")[0]["id"]
    named = {
        kind: [one.format(domain=covered.facts["domain"], group=group) for one in names]
        for kind, names in users.items()
    }
    code, message = refusal(covered, conditions=POLICY["conditions"] | {"users": named})
    assert code == "BadRequest" and text in message
    path = f"{POLICIES}/{create(covered)['id']}"
    before = covered.get(path)
    assert covered.graph("PATCH", path, json={"conditions": {"users": named}}).status_code == 400
    assert covered.get(path) == before


def test_who_was_deleted_stays_in_the_policy(client_of: MakeClient) -> None:
    granted = {"Policy.Read.All", "Policy.ReadWrite.ConditionalAccess", "Application.Read.All", "User.ReadWrite.All"}
    client = client_of("retired_covered", granted)
    leaver = user_id(client, "alex.wilber")
    users = {"includeUsers": ["All"], "excludeUsers": [leaver]}
    path = f"{POLICIES}/{create(client, conditions=POLICY['conditions'] | {'users': users})['id']}"
    assert client.graph("DELETE", f"/users/{leaver}").status_code == 204
    assert client.get(path)["conditions"]["users"]["excludeUsers"] == [leaver]
    assert client.graph("PATCH", path, json={"conditions": {"users": users}}).status_code == 204
    anew = client.graph("POST", POLICIES, json=POLICY | {"conditions": POLICY["conditions"] | {"users": users}})
    assert anew.status_code == 400


def test_the_word_for_guests_becomes_an_object(covered: Client) -> None:
    word = {"includeUsers": ["GuestsOrExternalUsers"]}
    created = create(covered, conditions=POLICY["conditions"] | {"users": word})
    users = created["conditions"]["users"]
    assert users["includeUsers"] == []
    assert len(users["includeGuestsOrExternalUsers"]["guestOrExternalUserTypes"].split(",")) == 6
    both = covered.graph("PATCH", f"{POLICIES}/{created['id']}", json={"conditions": {"users": word}})
    assert both.status_code == 400 and "cannot be combined" in both.text


def test_a_session_control_is_a_control(covered: Client) -> None:
    restricted = {"applicationEnforcedRestrictions": {"isEnabled": True}}
    assert create(covered, grantControls=None, sessionControls=restricted)["grantControls"] is None


def test_security_defaults_stand_in_the_way_of_enabling(tmp_path: Any) -> None:
    own = tmp_path / "defaults.yml"
    own.write_text("extends: retired_covered\nconditional_access: {security_defaults: true, policies: []}\n")
    with Simulator(tenants=[own], rate_limits=False) as simulator:
        client = Client(simulator, "defaults")
        assert client.get("/policies/identitySecurityDefaultsEnforcementPolicy")["isEnabled"] is True
        assert "Security Defaults is enabled" in refusal(client, state="enabled")[1]
        path = f"{POLICIES}/{create(client)['id']}"
        assert client.graph("PATCH", path, json={"state": "enabled"}).status_code == 400
        assert client.get(path)["state"] == "enabledForReportingButNotEnforced"


def test_a_missing_permission_has_a_form_of_its_own(client_of: MakeClient) -> None:
    error = client_of("retired_covered", {"Policy.Read.All"}).graph("POST", POLICIES, json=POLICY).json()["error"]
    assert error["code"] == "AccessDenied" and "scopes are missing" in error["message"]


def test_members_past_the_sentinel_are_shown_on_request(covered: Client) -> None:
    grant = {"operator": "AND", "builtInControls": ["mfa", "riskRemediation"]}
    created = create(covered, grantControls=grant)
    assert created["grantControls"]["builtInControls"] == ["mfa", "unknownFutureValue"]
    headers = {"Prefer": "include-unknown-enum-members"}
    shown = covered.graph("GET", f"{POLICIES}/{created['id']}", headers=headers).json()
    assert shown["grantControls"]["builtInControls"] == ["mfa", "riskRemediation"]


def test_flags_come_as_a_list_in_one_text(covered: Client) -> None:
    guests = {"guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest"}
    users = {"includeUsers": ["All"], "excludeGuestsOrExternalUsers": guests}
    created = create(covered, conditions=POLICY["conditions"] | {"users": users})
    assert created["conditions"]["users"]["excludeGuestsOrExternalUsers"]["guestOrExternalUserTypes"] == (
        "internalGuest,b2bCollaborationGuest"
    )
    wrong = {
        "includeUsers": ["All"],
        "excludeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest,robot"},
    }
    assert "robot" in refusal(covered, conditions=POLICY["conditions"] | {"users": wrong})[1]


def test_named_locations_say_what_they_are(covered: Client) -> None:
    office, countries = covered.values(f"{ROOT}/namedLocations")
    assert (office["@odata.type"], office["isTrusted"]) == ("#microsoft.graph.ipNamedLocation", True)
    assert office["ipRanges"][0]["cidrAddress"] == "198.51.100.0/24"
    assert countries["countriesAndRegions"] == ["CH", "DE"]
    assert covered.get(f"{ROOT}/namedLocations/{office['id']}")["displayName"] == "Head office"


MODERN, LEGACY = "Require a compliant device or app protection", "Block legacy clients"


@pytest.mark.parametrize(
    ("user", "apps", "conditions", "modern", "legacy"),
    [
        ("adele.vance", (EXCHANGE,), {"clientAppType": "mobileAppsAndDesktopClients"}, "applied", "clientApps"),
        ("adele.vance", (EXCHANGE,), {"clientAppType": "exchangeActiveSync"}, "clientApps", "applied"),
        ("adele.vance", (EXCHANGE,), {"devicePlatform": "iOS"}, "notEnoughInformation", "notEnoughInformation"),
        ("emergency", (EXCHANGE,), {"clientAppType": "browser"}, "users", "users"),
        ("adele.vance", ("another-app",), {"clientAppType": "browser"}, "application", "clientApps"),
    ],
)
def test_what_if(covered: Client, user: str, apps: tuple[str, ...], conditions: Json, modern: str, legacy: str) -> None:
    assert what_if(covered, user, apps, **conditions) == {MODERN: modern, LEGACY: legacy}


def test_what_if_looks_at_every_condition(holed: Client) -> None:
    office: Json = {"clientAppType": "browser", "ipAddress": "198.51.100.7", "country": "CH"}
    abroad = office | {"ipAddress": "203.0.113.1", "devicePlatform": "android"}
    assert what_if(holed, "adele.vance", **office) == {
        "Approved apps only": "clientApps",
        "Require a compliant device (test)": "applied",
        "Compliant device or second factor": "location",
        "Block Exchange ActiveSync for the pilot": "clientApps",
        "Require a second factor (switched off)": "policyNotEnabled",
    }
    assert what_if(holed, "adele.vance", **abroad)["Compliant device or second factor"] == "applied"
    # The administrator is in none of the groups.
    assert what_if(holed, "administrator", **abroad)["Compliant device or second factor"] == "users"
    mobile: Json = {"clientAppType": "mobileAppsAndDesktopClients"}
    assert what_if(holed, "alex.wilber", **mobile, devicePlatform="android")["Approved apps only"] == "applied"
    assert what_if(holed, "alex.wilber", **mobile, devicePlatform="windows")["Approved apps only"] == "devicePlatform"
    no_place = what_if(holed, "alex.wilber", **mobile)
    assert no_place["Compliant device or second factor"] == "notEnoughInformation"


@pytest.mark.parametrize(
    ("rule", "device", "outcome"),
    [
        ('device.isCompliant -eq "True"', {"isCompliant": True}, "devices"),
        ('device.isCompliant -eq "True"', {"isCompliant": False}, "applied"),
        ('device.trustType -ne "ServerAD"', {"trustType": "ServerAD"}, "applied"),
        ('device.isCompliant -eq "True"', None, "notEnoughInformation"),
        ('device.model -startsWith "x"', {"model": "xy"}, "notEnoughInformation"),
    ],
)
def test_what_if_and_filters_for_devices(covered: Client, rule: str, device: Json | None, outcome: str) -> None:
    devices = {"deviceFilter": {"mode": "exclude", "rule": rule}}
    create(covered, conditions=POLICY["conditions"] | {"devices": devices})
    assert what_if(covered, "adele.vance", clientAppType="browser", deviceInfo=device)["Own"] == outcome


def test_what_if_knows_roles_guests_and_nested_groups(covered: Client) -> None:
    role = "62e90394-69f5-4237-9190-012177145e10"
    everybody = next(group["id"] for group in covered.values("/groups") if group["displayName"] == "Everybody")
    for name, users in (
        ("Roles", {"includeRoles": [role]}),
        ("Nested", {"includeGroups": [everybody]}),
        ("Guests", {"includeUsers": ["GuestsOrExternalUsers"]}),
    ):
        create(covered, displayName=name, conditions=POLICY["conditions"] | {"users": users})
    found = {user: what_if(covered, user, clientAppType="browser") for user in ("administrator", "adele.vance")}
    assert [found["administrator"][name] for name in ("Roles", "Nested", "Guests")] == ["applied", "applied", "users"]
    assert [found["adele.vance"][name] for name in ("Roles", "Nested", "Guests")] == ["users", "applied", "users"]


def test_what_if_can_leave_out_what_does_not_apply(covered: Client) -> None:
    body: Json = {
        "signInIdentity": {
            "@odata.type": "#microsoft.graph.userSignIn",
            "userId": user_id(covered, "adele.vance"),
        },
        "signInContext": {"@odata.type": "#microsoft.graph.applicationContext", "includeApplications": [EXCHANGE]},
        "signInConditions": {"clientAppType": "other"},
        "appliedPoliciesOnly": True,
    }
    (applied,) = covered.graph("POST", f"{ROOT}/evaluate", json=body).json()["value"]
    assert (applied["displayName"], applied["policyApplies"]) == (LEGACY, True)
    for name in ("signInIdentity", "signInContext", "signInConditions"):
        poorer = {key: value for key, value in body.items() if key != name}
        answer = covered.graph("POST", f"{ROOT}/evaluate", json=poorer)
        assert answer.status_code == 400 and name in answer.text
    wrong = body | {"signInConditions": {"clientAppType": "telegraph"}}
    assert "telegraph" in covered.graph("POST", f"{ROOT}/evaluate", json=wrong).text


@pytest.mark.parametrize(("way", "read"), [("refused", 403), ("empty", 200)])
def test_without_its_licence(tmp_path: Path, way: str, read: int) -> None:
    file = tmp_path / "unlicensed.yml"
    access = {"licensed": False, "unlicensed_as": way, "policies": [], "named_locations": []}
    file.write_text(yaml.safe_dump({"extends": "retired_covered", "conditional_access": access}))
    permissions = {"Application.Read.All", "Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"}
    with Simulator([file], rate_limits=False) as simulator:
        client = Client(simulator, "unlicensed", permissions)
        for path in (POLICIES, f"{ROOT}/namedLocations"):
            assert client.graph("GET", path).status_code == read
        refused = client.graph("POST", POLICIES, json=POLICY)
        error = refused.json()["error"]
        assert (refused.status_code, error["code"]) == (403, "AccessDenied")
        assert error["message"].startswith("Your tenant is not licensed for this feature.")
        assert client.graph("POST", f"{ROOT}/evaluate", json={}).status_code in (400, 403)


@pytest.mark.parametrize(("place", "status"), [("v1.0", 200), ("beta", 400)])
def test_where_what_if_is_taken(tmp_path: Path, place: str, status: int) -> None:
    file = tmp_path / "what_if.yml"
    file.write_text(yaml.safe_dump({"extends": "retired_covered", "conditional_access": {"what_if_in": place}}))
    with Simulator([file], rate_limits=False) as simulator:
        client = Client(simulator, "what_if", {"Policy.Read.All", "User.Read.All"})
        identity = {"@odata.type": "#microsoft.graph.userSignIn", "userId": user_id(client, "adele.vance")}
        context = {"@odata.type": "#microsoft.graph.applicationContext", "includeApplications": [EXCHANGE]}
        body = {"signInIdentity": identity, "signInContext": context, "signInConditions": {"clientAppType": "browser"}}
        assert client.graph("POST", f"{ROOT}/evaluate", json=body).status_code == status
        beta = client.send("POST", f"{client.urls['graph_url']}/beta{ROOT}/evaluate", json=body)
        assert beta.status_code == 200, beta.text
