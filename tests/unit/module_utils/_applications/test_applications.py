# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications from nothing to a working sign-in; existing ones are adopted, and an interrupted run continues."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.modules import (
    access_check_info,
    application,
    application_credential,
    application_permissions,
)
from simulator import Simulator

Run = Callable[..., dict[str, Any]]
TENANT = {"tenant": "first_contact"}
OURS = {"unique_name": "intune-exchange", **TENANT}
GRAPH = ["DeviceManagementServiceConfig.Read.All", "Organization.Read.All", "Policy.Read.All"]
GRANTS = {"microsoft_graph": GRAPH, "office_365_exchange_online": ["Exchange.ManageAsApp"]}
WRITES = ("POST", "PATCH", "DELETE")


def state(simulator: Simulator) -> dict[str, Any]:
    found: dict[str, Any] = simulator.state("first_contact")
    return found


def writes(simulator: Simulator) -> list[str]:
    return [one["operation"] for one in simulator.requests() if one["effect"]]


def registered(run: Run, **options: Any) -> dict[str, Any]:
    result = run(application, **{**OURS, **options})
    assert not result.get("failed"), result
    found: dict[str, Any] = result["application"]
    return found


def kept(run: Run, module: Any, **options: Any) -> dict[str, Any]:
    result = run(module, **{**OURS, **options})
    assert not result.get("failed"), result
    return result


def test_from_nothing_to_a_sign_in_with_a_certificate(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    steps: tuple[tuple[Any, dict[str, Any]], ...] = (
        (application, {"display_name": "Automation"}),
        (application_permissions, GRANTS),
        (application_credential, {"kind": "certificate", "path": str(key)}),
    )
    for module, options in steps:
        assert kept(run, module, check_mode=True, **options)["changed"]
    assert writes(simulator) == [] and not key.exists()
    for module, options in steps:
        assert kept(run, module, **options)["changed"]
    wrote = writes(simulator)
    for module, options in steps:
        again = kept(run, module, **options)
        assert not again["changed"] and again["diff"]["before"] == again["diff"]["after"], module
        assert again["roles_needed"] == []
    assert writes(simulator) == wrote
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    found = registered(run)
    assert found["display_name"] == "Automation" and found["service_principal_id"]
    own = {"client_id": found["app_id"], "certificate_path": str(key), "auth_method": "certificate"}
    checked = run(access_check_info, tenant="first_contact", **own, client_secret=None)
    assert not checked.get("failed"), checked
    assert checked["microsoft_graph"] == sorted(GRAPH)
    by_id = {one["id"]: one["status"] for one in checked["checks"]}
    assert by_id["organization"] == by_id["conditional_access"] == "works"


@pytest.mark.parametrize("operation", ["applications.UpsertApplication", "servicePrincipals.CreateServicePrincipal"])
def test_a_lost_creation_is_not_repeated(run: Run, simulator: Simulator, operation: str) -> None:
    simulator.fault(match=operation, kind="reset", phase="after_effect", nth=1)
    assert registered(run)["service_principal_id"]
    assert len([one for one in state(simulator)["applications"] if one["uniqueName"] == "intune-exchange"]) == 1


def test_what_somebody_else_made_is_adopted_and_never_deleted(run: Run, simulator: Simulator) -> None:
    facts = simulator.facts("first_contact", "restricted")
    adopted = run(application, tenant="first_contact", app_id=facts["client_id"])
    assert not adopted["changed"] and adopted["application"]["service_principal_id"] == facts["object_id"]
    refused = run(application, tenant="first_contact", app_id=facts["client_id"], state="absent")
    assert refused["error"]["kind"] == "not_ours"
    own = simulator.facts("first_contact")["client_id"]
    assert run(application, tenant="first_contact", app_id=own, state="absent")["error"]["kind"] == "own_rights"
    assert writes(simulator) == []
    # Other tools use uniqueName as well, so adopting by id must not allow deleting by name either.
    other = registered(run)["app_id"]
    before = writes(simulator)
    refused = run(application, tenant="first_contact", app_id=other, state="absent")
    assert refused["error"]["kind"] == "not_ours" and "unique_name=intune-exchange" in refused["msg"], refused
    missing = run(application, tenant="first_contact", app_id="0f5a8d0b-7f4c-4a8e-9d3c-2f6f0a1b4c5d")
    assert missing["error"]["kind"] == "not_found"
    assert writes(simulator) == before


def test_an_application_of_another_tool_with_the_same_unique_name_stays(
    run: Run, simulator: Simulator, signed_in: Callable[..., Tenant], tmp_path: Path
) -> None:
    """Only the tag shows who created it; without it, the name alone changes and deletes nothing."""
    body = {"displayName": "Of another tool", "signInAudience": "AzureADMyOrg", "tags": ["terraform"]}
    path = "applications(uniqueName='intune-exchange')"
    other = signed_in("first_contact").graph.upsert(path, body, Purpose("try it"))
    before = simulator.objects()["first_contact"]
    trust = {"kind": "federated", "issuer": "https://issuer.example", "subject": "job"}
    certificate = {"kind": "certificate", "path": str(tmp_path / "key.pem")}
    for module, options in (
        (application, {"display_name": "Ours"}),
        (application, {"state": "absent"}),
        (application_permissions, {**GRANTS, "remove_excess": True}),
        (application_credential, trust),
        (application_credential, certificate),
        (application_credential, {**trust, "state": "absent"}),
    ):
        for check_mode in (True, False):
            refused = run(module, check_mode=check_mode, **{**OURS, **options})
            assert refused["error"]["kind"] == "not_ours" and f"app_id={other['appId']}" in refused["msg"], refused
    assert simulator.objects()["first_contact"] == before and not (tmp_path / "key.pem").exists()
    # An application adopted on purpose is used and gets no tag, so nothing deletes it later.
    adopted = {**TENANT, "app_id": other["appId"]}
    assert run(application, **adopted)["changed"]
    assert run(application_permissions, **adopted, **GRANTS)["changed"]
    assert run(application_credential, **adopted, **trust)["changed"]
    assert run(application, **adopted, state="absent")["error"]["kind"] == "not_ours"
    assert run(application, **OURS, state="absent")["error"]["kind"] == "not_ours"
    [kept_one] = [one for one in state(simulator)["applications"] if one["uniqueName"]]
    assert kept_one["tags"] == ["terraform"] and kept_one["displayName"] == "Of another tool"


@pytest.mark.parametrize(
    "options",
    [{}, {"unique_name": "a", "app_id": "b"}, {"unique_name": "it's"}, {"unique_name": "x" * 65}, {"app_id": "name"}],
)
def test_it_is_said_which_application_is_meant(run: Run, simulator: Simulator, options: dict[str, Any]) -> None:
    for module, more in (
        (application, {}),
        (application_permissions, {}),
        (application_credential, {"kind": "federated"}),
    ):
        assert run(module, tenant="first_contact", **options, **more)["error"]["kind"] == "usage"
    assert simulator.requests() == []


def test_a_name_is_text_to_everything_and_has_an_end(run: Run, simulator: Simulator) -> None:
    for name in ('It\'s "x" <b>\u00e9 \u65e5\u672c \U0001f44d & \\ $(x) {{ y }} %s', "x" * 256):
        found = registered(run, display_name=name)
        assert found["display_name"] == name and not kept(run, application, display_name=name)["changed"]
    before = writes(simulator)
    for check_mode in (True, False):
        refused = run(application, check_mode=check_mode, **OURS, display_name="x" * 257)
        assert refused["error"]["kind"] == "usage" and "256" in refused["msg"], refused
    assert writes(simulator) == before


@pytest.fixture
def slow_directory(simulator: Simulator) -> Iterator[None]:
    simulator.describe({"directory_lag": 60}, "first_contact")
    yield
    simulator.describe({}, "first_contact")


@pytest.mark.usefixtures("slow_directory")
def test_a_directory_that_takes_its_time(run: Run, simulator: Simulator) -> None:
    """Reads do not find a new object for a minute; a run that is interrupted meanwhile creates no second one."""
    registered(run, timeout=3600)
    unseen = '{"error": {"code": "Request_ResourceNotFound", "message": "not there"}}'
    simulator.fault(match="applications.GetByUniqueName", kind="status", status=404, count=2, body=unseen)
    registered(run, timeout=3600)
    for _time in range(2):
        kept(run, application_permissions, **GRANTS, timeout=3600)
    trust = {"kind": "federated", "issuer": "https://issuer.example", "subject": "job"}
    for _time in range(2):
        kept(run, application_credential, **trust, timeout=3600)
    found = state(simulator)
    assert len([one for one in found["applications"] if one["uniqueName"]]) == 1
    assert len(found["federatedIdentityCredentials"]) == 1
    mine = [one for one in found["servicePrincipals"] if one["displayName"] == "intune-exchange"]
    assert len(mine) == 1
    assert len([one for one in found["appRoleAssignments"] if one["principalId"] == mine[0]["id"]]) == 4


@pytest.mark.parametrize(
    ("code", "requests"), [("NoBackingApplicationObject", 2), ("Request_BadRequest", 1), ("ObjectConflict", 1)]
)
def test_only_an_application_that_is_not_found_yet_is_waited_for(
    run: Run, simulator: Simulator, code: str, requests: int
) -> None:
    """https://learn.microsoft.com/graph/api/serviceprincipal-post-serviceprincipals"""
    refusal = {"error": {"code": code, "message": "no"}}
    simulator.fault(match="POST /v1.0/servicePrincipals", kind="status", status=400, body=refusal)
    result = run(application, **OURS)
    asked = [
        one for one in simulator.requests() if one["method"] == "POST" and one["path"].endswith("/servicePrincipals")
    ]
    assert len(asked) == requests and bool(result.get("failed")) is (requests == 1), (asked, result)
    assert requests == 2 or result["error"]["code"] == code


@pytest.mark.parametrize("read", [1, 2])
def test_an_answer_of_a_server_that_is_behind_ends_nothing(
    run: Run, simulator: Simulator, tmp_path: Path, read: int
) -> None:
    """The application was found before; a later read comes from a server that does not have it yet."""
    registered(run)
    trust = {"kind": "federated", "issuer": "https://issuer.example", "subject": "job"}
    secret = {"kind": "client_secret", "path": str(tmp_path / "secret")}
    unseen = '{"error": {"code": "Request_ResourceNotFound", "message": "not there"}}'
    behind = {"match": "applications.GetByUniqueName", "kind": "status", "status": 404, "body": unseen, "nth": read}
    for module, options in ((application_permissions, GRANTS), (application_credential, trust)):
        simulator.fault(**behind)
        assert kept(run, module, **options)["changed"]
        simulator.clear_faults()
    simulator.fault(**behind)
    assert kept(run, application_credential, **secret)["changed"]
    # A missing application is reported all the same, after a moment; in check mode and for a removal at once.
    missing = run(application_permissions, **{**OURS, "unique_name": "other"}, **GRANTS)
    assert missing["error"]["kind"] == "not_found"


def test_names_of_permissions_are_checked_before_anything_is_granted(run: Run, simulator: Simulator) -> None:
    registered(run)
    before = writes(simulator)
    result = run(application_permissions, **OURS, microsoft_graph=["Organization.Read.All", "Organization.Reed.All"])
    assert result["error"]["kind"] == "no_permission" and "Organization.Reed.All" in result["msg"]
    assert "Organization.Read.All," not in result["msg"] and writes(simulator) == before


def test_excess_stays_unless_its_removal_is_asked_for(run: Run, simulator: Simulator) -> None:
    registered(run)
    kept(run, application_permissions, **GRANTS)
    fewer = {"microsoft_graph": GRAPH[:1]}
    found = kept(run, application_permissions, **fewer)
    assert not found["changed"] and found["excess"] == {"microsoft_graph": GRAPH[1:]}
    predicted = kept(run, application_permissions, check_mode=True, **fewer, remove_excess=True)
    assert predicted["diff"]["after"] == {"microsoft_graph": GRAPH[:1], "microsoft_graph_requested": GRAPH[:1]}
    removed = kept(run, application_permissions, **fewer, remove_excess=True)
    assert removed["permissions"] == {"microsoft_graph": GRAPH[:1]} and removed["undo"]
    # The omitted API keeps its permissions, and so does the registration.
    exchange = kept(run, application_permissions, office_365_exchange_online=[])
    assert exchange["excess"] == {"office_365_exchange_online": ["Exchange.ManageAsApp"]}
    [ours] = [one for one in state(simulator)["applications"] if one["uniqueName"]]
    assert len(ours["requiredResourceAccess"]) == 2


def test_an_application_can_be_deleted_and_made_again(run: Run, simulator: Simulator) -> None:
    first = registered(run)
    gone = kept(run, application, state="absent")
    assert gone["changed"] and "30 days" in gone["undo"] and gone["application"] == {}
    assert not kept(run, application, state="absent")["changed"]
    second = registered(run)
    assert second["app_id"] != first["app_id"]
    assert [one["id"] for one in state(simulator)["deletedApplications"]] == [first["id"]]
