# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditional Access through real runs, with the limit of one request a second; one task runs as a process."""

from __future__ import annotations

from typing import Any

from simulator import Simulator

from .conftest import Play

POLICY, INFO = "intune.exchange.conditional_access_policy", "intune.exchange.conditional_access_policy_info"
RIGHTS = {
    "Policy.Read.All",
    "Policy.ReadWrite.ConditionalAccess",
    "Application.Read.All",
    "User.Read.All",
    "GroupMember.Read.All",
    "RoleManagement.Read.Directory",
}
BLOCK: dict[str, Any] = {
    "display_name": "Legacy clients",
    "conditions": {
        "users": {"include_users": {"set": ["All"]}, "exclude_users": {"add": ["{{ emergency }}"]}},
        "applications": {"include_applications": ["All"]},
        "client_app_types": ["exchangeActiveSync", "other"],
    },
    "grant_controls": {"operator": "OR", "built_in_controls": ["block"]},
}


def test_from_report_only_to_enforced(play: Play, simulator: Simulator) -> None:
    environment = {
        **simulator.environment("ready", method="token"),
        "INTUNE_EXCHANGE_GRAPH_TOKEN": simulator.token("graph", "ready", RIGHTS),
    }
    emergency = simulator.state("ready")["users"][0]["id"]
    steps = [
        {POLICY: BLOCK, "check_mode": True},
        {POLICY: BLOCK},
        {POLICY: {"display_name": "legacy clients", "policy_state": "enabled"}},
        {POLICY: {**BLOCK, "policy_state": "enabled"}, "environment": {"INTUNE_EXCHANGE_IN_PROCESS": "false"}},
        {INFO: {}},
    ]
    run = play(*steps, environment=environment, vars={"emergency": emergency})
    assert run.code == 0, run.output
    planned, made, enforced, again, found = run.results.values()
    assert [one["changed"] for one in (planned, made, enforced, again)] == [True, True, True, False]
    assert planned["impact"] == made["impact"] and made["impact"]["except"] == [f"user {emergency}"]
    people = made["impact"]["people"]
    assert {one["client"] for one in enforced["impact"]["sign_ins"]} == {"exchangeActiveSync", "other"}
    for one in enforced["impact"]["sign_ins"]:
        assert one["before"]["report_only"] == one["after"]["covered"] == people - 1
        assert one["after"]["not_covered"] == 1
    assert [one["state"] for one in found["conditional_access_policies"]] == ["enabled"]
