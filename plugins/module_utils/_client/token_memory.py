# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access tokens, and the memory that tasks share them in; no I/O."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_MARGIN = 300  # remaining life in seconds that outlasts most tasks; the Azure SDKs renew as early
_SKEW = 60  # seconds
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True)
class Token:
    """An access token and when it expires, in seconds since 1970."""

    text: str = field(repr=False)
    expires: float

    @classmethod
    def living(cls, text: str, seconds: float) -> Token:
        return cls(text, now() + seconds)

    @property
    def lasts(self) -> bool:
        return self.expires - now() > _MARGIN

    @property
    def ended(self) -> bool:
        """Whether it expired, also by a clock that is a minute ahead."""
        return self.expires - now() < _SKEW


def now() -> float:
    """Seconds since 1970."""
    return time.time()


def is_token(text: str) -> bool:
    """Whether it is valid in a header. Tokens are opaque to us."""
    return _TOKEN.fullmatch(text) is not None


class TokenMemory:
    """Tokens by the key of their sign-in, shared by everyone who is given the same memory; here within one process."""

    def __init__(self, tokens: dict[str, Token] | None = None) -> None:
        self._tokens = {} if tokens is None else tokens
        self._documents: dict[str, str] = {}

    def get(self, key: str) -> Token | None:
        return self._tokens.get(key)

    def put(self, key: str, token: Token) -> None:
        self._tokens[key] = token

    def drop(self, key: str, text: str) -> None:
        """Remove this token; a newer one stays."""
        known = self._tokens.get(key)
        if known is not None and known.text == text:
            del self._tokens[key]

    def document(self, url: str) -> str | None:
        """The discovery document at an address, if a task has used it."""
        return self._documents.get(url)

    def put_document(self, url: str, text: str) -> None:
        self._documents[url] = text

    def drop_document(self, url: str, text: str) -> None:
        """Remove this document; a newer one stays."""
        if self._documents.get(url) == text:
            del self._documents[url]

    def try_lock(self, key: str) -> Callable[[], None] | None:
        """Lock `key` and return what releases it; None while another task signs in for it."""
        return lambda: None
