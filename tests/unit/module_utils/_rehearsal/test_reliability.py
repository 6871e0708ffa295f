# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the result of a rehearsal is reliable; everything else is not."""

from __future__ import annotations

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.reliability import reliability

AGREES = {"trusted": True, "verdict": "The judge agrees"}
DIFFERS = {"trusted": False, "verdict": "Do not trust this: the judge differs"}


# The number of results from the log for each policy, of so many sign-ins.
@pytest.mark.parametrize(
    ("calibration", "from_log", "sign_ins", "reliable", "because"),
    [
        (AGREES, [0], 3, True, "The judge agrees"),
        (AGREES, [3], 3, True, "The judge agrees"),
        (DIFFERS, [3, 3], 3, True, "The result does not depend on the judge: the log has Microsoft Entra's own result"),
        (DIFFERS, [3, 2], 3, False, "Do not trust this: the judge differs"),
        (DIFFERS, [2, 3], 3, False, "Do not trust this: the judge differs"),
        (DIFFERS, [0], 3, False, "Do not trust this: the judge differs"),
        (AGREES, [0], 0, False, "Do not trust this: the log has no successful sign-in in the last 14 days"),
        (DIFFERS, [0], 0, False, "Do not trust this: the log has no successful sign-in in the last 14 days"),
        (AGREES, [], 3, False, "Do not trust this: no policy was rehearsed"),
        (DIFFERS, [], 3, False, "Do not trust this: no policy was rehearsed"),
        (DIFFERS, [], 0, False, "Do not trust this: no policy was rehearsed"),
    ],
)
def test_a_result_is_reliable_by_the_judge_or_by_the_log_alone(
    calibration: dict[str, object], from_log: list[int], sign_ins: int, reliable: bool, because: str
) -> None:
    result = reliability(calibration, [{"from_log": one} for one in from_log], sign_ins, 14)
    assert result["reliable"] is reliable and result["reliable_because"].startswith(because)
    assert result["reliable_because"].startswith("Do not trust this") is not reliable
