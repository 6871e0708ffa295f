# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about a tenant and their verdicts: each question names the reads that it needs.

A failed read makes exactly the questions that need it `unknown`, unless the failure itself is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import NEXT_STEPS, TenantError
from .read_result import ReadResult, first_error, judged
from .text import unbroken


@dataclass(frozen=True)
class Verdict:
    """`met`, `unmet`, `not_applicable` or `unknown`, the evidence, and the next step."""

    status: str
    evidence: str
    next_step: str = ""


def met(evidence: str) -> Verdict:
    return Verdict("met", evidence)


def unmet(evidence: str, next_step: str) -> Verdict:
    return Verdict("unmet", evidence, next_step)


def unknown(evidence: str, next_step: str) -> Verdict:
    return Verdict("unknown", evidence, next_step)


def unread(error: TenantError) -> Verdict:
    """A failed read is neither met nor unmet."""
    step = error.next_step or NEXT_STEPS.get(error.kind, "Run again")
    return unknown(f"could not {error.action}: {error.problem}", step)


@dataclass(frozen=True)
class Requirement:
    """One requirement: the reads that it `needs`, and the judge that takes their values, in this order.

    `failures` are kinds of a failed read that answer the question by themselves. Reads in `may_fail` are passed to the
    judge after the others as a `ReadResult`.
    """

    id: str
    title: str
    needs: tuple[str, ...]
    judge: Callable[..., Verdict]
    source: str
    failures: Mapping[str, Callable[[TenantError], Verdict]] = field(default_factory=dict)
    may_fail: tuple[str, ...] = ()


def shortfalls(checks: Iterable[Mapping[str, str]]) -> list[str]:
    """A sentence for each check that is not met or unknown, with its next step."""
    return [
        unbroken(f"{one['id']} is {one['status']}: {one['evidence'].removesuffix('.')}. Next step: {one['next_step']}.")
        for one in checks
        if one["status"] in ("unmet", "unknown")
    ]


def judge_all(requirements: Iterable[Requirement], facts: Mapping[str, ReadResult[Any]]) -> list[dict[str, str]]:
    """The verdict on each requirement, in order."""
    return [
        {
            "id": requirement.id,
            "title": requirement.title,
            "status": verdict.status,
            "evidence": verdict.evidence,
            "next_step": verdict.next_step,
            "source": requirement.source,
        }
        for requirement in requirements
        for verdict in (_judge(requirement, facts),)
    ]


def _judge(requirement: Requirement, facts: Mapping[str, ReadResult[Any]]) -> Verdict:
    needed = [facts[name] for name in requirement.needs]
    error = first_error(needed)
    if error is not None:
        return requirement.failures.get(error.kind, unread)(error)
    given = (*(one.value for one in needed), *(facts[name] for name in requirement.may_fail))
    found = judged(lambda: requirement.judge(*given))
    return found.value if found.error is None else unread(found.error)
