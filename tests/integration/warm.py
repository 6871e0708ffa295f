# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of ansible-core without its start-up: importing the same modules takes two thirds of a short run.

A process that has imported them runs each command in a fork of itself (warm_server.py). A command whose environment
configures ansible-core's start-up differently, or that has a configuration file, is an ordinary process, unless a
separate server is worth it.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]
# Environment variables that Python and ansible-core read at start-up. Others are read when they are used.
_AT_START = (
    *("ANSIBLE_", "PYTHON", "LC_", "LANG", "HOME", "TMPDIR", "TZ", "NO_COLOR", "XDG_", "LD_", "COVERAGE_"),
    *("_ANSIBLE_", "EDITOR", "PAGER"),
)


def settings() -> dict[str, str]:
    """The environment of every command: nothing of the user who runs the tests, its own home folder, this checkout."""
    own = ("AZURE_", "INTUNE_", "ANSIBLE_", "EDA_")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(own)},
        "HOME": _HOME.name,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "live"),
        "ANSIBLE_ACTION_PLUGINS": str(ROOT / "tests" / "integration" / "action"),
        "ANSIBLE_REMOTE_TEMP": f"{_HOME.name}/.ansible/tmp",  # by ~ it would be the home that the system has on record
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_INJECT_INVOCATION": "true",  # arguments in results, where secrets may be: since 2.21 only on request
    }


def ansible(
    program: str,
    *arguments: str | Path,
    folder: Path,
    environment: dict[str, str] | None = None,
    timeout: float = 900,
    many_tasks: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run a command of ansible-core in a folder, with additional environment variables.

    With `many_tasks`, a different start-up environment gets its own server. The time limit is for a run that hangs: a
    busy machine takes a minute or two.
    """
    command = [str(BIN / program), *map(str, arguments)]
    common = settings()
    whole = {**common, **(environment or {})}
    start = _at_start(whole)
    if (many_tasks or start == _at_start(common)) and not (folder / "ansible.cfg").exists():
        server = _SERVERS.setdefault(frozenset(start.items()), _Server(start))
        return server.run(command, folder, whole, timeout)
    return subprocess.run(
        command,
        cwd=folder,
        env=whole,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def _at_start(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_AT_START)}


class _Server:
    """Started by the first command: one in each process of pytest, and one for each other `start`."""

    def __init__(self, start: dict[str, str] | None = None) -> None:
        self._start_with = start or {}
        self._process: subprocess.Popen[str] | None = None

    def run(
        self, command: list[str], folder: Path, environment: dict[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        process = self._process or self._start()
        with tempfile.TemporaryDirectory() as kept:
            output, errors = Path(kept) / "output", Path(kept) / "errors"
            files = {"output": str(output), "errors": str(errors), "imported": f"{kept}/imported.json"}
            job = {"command": command, "folder": str(folder), "environment": environment, **files}
            assert process.stdin and process.stdout
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            if not select.select([process.stdout], [], [], timeout)[0]:
                self.stop()
                said = output.read_text(errors="replace") if output.exists() else ""
                raise subprocess.TimeoutExpired(command, timeout, said)
            code = process.stdout.readline()
            if not code:
                self.stop()  # the next command starts another
                raise RuntimeError("warm_server.py ended, which is not a result of the command; it says why itself")
            return subprocess.CompletedProcess(command, int(code), output.read_text(), errors.read_text())

    def _start(self) -> subprocess.Popen[str]:
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("warm_server.py"))],
            cwd=_HOME.name,
            env={**settings(), **self._start_with},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        atexit.register(self.stop)
        return self._process

    def stop(self) -> None:
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


_HOME = tempfile.TemporaryDirectory(prefix="home-of-tests-")
_SERVERS: dict[frozenset[tuple[str, str]], _Server] = {}
