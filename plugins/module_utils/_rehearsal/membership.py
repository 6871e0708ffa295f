# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last changes of memberships in groups and roles, by the audit log of the directory. Pure rules: no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.resource import normalize_case

# "Audit activity reference": activities by which somebody, or all members, join or leave a group or role.
ACTIVITIES = ("Add member to", "Remove member from", "Add eligible member to", "Delete group", "Restore Group")
# Members of groups that do not sign in.
_NOBODY = frozenset({"device", "serviceprincipal", "application"})


def moment(text: Any) -> str:
    """A time of Graph in UTC, in a form whose text order is the order of times."""
    return str(text or "").removesuffix("+00:00").removesuffix("Z")


@dataclass
class MembershipChanges:
    """When somebody last joined or left a group or a role. Only today's groups and roles are known."""

    people: dict[str, str] = field(default_factory=dict)
    groups: str = ""  # when a group last joined or left another, or was created or deleted: any member may be affected

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
        """Whether somebody's memberships at a time may have differed."""
        return max(self.people.get(person, ""), self.groups) > moment(created)
