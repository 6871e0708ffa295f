# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memberships that may be activated (Privileged Identity Management for groups): read, judged, and never silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.people import read_people
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.rules import APPS, SignIn, judge
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.modules import conditional_access_policy
from ansible_collections.intune.exchange.plugins.modules import mobile_access_assessment_info as assessment
from simulator import Simulator

Run = Callable[..., dict[str, Any]]
TENANTS = ["retired_covered"]
ROLE = "Security Administrator"
SECURITY = "194ae4cb-b126-40b2-bd5b-6091b380977d"
PERMISSION = "PrivilegedEligibilitySchedule.Read.AzureADGroup"
RIGHTS = [
    "AuditLog.Read.All",
    "GroupMember.Read.All",
    "Policy.Read.All",
    "Policy.ReadWrite.ConditionalAccess",
    "Application.Read.All",
    "RoleManagement.Read.Directory",
    "User.Read.All",
]
PLAN = {"AAD_PREMIUM_P2": {"id": "eec0eb4f-6444-4f95-aba0-50c24d67f998", "service": "AADPremiumService"}}
LICENCE = {"AAD_PREMIUM_P2": {"id": "84a661c4-e949-4bd2-a560-ed7766fcaf2b", "units": 5, "plans": PLAN}}
NAMES = ("Member", "Joins", "Joins the inner one", "Joins through a group", "Takes the role", "Nobody")


@pytest.fixture
def sharing() -> Callable[[Simulator, str], dict[str, Any]]:
    """Nothing: each test has its own permissions, and an earlier token would have others."""
    return lambda simulator, tenant: {}


@pytest.fixture
def described(simulator: Simulator, signed_in: Callable[..., Tenant]) -> Callable[..., tuple[Tenant, dict[str, str]]]:
    """A tenant with a group that some may join, and the ids of users and groups by name."""

    def opened(permitted: bool = True, licensed: bool = True) -> tuple[Tenant, dict[str, str]]:
        members = [name.lower().replace(" ", ".") for name in NAMES]
        member, joins, inner, through, role, _nobody = members
        simulator.describe(
            {
                "users": {
                    nick: {"displayName": name, "licences": []} for nick, name in zip(members, NAMES, strict=True)
                },
                "groups": {
                    "Spared": {
                        "members": [member],
                        "groups": ["Inner"],
                        "eligible_users": [joins],
                        "eligible_groups": ["Seekers"],
                    },
                    "Inner": {"eligible_users": [inner]},
                    "Seekers": {"members": [through]},
                    "Holders": {"directory_roles": [ROLE], "eligible_users": [role]},
                },
                "skus": LICENCE if licensed else {},
                "application": {"graph": [*RIGHTS, *([PERMISSION] if permitted else [])]},
            },
            TENANTS[0],
        )
        state = simulator.state(TENANTS[0])
        return signed_in(TENANTS[0]), {
            one["displayName"]: one["id"] for kind in ("users", "groups") for one in state[kind]
        }

    return opened


def named(people: dict[Person, int], ids: dict[str, str], attribute: str) -> set[str]:
    by_id = {value: name for name, value in ids.items()}
    return {by_id[one.id] for one in people if getattr(one, attribute)}


def policy(ids: dict[str, str], **users: Any) -> dict[str, Any]:
    return {
        "displayName": "Block",
        "state": "enabled",
        "conditions": {
            "users": {name: [ids.get(one, one) for one in value] for name, value in users.items()},
            "applications": {"includeApplications": ["All"]},
            "clientAppTypes": ["all"],
        },
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    }


def test_who_may_join_a_group_is_covered_only_while_that_is_not_so(described: Any) -> None:
    """People who may join the excluded group itself or a nested group, or who are in a group that may join it."""
    tenant, ids = described()
    block = policy(ids, includeUsers=["All"], excludeGroups=["Spared"])
    people, not_read = read_people(tenant, [block], apart=set(ids.values()))
    assert not_read == []
    assert named(people, ids, "groups") == {"Member"}
    assert named(people, ids, "eligible_groups") == {"Joins", "Joins the inner one", "Joins through a group"}
    found = judge([block], SignIn(APPS, "iOS"), {"block"}, people)
    names = {status: {name for one in found[status] for name in NAMES if ids[name] in one["who"]} for status in found}
    assert names["covered"] == {"Takes the role", "Nobody"} and names["not_covered"] == {"Member"}
    assert names["depends_on"] == {"Joins", "Joins the inner one", "Joins through a group"}
    conditions = found["depends_on"][0]["policies"][0]["conditions"]
    assert conditions == [f"while the membership of group {ids['Spared']} is not active"]


def test_a_group_that_is_included_covers_who_may_join_it_while_they_are_in(described: Any) -> None:
    tenant, ids = described()
    block = policy(ids, includeGroups=["Spared"])
    people, _not_read = read_people(tenant, [block], apart=set(ids.values()))
    found = judge([block], SignIn(APPS, "iOS"), {"block"}, people)
    assert len([who for one in found["depends_on"] for who in one["who"]]) == 3 and len(found["covered"]) == 1


def test_who_may_join_a_group_that_holds_a_role_may_activate_the_role(described: Any) -> None:
    tenant, ids = described()
    people, not_read = read_people(tenant, [policy(ids, includeRoles=[SECURITY])], apart=set(ids.values()))
    assert not_read == [] and named(people, ids, "roles") == set()
    assert named(people, ids, "eligible") == {"Takes the role"}


def test_without_the_permission_it_is_said_by_name(described: Any) -> None:
    """The answers are the current ones, and the report says what they ignore."""
    tenant, ids = described(permitted=False)
    block = policy(ids, includeUsers=["All"], excludeGroups=["Spared"])
    people, not_read = read_people(tenant, [block], apart=set(ids.values()))
    assert len(not_read) == 1 and PERMISSION in str(not_read[0]) and "may activate a membership" in str(not_read[0])
    assert all(one.eligible_groups is None for one in people)
    found = judge([block], SignIn(APPS, "iOS"), {"block"}, people)
    assert found["depends_on"] == [] and len(found["covered"]) == 1


@pytest.mark.parametrize("permitted", [True, False])
def test_the_check_of_the_assessment_says_what_it_leaves_out(described: Any, run: Run, permitted: bool) -> None:
    described(permitted)
    checks = {one["id"]: one for one in run(assessment, tenant=TENANTS[0])["checks"]}
    sentence = f"could not read who may activate a membership of a group ({PERMISSION})"
    assert (sentence in checks["legacy_blocked"]["evidence"]) is not permitted


def test_a_missing_permission_does_not_hide_a_lockout(described: Any, run: Run) -> None:
    """People who may join count as kept out, so the refusal does not depend on that permission."""
    _tenant, ids = described(permitted=False)
    options = {
        "display_name": "Block everybody",
        "policy_state": "enabled",
        "conditions": {
            "users": {"include_users": {"set": ["All"]}, "exclude_groups": {"set": [ids["Inner"]]}},
            "applications": {"include_applications": ["All"]},
            "client_app_types": ["all"],
        },
        "grant_controls": {"operator": "OR", "built_in_controls": ["block"]},
    }
    refused = run(conditional_access_policy, True, TENANTS[0], **options)
    assert refused["error"]["kind"] == "lockout_risk"


def test_without_the_licence_nobody_is_asked_about(described: Any, simulator: Simulator) -> None:
    tenant, ids = described(permitted=False, licensed=False)
    _people, not_read = read_people(tenant, [policy(ids, includeGroups=["Spared"])])
    assert not_read == []
    assert not any("privilegedAccess" in str(one) for one in simulator.requests())
