# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks snapshot, rehearse and compare: what they leave behind, what they let in, and how they end."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .warm import ROOT, ansible, settings

REHEARSED: list[dict[str, Any]] = [
    {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [
            {
                "intune.exchange.activesync_device_access_rule": {
                    "characteristic": "DeviceModel",
                    "query_string": "iPhone14C2",
                    "access_level": "Block",
                }
            },
            {"ansible.builtin.command": "env", "register": "seen", "changed_when": False},
            {"ansible.builtin.debug": {"var": "seen.stdout"}},
        ],
    }
]


def run(folder: Path, environment: dict[str, str], name: str, **variables: Any) -> tuple[int, str]:
    arguments = (f"intune.exchange.{name}", "-e", json.dumps(variables))
    done = ansible("ansible-playbook", *arguments, folder=folder, environment=environment)
    return done.returncode, done.stdout + done.stderr


def test_a_playbook_is_rehearsed_on_a_copy(simulator: Simulator, tmp_path: Path) -> None:
    signed_in = simulator.environment("retired_covered")
    code, output = run(tmp_path, signed_in, "snapshot", snapshot_file="contoso.yml")
    assert code == 0 and '"mobile_devices": 3' in output, output
    assert stat.S_IMODE((tmp_path / "contoso.yml").stat().st_mode) == 0o600
    (tmp_path / "phones.yml").write_text(yaml.safe_dump(REHEARSED))
    held, before = simulator.objects(), len(simulator.requests())
    given = {"snapshot_file": "contoso.yml", "rehearse_playbook": "phones.yml", "compare_report": "report"}
    code, output = run(tmp_path, signed_in, "rehearse", **given, compare_strict=True)
    # The status is that of a change that nobody accepted.
    assert code == 2 and "changes what is not accepted" in output, output
    assert "iPhone14C2 (DeviceModel)" in output and "adele.vance@retired-covered.example" in output
    assert signed_in["AZURE_CLIENT_SECRET"] not in output and "AZURE_CLIENT_SECRET=simulated-client-secret" in output
    assert signed_in["AZURE_AUTHORITY_HOST"] not in output
    # The real tenant was asked for nothing.
    assert simulator.objects() == held and len(simulator.requests()) == before
    found = json.loads((tmp_path / "report/differences.json").read_text())
    [device] = found["devices"]
    assert (device["before"], device["after"]) == ("Allowed", "Blocked")
    assert {one["kind"] for one in found["differences"]} == {"device_access_rules", "mobile_devices"}
    assert [one["person"] for one in found["people"]] == ["adele.vance@retired-covered.example"]
    assert "iPhone14C2" in (tmp_path / "report/differences.md").read_text()
    # Against the same file, nothing differs: a status that a pipeline can use.
    code, output = run(tmp_path, {}, "compare", before="contoso.yml", after="contoso.yml", compare_strict=True)
    assert code == 0 and "No difference." in output, output


def test_what_is_not_given_or_is_no_snapshot_is_refused(simulator: Simulator, tmp_path: Path) -> None:
    (tmp_path / "site.yml").write_text("- hosts: all\n")
    before = len(simulator.requests())
    for name, variables, words in (
        ("snapshot", {}, "snapshot_file is not given"),
        ("snapshot", {"snapshot_file": "site.yml"}, "is no snapshot, so it is not overwritten"),
        ("compare", {"before": "site.yml", "after": " "}, "after is blank"),
        ("compare", {"before": "site.yml", "after": "site.yml"}, "site.yml is no snapshot"),
    ):
        code, output = run(tmp_path, simulator.environment("ready"), name, **variables)
        assert code == 2 and words in " ".join(output.split()), output
    assert len(simulator.requests()) == before and (tmp_path / "site.yml").read_text() == "- hosts: all\n"


@pytest.mark.more
def test_a_rehearsal_that_is_killed_leaves_no_copy_behind(simulator: Simulator, tmp_path: Path) -> None:
    assert run(tmp_path, simulator.environment("ready"), "snapshot", snapshot_file="contoso.yml")[0] == 0
    waiting = {"hosts": "localhost", "gather_facts": False, "tasks": [{"ansible.builtin.pause": {"seconds": 300}}]}
    (tmp_path / "waits.yml").write_text(yaml.safe_dump([waiting]))
    command = [str(ROOT / ".cache/test/bin/ansible-playbook"), "intune.exchange.rehearse"]
    command += ["-e", "snapshot_file=contoso.yml", "-e", "rehearse_playbook=waits.yml"]
    (tmp_path / "tmp").mkdir()
    environment = {**settings(), "TMPDIR": str(tmp_path / "tmp")}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) as playbook:
        [copy] = wait_for(
            lambda: [one for one in addresses(tmp_path / "tmp") if (one.parent / "connection.json").exists()]
        )
        process = json.loads(copy.read_text())["pid"]
        playbook.send_signal(signal.SIGKILL)
    assert wait_for(lambda: not Path(f"/proc/{process}").exists())


def addresses(folder: Path) -> list[Path]:
    return list(folder.glob("intune-exchange-*/addresses.json"))


def wait_for(met: Any) -> Any:
    """What is waited for comes, or the test fails after minutes."""
    end = time.monotonic() + 240
    while not (found := met()):
        assert time.monotonic() < end
        os.sched_yield()
        time.sleep(0.2)
    return found
