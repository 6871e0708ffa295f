# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Promises 9 and 22: every single fault at every request of every scenario, and pairs of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from .conftest import EXHAUSTIVE
from .faults import CONNECTION, SINGLE, Kind
from .harness import Bench, Undisturbed, Watch
from .oracles import good_or_typed, repaired, tokens_stay_at_home
from .scenarios import SCENARIOS, Scenario

Baseline = Callable[[Scenario], Undisturbed]
Strike = Callable[..., None]
_PAIRS = 40 if EXHAUSTIVE else 2  # for each scenario


@pytest.fixture
def struck(bench: Bench, unharmed: Callable[[Scenario], None]) -> Strike:
    def strike(scenario: Scenario, expected: Undisturbed, *faults: tuple[Kind, dict[str, Any]]) -> None:
        bench.start(scenario)
        watch = Watch(bench.simulator, hangs=any(kind.hangs for kind, _at in faults))
        with ExitStack() as stack:
            for kind, at in faults:
                stack.enter_context(bench.fault(**at, **kind.fault))
            result = bench.play(scenario, watch=watch)
        tokens_stay_at_home(watch, bench)
        unharmed(scenario)
        good_or_typed(scenario, result, expected, bench)
        repaired(scenario, expected, bench)
        unharmed(scenario)

    return strike


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_every_single_fault(
    scenario: Scenario, struck: Strike, undisturbed: Baseline, sample: Any, count: Callable[[int], None]
) -> None:
    expected = undisturbed(scenario)
    everything = [(kind, point) for kind in SINGLE for point in expected.points if kind.fits(point)]
    broken = []
    for kind, point in sample(everything):
        try:
            struck(scenario, expected, (kind, point.at))
        except AssertionError as error:
            broken.append((kind.name, point.operation, point.nth, str(error)[:300]))
        count(9)
    assert not broken, "\n".join(map(str, broken))


@pytest.mark.parametrize("kind", CONNECTION, ids=lambda one: one.name)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_a_connection_that_does_not_come_about(
    scenario: Scenario, kind: Kind, struck: Strike, undisturbed: Baseline, chance: Any, count: Callable[[int], None]
) -> None:
    services = ["graph", "exchange"]
    for service in services if EXHAUSTIVE else [chance.choice(services)]:
        struck(scenario, undisturbed(scenario), (kind, {"match": service}))
        count(9)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_pairs_of_faults(
    scenario: Scenario, struck: Strike, undisturbed: Baseline, chance: Any, count: Callable[[int], None]
) -> None:
    expected = undisturbed(scenario)
    everything = [(kind, point) for kind in SINGLE for point in expected.points if kind.fits(point)]
    for _pair in range(_PAIRS):
        first, second = chance.choice(everything), chance.choice(everything)
        print(first, second)
        struck(scenario, expected, *((kind, point.at) for kind, point in (first, second)))
        count(9)
