# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of "Service dependencies" (MicrosoftDocs/entra-docs, service-dependencies), row by row.

Typed here once more, with the ids of the services from public lists of Microsoft's applications, such as "Verify
first-party Microsoft applications in sign-in reports" (MicrosoftDocs).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.rules import APPS, SignIn, decide
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.target_resources import (
    EARLY_BOUND,
    LATE_BOUND,
)

from .test_cases import policy

DATA_LAKE, AZURE = "e9f49c6b-5ce5-44c8-925d-015017e9f7ad", "797f4846-ba00-4fd7-ba43-dac1f8f63013"
EXCHANGE, SHAREPOINT = "00000002-0000-0ff1-ce00-000000000000", "00000003-0000-0ff1-ce00-000000000000"
SKYPE, TEAMS = "00000004-0000-0ff1-ce00-000000000000", "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"
POWER_APPS, DIRECTORY = "475226c6-020e-4fb2-8a90-7a972cbfc1d4", "00000002-0000-0000-c000-000000000000"
POWER_AUTOMATE, FORMS = "7df0a125-d3be-4c96-aa54-591f83ff541c", "c9a559d2-7aab-4f13-a6ed-e7e9c52aec87"
PLANNER, STREAM = "09abbdfd-ed23-44ee-a2d9-a627aa1c90f3", "2634dd23-5e5a-431c-81ca-11710d9079f4"
WHITEBOARD, PORTAL = "95de633a-083e-42f5-b444-a4295d8e9314", "00000006-0000-0ff1-ce00-000000000000"
OWN_APP, OTHER_APP = "11111111-2222-4333-8444-555555555555", "22222222-2222-4333-8444-555555555555"
EARLY, LATE, OPEN, NONE = "stopped", "allowed", "unknown", "allowed"

# Who signs in to what, what a policy blocks, and what becomes of it.
ROWS = [
    (DATA_LAKE, AZURE, EARLY),
    (TEAMS, EXCHANGE, EARLY),
    (TEAMS, SHAREPOINT, EARLY),
    (TEAMS, SKYPE, EARLY),
    (TEAMS, PLANNER, LATE),
    (TEAMS, STREAM, LATE),
    (TEAMS, WHITEBOARD, LATE),
    (PORTAL, EXCHANGE, LATE),
    (PORTAL, SHAREPOINT, LATE),
    (POWER_APPS, AZURE, EARLY),
    (POWER_APPS, DIRECTORY, EARLY),
    (POWER_APPS, SHAREPOINT, EARLY),
    (POWER_APPS, EXCHANGE, EARLY),
    (POWER_AUTOMATE, POWER_APPS, EARLY),
    (SKYPE, EXCHANGE, EARLY),
    (FORMS, EXCHANGE, EARLY),
    (FORMS, SHAREPOINT, EARLY),
    # Not the other way round, and not between services of which the table says nothing.
    (EXCHANGE, TEAMS, NONE),
    (SHAREPOINT, EXCHANGE, NONE),
    (PLANNER, TEAMS, NONE),
    # Through what has to be met first: the page does not say whether that counts.
    (POWER_AUTOMATE, EXCHANGE, OPEN),
    # "This list isn't exhaustive": nothing is said of an application that is not in it.
    (OWN_APP, EXCHANGE, OPEN),
    (OWN_APP, OTHER_APP, OPEN),
    (OWN_APP, OWN_APP, EARLY),
]


@pytest.mark.parametrize(("resource", "blocked", "answer"), ROWS)
def test_what_has_to_be_met_first(resource: str, blocked: str, answer: str) -> None:
    sign_in = SignIn(APPS, "iOS", resource=resource)
    block = policy("block", apps={"includeApplications": [blocked]})
    decision = decide([block], sign_in)
    assert decision.answer == answer
    assert answer != OPEN or decision.outcomes[0].reason == "it depends on applications"
    # Where the log has the resources that were evaluated, nothing has to be guessed.
    told = replace(sign_in, audiences=frozenset({resource}))
    # The Azure management API is also the name of a suite, of which the members are not known.
    others = "unknown" if blocked == AZURE else "allowed"
    assert decide([block], told).answer == ("stopped" if resource == blocked else others)
    told = replace(sign_in, audiences=frozenset({resource, blocked}))
    assert decide([block], told).answer == "stopped"
    # All resources hold each of them; a policy for no application, none.
    assert decide([policy("block")], sign_in).answer == "stopped"
    assert decide([policy("block", apps={"includeApplications": ["None"]})], sign_in).answer == "allowed"
    actions = policy("block", apps={"includeUserActions": ["urn:user:registersecurityinfo"]})
    assert decide([actions], sign_in).answer == "allowed"


@pytest.mark.parametrize(("resource", "answer"), [(TEAMS, "stopped"), (EXCHANGE, "allowed"), (OWN_APP, "unknown")])
def test_what_is_left_out_may_have_to_meet_what_is_not(resource: str, answer: str) -> None:
    block = policy("block", apps={"includeApplications": ["All"], "excludeApplications": [resource]})
    assert decide([block], SignIn(APPS, "iOS", resource=resource)).answer == answer


def test_the_data_has_the_rows_of_the_page_and_no_other() -> None:
    early = {(one, behind) for one, services in EARLY_BOUND.items() for behind in services}
    late = {(one, behind) for one, services in LATE_BOUND.items() for behind in services}
    rows = {(one, behind) for one, behind, answer in ROWS if one != behind}
    assert early == {(one, two) for one, two, answer in ROWS if answer == EARLY and one != two}
    assert late <= rows and not late & early and len(late) == 5
