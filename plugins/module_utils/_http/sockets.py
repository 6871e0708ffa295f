# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that end at the deadline of their request, wherever the other side is slow.

A socket timeout restarts with each byte. Here, every socket operation gets the remaining time of its request: to
resolve a name, connect, shake hands, send, or receive the response of a proxy, headers, interim responses, chunks,
trailers or a body.
"""

from __future__ import annotations

import contextlib
import http.client
import queue
import socket
import ssl
import threading
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from .._core.retry import Deadline
from .head import LimitedResponse

try:
    import urllib3

    IMPORT_ERROR = ""
except ImportError:
    IMPORT_ERROR = traceback.format_exc()


class Limit:
    """The time of one request: `connect` seconds until it can be sent, `whole` until its response is complete.

    Within these, `quiet` seconds may pass without a byte.
    """

    def __init__(self, deadline: Deadline, connect: float, whole: float, quiet: float) -> None:
        left = deadline.remaining()
        self._deadline, self._quiet = deadline, quiet
        # The remaining time of the task: its clock is the only one.
        self._connected_by, self._over_by = max(0.0, left - connect), max(0.0, left - whole)
        self.connecting = False

    def seconds(self) -> float:
        """The timeout of the next operation. Raises TimeoutError if no time is left."""
        left = self._deadline.remaining() - (self._connected_by if self.connecting else self._over_by)
        if left <= 0:
            raise TimeoutError("timed out")
        return left if self.connecting else min(left, self._quiet)

    def check(self) -> None:
        """Raise TimeoutError where there is no time left."""
        self.seconds()

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        """Limit the operations of this thread meanwhile."""
        before = _LIMIT.set(self)
        try:
            yield
        finally:
            _LIMIT.reset(before)

    @contextlib.contextmanager
    def until_connected(self) -> Iterator[None]:
        self.connecting = True
        try:
            yield
        finally:
            self.connecting = False


_LIMIT: ContextVar[Limit | None] = ContextVar("limit", default=None)


class _Bounded(socket.socket):
    """A socket whose operations are limited to the remaining time. Its users call no other methods."""

    def _bound(self) -> None:
        limit = _LIMIT.get()
        if limit is not None:
            self.settimeout(limit.seconds())

    def connect(self, *arguments: Any) -> None:
        self._bound()
        super().connect(*arguments)

    def send(self, *arguments: Any) -> int:
        self._bound()
        return super().send(*arguments)

    def sendall(self, *arguments: Any) -> None:
        self._bound()
        super().sendall(*arguments)

    def recv(self, *arguments: Any) -> bytes:
        self._bound()
        return super().recv(*arguments)

    def recv_into(self, *arguments: Any) -> int:
        self._bound()
        return super().recv_into(*arguments)


class _BoundedTls(_Bounded, ssl.SSLSocket):
    def do_handshake(self, *arguments: Any) -> None:
        self._bound()
        super().do_handshake(*arguments)


def bind(context: ssl.SSLContext) -> ssl.SSLContext:
    """Make a context create such sockets."""
    context.sslsocket_class = _BoundedTls
    return context


def _addresses(host: str, port: int) -> list[Any]:
    """The addresses of a host name. The system lookup has no timeout, so it runs in a thread."""
    found: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.put(error)

    threading.Thread(target=ask, daemon=True).start()
    limit = _LIMIT.get()
    try:
        answer = found.get(timeout=limit.seconds() if limit else None)
    except queue.Empty:
        raise TimeoutError("timed out while its name was resolved") from None
    if isinstance(answer, BaseException):
        raise answer
    return list(answer)


def _dial(host: str, port: int, options: Any) -> socket.socket:
    problem: OSError = OSError("its name does not resolve to an address")
    for family, kind, protocol, _name, address in _addresses(host.strip("[]"), port):
        connection = _Bounded(family, kind, protocol)
        try:
            for option in options or ():
                connection.setsockopt(*option)
            connection.connect(address)
            return connection
        except OSError as error:
            connection.close()
            problem = error
    raise problem


def _holds_data(connection: Any) -> bool:
    """Whether it has received data that nobody read; also in TLS within the TLS of a proxy."""
    inner = getattr(connection, "sslobj", None)
    if inner is not None:
        return bool(inner.pending() or connection.incoming.pending) or _holds_data(connection.socket)
    return bool(getattr(connection, "pending", int)())


def pools(manager: Any) -> dict[str, Any]:
    """The connection pools of `manager`, which distinguish failures before anything was sent, such as in TLS."""

    class Bounded:
        """For both kinds of connections."""

        response_class: Any = LimitedResponse

        def _new_conn(self: Any) -> socket.socket:
            try:
                return _dial(self._dns_host, self.port, self.socket_options)
            except socket.gaierror as error:
                raise urllib3.exceptions.NameResolutionError(self.host, self, error) from error
            except OSError as error:
                raise urllib3.exceptions.NewConnectionError(self, str(error)) from error

        def connect(self) -> None:
            limit = _LIMIT.get()
            with limit.until_connected() if limit else contextlib.nullcontext():
                try:
                    super().connect()  # type: ignore[misc]
                except (urllib3.exceptions.HTTPError, ssl.SSLCertVerificationError):
                    raise
                except OSError as error:
                    raise urllib3.exceptions.NewConnectionError(self, str(error)) from error  # type: ignore[arg-type]
                except http.client.HTTPException as error:
                    self.close()  # type: ignore[attr-defined]  # so that urllib3 blames the proxy
                    cause = OSError(f"it does not speak HTTP: {error}")
                    raise urllib3.exceptions.NewConnectionError(self, str(cause)) from cause  # type: ignore[arg-type]

    class Http(Bounded, urllib3.connection.HTTPConnection):
        pass

    class Https(Bounded, urllib3.connection.HTTPSConnection):
        pass

    class HttpPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Http

    class HttpsPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Https

        def _get_conn(self, *arguments: Any, **options: Any) -> Any:
            """Without connections that received unsolicited data, which would be read as the next response.

            For plain sockets and unread TLS records, urllib3 detects this itself.
            """
            connection: Any = super()._get_conn(*arguments, **options)
            if _holds_data(connection.sock):
                connection.close()
            return connection

    return {**manager.pool_classes_by_scheme, "http": HttpPool, "https": HttpsPool}
