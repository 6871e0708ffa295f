# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings that depend on the platform that a device claims to be. Pure functions: no I/O, no clock.

"Since user agent strings can be modified, this information is unverified" ("Conditional Access: Conditions", device
platforms): no policy for phones applies to a phone that claims to be a computer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._conditional_access.policy_requirements import platform_sides

Entries = Iterable[Mapping[str, Any]]


def with_platforms(entries: Entries, policies: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The entries of covered people, with `by_platform` for each policy that is for some platforms only."""
    some = {(one.get("id"), one.get("displayName")) for one in policies if _for_some(one)}
    return [
        {
            **entry,
            "policies": [
                {**one, "by_platform": True} if (one["id"], one["policy"]) in some else one for one in entry["policies"]
            ],
        }
        for entry in entries
    ]


def unverified(entries: Entries) -> list[str]:
    """A sentence that names the policies for some platforms, if people are covered by them."""
    names = sorted({str(one["policy"]) for entry in entries for one in entry["policies"] if one.get("by_platform")})
    return [_sentence(names)] if names else []


def _sentence(names: Sequence[str]) -> str:
    are, them = ("is", "it") if len(names) == 1 else ("are", "them")
    return (
        f"{', '.join(map(repr, names))} {are} for some platforms only, and what a device says of its platform is not "
        f"verified: a phone that says that it is a computer gets past {them}"
    )


def _for_some(policy: Mapping[str, Any]) -> bool:
    included, excluded = platform_sides((policy.get("conditions") or {}).get("platforms") or {})
    return bool(excluded or (included and "all" not in included))
