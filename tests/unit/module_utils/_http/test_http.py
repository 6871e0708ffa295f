# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request with every kind of failure."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Read
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.retry import Operation
from ansible_collections.intune.exchange.plugins.module_utils._core.strict_json import parse_json
from ansible_collections.intune.exchange.plugins.module_utils._engine.run import run_declaration
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.module_utils._http import body as bodies
from ansible_collections.intune.exchange.plugins.module_utils._http.http import Http
from ansible_collections.intune.exchange.plugins.module_utils._http.service import Request, Service
from ansible_collections.intune.exchange.plugins.modules import connector_info
from simulator import Simulator

from ..conftest import DEFAULTS, Clock

LIST = "deviceManagement.ListExchangeConnectors"
SYNC = "deviceManagement.exchangeConnectors.exchangeConnector.sync"
PATH = "deviceManagement/exchangeConnectors"
PURPOSE = Purpose("try it", "Some.Permission")


def lists(simulator: Simulator) -> list[dict[str, Any]]:
    return [one for one in simulator.requests() if one["operation"] == LIST]


def kind(call: Callable[[], Any]) -> str:
    with pytest.raises(TenantError) as caught:
        call()
    return caught.value.kind


@pytest.mark.parametrize(
    ("header", "at_least"), [("7", 7), ("2.5", 2.5), ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("soon", 0), (None, 0)]
)
@pytest.mark.parametrize("times", [1, 5])
def test_throttling_is_waited_out(
    simulator: Simulator, clock: Clock, tenant: Tenant, header: str | None, at_least: float, times: int
) -> None:
    headers = {"Retry-After": header} if header else {}
    simulator.fault(match=LIST, kind="status", status=429, count=times, headers=headers)
    assert tenant.graph.list(PATH, PURPOSE)[0] == []
    assert len(clock.sleeps) == times and min(clock.sleeps) >= at_least
    ids = [one["client_request_id"] for one in lists(simulator)]
    assert len(set(ids)) == len(ids) == times + 1


def test_a_wait_beyond_the_deadline_fails_at_once(simulator: Simulator, clock: Clock, tenant: Tenant) -> None:
    simulator.fault(match=LIST, kind="status", status=429, headers={"Retry-After": "301"})
    with pytest.raises(TenantError, match="asks to wait 301 s, but only 300 s of the 300 s") as caught:
        tenant.graph.list(PATH, PURPOSE)
    assert caught.value.kind == "throttled" and clock.sleeps == []


def test_throttling_is_waited_out_for_as_long_as_the_task_has_time(
    simulator: Simulator, clock: Clock, tenant: Tenant
) -> None:
    simulator.fault(match=LIST, kind="status", status=429, count=25, headers={"Retry-After": "10"})
    assert tenant.graph.list(PATH, PURPOSE)[0] == []
    assert len(clock.sleeps) == 25


def test_what_was_waited_is_told(simulator: Simulator, clock: Clock) -> None:
    """While it waits, and in the message when the time is up."""
    lines: list[str] = []
    simulator.fault(match=LIST, kind="status", status=429, count=99, headers={"Retry-After": "20"})
    params = {**DEFAULTS, **simulator.options("ready")}
    result = run_declaration(connector_info.DECLARATION, params, False, waits=lines.append, **clock.options)
    tries = len(lists(simulator))
    assert result["error"]["kind"] == "throttled" and 10 <= tries <= 15
    waited = round(sum(clock.sleeps))
    assert f"are left after {tries} attempts and {waited} s of waiting" in result["msg"]
    assert len(lines) == tries - 1
    assert lines[1].startswith("Microsoft Graph limits the requests: waiting 2") and lines[1].endswith("attempt 3")


def test_a_service_that_says_when_it_is_back_is_waited_for_as_long(
    simulator: Simulator, clock: Clock, tenant: Tenant
) -> None:
    """503 with Retry-After: https://learn.microsoft.com/graph/errors. Without it, six attempts are enough."""
    simulator.fault(match=LIST, kind="status", status=503, count=6)
    with pytest.raises(TenantError, match="503") as caught:
        tenant.graph.list(PATH, PURPOSE)
    assert caught.value.kind == "unavailable" and len(lists(simulator)) == 6
    clock.sleeps.clear()
    simulator.fault(match=LIST, kind="status", status=503, count=12, headers={"Retry-After": "10"})
    assert tenant.graph.list(PATH, PURPOSE)[0] == [] and len(clock.sleeps) == 12
    lines: list[str] = []
    simulator.fault(match=LIST, kind="status", status=503, count=99, headers={"Retry-After": "700"})
    params = {**DEFAULTS, **simulator.options("ready"), "timeout": 900}
    result = run_declaration(connector_info.DECLARATION, params, False, waits=lines.append, **clock.options)
    assert "asks to wait 700 s, but only " in result["msg"] and "after 2 attempts and 7" in result["msg"]
    assert len(lines) == 1 and lines[0].startswith("Microsoft Graph asks to wait: waiting 7")


@pytest.mark.parametrize("said", ["0", "Wed, 21 Oct 2015 07:28:00 GMT", "-5", "0.2"])
def test_a_wait_that_is_over_already_is_none(simulator: Simulator, clock: Clock, said: str) -> None:
    """The service was called again 200 times in the five minutes of one task."""
    simulator.fault(match=LIST, kind="status", status=429, count=999, headers={"Retry-After": said})
    params = {**DEFAULTS, **simulator.options("ready")}
    result = run_declaration(connector_info.DECLARATION, params, False, **clock.options)
    assert result["error"]["kind"] == "throttled" and 10 <= len(lists(simulator)) <= 40


def test_the_first_refusal_may_ask_for_more_than_there_is(simulator: Simulator, clock: Clock) -> None:
    simulator.fault(match=LIST, kind="status", status=429, headers={"Retry-After": "999"})
    params = {**DEFAULTS, **simulator.options("ready")}
    result = run_declaration(connector_info.DECLARATION, params, False, **clock.options)
    assert "option timeout are left after 1 attempt and 0 s of waiting" in result["msg"] and not clock.sleeps


def test_a_part_of_a_batch_is_waited_for_as_long(simulator: Simulator, clock: Clock, tenant: Tenant) -> None:
    simulator.fault(match=LIST, kind="status", status=429, count=12, headers={"Retry-After": "10"})
    assert tenant.graph.batch({"one": Read(PATH, PURPOSE)})["one"].value == []
    assert len(clock.sleeps) == 12


def test_after_503_a_new_connection_is_used(simulator: Simulator, tenant: Tenant) -> None:
    tenant.graph.list(PATH, PURPOSE)
    simulator.fault(match=LIST, kind="status", status=503)
    tenant.graph.list(PATH, PURPOSE)
    before, refused, again = [one["connection"] for one in lists(simulator)]
    assert before == refused != again


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset", "phase": "connect", "match": "graph"},
        {"kind": "reset", "match": LIST},
        {"kind": "truncate", "phase": "mid_body", "match": LIST},
        {"kind": "bad_json", "match": LIST},
        {"kind": "status", "status": 500, "match": LIST},
        {"kind": "status", "status": 504, "match": LIST},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
def test_a_read_survives_one_fault(simulator: Simulator, clock: Clock, tenant: Tenant, fault: dict[str, Any]) -> None:
    simulator.fault(**fault)
    assert tenant.graph.list(PATH, PURPOSE)[0] == []
    assert len(clock.sleeps) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_an_action_that_may_have_happened_is_not_repeated(
    simulator: Simulator, signed_in: Callable[..., Tenant], status: int
) -> None:
    connected = signed_in("connected")
    ids = [one["id"] for one in connected.graph.list(PATH, PURPOSE)[0]]
    simulator.fault(match="*.sync", kind="status", status=status, phase="after_effect")
    with pytest.raises(TenantError) as caught:
        connected.graph.action(f"{PATH}/{ids[0]}/sync", {"syncType": "fullSync"}, PURPOSE)
    assert caught.value.kind == "outcome_unknown"
    assert len([one for one in simulator.requests() if one["path"].endswith("/sync")]) == 1


def test_a_refused_creation_is_sent_again(simulator: Simulator, tenant: Tenant) -> None:
    simulator.fault(match="deviceManagement.CreateExchangeConnectors", kind="status", status=429)
    body = {"exchangeConnectorType": "serviceToService", "primarySmtpAddress": simulator.facts("ready")["account"]}
    assert tenant.graph.create(PATH, body, PURPOSE)["status"] == "connectionPending"
    assert len(tenant.graph.list(PATH, PURPOSE)[0]) == 1


def test_a_dripping_body_ends_with_the_task(simulator: Simulator, signed_in: Callable[..., Tenant]) -> None:
    simulator.fault(match=LIST, kind="drip", phase="mid_body", interval=0.01, count=9)
    tenant = signed_in()
    steps = itertools.count()
    tenant.http.deadline._clock = lambda: next(steps) * 1.0  # every reading of the clock takes a second of the 60
    tenant.http.deadline._end = 60.0
    assert kind(lambda: tenant.graph.list(PATH, PURPOSE)) in ("timeout", "protocol")


def test_a_body_is_bounded(simulator: Simulator, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "_LARGEST_BODY", 10)
    with pytest.raises(TenantError, match="more than 10 bytes"):
        tenant.graph.list(PATH, PURPOSE)


@pytest.mark.parametrize("body", [b'{"value": [], "value": []}', b'{"value": NaN}', b"[1", b"\xff"])
def test_json_is_strict(body: bytes) -> None:
    with pytest.raises(ValueError):
        parse_json(body)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v1.0/x",
        "http://graph.example/v1.0/x",
        "https://graph.example:444/v1.0/x",
        "https://graph.example.evil.example/v1.0/x",
        "https://user@graph.example/v1.0/x",
        "https://graph.example\\@evil.example/v1.0/x",
        "https://graph.example%2f@evil.example/v1.0/x",
        "https://graph.example:port/x",
        "https://GRAPH.example@evil.example/",
    ],
)
def test_nothing_goes_to_another_origin(link: str) -> None:
    service = Service("Microsoft Graph", "https://graph.example")
    assert service.url("/v1.0/x") == "https://graph.example/v1.0/x"
    with pytest.raises(TenantError, match="nothing was sent"):
        service.url(link)


def test_an_address_of_megabytes_is_not_parsed() -> None:
    """By whatever it came: a redirect, a page link, the address of a download."""
    service, longest = Service("Microsoft Graph", "https://graph.example"), "https://graph.example/".ljust(32768, "x")
    assert service.url(longest) == longest
    with pytest.raises(TenantError, match="an address of more than 32,768 characters; nothing was sent"):
        service.url(longest + "x")
    assert service.url("x" * 40_000) == "https://graph.example/" + "x" * 40_000  # of this client, so the service judges


def test_a_path_bounds_the_origin_too() -> None:
    service = Service("identity", "http://localhost:1/msi/token")
    assert service.url("http://localhost:1/msi/token?x=1").endswith("?x=1")
    for link in ("http://localhost:1/msi/tokens", "http://localhost:1/msi/token/../x"):
        with pytest.raises(TenantError):
            service.url(link)


def test_a_ca_file_that_is_none_is_named(tmp_path: Any) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for path in ("/nowhere/ca.pem", str(tmp_path / "ca.pem")):
        with pytest.raises(TenantError, match="option ca_path"):
            Http("contoso.com", 10, path)


def test_an_unreachable_host_is_tried_a_few_times(clock: Clock) -> None:
    http = Http("contoso.com", 300, **clock.options)
    request = Request(Operation.CREATE, "POST", "x", PURPOSE)
    with pytest.raises(TenantError, match="does not resolve"):
        http.send(Service("Graph", "https://nowhere.invalid"), request)
    assert len(clock.sleeps) == 2
