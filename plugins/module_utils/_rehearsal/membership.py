# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When somebody last joined or left a group or a role, or became another kind of user. Pure rules: no I/O.

By the audit log of the directory. A guest who became a member was under the policies for guests before, and could not
meet what nobody from another tenant can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any

from .._conditional_access.assignments import assignment_of
from .._conditional_access.policy_requirements import NOT_FOR_EXTERNAL, controls_of
from .._core.resource import normalize_case

# "Audit activity reference": the activities by which somebody joins or leaves a group or a role, or all members do.
ACTIVITIES = ("Add member to", "Remove member from", "Add eligible member to", "Delete group", "Restore Group")
# Any change of an account: what changed is in its modifiedProperties. There are many, so it is read where it matters.
KIND_ACTIVITY = "Update user"
_USER_TYPE = "usertype"  # of UserType and TargetId.UserType, as queries in public repositories have it
# What may be in a group, and is nobody who signs in.
_NOBODY = frozenset({"device", "serviceprincipal", "application"})


class Doubt(IntFlag):
    """What of a person may have been another at the time of a sign-in."""

    NONE = 0
    GROUPS = 1
    KIND = 2


def depends_on(policy: Mapping[str, Any]) -> Doubt:
    """What of a person decides about a policy. Of guests: whether it names them, or asks for what they cannot meet."""
    users = (policy.get("conditions") or {}).get("users") or {}
    groups = any(users.get(f"{side}{kind}") for side in ("include", "exclude") for kind in ("Groups", "Roles"))
    assigned = assignment_of(policy)
    kind = assigned.included.guests or assigned.excluded.guests or controls_of(policy) & NOT_FOR_EXTERNAL
    return (Doubt.GROUPS if groups else Doubt.NONE) | (Doubt.KIND if kind else Doubt.NONE)


def moment(text: Any) -> str:
    """A time of Graph, in UTC, in a form in which an earlier one sorts before a later one."""
    return str(text or "").removesuffix("+00:00").removesuffix("Z")


@dataclass
class MembershipChanges:
    """When somebody last joined or left a group or a role, or became another kind of user. What is read is of today."""

    people: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    groups: str = ""  # when a group last joined or left another, or came or went: whoever is in one may be concerned

    def add(self, record: Mapping[str, Any]) -> None:
        when = moment(record.get("activityDateTime"))
        targets = [one for one in record.get("targetResources") or () if one]
        kinds = {normalize_case(one.get("type") or "") for one in targets}
        people = [normalize_case(one.get("id") or "") for one in targets if normalize_case(one.get("type")) == "user"]
        if record.get("activityDisplayName") == KIND_ACTIVITY:
            self._add_kinds(targets, when)
            return
        for person in people:
            self.people[person] = max(when, self.people.get(person, ""))
        if not people and not kinds & _NOBODY:
            self.groups = max(self.groups, when)

    def _add_kinds(self, targets: Iterable[Mapping[str, Any]], when: str) -> None:
        for one in targets:
            if any(_other_user_type(changed) for changed in one.get("modifiedProperties") or () if changed):
                person = normalize_case(one.get("id") or "")
                self.kinds[person] = max(when, self.kinds.get(person, ""))

    def after(self, person: str, created: str) -> Doubt:
        """What of somebody may have been another at a time."""
        then = moment(created)
        joined = max(self.people.get(person, ""), self.groups) > then
        return (Doubt.GROUPS if joined else Doubt.NONE) | (
            Doubt.KIND if self.kinds.get(person, "") > then else Doubt.NONE
        )


def _other_user_type(changed: Mapping[str, Any]) -> bool:
    """Whether a property of a record says so: others name the type that an account has, without an old value."""
    name = normalize_case(str(changed.get("displayName") or "")).rpartition(".")[2]
    old, new = (normalize_case(str(changed.get(side) or "")).strip('[]" ') for side in ("oldValue", "newValue"))
    return name == _USER_TYPE and bool(old) and old != new
