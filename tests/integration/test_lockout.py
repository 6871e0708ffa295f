# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An exclusion of an empty group spares nobody, and named people must exist: real runs, the whole tenant compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .conftest import player
from .test_conditional_access import RIGHTS
from .test_role_mobile_access import MARK, NEED_INTUNE, kept, role

POLICY = "intune.exchange.conditional_access_policy"
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
BLOCK_LEGACY = "Exchange Online: block Exchange ActiveSync and other legacy clients"
DOMAIN = "people.example"
UNKNOWN = "0c5a3f0e-3c39-4f0b-8c0f-6d3c5f9f2b77"
EMPTY, KEPT, BLANK = {"exclude_groups": {"set": ["Empty"]}}, {"exclude_groups": {"set": ["Kept"]}}, {"set": [""]}


def stored(name: str, clients: list[str], controls: list[str]) -> dict[str, Any]:
    """A policy of the role from an earlier version: with texts that match nobody."""
    return {
        "displayName": name,
        "description": MARK,
        "state": "enabledForReportingButNotEnforced",
        "conditions": {
            "clientAppTypes": clients,
            "applications": {"includeApplications": [EXCHANGE]},
            "users": {"includeGroups": ["abc"], "excludeUsers": ["x@y.z", UNKNOWN, "by.hand"]},
            "platforms": {"includePlatforms": ["android", "iOS"]} if "browser" in clients else None,
        },
        "grantControls": {"operator": "OR", "builtInControls": controls},
    }


def tenant(folder: Path, *policies: dict[str, Any]) -> Path:
    path = folder / "people.yml"
    described = {
        "extends": "retired_with_holes",
        "domain": DOMAIN,
        "users": {
            "by.hand": {"displayName": "By Hand", "licences": []},
            "guest": {"displayName": "Guest", "licences": [], "userType": "Guest"},
            "leaver": {"displayName": "Leaver", "licences": [], "accountEnabled": False},
        },
        "groups": {
            "Empty": {"members": ["guest", "leaver"]},
            "Kept": {"groups": ["Emergency accounts"]},
            "Twins": {},
            "Other twins": {"displayName": "twins"},
        },
        "conditional_access": {"policies": list(policies)},
        "sign_ins": [],
    }
    path.write_text(yaml.safe_dump(described))
    return path


def whole(simulator: Simulator) -> dict[str, Any]:
    return {name: value for name, value in simulator.state("people").items() if name != "at"}


def block(name: str, users: dict[str, Any], state: str = "enabled") -> dict[str, Any]:
    return {
        "display_name": name,
        "policy_state": state,
        "conditions": {
            "users": {"include_users": {"set": ["All"]}, **users},
            "applications": {"include_applications": ["All"]},
        },
        "grant_controls": {"operator": "OR", "built_in_controls": ["block"]},
    }


@pytest.mark.more  # the unit tests' test_lockout.py has these cases, without Ansible
def test_an_exclusion_that_holds_nobody_spares_nobody(tmp_path: Path) -> None:
    with Simulator(tenants=[tenant(tmp_path)]) as simulator:
        play = player(tmp_path, simulator)
        signed_in = {
            **simulator.environment("people", method="token"),
            "INTUNE_EXCHANGE_GRAPH_TOKEN": simulator.token("graph", "people", RIGHTS),
        }
        made = play({POLICY: block("Planned", EMPTY, "report_only")}, environment=signed_in)
        assert made.code == 0, made.output
        before = whole(simulator)
        wanted: list[tuple[dict[str, Any], str]] = [
            (block("New", EMPTY), "lockout_risk"),
            (block("New", {"exclude_users": {"set": [f"guest@{DOMAIN}", f"leaver@{DOMAIN}"]}}), "lockout_risk"),
            ({"display_name": "planned", "policy_state": "enabled"}, "lockout_risk"),
            (block("New", {"exclude_users": BLANK}), "usage"),
            (block("New", {"exclude_users": {"set": ["Emergency access"]}}, "report_only"), "unresolved"),
            (block("New", {"exclude_groups": {"set": [UNKNOWN]}}, "report_only"), "unresolved"),
            (block("New", {"exclude_groups": {"set": ["Twins"]}}, "report_only"), "ambiguous"),
        ]
        tasks = [
            {POLICY: options, "ignore_errors": True, "check_mode": check_mode}
            for options, _kind in wanted
            for check_mode in (True, False)
        ]
        refused = play(*tasks, environment=signed_in)
        kinds = [one["error"]["kind"] for one in refused.results.values()]
        assert kinds == [kind for _options, kind in wanted for _check_mode in (True, False)], refused.output
        assert whole(simulator) == before

        guests = {"include_users": {"set": ["GuestsOrExternalUsers"]}}
        twice = {"exclude_groups": {"set": ["Kept", "KEPT"]}}
        run = play(
            {POLICY: block("Spares the emergency account", KEPT)},
            {POLICY: block("For guests", {**guests, **twice}, "report_only")},
            {POLICY: block("For guests", {**guests, **twice}, "report_only")},
            environment=signed_in,
        )
        assert run.code == 0, run.output
        assert [one["changed"] for one in run.results.values()] == [True, True, False]
        after = whole(simulator)
        policies = after.pop("conditionalAccessPolicies")
        assert [one["displayName"] for one in policies] == ["Planned", "Spares the emergency account", "For guests"]
        group = next(one["id"] for one in after["groups"] if one["displayName"] == "Kept")
        assert [one["conditions"]["users"]["excludeGroups"] for one in policies[1:]] == [[group]] * 2
        assert policies[0] == before["conditionalAccessPolicies"][0]


def protect(emergency: list[str], pilot: str, **more: Any) -> dict[str, Any]:
    variables = {"emergency_users": emergency, "pilot_group": pilot, "controls": ["compliantDevice"]}
    return role("protect", **variables, **more)


@pytest.mark.more  # as above
def test_protect_finds_and_shows_whom_it_means_before_it_writes(tmp_path: Path) -> None:
    policies = (
        stored(NEED_INTUNE, ["browser", "mobileAppsAndDesktopClients"], ["compliantDevice"]),
        stored(BLOCK_LEGACY, ["exchangeActiveSync", "other"], ["block"]),
    )
    emergency = f"emergency@{DOMAIN}"
    with Simulator(tenants=[tenant(tmp_path, *policies)]) as simulator:
        play = player(tmp_path, simulator)
        before = whole(simulator)
        refusals = [
            (protect(["x@y.z"], "abc"), ["x@y.z under conditions.users.exclude_users", "abc under"]),
            (protect([emergency], "Twins"), ["2 objects match where one is expected"]),
            (protect([emergency, f"leaver@{DOMAIN}"], "Pilot"), [f"leaver@{DOMAIN} is disabled or a guest"]),
        ]
        for number, (task, words) in enumerate(refusals):
            for arguments in [(), ("--check",)] if number == 0 else [()]:
                run = play(task, tenant="people", arguments=arguments)
                assert run.code == 2 and all(one in " ".join(run.output.split()) for one in words), run.output
                assert whole(simulator) == before
        run = play(
            protect([emergency.upper()], "pilot"),
            kept("protect"),
            protect([emergency], "Pilot"),
            kept("protect", "second"),
            tenant="people",
        )
        assert run.code == 0, run.output
        users = {one["displayName"]: one["id"] for one in simulator.state("people")["users"]}
        pilot = next(one["id"] for one in simulator.state("people")["groups"] if one["displayName"] == "Pilot")
        for name in ("Emergency access", "Pilot group: Pilot"):
            shown = run.output.index(name)
            assert shown < run.output.index("Configure the policies, new ones in report-only mode")
        first, second = (run.results[name]["msg"] for name in ("kept", "second"))
        assert first["changed"] and not second["changed"]
        assert first["emergency_users"][0]["id"] == users["Emergency access"] and first["pilot_group"]["id"] == pilot
        after = whole(simulator)
        for policy in after.pop("conditionalAccessPolicies"):
            assert policy["conditions"]["users"]["excludeUsers"] == [users["By Hand"], users["Emergency access"]]
            assert policy["conditions"]["users"]["includeGroups"] == [pilot]
            assert policy["state"] == "enabledForReportingButNotEnforced"
        before.pop("conditionalAccessPolicies")
        assert after == before
