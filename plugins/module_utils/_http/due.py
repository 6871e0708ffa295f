# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When each service may be called again, as its responses ask; for all threads of a task."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from .._core.retry import Outcome, delay, header, retry_after


class Due:
    """By the root of each service, when it may be called again."""

    def __init__(self, clock: Callable[[], float], random: Callable[[], float]) -> None:
        self._clock, self._random = clock, random
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def heed(self, root: str, status: int, outcome: Outcome, headers: Mapping[str, Any]) -> float | None:
        """The seconds that a response, or a part of one, asks to wait: nothing is sent to its service before.

        With a redirect or a final refusal they apply to the next request: RFC 9110, 10.2.3.
        """
        floor = retry_after(headers)
        unreadable = floor is None and header(headers, "Retry-After") != ""
        wait = delay(1, None, self._random) if unreadable else floor
        if wait and (status >= 300 or outcome in (Outcome.REFUSED, Outcome.UNKNOWN)):
            with self._lock:
                self._until[root] = max(self._until.get(root, 0.0), self._clock() + wait)
        return floor

    def left(self, root: str) -> float:
        """The seconds until a service may be called again; not above 0 if it may be now."""
        return self._until.get(root, 0.0) - self._clock()

    def longest(self) -> float:
        """The seconds until every service may be called again; for whoever starts the next task."""
        return max([0.0, *(until - self._clock() for until in list(self._until.values()))])
