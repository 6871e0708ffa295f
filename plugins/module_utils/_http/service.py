# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that may be called, and a request to it. No I/O."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import Purpose, TenantError, one_line
from .._core.retry import Operation, Outcome, outcome_of_status
from .origins import LONGEST_LINK, belonging
from .response import Response


@dataclass(frozen=True)
class Bearer:
    """The source of a service's tokens, which is notified if the service refuses one and requires these claims.

    `renew` says whether a newer token may have the permission that this one lacked.
    """

    token: Callable[[], str]
    refused: Callable[[str, str], None]
    renew: Callable[[str], bool] = lambda token: False


@dataclass(frozen=True)
class Service:
    """One origin that may be called: nothing is sent to an address outside of `root`.

    If `siblings` is set, redirects are followed: within `root`, and to the https hosts of these domains. If `slots` is
    set, each request holds one until its response is read.
    """

    name: str
    root: str
    bearer: Bearer | None = None
    classify: Callable[[Response], Outcome] = lambda response: outcome_of_status(response.status)
    explain: Callable[[Response], tuple[str, str, str]] = lambda response: ("", response.text, "")
    read_timeout: float = 100.0  # seconds without a byte
    proxied: bool = True
    siblings: tuple[str, ...] | None = None
    slots: threading.Semaphore | None = field(default=None, repr=False)

    def url(self, path: str, action: str = "", tenant: str = "") -> str:
        """An address below the root; `path` may be a complete link from the service."""
        if "://" in path and len(path) > LONGEST_LINK:  # before it is parsed
            problem = f"{self.name} returned an address of more than {LONGEST_LINK:,} characters; nothing was sent"
            raise TenantError("protocol", problem, action, tenant)
        return self.checked(path if "://" in path else f"{self.root}/{path.lstrip('/')}", action, tenant)

    def checked(self, url: str, action: str = "", tenant: str = "") -> str:
        """The url if it is one of the service. Raises `TenantError`."""
        allowed = belonging(self.root, self.siblings, url)
        if allowed is None:
            address = f"the address {one_line(url, 120)}, which is not below {self.root}"
            raise TenantError("protocol", f"{self.name} returned {address}; nothing was sent", action, tenant)
        return allowed


@dataclass(frozen=True)
class Request:
    """A request. `body` is JSON unless it is a form."""

    operation: Operation
    method: str
    path: str
    purpose: Purpose
    body: Any = None
    form: Any = None
    query: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    wants_json: bool = True  # a 2xx with another body is an error; files are downloaded without
