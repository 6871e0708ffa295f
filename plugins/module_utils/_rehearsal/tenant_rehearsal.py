# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rehearsal on one tenant: read the policies, the people and the sign-ins, and judge them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._conditional_access.assignments import Person
from .._conditional_access.people import read_accounts
from .._conditional_access.policies import (
    POLICY,
    ConditionalAccessPolicies,
)
from .._conditional_access.rules import REPORT_ONLY
from .._conditional_access.subjects import Subjects
from .._core.errors import TenantError, usage
from .._core.resource import Record, normalize_case, normalized_set
from .._core.targets import only
from .._engine.tenant import Tenant
from .calibration import Calibration
from .membership import Doubt, depends_on
from .proposed_policies import proposed, valid
from .rehearsal import Rehearsal
from .reliability import reliability
from .sign_in_log import INTERACTIVE, NON_INTERACTIVE, SignInLog
from .sign_in_record import LoggedSignIn
from .summary import summary

Policy = Mapping[str, Any]
_GRANT = "Grant the application what is missing"
_MOST_DAYS = 30  # the retention of the log with Microsoft Entra ID P1
OPTIONS: dict[str, dict[str, Any]] = {
    "policies": {"type": "list", "elements": "dict"},
    "report_only": {"type": "list", "elements": "str"},
    "days": {"type": "int", "default": _MOST_DAYS},
    "sign_in_types": {
        "type": "list",
        "elements": "str",
        "choices": [INTERACTIVE, NON_INTERACTIVE],
        "default": [INTERACTIVE, NON_INTERACTIVE],
    },
    "trust_threshold": {"type": "int", "default": 95},
    "keep_groups": {"type": "list", "elements": "str", "default": []},
}


def rehearse(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The effect of policies on the sign-ins of the last days. Raises `TenantError`."""
    _check_numbers(params)
    given = [valid(number, one) for number, one in enumerate(params["policies"] or ())]
    backend, subjects = ConditionalAccessPolicies(), Subjects(tenant)
    existing = backend.list(tenant)
    changed = [proposed(number, tenant, existing, one, subjects) for number, one in enumerate(given)]
    rehearsed = [*changed, *_report_only(existing, params, tenant.label)]
    _check_distinct(rehearsed)
    policies = [*existing, *rehearsed]
    keep = _groups(subjects, params["keep_groups"])
    locations, without_locations = _locations(tenant, backend, policies)
    accounts, not_read = _accounts(tenant, policies, keep, without_locations)
    people = _canonical(policies, [person for person, _enabled, _name in accounts])
    names = {person.id: name for person, _enabled, name in accounts}
    calibration = Calibration(existing, locations)
    rehearsal = Rehearsal(existing, rehearsed, keep, names, locations)
    log = SignInLog(tenant, params["days"], locations)
    _judge(log, params, policies, people, calibration, rehearsal)
    return _result(
        params,
        calibration.result(params["trust_threshold"]),
        _with_names(rehearsal.result(), names, subjects),
        not_read,
        [*_not_judged(params), *log.not_judged()],
    )


def _check_numbers(params: Mapping[str, Any]) -> None:
    if not 1 <= params["days"] <= _MOST_DAYS:
        raise usage(
            f"days is {params['days']}",
            f"Set it to a number from 1 to {_MOST_DAYS}: Microsoft Entra keeps the log for {_MOST_DAYS} days",
        )
    if not 0 <= params["trust_threshold"] <= 100:
        raise usage(f"trust_threshold is {params['trust_threshold']}", "Set it to a number from 0 to 100")


def _accounts(
    tenant: Tenant, policies: Sequence[Policy], keep: Mapping[str, str], without_locations: Sequence[str]
) -> tuple[list[tuple[Person, bool, str]], list[str]]:
    """The accounts, and everything that could not be read. Raises `TenantError` if nobody can be judged then."""
    accounts, errors = read_accounts(tenant, policies, groups_too=keep)
    not_read = [*map(str, errors), *without_locations]
    if not accounts:
        raise TenantError("forbidden", f"who signs in could not be read: {'; '.join(not_read)}", next_step=_GRANT)
    if keep and accounts[0][0].groups is None:
        problem = f"who is in the groups to keep in could not be read: {'; '.join(not_read)}"
        raise TenantError("forbidden", problem, next_step=_GRANT)
    return accounts, not_read


def _judge(
    log: SignInLog,
    params: Mapping[str, Any],
    policies: Sequence[Policy],
    people: Mapping[str, Person],
    calibration: Calibration,
    rehearsal: Rehearsal,
) -> None:
    """Rehearse each sign-in of the log, and compare the judge with Microsoft Entra where both know the person."""
    changes = log.membership_changes(any(depends_on(one) & Doubt.KIND for one in policies))
    for logged in log.read(params["sign_in_types"]):
        person = people.get(logged.person)
        if person is not None:
            person = _as_signed_in(person, logged)
        uncertain = changes.after(logged.person, logged.created)
        if person is not None and not logged.problem:
            calibration.add(logged, person, uncertain)
        rehearsal.add(logged, person, uncertain)


def _result(
    params: Mapping[str, Any],
    compared: dict[str, Any],
    rehearsed: dict[str, Any],
    not_read: Sequence[str],
    not_judged: Sequence[str],
) -> dict[str, Any]:
    """What the module returns: the effect of the policies, and how far it can be relied on."""
    result = {
        "changed": False,
        **reliability(compared, rehearsed["by_policy"], rehearsed["sign_ins"]["total"], params["days"]),
        "calibration": compared,
        **rehearsed,
        "not_read": not_read,
        "not_judged": not_judged,
    }
    return {**result, "summary": summary(result, params["days"])}


def _as_signed_in(person: Person, logged: LoggedSignIn) -> Person:
    """The person with the sign-in's facts about somebody who authenticates in another tenant."""
    if person.kind == "guest" and logged.external:
        person = replace(person, kind="b2bCollaborationGuest")
    return replace(person, tenant=logged.home) if person.external and logged.home else person


def _locations(
    tenant: Tenant, backend: ConditionalAccessPolicies, policies: Sequence[Policy]
) -> tuple[Sequence[Record] | None, list[str]]:
    """The named locations, if a policy names some; None if the application may not read them."""
    if not any((one.get("conditions") or {}).get("locations") for one in policies):
        return [], []
    try:
        return backend.locations(tenant), []
    except TenantError as error:
        if error.kind != "forbidden":
            raise
        return None, [str(error)]


def _check_distinct(policies: Sequence[Policy]) -> None:
    """A policy given twice would be rehearsed twice: its change, and its current form."""
    seen: set[str] = set()
    for one in policies:
        key = normalize_case(str(one.get("id") or one.get("displayName") or ""))
        if key in seen:
            raise usage(
                f"the policy {one.get('displayName')} is listed more than once",
                "Specify it once: a proposed change under policies, or the policy as it is under report_only",
            )
        seen.add(key)


def _report_only(existing: Sequence[Policy], params: Mapping[str, Any], tenant: str) -> list[Policy]:
    """The report-only policies to rehearse: the named ones, or all if nothing else is given."""
    planned = [one for one in existing if one.get("state") == REPORT_ONLY]
    named = params["report_only"]
    if named is None:
        found = [] if params["policies"] else planned
        if not found and not params["policies"]:
            raise TenantError(
                "not_found",
                "no policy is in report-only mode, and policies is not set",
                next_step="Specify the policies to rehearse in policies",
            )
        return found
    wanted = normalized_set(named)
    found = [one for one in planned if wanted & normalized_set([str(one["id"]), str(one.get("displayName"))])]
    known = normalized_set(text for one in found for text in (str(one["id"]), str(one.get("displayName"))))
    missing = [one for one in named if normalize_case(one) not in known]
    if missing:
        raise TenantError(
            "not_found",
            f"no policy in report-only mode has the name or id {', '.join(missing)}",
            next_step="Check the name; conditional_access_policy_info lists the policies with their state",
        )
    for text in named:
        called = [one for one in planned if normalize_case(one.get("displayName")) == normalize_case(text)]
        only(called, POLICY.backend.id_of, "conditional access policy", tenant)
    return found


def _groups(subjects: Subjects, named: Sequence[str]) -> dict[str, str]:
    """The ids of groups, in lower case, with the given names."""
    if not named:
        return {}
    edit = {"conditions": {"users": {"include_groups": {"set": list(named)}}}}
    try:
        subjects.with_ids(edit, None)
    except TenantError as error:
        option = "conditions.users.include_groups"
        problem = error.problem.replace(f"under {option}", "under keep_groups")
        raise error.but(problem=problem) from error.__cause__
    return {normalize_case(one["id"]): one.get("display_name") or one["given"] for one in subjects.resolved}


def _canonical(policies: Sequence[Policy], people: Sequence[Person]) -> dict[str, Person]:
    """The people by id; those whom no policy names have no id, so that they are judged only once."""
    users = [(one.get("conditions") or {}).get("users") or {} for one in policies]
    named = {
        normalize_case(str(one))
        for part in users
        for side in ("include", "exclude")
        for one in part.get(f"{side}Users") or ()
    }
    kept: dict[Person, Person] = {}
    found = {}
    for person in people:
        alike = person if person.id in named else replace(person, id="")
        found[person.id] = kept.setdefault(alike, alike)
    return found


def _with_names(result: dict[str, Any], names: Mapping[str, str], subjects: Subjects) -> dict[str, Any]:
    """Exclusions in words: people by their address, groups and roles by name if it was read."""
    for one in result["exclusions"]:
        kind, _space, subject = one["exclusion"].partition(" ")
        if kind in ("user", "group", "role"):
            one["exclusion"] = f"user {names[subject]}" if subject in names else subjects.describe(kind, subject)
    return result


def _not_judged(params: Mapping[str, Any]) -> list[str]:
    return [] if NON_INTERACTIVE in params["sign_in_types"] else ["non-interactive sign-ins, most of those of phones"]
