# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a change of Conditional Access affects: people read from the directory, judged before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._core.errors import TenantError
from .assignments import EVERYBODY, Person, assignment_of
from .demands import Demands, difference
from .policy_requirements import alternatives_of, controls_of
from .rules import MOBILE, SignIn, judge
from .sign_in import shown

_NOT_JUDGED = (
    "sign-ins to other applications than Exchange Online",
    "sign-ins from Windows, macOS and Linux",
)
Policies = Sequence[Mapping[str, Any]]


def measure(
    before: Policies,
    after: Policies,
    changed: Mapping[str, Any],
    people: Mapping[Person, int],
    not_read: Sequence[TenantError],
) -> dict[str, Any]:
    """Who must meet the requirements of the `changed` policy, for each way to open mail that the change affects.

    A way is affected if its numbers change, or if somebody must meet more or less than before. It covers people whom no
    policy names, and has counts if the people could be read.
    """
    wanted = alternatives_of(changed) or [frozenset[str]()]
    sign_ins = []
    for sign_in in MOBILE:
        was, becomes = (_told(policies, sign_in, wanted, people) for policies in (before, after))
        asked, asks = Demands(before, sign_in), Demands(after, sign_in)
        differing = difference(asked, asks, people or {EVERYBODY: 1})
        # Even without people, the policies may name different ones.
        others = not people and asked.assigned() != asks.assigned()
        if was != becomes or any(differing.values()) or others:
            way = {"client": sign_in.client, "platform": sign_in.platform}
            numbers = differing if people else dict.fromkeys(differing)
            sign_ins.append({**way, "before": was, "after": becomes, **numbers})
    return {
        "controls": shown(controls_of(changed)),
        "except": list(assignment_of(changed).excluded.words),
        "people": sum(people.values()) if people else None,
        "not_read": [str(one) for one in not_read],
        "sign_ins": sign_ins,
        "not_judged": list(_NOT_JUDGED),
    }


def _told(
    policies: Policies, sign_in: SignIn, wanted: Sequence[frozenset[str]], people: Mapping[Person, int]
) -> dict[str, Any]:
    (somebody,) = _statuses(policies, sign_in, wanted, [EVERYBODY]).values()
    order = ("covered", "depends_on", "report_only", "not_covered")
    told: dict[str, Any] = {"everybody": next(status for status in order if status in somebody)}
    if people:
        told |= dict.fromkeys(("covered", "depends_on", "not_covered", "report_only"), 0)
        numbers = {person.id: number for person, number in people.items()}
        for one, statuses in _statuses(policies, sign_in, wanted, people).items():
            for status in statuses:
                told[status] += numbers[one]
    return told


def _statuses(
    policies: Policies, sign_in: SignIn, wanted: Sequence[frozenset[str]], people: Iterable[Person]
) -> dict[str, set[str]]:
    """By person id, the statuses: covered are those who must meet each set of wanted controls."""
    found: dict[str, list[set[str]]] = {}
    people = list(people)
    for controls in wanted:
        each: dict[str, set[str]] = {}
        for status, entries in judge(policies, sign_in, controls, people).items():
            for one in (one for entry in entries for one in entry["who"]):
                each.setdefault(one, set()).add(status)
        for one, statuses in each.items():
            found.setdefault(one, []).append(statuses)
    return {one: _together(each) for one, each in found.items()}


def _together(each: Sequence[set[str]]) -> set[str]:
    worst = next(status for status in ("not_covered", "depends_on", "covered") if any(status in one for one in each))
    planned = worst != "covered" and all(one & {"covered", "report_only"} for one in each)
    return {worst, "report_only"} if planned else {worst}
