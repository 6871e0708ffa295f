# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the judge agrees with the sign-in log about evaluated policies. Pure rules: no I/O.

The judge is given what the log says of a sign-in, and not what the log says of the policies. Only policies are compared
that have not changed since the sign-in, nor what they refer to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._conditional_access.assignments import Person
from .._conditional_access.rules import REPORT_ONLY, Outcome, Reading, outcomes_of, read
from .._conditional_access.sign_in import SignIn
from .._core.text import counted
from .log_results import MOST_KEPT, NOT_APPLIED, RESULTS, Then
from .membership import Doubt, depends_on
from .sign_in_record import LoggedSignIn

Policy = Mapping[str, Any]
_MOST_OUTCOMES = 500  # each has an outcome for each policy
_EXAMPLES = 3


class Judge:
    """The judge for a fixed set of policies, with cached answers for equal sign-ins."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self.policies = policies
        self._kept: dict[Any, tuple[tuple[Outcome, ...], ...]] = {}
        self._readings: dict[SignIn, list[Reading]] = {}

    def outcomes(self, possible: tuple[SignIn, ...], person: Person) -> tuple[tuple[Outcome, ...], ...]:
        """For each policy, the outcome in each possible form of the sign-in."""
        key = (possible, person)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _MOST_OUTCOMES:
                self._kept.clear()
            each = (outcomes_of(self._read(one), one, person) for one in possible)
            found = self._kept[key] = tuple(zip(*each, strict=True))
        return found

    def _read(self, sign_in: SignIn) -> list[Reading]:
        """What the policies require of a sign-in, whoever signs in: many sign-ins are equal."""
        found = self._readings.get(sign_in)
        if found is None:
            if len(self._readings) >= _MOST_OUTCOMES:
                self._readings.clear()
            found = self._readings[sign_in] = [read(one, sign_in) for one in self.policies]
        return found


def evaluated(policies: Sequence[Policy]) -> list[Policy]:
    """The policies with results in the log: those that are enforced or in report-only mode."""
    return [one for one in policies if one.get("state") in ("enabled", REPORT_ONLY)]


@dataclass(frozen=True)
class _Comparison:
    """One policy of a sign-in: `agreed`, `differed` or `not_known`, and whether it applied, by the log or the judge."""

    policy: int
    word: str
    applied: bool
    ours: str


class Calibration:
    """Compares the judge with the log, sign-in by sign-in."""

    def __init__(self, policies: Sequence[Policy], locations: Sequence[Policy] | None = ()) -> None:
        self._judge = Judge(evaluated(policies))
        self._then = Then(self._judge.policies, locations)
        self._depends = [depends_on(one) for one in self._judge.policies]
        self._kept: dict[Any, list[_Comparison]] = {}
        self._counts: dict[str, Counter[str]] = {str(one["id"]): Counter() for one in self._judge.policies}
        self._applied: Counter[str] = Counter()
        self._examples: dict[str, list[dict[str, str]]] = {one: [] for one in self._counts}
        self.sign_ins = self.without_results = 0

    def add(self, logged: LoggedSignIn, person: Person, uncertain: Doubt) -> None:
        """`uncertain`: what of the person may have been another then."""
        if not logged.judged:
            return
        self.sign_ins += 1
        if not logged.results:
            self.without_results += 1
            return
        said = self._then.results(logged)
        key = (logged.possible, person, said, uncertain)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = list(self._compared(logged.possible, person, said, uncertain))
        for one in found:
            self._count(one, logged, said[one.policy])

    def _compared(
        self, possible: tuple[SignIn, ...], person: Person, said: tuple[str, ...], uncertain: Doubt
    ) -> Iterator[_Comparison]:
        """For each policy with a result in the log, its comparison with the judge's result."""
        for number, each in enumerate(self._judge.outcomes(possible, person)):
            result = RESULTS.get(said[number])
            if result:
                words = {_compared(one, result) for one in each}
                word = "not_known" if len(words) > 1 or uncertain & self._depends[number] else words.pop()
                applied = result != NOT_APPLIED or each[0].result != NOT_APPLIED
                yield _Comparison(number, word, applied, _in_words(each[0]) if word == "differed" else "")

    def _count(self, compared: _Comparison, logged: LoggedSignIn, result: str) -> None:
        one, word = str(self._judge.policies[compared.policy]["id"]), compared.word
        self._counts[one][word] += 1
        if compared.applied:
            self._applied[word] += 1
        if word == "differed" and len(self._examples[one]) < _EXAMPLES:
            said = {"user": logged.name, "time": logged.created, "log": result, "judge": compared.ours}
            self._examples[one].append(said)

    def result(self, threshold: int) -> dict[str, Any]:
        """The agreement in per cent, whether it is enough, and where the judge and the log differ."""
        total: Counter[str] = sum(self._counts.values(), Counter())
        agreement, applied = _per_cent(total), _per_cent(self._applied)
        # Most policies do not apply to most sign-ins, which is easy to say: however few the others are, they have to
        # agree by themselves. That is never more than the agreement on all: where both differ, a policy applied.
        failing = applied is not None and applied < threshold
        trusted = agreement is not None and not failing
        return {
            "agreement_percent": agreement,
            "agreement_percent_applied": applied,
            "trusted": trusted,
            "verdict": self._verdict(total, agreement, threshold, applied if failing else None),
            "compared": total["agreed"] + total["differed"],
            "compared_applied": self._applied["agreed"] + self._applied["differed"],
            "not_known": total["not_known"],
            "policies": [
                {
                    "id": one["id"],
                    "policy": one.get("displayName"),
                    "agreement_percent": _per_cent(self._counts[str(one["id"])]),
                    **{word: self._counts[str(one["id"])][word] for word in ("agreed", "differed", "not_known")},
                    "differences": self._examples[str(one["id"])],
                }
                for one in self._judge.policies
            ],
        }

    def _verdict(self, total: Counter[str], agreement: float | None, threshold: int, failing: float | None) -> str:
        if agreement is None:
            why = "the log has no result of a policy as it is now"
            if not self._judge.policies:
                why = "no policy is enforced or in report-only mode"
            elif not self.sign_ins:
                why = "the log has no sign-in of anybody in the directory"
            elif total["not_known"]:
                why = f"the judge has no answer to any of {counted(total['not_known'], 'result')} in the log"
            elif self.without_results:
                why = "the log shows no results of policies; the application needs Policy.Read.All for them"
            return f"Do not trust this: {why}, so that the judge could not be compared with Microsoft Entra"
        compared = counted(total["agreed"] + total["differed"], "result")
        said = f"the judge agrees with Microsoft Entra in {agreement} % of {compared} in the sign-in log"
        if agreement < threshold:
            return f"Do not trust this: {said}, less than {threshold} %"
        if failing is not None:
            applied = counted(self._applied["agreed"] + self._applied["differed"], "result")
            where = f"in {failing} % of those in which a policy applied ({applied})"
            return f"Do not trust this: {said}, but {where}, less than {threshold} %"
        where = "" if self._applied["agreed"] else "; in none of them, a policy applied"
        return f"{said[0].upper()}{said[1:]}{where}"


def _in_words(outcome: Outcome) -> str:
    return f"{outcome.result.replace('_', ' ')}: {outcome.reason}" if outcome.reason else outcome.result


def _compared(outcome: Outcome, said: str) -> str:
    if outcome.applies is None:
        return "not_known"
    ours = outcome.result
    if ours == "unknown":  # it applies; whether what it asks for was met is open
        return "agreed" if said != NOT_APPLIED else "differed"
    return "agreed" if ours == said else "differed"


def _per_cent(counts: Mapping[str, int]) -> float | None:
    """Rounded down, so that 100 means all."""
    compared = counts["agreed"] + counts["differed"]
    return (1000 * counts["agreed"] // compared) / 10 if compared else None
