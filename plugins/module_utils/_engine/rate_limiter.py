# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to Conditional Access, one a second per tenant: https://learn.microsoft.com/graph/throttling-limits"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .._core.errors import Purpose
from .tenant import Tenant

Result = TypeVar("Result")
_APART = 1.0  # seconds


class RateLimiter:
    """Spaces the requests of one task. Raises `TenantError` if the task would time out.

    `answered` is the time of the previous response, by the clock of the task.
    """

    def __init__(self, answered: float | None = None) -> None:
        self._answered = answered

    def send(self, tenant: Tenant, purpose: Purpose, send: Callable[[], Result]) -> Result:
        """The result of `send`. Counted from the last response: when a request arrived is unknown here."""
        clock = tenant.http.clock
        if self._answered is not None and clock() - self._answered < _APART:
            tenant.http.pause(1, _APART - (clock() - self._answered), purpose)
        try:
            return send()
        finally:
            self._answered = clock()
