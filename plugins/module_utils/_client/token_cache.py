# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access tokens that tasks share: one signs in for all; between runs, tokens are in a folder that the user names.

A token is as powerful as the credential until it expires. So the folder and its files must belong to the user that runs
the task, be closed to everybody else, and not be links. A lock for each token lets one task sign in while others that
need the same token wait.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import math
import os
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from .._core.connection import named
from .._core.errors import TenantError, one_line, usage
from .._core.private_file import permission_problem
from .._core.strict_json import parse_json
from .._http.http import Http
from .._http.poll import UntilDeadline, poll
from .token_memory import Token, TokenMemory, is_token, now

_POLL_INTERVAL = 0.05  # seconds between two attempts at a lock that another task holds
_LARGEST = 64 * 1024  # bytes
T = TypeVar("T")
_FILE = re.compile(r"([0-9a-f]{64})\.json")


class TokenCache:
    """Tokens by the key of their sign-in. `memory` is shared by all that are given the same, `path` by processes."""

    def __init__(self, memory: TokenMemory, path: str | None, http: Http) -> None:
        self._memory, self._http = memory, http
        # Without a final slash, which would make a link look like the folder behind it.
        self._path = os.path.abspath(path) if path else None

    def obtain(
        self,
        key: str,
        sign_in: Callable[[], Token],
        accepts: Callable[[Token], bool] = lambda shared: True,
        in_turn: bool = False,
    ) -> Token:
        """The token of `key`: a shared one with enough life left that the task `accepts`, else that of `sign_in`.

        One task signs in while others wait for its token. If it leaves none, as after a failure or with a token that
        is too long to share, those that waited sign in at the same time; `in_turn` where a person enters the codes.
        """

        def usable(shared: Token | None) -> Token | None:
            return shared if shared is not None and shared.lasts and accepts(shared) else None

        known = usable(self._memory.get(key))
        if known is not None:
            return known
        with contextlib.ExitStack() as locks:
            release, waited = self._wait_for(lambda: self._memory.try_lock(key))
            locks.callback(release)
            folder: int | None = None
            lock: int | None = None
            known = usable(self._memory.get(key))
            if known is not None:
                return known
            if self._path is not None:
                folder, lock, in_vain = locks.enter_context(self._locked(key))
                waited = waited or in_vain
                known = usable(self._read(folder, key))
            if known is None:
                if waited and not in_turn:
                    locks.close()
                    folder = lock = None
                self._mark(lock, in_vain=True)  # until there is a token
                known = sign_in()
                self._write_out(folder, key, known)
                self._mark(lock, in_vain=not known.lasts)
            self._memory.put(key, known)  # while the folder is locked, so that `drop` finds it there or here
            return known

    def drop(self, key: str, text: str) -> None:
        """The service refused this token: nobody gets it again. A newer one from another task stays.

        The folder comes first: another task would take the token from there to the memory again.
        """
        try:
            if self._path is not None:
                with self._locked(key) as (folder, _lock, _in_vain):
                    known = self._read(folder, key)
                    if known is not None and known.text == text:
                        with self._explained():
                            os.unlink(f"{key}.json", dir_fd=folder)
        finally:
            self._memory.drop(key, text)

    def _wait_for(self, attempt: Callable[[], T | None]) -> tuple[T, bool]:
        """The result of `attempt`, and whether another task had to end its sign-in first."""
        found, begun = attempt(), self._http.clock()
        if found is not None:
            return found, False
        found, _done = poll(attempt, lambda state: state is not None, UntilDeadline(self._http, lambda: _POLL_INTERVAL))
        if found is None:
            waited = self._http.clock() - begun
            raise TenantError(
                "timeout",
                f"another task is signing in with the same identity, and did not finish in the {waited:.0f} s that "
                "were left for this task",
                "sign in",
                self._http.tenant,
                next_step="The result of that task says what kept it. Run again, or raise the option timeout",
            )
        return found, True

    @contextlib.contextmanager
    def _locked(self, key: str) -> Iterator[tuple[int, int, bool]]:
        """The open folder and the lock, while this process alone may use `key`; and whether it waited in vain.

        That is, for a sign-in that left no token, and not only for a task that removed one.
        """
        with self._opened() as folder:
            lock, waited = self._wait_for(lambda: self._try_lock(folder, key))
            try:
                yield folder, lock, waited and os.fstat(lock).st_size > 0
            finally:
                os.close(lock)  # which releases the lock, as does the end of a killed process

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        folder = self._open_folder()
        try:
            yield folder
        finally:
            os.close(folder)

    def _mark(self, lock: int | None, in_vain: bool) -> None:
        """Tell those that wait for the lock, if it is one, whether its sign-in has left no token."""
        if lock is not None:
            with self._explained():
                os.ftruncate(lock, int(in_vain))

    def _write_out(self, locked: int | None, key: str, token: Token) -> None:
        """Write the token to the folder, if there is one. Without its lock, a task that has it writes its own."""
        if locked is not None:
            self._write(locked, key, token)
        elif self._path is not None:
            with self._opened() as folder:
                lock = self._try_lock(folder, key)
                if lock is not None:
                    try:
                        self._write(folder, key, token)
                        self._mark(lock, in_vain=not token.lasts)
                    finally:
                        os.close(lock)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """What the system reports about the folder, as an error that a person can act on."""
        try:
            yield
        except OSError as error:
            raise self._refusal(f"cannot be used ({one_line(error.strerror or error, 120)})") from error

    def _open_folder(self) -> int:
        path = str(self._path)
        with self._explained():
            if os.path.islink(path):  # said in these words; O_NOFOLLOW is what refuses it
                raise self._refusal("is a link")
            with contextlib.suppress(FileExistsError):
                os.mkdir(path, 0o700)
            folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        self._check(folder)
        return folder

    def _try_lock(self, folder: int, key: str) -> int | None:
        """The lock of `key`, or None while another process holds it."""
        name = f"{key}.lock"
        lock = self._open(folder, name, os.O_RDWR | os.O_CREAT)
        ours = False
        try:
            with self._explained(), contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # Otherwise it was removed before it was locked, and others lock a new file of the same name.
                named_now = _stat(folder, name)
                ours = named_now is not None and named_now.st_ino == os.fstat(lock).st_ino
        finally:
            if not ours:
                os.close(lock)
        return lock if ours else None

    def _open(self, folder: int, name: str, flags: int) -> int:
        # Not blocking: a special file must be refused without waiting for it.
        with self._explained():
            try:
                file = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600, dir_fd=folder)
            except OSError as error:
                if error.errno == errno.ELOOP:
                    raise self._refusal("is a link", name) from error
                raise
        self._check(file, name)
        return file

    def _check(self, opened: int, name: str = "") -> None:
        """The opened file itself, not what has its name by now, must belong to us alone."""
        why = permission_problem(os.fstat(opened), is_file=bool(name))
        if why:
            os.close(opened)
            raise self._refusal(why, name)

    def _refusal(self, why: str, name: str = "") -> TenantError:
        step = "Remove it, and check who added it" if name else "Specify a folder that you own, with mode 0700"
        what = f"the file {name} in" if name else "the folder"
        return usage(f"{what} {self._path} of {named('token_cache')} {why}", step)

    def _read(self, folder: int, key: str) -> Token | None:
        """The token in the file; None if there is none, or if the file is ours and corrupted."""
        if _stat(folder, f"{key}.json") is None:
            return None
        file = self._open(folder, f"{key}.json", os.O_RDONLY)
        with os.fdopen(file, "rb") as stream:
            content = stream.read(_LARGEST)
        try:
            said = parse_json(content)
            text, expires = str(said["token"]), float(said["expires"])
        except (ValueError, TypeError, KeyError, OverflowError):
            return None
        return Token(text, expires) if is_token(text) and math.isfinite(expires) else None

    def _write(self, folder: int, key: str, token: Token) -> None:
        """Write atomically over the existing file. Expired tokens are removed."""
        draft = f"{key}.new"
        with self._explained():
            with contextlib.suppress(FileNotFoundError):
                os.unlink(draft, dir_fd=folder)  # a writer was killed
            file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
            with os.fdopen(file, "w", encoding="ascii") as stream:
                json.dump({"token": token.text, "expires": token.expires}, stream)
                stream.flush()
                os.utime(stream.fileno(), (token.expires, token.expires))  # by which `_sweep` sees that it expired
            os.replace(draft, f"{key}.json", src_dir_fd=folder, dst_dir_fd=folder)
            for name in os.listdir(folder):
                match = _FILE.fullmatch(name)
                if match and match[1] != key:
                    self._sweep(folder, match[1])

    def _sweep(self, folder: int, key: str) -> None:
        """Remove an expired token, unless it is in use: its sign-in may never be repeated."""
        if not self._ended(folder, key):
            return
        lock = self._try_lock(folder, key)
        if lock is not None:
            try:
                if self._ended(folder, key):
                    os.unlink(f"{key}.json", dir_fd=folder)
                    os.unlink(f"{key}.lock", dir_fd=folder)
            finally:
                os.close(lock)

    def _ended(self, folder: int, key: str) -> bool:
        found = _stat(folder, f"{key}.json")
        return found is not None and found.st_mtime < now()


def _stat(folder: int, name: str) -> os.stat_result | None:
    """The status of a name, links not followed; None if it does not exist."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
