# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People affected by a change of a policy that counts or names of controls alone do not show.

Sources: "Building a Conditional Access policy" and "Grant" (MicrosoftDocs/entra-docs): "all policies that apply must be
satisfied"; "Require all the selected controls (control and control)".
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.impact import measure

from .test_cases import policy

A, B = Person("a"), Person("b")
PEOPLE = {A: 10, B: 1}
OUTLOOK_IOS = ("mobileAppsAndDesktopClients", "iOS")


def measured(old: Any, new: Any, people: dict[Person, int] | None = None, beside: Any = ()) -> dict[Any, Any]:
    """By client and platform, the `impact` of a change."""
    before = [*beside, *([old] if old else [])]
    found = measure(before, [*beside, new], new, PEOPLE if people is None else people, [])
    assert "sign-ins to other applications than Exchange Online" in found["not_judged"]
    return {(one["client"], one["platform"]): one for one in found["sign_ins"]}


def gained_and_lost(row: dict[str, Any]) -> tuple[int, int]:
    return row["gained"], row["lost"]


def test_all_controls_are_required_beside_a_policy_that_requires_one() -> None:
    both = policy("mfa", "compliantDevice", operator="AND")
    row = measured(None, both, beside=[policy("mfa")])[OUTLOOK_IOS]
    assert row["before"]["everybody"] == "not_covered" and row["after"]["everybody"] == "covered"
    assert row["before"]["covered"] == 0 and row["after"]["covered"] == 11 and gained_and_lost(row) == (11, 0)


@pytest.mark.parametrize("controls", [("mfa", "compliantDevice"), ("compliantDevice", "compliantApplication")])
def test_from_one_of_the_controls_to_all(controls: tuple[str, str]) -> None:
    old, new = (policy(*controls, operator=operator) for operator in ("OR", "AND"))
    assert gained_and_lost(measured(old, new)[OUTLOOK_IOS]) == (11, 0)
    assert gained_and_lost(measured(new, old)[OUTLOOK_IOS]) == (0, 11)


def test_others_are_excluded_but_as_many() -> None:
    old, new = (policy("block", users={"includeUsers": ["All"], "excludeUsers": [who]}) for who in "ab")
    row = measured(old, new, {A: 1, B: 1, Person("c"): 50})[OUTLOOK_IOS]
    assert row["before"] == row["after"] and gained_and_lost(row) == (1, 1)
    # Without the permission to read people, there are no numbers.
    row = measured(old, new, {})[OUTLOOK_IOS]
    assert (row["gained"], row["lost"]) == (None, None)


def test_another_group_is_included() -> None:
    old, new = (policy("compliantDevice", users={"includeGroups": [who]}) for who in ("ga", "gb"))
    people = {Person(one, groups=frozenset({f"g{one}"})): 40 for one in "ab"}
    assert gained_and_lost(measured(old, new, people)[OUTLOOK_IOS]) == (40, 40)


def test_other_locations_are_meant() -> None:
    outside = {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}
    old, new = policy("mfa", locations=outside), policy("mfa", locations={"includeLocations": ["AllTrusted"]})
    row = measured(old, new)[OUTLOOK_IOS]
    assert row["before"]["depends_on"] == row["after"]["depends_on"] == 11 and gained_and_lost(row) == (11, 11)


def test_who_has_to_do_nothing_else_is_not_listed() -> None:
    assert measured(policy("mfa"), policy("mfa")) == {}
    assert measured(None, policy("mfa"), beside=[policy("mfa")]) == {}
    assert measured(None, policy("mfa"), beside=[policy("block")]) == {}
    assert measured(None, policy("mfa", userRiskLevels=["high"]), beside=[policy("mfa")]) == {}
    assert measured(None, policy("block", platforms={"includePlatforms": ["android"]})).keys() == {
        (client, "android") for client in ("exchangeActiveSync", "other", "mobileAppsAndDesktopClients", "browser")
    }


STRENGTHS = [{"authenticationStrength": {"id": f"00000000-0000-0000-0000-00000000000{one}"}} for one in (2, 4)]
OTHERS = [STRENGTHS, [{"termsOfUse": [one]} for one in ("t1", "t2")]]
OTHERS.append([{"customAuthenticationFactors": [one]} for one in ("Duo", "Other")])


@pytest.mark.parametrize("grants", OTHERS)
def test_each_strength_terms_and_custom_control_is_one_of_its_own(grants: list[dict[str, Any]]) -> None:
    """ "Authentication strengths" and "Terms of use": each names its own required methods or terms."""
    old, new = (policy(grant=one) for one in grants)
    assert gained_and_lost(measured(old, new)[OUTLOOK_IOS]) == (11, 11)
    row = measured(None, new, beside=[old])[OUTLOOK_IOS]
    assert row["before"]["covered"] == 0 and row["after"]["covered"] == 11 and gained_and_lost(row) == (11, 0)
    assert measured(old, old) == {}
    # Ids are not shown.
    (kind,) = measure([], [new], new, PEOPLE, [])["controls"]
    assert ":" not in kind
