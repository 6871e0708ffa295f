# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a rehearsal on the sign-in log, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.text import counted


def summary(result: Mapping[str, Any], days: int) -> list[str]:
    """The result in sentences, its reliability first."""
    sign_ins, people = result["sign_ins"], result["people"]
    total = f"{counted(sign_ins['total'], 'sign-in')} of {counted(people['total'], 'person', 'people')}"
    lines = [
        f"{result['reliable_because']}.",
        f"Of {total} in the last {counted(days, 'day')}, if enforced:",
        *(
            f"{words}: {counted(sign_ins[one], 'sign-in')} of {counted(people[one], 'person', 'people')}"
            for one, words in (
                ("stopped", "Stopped"),
                ("asked_for_more", "Asked for more"),
                ("not_known", "Not known"),
                ("unchanged", "Unchanged"),
            )
        ),
    ]
    if result["not_known_because"]:
        first = result["not_known_because"][0]
        lines.append(f"Most often not known because {first['reason']} ({counted(first['sign_ins'], 'sign-in')}).")
    if result["reliable"] and result["exclusions"] and not result["calibration"]["trusted"]:
        lines.append(f"Whom exclusions spare depends on the judge. {result['calibration']['verdict']}.")
    lines += [f"Not judged: {one}." for one in result["not_judged"]]
    return lines + [f"Not read: {one}" for one in result["not_read"]]
