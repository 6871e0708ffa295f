# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the judge may be trusted: the agreement by hand, from results as appliedConditionalAccessPolicy has them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.calibration import Calibration
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.membership import Doubt
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.sign_in_record import Records

from .._conditional_access.test_cases import policy
from .test_log_evidence import MEMBER, named, record

APPLIES = named("applies", policy("mfa"))
QUIET = [named(f"quiet {number}", policy("mfa", clientAppTypes=["other"])) for number in range(20)]


def compared(agreeing: int, differing: int, *, quiet: bool = True, threshold: int = 95) -> dict[str, Any]:
    """Of one policy that applies, so many results that agree and differ; twenty others never apply."""
    others = QUIET if quiet else []
    calibration = Calibration([APPLIES, *others])
    for said in ["success"] * agreeing + ["notApplied"] * differing:
        results = [("applies", said), *((str(one["id"]), "notApplied") for one in others)]
        calibration.add(Records(()).logged(record(results)), MEMBER, Doubt.NONE)
    return calibration.result(threshold)


# (agreeing, differing) where a policy applied, and whether that is enough for 95 %.
@pytest.mark.parametrize(
    ("agreeing", "differing", "trusted"),
    [
        (0, 1, False),
        (0, 19, False),
        (18, 1, False),  # 94.7 %
        (19, 1, True),
        (1, 0, True),
        (40, 2, True),
        (40, 3, False),
    ],
)
def test_results_where_a_policy_applied_have_to_agree_however_few_they_are(
    agreeing: int, differing: int, trusted: bool
) -> None:
    result = compared(agreeing, differing)
    assert result["agreement_percent"] > 95 and result["compared_applied"] == agreeing + differing
    assert result["trusted"] is trusted, result["verdict"]
    assert result["verdict"].startswith("Do not trust this") is not trusted
    assert f" % of {(agreeing + differing) * (len(QUIET) + 1)} results in the sign-in log" in result["verdict"]
    number = f"{agreeing + differing} result{'s' if agreeing + differing > 1 else ''}"
    assert trusted or f"% of those in which a policy applied ({number}), less than 95 %" in result["verdict"]


def test_a_threshold_of_its_own_holds_for_both() -> None:
    assert compared(9, 1, threshold=90)["trusted"] and not compared(8, 1, threshold=90)["trusted"]


def test_where_no_policy_applied_the_verdict_says_so() -> None:
    calibration = Calibration(QUIET)
    said = [(str(one["id"]), "notApplied") for one in QUIET]
    calibration.add(Records(()).logged(record(said)), MEMBER, Doubt.NONE)
    result = calibration.result(95)
    assert result["trusted"] and result["agreement_percent_applied"] is None
    assert result["verdict"].endswith("; in none of them, a policy applied")
    assert "in none of them" not in compared(1, 0)["verdict"]
