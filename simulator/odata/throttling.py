# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rate limits of Graph, in real time except across tenants. https://learn.microsoft.com/graph/throttling-limits"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..state.http_messages import READ, Refusal
from .contract import Operation


@dataclass(frozen=True)
class Limit:
    """So many units in so many seconds, for paths with this prefix."""

    behaviour: str
    prefix: str
    writes_only: bool
    units: int
    seconds: float
    per_client: bool = True
    says_when: bool = True


LIMITS = (
    Limit("limit-intune-writes", "/deviceManagement", True, 100, 20),
    Limit("limit-intune", "/deviceManagement", False, 1000, 20),
    Limit("limit-intune", "/deviceAppManagement", False, 1000, 20),
    Limit("limit-entra-reports", "/auditLogs", False, 5, 10),
    Limit("limit-conditional-access", "/identity/conditionalAccess", False, 1, 1, per_client=False, says_when=False),
    Limit("limit-directory-writes", "/", True, 3000, 150),
    Limit("limit-directory", "/", False, 3500, 10),
)
_COSTS = {
    "/groups/{group-id}/members": 3,
    "/groups/{group-id}/transitiveMembers": 5,
    "/subscribedSkus": 3,
    "/users": 2,
}


class Limits:
    """Sliding windows, one per limit and client."""

    def __init__(self, *, enforced: bool) -> None:
        self._enforced = enforced
        self._spent: dict[tuple[str, str, str], deque[tuple[float, int]]] = {}

    def reset(self) -> None:
        self._spent.clear()

    def charge_shared(self, client: str, shared: Mapping[str, float] | None, now: datetime) -> None:
        """A limit of one application across all tenants, if a description has it: by all of their clocks."""
        if not shared:
            return
        window = self._spent.setdefault(("limit-application", "", client), deque())
        moment, seconds = now.timestamp(), shared["seconds"]
        while window and window[0][0] <= moment - seconds:
            window.popleft()
        if len(window) >= shared["requests"]:
            wait = math.ceil(window[0][0] + seconds - moment)
            raise Refusal(
                "limit-application",
                status=429,
                code="TooManyRequests",
                message="Please retry again later.",
                headers={"Retry-After": str(max(1, wait))},
            )
        window.append((moment, 1))

    def charge(self, tenant: str, client: str, operation: Operation) -> None:
        if not self._enforced:
            return
        now = time.monotonic()
        for limit in _applying(operation):
            window = self._spent.setdefault((limit.behaviour, tenant, client if limit.per_client else ""), deque())
            while window and window[0][0] <= now - limit.seconds:
                window.popleft()
            cost = _cost(limit, operation)
            if sum(units for _unused, units in window) + cost > limit.units:
                wait = math.ceil(window[0][0] + limit.seconds - now)
                raise Refusal(
                    limit.behaviour,
                    status=429,
                    code="TooManyRequests",
                    message="Please retry again later.",
                    headers={"Retry-After": str(wait)} if limit.says_when else {},
                )
            window.append((now, cost))


def _applying(operation: Operation) -> list[Limit]:
    """The limits of the first area that contains the path."""
    area = next(limit.prefix for limit in LIMITS if operation.template.startswith(limit.prefix))
    return [limit for limit in LIMITS if limit.prefix == area and not (limit.writes_only and operation.kind == READ)]


def _cost(limit: Limit, operation: Operation) -> int:
    if limit.behaviour != "limit-directory":
        return 1
    return next((cost for prefix, cost in _COSTS.items() if operation.template.startswith(prefix)), 1)
