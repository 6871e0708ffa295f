# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A response ends where HTTP says: what follows is not another response, and a possibly truncated one is incomplete.

https://www.rfc-editor.org/rfc/rfc9112#name-message-body-length and #name-tls-connection-closure
"""

from __future__ import annotations

import contextlib
import gzip
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.retry import Operation
from ansible_collections.intune.exchange.plugins.module_utils._http.http import Http, Request, Service
from simulator.server.address import Address
from simulator.server.tls import server_context

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BUFFER = 8192  # bytes that http.client reads at once
Answers = Callable[[int], bytes]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    context, authority = server_context(tmp_path_factory.mktemp("tls"), Address("127.0.0.1", "localhost"))
    return context, str(authority)


@contextlib.contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port whose connections are served in threads."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


@contextlib.contextmanager
def serving(answers: Answers, context: ssl.SSLContext | None, closes: bool) -> Iterator[int]:
    """A server that gives its nth request the nth of `answers`, as bytes."""
    numbers = iter(range(1000))

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError), connection:
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            while connection.recv(65536):
                connection.sendall(answers(next(numbers)))
                if closes:  # without the alert with which TLS says that all was sent
                    connection.shutdown(socket.SHUT_RDWR)

    with listening(serve) as port:
        yield port


@contextlib.contextmanager
def tunnelling(context: ssl.SSLContext) -> Iterator[tuple[int, list[str]]]:
    """A proxy with TLS, which passes on what it gets, and the target of each connection."""
    targets: list[str] = []

    def passed_on(giver: socket.socket, taker: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            while data := giver.recv(65536):
                taker.sendall(data)

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            outer = context.wrap_socket(connection, server_side=True)
            _method, target, _version = outer.recv(65536).split(b"\r\n")[0].decode().split()
            targets.append(target)
            host, _colon, port = target.rpartition(":")
            with outer, socket.create_connection((host, int(port))) as service:
                outer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                threading.Thread(target=passed_on, args=(service, outer), daemon=True).start()
                passed_on(outer, service)

    with listening(serve) as port:
        yield port, targets


def reading(path: str, json: bool = True) -> Request:
    return Request(Operation.READ, "GET", path, Purpose("try it"), wants_json=json)


@pytest.mark.parametrize("tunnel", [False, True])
def test_what_follows_an_answer_is_no_answer_to_the_next_request(tunnel: bool, tls: tuple[ssl.SSLContext, str]) -> None:
    """It is in a TLS record that was already read, so the socket itself has nothing to read."""
    context, ca_path = tls
    body = b'{"of": "nobody"}'
    begin, end = HEAD + b"Content-Length: 2\r\nX: ", b"\r\n\r\n{}"
    first = (
        begin + b"x" * (BUFFER - len(begin) - len(end)) + end + HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    )
    second = HEAD + b'Content-Length: 14\r\n\r\n{"of": "mine"}'
    with (
        serving(lambda number: second if number else first, context, closes=False) as port,
        tunnelling(context) as (proxy, _targets),
    ):
        http = Http("contoso.com", 30, ca_path, proxy=f"https://localhost:{proxy}" if tunnel else None)
        service = Service("Graph", f"https://localhost:{port}")
        assert http.send(service, reading("a")).json == {}
        assert http.send(service, reading("b")).json == {"of": "mine"}


def test_after_503_a_new_connection_through_the_proxy_too(tls: tuple[ssl.SSLContext, str]) -> None:
    """As the best practices of Microsoft Graph ask for: another server may answer then."""
    context, ca_path = tls
    busy = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
    done = HEAD + b"Content-Length: 2\r\n\r\n{}"
    with (
        serving(lambda number: done if number else busy, context, closes=False) as port,
        tunnelling(context) as (proxy, targets),
    ):
        http = Http("contoso.com", 30, ca_path, sleep=lambda seconds: None, proxy=f"https://localhost:{proxy}")
        assert http.send(Service("Graph", f"https://localhost:{port}"), reading("a")).json == {}
        assert targets == [f"localhost:{port}"] * 2


# Part of each of these is missing or may be: a lost connection looks the same.
CUT = {
    "no body": b"\r\n",
    "a negative length": b"Content-Length: -2\r\n\r\n{}",
    "a length that is not a number": b"Content-Length: 0x2\r\n\r\n{}",
    "a number": b"\r\n1",
    "gzip without a byte": b"Content-Encoding: gzip\r\n\r\n",
    "the beginning of gzip": b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b'{"value": []}')[:10],
    "the beginning of gzip, with a length": b"Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n"
    + gzip.compress(b'{"value": []}')[:10],
    "gzip, in a chunk": b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\na\r\n"
    + gzip.compress(b'{"value": []}')[:10]
    + b"\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("secure", [True, False])
@pytest.mark.parametrize("cut", CUT)
def test_an_answer_that_may_be_cut_is_not_whole(cut: str, secure: bool, tls: tuple[ssl.SSLContext, str]) -> None:
    context, ca_path = tls
    with serving(lambda number: HEAD + CUT[cut], context if secure else None, closes=True) as port:
        http = Http("contoso.com", 30, ca_path, sleep=lambda seconds: None)
        service = Service("Exchange", f"{'https' if secure else 'http'}://localhost:{port}", proxied=False)
        with pytest.raises(TenantError, match="broke off") as caught:
            http.send(service, reading("a"))
    assert caught.value.kind == "protocol"


def test_nor_is_a_file_of_which_nobody_says_where_it_ends(tls: tuple[ssl.SSLContext, str]) -> None:
    context, ca_path = tls
    with serving(lambda number: HEAD + b"\r\nName,Last\r\nAda,20", context, closes=True) as port:
        http = Http("contoso.com", 30, ca_path, sleep=lambda seconds: None)
        with pytest.raises(TenantError, match="broke off"):
            http.send(Service("Graph", f"https://localhost:{port}"), reading("a", json=False))


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_what_can_have_no_body_ends_with_its_headers(status: bytes) -> None:
    """Whatever length it announces: RFC 9112, 6.3. The connection stays open, and the action is done."""
    answer = b"HTTP/1.1 " + status + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    with serving(lambda number: answer, None, closes=False) as port:
        service = Service("Graph", f"http://127.0.0.1:{port}", proxied=False)
        http = Http("contoso.com", 30)
        if status.startswith(b"304"):  # an error, and not one that never ends
            with pytest.raises(TenantError, match="304"):
                http.send(service, reading("a"))
            return
        for _time in range(2):
            request = Request(Operation.ACTION, "POST", "a", Purpose("try it"), {})
            assert http.send(service, request).status == 204


WHOLE: dict[str, tuple[bytes, Any]] = {
    "JSON shows its end": (b'\r\n{"value": []}', {"value": []}),
    "a length of nothing": (b"Content-Length: 0\r\n\r\n", None),
    "no chunk": (b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", None),
    "gzip of nothing": (b"Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", None),
    "a whole gzip of nothing": (
        b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(gzip.compress(b"")) + gzip.compress(b""),
        None,
    ),
}


@pytest.mark.parametrize("form", WHOLE)
def test_a_whole_answer_is_taken(form: str) -> None:
    content, expected = WHOLE[form]
    with serving(lambda number: HEAD + content, None, closes=True) as port:
        service = Service("Exchange", f"http://127.0.0.1:{port}", proxied=False)
        assert Http("contoso.com", 30).send(service, reading("a")).json == expected


# https://www.rfc-editor.org/rfc/rfc9112#section-5: each of them is a name, a colon and a value.
NO_HEADER = b"echo of Bearer canary-0123456789 \x1b[31m\r\n"


@pytest.mark.parametrize("form", ["7", "\r\n 7", "Sun, 29 Nov 2026 23:05:07 GMT"])
def test_an_answer_with_a_line_that_is_no_header_is_not_read_and_its_wait_counts(
    form: str, tls: tuple[ssl.SSLContext, str]
) -> None:
    rest = b"retry-after: %b\r\nDate: Sun, 29 Nov 2026 23:05:00 GMT\r\nContent-Length: 2\r\n\r\n{}" % form.encode()
    throttled = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 2\r\n" + NO_HEADER + rest
    whole = HEAD + b'Content-Length: 13\r\n\r\n{"value": []}'
    sleeps: list[float] = []
    with serving(lambda number: whole if number else throttled, tls[0], closes=False) as port:
        http = Http("contoso.com", 30, tls[1], sleep=sleeps.append, random=lambda: 0.0)
        assert http.send(Service("Graph", f"https://localhost:{port}"), reading("a")).json == {"value": []}
    assert sleeps[0] == 7


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Ansible's log; pytest's own handlers also listen to loggers that do not propagate."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler, root = Keep(), logging.getLogger()
    root.addHandler(handler)
    yield lines
    root.removeHandler(handler)


def test_nor_is_that_line_shown_or_logged(tls: tuple[ssl.SSLContext, str], log: list[str]) -> None:
    """Ansible writes what libraries log to ANSIBLE_LOG_PATH, without masks."""
    answer = HEAD + NO_HEADER + b'Content-Length: 13\r\n\r\n{"value": []}'
    with serving(lambda number: answer, tls[0], closes=False) as port:
        http = Http("contoso.com", 5, tls[1], sleep=lambda seconds: None)
        with pytest.raises(TenantError, match="a line of its headers is not a header") as caught:
            http.send(Service("Graph", f"https://localhost:{port}"), reading("a"))
    assert caught.value.kind == "protocol"
    assert "canary" not in f"{caught.value}{log}"
    logging.getLogger("urllib3.connection").warning("of another library")  # in the same process
    assert log == ["of another library"]


@pytest.mark.parametrize("kind", ["message/rfc822", "multipart/mixed; boundary=x"])
def test_a_message_of_parts_does_not_hide_such_a_line(kind: str, tls: tuple[ssl.SSLContext, str]) -> None:
    """Python's parser of headers takes what follows it for the parts."""
    rest = b"Content-Length: 500\r\n--x\r\n\r\n" + b'{"value": [1]}'
    answer = HEAD + f"Content-Type: {kind}\r\n".encode() + NO_HEADER + rest
    with serving(lambda number: answer, tls[0], closes=True) as port:
        http = Http("contoso.com", 5, tls[1], sleep=lambda seconds: None)
        with pytest.raises(TenantError, match="a line of its headers is not a header"):
            http.send(Service("Graph", f"https://localhost:{port}"), reading("a"))
