# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""--diff shows what changes, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.plugin_utils._settings_diff import readable_diff

ALEX = "5d2c1a9e-8a1d-4c43-a8a1-6f0b7f5d6c11"


def shown(before: Any, after: Any, **more: Any) -> tuple[Any, Any]:
    diff = readable_diff({"changed": True, "diff": {"before": before, "after": after}, **more})["diff"]
    return diff["before"], diff["after"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"name": "A", "lock": None}, {"name": "A", "lock": 5}, ({"lock": None}, {"lock": 5})),
        ({"name": "A"}, {"name": "A", "lock": 5}, ({}, {"lock": 5})),
        ({"a": {"x": 1, "y": 2}, "b": 1}, {"a": {"x": 1, "y": 3}, "b": 1}, ({"a": {"y": 2}}, {"a": {"y": 3}})),
        ({"a": {}, "b": 1}, {"a": {"y": 3}, "b": 1}, ({"a": {}}, {"a": {"y": 3}})),
        ({"members": ["a", "b"], "b": 1}, {"members": ["b"], "b": 1}, ({"members": ["a", "b"]}, {"members": ["b"]})),
        # What is created or removed is whole, and so is what stays as it is.
        ({}, {"name": "A", "lock": 5}, ({}, {"name": "A", "lock": 5})),
        ({"name": "A", "lock": 5}, {}, ({"name": "A", "lock": 5}, {})),
        ({"name": "A"}, {"name": "A"}, ({"name": "A"}, {"name": "A"})),
    ],
)
def test_a_diff_has_what_changes(before: Any, after: Any, expected: Any) -> None:
    assert shown(before, after) == expected


def test_objects_are_shown_as_the_task_names_them() -> None:
    before, after = ({"users": {"exclude": ids}, "id": ALEX} for ids in ([], [ALEX, "x"]))
    resolved = [{"id": ALEX, "given": "alex.wilber@contoso.example", "display_name": "Alex"}, {"id": "y"}]
    assert shown(before, after, resolved=resolved) == (
        {"users": {"exclude": []}},
        {"users": {"exclude": ["alex.wilber@contoso.example", "x"]}},
    )


def test_names_are_those_of_the_options() -> None:
    before = {"conditions": {"users": {"excludeUsers": []}}, "policy_state": "enabledForReportingButNotEnforced"}
    assert shown(before, {}) == ({"conditions": {"users": {"exclude_users": []}}, "policy_state": "report_only"}, {})
    device = "8DF4EB of adeleVance (5d2c1a9e-8a1d-4c43-a8a1-6f0b7f5d6c11)"
    assert shown({}, {device: {"full": "none"}}) == ({}, {device: {"full": "none"}})


@pytest.mark.parametrize("result", [{}, {"diff": None}, {"diff": {"before": "text", "after": "text"}}, {"diff": [{}]}])
def test_what_is_no_difference_of_settings_stays_as_it_is(result: dict[str, Any]) -> None:
    assert readable_diff(result) == result
