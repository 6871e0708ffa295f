# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can sign in to the admin portals, policy by policy, by "Target resources" and "Conditions" of Microsoft."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.lockout import (
    administrators,
    excludes_nobody,
    last_administrators,
    lockout_risk,
    names_administrators,
    reaches_many,
    spared,
    who_gets_in,
)

# "Microsoft Entra built-in roles"
GLOBAL, SECURITY, CONDITIONAL = (
    "62e90394-69f5-4237-9190-012177145e10",
    "194ae4cb-b126-40b2-bd5b-6091b380977d",
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
)
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
ADMIN = Person("admin", frozenset(), frozenset({GLOBAL}))
ADELE = Person("adele", frozenset({"sales"}), frozenset())
GUEST = Person("guest", frozenset(), frozenset({GLOBAL}), "b2bcollaborationguest")
PEOPLE = [ADMIN, ADELE, GUEST]


def block(users: dict[str, Any] | None = None, state: str = "enabled", **conditions: Any) -> dict[str, Any]:
    return {
        "displayName": "Block",
        "state": state,
        "conditions": {
            "users": {"includeUsers": ["All"]} if users is None else users,
            "applications": {"includeApplications": ["All"]},
            "clientAppTypes": ["all"],
            **conditions,
        },
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    }


def apps(**parts: Any) -> dict[str, Any]:
    return {"applications": parts}


AZURE_MANAGEMENT = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
EXCLUDING = {"mode": "exclude", "rule": "x"}


@pytest.mark.parametrize(
    ("conditions", "closed"),
    [
        ({}, True),
        (apps(includeApplications=["MicrosoftAdminPortals"]), True),
        (apps(includeApplications=["all"]), True),
        (apps(includeApplications=["Office365"]), False),
        # "Azure portal, which also covers the Microsoft Entra admin center" ("Target resources").
        (apps(includeApplications=[AZURE_MANAGEMENT]), True),
        (apps(includeApplications=[AZURE_MANAGEMENT.upper()]), True),
        # A policy for all resources is enforced for every other token, such as those for Microsoft Graph.
        (apps(includeApplications=["All"], excludeApplications=["MicrosoftAdminPortals"]), True),
        (apps(includeApplications=["All"], excludeApplications=[AZURE_MANAGEMENT]), True),
        (apps(includeApplications=["All"], excludeApplications=["Office365"]), True),
        (apps(includeApplications=["All"], applicationFilter=EXCLUDING), True),
        (apps(includeApplications=["All"], applicationFilter={"mode": "Exclude", "rule": "x"}), True),
        (apps(includeApplications=["All"], applicationFilter={"mode": "include", "rule": "x"}), True),
        (apps(includeApplications=["All"], applicationFilter={"mode": None, "rule": None}), True),
        (apps(includeApplications=["All"], applicationFilter=None), True),
        (apps(includeUserActions=["urn:user:registersecurityinfo"]), False),
        ({"clientAppTypes": ["exchangeActiveSync", "other"]}, False),
        ({"clientAppTypes": ["browser"]}, False),
        ({"clientAppTypes": ["browser", "mobileAppsAndDesktopClients"]}, True),
        ({"platforms": {"includePlatforms": ["iOS", "android"]}}, False),
        ({"platforms": {"includePlatforms": ["all"], "excludePlatforms": ["linux"]}}, False),
        ({"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}}, False),
    ],
    ids=str,
)
def test_which_policy_closes_the_portals(conditions: dict[str, Any], closed: bool) -> None:
    policy = block(**conditions)
    assert (who_gets_in([policy], [ADMIN, ADELE]) == []) is closed
    assert who_gets_in([{**policy, "state": "disabled"}], [ADMIN, ADELE]) == [ADMIN, ADELE]
    assert who_gets_in([block(state="enabledForReportingButNotEnforced")], [ADMIN]) == [ADMIN]


def test_a_filter_that_may_fit_every_device_leaves_no_way_in() -> None:
    """ "Filter for devices": extension attributes are unknown for a device that is neither compliant nor joined."""
    rule = 'device.extensionAttribute1 -eq "SAW"'
    pair = [block(devices={"deviceFilter": {"mode": mode, "rule": rule}}) for mode in ("include", "exclude")]
    assert who_gets_in(pair, [ADMIN]) == [] and who_gets_in(pair[:1], [ADMIN]) == [ADMIN]


def test_many_networks_in_and_out_leave_no_way_in() -> None:
    """Whatever their number ("Network": at most 195)."""
    places = [str(number) for number in range(20)]
    inside = block(locations={"includeLocations": places})
    outside = block(locations={"includeLocations": ["All"], "excludeLocations": places})
    assert who_gets_in([inside, outside], [ADMIN]) == []
    assert who_gets_in([inside], [ADMIN]) == who_gets_in([outside], [ADMIN]) == [ADMIN]


def test_who_is_left_and_who_can_help() -> None:
    spares_admin = block({"includeUsers": ["All"], "excludeUsers": ["ADMIN"]})
    for_sales = block({"includeGroups": ["sales"]})
    assert who_gets_in([spares_admin], PEOPLE) == [ADMIN] and who_gets_in([for_sales], PEOPLE) == [ADMIN, GUEST]
    assert spared(spares_admin, PEOPLE) == [ADMIN] and spared(block(), PEOPLE) == []
    # An excluded role does not count: somebody who loses it is locked out.
    assert spared(block({"includeUsers": ["All"], "excludeRoles": [GLOBAL]}), PEOPLE) == []
    assert administrators([ADMIN, ADELE, Person("x", frozenset(), None)]) == [ADMIN]
    for role in (GLOBAL, SECURITY, CONDITIONAL):
        assert administrators([Person("x", frozenset(), frozenset({role}))])
    assert not administrators([Person("x", frozenset(), frozenset({READER}))])
    # Two policies that leave different ways open close both.
    browser, apps_ = (block(clientAppTypes=[one]) for one in ("browser", "mobileAppsAndDesktopClients"))
    assert who_gets_in([browser], [ADMIN]) == [ADMIN] and who_gets_in([browser, apps_], [ADMIN]) == []


@pytest.mark.parametrize(
    ("before", "after", "last"),
    [
        ([], [block()], True),
        ([], [block({"includeUsers": ["All"], "excludeUsers": ["admin"]})], False),
        ([block()], [block()], False),
        ([block()], [], False),
        ([], [block({"includeRoles": [GLOBAL]})], True),
        ([], [block({"includeRoles": [READER]})], False),
    ],
)
def test_the_last_administrators(before: list[Any], after: list[Any], last: bool) -> None:
    assert last_administrators(before, after, PEOPLE) is last
    assert last_administrators(before, after, [ADELE, GUEST]) is False  # nobody is known to hold a role


@pytest.mark.parametrize(
    ("users", "many", "nobody_excluded", "admins"),
    [
        ({"includeUsers": ["all"]}, True, True, False),
        ({"includeUsers": ["All"], "excludeUsers": ["GuestsOrExternalUsers"]}, True, True, False),
        ({"includeUsers": ["All"], "excludeUsers": ["admin"]}, True, False, False),
        ({"includeUsers": ["All"], "excludeGroups": ["sales"]}, True, False, False),
        ({"includeUsers": ["adele"]}, False, False, False),
        ({"includeGroups": ["sales"]}, True, False, False),
        ({"includeRoles": [GLOBAL.upper()]}, True, False, True),
        ({"includeRoles": [READER]}, False, False, False),
        (None, False, False, False),
    ],
    ids=str,
)
def test_whom_a_policy_could_reach(users: Any, many: bool, nobody_excluded: bool, admins: bool) -> None:
    policy = {"conditions": {"users": users}}
    assert (reaches_many(policy), excludes_nobody(policy), names_administrators(policy)) == (
        many,
        nobody_excluded,
        admins,
    )
    assert not reaches_many({}) and not excludes_nobody({"conditions": None}) and not names_administrators({})


def test_why_a_change_is_a_risk() -> None:
    spares_admin = block({"includeUsers": ["All"], "excludeUsers": ["admin"]})
    assert "spares no enabled member" in lockout_risk([block()], block(), PEOPLE)
    assert lockout_risk([spares_admin], spares_admin, PEOPLE) == ""
    assert lockout_risk([], {**block(), "state": "disabled"}, PEOPLE) == ""
    # One policy spares the administrator and another does not: together nobody is left.
    other = {**block({"includeUsers": ["admin"]}), "displayName": "Other"}
    harmless = {**block(**apps(includeApplications=["Office365"])), "displayName": "Harmless"}
    planned = [spares_admin, other, harmless]
    risk = lockout_risk(planned, spares_admin, PEOPLE)
    assert "together with Other it would leave no enabled member" in risk and "Harmless" not in risk
    # For administrators, of whom none is left, though others can sign in.
    for_roles = block({"includeRoles": [GLOBAL], "excludeUsers": ["x"]})
    risk = lockout_risk([for_roles], for_roles, [ADMIN, ADELE])
    assert "nobody in the admin portals who holds an active role" in risk and "Security Administrator" in risk
    second = Person("second", frozenset(), frozenset({SECURITY}))
    assert lockout_risk([for_roles], for_roles, [ADMIN, ADELE, second]) == ""
    assert lockout_risk([harmless], harmless, PEOPLE).startswith("Harmless would be enabled, and it spares no")
