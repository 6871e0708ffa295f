# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""$search on directory objects: words of names and descriptions in any order, prefixes of everything else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..behaviours.table import implements
from ..state.http_messages import Json, Refusal
from .filters import Asked
from .query import known_name

Test = Callable[[Json], bool]

_IN_WORDS = ("displayName", "description")
_TOKEN = re.compile(r'\s*(\(|\)|(?:AND|OR)\b|"(?:[^"\\]|\\.)*")')
# Words end at spaces and symbols, between letters and numbers, and where a capital follows a small letter.
_WORD = re.compile(r"[0-9]+|[^\W\d_]+")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@implements("graph-search")
def searched(asked: Asked, properties: Json, *, is_directory: bool) -> Test:
    """The condition for an object to be found."""
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
    tokens = _tokens(asked.options["$search"])
    test = _either(tokens, properties)
    if tokens:
        raise _invalid(f"'{tokens[0]}' is not expected")
    return test


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    place = 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if found is None:
            raise _invalid(f"Syntax error: character '{text[place : place + 1]}' is not valid at position {place}")
        tokens.append(found[1])
        place = found.end()
    return tokens


def _either(tokens: list[str], properties: Json) -> Test:
    """Clauses in quotation marks, or in parentheses, joined by AND, which binds first, and OR."""
    return _joined(tokens, "OR", any, lambda: _joined(tokens, "AND", all, lambda: _single(tokens, properties)))


def _joined(
    tokens: list[str], word: str, holds: Callable[[Iterable[bool]], bool], following: Callable[[], Test]
) -> Test:
    tests = [following()]
    while tokens and tokens[0] == word:
        tokens.pop(0)
        tests.append(following())
    return lambda item: holds(test(item) for test in tests)


def _single(tokens: list[str], properties: Json) -> Test:
    token = tokens.pop(0) if tokens else ""
    if token == "(":
        inner = _either(tokens, properties)
        if not tokens or tokens.pop(0) != ")":
            raise _invalid("a parenthesis is not closed")
        return inner
    if not token.startswith('"'):
        raise _invalid(f"a clause in quotation marks is expected where '{token}' stands")
    return _clause(re.sub(r"\\(.)", r"\1", token[1:-1]), properties)


def _clause(text: str, properties: Json) -> Test:
    name, colon, wanted = text.partition(":")
    if not colon or not wanted.strip():
        raise _invalid('a clause has the form "property:text"')
    name = known_name(name.strip(), properties)
    if name in _IN_WORDS:
        return lambda item: _has_words(str(item.get(name) or ""), _words(wanted))
    return lambda item: str(item.get(name) or "").lower().startswith(wanted.strip().lower())


def _has_words(text: str, wanted: list[str]) -> bool:
    """Words, and words joined across symbols; a prefix of a word is enough."""
    joined = re.sub(r"(?<=\w)[^\w\s](?=\w)", "", text)
    words = _words(text) + _words(joined)
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(_CAPITAL.sub(" ", text))]


def _invalid(problem: str) -> Refusal:
    return Refusal("graph-query-invalid", status=400, code="BadRequest", message=f"Invalid $search: {problem}.")
