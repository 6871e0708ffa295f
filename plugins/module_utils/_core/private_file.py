# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files: check that one is private to its user, write it atomically, read it."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial


def permission_problem(found: os.stat_result, is_file: bool) -> str:
    """The problem with an opened file, as the rest of a sentence; empty if it is private to us."""
    mode = stat.S_IMODE(found.st_mode)
    if found.st_uid != os.geteuid():
        return f"belongs to the user with id {found.st_uid}, not to the one that runs the task (id {os.geteuid()})"
    if mode & 0o077:
        return f"is open to others (mode {mode:04o})"
    if is_file and not stat.S_ISREG(found.st_mode):
        return "is not a regular file"
    return "has a second name (a hard link)" if is_file and found.st_nlink > 1 else ""


@contextlib.contextmanager
def alone_in_folder(path: str, wait: Callable[[Callable[[], bool]], None]) -> Iterator[None]:
    """Let one process of this machine at a time create files in a folder; a killed process releases the lock.

    `wait` gets an attempt at the lock, and returns once one has succeeded.
    """
    try:
        folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        yield  # whoever reads or writes the file reports problems with its folder
        return
    try:
        wait(partial(_try_lock, folder))
        yield
    finally:
        os.close(folder)


def _try_lock(folder: int) -> bool:
    """Whether nobody else holds the lock of the opened folder, which is ours from then on."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some network file systems cannot lock folders
        return True
    return True


def unblocked(path: str, flags: int) -> int:
    """An opener for `open`: a special file must be refused without waiting for it."""
    return os.open(path, flags | os.O_NONBLOCK)


def check_regular(path: str, found: os.stat_result) -> None:
    """Raises OSError for anything that may be endless, such as a pipe or a device."""
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "It is not a regular file", path)


def read_file(
    path: str, largest: int = 16 * 1024 * 1024, check: Callable[[os.stat_result], None] = lambda found: None
) -> bytes:
    """The contents of a file that an option names, up to a size, unless `check` raises an error about it.

    Raises OSError, or ValueError for an invalid path.
    """
    with open(path, "rb", opener=unblocked) as file:
        found = os.fstat(file.fileno())
        check_regular(path, found)
        check(found)
        content = file.read(largest + 1)
    if len(content) > largest:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
    return content


def write_whole(path: str, pieces: Iterable[bytes]) -> None:
    """Replace a file atomically by one of mode 0600. Raises OSError, and then nothing has changed."""
    target = os.path.abspath(path)
    start = os.path.basename(target)[:40]  # a name of the maximum length leaves no room for more
    handle, draft = tempfile.mkstemp(prefix=f".{start}.", dir=os.path.dirname(target))  # mode 0600
    try:
        with open(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    except BaseException:  # an interruption must not leave a draft of a key either
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise
