# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections: trust, and what is unknown after a connection was lost."""

from __future__ import annotations

import http.cookiejar
import logging
import os
import re
import socket
import ssl
import threading
import traceback
import warnings
from collections.abc import Mapping
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

from .._core.connection import check_rehearsal
from .._core.errors import TenantError, one_line, usage
from .._core.private_file import check_regular
from .._core.retry import Outcome
from .body import ENCODING, reason
from .sockets import Limit, bind, pools

try:
    import certifi
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter
    from requests.cookies import MockResponse, RequestsCookieJar

    _BAD_ADDRESS = tuple(
        getattr(requests.exceptions, name) for name in ("InvalidURL", "MissingSchema", "InvalidSchema")
    )
    IMPORT_ERROR = ""
except ImportError:
    IMPORT_ERROR = traceback.format_exc()
    HTTPAdapter = RequestsCookieJar = object  # type: ignore[assignment,misc]


def _may_be_logged(record: logging.LogRecord) -> bool:
    """Whether a record of urllib3 shows no text of a response, which may hold secrets."""
    return not str(record.msg).startswith("Failed to parse headers")


for _name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(_name).addFilter(_may_be_logged)


_PROXY_REFUSES = re.compile("Tunnel connection failed: 4(?!08|29)")  # as http.client says it; these two pass
_MOST_COOKIES, _LONGEST_COOKIE = 50, 4096  # of one domain, and bytes of one
_HEADER = re.compile(r"[\x20-\x7e]*")  # what every header can hold


class Adapter(HTTPAdapter):
    """One TLS context for all connections: requests would load the certificate bundle for each."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_maxsize=128, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **options)
        self.poolmanager.pool_classes_by_scheme = pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        # Without a context of its own, TLS to the proxy has no deadline and trusts what the environment says.
        trust = {"ssl_context": self._context, "proxy_ssl_context": self._context}
        manager = super().proxy_manager_for(proxy, **trust, **options)
        manager.pool_classes_by_scheme = pools(manager)
        return manager

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, _unused = super().build_connection_pool_key_attributes(request, True, None)
        return host, {"cert_reqs": "CERT_REQUIRED"}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Trust is in the context."""


class Connections:
    """Open connections by their trust settings, for several concurrent transports of one process.

    Their state is separate: each transport has its own cookies, and each request its bearer. Not to be kept across a
    fork, since both processes would then read the same responses.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._adapters: dict[str, Adapter] = {}

    def adapter(self, ca_path: str | None) -> Adapter:
        path = ca_path or certifi.where()
        with self._lock:
            if path not in self._adapters:
                try:
                    check_regular(path, os.stat(path))
                    self._adapters[path] = Adapter(bind(ssl.create_default_context(cafile=path)))
                except (OSError, ssl.SSLError) as error:
                    problem = f"the file of the option ca_path cannot be used: {one_line(error)}"
                    step = f"Specify a file with PEM certificates; {one_line(path)} is none that can be read"
                    raise TenantError("usage", problem, next_step=step) from error
            return self._adapters[path]

    def close(self) -> None:
        for adapter in self._adapters.values():
            adapter.close()


class _Jar(RequestsCookieJar):
    """Leaves out a cookie that cannot be read; http.cookiejar would leave out all of its response."""

    def make_cookies(self, response: Any, request: Any) -> list[http.cookiejar.Cookie]:
        made: list[http.cookiejar.Cookie] = []
        for value in response.info().get_all("Set-Cookie", []):
            headers = Message()
            headers["Set-Cookie"] = value
            alone: Any = MockResponse(headers)
            made += super().make_cookies(alone, request)
        return made


class _Cookies(http.cookiejar.DefaultCookiePolicy):
    """No more cookies than any client has room for (RFC 6265, 6.1), whatever services send."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: Any = _Jar(self)

    def _has_room(self, domain: str) -> bool:
        return sum(cookie.domain == domain for cookie in self.kept) < _MOST_COOKIES

    def set_ok(self, cookie: http.cookiejar.Cookie, request: Any) -> bool:
        room = self._has_room(cookie.domain) or _place(cookie) in map(_place, self.kept)
        if not room:
            self.kept.clear_expired_cookies()
            room = self._has_room(cookie.domain)
        fits = len(cookie.name) + len(cookie.value or "") + len(cookie.path) <= _LONGEST_COOKIE
        return room and fits and super().set_ok(cookie, request)


def _place(cookie: http.cookiejar.Cookie) -> tuple[str, str, str]:
    """Where a jar keeps a cookie: another one with the same place is the same in a new version."""
    return cookie.domain, cookie.path, cookie.name


class RequestFailed(Exception):
    """No response arrived; `outcome` is what is known of the request."""

    def __init__(self, outcome: Outcome, kind: str, problem: str) -> None:
        super().__init__(problem)
        self.outcome, self.kind = outcome, kind


class Transport:
    """Sends one request at a time; trust and proxy come from options, never from the environment."""

    def __init__(self, ca_path: str | None, proxy: str | None, connections: Connections | None = None) -> None:
        self._proxies = {"https": proxy} if proxy else {}
        self._proxy = urlsplit(proxy or "").netloc.rpartition("@")[2]
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies = _Cookies().kept
        # It warns with a traceback when it cannot read a cookie.
        warnings.filterwarnings("ignore", "http.cookiejar bug!", UserWarning)
        self._session.headers["Accept-Encoding"] = ENCODING  # requests would use whatever happens to be installed
        # requests would resolve redirects and read their bodies without limit, though none is followed.
        self._session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
        self._adapter = (connections or Connections()).adapter(ca_path)
        for scheme in ("https://", "http://"):  # the endpoint of a managed identity has no certificate
            self._session.mount(scheme, self._adapter)

    def prepare(self, method: str, url: str, **parts: Any) -> Any:
        """The request as it would be sent, with the actual `url`. Raises `RequestFailed`."""
        _check(parts.get("headers") or {})
        try:
            prepared = self._session.prepare_request(requests.Request(method, url, **parts))
        except (*_BAD_ADDRESS, UnicodeError) as error:
            raise _no_address(url) from error
        check_rehearsal(str(prepared.url))
        return prepared

    def send(self, prepared: Any, limit: Limit, proxied: bool) -> Any:
        """The response, its body unread. Raises `RequestFailed`."""
        _check(prepared.headers)
        proxies = self._proxies if proxied else {}
        try:
            with limit.holding():
                return self._session.send(
                    prepared, stream=True, allow_redirects=False, verify=True, proxies=proxies, timeout=limit.seconds()
                )
        except (requests.exceptions.RequestException, TimeoutError) as error:
            raise lost(error, urlsplit(prepared.url).netloc, self._proxy) from error
        except UnicodeError as error:  # a label of the host is empty or too long
            raise _no_address(prepared.url) from error

    def reconnect(self) -> None:
        """Use new connections from now on; those in use are closed when they are done."""
        for manager in (self._adapter.poolmanager, *self._adapter.proxy_manager.values()):
            manager.clear()


def _check(headers: Mapping[str, Any]) -> None:
    """Refuse values that are invalid in headers, before other code does so and shows them. Raises `TenantError`."""
    for name, value in headers.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        if name != "Cookie" and not _HEADER.fullmatch(text):  # cookies come from the service itself
            problem = f"the value for the header {name} holds characters that no header can hold; it is not shown"
            raise usage(problem, "Check the options for line breaks and non-ASCII characters")


def _no_address(url: str) -> RequestFailed:
    return RequestFailed(Outcome.FINAL, "protocol", f"{one_line(url, 120)} is not a valid address; nothing was sent")


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


def lost(error: BaseException, host: str, proxy: str = "") -> RequestFailed:
    """What is known without a response: only a failure before the connection was established is surely not sent."""
    causes = _causes(error)
    if proxy and any(isinstance(cause, urllib3.exceptions.ProxyError) for cause in causes):
        host = f"the proxy {proxy}"
        refused = next((cause for cause in reversed(causes) if _PROXY_REFUSES.match(str(cause))), None)
        unknown = any(isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN for cause in causes)
        if refused or unknown:  # which it would repeat forever
            why = one_line(refused, 120) if refused else "its host name does not resolve"
            return RequestFailed(Outcome.FINAL, "network", f"no connection through {host} ({why})")
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = one_line(cause.verify_message, 120)
            return RequestFailed(Outcome.FINAL, "tls", f"the certificate of {host} is not trusted ({why})")
        if isinstance(cause, urllib3.exceptions.NameResolutionError):
            return RequestFailed(Outcome.NOT_SENT, "network", f"the host name of {host} does not resolve")
    for cause in causes:
        if isinstance(cause, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)):
            return RequestFailed(Outcome.NOT_SENT, "network", f"no connection to {host} ({reason(cause)})")
    if any(isinstance(cause, (TimeoutError, urllib3.exceptions.ReadTimeoutError)) for cause in causes):
        return RequestFailed(Outcome.UNKNOWN, "network", f"{host} did not respond in time")
    return RequestFailed(Outcome.UNKNOWN, "network", f"the connection to {host} was lost ({reason(error)})")
