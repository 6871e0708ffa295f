# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a file or folder is its user's alone. No I/O."""

from __future__ import annotations

import os
import stat


def permission_problem(found: os.stat_result, is_file: bool) -> str:
    """What speaks against something that was opened, as the rest of a sentence; empty if it is ours alone."""
    mode = stat.S_IMODE(found.st_mode)
    if found.st_uid != os.geteuid():
        return f"belongs to the user with id {found.st_uid}, not to the one that runs the task (id {os.geteuid()})"
    if mode & 0o077:
        return f"is open to others (mode {mode:04o})"
    if is_file and not stat.S_ISREG(found.st_mode):
        return "is no regular file"
    return "has a second name (a hard link)" if is_file and found.st_nlink > 1 else ""
