# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a result of the log stands: the last change is the newest of a policy and of what it refers to.

Sources: namedLocation ("modifiedDateTime: the last modified date and time of the location") and
authenticationStrengthPolicy ("modifiedDateTime") in Microsoft Graph; "Network" (MicrosoftDocs/entra-docs): "All trusted
locations" are those "marked as trusted" and the trusted addresses of multifactor authentication.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.calibration import Calibration
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.membership import Doubt
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.rehearsal import Rehearsal
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.sign_in_record import Records

from .._conditional_access.test_cases import policy
from .test_log_evidence import MEMBER, named, record

# The sign-in is of 2026-11-20, and its address 203.0.113.9.
BEFORE, AFTER = "2026-10-01T00:00:00Z", "2026-11-25T00:00:00Z"
NOT_APPLIED, MET, FAILED = "reportOnlyNotApplied", "reportOnlySuccess", "reportOnlyFailure"


def place(modified: str | None, addresses: str, *, trusted: bool = False, name: str = "L") -> dict[str, Any]:
    return {
        "id": name,
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "isTrusted": trusted,
        "ipRanges": [{"cidrAddress": addresses}],
        "createdDateTime": None if modified is None else "2025-01-01T00:00:00Z",
        "modifiedDateTime": modified,
    }


def rehearsed(one: dict[str, Any], said: str, locations: Any = ()) -> tuple[str, int]:
    """The answer for a policy in report-only mode that did not change, and how many came from the log."""
    planned = {**named("planned", one), "state": "enabledForReportingButNotEnforced"}
    rehearsal = Rehearsal([planned], [planned], {}, {"a": "a@x"}, locations)
    answer = rehearsal.add(Records(locations).logged(record([("planned", said)])), MEMBER, Doubt.NONE)
    return answer, rehearsal.result()["by_policy"][0]["from_log"]


HERE, ELSEWHERE = "203.0.113.0/24", "10.0.0.0/8"
BLOCKED_THERE = policy("block", locations={"includeLocations": ["L"]})
BLOCKED_OUTSIDE = policy("block", locations={"includeLocations": ["All"], "excludeLocations": ["L"]})
OUTSIDE_TRUSTED = policy("block", locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]})


@pytest.mark.parametrize(
    ("one", "said", "locations", "answer", "from_log"),
    [
        # The location became another one after the sign-in: what it is today decides.
        (BLOCKED_THERE, NOT_APPLIED, [place(AFTER, HERE)], "stopped", 0),
        (BLOCKED_OUTSIDE, NOT_APPLIED, [place(AFTER, ELSEWHERE)], "stopped", 0),
        (BLOCKED_OUTSIDE, FAILED, [place(AFTER, HERE)], "unchanged", 0),
        (BLOCKED_THERE, NOT_APPLIED, [place(BEFORE, ELSEWHERE)], "unchanged", 1),
        (BLOCKED_THERE, FAILED, [place(BEFORE, HERE)], "stopped", 1),
        # Another location, which the policy does not name, changes nothing.
        (BLOCKED_THERE, FAILED, [place(BEFORE, HERE), place(AFTER, HERE, name="M")], "stopped", 1),
        # Not listed, without dates, or not read: when it changed is not known.
        (BLOCKED_THERE, FAILED, [], "unchanged", 0),
        (BLOCKED_THERE, NOT_APPLIED, None, "not_known", 0),
        (BLOCKED_THERE, NOT_APPLIED, [place(None, HERE)], "stopped", 0),
        # All trusted ones: whatever location changed may have been marked then.
        (OUTSIDE_TRUSTED, NOT_APPLIED, [place(AFTER, HERE, trusted=True)], "unchanged", 0),
        (OUTSIDE_TRUSTED, NOT_APPLIED, [place(AFTER, HERE)], "stopped", 0),
        (OUTSIDE_TRUSTED, FAILED, [place(BEFORE, ELSEWHERE, trusted=True)], "stopped", 1),
        # One of them may be gone without a trace, as may a trusted address of multifactor authentication.
        (OUTSIDE_TRUSTED, NOT_APPLIED, [place(BEFORE, ELSEWHERE, trusted=True)], "not_known", 0),
        (OUTSIDE_TRUSTED, NOT_APPLIED, [], "not_known", 0),
        (OUTSIDE_TRUSTED, FAILED, [place(BEFORE, HERE, trusted=True)], "not_known", 0),
        # Everywhere, and the compliant network, are what they are.
        (policy("block", locations={"includeLocations": ["All"]}), FAILED, None, "stopped", 1),
        (
            policy("block", locations={"includeLocations": ["3d46dbda-8382-466a-856d-eb00cbc6b910"]}),
            NOT_APPLIED,
            [place(AFTER, HERE)],
            "unchanged",
            1,
        ),
    ],
)
def test_a_result_stands_until_a_named_location_changes(
    one: dict[str, Any], said: str, locations: Any, answer: str, from_log: int
) -> None:
    assert rehearsed(one, said, locations) == (answer, from_log)


@pytest.mark.parametrize(
    ("strength", "answer", "from_log"),
    [
        ({"id": "s", "modifiedDateTime": AFTER}, "asked_for_more", 0),
        ({"id": "s", "modifiedDateTime": BEFORE}, "unchanged", 1),
        ({"id": "s", "modifiedDateTime": None, "createdDateTime": BEFORE}, "unchanged", 1),
        ({"id": "s"}, "asked_for_more", 0),
        ({"id": "00000000-0000-0000-0000-000000000004"}, "unchanged", 1),
    ],
)
def test_a_result_stands_until_the_authentication_strength_changes(
    strength: dict[str, Any], answer: str, from_log: int
) -> None:
    assert rehearsed(policy(grant={"authenticationStrength": strength}), MET) == (answer, from_log)


def test_the_judge_is_not_compared_with_what_a_location_was_before() -> None:
    for changed, expected in ((AFTER, (0, 0)), (BEFORE, (0, 1))):
        locations = [place(changed, HERE)]
        calibration = Calibration([named("blocked", BLOCKED_THERE)], locations)
        logged = Records(locations).logged(record([("blocked", "notApplied")]))
        calibration.add(logged, MEMBER, Doubt.NONE)
        (row,) = calibration.result(95)["policies"]
        assert (row["agreed"], row["differed"]) == expected
