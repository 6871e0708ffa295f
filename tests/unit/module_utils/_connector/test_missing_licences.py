# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants without a licence, from public traces of 2026: a granted permission is never requested."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.modules import (
    access_check_info,
    conditional_access_policy,
    conditional_access_policy_info,
    connector_info,
    mobile_access_assessment_info,
)
from simulator import Simulator

Run = Callable[..., dict[str, Any]]
P1 = "Microsoft Entra ID P1"
POLICY: dict[str, Any] = {
    "display_name": "Own",
    "conditions": {
        "users": {"include_users": {"set": ["All"]}},
        "applications": {"include_applications": ["All"]},
        "client_app_types": ["exchangeActiveSync", "other"],
    },
    "grant_controls": {"built_in_controls": ["block"]},
}
WRITING = [
    "Application.Read.All",
    "Policy.Read.All",
    "Policy.ReadWrite.ConditionalAccess",
    "User.Read.All",
    "RoleManagement.Read.Directory",
]
DESCRIPTIONS: dict[str, dict[str, Any]] = {
    "refused": {"conditional_access": {"licensed": False, "policies": []}, "application": {"graph": WRITING}},
    "empty": {
        "conditional_access": {"licensed": False, "unlicensed_as": "empty", "policies": []},
        "application": {"graph": WRITING},
    },
    "beta": {"conditional_access": {"what_if_in": "beta"}},
    "no_intune": {"intune": {"licensed": False, "unlicensed_as": "forbidden"}},
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    folder: Path = tmp_path_factory.mktemp("tenants")
    for name, described in DESCRIPTIONS.items():
        more = {"extends": "retired_with_holes", "domain": f"{name.replace('_', '-')}.example", **described}
        (folder / f"{name}.yml").write_text(yaml.safe_dump(more))
    with Simulator([folder / f"{name}.yml" for name in DESCRIPTIONS], rate_limits=False) as simulator:
        yield simulator


@pytest.mark.parametrize("check_mode", [True, False])
def test_conditional_access_without_its_licence(run: Run, simulator: Simulator, check_mode: bool) -> None:
    for module, options in ((conditional_access_policy_info, {}), (conditional_access_policy, POLICY)):
        failed = run(module, check_mode, tenant="refused", **options)
        assert failed["failed"] and failed["error"]["kind"] == "no_licence", failed
        assert P1 in failed["msg"] and "rant " not in failed["msg"]
    assert not [one for one in simulator.requests() if one["class"] != "READ"]


def test_only_writing_may_be_refused(run: Run, simulator: Simulator) -> None:
    assert run(conditional_access_policy_info, tenant="empty")["conditional_access_policies"] == []
    failed = run(conditional_access_policy, tenant="empty", **POLICY)
    assert failed["error"]["kind"] == "no_licence" and P1 in failed["msg"]
    assert not [one for one in simulator.requests() if one["effect"]]


def test_check_access_names_the_licence(run: Run) -> None:
    found = {one["id"]: one for one in run(access_check_info, tenant="refused")["checks"]}
    asked = found["conditional_access"]
    assert asked["status"] == "missing" and P1 in asked["next_step"] and asked["command"] == ""


def test_an_intune_refusal_with_the_permission_granted(run: Run) -> None:
    failed = run(connector_info, tenant="no_intune")
    assert failed["error"]["kind"] == "no_licence" and failed["error"]["status"] == 401
    assert "The token holds DeviceManagementServiceConfig.Read.All" in failed["msg"]
    assert "lacks an Intune licence" in failed["msg"] and "rant " not in failed["msg"]
    found = {one["id"]: one for one in run(access_check_info, tenant="no_intune")["checks"]}
    connectors = found["intune_connectors"]
    assert connectors["status"] == "unknown" and "Intune licence" in connectors["next_step"]


def test_what_if_in_beta_alone(run: Run, simulator: Simulator) -> None:
    user = f"adele.vance@{simulator.facts('beta')['domain']}"
    result = run(mobile_access_assessment_info, tenant="beta", what_if_users=[user])
    assert len(result["what_if"]) == 4 and not any(one["problem"] for one in result["what_if"]), result["what_if"]
    asked = [one["path"] for one in simulator.requests() if one["path"].endswith("evaluate")]
    assert [path.split("/")[1] for path in asked] == ["v1.0", *["beta"] * 4]
