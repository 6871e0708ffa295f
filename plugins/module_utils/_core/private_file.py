# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are their user's alone: when one is, and how one is written whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator


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


@contextlib.contextmanager
def alone_in_folder(path: str) -> Iterator[None]:
    """One process of this machine at a time makes what is missing in the folder of a file; killed, it lets go."""
    try:
        folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        yield  # whoever reads or writes the file says what is wrong with its folder
        return
    try:
        with contextlib.suppress(OSError):  # some network file systems lock no folders
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def write_whole(path: str, pieces: Iterable[bytes]) -> None:
    """A file of mode 0600 in the place of what is there, written beside it first. Raises OSError: all is as before."""
    target = os.path.abspath(path)
    handle, draft = tempfile.mkstemp(prefix=f".{os.path.basename(target)}.", dir=os.path.dirname(target))  # mode 0600
    try:
        with open(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    except BaseException:  # an interruption leaves no draft of a key either
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise
