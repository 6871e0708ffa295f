# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge of one sign-in compared with the simulated tenant's separately written What If; and with itself.

Policies and sign-ins are drawn at random. Differences are counted by kind, and every kind must be explained here.
explained here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.conditions import every_case
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.group_eligibility import (
    apart_from_eligibility,
)
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.named_locations import from_network
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.people import read_people
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.rules import (
    APPS,
    BROWSER,
    EAS,
    EXCHANGE_ONLINE,
    LEGACY,
    AllBut,
    SignIn,
    decide,
    judge,
    registered,
)
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from simulator import Simulator

TENANT = "retired_covered"
TEAMS = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"
# Everybody whom policies distinguish in some way.
USERS = {
    "unit.admin": {"displayName": "Unit", "licences": [], "roles_in_units": {"Security Administrator": "North"}},
    "group.admin": {"displayName": "Group", "licences": []},
    "invited.guest": {
        "displayName": "Invited",
        "licences": [],
        "userType": "Guest",
        "creationType": "Invitation",
        "externalUserState": "Accepted",
    },
    "invited.member": {"displayName": "External", "licences": [], "creationType": "Invitation"},
    "local.guest": {"displayName": "Local guest", "licences": [], "userType": "Guest"},
    "may.admin": {"displayName": "Eligible", "licences": [], "eligible_roles": ["Security Administrator"]},
}
GROUPS = {"Administrators": {"members": ["group.admin"], "directory_roles": ["Security Administrator"]}}
ROLES = ["Security Administrator", "Global Administrator"]
KINDS = ["internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember"]
LOCATIONS = ["Head office", "Where we work", "AllTrusted"]
RULES = [
    'device.isCompliant -eq "True"',
    "device.isCompliant -ne True",
    'device.trustType -eq "AzureAD"',
    'device.trustType -ne "Workplace"',
    'device.operatingSystem -eq "Windows"',
    'device.model -eq "Pixel 8"',
]


def some(*values: Any, least: int = 1) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=3, unique=True)


def maybe(strategy: st.SearchStrategy[Any], nothing: Any = None) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(nothing), st.just(nothing), strategy)


def side(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """One side of an assignment, with names as in a tenant description."""
    kinds = some(*KINDS).map(
        lambda types: {"guestOrExternalUserTypes": ",".join(types), "externalTenants": {"membershipKind": "all"}}
    )
    parts = {
        f"{name}Users": some("adele.vance", "emergency", "invited.guest"),
        f"{name}Groups": some("Everybody", "Pilot", "Administrators"),
        f"{name}Roles": some(*ROLES),
        f"{name}GuestsOrExternalUsers": kinds,
    }
    return st.sampled_from(sorted(parts)).flatmap(lambda one: parts[one].map(lambda value: {one: value}))


@st.composite
def policies(draw: Any) -> list[dict[str, Any]]:
    found = []
    for number in range(draw(st.integers(1, 5))):
        included = draw(st.one_of(st.just({"includeUsers": ["All"]}), side("include")))
        excluded = draw(maybe(side("exclude"), {}))
        conditions: dict[str, Any] = {
            "users": included | excluded,
            "applications": draw(
                st.sampled_from(
                    [
                        {"includeApplications": ["All"]},
                        {"includeApplications": [EXCHANGE_ONLINE]},
                        {"includeApplications": ["Office365"]},
                        {"includeApplications": [TEAMS]},
                        {"includeApplications": ["All"], "excludeApplications": ["Office365"]},
                    ]
                )
            ),
            "clientAppTypes": draw(
                st.one_of(st.just(["all"]), some(APPS, BROWSER, EAS, LEGACY), st.just(["easSupported"]))
            ),
            "platforms": draw(
                maybe(
                    st.fixed_dictionaries(
                        {
                            "includePlatforms": some("all", "iOS", "android", "windows", least=0),
                            "excludePlatforms": some("iOS", "macOS", least=0),
                        }
                    ).filter(lambda one: one["includePlatforms"] or one["excludePlatforms"])
                )
            ),
            "locations": draw(
                maybe(
                    st.fixed_dictionaries(
                        {"includeLocations": some("All", *LOCATIONS), "excludeLocations": some(*LOCATIONS, least=0)}
                    )
                )
            ),
            "signInRiskLevels": draw(maybe(some("none", "low", "medium", "high"), [])),
            "userRiskLevels": draw(maybe(some("low", "high"), [])),
            "devices": draw(
                maybe(
                    st.builds(
                        lambda mode, rule: {"deviceFilter": {"mode": mode, "rule": rule}},
                        st.sampled_from(["include", "exclude"]),
                        st.sampled_from(RULES),
                    )
                )
            ),
            "authenticationFlows": draw(
                maybe(
                    st.sampled_from(["deviceCodeFlow", "authenticationTransfer"]).map(
                        lambda one: {"transferMethods": one}
                    )
                )
            ),
        }
        found.append(
            {
                "displayName": f"Policy {number}",
                "state": draw(st.sampled_from(["enabled", "enabled", "enabledForReportingButNotEnforced", "disabled"])),
                "conditions": conditions,
                "grantControls": {
                    "operator": draw(st.sampled_from(["AND", "OR"])),
                    "builtInControls": draw(
                        st.one_of(st.just(["block"]), some("mfa", "compliantDevice", "compliantApplication"))
                    ),
                },
            }
        )
    return found


@st.composite
def sign_ins(draw: Any) -> tuple[SignIn, dict[str, Any]]:
    """A sign-in, and the input of What If for it. Omitted facts are unknown to both."""
    client = draw(st.sampled_from([APPS, BROWSER, EAS, LEGACY]))
    platform = draw(st.sampled_from(["iOS", "android", "windows", "macOS"]))
    sign_in, told = SignIn(client, platform), {"clientAppType": client, "devicePlatform": platform}
    if draw(st.booleans()):
        risk = draw(st.sampled_from(["none", "low", "medium", "high"]))
        sign_in, told = (
            replace(sign_in, sign_in_risk=risk, user_risk=risk),
            told
            | {
                "signInRiskLevel": risk,
                "userRiskLevel": risk,
            },
        )
    if draw(st.booleans()):
        flow = draw(st.sampled_from(["deviceCodeFlow", "authenticationTransfer"]))
        sign_in, told = replace(sign_in, flow=flow), told | {"authenticationFlow": {"transferMethod": flow}}
    if draw(st.booleans()):
        system = {"iOS": "iOS", "android": "Android", "windows": "Windows", "macOS": "MacMDM"}[platform]
        facts = {
            "isCompliant": draw(st.booleans()),
            "trustType": draw(st.sampled_from(["AzureAD", "Workplace"])),
            "operatingSystem": system,
            "model": draw(st.sampled_from(["Pixel 8", "Other"])),
        }
        sign_in, told = replace(sign_in, device=registered(**facts)), told | {"deviceInfo": facts}
    if draw(st.booleans()):
        network = {
            "ipAddress": draw(st.sampled_from(["198.51.100.7", "203.0.113.7"])),
            "country": draw(st.sampled_from(["CH", "US"])),
        }
        told = told | network
    return sign_in, told


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=[TENANT], page_size=50, rate_limits=False) as simulator:
        yield simulator


def listed(tenant: Tenant, path: str) -> list[dict[str, Any]]:
    return tenant.graph.list(path, Purpose("try it"))[0]


def everybody(tenant: Tenant) -> list[Person]:
    """Each account with all groups and roles, as read for policies that name them."""
    users = [one["id"] for one in listed(tenant, "users")]
    groups = [one["id"] for one in listed(tenant, "groups")]
    roles = [one["id"] for one in listed(tenant, "roleManagement/directory/roleDefinitions")]
    named = {"includeGroups": groups, "includeRoles": roles}
    people, not_read = read_people(tenant, [{"conditions": {"users": named}}], apart=[one.lower() for one in users])
    assert not apart_from_eligibility(not_read) and len(people) == len(users)
    return list(people)


def why(ours: Any, service: dict[str, Any], client: str) -> str:
    """The kind of a difference; empty for none."""
    applies, reason = bool(service["policyApplies"]), service["analysisReasons"]
    filtered = (ours.policy["conditions"].get("devices") or {}).get("deviceFilter")
    if ours.applies and client == LEGACY and filtered and reason == "notEnoughInformation":
        return "a legacy client passes no device state"
    if ours.applies is applies:
        return ""
    if ours.applies is None:
        # What is not known to us is not enough information for the service, or something else kept the policy out.
        return "" if reason == "notEnoughInformation" else "we do not say, the service does"
    return f"we say {ours.applies} ({ours.reason}), the service {applies} ({reason})"


# Expected differences: an eligible role and a guest of unknown kind are unknown to us, and What If of the simulated
# tenant uses its own data. It gets no device for a legacy client, which passes no device state ("Conditions") and so is
# like an unregistered one.
EXPLAINED = {"we do not say, the service does", "a legacy client passes no device state"}


def test_the_judge_and_what_if_on_drawn_policies_and_sign_ins(simulator: Simulator, signed_in: Any) -> None:
    plans = {"AAD_PREMIUM_P2": {"id": "eec0eb4f-6444-4f95-aba0-50c24d67f998", "service": "AADPremiumService"}}
    licence = {"AAD_PREMIUM_P2": {"id": "84a661c4-e949-4bd2-a560-ed7766fcaf2b", "units": 5, "plans": plans}}
    base = {"users": USERS, "groups": GROUPS, "skus": licence}
    simulator.describe({**base, "conditional_access": {"policies": []}}, TENANT)
    tenant = signed_in(TENANT)
    people = everybody(tenant)
    places = listed(tenant, "identity/conditionalAccess/namedLocations")
    counts: Counter[str] = Counter()

    @settings(
        max_examples=50,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn=policies(), ways=st.lists(sign_ins(), min_size=2, max_size=2), who=st.permutations(people))
    def compare(drawn: list[dict[str, Any]], ways: list[tuple[SignIn, dict[str, Any]]], who: list[Person]) -> None:
        simulator.describe({**base, "conditional_access": {"policies": drawn}}, TENANT)
        known = listed(tenant, "identity/conditionalAccess/policies")
        for (sign_in, told), person in zip([*ways, *ways], who[:4], strict=True):
            if "ipAddress" in told:
                sign_in = from_network(sign_in, places, told["ipAddress"], told["country"])
            body = {
                "signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", "userId": person.id},
                "signInContext": {
                    "@odata.type": "#microsoft.graph.applicationContext",
                    "includeApplications": [EXCHANGE_ONLINE],
                },
                "signInConditions": told,
            }
            answer = tenant.graph.set("identity/conditionalAccess/evaluate", body, Purpose("try it"))["value"]
            service = {one["id"]: one for one in answer}
            for ours in decide(known, sign_in, person).outcomes:
                kind = why(ours, service[ours.policy["id"]], sign_in.client)
                counts[kind or f"agreed: {ours.applies}"] += 1
                assert not kind or kind in EXPLAINED, (kind, ours.policy, sign_in, person, told)

    compare()
    agreed = {name: number for name, number in counts.items() if name.startswith("agreed")}
    assert sum(agreed.values()) >= 0.97 * sum(counts.values()) and min(agreed.values()) >= 10 and len(agreed) == 3, (
        counts
    )


@settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(
    drawn=policies(),
    client=st.sampled_from([APPS, BROWSER, EAS, LEGACY]),
    platform=st.sampled_from(["iOS", "android", "windows", "other"]),
    wanted=st.sampled_from([{"compliantDevice", "compliantApplication"}, {"block"}, {"mfa"}]),
)
def test_who_is_covered_is_who_is_stopped_in_every_case(
    drawn: list[dict[str, Any]], client: str, platform: str, wanted: set[str]
) -> None:
    """A person is covered who is stopped in each case when everything except the wanted controls is met."""
    person = Person("adele.vance", frozenset({"everybody"}), frozenset())
    sign_in = SignIn(client, platform, satisfied=AllBut(frozenset(wanted)))
    cases = every_case([one["conditions"] for one in drawn if one["state"] == "enabled"], sign_in)
    answers = {
        decide(drawn, case, person).answer
        for case in cases
        if not (case.device and "compliantDevice" in wanted and case.device.get("iscompliant") == "true")
    }
    found = judge(drawn, SignIn(client, platform), wanted, [person])
    assert bool(found["covered"]) is (answers == {"stopped"}), (answers, found)
