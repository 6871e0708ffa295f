# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task at a time creates the files of a credential; the others wait, within their own time."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from .._core.errors import TenantError
from .._core.private_file import alone_in_folder
from .._engine.tenant import Tenant
from .._http.poll import UntilDeadline, poll
from .credentials import WRITE

_POLL_INTERVAL = 0.1  # seconds


def alone_with(tenant: Tenant, path: str) -> AbstractContextManager[None]:
    """Let only this task create files in the folder of `path`. Raises `TenantError` if its time ends first."""
    return alone_in_folder(path, partial(_wait, tenant, os.path.dirname(os.path.abspath(path))))


def _wait(tenant: Tenant, folder: str, attempt: Callable[[], bool]) -> None:
    """Return once an attempt at the lock of the folder succeeds."""
    if attempt():
        return
    tenant.progress(f"waiting for another task that creates a file in {folder}")
    _locked, done = poll(attempt, bool, UntilDeadline(tenant.http, lambda: _POLL_INTERVAL))
    if not done:
        raise TenantError(
            "timeout",
            f"another task or program has locked the folder {folder} to create a file in it, and did not finish in the "
            "time that was left for this task",
            WRITE.action,
            tenant.label,
            next_step="Run again when it has ended, raise the option timeout, or specify a path in another folder",
        )
