# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sign-in log says that policies made of a sign-in, if they are what they were then. Pure rules: no I/O.

A policy is another one when its named locations or its authentication strength become others, which its own
`modifiedDateTime` does not tell: namedLocation and authenticationStrengthPolicy in Microsoft Graph have one each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._conditional_access.sign_in import COMPLIANT_NETWORK, TRUSTED
from .._core.resource import normalize_case, normalized_set
from .membership import AT_ANY_TIME, moment
from .sign_in_record import LoggedSignIn, Results

Record = Mapping[str, Any]
NOT_APPLIED, MET, _STOPPED = "not_applied", "met", "stopped"
# "appliedConditionalAccessPolicyResult"; a result that is not here says nothing.
RESULTS = {
    "notApplied": NOT_APPLIED,
    "reportOnlyNotApplied": NOT_APPLIED,
    "success": MET,
    "reportOnlySuccess": MET,
    "failure": _STOPPED,
    "reportOnlyFailure": _STOPPED,
    "reportOnlyInterrupted": _STOPPED,
}
MOST_KEPT = 5_000  # results that are kept: sign-ins repeat
_ALL = frozenset({"all", COMPLIANT_NETWORK})  # what nobody can change
# "Built-in authentication strengths": nobody in the tenant can change them, and Graph may leave their dates out.
_BUILT_IN = "00000000-0000-0000-0000-0000000000"


class Then:
    """What the log says that policies made of a sign-in, of those that have not changed since.

    `locations` are the named locations of the tenant; None if they are not known.
    """

    def __init__(self, policies: Sequence[Record], locations: Sequence[Record] | None) -> None:
        self._known = [(normalize_case(str(one["id"])), _changed(one, locations)) for one in policies]
        self._nothing = ("",) * len(self._known)
        self._last = max((changed for _one, changed in self._known), default="")
        self._kept: dict[Results, tuple[str, ...]] = {}  # of sign-ins since the last change: most say the same

    def results(self, logged: LoggedSignIn) -> tuple[str, ...]:
        """One for each policy; empty where the log has none, or the policy was another one then."""
        if not logged.results:
            return self._nothing
        created = moment(logged.created)
        if self._last >= created:
            said = dict(logged.results)
            return tuple(said.get(one, "") if changed < created else "" for one, changed in self._known)
        found = self._kept.get(logged.results)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            said = dict(logged.results)
            found = self._kept[logged.results] = tuple(said.get(one, "") for one, _changed_at in self._known)
        return found


def may_have_changed(policy: Record) -> bool:
    """Whether a policy refers to what changes without a trace.

    "All trusted locations" hold the trusted addresses of multifactor authentication too, which are not in Graph, and
    those of locations that were deleted or are no longer trusted.
    """
    return TRUSTED in _places(policy)


def _changed(policy: Record, locations: Sequence[Record] | None) -> str:
    """When a policy or what it refers to last changed; where that is not known, it may have been at any time."""
    return max([_dated(policy), *_of_strength(policy), *_of_places(policy, locations)])


def _dated(record: Record) -> str:
    return moment(record.get("modifiedDateTime") or record.get("createdDateTime")) or AT_ANY_TIME


def _of_strength(policy: Record) -> Iterator[str]:
    strength = (policy.get("grantControls") or {}).get("authenticationStrength")
    if isinstance(strength, Mapping) and strength.get("id") and not str(strength["id"]).startswith(_BUILT_IN):
        yield _dated(strength)


def _of_places(policy: Record, locations: Sequence[Record] | None) -> Iterator[str]:
    named = _places(policy) - _ALL
    if not named:
        return
    if locations is None:
        yield AT_ANY_TIME
        return
    dates = {normalize_case(str(one["id"])): _dated(one) for one in locations}
    if TRUSTED in named:
        yield from dates.values()
    yield from (dates.get(one, AT_ANY_TIME) for one in named - {TRUSTED})


def _places(policy: Record) -> frozenset[str]:
    locations = (policy.get("conditions") or {}).get("locations") or {}
    return frozenset().union(*(normalized_set(locations.get(f"{side}Locations")) for side in ("include", "exclude")))
