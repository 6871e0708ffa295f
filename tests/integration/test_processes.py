# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task ends with its ansible-playbook: when only that is killed, no process that it started keeps writing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from simulator import Simulator

from .warm import BIN, settings

MARK = "INTUNE_EXCHANGE_TEST_RUN"
RULE = {"characteristic": "DeviceModel", "query_string": "Canary", "access_level": "Block"}


def alive(mark: str) -> dict[int, str]:
    """The processes of a run, found by their environment: workers leave the process group."""
    found = {}
    for path in Path("/proc").iterdir():
        with suppress(OSError):
            if path.name.isdigit() and mark.encode() in (path / "environ").read_bytes():
                state = (path / "stat").read_text().rpartition(")")[2].split()[0]
                if state != "Z":
                    found[int(path.name)] = (path / "cmdline").read_text().replace("\0", " ")
    return found


@pytest.mark.parametrize("in_process", ["true", "false"])
def test_only_ansible_playbook_is_killed(tmp_path: Path, simulator: Simulator, in_process: str) -> None:
    """While the worker waits for the response after which it would create the rule."""
    # Long enough that the process is still there after its ansible-playbook was killed, short enough to wait for.
    simulator.fault(match="Get-ActiveSyncDeviceAccessRule", kind="status", status=503, headers={"Retry-After": "3"})
    book = tmp_path / "play.yml"
    task = {"intune.exchange.activesync_device_access_rule": RULE}
    book.write_text(
        yaml.safe_dump([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}])
    )
    mark = f"{MARK}={tmp_path}"
    process = subprocess.Popen(
        [str(BIN / "ansible-playbook"), "-i", "localhost,", "-e", f"ansible_python_interpreter={sys.executable}", book],
        cwd=tmp_path,
        env={
            **settings(),
            "HOME": str(tmp_path),  # killed processes leave their folders
            **simulator.environment("ready"),
            "INTUNE_EXCHANGE_IN_PROCESS": in_process,
            MARK: str(tmp_path),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not any(row.get("fault") for row in simulator.requests()):
        assert process.poll() is None
        time.sleep(0.05)
    others = [pid for pid in alive(mark) if pid != process.pid]
    assert others
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    until = time.monotonic() + 60
    while left := alive(mark):
        assert time.monotonic() < until, left
        time.sleep(0.05)
    writes = [row["operation"] for row in simulator.requests() if row["effect"]]
    assert writes == [], writes
