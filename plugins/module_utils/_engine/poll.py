# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until a service shows what was asked of it, as the option wait_timeout of a module allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .._core.retry import Deadline
from .tenant import Tenant

_GROWTH = 1.5  # each pause is this much longer than the one before
State = TypeVar("State")


def poll(
    tenant: Tenant,
    seconds: int,
    read: Callable[[], State],
    is_done: Callable[[State], bool],
    waiting_for: Callable[[State], str],
    pauses: tuple[float, float],
) -> tuple[State, bool]:
    """The last state that `read` gave, and whether it `is_done`; it is not once `seconds` are over.

    It is read at once and then after pauses that grow from the first of `pauses` to the second, in seconds. The time of
    the task is extended by `seconds`. `waiting_for` says for people who watch what is still missing.
    """
    limit = Deadline(seconds, tenant.http.clock)
    tenant.http.deadline.extend(seconds)
    pause, longest = pauses
    while True:
        state = read()
        if is_done(state):
            return state, True
        left = limit.remaining()
        tenant.progress(f"waiting for {waiting_for(state)}; {max(left, 0):.0f} s left")
        if left <= 0:
            return state, False
        tenant.http.sleep(min(pause, left))
        pause = min(longest, pause * _GROWTH)
