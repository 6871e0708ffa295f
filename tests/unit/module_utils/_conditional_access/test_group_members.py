# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A group whose members are hidden is not an empty one ("List group transitive members", Member.Read.Hidden)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.people import read_people
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.rules import EAS, SignIn, judge
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.modules import mobile_access_assessment_info as assessment
from ansible_collections.intune.exchange.plugins.modules import tenant_snapshot_info as snapshot
from simulator import Simulator

Run = Callable[..., dict[str, Any]]
NAME = "retired_covered"
BLOCK: dict[str, Any] = {
    "displayName": "Block legacy clients",
    "state": "enabled",
    "conditions": {
        "users": {"includeUsers": ["All"], "excludeGroups": ["Left out"]},
        "applications": {"includeApplications": ["All"]},
        "clientAppTypes": ["exchangeActiveSync", "other"],
    },
    "grantControls": {"operator": "OR", "builtInControls": ["block"]},
}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=[NAME], rate_limits=False) as simulator:
        yield simulator


@pytest.fixture
def described(simulator: Simulator) -> Callable[[str | None], str]:
    """All legacy clients are blocked, except for one group, whose id is returned."""

    def opened(
        visibility: str | None, members: tuple[str, ...] = ("adele.vance", "alex.wilber", "administrator")
    ) -> str:
        group = {"members": list(members), **({"visibility": visibility} if visibility else {})}
        simulator.describe({"groups": {"Left out": group}, "conditional_access": {"policies": [BLOCK]}}, NAME)
        return next(one["id"] for one in simulator.state(NAME)["groups"] if one["displayName"] == "Left out")

    return opened


def check(run: Run) -> dict[str, Any]:
    return next(one for one in run(assessment, tenant=NAME)["checks"] if one["id"] == "legacy_blocked")


def test_hidden_members_are_not_nobody(described: Any, run: Run) -> None:
    """Three people are excluded. If they are hidden, the check does not claim that everybody is covered."""
    described(None)
    assert check(run)["status"] == "unmet"
    described("HiddenMembership")
    found = check(run)
    assert found["status"] == "unknown" and "Member.Read.Hidden" in found["next_step"]
    described(None, ())
    assert check(run)["status"] == "met"


def test_it_is_said_by_name_and_nobody_is_covered_for_certain(described: Any, signed_in: Callable[..., Tenant]) -> None:
    group = described("HiddenMembership")
    policies = [
        {**BLOCK, "conditions": {**BLOCK["conditions"], "users": {"includeUsers": ["All"], "excludeGroups": [group]}}}
    ]
    people, not_read = read_people(signed_in(NAME), policies)
    assert len(not_read) == 1 and group in str(not_read[0]) and "hidden" in str(not_read[0])
    found = judge(policies, SignIn(EAS, "iOS"), {"block"}, people)
    assert not found["covered"] and not found["not_covered"]
    assert f"not known here: group {group}" in str(found["depends_on"])


def test_an_empty_group_of_which_nothing_more_may_be_read_is_not_nobody(
    described: Any, simulator: Simulator, signed_in: Callable[..., Tenant]
) -> None:
    group = described(None, ())
    simulator.fault(match="groups.group.GetGroup", kind="status", status=403, count=9)
    _people, not_read = read_people(signed_in(NAME), [{"conditions": {"users": {"excludeGroups": [group]}}}])
    assert len(not_read) == 1 and "GroupMember.Read.All" in str(not_read[0])


def test_a_snapshot_has_no_empty_group_in_its_place(described: Any, run: Run) -> None:
    described("HiddenMembership")
    found = run(snapshot, tenant=NAME)
    (group,) = (one for one in found["not_read"] if one["kind"] == "groups")
    assert "hidden" in group["reason"]
