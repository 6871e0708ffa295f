# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantee 4 for headers: however they are made, they take no time beyond that of the task, as parsers would need.

The time is that of the processor, and of this thread alone, so that a slow machine does not change the result.
"""

from __future__ import annotations

import http.cookiejar
import ssl
import time
import warnings
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._http.http import Http, Service

from .test_framing import HEAD, NO_HEADER, reading, serving, tls

__all__ = ["tls"]
MOST = 1.0  # seconds; with the parsers of Python, most of these take more than three
OK = b"HTTP/1.1 200 OK\r\n"
REST = b"Content-Length: 2\r\n\r\n{}"
LONG = b";" * 60_000
# Quadratic, each within the limits of http.client: 100 lines of 65536 bytes.
SHORT_ENOUGH = {
    "parameters of a message of parts": b'Content-Type: multipart/x;a="' + b"\r\n ".join([LONG] * 3) + b"\r\n",
    "parameters of a part": b"Content-Type: multipart/x; boundary=x\r\n"
    + NO_HEADER
    + b'--x\r\nContent-Type: multipart/x;a="'
    + LONG
    + b"\r\n",
    "attributes of an old kind of cookie": b"Set-Cookie: a=b\r\n" + b"Set-Cookie2: " + b"a " * 32_000 + b"\r\n",
}
TOO_LONG = {
    "many waits between form feeds": NO_HEADER + (b"retry-after:1\x0c" * 4600 + b"\r\n") * 90,
    "headers between carriage returns": (b"A: b" + b"\rB:" * 20_000 + b"\r\n") * 90,
    "folded": b"A: b\r\n" + (b" " + b"x" * 60_000 + b"\r\n") * 5,
    "many": b"A: b\r\n" * 100,
    "one long line": b"A: " + b"x" * 70_000 + b"\r\n",
}


def answered(answer: bytes, tls: tuple[ssl.SSLContext, str], then: bytes = b"") -> tuple[float, Any, list[float]]:
    """The time of the processor for a response, and its JSON or the failure; the waits."""
    sleeps: list[float] = []
    with serving(lambda number: then if number and then else answer, tls[0], closes=True) as port:
        http = Http("contoso.com", 30, tls[1], sleep=sleeps.append, random=lambda: 0.0)
        begun = time.thread_time()
        try:
            found: Any = http.send(Service("Graph", f"https://localhost:{port}"), reading("a")).json
        except TenantError as error:
            found = error
    return time.thread_time() - begun, found, sleeps


@pytest.mark.parametrize("form", SHORT_ENOUGH)
def test_no_header_takes_long(form: str, tls: tuple[ssl.SSLContext, str]) -> None:
    took, found, _sleeps = answered(OK + SHORT_ENOUGH[form] + REST, tls)
    assert took < MOST
    assert found == {} or "a line of its headers is not a header" in str(found)


@pytest.mark.parametrize("form", TOO_LONG)
def test_headers_have_a_limit(form: str, tls: tuple[ssl.SSLContext, str]) -> None:
    took, found, _sleeps = answered(HEAD + TOO_LONG[form] + REST, tls)
    assert took < MOST
    assert found.kind == "protocol" and "its headers are too long" in str(found)


def test_a_wait_before_the_limit_counts(tls: tuple[ssl.SSLContext, str]) -> None:
    """What was refused for now stays that, however much follows."""
    answer = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 20\r\n" + TOO_LONG["many"] + REST
    _took, found, sleeps = answered(answer, tls, OK + REST)
    assert found == {} and sleeps[0] == 20


def test_nothing_parses_the_old_kind_of_cookie(
    tls: tuple[ssl.SSLContext, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 6265 made it historic, and the parser of Python is quadratic; other cookies are kept, as clients do."""
    parsed: list[str] = []

    def split(values: list[str]) -> list[Any]:
        parsed.extend(values)
        return []

    monkeypatch.setattr(http.cookiejar, "split_header_words", split)
    answer = HEAD + SHORT_ENOUGH["attributes of an old kind of cookie"] + REST
    assert answered(answer, tls)[1] == {} and parsed == []


def test_a_cookie_that_cannot_be_read_shows_nothing(tls: tuple[ssl.SSLContext, str]) -> None:
    """http.cookiejar warns of a bug in itself, with a traceback."""
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always", UserWarning)
        assert answered(HEAD + b"Set-Cookie: bad=v; max-age\r\n" + REST, tls)[1] == {}
    assert [str(one.message) for one in shown if one.category is UserWarning] == []


@pytest.mark.parametrize("value", [b"chunked", b"\r\n chunked", b"\r\n\tchunked "])
def test_a_folded_header_counts(value: bytes, tls: tuple[ssl.SSLContext, str]) -> None:
    """RFC 9112, 5.2: as if it were on one line."""
    answer = HEAD + b"Transfer-Encoding: " + value + b"\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    assert answered(answer, tls)[1] == {}


@pytest.mark.parametrize(
    "line", [b"HTTP/1.1 abc OK\r\n\r\n", b"HTTP/1.1 9999 OK\r\n\r\n", b"nothing\r\n\r\n", b"HTTP/1.1\r\n"]
)
def test_a_line_that_is_no_status_is_a_failure_of_its_own(line: bytes, tls: tuple[ssl.SSLContext, str]) -> None:
    """http.client closes the connection then, before the response is closed."""
    _took, found, _waits = answered(line, tls)
    assert isinstance(found, TenantError) and found.kind in ("network", "protocol")
    assert answered(line, tls, then=OK + REST)[1] == {}
