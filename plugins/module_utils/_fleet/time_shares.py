# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time of many tenants together, divided so that those that hang take none of the others' time."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from .._core.retry import Deadline

_ENOUGH = 60.0  # seconds that a tenant may take where that is more than an equal share, and where there is time left


class Shares:
    """The time `whole` for `tenants`, of which so many are read `at_once`. Each gets its share when its turn comes.

    What those before it did not need is divided among those that are left. The last ones could have all of that, but
    nobody waits much longer for them than for the others.
    """

    def __init__(self, whole: Deadline, tenants: int, at_once: int, clock: Callable[[], float]) -> None:
        self._whole, self._clock = whole, clock
        self._left, self._at_once, self._tenants = tenants, at_once, tenants
        self._longest = max(whole.remaining() / math.ceil(tenants / at_once) if tenants else 0.0, _ENOUGH)
        self._lock = threading.Lock()

    def take(self) -> Deadline | None:
        """The time of the next tenant; nothing where all of it is over."""
        with self._lock:
            turns = math.ceil(self._left / self._at_once)
            self._left -= 1
        seconds = min(self._whole.remaining() / turns, self._longest)
        if seconds <= 0:
            return None
        return self._whole if self._tenants == 1 else Deadline(seconds, self._clock, self._whole.seconds)
