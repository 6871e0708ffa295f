# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When each Conditional Access policy may be enforced."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.enforcement_dates import FilterModule

NOW = "2026-11-28T10:00:00Z"


def result(changed: bool = False, modified: str | None = None, created: str | None = None) -> dict[str, Any]:
    policy = {"id": "a", "display_name": "Phones", "state": "enabled"}
    times = {"modified_date_time": modified, "created_date_time": created}
    return {"changed": changed, "impact": {"people": 3}, "conditional_access_policy": policy | times}


def dates(results: Any, days: Any = 14, now: str = NOW) -> Any:
    return FilterModule().filters()["enforcement_dates"](results, days=days, now=now)


@pytest.mark.parametrize(
    ("given", "days", "begins", "due"),
    [
        (result(modified="2026-11-14T10:00:00Z"), 14, "2026-11-28T10:00:00Z", True),
        (result(modified="2026-11-14T10:00:01Z"), "14", "2026-11-28T10:00:01Z", False),
        (result(modified="2026-11-14T12:00:00+02:00"), 14, "2026-11-28T10:00:00Z", True),
        (result(modified="2026-11-14T10:00:00.1234567Z"), 14, "2026-11-28T10:00:00Z", False),
        (result(created="2026-11-01T00:00:00Z"), 14, "2026-11-15T00:00:00Z", True),
        (result(created="2026-11-01T00:00:00Z", modified="2026-11-27T00:00:00Z"), 0.5, "2026-11-27T12:00:00Z", True),
        (result(changed=True, modified="2020-01-01T00:00:00Z"), 1, "2026-11-29T10:00:00Z", False),
        (result(changed=True), 0, NOW, True),
    ],
)
def test_waiting_begins_when_the_policy_became_what_it_is(
    given: dict[str, Any], days: Any, begins: str, due: bool
) -> None:
    [one] = dates([given], days)
    assert one == {
        "id": "a",
        "display_name": "Phones",
        "state": "enabled",
        "impact": {"people": 3},
        "enforceable_from": begins,
        "due": due,
        "enforceable": False,  # it is enforced already
    }


@pytest.mark.parametrize(("days", "enforceable"), [(1, True), (30, False)])
def test_a_policy_in_report_only_mode_is_enforceable_once_its_time_has_ended(days: int, enforceable: bool) -> None:
    given = result(modified="2026-11-14T10:00:00Z")
    given["conditional_access_policy"]["state"] = "enabledForReportingButNotEnforced"
    [one] = dates([given], days)
    assert one["enforceable"] is enforceable


@pytest.mark.parametrize(
    ("results", "days", "now"),
    [
        (None, 14, NOW),
        ([{"changed": False}], 14, NOW),
        ([result()], 14, NOW),
        ([result(modified="yesterday")], 14, NOW),
        ([result(changed=True)], "soon", NOW),
        ([result(changed=True)], 1e300, NOW),
        ([result(changed=True)], 14, "now"),
    ],
)
def test_what_cannot_be_read_is_refused(results: Any, days: Any, now: str) -> None:
    with pytest.raises(AnsibleFilterError, match="enforcement_dates"):
        dates(results, days, now)
