# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The effect of one policy on one sign-in, as one of four answers. Pure rules: no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._conditional_access.rules import Outcome
from .._conditional_access.sessions import asks_again
from .._conditional_access.sign_in import kind_of
from .sign_in_record import CONTRADICTORY

STOPPED, NOT_KNOWN, ASKED, UNCHANGED = "stopped", "not_known", "asked_for_more", "unchanged"
ANSWERS = (STOPPED, ASKED, UNCHANGED, NOT_KNOWN)
WORST_FIRST = (STOPPED, NOT_KNOWN, ASKED, UNCHANGED)
# Controls that somebody can meet while signing in. Those of a device or an app take more.
_WHILE_SIGNING_IN = frozenset(
    {"mfa", "authenticationStrength", "termsOfUse", "passwordChange", "riskRemediation", "customAuthenticationFactor"}
)
_BY_LOG = {"reportOnlySuccess": UNCHANGED, "reportOnlyNotApplied": UNCHANGED, "reportOnlyFailure": STOPPED}
_BY_LOG |= {"reportOnlyInterrupted": ASKED}


@dataclass(frozen=True)
class Verdict:
    """The effect of one policy on one sign-in, and why."""

    answer: str
    reason: str = ""
    by_log: bool = False  # Microsoft Entra itself said so


def verdict_by_log(policy: Mapping[str, Any], result: str) -> Verdict | None:
    """What Microsoft Entra itself said of a policy in report-only mode, which asks nobody to sign in again.

    User actions are not evaluated in that mode ("Analyze Conditional Access policy impact").
    """
    if result == CONTRADICTORY:
        return Verdict(NOT_KNOWN, "the log has several results of the policy, which contradict each other")
    answer = _BY_LOG.get(result)
    if answer is None or ((policy.get("conditions") or {}).get("applications") or {}).get("includeUserActions"):
        return None
    again = asks_again(policy) if result == "reportOnlySuccess" else ""
    return Verdict(ASKED if again else answer, again or "the log says so", by_log=True)


def verdict_of(each: Sequence[Outcome]) -> Verdict:
    """The answer that holds for every possible form of the sign-in."""
    verdicts = [_verdict(one) for one in each]
    if len({one.answer for one in verdicts}) == 1:
        return verdicts[0]
    return Verdict(NOT_KNOWN, "it depends on the client app, which the log does not tell")


def _verdict(outcome: Outcome) -> Verdict:
    if outcome.result in ("not_applied", "met"):
        again = asks_again(outcome.policy) if outcome.result == "met" else ""
        return Verdict(ASKED if outcome.applies else NOT_KNOWN, again) if again else Verdict(UNCHANGED)
    asked = [*outcome.missing, *outcome.left_open]
    if (
        outcome.applies
        and asked
        and not outcome.refusing
        and all(_WHILE_SIGNING_IN & set(map(kind_of, one)) for one in asked)
    ):
        return Verdict(ASKED, outcome.reason)
    return Verdict(STOPPED if outcome.result == "stopped" else NOT_KNOWN, outcome.reason)


def worse(one: str, other: str) -> str:
    return min(one, other, key=WORST_FIRST.index)
