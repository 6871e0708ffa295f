# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The headers of a response: limited, and parsed in a time that grows with their size only.

http.client has them parsed as those of a mail with its parts, which takes minutes for some headers of one line, and
looks at no deadline meanwhile.
"""

from __future__ import annotations

import email.parser
import http.client
import io
import re
from typing import Any

_MOST_LINES = 100  # as in http.client, and the next one too
_LONGEST_LINE = 64 * 1024  # bytes
_LARGEST = 256 * 1024  # bytes of all lines
TOO_LONG = f"its headers are too long: over {_MOST_LINES} lines, {_LONGEST_LINE} bytes of one or {_LARGEST} of all"
# RFC 9112, 2.2 and 5.2: a carriage return alone is a space, and so is the beginning of a line that goes on.
_SPACES = re.compile(r"\r(?!\n)|\r?\n[ \t]+")
# Those by which http.client finds the end of the response.
_FRAMING = ("Transfer-Encoding", "Content-Length", "Connection", "Keep-Alive", "Proxy-Connection")


class LimitedResponse(http.client.HTTPResponse):
    """Parses the headers itself, and shows http.client only those that it needs."""

    too_long = False  # then the rest is unread, so there is no body
    _stream: Any = None
    _message: Any = None

    def begin(self, *arguments: Any, **options: Any) -> None:
        self._stream = self.fp
        try:
            super().begin(*arguments, **options)
        finally:
            stream, self._stream = self._stream, None
            still: Any = None if stream.closed else stream  # http.client closes it after a status line that is none
            self.fp = still
        self.headers = self.msg = self._message
        self.will_close = self.will_close or self.too_long

    def _read_status(self) -> Any:
        """Called for each interim response and for the last, before http.client reads the headers after it."""
        if self._stream is None:  # a proxy's response, of which nobody reads the headers
            return super()._read_status()  # type: ignore[misc]
        self.fp = self._stream
        status = super()._read_status()  # type: ignore[misc]
        text, self.too_long = _read(self.fp)
        self._message = email.parser.HeaderParser(_class=http.client.HTTPMessage).parsestr(text)
        del self._message["Set-Cookie2"]  # historic since RFC 6265, and its parser takes too long as well
        framing = ((name, value) for name in _FRAMING for value in self._message.get_all(name, ()))
        shown: Any = io.BytesIO("".join(f"{name}: {value.strip()}\r\n" for name, value in framing).encode("latin-1"))
        self.fp = shown
        return status


def _read(stream: Any) -> tuple[str, bool]:
    """The lines of the headers, and whether they are too long; then without the rest."""
    lines: list[bytes] = []
    size, too_long = 0, False
    while not lines or lines[-1] not in (b"\r\n", b"\n", b""):
        line = stream.readline(_LONGEST_LINE + 1)
        size += len(line)
        too_long = len(line) > _LONGEST_LINE or size > _LARGEST or len(lines) == _MOST_LINES
        if too_long:
            break
        lines.append(line)
    return _SPACES.sub(" ", b"".join(lines).decode("latin-1")), too_long
