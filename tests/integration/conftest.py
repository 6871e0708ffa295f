# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real `ansible-playbook` runs against the simulated tenant."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, sync_playwright

from simulator import Simulator

from .warm import ROOT, ansible

# On a busy machine, tenants that hang delay the others: INTUNE_EXCHANGE_HANGS=1 enables these tests.
collect_ignore = [] if "INTUNE_EXCHANGE_HANGS" in os.environ else ["test_tenants_that_hang.py"]

SHIPPED: list[str | Path] = [path.stem for path in (ROOT / "simulator" / "tenants").glob("*.yml")]


@dataclass(frozen=True)
class Run:
    """The outcome of `ansible-playbook`; `results` are those of its tasks, by the registered name."""

    code: int
    output: str
    results: dict[str, Any]

    @property
    def failed(self) -> dict[str, Any]:
        """The result of the task that failed."""
        return next(result for result in self.results.values() if result.get("failed"))


Play = Callable[..., Run]


def whole_lines(output: str) -> str:
    """The output with wrapped lines joined: a continuation has four more spaces than the first part."""
    return re.sub(r'",\n +" {4,}', " ", output)


@pytest.fixture(scope="session")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=SHIPPED, rate_limits=False) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.reset()
    return running


def player(folder: Path, simulator: Simulator) -> Play:
    """Runs one play on localhost, with the sign-in of `tenant` in its environment unless `environment` is given."""

    def run(
        *tasks: dict[str, Any],
        tenant: str = "ready",
        environment: dict[str, str] | None = None,
        arguments: tuple[str, ...] = (),
        many_tasks: bool = False,
        **keywords: Any,
    ) -> Run:
        results = folder / "results.json"
        steps: list[dict[str, Any]] = []
        for number, task in enumerate(tasks):
            steps.append(task if "block" in task else {"register": f"task{number}", **task})
        names = [step["register"] for step in steps if "register" in step]
        pairs = ", ".join(f"'{name}': {name} | default({{}})" for name in names)
        kept = "{{ {" + pairs + "} | to_json }}"
        keep = {"keep_results": {"content": kept, "path": str(results)}}
        book = folder / "play.yml"
        host = {"hosts": "localhost", "connection": "local", "gather_facts": False, **keywords}
        host["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}", **keywords.get("vars", {})}
        book.write_text(yaml.safe_dump([{**host, "tasks": [{"block": steps, "always": [keep]}]}], sort_keys=False))
        signed_in = simulator.environment(tenant) if environment is None else environment
        done = ansible(
            "ansible-playbook",
            "-i",
            "localhost,",
            *arguments,
            book,
            folder=folder,
            environment=signed_in,
            many_tasks=many_tasks,
        )
        found = json.loads(results.read_text()) if results.exists() else {}
        return Run(done.returncode, whole_lines(done.stdout + done.stderr), found)

    return run


@pytest.fixture
def play(tmp_path: Path, simulator: Simulator) -> Play:
    return player(tmp_path, simulator)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, in a container, and without its own network look-ups."""
    program = shutil.which("chromium")
    if program is None:
        reason = "pages are not tested: there is no Chromium (on Debian: apt-get install chromium)"
        (pytest.fail if os.environ.get("INTUNE_EXCHANGE_FORBID_SKIPS") else pytest.skip)(reason)
    quiet = [
        "no-first-run",
        "disable-quic",
        "disable-sync",
        "disable-component-update",
        "disable-background-networking",
    ]
    flags = [f"--{flag}" for flag in ("no-sandbox", "disable-gpu", *quiet)]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=flags)
        yield running
        running.close()
