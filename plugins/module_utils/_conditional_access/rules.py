# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Conditional Access asks of people who open their mail in Exchange Online. Pure rules: no I/O.

Policies are taken as Microsoft Graph v1.0 returns them. The rules are those of Microsoft's pages "Conditional Access:
Conditions", "Grant", "Users, groups, and workload identities", "Target resources", "Building a Conditional Access
policy", "Filter for devices" and "Report-only mode" (MicrosoftDocs/entra-docs, docs/identity/conditional-access), and
of the resource pages of Graph. The table of the unit test names the page of each rule.

Assumed, since no page says it:

- A policy without C(clientAppTypes) is from before August 2020 and covers modern authentication only. Graph takes no
  new ones (error 1064).
- Exchange ActiveSync can pass on compliance and nothing else, so a grant that asks for anything else blocks it. The
  pages say so of multifactor authentication, terms of use and custom controls, and use app protection to block it.
- Who is excluded by a filter for applications is not known here: Graph tells no security attributes of Exchange Online.
- A condition that is not known here narrows the policy.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._core.resource import fold, folded_set
from .assignments import EVERYBODY, Assignment, Person, Why, assignment_of, filled

EXCHANGE_ONLINE = "00000002-0000-0ff1-ce00-000000000000"
EAS, LEGACY, APPS, BROWSER = "exchangeActiveSync", "other", "mobileAppsAndDesktopClients", "browser"
REPORT_ONLY = "enabledForReportingButNotEnforced"
BLOCK = frozenset({"block"})
DEVICE_OR_APP = frozenset({"compliantDevice", "compliantApplication"})

_RETIRED = "approvedApplication"
_OTHER_CONTROLS = {
    "authenticationStrength": "authenticationStrength",
    "customAuthenticationFactors": "customAuthenticationFactor",
    "termsOfUse": "termsOfUse",
}
# "The device platforms that Conditional Access supports", and those on which a control can be met ("Grant").
_PLATFORMS = frozenset({"android", "ios", "windows", "macos", "linux"})
_CAN_BE_MET = {
    "compliantDevice": _PLATFORMS,
    "domainJoinedDevice": frozenset({"windows"}),
    "compliantApplication": frozenset({"android", "ios"}),
}
_EAS_PLATFORMS = frozenset({"android", "ios", "windows"})
_RISKS = ("userRiskLevels", "signInRiskLevels")
_EVERY_RISK = frozenset({"none", "low", "medium", "high"})
_JUDGED = frozenset({"users", "applications", "clientAppTypes", "platforms", "clientApplications", "locations"})


@dataclass(frozen=True)
class SignIn:
    """One way to open the mail. The platform C(other) is one that Conditional Access does not know."""

    client: str
    platform: str


MOBILE = tuple(
    SignIn(client, platform) for client in (EAS, LEGACY, APPS, BROWSER) for platform in ("iOS", "android", "other")
)


@dataclass(frozen=True)
class Reading:
    """What a policy asks of a sign-in, whoever signs in.

    Each of the C(clauses) must be met, by one of its controls; C(conditions) narrow when. Without clauses, C(why_not).
    """

    policy: Mapping[str, Any]
    assigned: Assignment
    clauses: tuple[frozenset[str], ...] = ()
    conditions: tuple[str, ...] = ()
    why_not: Why | None = None

    @property
    def enforced(self) -> bool:
        return self.policy.get("state") == "enabled"


def read(policy: Mapping[str, Any], sign_in: SignIn) -> Reading:
    """What C(policy) asks of this way to open the mail."""
    conditions, assigned = policy.get("conditions") or {}, assignment_of(policy)
    for why in (
        _not_in_force(policy),
        _for_workloads(conditions),
        _other_application(conditions.get("applications") or {}),
        _other_client(conditions.get("clientAppTypes") or [], sign_in),
        _other_platform(conditions.get("platforms") or {}, sign_in),
    ):
        if why:
            return Reading(policy, assigned, why_not=why)
    clauses = _clauses(policy, sign_in)
    return Reading(policy, assigned, clauses, _narrowing(conditions), None if clauses else _no_clauses(policy))


def judge(
    policies: Iterable[Mapping[str, Any]],
    sign_in: SignIn,
    wanted: Collection[str] | None = None,
    people: Iterable[Person] = (EVERYBODY,),
) -> dict[str, list[dict[str, Any]]]:
    """Who has to meet one of the C(wanted) controls, or is blocked; None wants any control.

    Each person is in one of C(covered), C(depends_on) and C(not_covered), with the policies that make it so. Who is
    not covered now is in C(report_only) too if a policy in that mode would change it. People about whom the same is
    to be said share an entry.
    """
    readings = [read(policy, sign_in) for policy in policies]
    found: dict[str, dict[str, dict[str, Any]]] = {
        name: {} for name in ("covered", "depends_on", "not_covered", "report_only")
    }
    for person in people:
        for status, said in _about(person, readings, sign_in, wanted).items():
            found[status].setdefault(json.dumps(said), {"who": [], **said})["who"].append(person.id)
    return {status: list(entries.values()) for status, entries in found.items()}


def _about(
    person: Person, readings: Iterable[Reading], sign_in: SignIn, wanted: Collection[str] | None
) -> dict[str, dict[str, Any]]:
    enforced, conditional, planned, reasons = [], [], [], []
    requirements: set[frozenset[str]] = set()
    for reading in readings:
        why, unknown = reading.why_not, ""
        if not why:
            why, unknown = reading.assigned.reach(person, eas=sign_in.client == EAS)
        if not why:
            why = _beside(reading.clauses, wanted)
            if reading.enforced and not reading.conditions and not unknown:
                requirements.update(reading.clauses)
        if why:
            reasons.append(_name(reading, reason=why[0], detail=why[1]))
            continue
        conditions = [*reading.conditions, *([unknown] if unknown else [])]
        if not reading.enforced:
            planned.append(_name(reading, requirements=_sorted(reading.clauses), conditions=conditions))
            reasons.append(_name(reading, reason="report_only", detail="it is in report-only mode"))
        elif conditions:
            conditional.append(_name(reading, requirements=_sorted(reading.clauses), conditions=conditions))
        else:
            enforced.append(_name(reading, **{"except": list(reading.assigned.excluded.words)}))
    if enforced:
        return {"covered": {"requirements": _sorted(requirements), "policies": enforced}}
    said: dict[str, dict[str, Any]] = (
        {"depends_on": {"policies": conditional}} if conditional else {"not_covered": {"reasons": reasons}}
    )
    return {**said, "report_only": {"policies": planned}} if planned else said


def _name(reading: Reading, **more: Any) -> dict[str, Any]:
    return {"id": reading.policy.get("id"), "policy": reading.policy.get("displayName"), **more}


def _sorted(clauses: Iterable[frozenset[str]]) -> list[list[str]]:
    return sorted(sorted(clause) for clause in clauses)


def _not_in_force(policy: Mapping[str, Any]) -> Why | None:
    known = policy.get("state") in ("enabled", REPORT_ONLY)
    return None if known else ("disabled", f"its state is {policy.get('state')}")


def _for_workloads(conditions: Mapping[str, Any]) -> Why | None:
    only = filled(conditions.get("clientApplications")) and not any(
        filled(value) and folded_set(value if isinstance(value, list) else ()) != {"none"}
        for name, value in (conditions.get("users") or {}).items()
        if name.startswith("include")
    )
    return ("workload_identity", "it is about workload identities, not about people") if only else None


def _other_application(applications: Mapping[str, Any]) -> Why | None:
    ours = {EXCHANGE_ONLINE, "office365"}
    if ours & folded_set(applications.get("excludeApplications")):
        return "application", "it excludes Exchange Online"
    if (ours | {"all"}) & folded_set(applications.get("includeApplications")):
        return None
    if (applications.get("applicationFilter") or {}).get("mode") == "include":
        return None
    if applications.get("includeUserActions"):
        return "user_action", "it is about user actions, not about opening mail"
    if applications.get("includeAuthenticationContextClassReferences"):
        return "authentication_context", "it is about an authentication context, which mail does not ask for"
    return "application", "it does not include Exchange Online"


def _other_client(types: Collection[str], sign_in: SignIn) -> Why | None:
    if not types:
        modern = sign_in.client in (APPS, BROWSER)
        return None if modern else ("client_app", "it names no client apps, as before August 2020: modern ones only")
    supported = fold(sign_in.platform) in _EAS_PLATFORMS
    of_eas = sign_in.client == EAS and ("easSupported" if supported else "easUnsupported") in types
    if of_eas or sign_in.client in types or "all" in types:
        return None
    return "client_app", f"it does not include the client apps {sign_in.client}"


def _other_platform(platforms: Mapping[str, Any], sign_in: SignIn) -> Why | None:
    included, excluded = folded_set(platforms.get("includePlatforms")), folded_set(platforms.get("excludePlatforms"))
    platform = fold(sign_in.platform)
    if {platform, "all"} & excluded:
        return "platform", f"it excludes the platform {sign_in.platform}"
    if not included | excluded or {platform, "all"} & included:
        return None
    return "platform", f"it does not include the platform {sign_in.platform}"


def controls_of(policy: Mapping[str, Any]) -> set[str]:
    """The controls that a policy asks for, and that are still enforced."""
    grant = policy.get("grantControls") or {}
    asked = {*(grant.get("builtInControls") or ()), *(name for key, name in _OTHER_CONTROLS.items() if grant.get(key))}
    return asked - {_RETIRED}  # "as if this grant isn't selected"


def _clauses(policy: Mapping[str, Any], sign_in: SignIn) -> tuple[frozenset[str], ...]:
    asked = controls_of(policy)
    if not asked or asked & BLOCK:
        return (BLOCK,) if asked else ()
    either = fold(policy["grantControls"].get("operator")) == "or"
    alternatives = [asked] if either else [{control} for control in sorted(asked)]
    possible = (frozenset(one for one in controls if _can_be_met(one, sign_in)) for controls in alternatives)
    return tuple(clause or BLOCK for clause in possible)  # what nobody can meet keeps everybody out


def _can_be_met(control: str, sign_in: SignIn) -> bool:
    if sign_in.client == LEGACY or (sign_in.client == EAS and control != "compliantDevice"):
        return False
    platform = fold(sign_in.platform)
    if control == "compliantApplication" and platform == "windows":
        return sign_in.client == BROWSER  # Edge only
    return platform in _CAN_BE_MET.get(control, {platform})


def _no_clauses(policy: Mapping[str, Any]) -> Why:
    if _RETIRED in ((policy.get("grantControls") or {}).get("builtInControls") or ()):
        return "approved_application", f"it rests on {_RETIRED} alone, which is not enforced since 2026-06-30"
    return "no_grant", "it grants access without a requirement"


def _narrowing(conditions: Mapping[str, Any]) -> tuple[str, ...]:
    locations = conditions.get("locations") or {}
    everywhere = "all" in folded_set(locations.get("includeLocations")) and not locations.get("excludeLocations")
    any_risk = {name for name in _RISKS if folded_set(conditions.get(name)) >= _EVERY_RISK}
    found = {
        "applicationFilter": filled((conditions.get("applications") or {}).get("applicationFilter")),
        "clientApplications": filled(conditions.get("clientApplications")),
        "locations": filled(locations) and not everywhere,
        **{
            name: filled(value) and name not in any_risk
            for name, value in conditions.items()
            if name not in _JUDGED and "@" not in name
        },
    }
    return tuple(sorted(name for name, narrows in found.items() if narrows))


def _beside(clauses: Iterable[frozenset[str]], wanted: Collection[str] | None) -> Why | None:
    """Why these requirements do not bring about what is wanted: each can be met in another way."""
    if any(wanted is None or clause == BLOCK or clause <= set(wanted) for clause in clauses):
        return None
    words = " and ".join(" or ".join(sorted(clause)) for clause in clauses)
    partly = any(clause & set(wanted or ()) for clause in clauses)
    return "alternative" if partly else "other_requirement", f"it can be met with {words}"
