# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantees 9 and 22: every single fault at every request of every scenario, and pairs of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from itertools import product
from typing import Any

import pytest

from .conftest import EXHAUSTIVE, some_of
from .faults import CONNECTION, SINGLE, Kind
from .harness import Bench, Undisturbed, Watch
from .oracles import good_or_typed, repaired, tokens_stay_at_home
from .scenarios import SCENARIOS, Scenario

Baseline = Callable[[Scenario], Undisturbed]
Strike = Callable[..., None]
_PAIRS = 40 if EXHAUSTIVE else 1  # for each scenario
_SHARE = 4  # one scenario in this many, with two faults each


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


def in_turn(scenario: Scenario) -> list[Kind]:
    """Every kind of fault, starting with another one in each scenario depending on the seed: each kind is tried."""
    first = (int(os.environ["GUARANTEES_SEED"]) + SCENARIOS.index(scenario)) % len(SINGLE)
    return [*SINGLE[first:], *SINGLE[:first]]


def test_a_sample_has_every_kind_of_fault() -> None:
    assert len(SINGLE) <= len(SCENARIOS)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_every_single_fault(
    scenario: Scenario, struck: Strike, baseline: Baseline, chance: Any, count: Callable[[int], None]
) -> None:
    expected = baseline(scenario)
    fitting = [(kind, [one for one in expected.points if kind.fits(one)]) for kind in in_turn(scenario)]
    everything = [(kind, point) for kind, all_ in fitting for point in all_]
    first, places = next((kind, all_) for kind, all_ in fitting if all_)
    broken = []
    for kind, point in everything if EXHAUSTIVE else [(first, chance.choice(places))]:
        try:
            struck(scenario, expected, (kind, point.at))
        except AssertionError as error:
            broken.append((kind.name, point.operation, point.nth, str(error)[:300]))
        count(9)
    assert not broken, "\n".join(map(str, broken))


@pytest.mark.parametrize("scenario", some_of(SCENARIOS, _SHARE), ids=lambda one: one.name)
def test_a_connection_that_does_not_come_about(
    scenario: Scenario, struck: Strike, baseline: Baseline, sample: Any, count: Callable[[int], None]
) -> None:
    for kind, service in sample(list(product(CONNECTION, ("graph", "exchange")))):
        print(kind, service)
        struck(scenario, baseline(scenario), (kind, {"match": service}))
        count(9)


@pytest.mark.parametrize("scenario", some_of(SCENARIOS, _SHARE), ids=lambda one: one.name)
def test_pairs_of_faults(
    scenario: Scenario, struck: Strike, baseline: Baseline, chance: Any, count: Callable[[int], None]
) -> None:
    expected = baseline(scenario)
    everything = [(kind, point) for kind in SINGLE for point in expected.points if kind.fits(point)]
    for _pair in range(_PAIRS):
        first, second = chance.choice(everything), chance.choice(everything)
        print(first, second)
        struck(scenario, expected, *((kind, point.at) for kind, point in (first, second)))
        count(9)
