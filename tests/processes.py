# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of interrupted programs ask of the system."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def lives(pid: int) -> bool:
    """Whether a process runs: one that nobody waited for is a zombie, where process 1 is not an init."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
