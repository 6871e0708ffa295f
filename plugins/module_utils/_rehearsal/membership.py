# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When somebody last joined or left a group or a role, or became another kind of user. Pure rules: no I/O.

By the audit log of the directory. A guest who became a member was under the policies for guests before, and could not
meet what nobody from another tenant can.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntFlag
from functools import lru_cache
from typing import Any

from .._conditional_access.assignments import assignment_of
from .._conditional_access.policy_requirements import NOT_FOR_EXTERNAL, controls_of
from .._core.resource import normalize_case

# "Audit activity reference": activities by which somebody, or all members, join or leave a group or role.
ACTIVITIES = ("Add member to", "Remove member from", "Add eligible member to", "Delete group", "Restore Group")
# Any change of an account: what changed is in its modifiedProperties. There are many, so it is read where it matters.
KIND_ACTIVITY = "Update user"
_USER_TYPE = "usertype"  # of UserType and TargetId.UserType, as queries in public repositories have it
# What may be in a group, and is nobody who signs in.
_NOBODY = frozenset({"device", "serviceprincipal", "application"})


_EVERYBODY = ""  # in place of a person: whoever is in a group may be concerned
AT_ANY_TIME = "9999"  # when something changed of which that is not known
_TIME = re.compile(
    r"(?P<minute>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})(:(?P<second>[0-5][0-9])([.](?P<parts>[0-9]+))?)?"
    r"(Z|(?P<offset>[+-][0-9]{2}:[0-9]{2}))?"
)


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
    """A time of Graph in UTC, in a form whose text order is the order of times; empty if it is not known."""
    return _moment(text) if isinstance(text, str) else ""


@lru_cache(maxsize=1_000)
def _moment(text: str) -> str:
    found = _TIME.fullmatch(text)
    minute = _utc(found["minute"], found["offset"]) if found else ""
    if not found or not minute:
        return ""
    parts = (found["parts"] or "").rstrip("0")  # a datetime has six digits of a second, and Graph has seven
    return f"{minute}:{found['second'] or '00'}.{parts}".rstrip(".")


@lru_cache(maxsize=1_000)  # a log has many records of one minute
def _utc(minute: str, offset: str | None) -> str:
    try:
        time = datetime.fromisoformat(minute + (offset or "+00:00")).astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    return time.isoformat()[:16] if time.year > 1 else ""


@dataclass
class MembershipChanges:
    """When somebody last joined or left a group or a role, or became another kind of user. What is read is of today."""

    people: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def add(self, record: Mapping[str, Any]) -> None:
        """A change whose time is not known may be later than any sign-in."""
        when = moment(record.get("activityDateTime")) or AT_ANY_TIME
        targets = _targets(record.get("targetResources"))
        if record.get("activityDisplayName") == KIND_ACTIVITY:
            _keep_latest(self.kinds, [_id_of(one) for one in targets if _other_kind(one)], when)
            if not targets:
                _keep_latest(self.kinds, [_EVERYBODY], when)
            return
        types = {_type_of(one) for one in targets}
        people = [_id_of(one) for one in targets if _type_of(one) == "user"]
        if not people and not types & _NOBODY:
            people = [_EVERYBODY]  # a group joined or left another, or came or went
        _keep_latest(self.people, people, when)

    def after(self, person: str, created: str) -> Doubt:
        """What of somebody may have been another at a time."""
        then = moment(created)
        joined, changed = (
            max(dates.get(person, ""), dates.get(_EVERYBODY, "")) > then for dates in (self.people, self.kinds)
        )
        return (Doubt.GROUPS if joined else Doubt.NONE) | (Doubt.KIND if changed else Doubt.NONE)


def _keep_latest(dates: dict[str, str], people: Iterable[str], when: str) -> None:
    for person in people:
        dates[person] = max(when, dates.get(person, ""))


def _targets(listed: Any) -> list[Mapping[str, Any]]:
    """None if one has another form: it may be anybody."""
    found = [one for one in listed if one] if isinstance(listed, (list, tuple)) else []
    return found if all(isinstance(one, Mapping) for one in found) else []


def _type_of(target: Mapping[str, Any]) -> str:
    return normalize_case(str(target.get("type") or ""))


def _id_of(target: Mapping[str, Any]) -> str:
    return normalize_case(str(target.get("id") or _EVERYBODY))


def _other_kind(target: Mapping[str, Any]) -> bool:
    """Whether somebody may have become another kind of user."""
    properties = target.get("modifiedProperties") or ()
    if not isinstance(properties, (list, tuple)):
        return True
    return any(not isinstance(one, Mapping) or _other_user_type(one) for one in properties if one)


def _other_user_type(changed: Mapping[str, Any]) -> bool:
    """Whether a property of a record says so: others name the type that an account has, without an old value."""
    name = normalize_case(str(changed.get("displayName") or "")).rpartition(".")[2]
    old, new = (normalize_case(str(changed.get(side) or "")).strip('[]" ') for side in ("oldValue", "newValue"))
    return name == _USER_TYPE and bool(old) and old != new
