# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slow servers: each sends a beginning at once, and then one piece after another, without end.

They use plain sockets, so that they can be slow at every point of a response.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

APART = 0.02  # seconds between two pieces: far less than any read timeout of a client
ENDLESS = 20.0  # seconds; a client that waits for all of them has no working deadline
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@dataclass(frozen=True)
class Slow:
    """The part sent at once, and the part repeated after it. With `before` it is sent before TLS begins.

    With `tunnel`, a proxy that opened the tunnel sends them, after the first message of the client in it.
    """

    first: bytes = b""
    again: bytes = b""
    before: bool = False
    tunnel: bool = False


PLACES = {
    "status": Slow(b"HTTP/1.1 2", b"0"),
    "headers": Slow(ANSWER + b"X-Slow: ", b"x"),
    "more headers": Slow(ANSWER, b"A: b\r\n"),
    "interim answers": Slow(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "headers of an interim answer": Slow(b"HTTP/1.1 100 Continue\r\nX-Slow: ", b"x"),
    "body": Slow(ANSWER + b'Content-Length: 9999999\r\n\r\n{"value": "', b"x"),
    "body without a length": Slow(ANSWER + b'\r\n{"value": "', b"x"),
    "chunks": Slow(ANSWER + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "size of a chunk": Slow(ANSWER + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "extension of a chunk": Slow(ANSWER + b"Transfer-Encoding: chunked\r\n\r\n1;a=", b"x"),
    "trailers": Slow(ANSWER + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", b"A: b\r\n"),
    "one trailer": Slow(ANSWER + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nA: ", b"x"),
    # The beginning of a TLS record of 16384 bytes, which the handshake waits for.
    "handshake": Slow(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\x00", before=True),
}


@dataclass
class SlowServer:
    """Serves every connection in a thread; it reads the request up to the end of its headers."""

    slow: Slow
    context: ssl.SSLContext | None = None
    clock: Callable[[], float] = time.monotonic
    asked: list[bytes] = field(default_factory=list)
    _asked_at: float = 0.0

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def first(self) -> bytes:
        """The first request, which may be read here only after the client has given up."""
        end = self.clock() + ENDLESS / 2
        while not self.asked and self.clock() < end:
            time.sleep(APART)
        return self.asked[0]

    def running(self) -> float:
        """The time of a task. It starts with its first request, so that a slow machine does not end it earlier.

        From then on it runs ten times as fast, to shorten the test.
        """
        return (self.clock() - self._asked_at) * 10 if self.asked else 0.0

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _peer = self._socket.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError), connection:
            if self.context and not self.slow.before:
                connection = self.context.wrap_socket(connection, server_side=True)
            head = connection.recv(65536)
            while not self.slow.before and b"\r\n\r\n" not in head:
                head += connection.recv(65536)
            self._asked_at = self._asked_at or self.clock()
            self.asked.append(head)
            if self.slow.tunnel:
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                connection.recv(65536)
            connection.sendall(self.slow.first)
            end = self.clock() + ENDLESS
            for _piece in itertools.takewhile(lambda _number: self.clock() < end, itertools.count()):
                connection.sendall(self.slow.again)
                time.sleep(APART)


@contextlib.contextmanager
def serving(slow: Slow, context: ssl.SSLContext | None = None) -> Iterator[SlowServer]:
    server = SlowServer(slow, context)
    try:
        yield server
    finally:
        server.close()
