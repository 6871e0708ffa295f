# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The measurements and conclusions of the benchmarks; how long anything takes is not tested."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from benchmarks._cases import Case, Settings
from benchmarks._figures import Goal, Result, goals
from benchmarks._measure import Failed, Sample, measure

BURN = "import time\nwhile time.process_time() < 0.2: pass"
GRANDCHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}], check=True)"


def result(
    name: str, latency: int, wall: float, cpu: float = 1, peak: int = 1, amount: int = 1, **counts: int
) -> Result:
    """Three samples of which the middle one counts."""
    samples = [
        Sample(wall, cpu, peak, **counts),
        Sample(wall / 2, cpu / 2, peak // 2, **counts),
        Sample(wall * 9, cpu * 9, peak * 9, **counts),
    ]
    return Result("tenant", latency, Case(name, name, [], amount), samples)


def python(code: str, folder: Path) -> Sample:
    return measure([sys.executable, "-c", code], dict(os.environ), folder)


def test_the_whole_tree_of_processes_counts(tmp_path: Path) -> None:
    assert python(GRANDCHILD, tmp_path).cpu >= 0.2
    assert python("kept = bytearray(200 * 2**20)", tmp_path).peak >= 200 * 2**20


def test_a_command_that_fails_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="ended with 3:\nwhy"):
        python("print('why'); raise SystemExit(3)", tmp_path)


def test_the_goals() -> None:
    results = [
        *(result("role", latency, 3, requests=12, sign_ins=2) for latency in (0, 150)),
        *(result("uri", latency, 10) for latency in (0, 150)),
        result("fleet_uri", 0, 1, cpu=100, amount=50),
        result("fleet_role", 0, 1, cpu=30, amount=50),
        result("fleet_eight", 0, 1, amount=50, sign_ins=100),
        result("devices_1000", 0, 1, peak=10 << 20, amount=1000),
        result("devices_25000", 0, 10, peak=(10 << 20) + 24000 * 2048, amount=25000),
        result("script_25000", 0, 8, amount=25000),
        result("start", 150, 1),
        result("requirements", 150, 2.5),
        result("concurrent", 150, 1),
        result("inventory_sequential", 150, 40, amount=20),
        result("inventory_1", 150, 1, peak=1 << 20),
        result("inventory_200", 150, 20.9, peak=10 << 20, amount=200),
        result("inventory_1000", 150, 120.88, peak=60 << 20, amount=1000),
        result("rehearsal_start", 0, 1, cpu=1),
        result("rehearsal_10000", 0, 5, peak=80 << 20, amount=10000),
        result("rehearsal_100000", 0, 40, cpu=61, peak=(80 << 20) + 90000 * 512, amount=100000),
        result("pages_100000", 0, 20, cpu=15, amount=100000),
    ]
    found = {goal.what: goal for goal in goals(results, Settings())}
    assert [(round(goal.figure, 3) if goal.figure else None, goal.verdict) for goal in found.values()] == [
        (2, "met"),
        (12, "missed by 50%"),
        (0.3, "missed by 50%"),
        (0.3, "missed by 25%"),
        (None, "not measured"),
        (None, "not measured"),
        (0.3, "missed by 233%"),
        (2.0, "met"),
        (1.5, "missed by 50%"),
        (0.052, "met"),
        (64.0, "met"),
        (None, "not measured"),
        (1.2, "met"),
        (1.25, "met"),
        (2.0, "met"),
        (4.0, "met"),
        (0.5, "missed by 150%"),
    ]
    notes = [goal.note for goal in found.values()]
    assert "0.60 s against 2.00 s" in notes and "60.0 s against 15.0 s" in notes
    assert Goal("", 1, 1.0).verdict == "met" and Goal("", 1, None).verdict == "not measured"
