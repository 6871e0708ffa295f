# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait for a desired state. Everything that waits for a state waits here, at one of five paces."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from .._core.errors import Purpose
from .._core.retry import Deadline

_GROWTH = 1.5  # each pause of a Within is longer than the previous one by this factor
State = TypeVar("State")


class Clock(Protocol):
    """The part of the HTTP client that waits, within the time of the task."""

    deadline: Deadline
    clock: Callable[[], float]
    sleep: Callable[[float], None]

    def pause(self, attempts: int, floor: float | None, purpose: Purpose) -> None:
        """Wait before the next attempt; fails at once if the task would time out first."""


class Pace:
    """How often to read a state, and for how long."""

    def again(self, tell: Callable[[str], None]) -> bool:
        """Wait before the next read, or return False if there is none. `tell` gets the progress, for people."""
        raise NotImplementedError

    def end(self) -> None:
        """The wait is over, also if a read failed."""


def poll(
    read: Callable[[], State],
    is_done: Callable[[State], bool],
    pace: Pace,
    tell: Callable[[State, str], None] = lambda state, progress: None,
) -> tuple[State, bool]:
    """The last state from `read`, and whether it `is_done`; it is not if the pace ended first."""
    try:
        while True:
            state = read()
            if is_done(state):
                return state, True
            if not pace.again(partial(tell, state)):
                return state, False
    finally:
        pace.end()


def waiting(progress: Callable[[str], None], waiting_for: Callable[[State], str]) -> Callable[[State, str], None]:
    """The lines for people who watch: what the task waits for, and the progress."""
    return lambda state, how_far: progress(f"waiting for {waiting_for(state)}{how_far}")


class WithinTask(Pace):
    """For so many seconds, within the time limit of the task; at growing intervals."""

    def __init__(self, http: Clock, seconds: float, pauses: tuple[float, float]) -> None:
        self._http, self._limit = http, Deadline(seconds, http.clock)
        self._pause, self._longest = pauses

    def again(self, tell: Callable[[str], None]) -> bool:
        left = self._limit.remaining()
        tell(f"; {left:.0f} s left")
        pause = min(self._pause, left)
        if left <= 0 or pause >= self._http.deadline.remaining():
            return False
        self._http.sleep(pause)
        self._pause = min(self._longest, self._pause * _GROWTH)
        return True


class Within(WithinTask):
    """For as long as the option wait_timeout allows, in addition to the time limit of the task; at growing intervals.

    The wait extends that limit while it lasts; the time that it did not need is taken back.
    """

    def __init__(self, http: Clock, seconds: float, pauses: tuple[float, float]) -> None:
        super().__init__(http, seconds, pauses)
        http.deadline.extend(seconds)

    def end(self) -> None:
        # In whole seconds, since messages name the limit.
        self._http.deadline.extend(-math.ceil(self._limit.remaining()))


class Attempts(Pace):
    """A few times, at the growing intervals of a retry or at least `floor` of the attempt; fails on a timeout."""

    def __init__(
        self,
        http: Clock,
        number: int,
        purpose: Purpose,
        floor: Callable[[int], float | None] = lambda attempt: None,
    ) -> None:
        self.purpose = purpose
        self._http, self._number, self._floor, self._attempt = http, number, floor, 0

    def again(self, tell: Callable[[str], None]) -> bool:
        self._attempt += 1
        if self._attempt >= self._number:
            return False
        tell(f" ({self._attempt} of {self._number})")
        self._http.pause(self._attempt, self._floor(self._attempt), self.purpose)
        return True


class Pauses(Pace):
    """After these pauses, as long as the next one takes less than half of the remaining time of the task."""

    def __init__(self, http: Clock, pauses: Sequence[float]) -> None:
        self.waited = 0.0
        self._http, self._pauses = http, list(pauses)

    def again(self, tell: Callable[[str], None]) -> bool:
        if not self._pauses or self._pauses[0] >= self._http.deadline.remaining() / 2:
            return False
        pause = self._pauses.pop(0)
        tell(f"; trying again in {pause:.0f} s")
        self._http.sleep(pause)
        self.waited += pause
        return True


class UntilDeadline(Pace):
    """At one interval, which may change, until the task would time out."""

    def __init__(self, http: Clock, interval: Callable[[], float]) -> None:
        self._http, self._interval = http, interval

    def again(self, tell: Callable[[str], None]) -> bool:
        if self._interval() >= self._http.deadline.remaining():
            return False
        self._http.sleep(self._interval())
        return True
