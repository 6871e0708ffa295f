# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections and bytes: trust, bounded bodies, strict JSON, and what a lost connection leaves unknown."""

from __future__ import annotations

import json
import ssl
import threading
import traceback
from typing import Any
from urllib.parse import urlsplit

from .._core.errors import TenantError, one_line
from .._core.retry import Deadline, Outcome

try:
    import certifi
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter

    _BAD_ADDRESS = tuple(
        getattr(requests.exceptions, name) for name in ("InvalidURL", "MissingSchema", "InvalidSchema")
    )
    IMPORT_ERROR = ""
except ImportError:
    IMPORT_ERROR = traceback.format_exc()
    HTTPAdapter = object  # type: ignore[assignment,misc]

_LARGEST_BODY = 64 * 1024 * 1024  # bytes, decoded
_CHUNK = 64 * 1024  # bytes


def _pools(manager: Any) -> dict[str, Any]:
    """The connection pools of C(manager), which say apart what fails before anything can have been sent, as in TLS."""

    class Connection(urllib3.connection.HTTPSConnection):
        def connect(self) -> None:
            try:
                super().connect()
            except (urllib3.exceptions.HTTPError, ssl.SSLCertVerificationError):
                raise
            except OSError as error:
                raise urllib3.exceptions.NewConnectionError(self, str(error)) from error

    class Pool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Connection

    return {**manager.pool_classes_by_scheme, "https": Pool}


class Adapter(HTTPAdapter):
    """One TLS context for all connections: requests would load the certificate bundle for each."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_maxsize=128, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **options)
        manager.pool_classes_by_scheme = _pools(manager)
        return manager

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, _unused = super().build_connection_pool_key_attributes(request, True, None)
        return host, {"cert_reqs": "CERT_REQUIRED"}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """The context holds the trust."""


class Connections:
    """Open connections by what they trust, for several transports of one process at once.

    What is said over them stays apart: each transport has cookies of its own, and each request its bearer. Not to be
    kept across a fork, since both sides would then read the same answers.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._adapters: dict[str, Adapter] = {}

    def adapter(self, ca_path: str | None) -> Adapter:
        path = ca_path or certifi.where()
        with self._lock:
            if path not in self._adapters:
                try:
                    self._adapters[path] = Adapter(ssl.create_default_context(cafile=path))
                except (OSError, ssl.SSLError) as error:
                    problem = f"the file of the option ca_path cannot be used: {one_line(error)}"
                    raise TenantError("usage", problem) from error
            return self._adapters[path]

    def close(self) -> None:
        for adapter in self._adapters.values():
            adapter.close()


class Lost(Exception):
    """No answer came; C(outcome) is what is known of the request."""

    def __init__(self, outcome: Outcome, kind: str, problem: str) -> None:
        super().__init__(problem)
        self.outcome, self.kind = outcome, kind


class Transport:
    """Sends one request at a time; trust and proxy come from options, and from nothing in the environment."""

    def __init__(self, ca_path: str | None, proxy: str | None, connections: Connections | None = None) -> None:
        self._proxies = {"https": proxy} if proxy else {}
        self._session = requests.Session()
        self._session.trust_env = False
        # requests would work out where a redirect leads, and read its body without limit, though none is followed.
        self._session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
        self._adapter = (connections or Connections()).adapter(ca_path)
        self._session.mount("https://", self._adapter)

    def prepare(self, method: str, url: str, **parts: Any) -> Any:
        """The request as it would be sent: C(url) is then what really goes out. Raises L(Lost)."""
        try:
            return self._session.prepare_request(requests.Request(method, url, **parts))
        except (*_BAD_ADDRESS, UnicodeError) as error:
            raise _no_address(url) from error

    def send(self, prepared: Any, connect: float, read: float, proxied: bool) -> Any:
        """The answer with its body unread; C(connect) and C(read) in seconds. Raises L(Lost)."""
        proxies = self._proxies if proxied else {}
        try:
            return self._session.send(
                prepared, stream=True, allow_redirects=False, verify=True, proxies=proxies, timeout=(connect, read)
            )
        except requests.exceptions.RequestException as error:
            raise lost(error, urlsplit(prepared.url).netloc) from error
        except UnicodeError as error:  # a label of the host is empty or too long
            raise _no_address(prepared.url) from error

    def reconnect(self) -> None:
        """Send what follows over new connections; those in use are closed when they are done."""
        self._adapter.poolmanager.clear()


class Unreadable(Exception):
    """A body that was not read to its end."""


def read_body(raw: Any, deadline: Deadline) -> bytes:
    """The body, bounded in size and, however slowly it drips, by the deadline."""
    chunks: list[bytes] = []
    size = 0
    while True:
        if deadline.remaining() <= 0:
            raise Unreadable("the time of the task is over")
        try:
            chunk = raw.read1(_CHUNK, decode_content=True)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unreadable(reason(error)) from error
        if not chunk:
            if raw.length_remaining:  # read1 does not enforce the announced length by itself
                raise Unreadable(f"{raw.length_remaining} bytes are missing")
            return b"".join(chunks)
        size += len(chunk)
        if size > _LARGEST_BODY:
            raise Unreadable(f"more than {_LARGEST_BODY} bytes")
        chunks.append(chunk)


def parse_json(body: bytes) -> Any:
    """Strict JSON: no key twice, no NaN. Raises C(ValueError)."""
    return json.loads(body, object_pairs_hook=_unique, parse_constant=_not_a_number)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice")
    return result


def _not_a_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def reason(error: BaseException) -> str:
    """The innermost cause, without addresses of Python objects."""
    while error.__cause__ is not None:
        error = error.__cause__
    return one_line(error, 120) or type(error).__name__


def _no_address(url: str) -> Lost:
    return Lost(Outcome.FINAL, "protocol", f"{one_line(url, 120)} is no address that can be called; nothing was sent")


def _causes(error: BaseException) -> list[BaseException]:
    """The exception, what it wraps and what those wrap."""
    found: list[BaseException] = []
    todo: list[Any] = [error]
    while todo:
        one = todo.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            todo += [getattr(one, "reason", None), one.__cause__, one.__context__, *one.args]
    return found


def lost(error: BaseException, host: str) -> Lost:
    """What is known when no answer came: only a failure before the connection stood is surely not sent."""
    causes = _causes(error)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = one_line(cause.verify_message, 120)
            return Lost(Outcome.FINAL, "tls", f"the certificate of {host} is not trusted ({why})")
        if isinstance(cause, urllib3.exceptions.NameResolutionError):
            return Lost(Outcome.NOT_SENT, "network", f"the host name of {host} does not resolve")
    for cause in causes:
        if isinstance(cause, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)):
            return Lost(Outcome.NOT_SENT, "network", f"no connection to {host} ({reason(cause)})")
    if any(isinstance(cause, urllib3.exceptions.ReadTimeoutError) for cause in causes):
        return Lost(Outcome.UNKNOWN, "network", f"{host} did not answer in time")
    return Lost(Outcome.UNKNOWN, "network", f"the connection to {host} was lost ({reason(error)})")
