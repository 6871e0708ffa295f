# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds that could not be read, each reason once: many kinds lack the same permission. Pure rules: no I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .kinds import KINDS

# Errors that say that the tenant has nothing of a kind, or that it was excluded.
NOTHING_THERE = frozenset({"no_intune_licence", "no_licence", "not_asked", "not_offered"})
# What a reason says about its kind, and about one response: the same permission is refused in several ways.
_BEGINS = re.compile(r"Could not [^:]*? on tenant [^:]*: (?=.)", re.DOTALL)
_NEEDS = re.compile(r"This needs [^:]+: grant it to the application, give admin consent")


def by_reason(not_read: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The titles of the kinds with the same `reason`, in the order of the snapshot."""
    found: dict[str, list[str]] = {}
    for kind, problem in not_read.items():
        found.setdefault(_common(str(problem.get("reason") or "it is not in the snapshot")), []).append(
            KINDS[kind].title
        )
    return [{"titles": titles, "reason": reason} for reason, titles in found.items()]


def _common(reason: str) -> str:
    """A reason without what differs between kinds."""
    needs = _NEEDS.search(reason)
    if needs:
        return f"{needs[0]}."
    text = _BEGINS.sub("", reason, count=1)
    return text[:1].upper() + text[1:]
