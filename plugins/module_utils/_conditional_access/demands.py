# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all enforced policies together require of one person, for comparing before and after. Pure rules: no I/O.

Equal counts can hide different people, and another policy can now require a control that one required before. So the
requirements of each person are compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .assignments import Person
from .policy_requirements import Reading, read
from .sign_in import BLOCK, SignIn


@dataclass(frozen=True)
class _Demand:
    """One requirement, and the conditions on which it depends; none if it is certain."""

    clause: frozenset[str]
    depends_on: tuple[str, ...]

    def implies(self, other: _Demand) -> bool:
        """Whether meeting this one always meets the other as well."""
        return (self.clause <= other.clause or self.clause == BLOCK) and self.depends_on in ((), other.depends_on)


class Demands:
    """What these policies require of a sign-in."""

    def __init__(self, policies: Iterable[Mapping[str, Any]], sign_in: SignIn) -> None:
        readings = [read(policy, sign_in) for policy in policies]
        self._asking = [(one, _conditions(one)) for one in readings if one.enforced and not one.why_not]

    def of(self, person: Person) -> frozenset[_Demand]:
        found: set[_Demand] = set()
        for reading, conditions in self._asking:
            against, doubt = reading.reach(person)
            if not against:
                depends_on = (*conditions, *([doubt] if doubt else []))
                found.update(_Demand(clause, depends_on) for clause in reading.clauses_for(person))
        return frozenset(found)

    def assigned(self) -> frozenset[str]:
        """The assignments of the policies that require something, and what they require."""
        return frozenset(
            _text([reading.policy["conditions"].get("users"), sorted(map(sorted, reading.clauses)), conditions])
            for reading, conditions in self._asking
        )


def difference(before: Demands, after: Demands, people: Mapping[Person, int]) -> dict[str, int | None]:
    """How many people have a new requirement (`gained`), and how many lost one (`lost`)."""
    found: dict[str, int | None] = {"gained": 0 if people else None, "lost": 0 if people else None}
    for person, number in people.items():
        was, becomes = before.of(person), after.of(person)
        for name, less, more in (("gained", was, becomes), ("lost", becomes, was)):
            if less != more and not all(any(one.implies(other) for one in less) for other in more):
                found[name] = (found[name] or 0) + number
    return found


def _conditions(reading: Reading) -> tuple[str, ...]:
    """The conditions that are not known to hold, in words."""
    conditions = reading.policy.get("conditions") or {}
    names: Sequence[str] = ["applications" if one == "applicationFilter" else one for one in reading.conditions]
    return tuple(_text([one, conditions.get(one)]) for one in sorted(set(names)))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
