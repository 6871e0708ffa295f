# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the judge says of policies that were evaluated what the sign-in log says of them. Pure rules: no I/O.

The judge is given what the log says of a sign-in, and not what the log says of the policies. Only policies are compared
that have not changed since the sign-in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .._core.resource import normalize_case
from .._core.text import counted
from .assignments import Person
from .rules import REPORT_ONLY, Outcome, decide
from .sign_in import SignIn
from .sign_in_log import LoggedSignIn

Policy = Mapping[str, Any]
_NOT_APPLIED, _MET, _STOPPED = "not_applied", "met", "stopped"
# "appliedConditionalAccessPolicyResult"; a result that is not here says nothing.
RESULTS = {
    "notApplied": _NOT_APPLIED,
    "reportOnlyNotApplied": _NOT_APPLIED,
    "success": _MET,
    "reportOnlySuccess": _MET,
    "failure": _STOPPED,
    "reportOnlyFailure": _STOPPED,
    "reportOnlyInterrupted": _STOPPED,
}
MOST_KEPT = 5_000  # judgements that are kept: sign-ins repeat
_EXAMPLES = 3


class Judge:
    """The judge over a fixed set of policies, with what it said before of the same sign-in."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self.policies = policies
        self._kept: dict[Any, tuple[tuple[Outcome, ...], ...]] = {}

    def outcomes(self, possible: tuple[SignIn, ...], person: Person) -> tuple[tuple[Outcome, ...], ...]:
        """For each policy the outcome in each way in which the sign-in may have been."""
        key = (possible, person)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = tuple(zip(*(decide(self.policies, one, person).outcomes for one in possible), strict=True))
            self._kept[key] = found
        return found


def evaluated(policies: Sequence[Policy]) -> list[Policy]:
    """The policies of which the log has results: those that are enforced or in report-only mode."""
    return [one for one in policies if one.get("state") in ("enabled", REPORT_ONLY)]


def unchanged_since(policy: Policy, created: str) -> bool:
    changed = str(policy.get("modifiedDateTime") or policy.get("createdDateTime") or "")
    return changed < created


class Calibration:
    """Compares the judge with the log, one sign-in after the other."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self._judge = Judge(evaluated(policies))
        self._counts: dict[str, Counter[str]] = {str(one["id"]): Counter() for one in self._judge.policies}
        self._examples: dict[str, list[dict[str, str]]] = {one: [] for one in self._counts}
        self.without_results = 0

    def add(self, logged: LoggedSignIn, person: Person, uncertain: bool) -> None:
        """`uncertain`: what the person was in then may differ from what they are in today."""
        if not logged.judged:
            return
        if not logged.results:
            self.without_results += 1
            return
        outcomes = self._judge.outcomes(logged.possible, person)
        for policy, each in zip(self._judge.policies, outcomes, strict=True):
            result = logged.results.get(normalize_case(policy["id"]), "")
            said = RESULTS.get(result)
            if said and unchanged_since(policy, logged.created):
                doubt = uncertain and names_groups_or_roles(policy)
                words = {_compared(one, said) for one in each}
                word = "not_known" if doubt or len(words) > 1 else words.pop()
                self._count(policy, word, each[0], logged, result)

    def _count(self, policy: Policy, word: str, outcome: Outcome, logged: LoggedSignIn, result: str) -> None:
        one = str(policy["id"])
        self._counts[one][word] += 1
        if word == "differed" and len(self._examples[one]) < _EXAMPLES:
            ours = f"{outcome.result.replace('_', ' ')}: {outcome.reason}" if outcome.reason else outcome.result
            said = {"user": logged.name, "time": logged.created, "log": result, "judge": ours}
            self._examples[one].append(said)

    def result(self, threshold: int) -> dict[str, Any]:
        """The agreement in per cent, whether it is enough, and where the judge and the log differ."""
        total: Counter[str] = sum(self._counts.values(), Counter())
        agreement = _per_cent(total)
        trusted = agreement is not None and agreement >= threshold
        return {
            "agreement_percent": agreement,
            "trusted": trusted,
            "verdict": self._verdict(total, agreement, threshold, trusted),
            "compared": total["agreed"] + total["differed"],
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

    def _verdict(self, total: Counter[str], agreement: float | None, threshold: int, trusted: bool) -> str:
        if agreement is None:
            why = "the log has no result of a policy as it is now"
            if not self._judge.policies:
                why = "no policy is enforced or in report-only mode"
            elif self.without_results:
                why = "the log shows no results of policies; the application needs Policy.Read.All for them"
            return f"Do not trust this: {why}, so that the judge could not be compared with Microsoft Entra"
        compared = counted(total["agreed"] + total["differed"], "result")
        said = f"the judge agrees with Microsoft Entra in {agreement} % of {compared} in the sign-in log"
        return f"{said[0].upper()}{said[1:]}" if trusted else f"Do not trust this: {said}, less than {threshold} %"


def names_groups_or_roles(policy: Policy) -> bool:
    users = (policy.get("conditions") or {}).get("users") or {}
    return any(users.get(f"{side}{kind}") for side in ("include", "exclude") for kind in ("Groups", "Roles"))


def _compared(outcome: Outcome, said: str) -> str:
    if outcome.applies is None:
        return "not_known"
    ours = outcome.result
    if ours == "unknown":  # it applies; whether what it asks for was met is open
        return "agreed" if said != _NOT_APPLIED else "differed"
    return "agreed" if ours == said else "differed"


def _per_cent(counts: Mapping[str, int]) -> float | None:
    """Rounded down, so that 100 means each of them."""
    compared = counts["agreed"] + counts["differed"]
    return (1000 * counts["agreed"] // compared) / 10 if compared else None
