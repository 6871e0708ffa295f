# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the results of the policies of then say of the controls that were met in a sign-in. Pure rules: no I/O.

The log may say that a policy was met of which the judge holds that it blocks here, or cannot be met. Nothing follows
from that for a policy that blocks; what another policy asks for may have been met all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._conditional_access.assignments import Person
from .._conditional_access.rules import BLOCK, Outcome, controls_of, read
from .._conditional_access.sessions import refusing
from .._conditional_access.sign_in import SignIn
from .log_results import RESULTS
from .policy_answers import NOT_KNOWN, STOPPED, Verdict, verdict_of

Policy = Mapping[str, Any]
_CONTRADICTED = "the log says that a policy was met, of which the judge holds that nobody can meet it"


def with_evidence(
    existing: Sequence[Policy], possible: tuple[SignIn, ...], person: Person, said: Sequence[str]
) -> tuple[tuple[SignIn, ...], bool]:
    """The sign-in with what was met and what was not, and whether the log contradicts the judge in each way."""
    results = [(number, RESULTS[one]) for number, one in enumerate(said) if RESULTS.get(one) in ("met", "stopped")]
    if not results:
        return possible, False
    ways, contradicted = [], True
    for sign_in in possible:
        met: set[frozenset[str]] = set()
        failed: set[frozenset[str]] = set()
        for number, result in results:
            clauses = read(existing[number], sign_in).clauses_for(person)
            if result == "met":
                met.update(clauses)
            elif len(clauses) == 1 and not refusing(existing[number]):  # of several, which failed is not known
                failed.update(clauses)
        contradicted = contradicted and BLOCK in met
        met, failed = met - {BLOCK}, failed - {BLOCK}  # a block is no control that anybody meets
        ways.append(replace(sign_in, met=sign_in.met | met, failed=sign_in.failed | (failed - met)))
    return tuple(ways), contradicted


def judged_with(policy: Policy, each: Sequence[Outcome], contradicted: bool) -> Verdict:
    """The answer of the judge. That nobody can meet what is asked for does not stand where the log contradicts it."""
    verdict = verdict_of(each)
    cannot_be_met = any(BLOCK in one.missing for one in each) and not controls_of(policy) & BLOCK
    return (
        Verdict(NOT_KNOWN, _CONTRADICTED) if contradicted and cannot_be_met and verdict.answer == STOPPED else verdict
    )
