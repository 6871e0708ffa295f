# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a change of Conditional Access affects: people read from the directory, judged before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._client.graph import Read, odata
from .._core.errors import Purpose, TenantError
from .._core.read_result import ReadResult
from .._core.resource import normalize_case
from .._engine.tenant import Tenant
from .assignments import EVERYBODY, Person, assignment_of
from .demands import Demands, difference
from .group_eligibility import inner_groups, read_eligible_members
from .group_members import hidden_members, members_of
from .policy_requirements import alternatives_of, controls_of
from .rules import MOBILE, SignIn, judge
from .sign_in import shown

_ATTEMPTED = "count the people whom the policy reaches"
_USERS = Read(
    odata("users", select="id,userType,accountEnabled,creationType,externalUserState,userPrincipalName", top="999"),
    Purpose(_ATTEMPTED, "User.Read.All"),
)
_ROLES = Read(
    odata("roleManagement/directory/roleAssignments", expand="principal"),
    Purpose(_ATTEMPTED, "RoleManagement.Read.Directory"),
)
# Roles that Privileged Identity Management grants on request are not assignments until then.
_ELIGIBLE = Read(
    odata("roleManagement/directory/roleEligibilityScheduleInstances", expand="principal"),
    Purpose("read who may activate directory roles", "RoleManagement.Read.Directory"),
)
_NO_PIM = "PremiumLicenseRequired"  # without a licence, nobody is eligible
_NOT_JUDGED = (
    "sign-ins to other applications than Exchange Online",
    "sign-ins from Windows, macOS and Linux",
)
Policies = Sequence[Mapping[str, Any]]
Records = list[dict[str, Any]]
_NOTHING = ReadResult[Records]([])


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


def read_people(
    tenant: Tenant, policies: Policies, apart: Collection[str] = (), roles_too: Collection[str] = ()
) -> tuple[dict[Person, int], list[TenantError]]:
    """The enabled accounts: one for each group that these policies treat alike, with its size.

    Accounts in `apart` (ids in lower case) represent nobody else. `roles_too` are roles that matter though no
    policy names them. With why something was not read; without accounts, there are no people.
    """
    accounts, not_read = read_accounts(tenant, policies, roles_too)
    ids = _named(_assignments(policies), "Users")
    alike: dict[Any, Person] = {}
    counts: Counter[Person] = Counter()
    for person, enabled, _name in accounts:
        if enabled:
            one = person.id
            key = (one if one in ids or one in apart else "", replace(person, id=""))
            counts[alike.setdefault(key, person)] += 1
    return dict(counts), not_read


def read_accounts(
    tenant: Tenant, policies: Policies, roles_too: Collection[str] = (), groups_too: Collection[str] = ()
) -> tuple[list[tuple[Person, bool, str]], list[TenantError]]:
    """All accounts as these policies see them, with their names and whether they are enabled; and failed reads.

    `roles_too` and `groups_too` are ids of roles and groups that matter though no policy names them.
    """
    users = _assignments(policies)
    groups, roles = _named(users, "Groups"), _named(users, "Roles")
    groups, roles = sorted({*groups, *groups_too}), sorted({*roles, *roles_too})
    reads = {"users": _USERS, **({"roles": _ROLES} if roles else {})}
    reads |= {one: members_of(one) for one in groups}
    # For groups alone, it shows whether Privileged Identity Management exists at all.
    found = tenant.graph.batch(reads | ({"eligible": _ELIGIBLE} if roles or groups else {}))
    with_pim = not _without_pim(found.get("eligible", _NOTHING))
    if not (with_pim and roles):
        found["eligible"] = _NOTHING
    found |= hidden_members(tenant, {one: found[one] for one in groups})
    not_read = _not_read(found)
    if _forbidden(found["users"]):
        return [], not_read
    in_groups = _holders({one: _read(found[one]) for one in groups}, "id")
    given = {"roles": _read(found.get("roles", _NOTHING)), "eligible": found.get("eligible", _NOTHING).or_else(None)}
    holding = _held_by_groups([*(given["roles"] or ()), *(given["eligible"] or ())], roles)
    found |= tenant.graph.batch({one: members_of(one) for one in holding if one not in found})
    not_read = _not_read(found)
    members = {one: _read(found[one]) for one in holding}
    inside = {one: inner_groups(_read(found[one]) or ()) for one in {*groups, *holding}}
    joining, without_joining = read_eligible_members(tenant, inside) if with_pim and inside else ({}, [])
    not_read = _each_once([*not_read, *without_joining])
    held = {name: {one: _with_role(given[name], one) for one in roles} for name in ("roles", "eligible")}
    in_roles = _holders({one: _with_members(some, members) for one, some in held["roles"].items()}, "principalId")
    may_have = _holders(
        {
            one: _with_joining(_with_members(some, members), [held["roles"][one], some], joining or {})
            for one, some in held["eligible"].items()
        },
        "principalId",
    )
    may_join = None if joining is None else _by_member({one: joining[one] for one in groups if one in joining})
    accounts = []
    for account in _read(found["users"]) or ():
        one = normalize_case(account["id"])
        person = Person(one, _of(in_groups, one), _of(in_roles, one), _kind(account), eligible=_of(may_have, one))
        person = replace(person, eligible_groups=_of(may_join, one))
        name = str(account.get("userPrincipalName") or account["id"])
        accounts.append((person, account.get("accountEnabled") is not False, name))
    return accounts, not_read


def _assignments(policies: Policies) -> list[Mapping[str, Any]]:
    return [(policy.get("conditions") or {}).get("users") or {} for policy in policies]


def _kind(account: Mapping[str, Any]) -> str:
    """By where somebody authenticates, and by the account type ("Properties of a B2B collaboration user")."""
    guest = account.get("userType") == "Guest"
    invited = account.get("creationType") == "Invitation" or account.get("externalUserState")
    if invited or "#ext#" in normalize_case(account.get("userPrincipalName") or ""):
        return "b2bCollaborationGuest" if guest else "b2bCollaborationMember"
    return "guest" if guest else "member"


def _not_read(found: Mapping[str, ReadResult[Records]]) -> list[TenantError]:
    """Why something could not be read; unneeded reads may fail for any reason."""
    return _each_once(
        [read.error for name, read in found.items() if read.error and (name == "eligible" or _forbidden(read))]
    )


def _each_once(errors: Iterable[TenantError]) -> list[TenantError]:
    return [one for _words, one in sorted({str(one): one for one in errors}.items())]


def _without_pim(read: ReadResult[Records]) -> bool:
    return read.error is not None and read.error.answer is not None and _NO_PIM in read.error.answer.code


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


def _named(users: Iterable[Mapping[str, Any]], kind: str) -> list[str]:
    """The ids that these assignments name, in lower case."""
    sides = ("include", "exclude")
    return sorted({normalize_case(one) for part in users for side in sides for one in part.get(f"{side}{kind}") or ()})


def _forbidden(read: ReadResult[Records]) -> bool:
    return read.error is not None and read.error.kind == "forbidden"


def _read(read: ReadResult[Records]) -> Records | None:
    """The value that was read, None if not permitted. A deleted group has no members."""
    if _forbidden(read):
        return None
    return [] if read.error is not None and read.error.kind == "not_found" else read.value


def _with_role(assigned: list[dict[str, Any]] | None, role: str) -> list[dict[str, Any]] | None:
    return (
        None
        if assigned is None
        else [
            one
            for one in assigned
            # A role limited to an administrative unit does not apply to the tenant.
            if normalize_case(one["roleDefinitionId"]) == role and one.get("directoryScopeId") in (None, "/")
        ]
    )


def _held_by_groups(assigned: Iterable[Mapping[str, Any]], roles: Collection[str]) -> list[str]:
    """The groups that hold one of these roles."""
    return sorted(
        {
            normalize_case(one["principalId"])
            for one in assigned
            if normalize_case(one["roleDefinitionId"]) in roles
            and str((one.get("principal") or {}).get("@odata.type")).endswith(".group")
        }
    )


def _with_members(
    held: list[dict[str, Any]] | None, members: Mapping[str, list[dict[str, Any]] | None]
) -> list[dict[str, Any]] | None:
    """The holders of a role, with the members of groups that hold it; None if unreadable."""
    through = [members[one] for one in {normalize_case(one["principalId"]) for one in held or ()} if one in members]
    if held is None or None in through:
        return None
    return [*held, *({"principalId": one["id"]} for group in through for one in group or ())]


def _with_joining(
    held: list[dict[str, Any]] | None,
    given: Iterable[list[dict[str, Any]] | None],
    joining: Mapping[str, frozenset[str]],
) -> list[dict[str, Any]] | None:
    """Those who may activate a role, and those who may join a group that holds or may activate it."""
    principals = {normalize_case(one["principalId"]) for some in given for one in some or ()}
    people = {person for one in principals for person in joining.get(one, ())}
    return None if held is None else [*held, *({"principalId": one} for one in sorted(people))]


def _by_member(joining: Mapping[str, frozenset[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for group, people in joining.items():
        for one in people:
            found.setdefault(one, set()).add(group)
    return found


def _holders(lists: Mapping[str, list[dict[str, Any]] | None], name: str) -> dict[str, set[str]] | None:
    """By member id, the groups or roles of that member; None if one list could not be read."""
    held: dict[str, set[str]] = {}
    for one, members in lists.items():
        if members is None:
            return None
        for member in members:
            held.setdefault(normalize_case(member[name]), set()).add(one)
    return held


def _of(held: Mapping[str, set[str]] | None, one: str) -> frozenset[str] | None:
    return None if held is None else frozenset(held.get(one, ()))
