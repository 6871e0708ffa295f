# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft Entra evaluates named people, and its disagreement is reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._engine.run import run_declaration
from ansible_collections.intune.exchange.plugins.modules import mobile_access_assessment_info as module
from simulator import Simulator

from ..conftest import DEFAULTS, Clock, shared

ASK = "identity.conditionalAccess.evaluate"
Asked = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """Without rate limits, which go by another clock than the task."""
    with Simulator(tenants=["retired_covered", "retired_with_holes"], rate_limits=False) as one:
        yield one


@pytest.fixture
def asked(simulator: Simulator, clock: Clock) -> Asked:
    def run(*users: str, tenant: str = "retired_with_holes") -> list[dict[str, Any]]:
        domain = simulator.facts(tenant)["domain"]
        params = {**DEFAULTS, **simulator.options(tenant), "emergency_accounts": 2}
        params["what_if_users"] = [user.format(domain=domain) for user in users]
        result = run_declaration(module.DECLARATION, params, True, **shared(simulator, tenant), **clock.options)
        assert not result.get("failed"), result
        found: list[dict[str, Any]] = result["what_if"]
        return found

    return run


def asks(simulator: Simulator) -> int:
    return sum(1 for one in simulator.requests() if one["operation"] == ASK)


@pytest.mark.parametrize("tenant", ["retired_covered", "retired_with_holes"])
def test_the_service_and_we_agree(asked: Asked, simulator: Simulator, clock: Clock, tenant: str) -> None:
    found = asked("adele.vance@{domain}", "emergency@{domain}", tenant=tenant)
    assert len(found) == 8 == asks(simulator)
    assert all(row["agrees"] and not row["differences"] and not row["problem"] for row in found), found
    assert {(row["client"], row["platform"]) for row in found[:4]} == {
        (client, platform)
        for client in ("mobileAppsAndDesktopClients", "exchangeActiveSync")
        for platform in ("iOS", "android")
    }
    assert found[0]["applies"] and found[0]["applies"] != found[4]["applies"]  # the emergency account is left out
    assert len([seconds for seconds in clock.sleeps if 0 < seconds < 1.2]) >= 7  # one request a second


def test_a_difference_is_shown(asked: Asked, simulator: Simulator) -> None:
    """The service excludes a policy that applies according to us, and applies one that does not."""
    (before, *_more) = asked("adele.vance@{domain}")
    assert "Approved apps only" in before["applies"]
    policies = simulator.state("retired_with_holes")["conditionalAccessPolicies"]
    answer = [
        {
            **one,
            "policyApplies": one["displayName"] == "Require a second factor (switched off)",
            "analysisReasons": "users",
        }
        for one in policies
        if one["displayName"] in ("Approved apps only", "Require a second factor (switched off)")
    ]
    simulator.fault(match=ASK, kind="status", status=200, body={"value": answer})
    (row, *others) = asked("adele.vance@{domain}")
    assert row["agrees"] is False and all(one["agrees"] for one in others)
    by_name = {one["policy"]: one for one in row["differences"]}
    assert by_name["Approved apps only"]["service_applies"] is False
    assert by_name["Approved apps only"]["service_reason"] == "users" and by_name["Approved apps only"]["ours"]
    assert by_name["Require a second factor (switched off)"]["service_applies"] is True
    assert "disabled" in by_name["Require a second factor (switched off)"]["ours"]


def test_what_cannot_be_asked_is_said(asked: Asked, simulator: Simulator) -> None:
    (row, *_more) = asked("nobody@{domain}")
    assert row["agrees"] is None and "read a user" in row["problem"] and asks(simulator) == 0
    simulator.fault(match=ASK, kind="status", status=403, count=99)
    (row, *_more) = asked("adele.vance@{domain}")
    assert row["agrees"] is None and row["applies"] is None
    # Only permissions that the token lacks are requested.
    assert "already holds Policy.Read" in row["problem"] and "grant" not in row["problem"]


def test_nobody_is_asked_about_without_a_name(asked: Asked, simulator: Simulator) -> None:
    assert asked() == [] and asks(simulator) == 0


def test_a_check_is_not_met_where_the_service_says_otherwise(simulator: Simulator, clock: Clock) -> None:
    """The policies cover mail apps according to us, and the service excludes one of them."""

    def checks() -> dict[str, dict[str, str]]:
        domain = simulator.facts("retired_covered")["domain"]
        params = {**DEFAULTS, **simulator.options("retired_covered"), "emergency_accounts": 2}
        params["what_if_users"] = [f"adele.vance@{domain}"]
        result = run_declaration(module.DECLARATION, params, True, **clock.options)
        return {one["id"]: one for one in result["checks"]}

    assert checks()["modern_clients"]["status"] == "met"
    policies = simulator.state("retired_covered")["conditionalAccessPolicies"]
    answer = [{**one, "policyApplies": False, "analysisReasons": "users"} for one in policies]
    simulator.fault(match=ASK, kind="status", status=200, body={"value": answer}, count=4)
    found = checks()
    assert found["modern_clients"]["status"] == found["eas_bound"]["status"] == "unknown"
    assert "Microsoft Entra says that" in found["modern_clients"]["evidence"]
    assert "by the rules here it applies" in found["modern_clients"]["evidence"]


def test_a_check_is_not_met_where_the_log_says_otherwise(simulator: Simulator, clock: Clock) -> None:
    """The block of legacy clients covers everybody according to us, and the log has an exception."""
    imap = {"user": "adele.vance", "client": "IMAP4", "age": 3600}
    reached, missed = ({"Block legacy clients": one} for one in ("failure", "notApplied"))
    for sign_ins, status in (
        ([], "met"),
        ([{**imap, "policies": reached, "conditional_access": "failure"}], "met"),
        ([{**imap, "policies": missed}], "unknown"),
        # Nobody reached Conditional Access, or the policy was different then.
        ([{**imap, "policies": missed, "error": 50126}], "met"),
        ([{**imap, "policies": missed, "age": 29 * 86400}], "unknown"),
    ):
        simulator.describe({"sign_ins": sign_ins}, "retired_covered")
        params = {**DEFAULTS, **simulator.options("retired_covered"), "emergency_accounts": 2, "what_if_users": []}
        result = run_declaration(module.DECLARATION, params, True, **clock.options)
        found = {one["id"]: one for one in result["checks"]}
        assert found["legacy_blocked"]["status"] == status, (sign_ins, found["legacy_blocked"])
        assert found["modern_clients"]["status"] == "met" and result["what_if"] == []
        if status == "unknown":
            assert "does not apply to adele.vance@" in found["legacy_blocked"]["evidence"]
            assert "notApplied in the sign-in log" in found["legacy_blocked"]["evidence"]
            assert "by the rules here it applies" in found["legacy_blocked"]["evidence"]
