# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many cases of the guarantees are tried: a sample by a printed seed, or everything with GUARANTEES=all.

Everything is tried on tenants with the response forms of live tenants, and again on tenants with the older, documented
ones. In a sample, one of the two is drawn for each scenario, so that it is no larger.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

import pytest

from simulator import Simulator

from .allowed_changes import allowed
from .bystanders import nobody_else
from .harness import Bench, Undisturbed, points
from .scenarios import TENANTS, Scenario
from .simulators import FORMS, Simulators

T = TypeVar("T")
Sample = Callable[..., list[T]]
EXHAUSTIVE = os.environ.get("GUARANTEES") == "all"
_WHEN = "counted_on"
COUNTED = Path(__file__).parent / "cases.json"  # the numbers on the documentation page
_CASES: Counter[str] = Counter()


def some_of(scenarios: Sequence[T], share: int) -> list[T]:
    """All scenarios, or one in so many, depending on the seed: for additional cases of a guarantee."""
    return list(scenarios) if EXHAUSTIVE else list(scenarios[int(os.environ["GUARANTEES_SEED"]) % share :: share])


def shared_out(scenarios: Iterable[Scenario], share: int = 4) -> pytest.MarkDecorator:
    """All scenarios: one in so many in `make test`, depending on the seed, and the rest in `make test-more`."""
    chosen = int(os.environ["GUARANTEES_SEED"]) % share
    marks = {True: (), False: (pytest.mark.more,)}
    # By name, so that the tests of one scenario run together and share its baseline.
    return pytest.mark.parametrize(
        "scenario",
        [pytest.param(one, marks=marks[crc32(one.name.encode()) % share == chosen], id=one.name) for one in scenarios],
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every case in both forms, unless its test says why one is enough."""
    once = metafunc.definition.get_closest_marker("one_form")
    if EXHAUSTIVE and "form" in metafunc.fixturenames and not once:
        metafunc.parametrize("form", FORMS, indirect=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["cases"] = dict(_CASES)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    _CASES.update(getattr(node, "workeroutput", {}).get("cases", {}))


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int) -> None:
    if _CASES:
        counts = {number: _CASES[number] for number in sorted(_CASES, key=int)}
        amount = "all cases" if EXHAUSTIVE else f"a sample, GUARANTEES_SEED={os.environ['GUARANTEES_SEED']}"
        told = ", ".join(f"{one}: {many}" for one, many in counts.items())
        terminalreporter.write_line(f"{amount}; cases by guarantee: {told}")
        config = terminalreporter.config
        given = config.option
        some = given.keyword or given.markexpr or given.deselect or getattr(given, "lf", False)
        chosen = not EXHAUSTIVE or some or any("::" in one for one in config.args)
        # Only what a whole run proved is on the page. A run of some files keeps the numbers of the other guarantees.
        if os.environ.get("GUARANTEES_COUNT") and exitstatus == 0 and not chosen:
            known = json.loads(COUNTED.read_text(encoding="utf-8")) | counts
            numbered = {number: known[number] for number in sorted(known.keys() - {_WHEN}, key=int)}
            when = {_WHEN: f"{datetime.now(UTC):%Y-%m-%d}"}
            COUNTED.write_text(json.dumps(when | numbered, indent=2) + "\n", encoding="utf-8")


@pytest.fixture
def count() -> Callable[[int], None]:
    """Count one more case of a guarantee."""

    def one_more(guarantee: int, cases: int = 1) -> None:
        _CASES[str(guarantee)] += cases

    return one_more


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Random, by the seed and the test."""
    return random.Random(f"{os.environ['GUARANTEES_SEED']} {request.node.nodeid}")


@pytest.fixture
def sample(chance: random.Random) -> Sample[Any]:
    """All of the cases, or a number of them: one is enough if each scenario is tried."""

    def some(cases: Sequence[T], number: int = 1) -> list[T]:
        return list(cases) if EXHAUSTIVE else chance.sample(list(cases), min(number, len(cases)))

    return some


@pytest.fixture
def form(request: pytest.FixtureRequest) -> str:
    """The response form of the tenants: drawn by scenario, so that each baseline is computed once."""
    chosen: str | None = getattr(request, "param", None)
    if chosen is not None:
        return chosen
    parameters = getattr(request.node, "callspec", None)
    drawn_for = getattr(parameters.params.get("scenario") if parameters else None, "name", request.node.name)
    return random.Random(f"{os.environ['GUARANTEES_SEED']} form of {drawn_for}").choice(FORMS)


@pytest.fixture(scope="session")
def simulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulators]:
    with ExitStack() as stack:
        yield Simulators(tmp_path_factory.mktemp("older"), stack)


@pytest.fixture
def running(form: str, simulators: Simulators) -> Simulator:
    return simulators.get(form, TENANTS, page_size=12)


@pytest.fixture
def bench(running: Simulator) -> Bench:
    running.clear_faults()
    running.reset()
    return Bench(running)


@pytest.fixture
def unharmed(bench: Bench, count: Callable[[int], None]) -> Callable[..., None]:
    """Guarantee 22: since a scenario started, only allowed changes were made; without `real`, none."""

    def check(scenario: Scenario, real: bool = True, new_ones: bool = False) -> None:
        nobody_else(bench.simulator, bench.before, scenario.tenant, allowed(scenario) if real else (), new_ones)
        count(22)

    return check


@pytest.fixture(scope="session")
def _known() -> dict[tuple[str, str], Undisturbed]:
    return {}


@pytest.fixture
def baseline(bench: Bench, form: str, _known: dict[tuple[str, str], Undisturbed]) -> Callable[[Scenario], Undisturbed]:
    """The outcome of a scenario without faults; computed once."""

    def ended(scenario: Scenario) -> Undisturbed:
        key = form, scenario.name
        if key not in _known:
            bench.start(scenario)
            since = len(bench.simulator.requests())
            result = bench.play(scenario)
            assert not result.get("failed"), result
            rows = bench.rows(since)
            requests = sum(1 for row in rows if not row.get("part"))
            _known[key] = Undisturbed(result, bench.settled(scenario), points(rows), requests)
        return _known[key]

    return ended
