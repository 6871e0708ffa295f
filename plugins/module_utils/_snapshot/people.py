# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people whom an object of a snapshot concerns. Pure rules: no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.resource import Record, normalize_case
from .._core.text import texts_of
from .._mobile_access.access_decision import Mailboxes, owner_of
from .kinds import KINDS

OWNED = frozenset({"mobile_devices", "device_statistics"})
POLICIES = "conditional_access_policies"
EVERYBODY = "everybody"  # in place of names
_USERS = "conditions.users."


class People:
    """The owners of objects, and the ids of people: from the users, groups and mailboxes of snapshots."""

    def __init__(self, *snapshots: Mapping[str, Any]) -> None:
        self._by_id: dict[str, str] = {}
        self._members: dict[str, set[str]] = {}
        mailboxes: dict[str, Record] = {}
        for snapshot in snapshots:
            for user in snapshot["objects"].get("users") or ():
                self._by_id[normalize_case(str(user.get("id")))] = str(user.get("userPrincipalName") or user.get("id"))
            for group in snapshot["objects"].get("groups") or ():
                members = self._members.setdefault(normalize_case(str(group.get("id"))), set())
                members |= {normalize_case(one) for one in texts_of(group.get("members"))}
            for mailbox in snapshot["objects"].get("mailboxes") or ():
                mailboxes[normalize_case(str(mailbox.get("Guid")))] = mailbox
        self._mailboxes = Mailboxes(mailboxes.values())

    def of(self, kind: str, record: Mapping[str, Any]) -> list[str]:
        """The owner of this object."""
        if kind in OWNED and record:
            found = self._mailboxes.of(record)
            return [self._owner(one) for one in found] or [one for one in (owner_of(record),) if one]
        if kind == "mailboxes" and record:
            return [self._owner(record)]
        if kind == POLICIES:
            return sorted(self._reached(record))
        person = record.get(KINDS[kind].person) if KINDS[kind].person else None
        return [str(person)] if person else self.among(record)

    def among(self, *values: Any) -> list[str]:
        """The people whose ids are in one of the values and not in all of them, or in the only one.

        A group id stands for the members of the group, in either snapshot.
        """
        sides = [self._users({normalize_case(one) for one in texts_of(value)}) for value in values]
        common = set.intersection(*sides) if len(sides) > 1 else set()
        return [self._by_id[one] for one in set.union(*sides) - common]

    def of_policy_change(self, path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
        """The people of the policy before or after; if its assignment changed, those for whom that differs."""
        sides = [self._reached(one) for one in (before, after)]
        if not path.startswith(_USERS):
            return set.union(*sides)
        if (EVERYBODY in sides[0]) != (EVERYBODY in sides[1]):
            return {EVERYBODY}
        name = path[len(_USERS) :].partition(".")[0]
        return {*self.among(_assignment(before).get(name), _assignment(after).get(name))}

    def _reached(self, policy: Mapping[str, Any]) -> set[str]:
        """The people of a policy. A snapshot does not contain the people of roles and guest kinds."""
        users = _assignment(policy)
        if "all" in map(normalize_case, users.get("includeUsers") or ()):
            return {EVERYBODY}
        included, excluded = (
            self._users(
                {normalize_case(one) for name in ("Users", "Groups") for one in users.get(f"{side}{name}") or ()}
            )
            for side in ("include", "exclude")
        )
        return {self._by_id[one] for one in included - excluded}

    def _users(self, ids: set[str]) -> set[str]:
        """The users among these ids, with the members of the groups among them."""
        seen, waiting = set(ids), [one for one in ids if one in self._members]
        while waiting:
            new = self._members[waiting.pop()] - seen
            seen |= new
            waiting += [one for one in new if one in self._members]
        return seen & self._by_id.keys()

    def _owner(self, mailbox: Mapping[str, Any]) -> str:
        known = self._by_id.get(normalize_case(str(mailbox.get("ExternalDirectoryObjectId"))))
        return known or str(mailbox.get("PrimarySmtpAddress") or mailbox.get("Identity"))


def _assignment(policy: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (policy.get("conditions") or {}).get("users") or {}
    return found
