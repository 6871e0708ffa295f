# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantee 21: a module works with the permissions in its documentation, and reports which one is missing."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from typing import Any

from ansible_collections.intune.exchange.plugins.plugin_utils._permissions import NEEDS, least_privilege

from .conftest import EXHAUSTIVE, shared_out
from .harness import Bench, Undisturbed
from .scenarios import SCENARIOS, Scenario

Baseline = Callable[[Scenario], Undisturbed]
WITH_GRAPH = [one for one in SCENARIOS if NEEDS[one.module].read]
# In the other tenants, applications cannot have roles before the organization is prepared for that.
WITH_ROLES = [
    one for one in SCENARIOS if NEEDS[one.module].exchange_read and one.tenant not in ("nothing", "dehydrated")
]

# The roles that the scenarios delegate and remove.
HANDED_OUT = ("View-Only Configuration", "View-Only Recipients")
HANDING_OUT = [
    one
    for one in WITH_ROLES
    if one.module in ("management_role_assignment", "role_group") and one.name != "role_group-remove"
]
# Delegating roles takes more than cmdlets, and nobody removes the application of the sign-in.
WITH_CMDLETS = [
    one for one in WITH_ROLES if one.module not in ("management_role_assignment", "role_group", "service_principal")
]


def both(scenario: Scenario) -> tuple[set[str], set[str]]:
    """All permissions of Graph and all roles of Exchange."""
    needs = NEEDS[scenario.module]
    return {*needs.read, *needs.write}, {*needs.exchange_read, *needs.exchange_write}


def with_graph(bench: Bench, scenario: Scenario, granted: Iterable[str], check_mode: bool = False) -> dict[str, Any]:
    bench.start(scenario)
    token = bench.simulator.token("graph", scenario.tenant, granted=set(granted))
    return bench.play(scenario, check_mode=check_mode, graph_token=token)


def with_roles(
    bench: Bench,
    scenario: Scenario,
    roles: Iterable[str],
    check_mode: bool = False,
    delegated: Iterable[str] = HANDED_OUT,
) -> dict[str, Any]:
    """As an application whose only rights in Exchange are these roles, and those that it may delegate."""
    # Nobody removes the registration of the application of the sign-in.
    bench.application = "application" if scenario.module == "service_principal" else "restricted"
    bench.start(scenario)
    restricted = bench.simulator.facts(scenario.tenant, "restricted")
    own = restricted["client_id"]
    bench.run("service_principal", scenario.tenant, {"app_id": own, "object_id": restricted["object_id"]})
    for role in roles:
        result = bench.run("management_role_assignment", scenario.tenant, {"role": role, "application": own})
        assert not result.get("failed"), result
    for role in delegated:
        given = {"Role": role, "App": own, "Delegating": True, "Name": f"delegate {role}"}
        result = bench.run(
            "exchange_cmdlet", scenario.tenant, {"cmdlet": "New-ManagementRoleAssignment", "parameters": given}
        )
        assert not result.get("failed"), result
    token = bench.simulator.token("exchange", scenario.tenant, application="restricted")
    return bench.play(scenario, check_mode=check_mode, exchange_token=token)


def in_any_order(names: Iterable[str], chance: random.Random) -> list[str]:
    """Remove one after another; a sample ends with the first that is needed."""
    ordered = sorted(names)
    return chance.sample(ordered, len(ordered))


@shared_out(WITH_GRAPH)
def test_the_documented_permissions_are_enough_and_a_missing_one_is_named(
    scenario: Scenario, bench: Bench, baseline: Baseline, chance: random.Random, count: Callable[[int], None]
) -> None:
    baseline(scenario)
    needed, _roles = both(scenario)
    whole = with_graph(bench, scenario, needed)
    assert not whole.get("failed"), whole["msg"]
    looked = with_graph(bench, scenario, NEEDS[scenario.module].read, check_mode=True)
    assert not looked.get("failed"), looked["msg"]
    named = 0  # modules that make several reads report it as unknown
    # A right to write includes the one to read.
    for one in in_any_order(
        needed - {name.replace("ReadWrite", "Read") for name in needed if "ReadWrite" in name}, chance
    ):
        if named and not EXHAUSTIVE:
            break
        result = with_graph(bench, scenario, needed - {one, one.replace("ReadWrite", "Read")})
        # If a read fails first, it names the permission to read, which the one to write includes.
        names = {one, one.replace("ReadWrite", "Read")}
        if result.get("failed"):
            assert result["error"]["kind"] == "forbidden", result
            assert any(name in result["msg"] for name in names), result["msg"]
        named += any(name in json.dumps(result) for name in names)
        count(21)
    assert named, "no permission was missed, or none was named"


@shared_out(WITH_ROLES)
def test_the_documented_roles_are_enough(
    scenario: Scenario, bench: Bench, baseline: Baseline, chance: random.Random, count: Callable[[int], None]
) -> None:
    expected = baseline(scenario)
    _graph, roles = both(scenario)
    whole = with_roles(bench, scenario, roles)
    assert not whole.get("failed"), whole["msg"]
    assert whole["changed"] == expected.result["changed"]
    looked = with_roles(bench, scenario, NEEDS[scenario.module].exchange_read, check_mode=True)
    assert not looked.get("failed"), looked["msg"]
    missed = 0
    for one in in_any_order(roles, chance):
        if missed and not EXHAUSTIVE:
            break
        result = with_roles(bench, scenario, roles - {one})
        if result.get("failed"):
            # A cmdlet that another role has with fewer parameters exists, but refuses these.
            fewer = "Invalid cmdlet parameters specified" in result["msg"]
            assert result["error"]["kind"] == "forbidden" or fewer, result
        missed += bool(result.get("failed")) or result != whole
        count(21)
    assert missed, "no role was missed"


@shared_out(WITH_CMDLETS)
def test_roles_with_exactly_the_cmdlets_are_enough(
    scenario: Scenario, bench: Bench, baseline: Baseline, count: Callable[[int], None]
) -> None:
    """The grants of the playbook bootstrap: parts of the built-in roles with only the required cmdlets."""
    expected = baseline(scenario)
    bench.application = "restricted"
    bench.start(scenario)
    restricted = bench.simulator.facts(scenario.tenant, "restricted")
    own = restricted["client_id"]
    bench.run("service_principal", scenario.tenant, {"app_id": own, "object_id": restricted["object_id"]})
    for number, one in enumerate(least_privilege([scenario.module])["exchange_cmdlets"]):
        part = {"name": f"Part {number}", "parent": one["role"], "cmdlets": one["cmdlets"]}
        for module, given in (
            ("management_role", part),
            ("management_role_assignment", {"role": part["name"], "application": own}),
        ):
            result = bench.run(module, scenario.tenant, given)
            assert not result.get("failed"), result
    token = bench.simulator.token("exchange", scenario.tenant, application="restricted")
    whole = bench.play(scenario, exchange_token=token)
    assert not whole.get("failed"), whole["msg"]
    assert whole["changed"] == expected.result["changed"]
    count(21)


@shared_out(HANDING_OUT)
def test_a_role_is_handed_out_by_whoever_may_delegate_it(
    scenario: Scenario, bench: Bench, count: Callable[[int], None]
) -> None:
    """Role Management alone is refused, and the message names what is missing, not what exists."""
    _graph, roles = both(scenario)
    refused = with_roles(bench, scenario, roles, delegated=())
    assert refused["error"]["kind"] == "forbidden", refused
    assert "a delegating assignment of it or of its parent" in refused["msg"]
    assert "needs the Exchange role Role Management" not in refused["msg"]
    predicted = with_roles(bench, scenario, NEEDS[scenario.module].exchange_read, check_mode=True, delegated=())
    assert not predicted.get("failed"), predicted
    count(21)
