# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of `make bench`, in one small round: everything that it measures still works."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from .conftest import ROOT

pytestmark = pytest.mark.more

TENANT = ["start", "ping", "sequential", "concurrent", "sdk", "uri", "processes", "worker", "role", "requirements"]
DEVICES = ["devices_5", "devices_20", "script_5", "script_20"]
REHEARSAL = ["rehearsal_start", "rehearsal_50", "rehearsal_100", "pages_50", "pages_100"]
MASKING = [f"{kind}_{way}" for kind in ("masking", "escaped") for way in ("nothing", "replace", "forms", "ours")]
INVENTORY = ["inventory_sequential", "inventory_1", "inventory_2", "inventory_4"]


def test_one_small_round(tmp_path: Path) -> None:
    small = ["--rounds", "1", "--latencies", "0", "--inventory", "1,2,4", "--sequential", "1", "--devices", "5,20"]
    small += ["--sign-ins", "50,100"]
    groups = [
        word for group in ("tenant", "inventory", "devices", "rehearsal", "masking") for word in ("--only", group)
    ]  # fleet has no others
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *small, *groups, "--output", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == (tmp_path / "report.txt").read_text()
    report = json.loads((tmp_path / "report.json").read_text())
    assert [one["name"] for one in report["results"]] == [*TENANT, *INVENTORY, *DEVICES, *REHEARSAL, *MASKING]
    assert all(len(one["samples"]) == 1 and one["median"]["cpu_s"] > 0 for one in report["results"])
    assert all(one["title"] in done.stdout for one in report["results"])
    assert [len(one["load"]) for one in report["machine"]] == [3] * 6 and "load [" in done.stdout
    judged = {goal["what"]: goal["verdict"] for goal in report["goals"]}
    assert len(judged) == 15 and sum(verdict == "not measured" for verdict in judged.values()) == 2
    assert (judged["sign-in requests, role, second run"], judged["requests, role, second run"]) == ("met", "met")
    picture = ElementTree.fromstring((tmp_path / "report.svg").read_text())
    bars = [one for one in picture.iter("{http://www.w3.org/2000/svg}rect") if one.get("class") != "paper"]
    assert len(bars) == len(TENANT)
