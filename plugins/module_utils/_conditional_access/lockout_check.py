# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuse a change of Conditional Access after which perhaps nobody could undo it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from .._core.errors import TenantError
from .assignments import EVERYBODY, Person, assignment_of
from .group_eligibility import apart_from_eligibility
from .lockout import excludes_nobody, last_administrators, lockout_risk, may_be_last, reaches_many, spared
from .named_locations import excludes_places, without_nowhere
from .subjects import Subjects

_NOWHERE = (
    ". A network that policies exclude counts for nothing: it is not defined, or no named location is marked as trusted"
)
Policy = Mapping[str, Any]
Policies = Sequence[Policy]


def check_lockout(
    known: Policies,
    others: Policies,
    changed: Policy,
    who: tuple[Sequence[Person], Sequence[TenantError]],
    locations: Callable[[], Collection[Policy]],
    subjects: Subjects | None,
) -> None:
    """Raises TenantError if the change could lock out everybody who could undo it, or the last administrators.

    `known` are the current policies, `others` those that stay beside the changed one. `who` are the people, and why
    some could not be read. `locations` reads the named locations, and is called only if needed.
    """
    people, not_read = who[0], apart_from_eligibility(who[1])
    # With the network as it is, and as if nobody came from an unknown one.
    changes, nowhere = [(known, [*others, changed])], ""
    if any(one.get("state") == "enabled" and excludes_places(one) for one in changes[0][1]):
        places = locations()
        known, others = ([without_nowhere(one, places) for one in some] for some in (known, others))
        changed = without_nowhere(changed, places)
        changes.append((known, [*others, changed]))
        nowhere = "" if changes[0][1] == changes[1][1] else _NOWHERE
    try:
        _refuse_lockout(subjects, changes[-1][1], changed, people, not_read)
        if any(last_administrators(before, after, people) for before, after in changes):
            raise TenantError(
                "lockout_risk",
                f"{changed['displayName']} would be enabled, and would block the last account with an active or "
                "eligible role that can change policies from the admin portals",
                next_step="Exclude an emergency access account that holds such a role, or use policy_state "
                "report_only; accept_lockout_risk takes the risk",
            )
        asked = people or _stand_ins(changed)
        if not_read and any(may_be_last(before, after, asked) for before, after in changes):
            raise _not_determined(changed, not_read)
    except TenantError as error:
        if error.kind == "lockout_risk":
            raise error.but(problem=error.problem + nowhere) from error.__cause__
        raise


def _refuse_lockout(
    subjects: Subjects | None,
    policies: Policies,
    changed: Policy,
    people: Sequence[Person],
    not_read: Sequence[TenantError],
) -> None:
    """Raises TenantError if perhaps nobody could still sign in and undo the change."""
    risk = lockout_risk(policies, changed, people) if people or reaches_many(changed) else ""
    if risk and not_read and not excludes_nobody(changed):
        raise _not_determined(changed, not_read)
    if risk:
        excluded = assignment_of(changed).excluded
        ids = [("user", one) for one in sorted(excluded.ids)] + [("group", one) for one in excluded.groups]
        named = [subjects.describe(kind, one) if subjects else one for kind, one in ids]
        nobody = named and not spared(changed, people)
        holds = f". No enabled member account is excluded by {', '.join(named)}" if nobody else ""
        raise TenantError(
            "lockout_risk",
            risk + holds,
            next_step="Exclude an emergency access account with conditions.users.exclude_users, or use "
            "policy_state report_only; accept_lockout_risk takes the risk",
            details={"excluded": named},
        )


def _stand_ins(changed: Policy) -> list[Person]:
    """Unknown people, some of whom the policy names: the directory could not be read."""
    ids = sorted({EVERYBODY.id, *assignment_of(changed).included.ids})
    return [Person(one, groups=None, roles=None, eligible=None) for one in ids]


def _not_determined(changed: Policy, not_read: Sequence[TenantError]) -> TenantError:
    return TenantError(
        "forbidden",
        f"{changed['displayName']} would be enabled, and its lockout risk could not be determined: "
        f"{'; '.join(map(str, not_read))}",
        next_step="Grant the application the missing permissions, or use policy_state report_only; "
        "accept_lockout_risk takes the risk",
    )
