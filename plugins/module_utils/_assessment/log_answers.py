# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Microsoft Entra evaluated the legacy sign-ins in its log, where our rules disagree. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._conditional_access.assignments import Person
from .._conditional_access.rules import decide
from .._rehearsal.log_results import RESULTS, Then
from .._rehearsal.sign_in_record import LoggedSignIn, Records, account_of

_MOST_PEOPLE = 100  # people whose memberships are read; the log has the latest first
_PLATFORMS = {"ios": "iOS", "macos": "macOS"}  # as in the questions


def people_of(sign_ins: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ids, in lower case, of the people who signed in most recently."""
    return list(dict.fromkeys(map(account_of, sign_ins)))[:_MOST_PEOPLE]


def by_log(
    policies: Sequence[Mapping[str, Any]], people: Iterable[Person], sign_ins: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Rows in the form of `what_if`, without repeats: enabled policies that have not changed since the sign-in."""
    enforced = [one for one in policies if one.get("state") == "enabled"]
    # Locations that changed explain no difference: the judge has no answer where they matter, as they are not read.
    then = Then([{**one, "conditions": {}} for one in enforced], None)
    known, records = {person.id: person for person in people}, Records(None)
    found: dict[Any, dict[str, Any]] = {}
    for record in sign_ins:
        logged = records.logged(record)
        person = known.get(logged.person)
        if person is not None and logged.judged and not logged.problem:
            for row in _differing(enforced, then, logged, person):
                (difference,) = row["differences"]
                key = (row["client"], row["platform"], difference["policy"], difference["service_applies"])
                found.setdefault(key, row)
    return list(found.values())


def _differing(
    policies: Sequence[Mapping[str, Any]], then: Then, logged: LoggedSignIn, person: Person
) -> Iterator[dict[str, Any]]:
    said = then.results(logged)
    for sign_in in logged.possible if len(logged.possible) == 1 else ():
        for ours, result in zip(decide(policies, sign_in, person).outcomes, said, strict=True):
            if result not in RESULTS or ours.applies is None:
                continue
            applied = RESULTS[result] != "not_applied"
            if applied is not ours.applies:
                difference = {
                    "policy": ours.policy.get("displayName"),
                    "service_applies": applied,
                    "service_reason": f"{result} in the sign-in log, {logged.created}",
                    "ours": "it applies" if ours.applies else ours.reason,
                }
                yield {
                    "user": logged.name,
                    "client": sign_in.client,
                    "platform": _PLATFORMS.get(sign_in.known_platform, sign_in.known_platform),
                    "differences": [difference],
                }
