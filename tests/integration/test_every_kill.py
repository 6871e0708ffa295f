# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real runs in which only ansible-playbook is killed, at each request of its task.

Each run is a fork of a process that has imported ansible-core (warm.py), and has its own workers like any run. The
request at which it is killed gets no response, so the timing does not matter.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator
from tests.guarantees.harness import Bench, Undisturbed, points
from tests.guarantees.oracles import repaired
from tests.guarantees.scenarios import SCENARIOS, TENANTS, Scenario
from tests.processes import lives

from .warm import BIN, _Server, settings

pytestmark = pytest.mark.more
# For a task that waits for a device, only the requests that write matter: these runs wait in real time.
CHANGED: dict[str, dict[str, Any]] = {"mobile_device-wipe": {"wait": False}}
NAMES = (
    "activesync_device_access_rule-create",
    "mobile_device_mailbox_policy-create",
    "role_group-create",
    "connector-create",
    *CHANGED,
)
_HANGS = 300  # seconds after which a run counts as hanging


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=TENANTS, rate_limits=False) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Server]:
    """With its own home folder: a killed run leaves its folders for temporary files there."""
    server = _Server({"HOME": str(tmp_path_factory.mktemp("home"))})
    yield server
    server.stop()


def children(pid: int) -> list[int]:
    """Without zombies."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            if state != "Z" and int(parent) == pid:
                found.append(int(path.parent.name))
    return found


def until(what: Any) -> Any:
    end = time.monotonic() + _HANGS
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def effects(simulator: Simulator) -> int:
    return sum(bool(row["effect"]) for row in simulator.requests())


@pytest.mark.parametrize("name", NAMES)
def test_ansible_playbook_is_killed_at_every_request(
    name: str, running: Simulator, server: _Server, tmp_path: Path
) -> None:
    scenario = next(one for one in SCENARIOS if one.name == name)
    scenario = replace(scenario, options={**scenario.options, **CHANGED.get(name, {})})
    bench = Bench(running)
    running.clear_faults()
    bench.start(scenario)
    since = len(running.requests())
    result = bench.play(scenario)
    assert not result.get("failed"), result
    rows = bench.rows(since)
    expected = Undisturbed(result, bench.settled(scenario), points(rows), len(rows))
    filled = bench.options(scenario.tenant, scenario.options)
    task = {f"intune.exchange.{scenario.module}": {option: filled[option] for option in scenario.options}}
    (tmp_path / "play.yml").write_text(
        yaml.safe_dump([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}])
    )
    killed = 0
    with ThreadPoolExecutor(1) as beside:
        while killed_at(killed + 1, bench, scenario, beside, server, tmp_path):
            killed += 1
            repaired(scenario, expected, bench)
    assert killed > expected.requests  # those that sign in as well


def killed_at(number: int, bench: Bench, scenario: Scenario, beside: Executor, server: _Server, folder: Path) -> bool:
    """Whether the run reached the request; if not, it ended successfully."""
    simulator = bench.simulator
    bench.start(scenario)
    simulator.fault(match="*", kind="hang", nth=number)
    since = len(simulator.requests())
    command = [str(BIN / "ansible-playbook"), "-i", "localhost,", "play.yml"]
    environment = {**settings(), "HOME": str(folder), **simulator.environment(scenario.tenant)}
    run = beside.submit(server.run, command, folder, environment, 900)
    until(lambda: run.done() or any(row.get("fault") for row in simulator.requests()[since:]))
    if run.done():
        assert run.result().returncode == 0, run.result().stdout
        return False
    before = effects(simulator)
    assert server._process
    (playbook,) = children(server._process.pid)
    workers = children(playbook)
    assert workers
    os.kill(playbook, signal.SIGKILL)
    assert run.result(_HANGS).returncode == -signal.SIGKILL
    until(lambda: not any(map(lives, workers)))
    assert effects(simulator) == before, number
    simulator.clear_faults()
    return True
