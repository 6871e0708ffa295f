# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The differences of two snapshots as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..module_utils._core.errors import one_line
from ..module_utils._snapshot.kinds import KINDS

_OF_ACCEPTANCES = {
    "ended": "Accepted differences that have expired:",
    "unmatched": "Accepted differences that match no difference:",
}
_LONGEST = 200  # characters of a reason


def acceptances_of(found: Mapping[str, Any]) -> list[str]:
    """The entries that accept nothing, since their last day is over or nothing is like them."""
    return [line for name, heading in _OF_ACCEPTANCES.items() if found[name] for line in _part(heading, found[name])]


def _part(heading: str, entries: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    yield heading
    for one in entries:
        about = ", ".join(str(one[name]) for name in ("object", "property") if one.get(name))
        title = KINDS[one["kind"]].title
        line = one_line(f"{title}{': ' if about else ''}{about} (until {one['until']}): {one['reason']}", _LONGEST)
        yield f"  {line}"
