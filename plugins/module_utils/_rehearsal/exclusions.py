# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exclusions of a policy, each in words. Pure rules: no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .._conditional_access.assignments import Person, Side


def including_all(policy: Mapping[str, Any]) -> Mapping[str, Any]:
    conditions = policy.get("conditions") or {}
    users = {name: value for name, value in (conditions.get("users") or {}).items() if not name.startswith("exclude")}
    return {**policy, "conditions": {**conditions, "users": users}}


def all_entries(side: Side) -> list[str]:
    users = [f"user {one}" for one in sorted(side.ids - {"guestsorexternalusers"})]
    groups, roles = [f"group {one}" for one in side.groups], [f"role {one}" for one in side.roles]
    return [*users, *groups, *roles, *(["guests or external users"] if side.guests else [])]


def entries_of(side: Side, person: Person) -> list[str]:
    """The exclusions that certainly name a person."""
    found = [f"user {person.id}"] if person.id and person.id in side.ids else []
    found += [f"group {one}" for one in side.groups if one in (person.groups or ())]
    found += [f"role {one}" for one in side.roles if one in (person.roles or ())]
    if side.guests and replace(side, ids=side.ids & {"guestsorexternalusers"}, groups=(), roles=()).names(person)[0]:
        found.append("guests or external users")
    return found
