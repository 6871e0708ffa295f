# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The body of a response: limited in size and time, and accepted only if it is known to be complete."""

from __future__ import annotations

import re
import traceback
import zlib
from collections.abc import Iterator, Mapping
from email.errors import MissingHeaderBodySeparatorDefect
from typing import Any

from .._core.errors import one_line
from .._core.retry import header
from .._core.text import counted
from .head import TOO_LONG
from .sockets import Limit

try:
    import urllib3

    IMPORT_ERROR = ""
except ImportError:
    IMPORT_ERROR = traceback.format_exc()

ENCODING = "gzip"  # the only one requested
_LARGEST_BODY = 64 * 1024 * 1024  # bytes, decoded
_CHUNK = 64 * 1024  # bytes
_LENGTH = re.compile(r"[ \t]*[0-9]+[ \t]*")
_WITHOUT_BODY = (204, 304)
_GZIP = (b"\x1f\x8b", 16 + zlib.MAX_WBITS)  # its first bytes, and its name in zlib


class IncompleteBody(Exception):
    """A body that was not read to its end."""


def read_body(raw: Any, limit: Limit, must_end: bool = False) -> bytes:
    """The body, limited in size and by the time of its request. Raises `IncompleteBody`.

    Without a declared length, a lost connection looks like the end. With `must_end` the body is then only accepted if
    its format shows its end, as objects and lists of JSON and gzip do.
    """
    if getattr(_head(raw), "too_long", False):
        raise IncompleteBody(TOO_LONG)
    if raw.chunked and raw.status in _WITHOUT_BODY:  # RFC 9112, 6.3: the chunks that it announces never come
        raw.close()
        return b""
    if _has_defects(raw):  # so the length of the body may be unknown
        raise IncompleteBody("a line of its headers is not a header")
    length = header(raw.headers, "Content-Length")
    if length and not all(_LENGTH.fullmatch(one) for one in length.split(",")):  # RFC 9112, 6.3
        raise IncompleteBody("its length is not a number of bytes")
    encoding = header(raw.headers, "Content-Encoding").lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise IncompleteBody(f"it is encoded as {one_line(encoding, 40)}, which was not asked for")
    zipped = "gzip" in encoding
    unsaid = must_end and raw.length_remaining is None and not raw.chunked
    chunks: list[bytes] = []
    size = 0
    came = _chunks(raw, limit)
    for chunk in _unzipped(came, limit, must_come=unsaid) if zipped else came:
        size += len(chunk)
        if size > _LARGEST_BODY:
            raise IncompleteBody(f"more than {_LARGEST_BODY} bytes")
        chunks.append(chunk)
    body = b"".join(chunks)
    if unsaid and not zipped and not body.rstrip().endswith((b"}", b"]")):
        raise IncompleteBody("the connection ended before the end of the response")
    return body


def headers_of(response: Any) -> Mapping[str, Any]:
    """The headers, with those after a line that is none, where the parser of headers stops."""
    headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
    waits: list[str] = []  # of several, the longest counts
    for line in _not_headers(response.raw).split("\n"):
        name, _colon, value = line.partition(":")
        name = name.strip().lower()
        if name == "retry-after":
            waits.append(value)
        else:
            headers.setdefault(name, value)
    if waits:
        headers["retry-after"] = ", ".join([*filter(None, [headers.get("retry-after")]), *waits])
    return headers


def _not_headers(raw: Any) -> str:
    """What the parser of headers left unread."""
    message = _message(raw)
    return str(message.get_payload()).strip() if message is not None else ""


def _has_defects(raw: Any) -> bool:
    """Whether a line is not a header."""
    defects = getattr(_message(raw), "defects", ())
    return bool(_not_headers(raw)) or any(isinstance(one, MissingHeaderBodySeparatorDefect) for one in defects)


def _message(raw: Any) -> Any:
    return getattr(_head(raw), "msg", None)


def _head(raw: Any) -> Any:
    """The response as http.client has read it."""
    return getattr(raw, "_original_response", None)


def _chunks(raw: Any, limit: Limit) -> Iterator[bytes]:
    while True:
        try:
            limit.check()  # buffered data comes without any operation on a socket
            with limit.holding():
                chunk = raw.read1(_CHUNK, decode_content=False)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise IncompleteBody(reason(error)) from error
        if not chunk:
            break
        yield chunk
    if raw.length_remaining:  # read1 itself does not enforce the announced length
        raise IncompleteBody(counted(raw.length_remaining, "byte is missing", "bytes are missing"))


def _unzipped(chunks: Iterator[bytes], limit: Limit, must_come: bool) -> Iterator[bytes]:
    """The decompressed text, in pieces whatever the compression ratio, and only if its end is present.

    Services label an empty body as gzip as well; without `must_come`, it is accepted.
    """
    begin, form = _GZIP
    decoder = zlib.decompressobj(form)
    begun = must_come
    for data in chunks:
        begun = True
        while data:
            if decoder.eof:  # another member follows, or meaningless padding
                if not begin.startswith(data[:2]):
                    break
                decoder = zlib.decompressobj(form)
            try:
                limit.check()
                yield decoder.decompress(data, _CHUNK)
            except (zlib.error, TimeoutError) as error:
                raise IncompleteBody(one_line(error, 120)) from error
            data = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
    if begun and not decoder.eof:
        raise IncompleteBody("it is packed with gzip, and its end is missing")


def reason(error: BaseException) -> str:
    """The innermost cause, without addresses of Python objects."""
    while error.__cause__ is not None:
        error = error.__cause__
    return one_line(error, 120) or type(error).__name__
