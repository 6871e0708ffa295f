# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantee 3: a requested wait counts, in whatever form, for all further requests to the service."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Read
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.retry import Outcome
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.module_utils._http.due import Due

from .conftest import Clock
from .scripted_server import GRAPH, Reply, ScriptedServer

PURPOSE = Purpose("try it", "User.Read.All")
LIST: dict[str, Any] = {"value": []}
BROKER = {
    "error": {
        "code": "InternalServerError",
        "message": "Rate limit reached because of too many requests to query broker x.",
    }
}


@pytest.mark.parametrize("name", ["Retry-After", "retry-after", "RETRY-AFTER"])
@pytest.mark.parametrize(
    "refusal",
    [
        Reply(b'{"error":', 429, lost=100),  # a body that breaks off
        Reply(b"", 429),
        Reply(b"<html>busy</html>", 429),
        Reply({"error": {"code": "TooManyRequests", "message": "busy"}}, 429),
        Reply(b"[" * 5000, 503),
        Reply(BROKER, 500),
    ],
    ids=["broken", "empty", "html", "json", "deep", "broker"],
)
def test_the_wait_counts_whatever_the_body(
    wire: ScriptedServer, tenant: Tenant, clock: Clock, name: str, refusal: Reply
) -> None:
    wire.answer(Reply(refusal.body, refusal.status, {name: "8"}, refusal.lost), Reply(LIST))
    assert tenant.graph.list("users", PURPOSE)[0] == []
    assert len(clock.sleeps) == 1 and clock.sleeps[0] >= 8


@pytest.mark.parametrize(
    "headers", [{"retry-after": 4}, {"Retry-After": "4"}, {"RETRY-AFTER": 4.0}, {"Retry-After": ["1", "4"]}]
)
def test_so_does_that_of_a_part_of_a_batch(
    wire: ScriptedServer, tenant: Tenant, clock: Clock, headers: dict[str, Any]
) -> None:
    throttled = {"id": "a", "status": 429, "headers": headers, "body": {"error": {"code": "TooManyRequests"}}}
    done = {"id": "a", "status": 200, "body": LIST}
    wire.answer(Reply({"responses": [throttled]}), Reply({"responses": [done]}))
    assert tenant.graph.batch({"a": Read("users", PURPOSE)})["a"].value == []
    assert len(clock.sleeps) == 1 and clock.sleeps[0] >= 4


def part(name: str, status: int, wait: str = "", body: Any = None) -> dict[str, Any]:
    """A response in a batch."""
    headers = {"Retry-After": wait} if wait else {}
    return {"id": name, "status": status, "headers": headers, "body": body or {"error": {"code": "x"}}}


def test_the_wait_of_a_part_beyond_the_time_counts_for_what_follows(
    wire: ScriptedServer, tenant: Tenant, clock: Clock
) -> None:
    wire.answer(Reply({"responses": [part("a", 429, "900")]}), Reply(LIST))
    with pytest.raises(TenantError, match="asks to wait 900 s"):
        tenant.graph.batch({"a": Read("users", PURPOSE)})
    with pytest.raises(TenantError, match="refused an earlier request and asks to wait") as caught:
        tenant.graph.list("users", PURPOSE)
    assert caught.value.kind == "throttled" and len(wire.asked) == 1 and clock.sleeps == []


@pytest.mark.parametrize("status", [302, 401, 403, 404])
def test_so_does_that_of_a_part_that_is_refused_for_good(
    wire: ScriptedServer, tenant: Tenant, clock: Clock, status: int
) -> None:
    """With 401 before the part is requested with a new token."""
    again = [Reply({"responses": [part("a", 403)]})] if status == 401 else []
    wire.answer(Reply({"responses": [part("a", status, "20")]}), *again, Reply(LIST))
    assert tenant.graph.batch({"a": Read("users", PURPOSE)})["a"].error
    tenant.graph.list("users", PURPOSE)
    assert sum(clock.sleeps) >= 19


@pytest.fixture
def watched(
    wire: ScriptedServer, tenant: Tenant, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[], Any]], list[int]]:
    """Gives how many requests were sent before each wait, and calls `meanwhile` in the first one."""

    def watch(meanwhile: Callable[[], Any]) -> list[int]:
        asked_at_sleep: list[int] = []

        def sleep(seconds: float) -> None:
            asked_at_sleep.append(len(wire.asked))
            if len(asked_at_sleep) == 1:
                meanwhile()
            clock.sleeps.append(seconds)

        monkeypatch.setattr(tenant.http, "sleep", sleep)
        return asked_at_sleep

    return watch


def test_other_threads_wait_as_long(
    wire: ScriptedServer, tenant: Tenant, clock: Clock, watched: Callable[[Callable[[], Any]], list[int]]
) -> None:
    """While the batch waits, another request of the task is begun, which here is one of the same thread."""
    asked_at_sleep = watched(lambda: tenant.graph.list("groups", PURPOSE))
    done = part("a", 200, body={"value": [{"id": "x"}]})
    wire.answer(Reply({"responses": [part("a", 429, "20")]}), Reply(LIST), Reply({"responses": [done]}))
    assert tenant.graph.batch({"a": Read("users", PURPOSE)})["a"].value == [{"id": "x"}]
    assert asked_at_sleep == [1, 1] and min(clock.sleeps) >= 19


def test_so_does_a_thread_that_waited_for_its_token(
    wire: ScriptedServer, tenant: Tenant, clock: Clock, watched: Callable[[Callable[[], Any]], list[int]]
) -> None:
    """Another request was refused meanwhile, which here is one of the same thread."""
    asked_at_sleep = watched(lambda: None)
    service = tenant.graph._service
    assert service.bearer is not None
    obtain, begun = service.bearer.token, []

    def obtain_slowly() -> str:
        begun.append(1)
        if len(begun) == 1:
            with pytest.raises(TenantError):
                tenant.graph.create("users", {"a": 1}, PURPOSE)
        return obtain()

    tenant.graph._service = replace(service, bearer=replace(service.bearer, token=obtain_slowly))
    wire.answer(Reply({"error": {"code": "x"}}, 503, {"Retry-After": "20"}), Reply(LIST))
    assert tenant.graph.list("users", PURPOSE)[0] == []
    assert asked_at_sleep == [1] and clock.sleeps[0] >= 19


def test_a_wait_that_grows_meanwhile_is_kept_to_its_end(
    wire: ScriptedServer, tenant: Tenant, clock: Clock, watched: Callable[[Callable[[], Any]], list[int]]
) -> None:
    """A third thread is asked to wait longer while this one waits."""
    service = tenant.graph._service
    longer = partial(tenant.http.due.heed, service.root, 503, Outcome.UNKNOWN, {"Retry-After": "60"})
    asked_at_sleep = watched(longer)
    assert service.bearer is not None
    obtain = service.bearer.token

    def obtain_slowly() -> str:
        tenant.http.due.heed(service.root, 503, Outcome.UNKNOWN, {"Retry-After": "20"})
        return obtain()

    tenant.graph._service = replace(service, bearer=replace(service.bearer, token=obtain_slowly))
    wire.answer(Reply(LIST))
    assert tenant.graph.list("users", PURPOSE)[0] == []
    assert asked_at_sleep == [0, 0] and sum(clock.sleeps) >= 60


def test_of_two_waits_at_the_same_moment_the_longer_counts() -> None:
    """A second thread brings a longer wait in the middle of noting the wait of the first."""
    root, calls = "https://graph.microsoft.com", []

    def clock() -> float:
        calls.append(1)
        if len(calls) == 1:
            other.start()
            other.join(0.2)  # it ends only if nothing keeps it out
        return 0.0

    due = Due(clock, lambda: 0.0)
    other = threading.Thread(target=due.heed, args=(root, 503, Outcome.UNKNOWN, {"Retry-After": "60"}))
    due.heed(root, 503, Outcome.UNKNOWN, {"Retry-After": "20"})
    other.join()
    assert due.left(root) == 60


def test_nobody_signs_in_for_a_request_that_has_to_wait(
    wire: ScriptedServer, tenant: Tenant, clock: Clock, watched: Callable[[Callable[[], Any]], list[int]]
) -> None:
    """The token would age meanwhile; and if the wait is beyond the time, it would be for nothing."""
    watched(lambda: None)
    service = tenant.graph._service
    assert service.bearer is not None
    obtain = service.bearer.token
    waits_before: list[int] = []

    def counted() -> str:
        waits_before.append(len(clock.sleeps))
        return obtain()

    tenant.graph._service = replace(service, bearer=replace(service.bearer, token=counted))
    wire.answer(Reply({"error": {"code": "x"}}, 503, {"Retry-After": "20"}), Reply(LIST))
    with pytest.raises(TenantError):
        tenant.graph.create("users", {"a": 1}, PURPOSE)
    assert tenant.graph.list("users", PURPOSE)[0] == []
    assert waits_before == [0, 1]


def test_the_next_page_of_another_part_waits_as_well(
    wire: ScriptedServer, tenant: Tenant, clock: Clock, watched: Callable[[Callable[[], Any]], list[int]]
) -> None:
    """Whatever the order of the parts. Both wait at once."""
    asked_at_sleep = watched(lambda: None)
    link = f"https://{GRAPH}/v1.0/users?$skiptoken=1"
    paged = part("a", 200, body={"value": [{"id": "x"}], "@odata.nextLink": link})
    first = Reply({"responses": [paged, part("b", 429, "20")]})
    wire.answer(first, Reply(LIST), Reply({"responses": [part("b", 200, body={"id": "y"})]}))
    reads = {"a": Read("users", PURPOSE), "b": Read("users/y", PURPOSE, collection=False)}
    found = tenant.graph.batch(reads)
    assert (found["a"].value, found["b"].value) == ([{"id": "x"}], {"id": "y"})
    assert asked_at_sleep == [1] and clock.sleeps[0] >= 20


@pytest.mark.parametrize("batch", [True, False])
def test_a_wait_that_cannot_be_read_is_not_none(
    wire: ScriptedServer, tenant: Tenant, clock: Clock, batch: bool
) -> None:
    """The request after a final refusal waits as long as one that is repeated."""
    refused = {"responses": [part("a", 403, "soon")]} if batch else {"error": {"code": "x"}}
    wire.answer(Reply(refused, 200 if batch else 403, {} if batch else {"Retry-After": "soon"}), Reply(LIST))
    if batch:
        assert tenant.graph.batch({"a": Read("users", PURPOSE)})["a"].error
    else:
        with pytest.raises(TenantError):
            tenant.graph.list("users", PURPOSE)
    assert clock.sleeps == []
    tenant.graph.list("users", PURPOSE)
    assert len(clock.sleeps) == 1 and 0.1 < clock.sleeps[0] <= 0.5


@pytest.mark.parametrize("status", [429, 500, 503])
def test_nothing_is_sent_to_the_service_before(
    wire: ScriptedServer, opened: Callable[..., Tenant], clock: Clock, status: int
) -> None:
    """A creation that may have happened is not repeated, but looked for: the wait counts for that as well."""
    tenant = opened()
    wire.answer(Reply({"error": {"code": "x"}}, status, {"Retry-After": "20"}), Reply(LIST))
    if status != 429:
        with pytest.raises(TenantError) as caught:
            tenant.graph.create("users", {"a": 1}, PURPOSE)
        assert caught.value.kind == "outcome_unknown" and clock.sleeps == []
    assert tenant.graph.list("users", PURPOSE)[0] == []
    assert sum(clock.sleeps) >= 19
    begun = sum(clock.sleeps)
    tenant.graph.list("users", PURPOSE)
    assert sum(clock.sleeps) == begun


@pytest.mark.parametrize("status", [302, 307, 400, 403, 404, 409, 413])
def test_whatever_the_answer_that_asks_for_it(
    wire: ScriptedServer, opened: Callable[..., Tenant], clock: Clock, status: int
) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-retry-after: with a redirect, before it is followed."""
    tenant = opened()
    said = {"Retry-After": "20", "Location": "https://outlook.office365.com/x"}
    wire.answer(Reply({"error": {"code": "x"}}, status, said), Reply(LIST))
    with contextlib.suppress(TenantError):
        exchange_of(tenant).invoke("Get-MobileDevice", {}, PURPOSE)
    exchange_of(tenant).invoke("Get-MobileDevice", {}, PURPOSE)
    first, second, *_more = wire.asked
    assert sum(clock.sleeps) >= 19 and first.cmdlet == second.cmdlet


def test_a_wait_without_end_is_no_reason_to_ask_at_once(wire: ScriptedServer, tenant: Tenant, clock: Clock) -> None:
    wire.answer(Reply(b"", 429, {"Retry-After": "9" * 30}), Reply(LIST))
    with pytest.raises(TenantError, match="asks to wait") as caught:
        tenant.graph.list("users", PURPOSE)
    assert caught.value.kind == "throttled" and len(wire.asked) == 1 and clock.sleeps == []


def test_a_wait_for_an_earlier_request_beyond_the_time_fails_at_once(
    wire: ScriptedServer, opened: Callable[..., Tenant], clock: Clock
) -> None:
    tenant = opened(timeout=30)
    wire.answer(Reply({"error": {"code": "x"}}, 503, {"Retry-After": "60"}), Reply(LIST))
    with pytest.raises(TenantError):
        tenant.graph.create("users", {"a": 1}, PURPOSE)
    with pytest.raises(TenantError, match="refused an earlier request and asks to wait") as caught:
        tenant.graph.list("users", PURPOSE)
    assert caught.value.kind == "throttled" and len(wire.asked) == 1 and clock.sleeps == []
