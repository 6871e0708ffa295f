# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The number of requests to Exchange Online at a time, whatever the pools of threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.concurrent import gather
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.retry import Deadline
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.module_utils._exchange import invoke_command
from simulator import Simulator

from ..conftest import Clock

GET = "Get-ActiveSyncDeviceAccessRule"


def read(tenant: Tenant) -> Any:
    return exchange_of(tenant).invoke(GET, {}, Purpose("try it"))


def around(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, wrapper: Callable[..., Any]) -> None:
    monkeypatch.setattr(owner, name, partial(wrapper, getattr(owner, name)))


def test_nested_pools_send_at_most_four_requests_at_a_time(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the request to the end of the response."""
    lock, active, most = threading.Lock(), 0, 0

    def send(real: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal active, most
        with lock:
            active += 1
            most = max(most, active)
        return real(*arguments)

    def received(real: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal active
        time.sleep(0.02)
        found = real(*arguments)
        with lock:
            active -= 1
        return found

    read(tenant)  # signs in
    around(monkeypatch, tenant.http._transport, "send", send)
    around(monkeypatch, tenant.http, "_read", received)

    def several() -> Any:
        return gather({str(number): partial(read, tenant) for number in range(5)})

    found = gather({str(number): several for number in range(5)})
    assert len([inner.value for outer in found.values() for inner in outer.value.values()]) == 25
    assert most == 4 and active == 0


def test_a_wait_between_two_attempts_holds_no_slot(
    simulator: Simulator, clock: Clock, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoke_command, "_AT_ONCE", 1)
    simulator.fault(match=GET, kind="status", status=429)
    meanwhile: list[Any] = []

    def sleep(real: Callable[[float], None], seconds: float) -> None:
        if not meanwhile:
            meanwhile.append(read(tenant))
        real(seconds)

    around(monkeypatch, tenant.http, "sleep", sleep)
    assert read(tenant).values == meanwhile[0].values
    lost = simulator.requests()
    assert len([one for one in lost if one["operation"] == GET]) == 3


@pytest.mark.parametrize("kind", ["reset", "truncate"])
def test_a_failed_request_frees_its_slot(
    simulator: Simulator, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(invoke_command, "_AT_ONCE", 1)
    simulator.fault(match=GET, kind=kind, phase="after_effect" if kind == "reset" else "mid_body", count=2)
    read(tenant)
    simulator.fault(match=GET, kind="status", status=400)
    with pytest.raises(TenantError):
        read(tenant)
    read(tenant)


def test_whoever_waited_for_a_slot_also_waits_as_the_service_asks(
    simulator: Simulator, clock: Clock, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The response to the request that held the slot asks for it."""
    monkeypatch.setattr(invoke_command, "_AT_ONCE", 1)
    read(tenant)
    simulator.fault(match=GET, kind="status", status=400, headers={"Retry-After": "7"})
    second = threading.Thread(target=read, args=(tenant,))
    slots, waiting = exchange_of(tenant)._service.slots, threading.Event()
    sent: list[float] = []

    def acquire(real: Callable[..., Any], **options: Any) -> Any:
        if threading.current_thread() is second:
            waiting.set()
        return real(**options)

    def send(real: Callable[..., Any], *arguments: Any) -> Any:
        sent.append(clock.now())
        if len(sent) == 1:
            second.start()
            assert waiting.wait(10)
        return real(*arguments)

    around(monkeypatch, slots, "acquire", acquire)
    around(monkeypatch, tenant.http._transport, "send", send)
    with pytest.raises(TenantError, match="400"):
        read(tenant)
    second.join(10)
    assert len(sent) == 2 and sent[1] - sent[0] >= 7


def test_without_a_free_slot_the_task_times_out(
    simulator: Simulator, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(tenant)
    known = len(simulator.requests())
    slots = exchange_of(tenant)._service.slots
    assert slots and all(slots.acquire(blocking=False) for _slot in range(4))
    tenant.http.deadline = Deadline(0.05)
    with pytest.raises(TenantError, match="the task timed out: the 0") as caught:
        read(tenant)
    assert caught.value.kind == "timeout" and len(simulator.requests()) == known
