# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantees 1, 2, 6, 7, 12 and 22: an object is created once, changed once, and not at all in check mode."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest

from .conftest import shared_out
from .faults import AFTER, BEFORE, MIDDLE, Kind
from .harness import Bench, Point, Undisturbed, Watch, plain
from .oracles import good_or_typed, repaired
from .scenarios import SCENARIOS, Scenario

Baseline = Callable[[Scenario], Undisturbed]
Count = Callable[..., None]
Unharmed = Callable[..., None]
every_scenario = shared_out(SCENARIOS)

# These request an action that cannot be compared with a state.
ACTS_ONCE = ("connector_sync", "mdm_authority")

LOST = (
    Kind("dropped", {"kind": "reset", "phase": AFTER}),
    Kind("hanging", {"kind": "hang", "phase": AFTER}),
    Kind("cut off", {"kind": "truncate", "phase": MIDDLE}),
    *(Kind(f"answered {code}", {"kind": "status", "status": code, "phase": AFTER}) for code in (500, 502, 503, 504)),
)


def creations(expected: Undisturbed) -> list[Point]:
    return [point for point in expected.points if point.kind == "CREATE"]


def done(scenario: Scenario, result: dict[str, Any], expected: Undisturbed, bench: Bench) -> None:
    assert not result.get("failed"), result
    good_or_typed(scenario, result, expected, bench)


@every_scenario
def test_a_creation_whose_answer_is_lost(
    scenario: Scenario, bench: Bench, baseline: Baseline, sample: Any, count: Count, unharmed: Unharmed
) -> None:
    expected = baseline(scenario)
    for point in creations(expected):
        for kind in sample(LOST):
            print(point, kind)
            bench.start(scenario)
            since = len(bench.simulator.requests())
            with bench.fault(**point.at, **kind.fault):
                result = bench.play(scenario, watch=Watch(bench.simulator, hangs=kind.hangs))
            done(scenario, result, expected, bench)
            created = [row for row in bench.rows(since) if row["operation"] == point.operation and row["effect"]]
            assert len(created) == sum(1 for one in creations(expected) if one.operation == point.operation)
            repaired(scenario, expected, bench)
            unharmed(scenario)
            count(1)


@pytest.fixture(scope="module")
def nowhere() -> Iterator[dict[str, str]]:
    """Origins to which no request goes."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        refusing = closed.getsockname()[1]
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            while True:
                try:
                    connection, _address = server.accept()
                except OSError:
                    return
                connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        yield {
            "refused": f"https://localhost:{refusing}",
            "unknown host": "https://service.invalid",
            "no TLS": f"https://localhost:{server.getsockname()[1]}",
        }
        server.shutdown(socket.SHUT_RDWR)


@every_scenario
def test_a_creation_that_is_not_delivered(
    scenario: Scenario,
    bench: Bench,
    baseline: Baseline,
    nowhere: dict[str, str],
    sample: Any,
    count: Count,
    unharmed: Unharmed,
) -> None:
    expected = baseline(scenario)
    for point in creations(expected):
        for why, origin in sample(list(nowhere.items())):
            print(point, why)
            bench.start(scenario)
            done(
                scenario,
                bench.play(scenario, watch=Watch(bench.simulator, redirect={point.number: origin})),
                expected,
                bench,
            )
            unharmed(scenario)
            count(2)
        bench.start(scenario)
        with bench.fault(**point.at, kind="status", status=429, phase=BEFORE, headers={"Retry-After": "3"}):
            done(scenario, bench.play(scenario), expected, bench)
        unharmed(scenario)
        count(2)


@every_scenario
def test_the_second_run_writes_nothing(
    scenario: Scenario, bench: Bench, baseline: Baseline, count: Count, unharmed: Unharmed
) -> None:
    baseline(scenario)
    bench.start(scenario)
    first = bench.play(scenario)
    since = len(bench.simulator.requests())
    second = bench.play(scenario)
    if not scenario.repeats:
        assert not second["changed"] and bench.writes(since) == []
        assert all(row["class"] == "READ" for row in bench.rows(since))
        if "diff" in second:
            assert plain(second["diff"]["before"]) == plain(second["diff"]["after"])
    assert set(first) == set(second)
    unharmed(scenario)
    count(6)


@every_scenario
def test_check_mode_tells_what_the_real_run_does(
    scenario: Scenario, bench: Bench, baseline: Baseline, count: Count, unharmed: Unharmed
) -> None:
    expected = baseline(scenario)
    bench.start(scenario)
    since = len(bench.simulator.requests())
    predicted = bench.play(scenario, check_mode=True)
    rows = bench.rows(since)
    assert not any(row["effect"] for row in rows)
    assert {row["class"] for row in rows} <= {"READ"}
    assert predicted["changed"] == expected.result["changed"]
    assert plain(predicted.get("diff")) == plain(expected.result.get("diff"))
    for told in ("impact", "affected", "note"):
        assert plain(predicted.get(told)) == plain(expected.result.get(told))
    unharmed(scenario, real=False)
    count(7)


@every_scenario
def test_a_conflict_is_read_again_and_worked_out_anew(
    scenario: Scenario, bench: Bench, baseline: Baseline, sample: Any, count: Count, unharmed: Unharmed
) -> None:
    expected = baseline(scenario)
    written = [one for one in expected.points if one.kind != "READ" and one.service == "graph"]
    for point, status, times in sample(list(product(written, (409, 412), (1, 2, 99)))):
        print(point, status, times)
        bench.start(scenario)
        since = len(bench.simulator.requests())
        with bench.fault(**point.at, kind="status", status=status, count=times):
            result = bench.play(scenario)
        good_or_typed(scenario, result, expected, bench)
        rounds = sum(1 for row in bench.rows(since) if row["operation"] == point.operation)
        assert rounds <= sum(1 for one in expected.points if one.operation == point.operation) + 2
        if result.get("failed"):
            assert result["error"]["kind"] == "conflict", result
            assert times > 1 or scenario.module in ACTS_ONCE
        unharmed(scenario)
        repaired(scenario, expected, bench)
        unharmed(scenario)
        count(12)
