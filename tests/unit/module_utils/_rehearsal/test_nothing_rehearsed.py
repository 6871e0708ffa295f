# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rehearsal begins at zero, each by itself, and judges every policy as enforced."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.membership import Doubt
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.rehearsal import Rehearsal
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.sign_in_record import Records

from .._conditional_access.test_cases import policy
from .test_log_evidence import MEMBER, named, record

ZERO = {"stopped": 0, "asked_for_more": 0, "unchanged": 0, "not_known": 0}
BLOCK = named("block", policy("block", users={"includeUsers": ["All"], "excludeUsers": ["b"]}))
BOARD = frozenset({"g"})


def rehearsal(*policies: Any) -> Rehearsal:
    return Rehearsal([], policies or [BLOCK], {"g": "Board"}, {"a": "Alex"})


def test_before_the_first_sign_in_everything_is_zero() -> None:
    result = rehearsal().result()
    assert result["sign_ins"] == {**ZERO, "total": 0, "not_signed_in": 0}
    assert result["people"] == {**ZERO, "total": 0}
    assert result["by_policy"] == [{"policy": "block", "id": "block", **ZERO, "from_log": 0}]
    assert [result[f"by_{one}"] for one in ("person", "application", "client", "platform", "country")] == [[]] * 5
    assert result["not_known_because"] == []
    (exclusion,) = result["exclusions"]
    assert exclusion["exclusion"] == "user b" and exclusion["spared"] == 0 and exclusion["never_needed"] == []
    assert result["keep"] == [{"group": "Board", "id": "g", "seen": 0, "exclude": [], "not_known": []}]


def test_two_rehearsals_share_nothing_and_people_have_their_names() -> None:
    first, second = rehearsal(), rehearsal()
    logged, member = Records(()).logged(record()), replace(MEMBER, groups=BOARD)
    assert [first.add(logged, member, Doubt.NONE) for _number in range(2)] == ["stopped", "stopped"]
    failed = Records(()).logged(record(status={"errorCode": 50126}))
    assert first.add(failed, member, Doubt.NONE) == "unchanged"
    result = first.result()
    assert result["sign_ins"] == {**ZERO, "stopped": 2, "total": 2, "not_signed_in": 1}
    assert result["by_person"] == [{"user": "Alex", "id": "a", **ZERO, "stopped": 2, "policies": ["block"]}]
    assert result["keep"][0]["seen"] == 1 and result["keep"][0]["exclude"] == [{"policy": "block", "users": ["Alex"]}]
    assert second.result() == rehearsal().result()


def test_a_policy_that_is_off_is_rehearsed_as_enforced() -> None:
    for state in ("disabled", "enabledForReportingButNotEnforced", "enabled"):
        planned = {**BLOCK, "id": None, "state": state}
        assert rehearsal(planned).add(Records(()).logged(record()), MEMBER, Doubt.NONE) == "stopped"
        spared = rehearsal(planned)
        spared.add(Records(()).logged(record(userId="b")), replace(MEMBER, id="b"), Doubt.NONE)
        (exclusion,) = spared.result()["exclusions"]
        assert (exclusion["spared"], len(exclusion["needed"])) == (1, 1)
