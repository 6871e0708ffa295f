# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""$search on directory objects: clauses such as "displayName:adele", joined by AND and OR."""

from __future__ import annotations

import re
from collections.abc import Callable

from ._behaviours import behaves
from ._filters import Asked
from ._odata import known_name
from ._wire import Json, Refusal

Test = Callable[[Json], bool]
_TOKEN = re.compile(r'\s*(\(|\)|(?:AND|OR)\b|"(?:[^"\\]|\\.)*")')
# These are searched word by word; of all others the beginning counts.
_BY_WORDS = ("displayName", "description")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]")


@behaves("graph-search")
def searched(items: list[Json], asked: Asked, properties: Json, *, is_directory: bool) -> list[Json]:
    """The items that fit. It is an advanced query, which only directory objects take here."""
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
        raise _invalid(tokens[0])
    return [item for item in items if test(item)]


def _tokens(text: str) -> list[str]:
    tokens, position = list[str](), 0
    while text[position:].strip():
        found = _TOKEN.match(text, position)
        if not found:
            raise _invalid(text[position:].strip())
        tokens.append(found[1])
        position = found.end()
    return tokens


def _either(tokens: list[str], properties: Json) -> Test:
    tests = [_both(tokens, properties)]
    while tokens and tokens[0] == "OR":
        tokens.pop(0)
        tests.append(_both(tokens, properties))
    return lambda item: any(test(item) for test in tests)


def _both(tokens: list[str], properties: Json) -> Test:
    tests = [_one(tokens, properties)]
    while tokens and tokens[0] == "AND":
        tokens.pop(0)
        tests.append(_one(tokens, properties))
    return lambda item: all(test(item) for test in tests)


def _one(tokens: list[str], properties: Json) -> Test:
    token = tokens.pop(0) if tokens else ""
    if token == "(":
        inner = _either(tokens, properties)
        if not tokens or tokens.pop(0) != ")":
            raise _invalid("")
        return inner
    name, colon, text = token[1:-1].replace('\\"', '"').partition(":")
    if not (token.startswith('"') and colon and text.strip()):
        raise _invalid(token)
    name = known_name(name.strip(), properties)
    words = _words(text) if name in _BY_WORDS else []
    return lambda item: _fits(item.get(name), text.strip().lower(), words)


def _fits(value: object, text: str, words: list[str]) -> bool:
    values = [str(one).lower() for one in (value if isinstance(value, list) else [value]) if one is not None]
    if not words:
        return any(one.startswith(text) for one in values)
    held = [word for one in (value if isinstance(value, list) else [value]) for word in _words(str(one or ""))]
    return all(any(own.startswith(word) for own in held) for word in words)


def _words(text: str) -> list[str]:
    """Words end at spaces, digits, symbols and changes of case."""
    return [word.lower() for word in _WORD.findall(text)]


def _invalid(place: str) -> Refusal:
    return Refusal("graph-search", status=400, code="BadRequest", message=f"Syntax error in $search at '{place}'.")
