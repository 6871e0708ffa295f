# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantees 6, 7, 8, 9 and 22 for the roles: processes of `ansible-playbook`, killed with SIGKILL or unanswered.

Each task of a role is a task of a module, for which test_crashes.py and test_faults.py cover the rest: every request,
in both response forms. What is left is how a role goes on between its tasks, so one form is enough, and a role is
killed at each write: whichever read it is killed at, the tenant is the same.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .allowed_changes import allowed
from .bystanders import Objects, nobody_else
from .conftest import EXHAUSTIVE
from .faults import AFTER, BEFORE, Kind, status
from .harness import Bench, Point, points
from .oracles import same
from .role_scenarios import ROLE_SCENARIOS, RoleScenario
from .simulators import Simulators

pytestmark = pytest.mark.more  # each case is several runs of Ansible
ROOT = Path(__file__).parents[2]
TENANTS = sorted({one.tenant for one in ROLE_SCENARIOS})
HANGS = [Kind(f"killed-{phase}", {"kind": "hang", "phase": phase}) for phase in (BEFORE, AFTER)]
REFUSED, LOST = status(403, BEFORE), status(503, AFTER)
WAYS = {"worker": "true", "process": "false"}
Count = Callable[..., None]
_MARK = "INTUNE_EXCHANGE_TEST_RUN"  # by which the processes of a run are found, since workers leave its process group


def every_role(test: Callable[..., None]) -> Callable[..., None]:
    chosen: Sequence[RoleScenario] = ROLE_SCENARIOS
    if not EXHAUSTIVE:
        # Each case is several runs of Ansible, so one scenario for all tests, which share its baseline.
        chosen = [random.Random(os.environ["GUARANTEES_SEED"]).choice(chosen)]
    return pytest.mark.parametrize("scenario", chosen, ids=lambda one: one.name)(test)


PARTS = 4 if EXHAUSTIVE else 1  # a test for each, so that no process waits for another at the end


@dataclass(frozen=True)
class Ended:
    """The outcome of a role."""

    code: int
    changed: int
    output: str


@dataclass(frozen=True)
class Undisturbed:
    ended: Ended
    state: Any
    points: list[Point]

    def at_requests(self, before: Kind, after: Kind) -> list[tuple[Kind, int]]:
        """`before` at each request, and `after` at each that is not a read, with its number among all requests."""
        places = [one for one in self.points if before.fits(one)]
        after_writes = [(after, number) for number, one in enumerate(places, 1) if one.kind != "READ"]
        return [(before, number) for number in range(1, len(places) + 1)] + after_writes

    def at_writes(self, before: Kind, after: Kind) -> list[tuple[Kind, int]]:
        """`before` at the first request, and both at each write."""
        places = enumerate((one for one in self.points if before.fits(one)), 1)
        written = {number for number, one in places if one.kind not in ("READ", "SIGN_IN")}
        return [one for one in self.at_requests(before, after) if one == (before, 1) or one[1] in written]


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _environment(pid: int) -> bytes:
    """Empty for a process that has ended."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


class Stage:
    """Runs roles on simulated tenants, as processes of `ansible-playbook`."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.simulator, self.bench, self.folder = simulator, Bench(simulator), folder
        self.in_process = "true"
        self.before: Objects = {}

    def start(self, scenario: RoleScenario) -> None:
        self.simulator.clear_faults()
        self.simulator.reset()
        for entry_point, variables in scenario.before:
            ended = self.run(scenario, entry_point, variables)
            assert ended.code == 0, ended.output
        self.before = self.simulator.objects()

    def unharmed(self, scenario: RoleScenario, count: Count, real: bool = True) -> None:
        """Only allowed changes were made since the scenario started; without `real`, none."""
        nobody_else(self.simulator, self.before, scenario.tenant, allowed(scenario) if real else ())
        count(22)

    def run(
        self, scenario: RoleScenario, entry_point: str = "", variables: Any = None, arguments: tuple[str, ...] = ()
    ) -> Ended:
        process = self._begin(scenario, entry_point, variables, arguments)
        output, _nothing = process.communicate(timeout=600)
        recap = re.search(r"changed=(\d+)", output.rpartition("PLAY RECAP")[2])
        return Ended(process.returncode, int(recap[1]) if recap else 0, output)

    def kill(self, scenario: RoleScenario) -> None:
        """Start the role, and end its processes as soon as a request hangs."""
        process = self._begin(scenario)
        while not self._hangs():
            try:
                output, _nothing = process.communicate(timeout=0.05)
                pytest.fail(f"ended before it was killed: {output}")
            except subprocess.TimeoutExpired:
                continue
        mark = f"{_MARK}={self.folder}".encode()
        while alive := [one for one in _processes() if mark in _environment(one)]:
            for pid in alive:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=60)
        self.simulator.clear_faults()

    def settled(self, scenario: RoleScenario) -> Any:
        return self.bench.settled(scenario)  # type: ignore[arg-type]

    def _hangs(self) -> bool:
        return any(str(row.get("fault")).endswith(":hang") for row in self.simulator.requests())

    def _begin(
        self, scenario: RoleScenario, entry_point: str = "", variables: Any = None, arguments: tuple[str, ...] = ()
    ) -> subprocess.Popen[str]:
        book, given = self.folder / "role.yml", self.folder / "variables.json"
        name = f"intune.exchange.{scenario.role}"
        role = {"name": name, "tasks_from": entry_point or scenario.entry_point}
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False}
        book.write_text(yaml.safe_dump([{**play, "tasks": [{"ansible.builtin.include_role": role}]}]))
        wanted = {"ansible_python_interpreter": sys.executable} | dict(variables or scenario.variables)
        given.write_text(self._filled(scenario.tenant, json.dumps(wanted)))
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("AZURE_", "INTUNE_", "ANSIBLE_"))
        }
        program = str(Path(sys.executable).parent / "ansible-playbook")
        return subprocess.Popen(
            [program, "-i", "localhost,", "-e", f"@{given}", *arguments, str(book)],
            cwd=self.folder,
            env={
                **kept,
                **self.simulator.environment(scenario.tenant),
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "live"),
                "INTUNE_EXCHANGE_IN_PROCESS": self.in_process,
                _MARK: str(self.folder),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _filled(self, tenant: str, text: str) -> str:
        state = self.simulator.state(tenant)
        first = {
            "{domain}": self.simulator.facts(tenant)["domain"],
            "{person}": state["users"][0]["id"],
            "{group}": next((one["id"] for one in state.get("groups", ())), ""),
        }
        for name, value in first.items():
            text = text.replace(name, value)
        return text

    def repaired(self, scenario: RoleScenario, expected: Undisturbed) -> None:
        """A clean run converges, and another one writes nothing."""
        again = self.run(scenario)
        assert again.code == 0, again.output
        same(self.settled(scenario), expected.state)
        since = len(self.simulator.requests())
        third = self.run(scenario)
        assert (third.code, third.changed, self.bench.writes(since)) == (0, 0, []), third.output


@pytest.fixture
def tenants(form: str, simulators: Simulators) -> Simulator:
    return simulators.get(form, TENANTS)


@pytest.fixture
def stage(tenants: Simulator, tmp_path: Path) -> Stage:
    return Stage(tenants, tmp_path)


@pytest.fixture(scope="module")
def known() -> dict[tuple[str, str], Undisturbed]:
    return {}


@pytest.fixture
def baseline(
    stage: Stage, form: str, known: dict[tuple[str, str], Undisturbed]
) -> Callable[[RoleScenario], Undisturbed]:
    def ended(scenario: RoleScenario) -> Undisturbed:
        key = form, scenario.name
        if key not in known:
            stage.start(scenario)
            since = len(stage.simulator.requests())
            first = stage.run(scenario)
            assert first.code == 0, first.output
            found = points(stage.bench.rows(since))
            known[key] = Undisturbed(first, stage.settled(scenario), found)
        return known[key]

    return ended


@every_role
def test_check_mode_then_twice(
    scenario: RoleScenario, stage: Stage, baseline: Callable[[RoleScenario], Undisturbed], count: Count
) -> None:
    expected = baseline(scenario)
    stage.start(scenario)
    since = len(stage.simulator.requests())
    predicted = stage.run(scenario, arguments=("--check",))
    assert predicted.code == 0 and stage.bench.writes(since) == [], predicted.output
    assert bool(predicted.changed) == bool(expected.ended.changed)
    stage.unharmed(scenario, count, real=False)
    count(7)
    stage.repaired(scenario, expected)
    stage.unharmed(scenario, count)
    count(6)


@pytest.mark.one_form
@every_role
def test_killed_at_every_write(
    scenario: RoleScenario,
    stage: Stage,
    baseline: Callable[[RoleScenario], Undisturbed],
    sample: Any,
    chance: Any,
    count: Count,
) -> None:
    expected = baseline(scenario)
    for kind, number in sample(expected.at_writes(*HANGS)):
        stage.start(scenario)
        stage.in_process = chance.choice(list(WAYS.values()))
        print(kind, number, stage.in_process)
        since = len(stage.simulator.requests())
        stage.simulator.fault(match="*", nth=number, **kind.fault)
        stage.kill(scenario)
        assert len(stage.simulator.requests()) > since
        stage.unharmed(scenario, count)
        stage.repaired(scenario, expected)
        stage.unharmed(scenario, count)
        count(8)


@pytest.mark.one_form
@pytest.mark.parametrize("part", range(PARTS))
@every_role
def test_a_fault_at_every_request(
    scenario: RoleScenario,
    part: int,
    stage: Stage,
    baseline: Callable[[RoleScenario], Undisturbed],
    sample: Any,
    count: Count,
) -> None:
    expected = baseline(scenario)
    cases = sample(expected.at_requests(REFUSED, LOST))[part::PARTS]
    assert cases
    for kind, number in cases:
        print(kind, number)
        stage.start(scenario)
        stage.simulator.fault(match="*", nth=number, **kind.fault)
        ended = stage.run(scenario)
        stage.simulator.clear_faults()
        assert "Traceback" not in ended.output and "canary" not in ended.output
        if ended.code == 0:
            same(stage.settled(scenario), expected.state)
        else:
            assert ended.code == 2 and "ould not " in ended.output, ended.output
        stage.unharmed(scenario, count)
        stage.repaired(scenario, expected)
        stage.unharmed(scenario, count)
        count(9)
