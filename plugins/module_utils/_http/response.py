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
    """A body as text in which secrets are recognized: each byte that is not UTF-8 becomes a letter of Windows-1252."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    without = body.replace(b"\0", b"")  # of UTF-16 that does not say so
    return without.decode("utf-8", _AS_LETTERS)


def _as_letters(error: UnicodeError) -> tuple[str, int]:
    """What Python calls for bytes that are not UTF-8; the text in their place, and where to go on."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    try:
        return wrong.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return wrong.decode("latin-1"), error.end


_AS_LETTERS = "intune_exchange_as_letters"
codecs.register_error(_AS_LETTERS, _as_letters)
