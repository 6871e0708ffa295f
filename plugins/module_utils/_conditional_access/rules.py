# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditional Access for one sign-in, and for every form of a way to open mail. Pure rules: no I/O.

A sign-in is allowed, stopped, or unknown. Coverage follows from that: a person is covered who is stopped, in every
case, when everything except the wanted controls is met.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .assignments import EVERYBODY, Person, Why
from .conditions import conditions_of, every_case
from .policy_requirements import (
    ASKS_NOTHING,
    DEVICE_OR_APP,
    REPORT_ONLY,
    Reading,
    beside,
    controls_of,
    read,
)
from .sessions import refusing
from .sign_in import (
    APPS,
    BLOCK,
    BROWSER,
    EAS,
    EXCHANGE_ONLINE,
    LEGACY,
    UNREGISTERED,
    AllBut,
    Device,
    SignIn,
    kind_of,
    platform_of,
    registered,
    shown,
)

__all__ = [
    "APPS",
    "ASKS_NOTHING",
    "BLOCK",
    "BROWSER",
    "DEVICE_OR_APP",
    "EAS",
    "EXCHANGE_ONLINE",
    "LEGACY",
    "MOBILE",
    "REPORT_ONLY",
    "UNREGISTERED",
    "AllBut",
    "Cases",
    "Decision",
    "Device",
    "Outcome",
    "Reading",
    "SignIn",
    "controls_of",
    "decide",
    "judge",
    "outcomes_of",
    "platform_of",
    "read",
    "registered",
]

# Controls that an attribute of the device meets.
_OF_DEVICES = {"compliantDevice": ("iscompliant", "true"), "domainJoinedDevice": ("trusttype", "serverad")}
Policies = Iterable[Mapping[str, Any]]

MOBILE = tuple(
    SignIn(client, platform) for client in (EAS, LEGACY, APPS, BROWSER) for platform in ("iOS", "android", "other")
)


@dataclass(frozen=True)
class Outcome:
    """The result of one policy: `not_applied`, `met`, `stopped` or `unknown`, and why.

    `missing` are the clauses that were not met, `left_open` those that may have been met, and `refusing` the session
    controls that may refuse somebody who meets all clauses.
    """

    policy: Mapping[str, Any]
    enforced: bool
    applies: bool | None
    result: str
    reason: str
    missing: tuple[frozenset[str], ...] = ()
    left_open: tuple[frozenset[str], ...] = ()
    refusing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """Whether a sign-in is `allowed`, `stopped` or `unknown`, with the outcome of each policy."""

    answer: str
    outcomes: tuple[Outcome, ...]


def decide(policies: Policies, sign_in: SignIn, person: Person = EVERYBODY) -> Decision:
    """The decision of these policies about one sign-in of one person.

    A sign-in is stopped if an enforced policy certainly applies and requires what was not satisfied.
    """
    outcomes = outcomes_of([read(policy, sign_in) for policy in policies], sign_in, person)
    results = {one.result for one in outcomes if one.enforced}
    answer = next((one for one in ("stopped", "unknown") if one in results), "allowed")
    return Decision(answer, outcomes)


def outcomes_of(readings: Iterable[Reading], sign_in: SignIn, person: Person) -> tuple[Outcome, ...]:
    """The outcome of each policy, from what it requires of this sign-in of any person."""
    return tuple(_outcome(reading, sign_in, person) for reading in readings)


def _outcome(reading: Reading, sign_in: SignIn, person: Person) -> Outcome:
    enforced, against = reading.enforced, reading.why_not
    doubt = ""
    if reading.applies:
        reached, doubt = reading.reach(person)
        against = reached or against
        if reached is None:
            open_to = [*reading.conditions, *([doubt] if doubt else [])]
            missing, unknown = _missing(reading.clauses_for(person), sign_in)
            applies = None if open_to else True
            left = refusing(reading.policy)
            open_parts = (missing, unknown, tuple(left))
            if missing and applies:
                words = " and ".join(" or ".join(shown(clause)) for clause in missing)
                reason = f"it asks for {words}" if missing != (BLOCK,) else "it blocks, or asks for what cannot be met"
                return Outcome(reading.policy, enforced, applies, "stopped", reason, *open_parts)
            if missing or unknown or left:
                depends = [*open_to, *(f"whether {' or '.join(shown(one))} was met" for one in unknown), *left]
                reason = f"it depends on {', '.join(depends)}"
                return Outcome(reading.policy, enforced, applies, "unknown", reason, *open_parts)
            reason = against[1] if against else "what it asks for was met"
            return Outcome(reading.policy, enforced, applies, "met", reason)
    return Outcome(reading.policy, enforced, False, "not_applied", against[1] if against else "")


def _missing(
    clauses: Iterable[frozenset[str]], sign_in: SignIn
) -> tuple[tuple[frozenset[str], ...], tuple[frozenset[str], ...]]:
    """The clauses that are not met, and those that may be met."""
    found: dict[bool | None, list[frozenset[str]]] = {True: [], False: [], None: []}
    for clause in clauses:
        told = sign_in.told_of(clause)
        held = {_satisfied(control, sign_in) for control in clause} if told is None else {told}
        found[True if True in held else None if None in held else False].append(clause)
    return tuple(found[False]), tuple(found[None])


def _satisfied(control: str, sign_in: SignIn) -> bool | None:
    if control in BLOCK:
        return False
    if isinstance(sign_in.satisfied, AllBut):
        satisfied = control in sign_in.satisfied
    else:
        satisfied = sign_in.satisfied is not None and kind_of(control) in sign_in.satisfied
    if satisfied:
        return True
    by_device = _meets(sign_in.device, control)
    if by_device is not None:
        return by_device
    if kind_of(control) == "authenticationStrength" and not isinstance(sign_in.satisfied, AllBut):
        return None  # the methods that were used are not among the controls
    return None if sign_in.satisfied is None else False


def _meets(device: Device | None, control: str) -> bool | None:
    if device is None or control not in _OF_DEVICES:
        return None
    name, value = _OF_DEVICES[control]
    held = device.get(name)
    return held == value if held is not None or not device.registered else None


def judge(
    policies: Policies,
    sign_in: SignIn,
    wanted: Collection[str] | None = None,
    people: Iterable[Person] = (EVERYBODY,),
) -> dict[str, list[dict[str, Any]]]:
    """Who must meet one of the `wanted` controls, or is blocked; None means any control.

    Each person is in one of `covered`, `depends_on` and `not_covered`, with the deciding policies. Uncovered people are
    in `report_only` too if a policy in that mode would change that. People with the same findings share an entry;
    `exempt` are those who are uncovered only because of exclusions.
    """
    cases = Cases(policies, sign_in, wanted)
    found: dict[str, dict[str, dict[str, Any]]] = {
        name: {} for name in ("covered", "depends_on", "not_covered", "report_only")
    }
    for person in people:
        for status, said in _about(person, cases).items():
            found[status].setdefault(json.dumps(said), {"who": [], **said})["who"].append(person.id)
    return {status: list(entries.values()) for status, entries in found.items()}


class Cases:
    """The requirements of policies for a sign-in, and which of them apply in each case that they distinguish.

    The case of somebody whose device meets the wanted controls anyway is left out. A filter that may or may not match
    matches no device, or each one if it `may_hold`: each is the cautious answer to one question.
    """

    def __init__(
        self, policies: Policies, sign_in: SignIn, wanted: Collection[str] | None, may_hold: bool = False
    ) -> None:
        self.wanted = None if wanted is None else frozenset(wanted)
        self._asks: dict[bool, list[tuple[tuple[frozenset[str], ...], Why | None]]] = {}
        self.readings = [read(policy, sign_in) for policy in policies]
        narrowed = {
            number: reading.policy
            for number, reading in enumerate(self.readings)
            if reading.enforced and reading.conditions and not reading.why_not
        }
        found = every_case([policy.get("conditions") or {} for policy in narrowed.values()], sign_in)
        left = [case for case in found if not any(_meets(case.device, control) for control in wanted or ())]
        held = {frozenset(one for one, policy in narrowed.items() if _holds(policy, case, may_hold)) for case in left}
        # Somebody stopped by fewer policies is stopped by more.
        self.held = [one for one in held if not any(other < one for other in held)]

    def asks(self, person: Person) -> list[tuple[tuple[frozenset[str], ...], Why | None]]:
        """What each policy requires of a person, and why it does not require the wanted controls."""
        external = person.external
        if external not in self._asks:
            clauses = [reading.clauses_for(person) for reading in self.readings]
            self._asks[external] = [(one, beside(one, self.wanted) if one else None) for one in clauses]
        return self._asks[external]

    def stopped_by(self, certain: Collection[int]) -> list[int] | None:
        """The policies that certainly reach somebody, if they stop them in every case: those that do in some case.

        None if there is a case in which none of them stops them.
        """
        always = [one for one in certain if not self.readings[one].conditions]
        if always:
            return always
        if not self.held or not all(held & set(certain) for held in self.held):
            return None
        return sorted(set(certain) & frozenset().union(*self.held))


def _holds(policy: Mapping[str, Any], case: SignIn, may_hold: bool) -> bool:
    """Whether all conditions of an already read policy hold."""
    return all(
        may_hold and name == "devices" and case.device is not None if holds is None else holds
        for name, holds in conditions_of(policy.get("conditions") or {}, case)
    )


@dataclass
class _Standing:
    """The policies sorted by their effect on one person. The first two hold positions among the readings."""

    certain: list[int] = field(default_factory=list)
    spared: list[int] = field(default_factory=list)  # they would be certain, but for an exclusion
    conditional: list[dict[str, Any]] = field(default_factory=list)
    planned: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[dict[str, Any]] = field(default_factory=list)
    asked: set[frozenset[str]] = field(default_factory=set)


def _about(person: Person, cases: Cases) -> dict[str, dict[str, Any]]:
    standing = _standing(person, cases)
    stopping = cases.stopped_by(standing.certain)
    if stopping is not None:
        return {"covered": _covered([cases.readings[one] for one in stopping], standing.asked, person)}
    but_for_exclusions = cases.stopped_by([*standing.certain, *standing.spared]) if standing.spared else None
    exempt = {} if but_for_exclusions is None else {"exempt": True}
    planned = {"report_only": {"policies": standing.planned}} if standing.planned else {}
    if standing.conditional:
        return {"depends_on": {"policies": standing.conditional, **exempt}, **planned}
    return {"not_covered": {"reasons": standing.reasons, **exempt}, **planned}


def _standing(person: Person, cases: Cases) -> _Standing:
    found = _Standing()
    for number, (reading, (clauses, stops)) in enumerate(zip(cases.readings, cases.asks(person), strict=True)):
        against, doubt = (reading.why_not, "") if reading.why_not else reading.reach(person)
        if reading.enforced and not (against or doubt or reading.conditions):
            found.asked.update(clauses)
        if against and not (stops or reading.why_not) and _spared(reading, person, against):
            found.spared.append(number)
        against = against or stops
        conditions = [*reading.conditions, *([doubt] if doubt else [])]
        if against:
            found.reasons.append(_name(reading, reason=against[0], detail=against[1]))
        elif not reading.enforced:
            found.planned.append(_name(reading, requirements=_sorted(clauses), conditions=conditions))
            found.reasons.append(_name(reading, reason="report_only", detail="it is in report-only mode"))
        else:
            found.certain += [] if doubt else [number]
            if conditions:
                found.conditional.append(_name(reading, requirements=_sorted(clauses), conditions=conditions))
    return found


def _spared(reading: Reading, person: Person, against: Why) -> bool:
    return against[0] == "excluded" and reading.enforced and _included(reading, person)


def _included(reading: Reading, person: Person) -> bool:
    return reading.assigned.includes(person, eas=reading.eas) == (None, "")


def _covered(stopping: Sequence[Reading], asked: Iterable[frozenset[str]], person: Person) -> dict[str, Any]:
    requirements = {*asked, *(clause for one in stopping for clause in one.clauses_for(person))}
    policies = [
        _name(
            one,
            **{"except": list(one.assigned.excluded.words)},
            **({"conditions": list(one.conditions)} if one.conditions else {}),
        )
        for one in stopping
    ]
    return {"requirements": _sorted(requirements), "policies": policies}


def _name(reading: Reading, **more: Any) -> dict[str, Any]:
    return {"id": reading.policy.get("id"), "policy": reading.policy.get("displayName"), **more}


def _sorted(clauses: Iterable[frozenset[str]]) -> list[list[str]]:
    return [list(one) for one in sorted({tuple(shown(clause)) for clause in clauses})]
