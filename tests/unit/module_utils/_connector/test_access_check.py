# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`access_check_info` on each shipped tenant: everything works, except for what the description removes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.modules import (
    access_check_info,
    exchange_cmdlet,
    service_principal,
)
from simulator import Simulator

from ..conftest import TENANTS, hold

Run = Callable[..., dict[str, Any]]
IDS = [
    "organization",
    "intune_connectors",
    "mdm_authority",
    "conditional_access",
    "exchange_objects",
    "exchange_no_objects",
    "exchange_pages",
]
EXCHANGE = dict.fromkeys(IDS[4:], "missing")
# No application of these descriptions may read Conditional Access, except where the connector is retired.
USUAL = {"conditional_access": "missing"}
MAY_READ_POLICIES = {"deadlines", "retired_covered", "retired_with_holes"}
UNUSUAL: dict[str, dict[str, str]] = {
    "connector_not_offered": {"intune_connectors": "not_offered"},
    "first_contact": dict.fromkeys(IDS[1:3], "missing"),
    "missing_permission": EXCHANGE,
    "no_exchange": EXCHANGE,
    "no_intune_licence": {"intune_connectors": "missing"},
    "partner": {**dict.fromkeys(IDS[:4], "missing"), **EXCHANGE},
    "deadlines": {"intune_connectors": "not_offered"},
    "retired_covered": {"intune_connectors": "not_offered"},
    "retired_with_holes": {"intune_connectors": "not_offered"},
}
TOKENS = ("graph_token", "exchange_token")
READING = {"DeviceManagementServiceConfig.Read.All", "Organization.Read.All", "Policy.Read.All"}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """Separate: without the rate limits that pages of one object reach."""
    with Simulator(tenants=TENANTS, rate_limits=False) as simulator:
        yield simulator


def by_id(result: dict[str, Any]) -> dict[str, dict[str, str]]:
    assert "checks" in result, result
    return {one["id"]: one for one in result["checks"]}


def held(simulator: Simulator, tenant: str) -> dict[str, Any]:
    """Everything in the tenants."""
    return {name: objects for name, objects in simulator.state(tenant).items() if objects and name != "at"}


@pytest.mark.parametrize("tenant", sorted(str(one) for one in TENANTS))
def test_each_shipped_tenant(run: Run, simulator: Simulator, tenant: str) -> None:
    before = held(simulator, tenant)
    result = run(access_check_info, tenant=tenant)
    found = by_id(result)
    assert list(found) == IDS
    usual = {} if tenant in MAY_READ_POLICIES else USUAL
    expected = {**dict.fromkeys(IDS, "works"), **usual, **UNUSUAL.get(tenant, {})}
    assert {name: one["status"] for name, one in found.items()} == expected
    assert result["ok"] is all(status in ("works", "not_offered") for status in expected.values())
    for one in found.values():
        assert one["evidence"] and bool(one["next_step"]) is (one["status"] != "works"), one
    assert held(simulator, tenant) == before and not result["changed"]
    assert not [one for one in simulator.requests() if one["class"] != "READ"]


# The organization can also be read with DeviceManagementServiceConfig.Read.All, as Microsoft's table of it says.
@pytest.mark.parametrize("missing", sorted(READING - {"Organization.Read.All"}))
def test_a_missing_permission_is_the_only_one_that_is_asked_for(run: Run, simulator: Simulator, missing: str) -> None:
    token = simulator.token("graph", "ready", READING - {missing})
    exchange = simulator.token("exchange", "ready")
    whole = {**dict.fromkeys(("client_id", "client_secret")), "exchange_token": exchange}
    result = run(access_check_info, auth_method="token", graph_token=token, **whole)
    oid = simulator.facts("ready")["object_id"]
    refused = [one for one in by_id(result).values() if one["status"] != "works"]
    assert refused, result
    for one in refused:
        assert one["status"] == "missing" and one["needs"] == missing
        assert f"application permission {missing} of Microsoft Graph" in one["next_step"]
        assert "A Privileged Role Administrator or Global Administrator grants it" in one["next_step"]
        assert one["command"].endswith(f"-eq '{missing}').Id") and f"-PrincipalId {oid} " in one["command"]
    assert result["microsoft_graph"] == sorted(READING - {missing})


def test_everything_works_with_what_the_documentation_names(run: Run, simulator: Simulator) -> None:
    hold(simulator, "f2ef992c-3afb-46b9-b7cf-a126ee74c451", application="restricted")  # Global Reader
    tokens = {
        "graph_token": simulator.token("graph", "ready", READING, "restricted"),
        "exchange_token": simulator.token("exchange", "ready", application="restricted"),
    }
    result = run(access_check_info, auth_method="token", client_id=None, client_secret=None, **tokens)
    assert result["ok"] and {one["status"] for one in result["checks"]} == {"works"}, result
    assert result["directory_roles"] == ["Global Reader"]
    assert result["tenant_id"] == simulator.facts("ready")["tenant_id"]
    assert by_id(result)["exchange_pages"]["evidence"].endswith("management roles were returned on pages of at most 25")


def test_the_role_is_named_together_with_the_permission_without_which_it_would_not_be_asked_for(run: Run) -> None:
    """Each right takes effect only in the tokens of the next hour: granting two at once saves an hour."""
    found = by_id(run(access_check_info, tenant="missing_permission"))
    for name in EXCHANGE:
        assert "Exchange.ManageAsApp" in found[name]["next_step"] and "Global Reader" in found[name]["next_step"]
    assert "Global Reader" not in found["conditional_access"]["next_step"]


def test_a_sign_in_without_a_role_in_exchange(run: Run, simulator: Simulator) -> None:
    found = by_id(run(access_check_info, application="restricted"))
    for name in EXCHANGE:
        assert found[name]["status"] == "missing"
        assert "holds no role in Exchange Online" in found[name]["evidence"]
        assert "Grant the application permission" not in found[name]["next_step"]
        assert "Then run this again" in found[name]["next_step"]
        assert found[name]["command"].startswith("New-MgRoleManagementDirectoryRoleAssignment -PrincipalId ")


@pytest.mark.parametrize(
    ("status", "code", "message", "expected", "said"),
    [
        (403, "AccessDenied", "Your tenant is not licensed for this feature.", "missing", "Entra ID P1 licence"),
        (403, "AccessDenied", "Blocked by an access policy.", "unknown", "already holds Policy.Read.All"),
        (500, "InternalServerError", "Oops.", "unknown", "The service had a fault"),
    ],
)
def test_a_licence_is_no_permission(
    run: Run, simulator: Simulator, status: int, code: str, message: str, expected: str, said: str
) -> None:
    body = {"error": {"code": code, "message": message}}
    simulator.fault(match="*ConditionalAccess*", kind="status", status=status, body=body, count=50)
    one = by_id(run(access_check_info, tenant="retired_covered"))["conditional_access"]
    assert (one["status"], one["command"]) == (expected, "")
    assert said in one["next_step"], one


@pytest.mark.parametrize("role", ["View-Only Configuration", "View-Only Recipients"])
def test_one_role_of_exchange_alone(run: Run, simulator: Simulator, role: str) -> None:
    """Only the reads with the other role are missing."""
    facts = simulator.facts("ready", "restricted")
    ids = {"app_id": facts["client_id"], "object_id": facts["object_id"]}
    assert run(service_principal, **ids)["changed"]
    given = run(exchange_cmdlet, cmdlet="New-ManagementRoleAssignment", parameters={"Role": role, "App": ids["app_id"]})
    assert not given.get("failed"), given
    found = by_id(run(access_check_info, application="restricted"))
    for name in EXCHANGE:
        one = found[name]
        holds = one["needs"].endswith(role)
        assert (one["status"] == "works") is holds, one
        assert holds or one["needs"].removeprefix("Exchange.ManageAsApp and ") in one["next_step"]


def test_a_person_lacks_delegated_permissions(run: Run, simulator: Simulator) -> None:
    """A device-code token lacks a delegated permission, which a Cloud Application Administrator grants."""
    scopes = "Organization.Read.All DeviceManagementServiceConfig.Read.All"
    person: dict[str, Any] = {"roles": None, "scp": scopes, "wids": []}
    tokens = {
        "graph_token": simulator.token("graph", "ready", {"Organization.Read.All"}, **person),
        "exchange_token": simulator.token("exchange", "ready", set(), scp="", roles=None, wids=[]),
    }
    whole = dict.fromkeys(("client_id", "client_secret"))
    found = by_id(run(access_check_info, auth_method="token", **tokens, **whole))
    refused = {name: one for name, one in found.items() if one["status"] == "missing"}
    assert {"conditional_access", "exchange_objects"} <= set(refused)
    for name, permission in (("conditional_access", "Policy.Read.All"), ("exchange_objects", "Exchange.Manage")):
        one = refused[name]
        assert f"Grant the delegated permission {permission} of " in one["next_step"], one
        assert "A Cloud Application Administrator grants it" in one["next_step"]
        assert one["command"].endswith(f"-ResourceId $api.Id -Scope {permission}")
        assert "ManageAsApp" not in one["next_step"] + one["command"]


def test_an_opaque_token_is_not_said_to_lack_anything(run: Run, simulator: Simulator) -> None:
    tokens = {"graph_token": simulator.token("graph", "ready", READING), "exchange_token": "opaque"}
    whole = dict.fromkeys(("client_id", "client_secret"))
    one = by_id(run(access_check_info, auth_method="token", **tokens, **whole))["exchange_objects"]
    assert (one["status"], one["command"]) == ("unknown", "")
    assert "Check that the token is for this tenant" in one["next_step"]


def test_one_token_of_two(run: Run, simulator: Simulator) -> None:
    tokens = {"graph_token": simulator.token("graph", "ready", READING)}
    whole = dict.fromkeys(("client_id", "client_secret"))
    found = by_id(run(access_check_info, auth_method="token", **tokens, **whole))
    assert {found[name]["status"] for name in EXCHANGE} == {"unknown"}
    assert found["exchange_pages"]["next_step"].startswith("Set it, or use a sign-in method")
    assert {found[name]["status"] for name in IDS[:4]} == {"works"}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (501, {"error": {"code": "NotSupported", "message": "no"}}),
        (403, "\0" * 100),
        (404, "<html>proxy</html>"),
        (200, {}),
        (200, []),
        (500, {"error": {"code": "InternalServerError", "message": "Oops"}}),
    ],
)
def test_strange_answers_never_end_it_with_a_bug(run: Run, simulator: Simulator, status: int, body: Any) -> None:
    """With ready tokens each read has its own next step; otherwise the sign-in fails with one."""
    tokens = {one: simulator.token(one.removesuffix("_token"), "retired_covered") for one in TOKENS}
    simulator.fault(match="*", kind="status", status=status, body=body, count=5000)
    whole = dict.fromkeys(("client_id", "client_secret"))
    result = run(access_check_info, tenant="retired_covered", auth_method="token", **tokens, **whole)
    for one in by_id(result).values():
        assert one["status"] in ("works", "not_offered", "unknown") and one["command"] == "", one
        assert (one["status"] == "works" or one["next_step"]) and "bug" not in one["evidence"], one
    failed = run(access_check_info, tenant="retired_covered")
    assert failed["error"]["kind"] in ("sign_in", "unavailable", "protocol"), failed
    assert failed["msg"].startswith("Could not sign in on tenant ") and failed["msg"].rstrip(".").count(". ") >= 1


@pytest.mark.parametrize("name", ["con toso/!", "contoso.example/../common", "-x", "contoso example"])
def test_a_tenant_that_is_neither_an_id_nor_a_domain(run: Run, simulator: Simulator, name: str) -> None:
    failed = run(access_check_info, tenant_id=name)
    assert failed["error"]["kind"] == "usage" and "neither an id nor a domain" in failed["msg"]
    assert not simulator.requests()


def test_nobody_could_sign_in(run: Run) -> None:
    failed = run(access_check_info, client_secret="wrong")
    assert failed["error"]["kind"] == "sign_in" and "AADSTS7000215" in failed["msg"]
