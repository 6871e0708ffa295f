# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantees 8 and 22: a task that ends before or after any of its requests is repaired by the next run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import shared_out
from .harness import Bench, Killed, Undisturbed, Watch
from .oracles import repaired, told
from .scenarios import SCENARIOS, Scenario


@shared_out(SCENARIOS)
def test_killed_at_every_request(
    scenario: Scenario,
    bench: Bench,
    baseline: Callable[[Scenario], Undisturbed],
    sample: Any,
    count: Callable[[int], None],
    unharmed: Callable[[Scenario], None],
) -> None:
    expected = baseline(scenario)
    everywhere = [(number, answered) for number in range(1, expected.requests + 1) for answered in (False, True)]
    for number, answered in sample(everywhere):
        print(number, answered)
        bench.start(scenario)
        watch = Watch(bench.simulator, kill_at=number, kill_after_answer=answered)
        with pytest.raises(Killed):
            bench.play(scenario, watch=watch)
        unharmed(scenario)
        repaired(scenario, expected, bench)
        unharmed(scenario)
        count(8)


@shared_out(one for one in SCENARIOS if not one.reads_only)
def test_the_parent_is_killed_at_every_request(
    scenario: Scenario,
    bench: Bench,
    baseline: Callable[[Scenario], Undisturbed],
    sample: Any,
    count: Callable[[int], None],
    unharmed: Callable[[Scenario], None],
) -> None:
    """Only ansible-playbook ends, and its worker survives: it sends nothing more."""
    expected = baseline(scenario)
    for number in sample(range(expected.requests)):
        print(number)
        bench.start(scenario)
        watch = Watch(bench.simulator, parent_ends_after=number)
        result = bench.play(scenario, watch=watch)
        assert result["failed"] and result["error"]["kind"] == "abandoned", result
        told(result, bench, scenario.tenant)
        # Concurrent requests may be pending when the parent ends, but those are reads.
        assert watch.effects() == watch.written_before
        unharmed(scenario)
        repaired(scenario, expected, bench)
        unharmed(scenario)
        count(8)
