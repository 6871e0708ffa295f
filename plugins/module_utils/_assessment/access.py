# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Conditional Access replaces the connector for mail on phones. Pure functions: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from .._conditional_access.assignments import EVERYBODY, NOT_READ, Person
from .._conditional_access.group_eligibility import about_eligibility, apart_from_eligibility
from .._conditional_access.policy_plans import not_judged
from .._conditional_access.policy_requirements import platform_sides
from .._conditional_access.rules import (
    APPS,
    BLOCK,
    BROWSER,
    DEVICE_OR_APP,
    EAS,
    LEGACY,
    REPORT_ONLY,
    SignIn,
    controls_of,
    judge,
)
from .._core.errors import TenantError
from .._core.read_result import ReadResult
from .._core.resource import Record, normalized_set
from .._core.text import counted
from .._core.verdict import Verdict, met, unknown, unmet
from .coverage_evidence import evidence_of
from .deadline_table import date_of
from .platforms import with_platforms

Policies = Sequence[Mapping[str, Any]]
# People whom policies treat differently, how many each stands for, and what could not be read, in words.
People = tuple[Mapping[Person, int], Sequence[TenantError]]

_DEVICE = frozenset({"compliantDevice", "domainJoinedDevice"})
_PHONES = ("iOS", "android")
_COMPUTERS = ("windows", "macOS", "linux")
# "Since user agent strings can be modified, this information is unverified": a phone can claim any platform.
_ANY = (*_PHONES, "other", *_COMPUTERS)
# By question: the ways to open mail, and the controls that each should require.
QUESTIONS: dict[str, tuple[tuple[SignIn, ...], frozenset[str]]] = {
    "modern_clients": (tuple(SignIn(APPS, one) for one in _PHONES), DEVICE_OR_APP),
    "eas": (tuple(SignIn(EAS, one) for one in _ANY), frozenset({"compliantDevice"})),
    "legacy_blocked": (tuple(SignIn(client, one) for client in (EAS, LEGACY) for one in _ANY), BLOCK),
    "device_required": (
        tuple(SignIn(client, one) for client in (APPS, BROWSER) for one in _ANY),
        _DEVICE,
    ),
    "unknown_platforms": (tuple(SignIn(client, "other") for client in (APPS, BROWSER)), DEVICE_OR_APP),
    "browser_on_phones": (tuple(SignIn(BROWSER, one) for one in _PHONES), DEVICE_OR_APP),
}
# What security defaults enforce for certain ("Block legacy authentication protocols"). A second factor is asked for
# only when Microsoft thinks it necessary.
SECURITY_DEFAULTS: Mapping[str, Any] = {
    "id": "securityDefaults",
    "displayName": "Security defaults",
    "state": "enabled",
    "conditions": {
        "users": {"includeUsers": ["All"]},
        "applications": {"includeApplications": ["All"]},
        "clientAppTypes": [EAS, LEGACY],
    },
    "grantControls": {"operator": "OR", "builtInControls": ["block"]},
}
_RETIRED = "approvedApplication"
_MODULE = "in report-only mode with intune.exchange.conditional_access_policy"
_NEXT_OF = {
    **dict.fromkeys(
        ("modern_clients", "eas"),
        "Make the policies for Exchange Online in report-only mode with the entry point protect of the role "
        "intune.exchange.mobile_access",
    ),
    "legacy_blocked": "Block Exchange ActiveSync and other legacy clients in a policy for all applications. Make it "
    f"{_MODULE}",
    "device_required": "Ask for a compliant or hybrid-joined device in a policy for all applications. Make it "
    f"{_MODULE}",
    "unknown_platforms": "Block platforms that Conditional Access does not know: a policy that includes all platforms, "
    f"excludes android, iOS, windows, macOS and linux, and blocks. Make it {_MODULE}",
    "browser_on_phones": "Ask for a compliant device or app protection in browsers on iOS and Android too, which Edge "
    f"meets: a policy for Exchange Online with the client app browser. Make it {_MODULE}",
}
_NEXT_DEFAULTS = (
    "No policy can be enabled while security defaults are on. Prepare the policies in report-only mode, a block of "
    "legacy clients and a second factor for everybody among them; then turn security defaults off and enable the "
    "policies at once"
)


def coverage(policies: Policies, people: People, defaults: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """For each question and way to open mail: who is covered, who is not and why, with numbers of people."""
    rows = []
    policies = [*policies, *([SECURITY_DEFAULTS] if _defaults_on(defaults) else [])]
    for question, (sign_ins, wanted) in QUESTIONS.items():
        everything = question in ("legacy_blocked", "device_required")
        for sign_in in sign_ins:
            # Exchange ActiveSync opens nothing but Exchange Online.
            asked = _for_all_applications(policies) if everything and sign_in.client != EAS else policies
            found = judge(asked, sign_in, wanted, people[0] or [EVERYBODY])
            counts = {status: [_counted(one, people[0]) for one in entries] for status, entries in found.items()}
            if not {one.platform for one in sign_ins} >= set(_COMPUTERS):
                counts["covered"] = with_platforms(counts["covered"], policies)
            rows.append({"question": question, "client": sign_in.client, "platform": sign_in.platform, **counts})
    return rows


def _defaults_on(defaults: Mapping[str, Any] | None) -> bool:
    return bool(defaults and defaults.get("isEnabled"))


def _counted(entry: Mapping[str, Any], people: Mapping[Person, int]) -> dict[str, Any]:
    """People whom all policies treat alike share an entry, so the first of them is an example."""
    return {"people": _number(entry["who"], people) if people else None, "example": entry["who"][0], **entry}


def _number(who: Iterable[str], people: Mapping[Person, int]) -> int:
    numbers = {person.id: number for person, number in people.items()}
    return sum(numbers[one] for one in who)


def shown(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The coverage for a result: with one example of each group of people instead of all of them."""
    return [
        {
            name: [{key: one[key] for key in one if key != "who"} for one in part] if isinstance(part, list) else part
            for name, part in row.items()
        }
        for row in rows
    ]


def _for_all_applications(policies: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    found = []
    for policy in policies:
        applications = (policy.get("conditions") or {}).get("applications") or {}
        if "all" in normalized_set(applications.get("includeApplications")) and not applications.get(
            "excludeApplications"
        ):
            found.append(policy)
    return found


def judged(
    question: str,
    covered: Iterable[Mapping[str, Any]],
    people: People,
    emergency_accounts: int,
    plans: ReadResult[list[Record]],
    defaults: ReadResult[Mapping[str, Any]],
    asked: ReadResult[Sequence[Mapping[str, Any]]],
) -> Verdict:
    """Met if everybody is `covered`, except as many excluded people as emergency access accounts, over all ways.

    If Microsoft Entra itself was `asked` and disagrees, nothing is met.
    """
    rows = [one for one in covered if one["question"] == question]
    evidence = "; ".join(one for one in (evidence_of(rows), about_eligibility(people[1])) if one)
    if not people[0]:
        why = "; ".join(map(str, people[1])) or "the directory listed no account"
        return unknown(
            f"the assigned users could not be read ({why}). Of people whom no policy names: {evidence}", _NEXT_READ
        )
    differences = _differences(question, asked.or_else(()))
    with_unread = "; ".join([evidence, *differences, *_unread_parts(people[1])])
    certain, possible = _holes(rows, people[0], emergency_accounts)
    if certain:
        return _closed_otherwise(question, with_unread, plans, defaults) or unmet(
            with_unread,
            _NEXT_DEFAULTS if _defaults_on(defaults.or_else(None)) else _NEXT_OF[question],
        )
    if differences:
        return unknown(with_unread, _NEXT_DIFFERS)
    if asked.error is not None:
        return unknown(f"{with_unread}; {asked.error.problem}", asked.error.next_step or _NEXT_DIFFERS)
    return unknown(evidence, "; ".join(map(str, people[1])) or _NEXT_READ) if possible else met(evidence)


def _holes(
    rows: Sequence[Mapping[str, Any]], people: Mapping[Person, int], emergency_accounts: int
) -> tuple[bool, bool]:
    """Whether somebody is certainly not covered, and whether the coverage of somebody is unknown.

    An emergency access account is the same for each way to open mail: other ones for each way would be that many holes.
    """
    left = [one for row in rows for status in ("not_covered", "depends_on") for one in row[status]]
    exempt = {who for one in left if one.get("exempt") for who in one["who"]}
    doubts = ["policies" in one and _in_doubt(one) for one in left if not one.get("exempt")]
    return _number(exempt, people) > emergency_accounts or not all(doubts), any(doubts)


def _unread_parts(not_read: Sequence[TenantError]) -> list[str]:
    """What a certain finding does not count, since it could not be read: the first failure of each read."""
    first = {one.action: one for one in reversed(apart_from_eligibility(not_read))}
    return [f"could not {action}: {one.problem}" for action, one in first.items()]


def _closed_otherwise(
    question: str, evidence: str, plans: ReadResult[list[Record]], defaults: ReadResult[Mapping[str, Any]]
) -> Verdict | None:
    """What may close the holes in the policies: policy plans, which add to them, and security defaults."""
    if beside := not_judged(plans):
        return unknown(f"by the policies alone, {evidence}; {beside}", _NEXT_PLANS)
    if defaults.error is not None and question in ("eas", "legacy_blocked"):
        return unknown(
            f"by the policies alone, {evidence}; security defaults, which block legacy clients, could not be read "
            f"({defaults.error.problem})",
            defaults.error.next_step or _NEXT_READ,
        )
    return None


def _differences(question: str, asked: Iterable[Mapping[str, Any]]) -> list[str]:
    """Where Microsoft Entra's evaluation of these ways to open mail differs from ours."""
    ways = {(one.client, one.platform) for one in QUESTIONS[question][0]}
    return [
        f"Microsoft Entra says that {one['policy']!r} {_applies(one['service_applies'])} to {row['user']} with "
        f"{row['client']} on {row['platform']} ({one['service_reason'] or 'no reason'}), and by the rules here it "
        f"{_applies(not one['service_applies'])} ({one['ours']})"
        for row in asked
        if (row["client"], row["platform"]) in ways
        for one in row["differences"]
    ]


def _applies(applies: bool) -> str:
    return "applies" if applies else "does not apply"


_NEXT_DIFFERS = (
    "Look at the policy with the What If tool of the Microsoft Entra admin center, and report the difference"
)
_NEXT_PLANS = "Read the plans in the Microsoft Entra admin center, or ask Microsoft Entra itself with what_if_users"
_NEXT_READ = "Grant User.Read.All, GroupMember.Read.All and RoleManagement.Read.Directory, and run again"


def _in_doubt(entry: Mapping[str, Any]) -> bool:
    """Whether it is unknown if, rather than when, any of the policies reaches these people."""
    return any(one.startswith(NOT_READ) for policy in entry["policies"] for one in policy["conditions"])


def resting_on_approved_application(policies: Policies) -> list[Mapping[str, Any]]:
    """The policies in use that require the approved client app and nothing else."""
    return [one for one in policies if _RETIRED in _built_in(one) and not controls_of(one) and _in_use(one)]


def approved_application_alone(policies: Policies) -> Verdict:
    resting = resting_on_approved_application(policies)
    if resting:
        return unmet(
            f"{_names(resting)} {'asks' if len(resting) == 1 else 'ask'} for"
            f" {_RETIRED} alone, which is not enforced since {date_of('approved_client_app')}",
            "Ask for compliantApplication (app protection) in its place",
        )
    return met(f"none of {counted(len(policies), 'policy', 'policies')} rests on {_RETIRED} alone")


def eas_with_desktop(policies: Policies) -> Verdict:
    """A policy that blocks Exchange ActiveSync and also selects modern clients blocks desktop Outlook and Teams."""
    mixed = []
    for one in filter(_in_use, policies):
        conditions = one.get("conditions") or {}
        types = set(conditions.get("clientAppTypes") or ())
        if (
            EAS in types
            and APPS in types
            and _on_computers(conditions.get("platforms") or {})
            and _device_or_block(one)
        ):
            mixed.append(one)
    if mixed:
        excluding = any((one["conditions"].get("platforms") or {}).get("excludePlatforms") for one in mixed)
        covers, they_do = ("covers", "it does") if len(mixed) == 1 else ("cover", "they do")
        return unmet(
            f"{_names(mixed)} {covers} Exchange ActiveSync and desktop apps on every platform"
            + (f" that {they_do} not exclude" if excluding else ""),
            "Keep Exchange ActiveSync in a policy of its own, or name the platforms of the other clients",
        )
    return met("no policy covers Exchange ActiveSync and desktop apps on every platform")


def _on_computers(platforms: Mapping[str, Any]) -> bool:
    """Whether the platforms mean every platform ("all" or none), with Outlook for Windows or Mac among them."""
    included, excluded = platform_sides(platforms)
    return (not included or "all" in included) and not excluded >= {"windows", "macos"}


def _device_or_block(policy: Mapping[str, Any]) -> bool:
    return bool(controls_of(policy) & (BLOCK | DEVICE_OR_APP))


def _built_in(policy: Mapping[str, Any]) -> Collection[str]:
    return (policy.get("grantControls") or {}).get("builtInControls") or ()


def _in_use(policy: Mapping[str, Any]) -> bool:
    return policy.get("state") in ("enabled", REPORT_ONLY)


def _names(policies: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(repr(one.get("displayName")) for one in policies)


def demands_app_protection(policies: Policies) -> bool:
    return any("compliantApplication" in controls_of(one) for one in policies if one.get("state") == "enabled")
