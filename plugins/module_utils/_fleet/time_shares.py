# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time limit of many tenants, shared so that tenants that hang do not use up the time of the others."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from .._core.retry import Deadline

_ENOUGH = 60.0  # seconds that a tenant may use if that exceeds an equal share and time is left


class Shares:
    """The time `whole` for `tenants`, of which `at_once` are read concurrently. Each gets its share on its turn.

    Time that earlier tenants did not need is shared among the remaining ones. The last ones could have all of it, but
    do not get much more than the others.
    """

    def __init__(self, whole: Deadline, tenants: int, at_once: int, clock: Callable[[], float]) -> None:
        self._whole, self._clock = whole, clock
        self._left, self._at_once, self._tenants = tenants, at_once, tenants
        self._longest = max(whole.remaining() / math.ceil(tenants / at_once) if tenants else 0.0, _ENOUGH)
        self._lock = threading.Lock()

    def take(self) -> Deadline | None:
        """The time of the next tenant; zero once all is used up."""
        with self._lock:
            turns = math.ceil(self._left / self._at_once)
            self._left -= 1
        seconds = min(self._whole.remaining() / turns, self._longest)
        if seconds <= 0:
            return None
        return self._whole if self._tenants == 1 else Deadline(seconds, self._clock, self._whole.seconds)
