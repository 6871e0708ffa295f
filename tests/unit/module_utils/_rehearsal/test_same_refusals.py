# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy that conditional_access_policy refuses cannot be rehearsed either: another one would be rehearsed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._engine.run import refuse_null
from ansible_collections.intune.exchange.plugins.modules import conditional_access_policy as policy_module
from ansible_collections.intune.exchange.plugins.modules import conditional_access_rehearsal_info as module
from simulator import Simulator

from .test_rehearsal import BLOCKS_LINUX, TENANT, described, existing


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=[TENANT], rate_limits=False, page_size=4) as one:
        yield one


Run = Callable[..., dict[str, Any]]
SESSION = {"signInFrequency": {"isEnabled": True, "value": 1, "type": "days"}}
DEVICES = {**existing("P", "compliantDevice"), "sessionControls": SESSION}
NOBODY = "7359d0e0-d8a9-4afa-8a93-e23e099d7be8"
# Options beside the name P, and whether they are refused.
ODD: list[tuple[dict[str, Any], bool]] = [
    ({"grant_controls": {"terms_of_use": None}}, True),
    ({"grant_controls": {"operator": None, "built_in_controls": None}}, True),
    ({"conditions": {"devices": {"device_filter": None}}}, True),
    ({"conditions": {"locations": {"exclude_locations": None}}}, True),
    ({"conditions": {"users": {"include_guests_or_external_users": {"external_tenants": None}}}}, True),
    ({"conditions": {"applications": {"application_filter": {"mode": None, "rule": None}}}}, True),
    ({"conditions": {"platforms": None, "locations": None}}, True),
    ({"session_controls": {"sign_in_frequency": None}}, True),
    ({"session_controls": {"sign_in_frequency": {"is_enabled": None}}}, True),
    ({"id": None}, True),
    ({"id": ""}, True),
    ({"id": " "}, True),
    ({"id": NOBODY}, True),
    ({"display_name": None}, True),
    ({"display_name": None, "id": NOBODY}, True),
    ({"display_name": ""}, True),
    ({"display_name": ["P"], "id": None}, True),
    ({"policy_state": "on"}, True),
    ({"policy_state": ""}, True),
    ({"grant_controls": {"built_in_controls": [""]}}, True),
    ({"grant_controls": {"built_in_controls": [None]}}, True),
    ({"grant_controls": []}, True),
    ({"conditions": {"users": {"include_users": {"set": []}}}}, True),
    ({"conditions": {"users": {"exclude_users": {"add": [" "]}}}}, True),
    ({"conditions": {"client_app_types": []}}, True),
    ({"conditions": {"applications": {}}}, True),
    ({"grant_controls": None}, False),
    ({"grant_controls": {"operator": "OR", "terms_of_use": None}}, False),
    ({"conditions": None}, False),
    ({"conditions": {"devices": None, "platforms": {"include_platforms": ["iOS"]}}}, False),
    ({"conditions": {"users": {"exclude_users": None, "exclude_groups": {"set": []}}}}, False),
    ({"session_controls": {}}, False),
    ({"description": ""}, False),
    ({"description": None}, False),
]


def of_policy_module(run: Run, options: dict[str, Any]) -> dict[str, Any]:
    """Like a task: the arguments as written, then validated, then carried out in check mode."""
    declaration = policy_module.DECLARATION
    refused = refuse_null(declaration, options)
    if refused is not None:
        return refused
    invalid = ArgumentSpecValidator(declaration.options).validate(options).error_messages
    if invalid:
        return {"failed": True, "error": {"kind": "usage"}}
    return run(policy_module, tenant=TENANT, check_mode=True, accept_lockout_risk=True, **options)


@pytest.mark.parametrize(("odd", "refused"), ODD, ids=str)
def test_both_modules_refuse_the_same(run: Run, simulator: Simulator, odd: dict[str, Any], refused: bool) -> None:
    simulator.describe(described(BLOCKS_LINUX, DEVICES), TENANT)
    options = {"display_name": "P", **odd}
    theirs, ours = of_policy_module(run, options), run(module, tenant=TENANT, policies=[options])
    assert (bool(theirs.get("failed")), bool(ours.get("failed"))) == (refused, refused), (theirs, ours)
    if refused:
        assert ours["error"]["kind"] == theirs["error"]["kind"] and "policies[0]" in ours["msg"], ours["msg"]


def test_a_null_does_not_rehearse_another_policy(run: Run, simulator: Simulator) -> None:
    simulator.describe(described(BLOCKS_LINUX, DEVICES), TENANT)
    said = run(module, tenant=TENANT, policies=[{"display_name": "P", "grant_controls": {"terms_of_use": None}}])["msg"]
    assert "policies[0]: grant_controls has only null as parts, and would be cleared" in said


def test_a_name_of_another_policy_is_not_given_to_one(run: Run, simulator: Simulator) -> None:
    simulator.describe(described(BLOCKS_LINUX, DEVICES), TENANT)
    ids = {one["displayName"]: one["id"] for one in simulator.state(TENANT)["conditionalAccessPolicies"]}
    options = {"id": ids["P"], "display_name": "No Linux"}
    theirs, ours = of_policy_module(run, options), run(module, tenant=TENANT, policies=[options])
    assert theirs["error"]["kind"] == ours["error"]["kind"] == "ambiguous"
    assert "policies[0]: " in ours["msg"] and ours["error"]["candidates"] == theirs["error"]["candidates"]
