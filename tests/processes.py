# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests ask of the system about processes: whether one runs, and what a new one prints."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]


def lives(pid: int) -> bool:
    """Whether a process runs: one that nobody waited for is a zombie, where process 1 is not an init."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def printed(program: str) -> list[str]:
    """The words that a program prints in a new Python, which can import the collection."""
    process = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT / ".cache" / "live")},
        capture_output=True,
        text=True,
        check=True,
    )
    return process.stdout.split()
