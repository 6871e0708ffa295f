# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When somebody last joined or left a group or a role, by the audit log of the directory. Pure rules: no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.resource import normalize_case

# "Audit activity reference": the activities by which somebody joins or leaves a group or a role, or all members do.
ACTIVITIES = ("Add member to", "Remove member from", "Add eligible member to", "Delete group", "Restore Group")
# What may be in a group, and is nobody who signs in.
_NOBODY = frozenset({"device", "serviceprincipal", "application"})


def moment(text: Any) -> str:
    """A time of Graph, in UTC, in a form in which an earlier one sorts before a later one."""
    return str(text or "").removesuffix("+00:00").removesuffix("Z")


@dataclass
class MembershipChanges:
    """When somebody last joined or left a group or a role. The groups and roles that are read are those of today."""

    people: dict[str, str] = field(default_factory=dict)
    groups: str = ""  # when a group last joined or left another, or came or went: whoever is in one may be concerned

    def add(self, record: Mapping[str, Any]) -> None:
        when = moment(record.get("activityDateTime"))
        targets = [one for one in record.get("targetResources") or () if one]
        kinds = {normalize_case(one.get("type") or "") for one in targets}
        people = [normalize_case(one.get("id") or "") for one in targets if normalize_case(one.get("type")) == "user"]
        for person in people:
            self.people[person] = max(when, self.people.get(person, ""))
        if not people and not kinds & _NOBODY:
            self.groups = max(self.groups, when)

    def after(self, person: str, created: str) -> bool:
        """Whether what somebody was in may have been another at a time."""
        return max(self.people.get(person, ""), self.groups) > moment(created)
