# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can still get in, for the policies of a tenant as they would be after a change. Pure rules: no I/O.

Only enabled accounts of members count: a guest belongs to another tenant. Applications are not bound by policies for
people, but nobody signs in with one. Whether a phone is compliant or a person has a second factor is not known here:
a control counts as one that nobody can meet only where no device or client of the sign-in can meet it.

A policy that is narrowed, such as to networks, keeps nobody out for certain: somebody gets in from elsewhere, unless
other policies keep them out there. Nor is a platform that Microsoft Entra does not know a way in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._core.resource import normalized_set
from .assignments import Person, assignment_of
from .rules import APPS, BLOCK, BROWSER, Cases, SignIn

# Who may change policies: "Create conditionalAccessPolicy" and "Microsoft Entra built-in roles".
ADMINISTRATORS = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": "Conditional Access Administrator",
}
# Policies are changed in the admin portals, which are applications of their own; the API to manage Azure "covers the
# Microsoft Entra admin center" too ("Target resources").
_PORTALS = frozenset({"all", "microsoftadminportals", "797f4846-ba00-4fd7-ba43-dac1f8f63013"})
WAYS_IN = tuple(
    SignIn(client, platform)
    for client in (BROWSER, APPS)
    for platform in ("windows", "macOS", "linux", "iOS", "android")
)
Policy = Mapping[str, Any]


def reaches_many(policy: Policy) -> bool:
    """Whether a policy could hold for everybody or for all administrators, so that the people have to be read."""
    users = (policy.get("conditions") or {}).get("users") or {}
    everybody = "all" in normalized_set(users.get("includeUsers")) or bool(users.get("includeGroups"))
    return everybody or names_administrators(policy)


def excludes_nobody(policy: Policy) -> bool:
    """Whether a policy is for all users and excludes no user and no group, so that nobody has to be read to say so."""
    users = (policy.get("conditions") or {}).get("users") or {}
    excluded = normalized_set(users.get("excludeUsers")) - {"guestsorexternalusers"} or users.get("excludeGroups")
    return "all" in normalized_set(users.get("includeUsers")) and not excluded


def names_administrators(policy: Policy) -> bool:
    users = (policy.get("conditions") or {}).get("users") or {}
    return bool(normalized_set(ADMINISTRATORS) & normalized_set(users.get("includeRoles")))


def lockout_risk(policies: Sequence[Policy], changed: Policy, people: Iterable[Person]) -> str:
    """Why the changed policy, among all policies as they would be, could keep out whoever could undo it; or nothing."""
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
    """The members for whom a policy does not hold for certain."""
    return [person for person in people if person.kind == "member" and _spares(policy, person)]


def who_gets_in(policies: Iterable[Policy], people: Iterable[Person]) -> list[Person]:
    """Those who get into the admin portals in at least one way, whatever network they come from."""
    ways = _closing(policies)
    return [one for one in people if not all(_stopped(cases, one) for cases in ways)]


def last_administrators(before: Iterable[Policy], after: Iterable[Policy], people: Iterable[Person]) -> bool:
    """Whether the change keeps out the last of those who are known to hold a role that may change policies.

    Who may activate such a role counts where nobody holds one who gets in ("What is Privileged Identity Management?":
    an eligible assignment may be all that there is).
    """
    members = [person for person in people if person.kind == "member"]
    active = administrators(members)
    for holders in (active, [*active, *eligible_administrators(members)]):
        if who_gets_in(before, holders):
            return not who_gets_in(after, holders)
    return False


def administrators(people: Iterable[Person]) -> list[Person]:
    """Those who hold an active role with which they can change policies."""
    roles = normalized_set(ADMINISTRATORS)
    return [person for person in people if person.roles and roles & person.roles]


def eligible_administrators(people: Iterable[Person]) -> list[Person]:
    """Those who may activate a role with which they can change policies."""
    roles = normalized_set(ADMINISTRATORS)
    return [person for person in people if person.eligible and roles & person.eligible]


def may_be_last(before: Iterable[Policy], after: Iterable[Policy], people: Iterable[Person]) -> bool:
    """Whether the change keeps somebody out whose roles could not be read, and leaves nobody known to hold one."""
    members = [person for person in people if person.kind == "member"]
    untold = [person for person in members if person.roles is None or person.eligible is None]
    if not untold or who_gets_in(after, administrators(members)):
        return False
    left = who_gets_in(after, untold)
    return any(person not in left for person in who_gets_in(before, untold))


def _spares(policy: Policy, person: Person) -> bool:
    """Whether it is certain that a policy does not hold for a person.

    An excluded role does not count: whoever loses it, or holds it for some hours only, is kept out.
    """
    conditions = policy.get("conditions") or {}
    users = {**(conditions.get("users") or {}), "excludeRoles": []}
    why, _doubt = assignment_of({"conditions": {**conditions, "users": users}}).reach(person, eas=False)
    return why is not None


def _closing(policies: Iterable[Policy]) -> list[Cases]:
    """The policies for the admin portals, in every case of each way into them."""
    portal = [one for policy in policies if (one := _of_portals(policy))]
    return [Cases(portal, way, BLOCK, may_hold=True) for way in WAYS_IN]


def _stopped(cases: Cases, person: Person) -> bool:
    """Whether a person is kept out in every case."""
    return cases.stopped_by(_closers(cases, person)) is not None


def _closers(cases: Cases, person: Person) -> list[int]:
    """The policies that keep a person out in some case. Who may be reached counts as reached."""
    return [
        number
        for number, reading in enumerate(cases.readings)
        if BLOCK in reading.clauses and reading.reach(person)[0] is None
    ]


def _blocks(policy: Policy) -> bool:
    return any(BLOCK in reading.clauses for cases in _closing([policy]) for reading in cases.readings)


def _of_portals(policy: Policy) -> dict[str, Any] | None:
    """An enabled policy for the admin portals, as one for everything; None if it is not for them."""
    conditions = policy.get("conditions") or {}
    if policy.get("state") != "enabled" or not _for_portals(conditions.get("applications") or {}):
        return None
    return {**policy, "conditions": {**conditions, "applications": {"includeApplications": ["All"]}}}


def _for_portals(applications: Mapping[str, Any]) -> bool:
    """Whether a policy may keep people out of the portals.

    Nothing that is excluded is sure to open them: with the portals themselves, what they call to change a policy is
    not excluded (Microsoft Graph among it), and which applications a filter leaves out is not known here.
    """
    return bool(_PORTALS & normalized_set(applications.get("includeApplications")))
