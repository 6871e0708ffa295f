# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs and their undos, in the order of their page: each run prints what the page shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .test_examples import ROOT, Reader, of_page
from .warm import ansible

pytestmark = pytest.mark.more

PAGE = ROOT / "docs/docsite/rst/jobs.rst"
TENANT = "phones"


WHOLLY_UNDONE = (0, 4, 12)  # the blocks of jobs whose undo restores the tenant


def held(value: Any) -> Any:
    """The state of a tenant: an empty list or null counts as nothing."""
    if isinstance(value, dict):
        parts = {name: held(part) for name, part in value.items() if name != "at"}
        return {name: part for name, part in parts.items() if part not in ({}, [], None)}
    return [part for part in map(held, value) if part not in ({}, [], None)] if isinstance(value, list) else value


def words(text: str) -> str:
    """Line breaks depend on the domain."""
    return " ".join(text.split())


def test_each_job_shows_what_the_page_shows(tmp_path: Path) -> None:
    blocks = of_page(PAGE)
    assert [block.language for block in blocks] == ["yaml", "text"] * 10
    with Simulator(tenants=[TENANT], clock_step=900, control=True) as simulator:
        reader = Reader(simulator, TENANT, tmp_path)
        environment = {**simulator.environment(TENANT), "ANSIBLE_STDOUT_CALLBACK": "intune.exchange.brief"}

        def shown(number: int) -> str:
            tasks = yaml.safe_load(reader.own(blocks[number].text))
            plays = [{"name": "Job", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]
            (tmp_path / "job.yml").write_text(yaml.safe_dump(plays, sort_keys=False), encoding="utf-8")
            done = ansible("ansible-playbook", "job.yml", folder=tmp_path, environment=environment)
            assert done.returncode == 0, done.stdout + done.stderr
            heading, _underline, *lines, _recap = [line for line in done.stdout.splitlines() if line.strip()]
            assert heading == "Job"
            return words("\n".join(lines))

        for number in range(0, len(blocks), 4):
            before = held(simulator.state(TENANT))
            for job in (number, number + 2):
                assert shown(job) == words(reader.own(blocks[job + 1].text))
            if number in WHOLLY_UNDONE:
                assert held(simulator.state(TENANT)) == before
