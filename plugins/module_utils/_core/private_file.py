# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files: when one is its user's alone, how one is written whole or not at all, and read."""

from __future__ import annotations

import contextlib
import errno
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


def unblocked(path: str, flags: int) -> int:
    """An opener for `open`: what is no file must not hold the task up before it is refused."""
    return os.open(path, flags | os.O_NONBLOCK)


def check_regular(path: str, found: os.stat_result) -> None:
    """Raises OSError for what may have no end, such as a pipe or a device."""
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "It is no regular file", path)


def read_file(path: str, largest: int = 16 * 1024 * 1024) -> bytes:
    """What is in a file that an option names, of at most so many bytes. Raises OSError, or ValueError for no path."""
    with open(path, "rb", opener=unblocked) as file:
        check_regular(path, os.fstat(file.fileno()))
        content = file.read(largest + 1)
    if len(content) > largest:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
    return content


def write_whole(path: str, pieces: Iterable[bytes]) -> None:
    """A file of mode 0600 in the place of what is there, written beside it first. Raises OSError: all is as before."""
    target = os.path.abspath(path)
    start = os.path.basename(target)[:40]  # a name as long as the file system takes leaves no room for more
    handle, draft = tempfile.mkstemp(prefix=f".{start}.", dir=os.path.dirname(target))  # mode 0600
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
