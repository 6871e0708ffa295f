# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What policies would have made of the sign-ins of the log, had they been enforced. Pure rules: no I/O.

What the log cannot tell is counted as not known, never as allowed. Sign-ins of which nothing came are left out: nobody
got in. Kept are counts by person, application, client, platform and country, and not the sign-ins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .._core.resource import normalize_case
from .assignments import Person, Side, assignment_of
from .calibration import MOST_KEPT, RESULTS, Judge, evaluated, names_groups_or_roles, unchanged_since
from .rules import REPORT_ONLY, Outcome, read
from .sign_in import SignIn
from .sign_in_log import LoggedSignIn

STOPPED, NOT_KNOWN, ASKED, UNCHANGED = "stopped", "not_known", "asked_for_more", "unchanged"
ANSWERS = (STOPPED, ASKED, UNCHANGED, NOT_KNOWN)
_WORST_FIRST = (STOPPED, NOT_KNOWN, ASKED, UNCHANGED)
# What somebody can do while they sign in. A device or an app needs more than that.
_WHILE_SIGNING_IN = frozenset(
    {"mfa", "authenticationStrength", "termsOfUse", "passwordChange", "riskRemediation", "customAuthenticationFactor"}
)
_BY_LOG = {"reportOnlySuccess": UNCHANGED, "reportOnlyNotApplied": UNCHANGED, "reportOnlyFailure": STOPPED}
_BY_LOG |= {"reportOnlyInterrupted": ASKED}
_GROUPS_THEN = "what groups and roles somebody was in then is not in the log"
_DIMENSIONS = ("application", "client", "platform", "country")
Policy = Mapping[str, Any]
Clauses = frozenset[frozenset[str]]


@dataclass(frozen=True)
class Verdict:
    """What one policy would have made of one sign-in, and why."""

    answer: str
    reason: str = ""


@dataclass
class _Seen:
    """One person of the log."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    by_policy: dict[int, str] = field(default_factory=dict)  # the worst that each policy did


class Rehearsal:
    """Judges the sign-ins of the log one after the other, as if `rehearsed` were enforced beside what there is.

    `keep` are ids of groups that are to be kept in, with their names.
    """

    def __init__(self, existing: Sequence[Policy], rehearsed: Sequence[Policy], keep: Mapping[str, str]) -> None:
        self._existing = evaluated(existing)
        self._planned = rehearsed
        enforced = [{**one, "state": "enabled"} for one in rehearsed]
        self._judge = Judge(enforced)
        self._without_exclusions = Judge([_including_all(one) for one in enforced])
        self._excluded = [assignment_of(one).excluded for one in enforced]
        self._keep = keep
        self._known: dict[Any, tuple[Clauses, Clauses]] = {}
        self._people: dict[str, _Seen] = {}
        self._members: dict[str, set[str]] = {group: set() for group in keep}
        self._spared: dict[tuple[int, str], dict[str, str]] = {}
        self._by: dict[str, dict[str, Counter[str]]] = {name: {} for name in _DIMENSIONS}
        self._policies = [Counter[str]() for _one in rehearsed]
        self._reasons: Counter[str] = Counter()
        self._total: Counter[str] = Counter()
        self.not_signed_in = 0

    def add(self, logged: LoggedSignIn, person: Person | None, uncertain: bool) -> str:
        """The answer for one sign-in. `uncertain`: what the person was in then may differ from today."""
        if not logged.succeeded:
            self.not_signed_in += 1
            return UNCHANGED
        if logged.problem or person is None:
            reason = logged.problem or "the account is not in the directory today"
            verdicts = [Verdict(NOT_KNOWN, reason)] * len(self._planned)
        else:
            verdicts = self._verdicts(logged, person, uncertain)
        answer = next((one for one in _WORST_FIRST if any(verdict.answer == one for verdict in verdicts)), UNCHANGED)
        self._count(logged, person, verdicts, answer)
        return answer

    def _verdicts(self, logged: LoggedSignIn, person: Person, uncertain: bool) -> list[Verdict]:
        possible = self._enriched(logged, person)
        outcomes = self._judge.outcomes(possible, person)
        verdicts = []
        for number, (policy, each) in enumerate(zip(self._planned, outcomes, strict=True)):
            verdict = _verdict(each)
            told = self._told_by_log(policy, logged)
            if told:
                verdict = Verdict(told)
            if uncertain and names_groups_or_roles(policy) and self._hangs_on_groups(number, possible, person):
                verdict = Verdict(NOT_KNOWN, _GROUPS_THEN)
            entries = _entries(self._excluded[number], person)
            if entries:
                self._count_spared(number, entries, possible, person, logged)
            verdicts.append(verdict)
        return verdicts

    def _told_by_log(self, policy: Policy, logged: LoggedSignIn) -> str:
        """What Microsoft Entra itself said of a policy in report-only mode that is rehearsed as it was then."""
        if policy.get("state") != REPORT_ONLY or not policy.get("id") or not unchanged_since(policy, logged.created):
            return ""
        return _BY_LOG.get(logged.results.get(normalize_case(policy["id"]), ""), "")

    def _hangs_on_groups(self, number: int, possible: tuple[SignIn, ...], person: Person) -> bool:
        nobody_knows = replace(person, groups=None, roles=None)
        verdicts = {_verdict(self._judge.outcomes(possible, one)[number]).answer for one in (person, nobody_knows)}
        return len(verdicts) > 1

    def _enriched(self, logged: LoggedSignIn, person: Person) -> tuple[SignIn, ...]:
        """The sign-in with what the results of the policies of then say of the controls that were met."""
        results = tuple(
            (number, said)
            for number, policy in enumerate(self._existing)
            if (said := RESULTS.get(logged.results.get(normalize_case(policy["id"]), ""))) in ("met", "stopped")
            and unchanged_since(policy, logged.created)
        )
        if not results:
            return logged.possible
        enriched = []
        for sign_in in logged.possible:
            key = (sign_in, person.external, results)
            if key not in self._known:
                if len(self._known) > MOST_KEPT:
                    self._known.clear()
                self._known[key] = self._clauses(sign_in, person, results)
            met, failed = self._known[key]
            enriched.append(replace(sign_in, met=sign_in.met | met, failed=sign_in.failed | failed))
        return tuple(enriched)

    def _clauses(self, sign_in: SignIn, person: Person, results: Iterable[tuple[int, str]]) -> tuple[Clauses, Clauses]:
        met: set[frozenset[str]] = set()
        failed: set[frozenset[str]] = set()
        for number, said in results:
            clauses = read(self._existing[number], sign_in).clauses_for(person)
            if said == "met":
                met.update(clauses)
            elif len(clauses) == 1:  # of several, which one failed is not known
                failed.update(clauses)
        return frozenset(met), frozenset(failed - met)

    def _count_spared(
        self, number: int, entries: list[str], possible: tuple[SignIn, ...], person: Person, logged: LoggedSignIn
    ) -> None:
        answer = _verdict(self._without_exclusions.outcomes(possible, person)[number]).answer
        for entry in entries:
            people = self._spared.setdefault((number, entry), {})
            people[logged.person] = _worse(answer, people.get(logged.person, UNCHANGED))

    def _count(self, logged: LoggedSignIn, person: Person | None, verdicts: Sequence[Verdict], answer: str) -> None:
        self._total[answer] += 1
        seen = self._people.setdefault(logged.person, _Seen(logged.name))
        seen.counts[answer] += 1
        for number, verdict in enumerate(verdicts):
            self._policies[number][verdict.answer] += 1
            if verdict.answer != UNCHANGED:
                seen.by_policy[number] = _worse(verdict.answer, seen.by_policy.get(number, UNCHANGED))
        for dimension in _DIMENSIONS:
            value = getattr(logged, dimension) or "not in the log"
            self._by[dimension].setdefault(value, Counter())[answer] += 1
        for reason in {one.reason for one in verdicts if one.answer == NOT_KNOWN}:
            self._reasons[reason] += 1
        for group in self._keep:
            if person is not None and person.groups is not None and group in person.groups:
                self._members[group].add(logged.person)

    def result(self) -> dict[str, Any]:
        people = self._people.values()
        return {
            "sign_ins": {**_each(self._total), "total": self._total.total(), "not_signed_in": self.not_signed_in},
            "people": {**{one: sum(1 for seen in people if seen.counts[one]) for one in ANSWERS}, "total": len(people)},
            "by_policy": [
                {"policy": one.get("displayName"), "id": one.get("id"), **_each(counts)}
                for one, counts in zip(self._planned, self._policies, strict=True)
            ],
            "by_person": [
                {"user": seen.name, "id": one, **_each(seen.counts), "policies": self._names(seen.by_policy)}
                for one, seen in sorted(self._people.items(), key=lambda item: _order(item[1].counts, item[1].name))
                if seen.by_policy
            ],
            **{f"by_{name}": _listed(name, self._by[name]) for name in _DIMENSIONS},
            "not_known_because": [
                {"reason": reason, "sign_ins": number} for reason, number in self._reasons.most_common()
            ],
            "exclusions": self._exclusions(),
            "keep": [self._kept_in(group, name) for group, name in self._keep.items()],
        }

    def _names(self, numbers: Iterable[int]) -> list[str]:
        return [str(self._planned[one].get("displayName")) for one in sorted(numbers)]

    def _exclusions(self) -> list[dict[str, Any]]:
        """For each exclusion whom of the log it spared, and who of them never needed it."""
        found = []
        for number, side in enumerate(self._excluded):
            for entry in _all_entries(side):
                people = self._spared.get((number, entry), {})
                found.append(
                    {
                        "policy": self._planned[number].get("displayName"),
                        "exclusion": entry,
                        "spared": len(people),
                        "needed": self._named(people, STOPPED, ASKED),
                        "not_known": self._named(people, NOT_KNOWN),
                        "never_needed": self._named(people, UNCHANGED),
                    }
                )
        return found

    def _named(self, people: Mapping[str, str], *answers: str) -> list[str]:
        return sorted(self._people[one].name for one, answer in people.items() if answer in answers)

    def _kept_in(self, group: str, name: str) -> dict[str, Any]:
        """The fewest people whom each policy has to exclude so that nobody of a group is stopped."""
        members = self._members[group]
        return {
            "group": name,
            "id": group,
            "seen": len(members),
            "exclude": [
                {"policy": policy.get("displayName"), "users": users}
                for number, policy in enumerate(self._planned)
                if (users := self._by_answer(members, number, STOPPED))
            ],
            "not_known": [
                {"policy": policy.get("displayName"), "users": users}
                for number, policy in enumerate(self._planned)
                if (users := self._by_answer(members, number, NOT_KNOWN))
            ],
        }

    def _by_answer(self, members: Iterable[str], number: int, answer: str) -> list[str]:
        return sorted(self._people[one].name for one in members if self._people[one].by_policy.get(number) == answer)


def _verdict(each: Sequence[Outcome]) -> Verdict:
    """The answer that holds in each way in which the sign-in may have been."""
    verdicts = [_verdict_of(one) for one in each]
    if len({one.answer for one in verdicts}) == 1:
        return verdicts[0]
    return Verdict(NOT_KNOWN, "it hangs on the client app, which the log does not tell")


def _verdict_of(outcome: Outcome) -> Verdict:
    if outcome.result in ("not_applied", "met"):
        return Verdict(UNCHANGED)
    asked = [*outcome.missing, *outcome.left_open]
    if outcome.applies and asked and not outcome.refusing and all(one & _WHILE_SIGNING_IN for one in asked):
        return Verdict(ASKED, outcome.reason)
    return Verdict(STOPPED if outcome.result == "stopped" else NOT_KNOWN, outcome.reason)


def _worse(one: str, other: str) -> str:
    return min(one, other, key=_WORST_FIRST.index)


def _including_all(policy: Policy) -> Policy:
    conditions = policy.get("conditions") or {}
    users = {name: value for name, value in (conditions.get("users") or {}).items() if not name.startswith("exclude")}
    return {**policy, "conditions": {**conditions, "users": users}}


def _all_entries(side: Side) -> list[str]:
    users = [f"user {one}" for one in sorted(side.ids - {"guestsorexternalusers"})]
    groups, roles = [f"group {one}" for one in side.groups], [f"role {one}" for one in side.roles]
    return [*users, *groups, *roles, *(["guests or external users"] if side.guests else [])]


def _entries(side: Side, person: Person) -> list[str]:
    """The exclusions that name a person for certain."""
    found = [f"user {person.id}"] if person.id and person.id in side.ids else []
    found += [f"group {one}" for one in side.groups if one in (person.groups or ())]
    found += [f"role {one}" for one in side.roles if one in (person.roles or ())]
    if side.guests and replace(side, ids=side.ids & {"guestsorexternalusers"}, groups=(), roles=()).names(person)[0]:
        found.append("guests or external users")
    return found


def _each(counts: Mapping[str, int]) -> dict[str, int]:
    return {one: counts[one] for one in ANSWERS}


def _order(counts: Mapping[str, int], name: str) -> tuple[Any, ...]:
    return (-counts[STOPPED], -counts[NOT_KNOWN], -counts[ASKED], name)


def _listed(name: str, values: Mapping[str, Counter[str]]) -> list[dict[str, Any]]:
    ordered = sorted(values.items(), key=lambda item: _order(item[1], item[0]))
    return [{name: value, **_each(counts)} for value, counts in ordered]
