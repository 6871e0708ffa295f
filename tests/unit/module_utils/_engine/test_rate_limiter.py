# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft allows one request a second to Conditional Access for each tenant."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose
from ansible_collections.intune.exchange.plugins.module_utils._engine.rate_limiter import RateLimiter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.sent: list[float] = []

    def pause(self, attempts: int, wait: float, purpose: Purpose) -> None:
        self.now += wait

    def send(self, takes: float = 0.0) -> None:
        self.sent.append(self.now)
        self.now += takes

    @property
    def tenant(self) -> Any:
        return SimpleNamespace(http=SimpleNamespace(clock=lambda: self.now, pause=self.pause))


def test_requests_are_a_second_after_the_answer_before() -> None:
    clock, limiter, purpose = Clock(), RateLimiter(), Purpose("read")
    for takes in (0.25, 0.25, 0.0):
        limiter.send(clock.tenant, purpose, lambda takes=takes: clock.send(takes))  # type: ignore[misc]
    clock.now += 5
    limiter.send(clock.tenant, purpose, clock.send)
    assert clock.sent == [100.0, 101.25, 102.5, 107.5]


def test_a_request_that_fails_counts_as_well() -> None:
    clock, limiter, purpose = Clock(), RateLimiter(answered=99.5), Purpose("read")

    def fail() -> None:
        clock.send()
        raise OSError

    with pytest.raises(OSError):
        limiter.send(clock.tenant, purpose, fail)
    limiter.send(clock.tenant, purpose, clock.send)
    assert clock.sent == [100.5, 101.5]
