# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The effect of policies on the sign-ins of the log, had they been enforced. Pure rules: no I/O.

What the log does not show is counted as unknown, never as allowed. Sign-ins that failed are left out: nobody got in.
The result has counts by person, application, client, platform and country, and not the sign-ins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .._conditional_access.assignments import Person, assignment_of
from .._conditional_access.rules import REPORT_ONLY
from .._conditional_access.sign_in import SignIn
from .._core.resource import normalize_case
from .calibration import Judge, evaluated
from .exclusions import all_entries, entries_of, including_all
from .log_evidence import judged_with, with_evidence
from .log_results import MOST_KEPT, Then, may_have_changed
from .membership import Doubt, depends_on
from .policy_answers import (
    ANSWERS,
    ASKED,
    NOT_KNOWN,
    STOPPED,
    UNCHANGED,
    WORST_FIRST,
    Verdict,
    verdict_by_log,
    verdict_of,
    worse,
)
from .sign_in_record import LoggedSignIn

_PERSON_THEN = "what groups and roles somebody was in then, or whether as a guest, is not in the log"
_PERSON_NOW = "the log says that it did not concern somebody who has joined or left a group or a role since"
_KINDS = ("member", "internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember")
_PLACES_NOW = "the log and the judge differ, and the trusted locations may have changed since"
_NO_ID = "no id: "
_DIMENSIONS = ("application", "client", "platform", "country")
Policy = Mapping[str, Any]


@dataclass(frozen=True)
class _Judged:
    """The shared result of sign-ins with equal facts: verdicts, also without exclusions."""

    verdicts: tuple[Verdict, ...]
    answer: str
    spared: tuple[tuple[int, str, str], ...] = ()

    @staticmethod
    def of(verdicts: Sequence[Verdict], spared: Iterable[tuple[int, str, str]] = ()) -> _Judged:
        answer = next((one for one in WORST_FIRST if any(verdict.answer == one for verdict in verdicts)), UNCHANGED)
        return _Judged(tuple(verdicts), answer, tuple(spared))


@dataclass
class _Seen:
    """A person in the log."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    by_policy: dict[int, str] = field(default_factory=dict)  # the worst effect of each policy


class Rehearsal:
    """Judges the sign-ins of the log one by one, as if `rehearsed` were enforced together with the current policies.

    `keep` are ids of groups that are to be kept in, with their names; `names` are those of people, by their ids.
    `locations` are the named locations; None if they are not known.
    """

    def __init__(
        self,
        existing: Sequence[Policy],
        rehearsed: Sequence[Policy],
        keep: Mapping[str, str],
        names: Mapping[str, str],
        locations: Sequence[Policy] | None = (),
    ) -> None:
        self._existing = evaluated(existing)
        self._then = Then(self._existing, locations)
        self._planned = rehearsed
        self._told_by = [self._position(one) for one in rehearsed]
        self._depends = [depends_on(one) for one in rehearsed]
        self._names_of_people = names
        enforced = [{**one, "state": "enabled"} for one in rehearsed]
        self._judge = Judge(enforced)
        self._without_exclusions = Judge([including_all(one) for one in enforced])
        self._excluded = [assignment_of(one).excluded for one in enforced]
        self._keep = keep
        self._kept: dict[Any, _Judged] = {}
        self._people: dict[str, _Seen] = {}
        self._members: dict[str, set[str]] = {group: set() for group in keep}
        self._spared: dict[tuple[int, str], dict[str, str]] = {}
        self._by: dict[str, dict[str, Counter[str]]] = {name: {} for name in _DIMENSIONS}
        self._policies = [Counter[str]() for _one in rehearsed]
        self._reasons: Counter[str] = Counter()
        self._total: Counter[str] = Counter()
        self.not_signed_in = 0

    def _position(self, policy: Policy) -> int | None:
        """The position among the log's policies of a report-only policy that is rehearsed unchanged."""
        if policy.get("state") != REPORT_ONLY or not policy.get("id"):
            return None
        ids = [normalize_case(str(one["id"])) for one in self._existing]
        return ids.index(normalize_case(str(policy["id"])))

    def add(self, logged: LoggedSignIn, person: Person | None, uncertain: Doubt) -> str:
        """The answer for one sign-in. `uncertain`: what of the person may have been another then."""
        if not logged.succeeded:
            self.not_signed_in += 1
            return UNCHANGED
        said = self._then.results(logged)
        if logged.problem or person is None:
            key: Any = (logged.problem, said)
        else:
            key = (logged.possible, person, said, uncertain)
        judged = self._kept.get(key)
        if judged is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            if logged.problem or person is None:
                verdict = Verdict(NOT_KNOWN, logged.problem or "the account is not in the directory today")
                judged = _Judged.of([self._told_by_log(one, said) or verdict for one in range(len(self._planned))])
            else:
                judged = self._judged(logged.possible, person, said, uncertain)
            self._kept[key] = judged
        self._count(logged, person, judged)
        return judged.answer

    def _judged(self, logged: tuple[SignIn, ...], person: Person, said: tuple[str, ...], uncertain: Doubt) -> _Judged:
        possible, contradicted = with_evidence(self._existing, logged, person, said)
        outcomes = self._judge.outcomes(possible, person)
        verdicts, spared = [], []
        for number, each in enumerate(outcomes):
            verdict, changed = self._told_by_log(number, said), uncertain & self._depends[number]
            ours = judged_with(self._planned[number], each, contradicted)
            if verdict is None:
                depends = bool(changed) and self._depends_on(changed, number, possible, person)
                verdict = Verdict(NOT_KNOWN, _PERSON_THEN) if depends else ours
            elif changed and verdict.answer == UNCHANGED != ours.answer:
                verdict = Verdict(NOT_KNOWN, _PERSON_NOW)  # who is in it today would meet it at the next sign-in
            elif may_have_changed(self._planned[number]) and ours.answer not in (NOT_KNOWN, verdict.answer):
                verdict = Verdict(NOT_KNOWN, _PLACES_NOW)
            verdicts.append(verdict)
            entries = entries_of(self._excluded[number], person)
            if entries:
                spared_by = self._without_exclusions.outcomes(possible, person)[number]
                without = judged_with(self._planned[number], spared_by, contradicted).answer
                spared += [(number, entry, without) for entry in entries]
        return _Judged.of(verdicts, spared)

    def _told_by_log(self, number: int, said: tuple[str, ...]) -> Verdict | None:
        """Microsoft Entra's own result for a report-only policy that is rehearsed unchanged."""
        position = self._told_by[number]
        return None if position is None else verdict_by_log(self._planned[number], said[position])

    def _depends_on(self, changed: Doubt, number: int, possible: tuple[SignIn, ...], person: Person) -> bool:
        people = [person]
        if changed & Doubt.GROUPS:
            people = [*people, replace(person, groups=None, roles=None)]
        if changed & Doubt.KIND:
            people = [replace(one, kind=kind) for one in people for kind in (person.kind, *_KINDS)]
        verdicts = {verdict_of(self._judge.outcomes(possible, one)[number]).answer for one in people}
        return len(verdicts) > 1

    def _count(self, logged: LoggedSignIn, person: Person | None, judged: _Judged) -> None:
        answer = judged.answer
        self._total[answer] += 1
        for number, verdict in enumerate(judged.verdicts):
            self._policies[number][verdict.answer] += 1
            self._policies[number]["from_log"] += verdict.by_log
        for dimension in _DIMENSIONS:
            counts, value = self._by[dimension], getattr(logged, dimension) or "not in the log"
            if value not in counts:
                counts[value] = Counter()
            counts[value][answer] += 1
        if answer != UNCHANGED:
            for reason in {one.reason for one in judged.verdicts if one.answer == NOT_KNOWN}:
                self._reasons[reason] += 1
        self._count_person(logged, person, judged)

    def _count_person(self, logged: LoggedSignIn, person: Person | None, judged: _Judged) -> None:
        """People without an id in the log count as well, by their name in the log, or all as one person."""
        who = logged.person or f"{_NO_ID}{normalize_case(logged.name)}"
        seen = self._people.get(who)
        if seen is None:
            name = self._names_of_people.get(who) or logged.name or "not in the log"
            seen = self._people[who] = _Seen(name)
            for group in self._keep:
                if person is not None and person.groups is not None and group in person.groups:
                    self._members[group].add(logged.person)
        seen.counts[judged.answer] += 1
        if judged.answer != UNCHANGED:
            for number, verdict in enumerate(judged.verdicts):
                if verdict.answer != UNCHANGED:
                    seen.by_policy[number] = worse(verdict.answer, seen.by_policy.get(number, UNCHANGED))
        for number, entry, answer in judged.spared:
            people = self._spared.setdefault((number, entry), {})
            people[logged.person] = worse(answer, people.get(logged.person, UNCHANGED))

    def result(self) -> dict[str, Any]:
        people = self._people.values()
        return {
            "sign_ins": {**_each(self._total), "total": self._total.total(), "not_signed_in": self.not_signed_in},
            "people": {**{one: sum(1 for seen in people if seen.counts[one]) for one in ANSWERS}, "total": len(people)},
            "by_policy": [
                {"policy": one.get("displayName"), "id": one.get("id"), **_each(counts), "from_log": counts["from_log"]}
                for one, counts in zip(self._planned, self._policies, strict=True)
            ],
            "by_person": [
                {
                    "user": seen.name,
                    "id": "" if one.startswith(_NO_ID) else one,
                    **_each(seen.counts),
                    "policies": self._names(seen.by_policy),
                }
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
        """For each exclusion, the people in the log that it spared, and those who never needed it."""
        found = []
        for number, side in enumerate(self._excluded):
            for entry in all_entries(side):
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
        """The smallest set of people that each policy must exclude so that nobody of a group is stopped."""
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


def _each(counts: Mapping[str, int]) -> dict[str, int]:
    return {one: counts[one] for one in ANSWERS}


def _order(counts: Mapping[str, int], name: str) -> tuple[Any, ...]:
    return (-counts[STOPPED], -counts[NOT_KNOWN], -counts[ASKED], name)


def _listed(name: str, values: Mapping[str, Counter[str]]) -> list[dict[str, Any]]:
    ordered = sorted(values.items(), key=lambda item: _order(item[1], item[0]))
    return [{name: value, **_each(counts)} for value, counts in ordered]
