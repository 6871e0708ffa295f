# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._connector import requirements
from ansible_collections.intune.exchange.plugins.module_utils._connector.requirements import REQUIREMENTS
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import ErrorResponse, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.read_result import ReadResult
from ansible_collections.intune.exchange.plugins.module_utils._core.verdict import judge_all
from ansible_collections.intune.exchange.plugins.module_utils._rbac.cmdlet_access import CONNECTOR_CMDLETS

ADDRESS = "svc@contoso.com"
EXCHANGE_PLAN = "efb87545-963c-4e0d-99df-69c6916d9eb0"
INTUNE_PLAN = "c1ec4a95-1f05-45b3-a911-aa3fa01094f5"
BASIC_MOBILITY = "882e1d05-acd1-4ccb-8708-6ee03664b117"
FOUNDATION = "113feb6c-3fe4-4440-bddc-54d774bf0318"
USER = {
    "id": "u1",
    "userPrincipalName": "svc@contoso.com",
    "proxyAddresses": ["smtp:old@contoso.com", "SMTP:Svc@Contoso.com"],
    "accountEnabled": True,
    "assignedPlans": [{"servicePlanId": EXCHANGE_PLAN, "capabilityStatus": "Enabled"}],
}
ENTRIES = [{"Name": name, "Role": "R", "Parameters": list(needed)} for name, needed in CONNECTOR_CMDLETS.items()]


def sku(*plans: str, status: str = "Enabled") -> dict[str, Any]:
    return {
        "capabilityStatus": status,
        "servicePlans": [{"servicePlanId": plan, "provisioningStatus": "Success"} for plan in plans],
    }


READY: dict[str, Any] = {
    "connectors": [],
    "exchange": {"Name": "contoso", "AdminDisplayVersion": "0.20 (15.20.5813.11)"},
    "skus": [sku(EXCHANGE_PLAN, INTUNE_PLAN)],
    "intune": {"subscriptionState": "active"},
    "organization": {"onPremisesSyncEnabled": True},
    "authority": "intune",
    "directory_sync": "auto",
    "graph_claims": {
        "roles": [
            "DeviceManagementServiceConfig.ReadWrite.All",
            "Organization.Read.All",
            "User.Read.All",
            "RoleManagement.Read.Directory",
        ]
    },
    "exchange_claims": {"roles": ["Exchange.ManageAsApp"]},
    "reading_is_enough": False,
    "account": ADDRESS,
    "users": [USER],
    "console_roles": [{"principalId": "u1", "roleDefinitionId": "3a2c62db-5318-420d-8d74-23affee5d9d5"}],
    "entries": ENTRIES,
}
IDS = [one.id for one in REQUIREMENTS]


def result_of(value: Any) -> ReadResult[Any]:
    return ReadResult(None, value) if isinstance(value, TenantError) else ReadResult(value)


def verdicts(**changed: Any) -> dict[str, dict[str, str]]:
    facts = {name: result_of(value) for name, value in {**READY, **changed}.items()}
    return {one["id"]: one for one in judge_all(REQUIREMENTS, facts)}


def failed(kind: str, status: int = 500) -> TenantError:
    return TenantError(
        kind, "it broke", "read it", "contoso.com", ErrorResponse("Graph", status, "Code", "words", "r-1")
    )


def test_the_ten_in_order() -> None:
    assert IDS == [
        "connector_offered",
        "exchange_online",
        "exchange_version",
        "intune_subscription",
        "mdm_authority",
        "directory_sync",
        "connector_account",
        "intune_console_access",
        "exchange_cmdlets",
        "api_permissions",
    ]
    assert {one["status"] for one in verdicts().values()} == {"met"}


# The first grants in the README.
READING = [
    "DeviceManagementServiceConfig.Read.All",
    "Organization.Read.All",
    "RoleManagement.Read.Directory",
    "User.Read.All",
]
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("connector_offered", {"connectors": failed("not_offered", 404)}, "unmet", "words"),
    ("connector_offered", {"connectors": failed("no_intune_licence", 400)}, "unknown", "it broke"),
    ("connector_offered", {"connectors": [{"exchangeConnectorType": "serviceToService"}]}, "met", "1 service"),
    ("exchange_online", {"skus": [sku(FOUNDATION, INTUNE_PLAN)]}, "unmet", "mailbox plan"),
    ("exchange_online", {"skus": [sku(EXCHANGE_PLAN, status="Suspended")]}, "unmet", "mailbox plan"),
    ("exchange_online", {"skus": [sku(INTUNE_PLAN)], "exchange": failed("sign_in", 401)}, "unmet", "mailbox plan"),
    ("exchange_version", {"exchange": {"AdminDisplayVersion": "15.20 (Build 5813.11)"}}, "met", "15.20"),
    ("exchange_version", {"exchange": {"AdminDisplayVersion": "0.10 (14.16.175.8)"}}, "unmet", "14.16"),
    ("exchange_version", {"exchange": {"AdminDisplayVersion": None}}, "unknown", "cannot be read"),
    ("intune_subscription", {"skus": [sku(EXCHANGE_PLAN, BASIC_MOBILITY)]}, "unmet", "Intune plan"),
    ("intune_subscription", {"intune": {"subscriptionState": "lockedOut"}}, "unmet", "lockedOut"),
    ("intune_subscription", {"intune": {}}, "met", "subscribed"),
    ("intune_subscription", {"intune": failed("no_intune_licence", 400)}, "unmet", "words"),
    ("mdm_authority", {"authority": "office365"}, "unmet", "Basic Mobility"),
    ("mdm_authority", {"authority": "unknown"}, "unmet", "unknown"),
    ("mdm_authority", {"authority": failed("forbidden", 403)}, "unknown", "could not read it: it broke"),
    (
        "directory_sync",
        {"organization": {"onPremisesSyncEnabled": True, "onPremisesLastSyncDateTime": "2026-11-01T02:03:04Z"}},
        "met",
        "last run 2026-11-01T02:03:04Z",
    ),
    ("directory_sync", {"organization": {"onPremisesSyncEnabled": True}}, "met", "last run never"),
    ("directory_sync", {"organization": {"onPremisesSyncEnabled": None}}, "not_applicable", "cloud-only"),
    ("directory_sync", {"organization": {"onPremisesSyncEnabled": False}}, "unmet", "off now"),
    (
        "directory_sync",
        {"organization": {"onPremisesSyncEnabled": None}, "directory_sync": "required"},
        "unmet",
        "never set up",
    ),
    (
        "directory_sync",
        {"organization": {"onPremisesSyncEnabled": False}, "directory_sync": "optional"},
        "not_applicable",
        "off now",
    ),
    (
        "directory_sync",
        {"organization": {"onPremisesSyncEnabled": None}, "graph_claims": {"roles": ["User.Read"]}},
        "unknown",
        "does not show",
    ),
    ("connector_account", {"users": []}, "unmet", "no account owns"),
    ("connector_account", {"users": [{"id": "u1"}]}, "unknown", "does not show the name"),
    ("connector_account", {"users": [{**USER, "accountEnabled": None}]}, "unknown", "does not show whether"),
    ("intune_console_access", {"users": [{"id": "u1"}]}, "unknown", "does not show the name"),
    ("connector_account", {"users": [{**USER, "accountEnabled": False}]}, "unmet", "disabled"),
    ("connector_account", {"users": [{**USER, "assignedPlans": []}]}, "unmet", "licence"),
    ("connector_account", {"account": "old@contoso.com"}, "unmet", "not the primary"),
    ("connector_account", {"account": None, "users": None}, "unknown", "account is not set"),
    ("intune_console_access", {"console_roles": []}, "unmet", "no directory role"),
    (
        "intune_console_access",
        {"console_roles": [{**READY["console_roles"][0], "principalId": "u2"}]},
        "unmet",
        "no directory role",
    ),
    ("exchange_cmdlets", {"entries": ENTRIES[:-1]}, "unmet", "1 of 13 cmdlets is not granted: Get-ActiveSyncDevice"),
    ("exchange_cmdlets", {"entries": failed("forbidden", 403)}, "unknown", "could not read it: it broke"),
    ("exchange_cmdlets", {"entries": failed("not_found", 400)}, "unknown", "could not read it: it broke"),
    ("api_permissions", {"graph_claims": {}}, "unknown", "do not contain"),
    (
        "api_permissions",
        {"graph_claims": {"roles": ["Directory.Read.All"]}},
        "unmet",
        "missing: DeviceManagementServiceConfig.ReadWrite.All",
    ),
    (
        "api_permissions",
        {"graph_claims": {"roles": READING}},
        "unmet",
        "missing: DeviceManagementServiceConfig.ReadWrite.All",
    ),
    (
        "api_permissions",
        {"graph_claims": {"roles": READING}, "reading_is_enough": True},
        "met",
        "that check mode needs; to configure the connector, DeviceManagementServiceConfig.ReadWrite.All",
    ),
    (
        "api_permissions",
        {"graph_claims": {"roles": READING[1:]}, "reading_is_enough": True},
        "unmet",
        "missing: DeviceManagementServiceConfig.Read.All",
    ),
    ("api_permissions", {"exchange_claims": {"roles": ["Other"]}}, "unmet", "Exchange.ManageAsApp"),
    ("api_permissions", {"exchange_claims": {"scp": "Exchange.Manage"}}, "met", "all needed"),
]


@pytest.mark.parametrize(("requirement", "changed", "status", "evidence"), CASES)
def test_verdict(requirement: str, changed: dict[str, Any], status: str, evidence: str) -> None:
    verdict = verdicts(**changed)[requirement]
    assert verdict["status"] == status
    assert evidence in verdict["evidence"]
    assert bool(verdict["next_step"]) is (status in ("unmet", "unknown"))


@pytest.mark.parametrize(
    "read",
    ["connectors", "exchange", "skus", "intune", "organization", "authority", "users", "console_roles", "entries"],
)
def test_a_failed_read_makes_exactly_what_needs_it_unknown(read: str) -> None:
    unknown = {name for name, one in verdicts(**{read: failed("unavailable")}).items() if one["status"] == "unknown"}
    assert unknown == {one.id for one in REQUIREMENTS if read in (*one.needs, *one.may_fail)}


def test_every_requirement_can_be_unmet_and_met() -> None:
    assert {case[0] for case in CASES if case[2] == "unmet"} == set(IDS)


@pytest.mark.parametrize(
    "odd", [{"exchangeConnectorType": None}, {"exchangeConnectorType": "serviceToService", "status": 1}]
)
def test_a_connector_that_cannot_be_told_apart_is_not_left_out(
    odd: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only other one would seem to be the only one, and the tenant in order; connector_info refuses it too."""
    healthy = {"id": "c1", "exchangeConnectorType": "serviceToService", "status": "connected"}
    monkeypatch.setattr(requirements, "authority_read", lambda tenant: None)
    monkeypatch.setattr(requirements, "authority_of", lambda *_arguments: "intune")
    graph = SimpleNamespace()
    tenant: Any = SimpleNamespace(graph=graph, label="contoso.com")
    for others in ([], [{"id": "c2", **odd}]):
        found = {"connectors": ReadResult([healthy, *others]), "organization": ReadResult([{"id": "t1"}])}
        graph.dated_batch = lambda reads, found=found: (found, datetime(2026, 11, 30, tzinfo=UTC))
        read = requirements.read_batch(tenant, {})
        connector = requirements._connectors(read).get("connector")
        assert (connector and connector["id"]) == (None if others else "c1")
        error = read["connectors"].error
        assert error is None if not others else error is not None and "is not text" in error.problem
