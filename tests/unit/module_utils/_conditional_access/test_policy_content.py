# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which content of a policy Graph refuses, so that the module refuses it before it sends anything.

The oracle is Microsoft's page on each resource, and the errors in public issues.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.policy_content import check_content
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from simulator.conditional_access.policy_content import check_combinations
from simulator.state.http_messages import Refusal

APP, ACTION = "00000002-0000-0ff1-ce00-000000000000", "urn:user:registersecurityinfo"
STRENGTH = {"id": "00000000-0000-0000-0000-000000000002"}
RISKY: dict[str, Any] = {
    "userRiskLevels": ["high"],
    "grant": {"operator": "AND", "builtInControls": ["mfa", "passwordChange"]},
}


def policy(**parts: Any) -> dict[str, Any]:
    grant = parts.pop("grant", {"operator": "OR", "builtInControls": ["mfa"]})
    conditions = {
        "clientAppTypes": ["all"],
        "applications": {"includeApplications": ["All"]},
        "users": {"includeUsers": ["All"]},
    }
    return {"displayName": "P", "state": "disabled", "conditions": conditions | parts, "grantControls": grant}


def controls(*names: str, operator: str = "AND", **more: Any) -> dict[str, Any]:
    return {**RISKY, "grant": {"operator": operator, "builtInControls": list(names), **more}}


APPLICATIONS, BOTH = "conditions.applications of a policy has only", "includes both applications and user actions"
PEOPLE, PASSWORD = "conditions.users of a policy has only", "the control passwordChange of a policy"
CASES: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"applications": {"excludeApplications": [APP]}}, APPLICATIONS),
    ({"applications": {"includeApplications": [], "excludeApplications": [APP]}}, APPLICATIONS),
    ({"applications": {"applicationFilter": {"mode": "exclude", "rule": "r"}}}, APPLICATIONS),
    ({"applications": {"applicationFilter": {"mode": "include", "rule": "r"}}}, ""),
    ({"applications": {"includeApplications": ["None"]}}, ""),
    ({"applications": {"includeApplications": [], "includeUserActions": [ACTION]}}, ""),
    ({"applications": {"includeAuthenticationContextClassReferences": ["c1"]}}, ""),
    ({"applications": {"includeApplications": [APP], "includeUserActions": [ACTION]}}, BOTH),
    ({"users": {"excludeUsers": ["a"]}}, PEOPLE),
    ({"users": {"includeUsers": [], "excludeGroups": ["a"]}}, PEOPLE),
    ({"users": {"includeUsers": ["None"]}}, ""),
    ({"users": {"includeRoles": ["a"]}}, ""),
    ({"users": {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest"}}}, ""),
    ({"users": None, "clientApplications": {"includeServicePrincipals": ["a"]}}, ""),
    ({"users": {"excludeUsers": ["a"]}, "clientApplications": {"includeServicePrincipals": ["a"]}}, PEOPLE),
    (RISKY, ""),
    (controls("passwordChange", authenticationStrength=STRENGTH), ""),
    (controls("passwordChange"), PASSWORD),
    (controls("mfa", "passwordChange", operator="OR"), PASSWORD),
    ({**RISKY, "userRiskLevels": []}, PASSWORD),
    ({**RISKY, "applications": {"includeApplications": [APP]}}, PASSWORD),
    ({**RISKY, "applications": {"includeApplications": ["All"], "excludeApplications": [APP]}}, PASSWORD),
    ({**RISKY, "clientAppTypes": ["browser"]}, PASSWORD),
    ({**RISKY, "locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}}, PASSWORD),
]


@pytest.mark.parametrize(("parts", "problem"), CASES)
def test_what_graph_refuses(parts: dict[str, Any], problem: str) -> None:
    wanted = policy(**parts)
    if not problem:
        check_content(wanted)
        check_combinations(wanted)
        return
    with pytest.raises(TenantError) as caught:
        check_content(wanted)
    assert caught.value.kind == "usage" and problem in caught.value.problem
    with pytest.raises(Refusal):
        check_combinations(wanted)


@pytest.mark.parametrize("parts", [parts for parts, problem in CASES if problem])
def test_what_a_policy_has_already_keeps_nobody_from_changing_the_rest(parts: dict[str, Any]) -> None:
    before = policy(**parts)
    check_content({**before, "displayName": "Another name"}, before)
    with pytest.raises(TenantError):
        check_content(before, policy())
