# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Conditional Access requires of one sign-in, whoever signs in. Pure rules: no I/O.

Policies are taken as Microsoft Graph v1.0 returns them. The rules are those of Microsoft's pages "Conditional Access:
Conditions", "Grant", "Users, groups, and workload identities", "Target resources", "Building a Conditional Access
policy", "Service dependencies" and "Report-only mode" (MicrosoftDocs/entra-docs, docs/identity/conditional-access), of
"Authentication and Conditional Access for B2B users", and of the resource pages of Graph. The table of the unit test
names the page of each rule.
Assumed, since no page says it:

- A policy without `clientAppTypes` is from before August 2020 and covers modern authentication only. Graph takes no
  new ones (error 1064).
- Exchange ActiveSync can meet compliance and nothing else, so a grant that requires anything else blocks it. The
  pages say so of multifactor authentication, terms of use and custom controls, and use app protection to block it.
- Who is excluded by a filter for applications is unknown: Graph shows no security attributes of Exchange Online.
- A condition that is unknown here narrows the policy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._core.resource import normalize_case, normalized_set
from .assignments import Assignment, Person, Why, assignment_of, filled
from .conditions import conditions_of
from .policy_states import REPORT_ONLY
from .sign_in import (
    APPS,
    BLOCK,
    BROWSER,
    CLIENT_TYPES,
    EAS,
    EXCHANGE_ONLINE,
    LEGACY,
    PLATFORM_NAMES,
    PLATFORMS,
    SHAREPOINT,
    TEAMS,
    AllBut,
    SignIn,
    kind_of,
    platform_of,
    shown,
)
from .target_resources import excludes, names

DEVICE_OR_APP = frozenset({"compliantDevice", "compliantApplication"})

_RETIRED = "approvedApplication"
# Controls of which there are several: meeting one says nothing about another.
_OTHER_CONTROLS = {
    "authenticationStrength": "authenticationStrength",
    "customAuthenticationFactors": "customAuthenticationFactor",
    "termsOfUse": "termsOfUse",
}
# The platforms on which a control can be met ("Grant").
_CAN_BE_MET = {
    "compliantDevice": PLATFORMS,
    "domainJoinedDevice": frozenset({"windows"}),
    "compliantApplication": frozenset({"android", "ios"}),
}
_EAS_PLATFORMS = frozenset({"android", "ios", "windows"})
# Controls that people of other tenants cannot meet ("Comparing External ID Conditional Access policies").
NOT_FOR_EXTERNAL = frozenset({"compliantApplication", "passwordChange"})
_SHARED = frozenset({SHAREPOINT, TEAMS})  # to which people of other tenants may connect directly
# Reasons for which a policy asks for nothing, though it applies.
ASKS_NOTHING = frozenset({"no_grant", "approved_application"})


@dataclass(frozen=True)
class Reading:
    """What a policy requires of a sign-in, whoever signs in.

    Each of the `clauses` must be met, by one of its controls. `conditions` may or may not hold. `why_not`: why the
    policy does not apply, or requires nothing.
    """

    policy: Mapping[str, Any]
    assigned: Assignment
    clauses: tuple[frozenset[str], ...] = ()
    conditions: tuple[str, ...] = ()
    why_not: Why | None = None
    eas: bool = False
    shared: bool = False

    @property
    def enforced(self) -> bool:
        return self.policy.get("state") == "enabled"

    @property
    def applies(self) -> bool:
        """Whether it applies to somebody; it may require nothing."""
        return self.why_not is None or self.why_not[0] in ASKS_NOTHING

    def reach(self, person: Person) -> tuple[Why | None, str]:
        return self.assigned.reach(person, eas=self.eas, shared=self.shared)

    def clauses_for(self, person: Person) -> tuple[frozenset[str], ...]:
        """The same for this person: a control that nobody can meet blocks the person."""
        if not person.external:
            return self.clauses
        return tuple(clause - NOT_FOR_EXTERNAL or BLOCK for clause in self.clauses)


def read(policy: Mapping[str, Any], sign_in: SignIn) -> Reading:
    """The requirements of `policy` for this sign-in."""
    conditions, assigned = policy.get("conditions") or {}, assignment_of(policy)
    narrowing = dict(conditions_of(conditions, sign_in))
    for why in (
        _not_in_force(policy),
        _for_workloads(conditions),
        None if sign_in.asks_entra else ("not_asked", "the client never asks Microsoft Entra"),
        _other_application(conditions.get("applications") or {}, sign_in),
        _other_client(conditions.get("clientAppTypes") or [], sign_in),
        _other_platform(conditions.get("platforms") or {}, sign_in),
        next((("condition", f"{name} does not fit") for name, holds in narrowing.items() if holds is False), None),
    ):
        if why:
            return Reading(policy, assigned, why_not=why)
    clauses = _clauses(policy, sign_in)
    applications = conditions.get("applications") or {}
    if names(applications, sign_in) is None:
        narrowing["applications"] = None
    elif _of_purpose(applications) and not sign_in.purpose_known:
        narrowing["user actions or authentication contexts"] = None
    unknown = tuple(sorted(name for name, holds in narrowing.items() if holds is None))
    why_not, shared = None if clauses else _no_clauses(policy), normalize_case(sign_in.resource) in _SHARED
    return Reading(policy, assigned, clauses, unknown, why_not, sign_in.client == EAS, shared)


def _not_in_force(policy: Mapping[str, Any]) -> Why | None:
    known = policy.get("state") in ("enabled", REPORT_ONLY)
    return None if known else ("disabled", f"its state is {policy.get('state')}")


def _for_workloads(conditions: Mapping[str, Any]) -> Why | None:
    only = filled(conditions.get("clientApplications")) and not any(
        filled(value) and normalized_set(value if isinstance(value, list) else ()) != {"none"}
        for name, value in (conditions.get("users") or {}).items()
        if name.startswith("include")
    )
    return ("workload_identity", "it is about workload identities, not about people") if only else None


def _other_application(applications: Mapping[str, Any], sign_in: SignIn) -> Why | None:
    name = _application(sign_in)
    if names(applications, sign_in) is not False or (_of_purpose(applications) and not sign_in.purpose_known):
        return None
    if excludes(applications, sign_in):
        return "application", f"it excludes {name}"
    if normalize_case((applications.get("applicationFilter") or {}).get("mode")) == "include":
        return None
    if applications.get("includeUserActions"):
        return "user_action", "it is about user actions, not about opening mail"
    if applications.get("includeAuthenticationContextClassReferences"):
        return "authentication_context", "it is about an authentication context, which mail does not ask for"
    return "application", f"it does not include {name}"


def _of_purpose(applications: Mapping[str, Any]) -> bool:
    return bool(
        applications.get("includeUserActions") or applications.get("includeAuthenticationContextClassReferences")
    )


def _application(sign_in: SignIn) -> str:
    return "Exchange Online" if normalize_case(sign_in.resource) == EXCHANGE_ONLINE else sign_in.resource


def _other_client(named: Collection[str], sign_in: SignIn) -> Why | None:
    types, client = normalized_set(named), normalize_case(sign_in.client)
    if not types:
        modern = sign_in.client in (APPS, BROWSER)
        return None if modern else ("client_app", "it names no client apps, as before August 2020: modern ones only")
    supported = sign_in.known_platform in _EAS_PLATFORMS
    of_eas = sign_in.client == EAS and ("eassupported" if supported else "easunsupported") in types
    if sign_in.client == EAS and not sign_in.platform and {"eassupported", "easunsupported"} & types:
        return None
    if of_eas or client in types or "all" in types or types - CLIENT_TYPES:
        return None
    return "client_app", f"it does not include the client apps {sign_in.client}"


def platform_sides(platforms: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The platforms that this condition of a policy includes, and those that it excludes."""
    return normalized_set(platforms.get("includePlatforms")), normalized_set(platforms.get("excludePlatforms"))


def _other_platform(platforms: Mapping[str, Any], sign_in: SignIn) -> Why | None:
    """Without included platforms, all but the excluded ones are meant, as for unconfigured conditions."""
    included, excluded = platform_sides(platforms)
    if not sign_in.platform:
        return None
    platform = sign_in.known_platform
    known = platform_of(sign_in.platform) is not None or normalize_case(sign_in.platform) == "other"
    words = sign_in.platform if known else f"{sign_in.platform}, which Conditional Access does not know"
    if {platform, "all"} & excluded:
        return "platform", f"it excludes the platform {words}"
    if not included or {platform, "all"} & included:
        return None
    if platform == "other" and included - PLATFORM_NAMES:
        return None
    return "platform", f"it does not include the platform {words}"


def controls_of(policy: Mapping[str, Any]) -> set[str]:
    """The controls that a policy requires and that are still enforced; see `kind_of` for those with ids."""
    grant = policy.get("grantControls") or {}
    asked = set(grant.get("builtInControls") or ())
    for key, kind in _OTHER_CONTROLS.items():
        held = grant.get(key) or ()
        ids = [held.get("id") or ""] if isinstance(held, Mapping) else held
        asked.update(f"{kind}:{normalize_case(str(one))}" for one in ids if held)
    return asked - {_RETIRED}  # "as if this grant isn't selected"


def alternatives_of(policy: Mapping[str, Any]) -> list[frozenset[str]]:
    """The sets of controls from which a policy requires one each, whether anybody can meet them or not."""
    asked = controls_of(policy)
    if not asked or asked & BLOCK:
        return [BLOCK] if asked else []
    either = normalize_case(policy["grantControls"].get("operator")) == "or"
    return [frozenset(asked)] if either else [frozenset({control}) for control in sorted(asked)]


def _clauses(policy: Mapping[str, Any], sign_in: SignIn) -> tuple[frozenset[str], ...]:
    alternatives = alternatives_of(policy)
    if alternatives == [BLOCK]:
        return (BLOCK,)
    possible = (frozenset(one for one in controls if _can_be_met(one, sign_in)) for controls in alternatives)
    return tuple(clause or BLOCK for clause in possible)  # a control that nobody can meet blocks everybody


def _can_be_met(control: str, sign_in: SignIn) -> bool:
    if sign_in.client == LEGACY or (sign_in.client == EAS and control != "compliantDevice"):
        return False
    platform = sign_in.known_platform
    if not sign_in.platform:
        return True
    if control == "compliantApplication" and platform == "windows":
        return sign_in.client == BROWSER  # Edge only
    return platform in _CAN_BE_MET.get(control, {platform})


def _no_clauses(policy: Mapping[str, Any]) -> Why:
    if _RETIRED in ((policy.get("grantControls") or {}).get("builtInControls") or ()):
        return "approved_application", f"it rests on {_RETIRED} alone, which is not enforced since 2026-06-30"
    session = policy.get("sessionControls") or {}
    controls = sorted(name for name, value in session.items() if "@" not in name and filled(value))
    aside = f"; its session controls ({', '.join(controls)}) are not taken into account" if controls else ""
    return "no_grant", f"it grants access without a requirement{aside}"


def beside(clauses: Iterable[frozenset[str]], wanted: Collection[str] | None) -> Why | None:
    """Why somebody signs in without the wanted controls: each of these requirements can be met without them."""
    met = AllBut(None if wanted is None else frozenset(wanted))
    if any(all(control not in met for control in clause) for clause in clauses):
        return None
    words = " and ".join(" or ".join(shown(clause)) for clause in clauses)
    partly = any({*clause, *map(kind_of, clause)} & set(wanted or ()) for clause in clauses)
    return "alternative" if partly else "other_requirement", f"it can be met with {words}"
