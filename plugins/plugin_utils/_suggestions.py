# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Suggests a known name for a mistyped one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches


def did_you_mean(names: Iterable[str], known: Collection[str], similar: float = 0.6) -> str:
    """A question with the nearest known name for each of the names; empty if none is near.

    `similar`: from 0 to 1, how similar they must be at least, as difflib measures it.
    """
    near = [one for name in names for one in get_close_matches(name, known, 1, similar)]
    return f"Did you mean {', '.join(near)}?" if near else ""
