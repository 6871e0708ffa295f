# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the result of a rehearsal is reliable, and why. Pure rules: no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._core.text import counted


def reliability(
    calibration: Mapping[str, Any], by_policy: Sequence[Mapping[str, Any]], sign_ins: int, days: int
) -> dict[str, Any]:
    """`reliable` and `reliable_because`. A result is unreliable unless there is a reason to rely on it.

    If the log has a result of each policy for each sign-in, these are Microsoft Entra's own, so the judge, which may
    disagree on other policies, was not needed.
    """
    if not by_policy:
        return _said(False, "Do not trust this: no policy was rehearsed")
    if not sign_ins:
        why = f"the log has no successful sign-in in the last {counted(days, 'day')}, so nothing was rehearsed"
        return _said(False, f"Do not trust this: {why}")
    if calibration["trusted"]:
        return _said(True, calibration["verdict"])
    if all(one["from_log"] == sign_ins for one in by_policy):
        said = f"the log has Microsoft Entra's own result of every policy ({counted(sign_ins, 'sign-in')})"
        return _said(True, f"The result does not depend on the judge: {said}")
    return _said(False, calibration["verdict"])


def _said(reliable: bool, because: str) -> dict[str, Any]:
    return {"reliable": reliable, "reliable_because": because}
