# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""$search on directory objects: words of names and descriptions in any order, the beginning of everything else."""

from __future__ import annotations

import re
from collections.abc import Callable

from ._behaviours import behaves
from ._filters import Asked
from ._odata import known_name
from ._wire import Json, Refusal

Test = Callable[[Json], bool]

_IN_WORDS = ("displayName", "description")
_CLAUSE = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*')
# Words end at spaces and symbols, between letters and numbers, and where a capital follows a small letter.
_WORD = re.compile(r"[0-9]+|[^\W\d_]+")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@behaves("graph-search")
def searched(asked: Asked, properties: Json, *, is_directory: bool) -> Test:
    """What an object must be like to be found."""
    if not is_directory:
        raise Refusal("graph-search", status=400, code="BadRequest", message="$search is not supported here.")
    if not asked.consistent:
        raise Refusal(
            "graph-search",
            status=400,
            code="Request_UnsupportedQuery",
            message=(
                "Request with $search query parameter only works through MSGraph with a special request header: "
                "'ConsistencyLevel: eventual'"
            ),
        )
    return _either(asked.options["$search"], properties)


def _either(text: str, properties: Json) -> Test:
    """Clauses in quotation marks, joined by AND, which binds first, and OR."""
    any_of: list[list[Test]] = [[]]
    place = 0
    while True:
        clause = _CLAUSE.match(text, place)
        if clause is None:
            raise _invalid(f"Syntax error: character '{text[place : place + 1]}' is not valid at position {place}")
        any_of[-1].append(_clause(re.sub(r"\\(.)", r"\1", clause[1]), properties))
        place = clause.end()
        if place == len(text):
            return lambda item: any(all(test(item) for test in all_of) for all_of in any_of)
        joined = re.compile(r"(AND|OR)\b").match(text, place)
        if joined is None:
            raise _invalid(f"AND or OR expected at position {place}")
        place = joined.end()
        if joined[1] == "OR":
            any_of.append([])


def _clause(text: str, properties: Json) -> Test:
    name, colon, wanted = text.partition(":")
    if not colon or not wanted.strip():
        raise _invalid('a clause has the form "property:text"')
    name = known_name(name.strip(), properties)
    if name in _IN_WORDS:
        return lambda item: _has_words(str(item.get(name) or ""), _words(wanted))
    return lambda item: str(item.get(name) or "").lower().startswith(wanted.strip().lower())


def _has_words(text: str, wanted: list[str]) -> bool:
    """Words, and those joined that only symbols part; the beginning of a word is enough."""
    joined = re.sub(r"(?<=\w)[^\w\s](?=\w)", "", text)
    words = _words(text) + _words(joined)
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(_CAPITAL.sub(" ", text))]


def _invalid(problem: str) -> Refusal:
    return Refusal("graph-query-invalid", status=400, code="BadRequest", message=f"Invalid $search: {problem}.")
