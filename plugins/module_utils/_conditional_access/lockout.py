# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can still sign in, given the policies of a tenant after a change. Pure rules: no I/O.

Only enabled member accounts count: a guest belongs to another tenant. Policies for people do not apply to applications,
but nobody signs in with one. Whether a phone is compliant or a person has a second factor is unknown here: a control
counts as impossible only if no device or client of the sign-in can meet it.

A narrowed policy, such as one for networks, does not certainly keep anybody out: people sign in from elsewhere, unless
other policies keep them out there. A platform unknown to Microsoft Entra is not a way in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._core.resource import normalized_set
from .assignments import Person, assignment_of
from .rules import APPS, BLOCK, BROWSER, Cases, SignIn

# Roles that may change policies: "Create conditionalAccessPolicy" and "Microsoft Entra built-in roles".
ADMINISTRATORS = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": "Conditional Access Administrator",
}
# Policies are changed in the admin portals, which are separate applications; the API to manage Azure "covers the
# Microsoft Entra admin center" too ("Target resources").
_PORTALS = frozenset({"all", "microsoftadminportals", "797f4846-ba00-4fd7-ba43-dac1f8f63013"})
WAYS_IN = tuple(
    SignIn(client, platform)
    for client in (BROWSER, APPS)
    for platform in ("windows", "macOS", "linux", "iOS", "android")
)
Policy = Mapping[str, Any]


def reaches_many(policy: Policy) -> bool:
    """Whether a policy could apply to everybody or to all administrators, so that the people must be read."""
    users = (policy.get("conditions") or {}).get("users") or {}
    everybody = "all" in normalized_set(users.get("includeUsers")) or bool(users.get("includeGroups"))
    return everybody or names_administrators(policy)


def excludes_nobody(policy: Policy) -> bool:
    """Whether a policy is for all users and excludes no user and no group; then nobody needs to be read."""
    users = (policy.get("conditions") or {}).get("users") or {}
    excluded = normalized_set(users.get("excludeUsers")) - {"guestsorexternalusers"} or users.get("excludeGroups")
    return "all" in normalized_set(users.get("includeUsers")) and not excluded


def names_administrators(policy: Policy) -> bool:
    users = (policy.get("conditions") or {}).get("users") or {}
    return bool(normalized_set(ADMINISTRATORS) & normalized_set(users.get("includeRoles")))


def lockout_risk(policies: Sequence[Policy], changed: Policy, people: Iterable[Person]) -> str:
    """Why the changed policy, with all other policies, could lock out everybody who could undo it; or empty."""
    if changed.get("state") != "enabled":
        return ""
    members = [person for person in people if person.kind == "member"]
    name = f"{changed.get('displayName')} would be enabled"
    if not spared(changed, members):
        return f"{name}, and it spares no enabled member account. If it blocks everybody, nobody can change it"
    alone = _closing([changed])
    if not any(_closers(cases, person) for cases in alone for person in members):
        return ""
    left = who_gets_in(policies, members)
    if not left:
        others = sorted({str(one.get("displayName")) for one in policies if one is not changed and _blocks(one)})
        return (
            f"{name}, and together with {', '.join(others) or 'the other policies'} it would leave no enabled member "
            "account that gets into the admin portals"
        )
    blamed = any(_stopped(cases, person) for cases in alone for person in members) or administrators(members)
    if names_administrators(changed) and blamed and not administrators(left):
        return (
            f"{name} for administrators, and would leave nobody in the admin portals who holds an active role that may "
            f"change policies ({', '.join(sorted(ADMINISTRATORS.values()))})"
        )
    return ""


def spared(policy: Policy, people: Iterable[Person]) -> list[Person]:
    """The members to whom a policy certainly does not apply."""
    return [person for person in people if person.kind == "member" and _spares(policy, person)]


def who_gets_in(policies: Iterable[Policy], people: Iterable[Person]) -> list[Person]:
    """The people who can sign in to the admin portals in at least one way, from whatever network."""
    ways = _closing(policies)
    return [one for one in people if not all(_stopped(cases, one) for cases in ways)]


def last_administrators(before: Iterable[Policy], after: Iterable[Policy], people: Iterable[Person]) -> bool:
    """Whether the change locks out the last known holders of a role that may change policies.

    People who may activate such a role count if no holder can sign in ("What is Privileged Identity Management?": all
    assignments may be eligible ones).
    """
    members = [person for person in people if person.kind == "member"]
    active = administrators(members)
    for holders in (active, [*active, *eligible_administrators(members)]):
        if who_gets_in(before, holders):
            return not who_gets_in(after, holders)
    return False


def administrators(people: Iterable[Person]) -> list[Person]:
    """Those who hold an active role that may change policies."""
    roles = normalized_set(ADMINISTRATORS)
    return [person for person in people if person.roles and roles & person.roles]


def eligible_administrators(people: Iterable[Person]) -> list[Person]:
    """Those who may activate a role that may change policies."""
    roles = normalized_set(ADMINISTRATORS)
    return [person for person in people if person.eligible and roles & person.eligible]


def may_be_last(before: Iterable[Policy], after: Iterable[Policy], people: Iterable[Person]) -> bool:
    """Whether the change locks out somebody whose roles are unknown, and leaves no known holder of a role."""
    members = [person for person in people if person.kind == "member"]
    untold = [person for person in members if person.roles is None or person.eligible is None]
    if not untold or who_gets_in(after, administrators(members)):
        return False
    left = who_gets_in(after, untold)
    return any(person not in left for person in who_gets_in(before, untold))


def _spares(policy: Policy, person: Person) -> bool:
    """Whether a policy certainly does not apply to a person.

    An excluded role does not count: somebody who loses it, or holds it for some hours only, is locked out.
    """
    conditions = policy.get("conditions") or {}
    users = {**(conditions.get("users") or {}), "excludeRoles": []}
    why, _doubt = assignment_of({"conditions": {**conditions, "users": users}}).reach(person, eas=False)
    return why is not None


def _closing(policies: Iterable[Policy]) -> list[Cases]:
    """The policies for the admin portals, in every case of each way to sign in."""
    portal = [one for policy in policies if (one := _of_portals(policy))]
    return [Cases(portal, way, BLOCK, may_hold=True) for way in WAYS_IN]


def _stopped(cases: Cases, person: Person) -> bool:
    """Whether a person is stopped in every case."""
    return cases.stopped_by(_closers(cases, person)) is not None


def _closers(cases: Cases, person: Person) -> list[int]:
    """The policies that stop a person in some case. Somebody who may be reached counts as reached."""
    return [
        number
        for number, reading in enumerate(cases.readings)
        if BLOCK in reading.clauses and reading.reach(person)[0] is None
    ]


def _blocks(policy: Policy) -> bool:
    return any(BLOCK in reading.clauses for cases in _closing([policy]) for reading in cases.readings)


def _of_portals(policy: Policy) -> dict[str, Any] | None:
    """An enabled policy for the admin portals, as one for all resources; None if it is not for them."""
    conditions = policy.get("conditions") or {}
    if policy.get("state") != "enabled" or not _for_portals(conditions.get("applications") or {}):
        return None
    return {**policy, "conditions": {**conditions, "applications": {"includeApplications": ["All"]}}}


def _for_portals(applications: Mapping[str, Any]) -> bool:
    """Whether a policy may lock people out of the portals.

    No exclusion certainly opens them: the services that the portals call to change a policy (Microsoft Graph among
    them) are not excluded with the portals, and which applications a filter excludes is unknown here.
    """
    return bool(_PORTALS & normalized_set(applications.get("includeApplications")))
