# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text as it was before anybody escaped or wrapped it, and where each piece of it stood."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache

_LAYERS = 4  # as HTML in JSON in an address
_ESCAPE = re.compile(
    r"""
    %(?:25)*(?P<byte>[0-9a-f]{2})
    | &(?:amp;)*\#0*(?P<number>[0-9]{1,7});?
    | &(?:amp;)*\#x0*(?P<hex>[0-9a-f]{1,6});?
    | &(?:amp;)*(?P<name>[a-z][a-z0-9]{1,30});
    | (?<!\\)\\+(?:u(?P<unit>[0-9a-f]{4})|u\{0*(?P<point>[0-9a-f]{1,6})\}|x(?P<code>[0-9a-f]{2}))
    | =?\r?\n[\ \t]* | (?<!\\)(?:\\+r)?\\+n  # of a line that was wrapped
    | (?<!\\)\\+(?=[^\w\s\\])
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_WIDE = re.compile("[^\x00-\x7f]")
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"  # where text may be broken, and where it may not


def escaped(text: str) -> bool:
    """Whether the text may be another one than it seems."""
    return _ESCAPE.search(text) is not None or (not text.isascii() and any(one in text for one in _UNSEEN))


def as_bytes(text: str) -> str:
    """The bytes of the text in UTF-8, each as one character."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


class Unescaped:
    """`text` without its escapes and line breaks, as by `as_bytes`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._peeled: list[tuple[re.Pattern[str], str]] = []  # each with the text as it was before
        if not text.isascii():
            self._peel(_WIDE)
        for _layer in range(_LAYERS):
            if not self._peel(_ESCAPE):
                break

    def spans(self, places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Where that which stands at `places` here, each from its start to its end, stood in the text."""
        found = list(places)
        for pattern, text in reversed(self._peeled if found else []):
            layer = _Layer(pattern, text)
            found = [(layer.origin(start)[0], layer.origin(end - 1)[1]) for start, end in found]
        return found

    def _peel(self, pattern: re.Pattern[str]) -> bool:
        text, number = pattern.subn(_meaning, self.text)
        if number:
            self._peeled.append((pattern, self.text))
            self.text = text
        return bool(number)


class _Layer:
    """Where the pieces stood that were replaced; worked out only where something was found, since it takes its time."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self._at: list[int] = []
        self._pieces: list[tuple[int, tuple[int, int]]] = []
        shift = 0
        for found in pattern.finditer(text):
            length = len(_meaning(found))
            self._at.append(found.start() + shift)
            self._pieces.append((length, found.span()))
            shift += length - len(found[0])

    def origin(self, at: int) -> tuple[int, int]:
        """Where the character at this place stood."""
        number = bisect_right(self._at, at) - 1
        if number < 0:
            return at, at + 1
        length, (start, end) = self._pieces[number]
        beyond = at - self._at[number] - length
        return (start, end) if beyond < 0 else (end + beyond, end + beyond + 1)


def _meaning(found: re.Match[str]) -> str:
    return _stands_for(found[0], found.lastgroup or "", found[found.lastgroup or 0])


@lru_cache(maxsize=4096)
def _stands_for(text: str, kind: str, value: str) -> str:
    if not kind:
        return "" if text in _UNSEEN or text.isascii() else as_bytes(text)
    if kind == "name":
        plain = html.unescape(f"&{value};")
        return as_bytes(plain) if plain != f"&{value};" else text
    number = int(value, 10 if kind == "number" else 16)
    if kind == "byte":
        return chr(number)
    return as_bytes(chr(number)) if number <= 0x10FFFF else text
