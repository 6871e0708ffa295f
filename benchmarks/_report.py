# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures for people: tables, and the goals under them."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from typing import Any

from ._cases import GROUPS, Group, Settings
from ._figures import Goal, Result

_MIB = 1024 * 1024
_ROW = "{:<55} {:>7} {:>8} {:>15} {:>8} {:>6} {:>8}"


def machine() -> dict[str, Any]:
    """This machine, and its current load."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "processors": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def text(results: Sequence[Result], aims: Sequence[Goal], settings: Settings, loads: Sequence[dict[str, Any]]) -> str:
    """The whole report."""
    lines = [
        f"Medians of {settings.rounds} run(s) of whole processes against a simulated tenant on loopback, which refuses "
        "nobody for haste.",
        "CPU is that of the process and all it started, without the simulator's; peak is the memory of the largest "
        "process.",
        *(f"{one['when']}: load {one['load']}, {one['processors']} processors" for one in loads),
    ]
    for group in GROUPS:
        for latency in settings.latencies:
            mine = [one for one in results if one.group == group.name and one.latency == latency]
            if mine:
                lines += ["", f"{group.title}, {latency} ms", *_table(group, mine, settings)]
    lines += ["", "Goals"]
    for goal in aims:
        figure = "-" if goal.figure is None else f"{goal.figure:.2f}"
        note = f" ({goal.note})" if goal.note else ""
        lines.append(f"{goal.verdict:<18} {figure:>8} <= {goal.at_most:<5g} {goal.what}{note}")
    return "\n".join(lines) + "\n"


def _table(group: Group, results: Sequence[Result], settings: Settings) -> list[str]:
    reference = group.reference_of(settings)
    base = next((one for one in results if one.case.name == reference), None)
    rows = [_ROW.format("", "of", "wall s", "min-max", "CPU s", "MiB", "ratio")]
    for one in results:
        walls = [sample.wall for sample in one.samples]
        ratio = "" if base is None else f"{(one.wall / one.case.amount) / (base.wall / base.case.amount):.3f}"
        rows.append(
            _ROW.format(
                one.case.title,
                one.case.amount,
                f"{one.wall:.2f}",
                f"{min(walls):.2f}-{max(walls):.2f}",
                f"{one.cpu:.2f}",
                f"{one.peak / _MIB:.0f}",
                ratio,
            )
        )
    return [*rows, f"ratio: wall time, each of the amount, against {base.case.title}"] if base else rows
