# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts of the directory as policies see them: by their groups, roles and kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._client.graph import Read, odata
from .._core.errors import Purpose, TenantError
from .._core.read_result import ReadResult
from .._core.resource import normalize_case
from .._engine.tenant import Tenant
from .assignments import Person
from .group_eligibility import inner_groups, read_eligible_members
from .group_members import hidden_members, members_of

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
Policies = Sequence[Mapping[str, Any]]
Records = list[dict[str, Any]]
_NOTHING = ReadResult[Records]([])


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
    """All accounts as these policies see them, with whether they are enabled and their names; and failed reads.

    `roles_too` and `groups_too` are ids of roles and groups that matter though no policy names them.
    """
    users = _assignments(policies)
    groups = sorted({*_named(users, "Groups"), *groups_too})
    roles = sorted({*_named(users, "Roles"), *roles_too})
    directory = _Directory(tenant, groups, roles)
    directory.read_users_and_assignments()
    accounts = directory.accounts()
    if accounts is None:
        return [], directory.not_read()
    directory.read_groups_with_roles()
    directory.read_who_may_join()
    belonging = directory.belonging()
    found = [
        (
            belonging.person(one),
            one.get("accountEnabled") is not False,
            str(one.get("userPrincipalName") or one["id"]),
        )
        for one in accounts
    ]
    return found, directory.not_read()


@dataclass(frozen=True)
class _Belonging:
    """By account: its groups, its roles, the roles that it may activate, and the groups that it may join.

    None where that could not be read.
    """

    groups: Mapping[str, set[str]] | None
    roles: Mapping[str, set[str]] | None
    eligible_roles: Mapping[str, set[str]] | None
    eligible_groups: Mapping[str, set[str]] | None

    def person(self, account: Mapping[str, Any]) -> Person:
        one = normalize_case(account["id"])
        return Person(
            one,
            _of(self.groups, one),
            _of(self.roles, one),
            _kind(account),
            eligible=_of(self.eligible_roles, one),
            eligible_groups=_of(self.eligible_groups, one),
        )


class _Directory:
    """The members of `groups` and the holders of `roles`, in as few batches as possible."""

    def __init__(self, tenant: Tenant, groups: list[str], roles: list[str]) -> None:
        self._tenant, self._groups, self._roles = tenant, groups, roles
        self._found: dict[str, ReadResult[Records]] = {}
        self._with_pim = True
        self._holding: list[str] = []  # groups that hold one of the roles, or may activate it
        self._joining: Mapping[str, frozenset[str]] | None = {}
        self._joining_errors: list[TenantError] = []

    def read_users_and_assignments(self) -> None:
        """The accounts, the members of the groups, and who holds the roles or may activate them."""
        reads = {"users": _USERS, **({"roles": _ROLES} if self._roles else {})}
        reads |= {one: members_of(one) for one in self._groups}
        # For groups alone, it shows whether Privileged Identity Management exists at all.
        asked = {"eligible": _ELIGIBLE} if self._roles or self._groups else {}
        self._found = self._tenant.graph.batch(reads | asked)
        self._with_pim = not _without_pim(self._found.get("eligible", _NOTHING))
        if not (self._with_pim and self._roles):
            self._found["eligible"] = _NOTHING
        self._found |= hidden_members(self._tenant, {one: self._found[one] for one in self._groups})

    def read_groups_with_roles(self) -> None:
        """The members of groups that hold one of the roles, or may activate it."""
        assigned = [*(self._given("roles") or ()), *(self._given("eligible") or ())]
        self._holding = _held_by_groups(assigned, self._roles)
        further = {one: members_of(one) for one in self._holding if one not in self._found}
        self._found |= self._tenant.graph.batch(further)

    def read_who_may_join(self) -> None:
        """Those to whom Privileged Identity Management gives one of the groups on request."""
        inside = {one: inner_groups(_read(self._found[one]) or ()) for one in {*self._groups, *self._holding}}
        if self._with_pim and inside:
            self._joining, self._joining_errors = read_eligible_members(self._tenant, inside)

    def accounts(self) -> Records | None:
        return _read(self._found["users"])

    def belonging(self) -> _Belonging:
        members = {one: _read(self._found[one]) for one in self._holding}
        held = {one: _with_role(self._given("roles"), one) for one in self._roles}
        eligible = {one: _with_role(self._given("eligible"), one) for one in self._roles}
        joining = self._joining or {}
        may_have = {
            one: _with_joining(_with_members(some, members), [held[one], some], joining)
            for one, some in eligible.items()
        }
        own = None if self._joining is None else {one: joining[one] for one in self._groups if one in joining}
        return _Belonging(
            groups=_holders({one: _read(self._found[one]) for one in self._groups}, "id"),
            roles=_holders({one: _with_members(some, members) for one, some in held.items()}, "principalId"),
            eligible_roles=_holders(may_have, "principalId"),
            eligible_groups=None if own is None else _by_member(own),
        )

    def not_read(self) -> list[TenantError]:
        """Why something could not be read; unneeded reads may fail for any reason."""
        failed = [
            read.error for name, read in self._found.items() if read.error and (name == "eligible" or _forbidden(read))
        ]
        return _each_once([*_each_once(failed), *self._joining_errors])

    def _given(self, name: str) -> Records | None:
        """The assignments of roles, or those that may be activated; None if unreadable."""
        found = self._found.get(name, _NOTHING)
        return found.or_else(None) if name == "eligible" else _read(found)


def _assignments(policies: Policies) -> list[Mapping[str, Any]]:
    return [(policy.get("conditions") or {}).get("users") or {} for policy in policies]


def _kind(account: Mapping[str, Any]) -> str:
    """By where somebody authenticates, and by the account type ("Properties of a B2B collaboration user")."""
    guest = account.get("userType") == "Guest"
    invited = account.get("creationType") == "Invitation" or account.get("externalUserState")
    if invited or "#ext#" in normalize_case(account.get("userPrincipalName") or ""):
        return "b2bCollaborationGuest" if guest else "b2bCollaborationMember"
    return "guest" if guest else "member"


def _each_once(errors: Iterable[TenantError]) -> list[TenantError]:
    return [one for _words, one in sorted({str(one): one for one in errors}.items())]


def _without_pim(read: ReadResult[Records]) -> bool:
    return read.error is not None and read.error.answer is not None and _NO_PIM in read.error.answer.code


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
