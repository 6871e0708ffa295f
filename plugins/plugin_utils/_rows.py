# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of dictionaries as rows of cells, for the filters that show them."""

from __future__ import annotations

import json
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.errors import one_line

_GAP = "  "
_NARROWEST = 12  # characters of a column that was narrowed for others


class Rows:
    """`rows` in the `columns`: names, or a dictionary of headings and names. `name` is that of the filter.

    A dot in a name descends into a value and into each element of a list. Raises AnsibleFilterError for other shapes,
    and during iteration for a row without the part of a name before the first dot.
    """

    def __init__(self, name: str, rows: Any, columns: Any) -> None:
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise AnsibleFilterError(f"{name} needs a list of dictionaries")
        if not isinstance(columns, list | Mapping) or not columns:
            raise AnsibleFilterError(f"{name} needs columns: a list of names, or a dictionary of headings and names")
        names = columns if isinstance(columns, Mapping) else {one: one for one in columns}
        self._name, self._rows = name, rows
        self._names = {str(heading): str(one) for heading, one in names.items()}

    @property
    def headings(self) -> list[str]:
        return list(self._names)

    def __iter__(self) -> Iterator[list[Any]]:
        for number, row in enumerate(self._rows, 1):
            yield [self._find(row, name, number) for name in self._names.values()]

    def _find(self, row: Mapping[str, Any], name: str, number: int) -> Any:
        first, *rest = name.split(".")
        if first not in row:
            there = ", ".join(sorted(map(str, row)))
            raise AnsibleFilterError(f"{self._name}: row {number} has no {first!r}; it has {there}")
        return _within(row[first], rest)


def table(
    name: str, rows: Any, columns: Any, width: int = 50, line_width: int = 100, whole_words: bool = False
) -> list[str]:
    """The rows as lines for a terminal, the headings first. `name` is that of the filter.

    Cells have at most `width` characters, lines at most `line_width` (0: no maximum): the widest columns are wrapped.
    With `whole_words`, there is no line if a word must be broken, such as an id that somebody may copy.
    """
    found = Rows(name, rows, columns)
    values = [found.headings, *found]
    cells = [[one_line(text_of(value), width) or "-" for value in row] for row in values]
    by_column = [*zip(*cells, strict=True)]
    words = [max(_columns(word) for text in column for word in text.split()) for column in by_column]
    widths = _narrowed([max(map(_columns, column)) for column in by_column], words, line_width)
    if whole_words and any(given < word for given, word in zip(widths, words, strict=True)):
        return []
    return [line for texts, row in zip(cells, values, strict=True) for line in _lines(texts, row, widths)]


def _narrowed(widths: list[int], words: list[int], line_width: int) -> list[int]:
    """The widths of columns that fit a line: the widest become narrower, and break words only if nothing else helps."""
    found = list(widths)
    for least in ([max(one, _NARROWEST) for one in words], words, [_NARROWEST] * len(words)):
        while 0 < line_width < sum(found) + len(_GAP) * (len(found) - 1):
            wide = [number for number, one in enumerate(found) if one > least[number]]
            if not wide:
                break
            found[max(wide, key=lambda number: found[number])] -= 1
    return found


def _lines(texts: list[str], row: list[Any], widths: list[int]) -> Iterator[str]:
    """One row, on as many lines as its longest cell needs."""
    cells = [_wrapped(text, width) for text, width in zip(texts, widths, strict=True)]
    for number in range(max(map(len, cells))):
        parts = [cell[number] if number < len(cell) else "" for cell in cells]
        yield _GAP.join(map(_padded, parts, row, widths)).rstrip()


def _wrapped(text: str, width: int) -> list[str]:
    if _columns(text) <= width:
        return [text]
    # Some characters take two columns.
    return textwrap.wrap(text, width if _columns(text) == len(text) else max(1, width // 2), break_on_hyphens=False)


def _padded(text: str, value: Any, width: int) -> str:
    space = " " * (width - _columns(text))
    return space + text if isinstance(value, int | float) and not isinstance(value, bool) else text + space


def _columns(text: str) -> int:
    """The columns of a terminal that a text occupies: https://www.unicode.org/reports/tr11/"""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def text_of(value: Any) -> str:
    """Lists joined with semicolons, dictionaries as JSON, null as nothing; always `writable`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return writable("; ".join(one if isinstance(one, str) else _json(one) for one in value))
    return writable(_json(dict(value)) if isinstance(value, Mapping) else str(value))


def writable(text: str) -> str:
    """Half of a surrogate pair, which JSON may contain, cannot be written to a file or a terminal."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _within(value: Any, path: list[str]) -> Any:
    if not path or value is None:
        return value
    if isinstance(value, list):
        return [_within(one, path) for one in value]
    return _within(value.get(path[0]), path[1:]) if isinstance(value, Mapping) else None
