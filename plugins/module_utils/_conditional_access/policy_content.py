# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Graph requires of the content of a Conditional Access policy. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._core.errors import TenantError, usage
from .._core.resource import normalized_set
from .assignments import filled

_INCLUDED_PEOPLE = ("includeUsers", "includeGroups", "includeRoles", "includeGuestsOrExternalUsers")
_INCLUDED_RESOURCES = ("includeApplications", "includeUserActions", "includeAuthenticationContextClassReferences")
_WITH_PASSWORD_CHANGE = frozenset({"users", "applications", "userRiskLevels", "clientAppTypes"})


def check_content(policy: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> None:
    """What Graph requires of any policy ("Create conditionalAccessPolicy"), checked before anything is sent.

    A combination that the policy has already, as `before`, is left to Graph: else nothing of it could be changed.
    """
    conditions = policy.get("conditions") or {}
    missing = [
        option
        for option, there in {
            "conditions.users": filled(conditions.get("users")) or filled(conditions.get("clientApplications")),
            "conditions.applications": filled(conditions.get("applications")),
            "conditions.client_app_types": filled(conditions.get("clientAppTypes")),
            "grant_controls or session_controls": filled({**(policy.get("grantControls") or {}), "operator": None})
            or filled(policy.get("sessionControls")),
        }.items()
        if not there
    ]
    if missing:
        raise usage(f"a policy needs {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not set")
    known = {one.problem for one in _invalid(before or {})}
    for error in _invalid(policy):
        if error.problem not in known:
            raise error


def _invalid(policy: Mapping[str, Any]) -> Iterator[TenantError]:
    """The combinations that Graph refuses."""
    conditions, grant = policy.get("conditions") or {}, policy.get("grantControls") or {}
    users, applications = conditions.get("users") or {}, conditions.get("applications") or {}
    if filled(users) and not any(filled(users.get(name)) for name in _INCLUDED_PEOPLE):
        yield usage(
            "conditions.users of a policy has only exclusions",
            "Include users, groups, roles or guests as well, such as include_users with All or None",
        )
    by_filter = applications.get("applicationFilter") or {}
    included = [*(applications.get(name) for name in _INCLUDED_RESOURCES), by_filter.get("mode") == "include"]
    if filled(applications) and not any(included):
        yield usage(
            "conditions.applications of a policy has only exclusions",
            "Include applications, user actions or authentication contexts as well, such as include_applications with "
            "All or None",
        )
    if not _is_none(applications.get("includeApplications")) and applications.get("includeUserActions"):
        yield usage(
            "conditions.applications of a policy includes both applications and user actions",
            "Use one policy for the applications and another one for the user actions",
        )
    if "passwordChange" in (grant.get("builtInControls") or ()):
        yield from _invalid_password_change(conditions, grant)


def _invalid_password_change(conditions: Mapping[str, Any], grant: Mapping[str, Any]) -> Iterator[TenantError]:
    """What a changed password needs ("conditionalAccessGrantControls resource type")."""
    # Exported policies have an authentication strength instead of mfa (Microsoft365DSC/Microsoft365DSC issue 4629).
    strong = "mfa" in grant["builtInControls"] or filled(grant.get("authenticationStrength"))
    if not strong or grant.get("operator") != "AND":
        yield usage(
            "the control passwordChange of a policy is not combined with mfa by the operator AND",
            "Add mfa to built_in_controls, and set operator to AND",
        )
    if not conditions.get("userRiskLevels"):
        yield usage(
            "the control passwordChange of a policy has no user risk as its condition",
            "Set conditions.user_risk_levels",
        )
    applications = conditions.get("applications") or {}
    others = {name: part for name, part in applications.items() if name != "includeApplications"}
    if normalized_set(applications.get("includeApplications")) != {"all"} or filled(others):
        yield usage(
            "the control passwordChange of a policy is not for all applications",
            "Set include_applications to All, and exclude none",
        )
    # AlexFilipin/ConditionalAccess issue 4: client types are refused as well.
    more = [name for name, part in conditions.items() if name not in _WITH_PASSWORD_CHANGE and filled(part)]
    if more or normalized_set(conditions.get("clientAppTypes")) != {"all"}:
        yield usage(
            "the control passwordChange of a policy has conditions other than users, applications and user risk",
            "Clear the other conditions, and set client_app_types to all",
        )


def _is_none(included: Sequence[str] | None) -> bool:
    return normalized_set(included) <= {"none"}
