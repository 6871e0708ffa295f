# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantees 10, 11 and 22: reads from a replica that lags behind, and somebody else who writes at the same time."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from .conftest import shared_out
from .harness import Bench, Point, Undisturbed
from .oracles import repaired, same_state, told
from .scenarios import SCENARIOS, Scenario

Baseline = Callable[[Scenario], Undisturbed]
Count = Callable[[int], None]
Unharmed = Callable[[Scenario], None]
WRITING = [one for one in SCENARIOS if not one.reads_only and not one.repeats]
every_write = shared_out(WRITING)


def reads(expected: Undisturbed) -> list[Point]:
    return [one for one in expected.points if one.kind == "READ"]


@every_write
def test_reads_that_are_behind_double_nothing(
    scenario: Scenario, bench: Bench, baseline: Baseline, sample: Any, count: Count, unharmed: Unharmed
) -> None:
    """Each read in turn returns the state before the last write; also when the task itself reads again."""
    expected = baseline(scenario)
    for operation, times in sample([(one.operation, times) for one in reads(expected) for times in (1, 3)]):
        print(operation, times)
        bench.start(scenario)
        with bench.fault(match=operation, kind="stale_read", count=times):
            first = bench.play(scenario)
            second = bench.play(scenario)
        for result in (first, second):
            if result.get("failed"):
                told(result, bench, scenario.tenant)
        if not second.get("failed"):
            same_state(scenario, expected, bench)
        repaired(scenario, expected, bench)
        unharmed(scenario)
        count(10)


@every_write
def test_somebody_else_writes_the_same(
    scenario: Scenario, bench: Bench, baseline: Baseline, sample: Any, count: Count, unharmed: Unharmed
) -> None:
    """The administrator sends each write of the task as well, right before or after it."""
    expected = baseline(scenario)
    written = [one for one in expected.points if one.kind != "READ" and one.service != "login"]
    for point, phase in sample(list(product(written, ("before_effect", "after_effect")))):
        print(point, phase)
        bench.start(scenario)
        with bench.fault(**point.at, kind="second_writer", phase=phase):
            result = bench.play(scenario)
        unharmed(scenario)
        if result.get("failed"):
            told(result, bench, scenario.tenant)
            if result["error"]["kind"] == "ambiguous":
                assert len(result["error"]["candidates"]) == 2, result
                count(11)
                continue  # if the service accepts duplicate names, both stay and are reported
        else:
            same_state(scenario, expected, bench)
        repaired(scenario, expected, bench)
        unharmed(scenario)
        count(11)


@pytest.fixture(autouse=True)
def no_fault_is_left(bench: Bench) -> Any:
    yield
    bench.simulator.clear_faults()
