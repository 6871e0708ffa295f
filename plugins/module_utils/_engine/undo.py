# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to undo destructive changes: one sentence in the result, so that nobody has to look for it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Undo = Callable[[Mapping[str, Any], Mapping[str, Any]], str]
RECREATE = "Run the task again with state=present and the values of diff.before; the new object has another id"
NEVER = "This cannot be undone"
CHANGE_BACK = "Run the task again with the values of diff.before"


def of_change(params: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """The sentence for previous values; creations and additions take nothing away."""
    difference = result.get("diff") or {}
    return CHANGE_BACK if _loses(difference.get("before"), difference.get("after")) else ""


def of_removal(text: str = RECREATE) -> Undo:
    """The sentence for objects that `state: absent` removed, else that for a change."""
    return lambda params, result: text if params.get("state") == "absent" else of_change(params, result)


def always(text: str = NEVER) -> Undo:
    """The sentence for a module that does only one thing."""
    return lambda params, result: text


def _loses(before: Any, after: Any) -> bool:
    """Whether an existing value would be lost."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return any(_loses(value, after.get(name)) for name, value in before.items())
    if isinstance(before, list) and isinstance(after, list):
        return any(all(_loses(one, other) for other in after) for one in before)
    return before not in (None, "", [], {}) and before != after


def with_undo(undo: Undo | None, params: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """The result with the key `undo`; its text is empty if nothing was, or would be, destroyed."""
    if undo is None:
        return result
    return {**result, "undo": undo(params, result) if result["changed"] else ""}
