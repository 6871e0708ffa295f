# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request ends at its deadline, wherever the other side is slow.

The servers send a byte each 0.02 s for 20 s. The tasks have 0.4 s from their first request on, and fail only where they
take half of the 20 s.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.retry import Operation
from ansible_collections.intune.exchange.plugins.module_utils._http import http as client
from ansible_collections.intune.exchange.plugins.module_utils._http.http import Http, Request, Service
from simulator.server.address import Address
from simulator.server.tls import server_context

from .slow import ENDLESS, PLACES, Slow, serving

TIME = 4.0
READ = Request(Operation.READ, "GET", "x", Purpose("try it"))
CREATE = Request(Operation.CREATE, "POST", "x", Purpose("try it"), {"a": 1})


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    context, authority = server_context(tmp_path_factory.mktemp("tls"), Address("127.0.0.1", "localhost"))
    return context, str(authority)


def ends(http: Http, service: Service, request: Request = READ) -> TenantError:
    """The failure at the deadline of the task."""
    begun = time.monotonic()
    with pytest.raises(TenantError) as caught:
        http.send(service, request)
    assert time.monotonic() - begun < ENDLESS / 2
    return caught.value


@pytest.mark.parametrize("place", PLACES)
def test_an_answer_that_drips_ends_with_the_task(place: str, tls: tuple[ssl.SSLContext, str]) -> None:
    context, ca_path = tls
    with serving(PLACES[place], context) as server:
        http = Http("contoso.com", TIME, ca_path, clock=server.running)
        error = ends(http, Service("Graph", f"https://localhost:{server.port}"))
        assert error.kind in ("timeout", "network", "protocol")
        assert server.first() and len(server.asked) < 4


@pytest.mark.parametrize("place", [place for place in PLACES if place != "handshake"])
def test_so_does_one_without_tls(place: str) -> None:
    with serving(PLACES[place]) as server:  # as the endpoint of a managed identity
        service = Service("identity", f"http://127.0.0.1:{server.port}", proxied=False)
        assert ends(Http("contoso.com", TIME, clock=server.running), service).kind in ("timeout", "network", "protocol")


@pytest.mark.parametrize("place", ["status", "headers", "more headers", "handshake"])
def test_so_does_the_answer_of_a_proxy(place: str) -> None:
    with serving(PLACES[place]) as server:
        http = Http("contoso.com", TIME, proxy=f"http://127.0.0.1:{server.port}", clock=server.running)
        error = ends(http, Service("Graph", "https://graph.example"), CREATE)
        assert error.kind in ("timeout", "network")  # nothing was sent to Graph
        assert server.first().startswith(b"CONNECT graph.example:443")


@pytest.mark.parametrize("place", ["status", "headers", "more headers", "handshake", "handshake in the tunnel"])
def test_so_does_that_of_a_proxy_with_tls(
    place: str, tls: tuple[ssl.SSLContext, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its certificate is trusted by ca_path, whatever the environment says."""
    context, ca_path = tls
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
    slow = PLACES.get(place) or replace(PLACES["handshake"], before=False, tunnel=True)
    with serving(slow, context) as server:
        http = Http("contoso.com", TIME, ca_path, proxy=f"https://localhost:{server.port}", clock=server.running)
        error = ends(http, Service("Graph", "https://graph.example"), CREATE)
        assert error.kind in ("timeout", "network")
        assert slow.before or server.first().startswith(b"CONNECT graph.example:443")


def test_a_write_leaves_time_to_look_for_what_it_left_behind(tls: tuple[ssl.SSLContext, str]) -> None:
    context, ca_path = tls
    with serving(PLACES["body"], context) as server:
        http = Http("contoso.com", TIME, ca_path, clock=server.running)
        assert ends(http, Service("Graph", f"https://localhost:{server.port}"), CREATE).kind == "outcome_unknown"
        assert http.deadline.remaining() > 0 and len(server.asked) == 1


def test_a_server_that_takes_nothing_ends_with_the_task(tls: tuple[ssl.SSLContext, str]) -> None:
    context, ca_path = tls
    listening = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        connection = context.wrap_socket(listening.accept()[0], server_side=True)
        time.sleep(ENDLESS)
        connection.close()

    threading.Thread(target=accept, daemon=True).start()
    request = Request(Operation.CREATE, "POST", "x", Purpose("try it"), {"a": "x" * 20_000_000})
    http = Http("contoso.com", TIME / 2, ca_path)
    assert ends(http, Service("Graph", f"https://localhost:{listening.getsockname()[1]}"), request).kind in (
        "outcome_unknown",
        "timeout",
    )


def test_a_name_that_is_not_resolved_ends_with_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: never.wait(ENDLESS))
    error = ends(Http("contoso.com", TIME / 4), Service("Graph", "https://graph.example"), CREATE)
    assert error.kind in ("timeout", "network")


def test_addresses_that_do_not_answer_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []
    now = [0.0]

    def connect(self: Any, address: Any) -> None:
        seen.append(self.gettimeout())
        now[0] += 0.1
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket.socket, "connect", connect)
    address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: [address] * 200)
    http = Http("contoso.com", 4.0, clock=lambda: now[0])
    ends(http, Service("Graph", "https://graph.example"), CREATE)
    assert seen == sorted(seen, reverse=True) and max(seen) <= 4.0 and len(seen) < 50


def test_a_redirect_begins_no_new_time(tls: tuple[ssl.SSLContext, str]) -> None:
    context, ca_path = tls
    with serving(Slow(b"HTTP/1.1 307 Go on\r\nLocation: /y\r\nContent-Length: 99\r\n\r\n", b"x"), context) as server:
        service = Service("Exchange", f"https://localhost:{server.port}", siblings=())
        ends(Http("contoso.com", TIME, ca_path, clock=server.running), service)


def test_an_interim_answer_is_never_taken_for_the_last(tls: tuple[ssl.SSLContext, str]) -> None:
    context, ca_path = tls
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ANSWERED
    with serving(Slow(early, b""), context) as server:
        http = Http("contoso.com", 30, ca_path, sleep=lambda seconds: None)
        error = ends(http, Service("Graph", f"https://localhost:{server.port}"), CREATE)
    assert error.kind == "outcome_unknown" and len(server.asked) == 1


ANSWERED = b'HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{"value": "none"}'


def test_parsing_ends_with_the_task(monkeypatch: pytest.MonkeyPatch, tls: tuple[ssl.SSLContext, str]) -> None:
    looks: list[int] = []
    body = b"[" + b",".join([b"{}"] * 200_000) + b"]"
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    context, ca_path = tls
    parse = client.parse_json

    def slowly(content: bytes, on_time: Callable[[], None]) -> Any:
        def look() -> None:
            looks.append(1)
            http.deadline._end -= 100  # what one piece takes

            on_time()

        return parse(content, look)

    monkeypatch.setattr(client, "parse_json", slowly)
    with serving(Slow(head + body, b""), context) as server:
        http = Http("contoso.com", 150, ca_path)
        error = ends(http, Service("Graph", f"https://localhost:{server.port}"))
    assert error.kind in ("timeout", "protocol") and len(looks) == 2
