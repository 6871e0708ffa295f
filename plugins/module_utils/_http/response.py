# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A complete response of a service."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .._core.retry import header, http_date

WHOLE = (200, 204)  # with these, an empty body may mean that nothing exists; 202 announces a later response

_LONGEST_TEXT = 500_000  # bytes: more characters than are searched for secrets, and far more than anybody is shown
_WRONG_BYTES = bytes(range(0x80, 0x100)).decode("utf-8", "surrogateescape")
_LETTERS = {
    ord(wrong): bytes([byte]).decode("latin-1" if byte in b"\x81\x8d\x8f\x90\x9d" else "cp1252")
    for byte, wrong in enumerate(_WRONG_BYTES, 0x80)
}


@dataclass(frozen=True)
class Response:
    """A complete response: status, headers (names in any case), the decoded body and its JSON, if any.

    `token` is the one that the request was sent with: there may be a newer one by now.
    """

    status: int
    headers: Any
    body: bytes
    json: Any = None
    client_request_id: str = ""
    token: str = field(default="", repr=False)

    @property
    def handle(self) -> str:
        """The ids by which Microsoft's support finds this response."""
        named = header(self.headers, "request-id") or header(self.headers, "client-request-id")
        return named or self.client_request_id

    @property
    def text(self) -> str:
        return text_of(self.body)

    @property
    def date(self) -> datetime:
        """The service's own clock, so that ages do not depend on the clock of this machine."""
        return self.service_time or datetime.now(UTC)

    @property
    def service_time(self) -> datetime | None:
        """The service's own clock; None if the response has no date."""
        return http_date(header(self.headers, "Date"))


def text_of(body: bytes) -> str:
    """The beginning of a body as text in which secrets are recognized.

    Each byte that is not UTF-8 becomes a letter of Windows-1252, or of Latin-1 where that has none.
    """
    body = body[:_LONGEST_TEXT]
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    without = body.replace(b"\0", b"")  # of UTF-16 that does not say so
    return without.decode("utf-8", "surrogateescape").translate(_LETTERS)
