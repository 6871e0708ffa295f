# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a command: wall time, and the CPU time and memory of the process and all its descendants."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LONGEST = 3600.0  # seconds


@dataclass(frozen=True)
class Sample:
    """`wall` and `cpu` in seconds; `peak` is the memory of the largest process, in bytes.

    `requests`, and the `sign_ins` among them, are counted if a case says so.
    """

    wall: float
    cpu: float
    peak: int
    requests: int = 0
    sign_ins: int = 0


class Failed(Exception):
    """The command did not do its work, so its time means nothing."""


def measure(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Sample:
    """Run `command` to its end. The kernel adds up the usage of it and all its descendants. Raises `Failed`."""
    with tempfile.TemporaryFile() as output:
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        alarm = threading.Timer(_LONGEST, os.killpg, (process.pid, signal.SIGKILL))
        alarm.start()
        _pid, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        alarm.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            said = output.read().decode("utf-8", "replace")[-4000:]
            raise Failed(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    return Sample(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)
