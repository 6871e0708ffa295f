# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last known state of the tenants, in a file that the user names, so that a restart reports nothing twice.

Whoever can write the file decides what is reported. So it must belong to the watching user, be closed to everybody
else, and not be a link. An unreadable file is an error and not an empty one, with which everything would be reported
again. The process that loaded it holds a lock, which moves with each new version, until it is closed or the process
ends. Each version is locked under a name of its own before it replaces the last one, and only if that is still the one
of this process: of two that start before there is a file, one is refused, and of two after somebody removed it, the one
that the file is no longer of ends with its next poll.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
from collections.abc import Iterator, Mapping

from ..module_utils._core.errors import TenantError, one_line, usage
from ..module_utils._core.private_file import permission_problem
from ..module_utils._core.strict_json import parse_json
from ..module_utils._fleet.tenant_events import TenantState

_FORM = 1  # of the content
_LARGEST = 64 * 1024 * 1024  # bytes


class WatchFile:
    """The file of `path`, for one event source at a time; without a path nothing is saved."""

    def __init__(self, path: str | None) -> None:
        self._path = os.path.abspath(path) if path else None
        self._written = ""
        self._opened: int | None = None  # the version that is locked

    def __enter__(self) -> WatchFile:
        return self

    def __exit__(self, *raised: object) -> None:
        self._keep(None)

    def load(self) -> dict[str, TenantState]:
        """The known state, by tenant id; empty if there is no file yet. Raises `TenantError`."""
        if self._path is None:
            return {}
        with self._explained():
            try:
                # Not blocking: a special file must be refused without waiting for it.
                opened = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except FileNotFoundError:
                return {}
            except OSError as error:
                if error.errno == errno.ELOOP:
                    raise self._refusal("is a link", "Name a file itself") from error
                raise
            self._keep(opened)
            self._lock(opened, self._path)
            content = os.read(opened, _LARGEST)
        try:
            said = parse_json(content)
            if said["form"] != _FORM:
                raise ValueError(f"its form is {said['form']!r}")
            return {str(tenant): TenantState.restored(kept) for tenant, kept in said["tenants"].items()}
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            step = "Restore a copy, or remove it to start from the current state of the tenants"
            raise self._refusal(f"is not what this event source writes ({one_line(error, 120)})", step) from error

    def save(self, tenants: Mapping[str, TenantState]) -> None:
        """Write the file atomically if something is new. Raises `TenantError`."""
        content = json.dumps({"form": _FORM, "tenants": {one: known.kept() for one, known in tenants.items()}})
        if self._path is None:
            return
        with self._explained():
            if content == self._written and self._is_there():  # not if somebody removed it
                return
            draft = f"{self._path}.new"
            # One of a writer that was killed is used again; that of a writer that runs is locked.
            opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
            with os.fdopen(opened, "w", encoding="ascii") as stream:
                self._lock(opened, draft)
                try:
                    self._is_there()  # now that nobody else can replace it
                    stream.truncate()
                    stream.write(content)
                    stream.flush()
                    os.fsync(opened)
                    os.replace(draft, self._path)
                except BaseException:
                    os.unlink(draft)
                    raise
                self._keep(os.dup(opened))  # with its lock; that of the previous version is released only now
        self._written = content

    def _is_there(self) -> bool:
        """Whether the file is there, as the version that is locked. Raises `TenantError` if it is that of another."""
        try:
            found = os.stat(str(self._path), follow_symlinks=False)
        except FileNotFoundError:
            return False
        if self._opened is None or not os.path.samestat(found, os.fstat(self._opened)):
            raise self._in_use()
        return True

    def _lock(self, opened: int, path: str) -> None:
        """Raises `TenantError` if others may write the opened file, have its lock, or gave its name to another one."""
        why = permission_problem(os.fstat(opened), is_file=True)
        if why:
            raise self._refusal(why, "Specify a file that you own, with mode 0600", path)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.stat(path, follow_symlinks=False), os.fstat(opened)):
                return
        except (BlockingIOError, FileNotFoundError):
            pass
        raise self._in_use()

    def _in_use(self) -> TenantError:
        return self._refusal("is in use by another event source", "Specify a separate file for each event source")

    def _keep(self, opened: int | None) -> None:
        if self._opened is not None:
            os.close(self._opened)
        self._opened = opened

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            why = f"cannot be used ({one_line(error.strerror or error, 120)})"
            raise self._refusal(why, "Create its folder, and make it yours to write to") from error

    def _refusal(self, why: str, step: str, path: str | None = None) -> TenantError:
        return usage(f"the file {path or self._path} of state_file {why}", step)
