# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People with their groups, read and judged; and the judge compared with the separately written What If."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.people import read_people
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.rules import (
    DEVICE_OR_APP,
    EAS,
    EXCHANGE_ONLINE,
    MOBILE,
    SignIn,
    judge,
    read,
)
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.modules import conditional_access_policy
from simulator import Simulator

Run = Callable[..., dict[str, Any]]
TENANTS = ["retired_covered", "retired_with_holes"]
POLICIES = "identity/conditionalAccess/policies"


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=TENANTS, page_size=2, rate_limits=False) as simulator:
        yield simulator


@pytest.fixture
def policies_of(signed_in: Callable[..., Tenant]) -> Callable[[str], tuple[Tenant, list[dict[str, Any]]]]:
    def listed(name: str) -> tuple[Tenant, list[dict[str, Any]]]:
        tenant = signed_in(name)
        return tenant, tenant.graph.list(POLICIES, Purpose("try it"))[0]

    return listed


def what_if(tenant: Tenant, person: Person, sign_in: SignIn) -> dict[str, bool]:
    """The policies that apply according to the service."""
    answer = tenant.graph.set(
        "identity/conditionalAccess/evaluate",
        {
            "signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", "userId": person.id},
            "signInContext": {
                "@odata.type": "#microsoft.graph.applicationContext",
                "includeApplications": [EXCHANGE_ONLINE],
            },
            "signInConditions": {"clientAppType": sign_in.client, "devicePlatform": sign_in.platform},
        },
        Purpose("try it"),
    )
    return {one["id"]: one["policyApplies"] for one in answer["value"]}


def applies(policy: dict[str, Any], person: Person, sign_in: SignIn) -> bool:
    """Whether it applies according to the judge, with enforced requirements or not."""
    reading = read(policy, sign_in)
    without = reading.why_not and reading.why_not[0] not in ("approved_application", "no_grant")
    reached = reading.assigned.reach(person, eas=sign_in.client == EAS) == (None, "")
    return reached and not without and not reading.conditions


@pytest.mark.parametrize("name", TENANTS)
def test_the_judge_and_what_if_agree(name: str, policies_of: Any) -> None:
    tenant, policies = policies_of(name)
    people, not_read = read_people(tenant, policies)
    assert not_read == [] and len(people) >= 2
    sign_ins = [one for one in MOBILE if one.platform != "other"]
    for person in people:
        for sign_in in sign_ins:
            ours = {policy["id"]: applies(policy, person, sign_in) for policy in policies}
            assert ours == what_if(tenant, person, sign_in), (person, sign_in)


def test_people_who_are_the_same_to_the_policies_are_judged_once(simulator: Simulator, policies_of: Any) -> None:
    tenant, policies = policies_of("retired_covered")
    people, _not_read = read_people(tenant, policies)
    state = simulator.state("retired_covered")
    emergency = next(one["id"] for one in state["users"] if one["displayName"] == "Emergency access")
    assert sum(people.values()) == len(state["users"])
    assert sorted(people.values()) == [1, len(state["users"]) - 1]
    (alone,) = (person for person, number in people.items() if number == 1)
    assert alone.id == emergency and len(alone.groups or ()) == 1


def test_groups_in_groups_count(policies_of: Any) -> None:
    tenant, policies = policies_of("retired_covered")
    everybody = tenant.graph.list("groups", Purpose("try it"))[0]
    ids = {one["displayName"]: one["id"] for one in everybody}
    nested = [{**policies[0], "conditions": {"users": {"includeGroups": [ids["Everybody"]]}}}]
    people, _not_read = read_people(tenant, nested)
    # the administrator directly, two more through the group Sales
    assert {number for person, number in people.items() if person.groups} == {3}


def test_the_tenant_with_holes_and_the_one_without(policies_of: Any) -> None:
    outlook = SignIn("mobileAppsAndDesktopClients", "android")
    tenant, policies = policies_of("retired_covered")
    people, _not_read = read_people(tenant, policies)
    covered = judge(policies, outlook, DEVICE_OR_APP, people)
    assert len(covered["covered"]) == len(covered["not_covered"]) == 1  # all but the emergency access account
    tenant, policies = policies_of("retired_with_holes")
    people, _not_read = read_people(tenant, policies)
    holes = judge(policies, outlook, DEVICE_OR_APP, people)
    assert holes["covered"] == [] and holes["depends_on"] == []
    said = {reason["policy"]: reason["reason"] for entry in holes["not_covered"] for reason in entry["reasons"]}
    assert said["Approved apps only"] == "approved_application"
    assert {reason["reason"] for entry in holes["not_covered"] for reason in entry["reasons"]} == {
        "approved_application",
        "report_only",
        "alternative",
        "not_included",
        "excluded",
        "client_app",
        "disabled",
    }


def test_the_repair_of_the_hole(run: Run, simulator: Simulator) -> None:
    repaired = run(
        conditional_access_policy,
        True,
        "retired_with_holes",
        display_name="Require a compliant device (test)",
        policy_state="enabled",
    )
    impact = repaired["impact"]
    people = len(simulator.state("retired_with_holes")["users"])
    assert impact["people"] == people and impact["not_read"] == []
    told = {(one["client"], one["platform"]): one for one in impact["sign_ins"]}
    mail = told["exchangeActiveSync", "iOS"]
    assert mail["before"]["covered"] == 1 and mail["after"]["covered"] == people - 1  # the pilot was blocked before
    assert told["mobileAppsAndDesktopClients", "android"]["after"]["covered"] == people - 1


def described(name: str, **more: Any) -> dict[str, Any]:
    return {"displayName": name, "licences": [], **more}


def test_who_holds_a_role_and_who_is_external(simulator: Simulator, policies_of: Any) -> None:
    """Roles through a group count, those in an administrative unit and those to be activated do not; see the pages
    "Users, groups, and workload identities" and "Authentication and Conditional Access for B2B users"."""
    role = {"eligible_roles": ["Security Administrator"]}
    users = {
        "direct": described("Direct", directory_roles=["Security Administrator"]),
        "unit": described("Unit", roles_in_units={"Security Administrator": "North"}),
        "through": described("Through a group"),
        "eligible": described("Eligible", **role),
        "eligible.group": described("Eligible through a group"),
        "invited.member": described("External member", creationType="Invitation", externalUserState="Accepted"),
        "invited.guest": described("External guest", userType="Guest", creationType="Invitation"),
        "local.guest": described("Local guest", userType="Guest"),
    }
    groups = {
        "Role holders": {"members": ["through"], "directory_roles": ["Security Administrator"]},
        "Role seekers": {"members": ["eligible.group"], **role},
    }
    plan = {"AAD_PREMIUM_P2": {"id": "eec0eb4f-6444-4f95-aba0-50c24d67f998", "service": "AADPremiumService"}}
    licence = {"AAD_PREMIUM_P2": {"id": "84a661c4-e949-4bd2-a560-ed7766fcaf2b", "units": 5, "plans": plan}}
    security = "194ae4cb-b126-40b2-bd5b-6091b380977d"
    named = [{"conditions": {"users": {"includeRoles": [security]}}}]
    for licensed in (True, False):
        simulator.describe({"users": users, "groups": groups, "skus": licence if licensed else {}}, "retired_covered")
        tenant, _policies = policies_of("retired_covered")
        ids = {one["displayName"]: one["id"] for one in simulator.state("retired_covered")["users"]}
        found, not_read = read_people(tenant, named, apart=set(ids.values()))
        people = {name: next(one for one in found if one.id == user) for name, user in ids.items()}
        # Without the licence, nobody can be eligible. With it, people who may join a group need their own permission.
        assert [one for one in not_read if "PrivilegedEligibilitySchedule.Read.AzureADGroup" not in str(one)] == []
        assert len(not_read) == int(licensed)
        assert {name for name, one in people.items() if one.roles} == {"Direct", "Through a group"}
        eligible = {name for name, one in people.items() if one.eligible}
        assert eligible == ({"Eligible", "Eligible through a group"} if licensed else set())
        kinds = {name: one.kind for name, one in people.items() if one.kind != "member"}
        assert kinds == {
            "External member": "b2bCollaborationMember",
            "External guest": "b2bCollaborationGuest",
            "Local guest": "guest",
        }


def test_who_may_activate_a_role_is_not_guessed(simulator: Simulator, policies_of: Any) -> None:
    """If that is refused, an excluded role makes coverage unknown; an included one covers nobody else."""
    read = "roleManagement.directory.ListRoleEligibilityScheduleInstances"
    simulator.fault(match=read, kind="status", status=403, count=9)
    tenant, policies = policies_of("retired_covered")
    security = "194ae4cb-b126-40b2-bd5b-6091b380977d"
    users = {"includeUsers": ["All"], "excludeRoles": [security]}
    excluding = [{**policies[1], "conditions": {**policies[1]["conditions"], "users": users}}]
    people, not_read = read_people(tenant, excluding)
    assert any("who may activate" in str(one) for one in not_read) and all(one.eligible is None for one in people)
    found = judge(excluding, SignIn(EAS, "iOS"), {"block"}, people)
    assert not found["covered"] and "not known here: who may activate role" in str(found["depends_on"])
