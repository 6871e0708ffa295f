# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text before it was escaped or wrapped, and the original position of each piece.

The time grows linearly with the length of the text: no pattern here looks back. The memory is one copy of the text for
each layer.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache

_LAYERS = 4  # as HTML in JSON in an address
_PIECE = 2**17  # characters between two looks at the time
# This and _HIDING begin with the set of all their first characters: so re passes over nearly all of a text in a
# fraction of the time. What comes next looks back at which of them it was.
_ESCAPE = re.compile(
    r"""
    [%&\\=\r\n]
    (?:
    (?<=%)(?:25)*(?:(?P<byte>[0-9a-f]{2})|u(?P<wide>[0-9a-f]{4}))  # the second as JavaScript and IIS have it
    | (?<=&)(?:amp;)*\#0*(?P<number>[0-9]{1,7});?
    | (?<=&)(?:amp;)*\#x0*(?P<hex>[0-9a-f]{1,6});?
    | (?<=&)(?:amp;)*(?P<name>[a-z][a-z0-9]{1,30});
    | (?<=\\)(?<!\\\\)\\*(?:u(?P<unit>[0-9a-f]{4})|u\{0*(?P<point>[0-9a-f]{1,6})\}|x(?P<code>[0-9a-f]{2}))
    | (?:(?<==)(?:\r\n?|\n)|(?<=\r)\n?|(?<=\n))[\ \t]* | (?<=\\)(?<!\\\\)(?:\\*r\\)?\\*n  # of a line that was wrapped
    | (?P<space>(?<=\\)(?<!\\\\)\\*[rt])
    | (?<=\\)(?<!\\\\)\\*(?=[^\w\s\\])
    )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
# Changes by form encoders, HTML and terminals other than escapes, and any number of backslashes.
_LOOSE = re.compile(r"(?P<space>(?:[ \t\r\f\v+]|\xc2\xa0)+)|\\+")
_SPACES_IN_FORMS = ("\xc2\xa0", "\t", "\r", "\f", "\v", "+")
_SPACES = re.compile("  +")
_WIDE = re.compile("[^\x00-\x7f]")
# All white space, its bytes in UTF-8 as characters.
_WHITE = re.compile(
    "(?:[\t-\r\x1c-\x20]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2(?:\x80[\x80-\x8a\xa8\xa9\xaf]|\x81\x9f)|\xe3\x80\x80)+"
)
# What a terminal does not show, and `one_line` replaces: control characters, ANSI sequences, marks of direction, and
# where text may be broken or not.
UNSEEN = (
    "\x80-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
CONTROLS = "\x00-\x08\x0e-\x1f\x7f"
_OF_ANSI = r"\[[0-?]*[ -/]*[@-~]"
ANSI = f"\x1b{_OF_ANSI}"
# Also what `fit` puts in place of them, blank letters, and what chooses between forms of the character before it.
HIDING = f"{CONTROLS}{UNSEEN}\ufffd\u17b4\u17b5\u180b-\u180d\u2800\ufe00-\ufe0f\U000e0100-\U000e01ff"
# The same in UTF-8, each byte as one character.
_HIDING = re.compile(
    f"[{CONTROLS}\xc2\xcd\xd8\xe1\xe2\xe3\xef\xf0\xf3](?:"
    f"(?<=\x1b){_OF_ANSI}|(?<=[{CONTROLS}])[{CONTROLS}]*"
    "|(?<=\xc2)[\x80-\x9f\xad]|(?<=\xcd)\x8f|(?<=\xd8)\x9c"
    "|(?<=\xe1)(?:\x85[\x9f\xa0]|\x9e[\xb4\xb5]|\xa0[\x8b-\x8e])"
    "|(?<=\xe2)(?:\x80[\x8b-\x8f\xa8-\xae]|\x81[\xa0-\xaf]|\xa0\x80)|(?<=\xe3)\x85\xa4"
    "|(?<=\xef)(?:\xb8[\x80-\x8f]|\xbb\xbf|\xbe\xa0|\xbf[\xb9-\xbb\xbd])"
    "|(?<=\xf0)\x9d\x85[\xb3-\xba]|(?<=\xf3)\xa0(?:[\x80\x81]|[\x84-\x87])[\x80-\xbf])"
)

Span = tuple[int, int]
_Meaning = Callable[[re.Match[str]], str]


def as_bytes(text: str, encoding: str = "utf-8") -> str:
    """The bytes of the text, each as one character."""
    return text.encode(encoding, "surrogatepass").decode("latin-1")


def tight(loose: str) -> str:
    """A loose text without white space."""
    return _WHITE.sub("", loose)


class Unescaped:
    """A text without escapes and line breaks, as by `as_bytes`; `loose` also lacks backslashes and repeated spaces.

    `tight` lacks all white space.
    """

    def __init__(
        self, text: str, on_time: Callable[[int], None] = lambda characters: None, encoding: str = "utf-8"
    ) -> None:
        self._layers: list[tuple[re.Pattern[str], _Meaning, str]] = []  # each with the text before it
        self.text = text
        self._on_time = on_time
        if not text.isascii():
            self._layers.append((_WIDE, _as_bytes, self.text))
            self.text = as_bytes(text, encoding)
        self._peel(_HIDING, _nothing)
        for _layer in range(_LAYERS):
            on_time(len(text))
            if not self._peel(_ESCAPE, _unescaped):
                break
            self._peel(_HIDING, _nothing)
        self._unescaped = len(self._layers)
        on_time(len(text))
        self.loose = _loose(self.text)
        if self.loose != self.text:
            self._layers.append((_LOOSE, _loosened, self.text))
        self._loosened = len(self._layers)

    @cached_property
    def tight(self) -> str:
        """Only secrets with white space are searched in it."""
        text = tight(self.loose)
        if text != self.loose:
            self._layers.append((_WHITE, _nothing, self.loose))
        return text

    def spans(self, places: Iterable[Span]) -> list[Span]:
        """The original positions of places in `text`, each from start to end."""
        return self._traced(places, self._unescaped)

    def loose_spans(self, places: Iterable[Span]) -> list[Span]:
        """The same for places in `loose`."""
        return self._traced(places, self._loosened)

    def tight_spans(self, places: Iterable[Span]) -> list[Span]:
        """The same for places in `tight`."""
        found = merged(places)  # which makes the layer of it
        return self._traced(found, len(self._layers))

    def _peel(self, pattern: re.Pattern[str], meaning: _Meaning) -> bool:
        """Unescape one more layer; returns whether there was one."""
        text, number = pattern.subn(self._timed(meaning), self.text)
        if number:
            self._layers.append((pattern, meaning, self.text))
            self.text = text
        return bool(number)

    def _timed(self, meaning: _Meaning) -> _Meaning:
        """The meaning, with a look at the time now and then."""
        if len(self.text) < _PIECE:
            return meaning
        looked = 0

        def timed(found: re.Match[str]) -> str:
            nonlocal looked
            if found.start() >= looked + _PIECE:
                looked = found.start()
                self._on_time(_PIECE)
            return meaning(found)

        return timed

    def _traced(self, places: Iterable[Span], number: int) -> list[Span]:
        found = merged(places)
        for pattern, meaning, text in reversed(self._layers[:number] if found else []):
            found = merged(_traced_back(pattern, self._timed(meaning), text, found))
        return found


def merged(places: Iterable[Span]) -> list[Span]:
    """The places in order, overlapping ones merged."""
    result: list[Span] = []
    for start, end in sorted(places):
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _traced_back(pattern: re.Pattern[str], meaning: _Meaning, text: str, places: list[Span]) -> list[Span]:
    """The positions of the sorted places before `pattern` was replaced in `text`."""
    pieces = _pieces(pattern, meaning, text)
    at, end, old_start, old_end = next(pieces)

    def before(place: int) -> Span:
        nonlocal at, end, old_start, old_end
        while place >= end:
            at, end, old_start, old_end = next(pieces)
        return (old_start, old_end) if place >= at else (old_start - at + place, old_start - at + place + 1)

    return [(before(start)[0], before(stop - 1)[1]) for start, stop in places]


def _pieces(pattern: re.Pattern[str], meaning: _Meaning, text: str) -> Iterator[tuple[int, int, int, int]]:
    """The replaced pieces: their position now and before. The end of the text comes last."""
    shift = 0
    for found in pattern.finditer(text):
        length = len(meaning(found))
        yield found.start() + shift, found.start() + shift + length, *found.span()
        shift += length - len(found[0])
    yield len(text) + shift, len(text) + shift + 1, len(text), len(text)


def _nothing(found: re.Match[str]) -> str:
    return ""


def _as_bytes(found: re.Match[str]) -> str:
    return as_bytes(found[0])


def _loose(text: str) -> str:
    """The effect of `_LOOSE` on a text, in a fraction of the time: nearly every text has spaces."""
    for space in _SPACES_IN_FORMS:
        text = text.replace(space, " ")
    return (_SPACES.sub(" ", text) if "  " in text else text).replace("\\", "")


def _loosened(found: re.Match[str]) -> str:
    return " " if found.lastgroup else ""


def _unescaped(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind is None:
        return ""
    if kind == "space":
        return " "
    plain = _stands_for(kind, found[kind])
    return found[0] if plain is None else plain


@lru_cache(maxsize=4096)
def _stands_for(kind: str, value: str) -> str | None:
    if kind == "name":
        plain = html.unescape(f"&{value};")
        return as_bytes(plain) if plain != f"&{value};" else None
    number = int(value, 10 if kind == "number" else 16)
    if kind == "byte":
        return chr(number)
    return as_bytes(chr(number)) if number <= 0x10FFFF else None
