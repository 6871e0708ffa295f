# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gaps that others found in their tools, and in pages of Microsoft, as cases for the judge.

Most are false passes: a policy that blocks legacy clients, narrowed by one more condition. A source is the issue or the
page in which it stands.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.rules import (
    APPS,
    BROWSER,
    EAS,
    EXCHANGE_ONLINE,
    LEGACY,
    SignIn,
    judge,
)

from .test_cases import COVERED, DEPENDS, NOT, Check, Policy, Way, check_case, policy

FIVE = ["android", "iOS", "windows", "macOS", "linux"]
CLIENTS = [EAS, LEGACY]
SCUBA = "cisagov/ScubaGear issue 1818: a condition beside the client is a false pass"
DEVICE = {"compliantDevice"}
EXCHANGE = {"includeApplications": [EXCHANGE_ONLINE]}


def narrowed(**conditions: Any) -> Policy:
    return policy("block", clientAppTypes=CLIENTS, **conditions)


def spared(clients: list[str], *people: str) -> Policy:
    return policy("block", clientAppTypes=clients, users={"includeUsers": ["All"], "excludeUsers": list(people)})


# Name, source, policies, the question, and the right answer.
CASES: list[tuple[str, str, list[Policy], Way | Check, str]] = [
    ("L1 user risk beside the client", SCUBA, [narrowed(userRiskLevels=["high"])], Check("legacy_blocked"), "unmet"),
    (
        "L1 insider risk beside the client",
        SCUBA,
        [narrowed(insiderRiskLevels="elevated")],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "L1 a filter for devices beside the client",
        SCUBA,
        [narrowed(devices={"deviceFilter": {"mode": "include", "rule": "device.isCompliant -eq False"}})],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "L1 an authentication flow beside the client",
        SCUBA,
        [narrowed(authenticationFlows={"transferMethods": "deviceCodeFlow"})],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "L1 a condition that is new beside the client",
        SCUBA,
        [narrowed(agentIdRiskLevels="high")],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "L2 all five platforms by name: legacy clients send none",
        "MicrosoftDocs/azure-docs issues 30152 and 48657: other clients do not tell their platform",
        [narrowed(platforms={"includePlatforms": FIVE})],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "L2 all platforms by name, and the unknown ones in another policy",
        "MicrosoftDocs/azure-docs issues 30152 and 48657; policy-all-users-device-unknown-unsupported",
        [
            narrowed(platforms={"includePlatforms": FIVE}),
            narrowed(platforms={"includePlatforms": ["all"], "excludePlatforms": FIVE}),
        ],
        Check("legacy_blocked"),
        "met",
    ),
    (
        "L3 split by client, as two policies",
        "AlexFilipin/ConditionalAccess issue 31: 300 for other clients, 301 for ActiveSync",
        [policy("block", clientAppTypes=[LEGACY]), policy("block", clientAppTypes=[EAS], apps=EXCHANGE)],
        Check("legacy_blocked"),
        "met",
    ),
    (
        "L3 not for all applications",
        "maester365/maester issue 1317",
        [policy("block", clientAppTypes=CLIENTS, apps=EXCHANGE)],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "L4 guests left out of the block",
        "cisagov/ScubaGear issue 1170: guest exclusions are a false pass",
        [
            policy(
                "block",
                clientAppTypes=CLIENTS,
                users={
                    "includeUsers": ["All"],
                    "excludeGuestsOrExternalUsers": {
                        "guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest",
                        "externalTenants": {"membershipKind": "all"},
                    },
                },
            )
        ],
        Check("legacy_blocked", (("m", 10), ("g", 3))),
        "unmet",
    ),
    (
        "L4 the portals left out of the block",
        "cisagov/ScubaGear issue 1170: application exclusions are a false pass",
        [
            policy(
                "block",
                clientAppTypes=CLIENTS,
                apps={"includeApplications": ["All"], "excludeApplications": ["MicrosoftAdminPortals"]},
            )
        ],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "L5 two left out of each client, and they are four",
        "security-emergency-access: two accounts or more, excluded from all policies",
        [spared([EAS], "one", "two"), spared([LEGACY], "three", "four")],
        Check("legacy_blocked", (("m", 10), ("one", 1), ("two", 1), ("three", 1), ("four", 1))),
        "unmet",
    ),
    (
        "L5 the same two left out of each client",
        "security-emergency-access: two accounts or more, excluded from all policies",
        [spared([EAS], "one", "two"), spared([LEGACY], "one", "two")],
        Check("legacy_blocked", (("m", 10), ("one", 1), ("two", 1))),
        "met",
    ),
    (
        "L6 an excluded object that another policy covers",
        "prowler-cloud/prowler issue 11062: no exclusion gaps",
        [
            policy("compliantDevice", users={"includeUsers": ["All"], "excludeGroups": ["staff"]}),
            policy("compliantDevice", users={"includeGroups": ["staff"]}),
        ],
        Way(APPS, "iOS", DEVICE, groups="staff"),
        COVERED,
    ),
    (
        "L6 an excluded object that another policy covers in other applications alone",
        "prowler-cloud/prowler issue 11062: no exclusion gaps",
        [
            policy("compliantDevice", users={"includeUsers": ["All"], "excludeGroups": ["staff"]}),
            policy(
                "compliantDevice",
                users={"includeGroups": ["staff"]},
                apps={"includeApplications": ["797f4846-ba00-4fd7-ba43-dac1f8f63013"]},
            ),
        ],
        Way(APPS, "iOS", DEVICE, groups="staff"),
        NOT,
    ),
    (
        "L7 agents by their own list",
        "maester365/maester issue 1385: includeAgentIdServicePrincipals, no users",
        [
            policy(
                "block",
                users={"includeUsers": ["None"]},
                clientApplications={"includeAgentIdServicePrincipals": ["All"]},
            )
        ],
        Way(APPS, "iOS", None),
        NOT,
    ),
    (
        "L7 workload identities, as the portal writes them",
        "maester365/maester issue 1778: users None, all other lists empty",
        [
            policy(
                "block",
                users={
                    "includeUsers": ["None"],
                    "excludeUsers": [],
                    "includeGroups": [],
                    "includeRoles": [],
                    "includeGuestsOrExternalUsers": None,
                },
                clientApplications={"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]},
            )
        ],
        Way(BROWSER, "windows", None),
        NOT,
    ),
    (
        "L8 a value that is set, of a device that is not registered",
        "users/groups-dynamic-membership: null; concept-condition-filters-for-devices says nothing of it",
        [policy("block", devices={"deviceFilter": {"mode": "include", "rule": "device.isCompliant -ne null"}})],
        Way(APPS, "iOS", None),
        DEPENDS,
    ),
]


def test_each_case_is_there_once() -> None:
    assert len({case[0] for case in CASES}) == len(CASES)


@pytest.mark.parametrize(("policies", "asked", "right"), [case[2:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_case_of_an_issue(policies: list[Policy], asked: Way | Check, right: str) -> None:
    check_case(policies, asked, right)


@pytest.mark.parametrize(
    ("groups", "eligible", "right"),
    [
        ({"includeGroups": ["g"]}, {"g"}, DEPENDS),
        ({"includeGroups": ["g"]}, {"other"}, NOT),
        ({"includeUsers": ["All"], "excludeGroups": ["g"]}, {"g"}, DEPENDS),
        ({"includeUsers": ["All"], "excludeGroups": ["g"]}, {"other"}, COVERED),
        ({"includeUsers": ["All"], "excludeGroups": ["g"]}, None, COVERED),
    ],
)
def test_who_may_join_a_group(groups: dict[str, Any], eligible: set[str] | None, right: str) -> None:
    """privileged-identity-management/concept-pim-for-groups: an eligible member is none before the activation."""
    person = Person("somebody", eligible_groups=None if eligible is None else frozenset(eligible))
    found = judge([policy("block", users=groups)], SignIn(APPS, "iOS"), {"block"}, [person])
    assert [status for status in (COVERED, DEPENDS, NOT) if found[status]] == [right]
