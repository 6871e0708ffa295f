# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of --diff: only the settings that change, named like the options, and objects with names.

The engine compares whole objects. Created or removed objects stay whole, since they can be recreated from that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..module_utils._core.resource import snake

_ABSENT = object()
_CAMEL_CASE = re.compile("[a-z]+(?:[A-Z][a-z]+)+")
_VALUES = {"enabledForReportingButNotEnforced": "report_only"}  # of policy_state


def readable_diff(result: dict[str, Any]) -> dict[str, Any]:
    """The result of a module with a readable difference."""
    diff = result.get("diff")
    if not isinstance(diff, Mapping) or not all(isinstance(diff.get(side), Mapping) for side in ("before", "after")):
        return result
    before, after = diff["before"], diff["after"]
    # In the form of the option, so that a task with the values of `before` reverts the change.
    names = {str(one["id"]): str(one["given"]) for one in result.get("resolved") or () if one.get("given")}
    if before and after and before != after:
        before, after = _changes_only(before, after)
    return {**result, "diff": {**diff, "before": _readable(before, names), "after": _readable(after, names)}}


def _changes_only(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    was: dict[str, Any] = {}
    becomes: dict[str, Any] = {}
    for name in {**before, **after}:
        first, second = before.get(name, _ABSENT), after.get(name, _ABSENT)
        if first == second:
            continue
        if isinstance(first, Mapping) and isinstance(second, Mapping) and first and second:
            first, second = _changes_only(first, second)
        if first is not _ABSENT:
            was[name] = first
        if second is not _ABSENT:
            becomes[name] = second
    return was, becomes


def _readable(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {_as_option(name): _readable(part, names) for name, part in value.items()}
    if isinstance(value, list):
        return [_readable(part, names) for part in value]
    if isinstance(value, str):
        return names.get(value) or _VALUES.get(value, value)
    return value


def _as_option(name: str) -> str:
    """`excludeUsers` of Microsoft Graph as `exclude_users`; other keys, such as the name of a device, unchanged."""
    return snake(name) if _CAMEL_CASE.fullmatch(name) else name
