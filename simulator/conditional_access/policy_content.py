# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Combinations in a Conditional Access policy that the service refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..behaviours.table import implements
from ..state.http_messages import Json, Refusal

_ALONE = ("platforms", "locations", "devices", "signInRiskLevels", "insiderRiskLevels", "authenticationFlows")


def check_combinations(policy: Json) -> None:
    conditions = policy["conditions"]
    for refused in (_applications(conditions["applications"]), _users(conditions), _password(conditions, policy)):
        if refused:
            raise refused


@implements("conditional-access-applications")
def _applications(applications: Json) -> Refusal | None:
    wanted = [one for one in applications.get("includeApplications") or [] if one.lower() != "none"]
    kinds = ("includeApplications", "includeUserActions", "includeAuthenticationContextClassReferences")
    by_filter = (applications.get("applicationFilter") or {}).get("mode") == "include"
    if not by_filter and not any(applications.get(kind) for kind in kinds):
        return _refused(
            "conditional-access-applications",
            "1011: 'applications' condition must specify the applications to include. Try 'includeApplications' = "
            "['none'] to start with.",
        )
    if wanted and applications.get("includeUserActions"):
        text = "1012: 'applications' condition cannot include both applications and user actions."
        return _refused("conditional-access-applications", text)
    return None


@implements("conditional-access-users")
def _users(conditions: Json) -> Refusal | None:
    users = conditions.get("users") or {}
    included = [value for name, value in users.items() if name.startswith("include")]
    if any(included) or (conditions.get("clientApplications") and not any(users.values())):
        return None
    return _refused("conditional-access-users", "'users' condition must specify the users to include.")


@implements("conditional-access-password")
def _password(conditions: Json, policy: Json) -> Refusal | None:
    """https://learn.microsoft.com/graph/api/resources/conditionalaccessgrantcontrols"""
    controls = policy.get("grantControls") or {}
    if "passwordChange" not in (controls.get("builtInControls") or []) or all(_met(conditions, controls)):
        return None
    text = "1032: ConditionalActionPolicy validation failed due to InvalidPasswordResetControl."
    return _refused("conditional-access-password", text)


def _met(conditions: Json, controls: Json) -> Iterator[Any]:
    applications = conditions["applications"]
    yield "mfa" in controls["builtInControls"] or controls.get("authenticationStrength")
    yield controls.get("operator") == "AND"
    yield conditions.get("userRiskLevels")
    yield [one.lower() for one in applications.get("includeApplications") or []] == ["all"]
    yield not applications.get("excludeApplications") and not applications.get("applicationFilter")
    yield conditions["clientAppTypes"] == ["all"]
    yield not any(conditions.get(name) for name in _ALONE)


def _refused(behaviour: str, text: str) -> Refusal:
    return Refusal(behaviour, status=400, code="BadRequest", message=text)
