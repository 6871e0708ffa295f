# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks that start simulated tenants for the demo and for molecule."""

from __future__ import annotations

from pathlib import Path

from .conftest import ROOT, Play


def test_a_simulator_that_does_not_start_says_why_at_once(play: Play, tmp_path: Path) -> None:
    (tmp_path / "tenants").mkdir()
    run = play(
        {"ansible.builtin.include_tasks": str(ROOT / "playbooks/tasks/simulator_start.yml")},
        vars={
            "simulator_folder": str(tmp_path / "tenants"),
            "simulator_addresses": str(tmp_path / "tenants/addresses.json"),
            "simulator_program": str(ROOT / "simulator"),
            "simulator_tenants": ["of_nobody"],
            "simulator_lifetime": 60,
            "simulator_clock_step": 60,
        },
    )
    reason = "The simulated tenants did not start. python -m simulator: error: no tenant description of_nobody"
    assert run.code == 2 and reason in " ".join(run.output.split())
    assert "(1 retries left)" not in run.output
