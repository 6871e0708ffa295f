# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OData query options on lists: the documented part of $filter for directory objects, $select, $orderby."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from ..behaviours.table import implements
from ..state.http_messages import Json, Refusal
from ..state.store import normalize_case

Test = Callable[[Json], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?(?![\w-]))|(?P<word>[A-Za-z_@][\w./-]*)|(?P<mark>[(),:]))"
)
_GUID = re.compile(r"\s*([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z)")
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}


class Filter:
    """A $filter expression, parsed recursively: or, and, not, comparisons, text functions, in, any."""

    def __init__(self, text: str, properties: Json) -> None:
        self._tokens = _tokens(text)
        self._properties = properties
        self._range: str | None = None
        self._collection = ""  # the elements that the range variable stands for
        # the operators used for each property
        self.used: list[tuple[str, str]] = []
        # the texts of which a property is requested to be one
        self.sought: list[str] = []
        self.test = self._either()
        if self._tokens:
            raise _invalid(f"Syntax error at '{self._tokens[0]}'")

    def _either(self) -> Test:
        left = self._both()
        while self._taken("or"):
            left = _or(left, self._both())
        return left

    def _both(self) -> Test:
        left = self._one()
        while self._taken("and"):
            left = _and(left, self._one())
        return left

    def _one(self) -> Test:
        if self._taken("not"):
            self.used.append(("", "not"))
            inner = self._one()
            return lambda item: not inner(item)
        if self._taken("("):
            group = self._either()
            self._expect(")")
            return group
        for function, compare in _FUNCTIONS.items():
            if self._taken(function):
                return self._function(function, compare)
        name = self._property()
        if name.endswith("/any"):
            return self._any(name.removesuffix("/any"))
        return self._comparison(name)

    def _function(self, function: str, compare: Callable[[str, str], bool]) -> Test:
        """`startswith(name,'text')` and similar functions"""
        self._expect("(")
        name = self._property()
        self.used.append((name, function))
        self._expect(",")
        text = str(self._literal()).lower()
        self._expect(")")
        return lambda item: compare(str(_value(item, name) or "").lower(), text)

    def _comparison(self, name: str) -> Test:
        if self._taken("in"):
            self.used.append((name, "in"))
            self._expect("(")
            wanted = [self._literal()]
            while self._taken(","):
                wanted.append(self._literal())
            self._expect(")")
            self.sought += [value for value in wanted if isinstance(value, str)]
            return lambda item: any(_same(_value(item, name), value) for value in wanted)
        for operator, compare in _COMPARISONS.items():
            if self._taken(operator):
                self.used.append((self._collection if name == self._range else name, operator))
                value = self._literal()
                self.sought += [value] if operator == "eq" and isinstance(value, str) else []
                return lambda item: compare(_value(item, name), value)
        raise _invalid(f"Unsupported operator '{self._next()}'")

    def _any(self, name: str) -> Test:
        """`name/any(x:x/part eq 'value')`"""
        self._expect("(")
        variable = self._next()
        self._expect(":")
        outer, self._range, self._collection = self._range, variable, name
        inner = self._either()
        self._range = outer
        self._expect(")")
        return lambda item: any(inner({variable: element}) for element in _value(item, name) or [])

    def _property(self) -> str:
        name = self._next()
        root, separator, rest = name.partition("/")
        return name if root == self._range else known_name(root, self._properties) + separator + rest

    def _literal(self) -> Any:
        token = self._next()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token in _CONSTANTS:
            return _CONSTANTS[token]
        return float(token) if re.fullmatch(r"-?\d+(\.\d+)?", token) else token

    def _next(self) -> str:
        if not self._tokens:
            raise _invalid("Expression ends too early")
        return self._tokens.pop(0)

    def _taken(self, token: str) -> bool:
        if self._tokens and self._tokens[0].lower() == token:
            self._tokens.pop(0)
            return True
        return False

    def _expect(self, token: str) -> None:
        if not self._taken(token):
            raise _invalid(f"'{token}' expected")


def ordered(items: list[Json], text: str, properties: Json) -> list[Json]:
    for clause in reversed(text.split(",")):
        name, _unused, direction = clause.strip().partition(" ")
        name = known_name(name, properties)
        items = sorted(items, key=_by(name), reverse=direction.strip().lower() == "desc")
    return items


def _by(name: str) -> Callable[[Json], str]:
    return lambda item: str(item.get(name) or "")


def selected(item: Json, text: str, properties: Json) -> Json:
    names = [known_name(name.strip(), properties) for name in text.split(",")]
    kind = {"@odata.type": item["@odata.type"]} if "@odata.type" in item else {}
    return kind | {name: item[name] for name in names if name in item}


@implements("graph-case")
def known_name(name: str, properties: Json) -> str:
    """The name of the property, in any case of letters."""
    if name in properties:
        return name
    found = next((known for known in properties if known.lower() == name.lower()), None)
    if found is None:
        raise _invalid(f"Could not find a property named '{name}'")
    return found


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    while text[position:].strip():
        found = _GUID.match(text, position) or _TOKEN.match(text, position)
        if not found:
            raise _invalid(f"Syntax error at position {position}")
        tokens.append(found.group().strip())
        position = found.end()
    return tokens


def _value(item: Json, path: str) -> Any:
    found: Any = item
    for step in path.split("/"):
        found = _part(found, step) if isinstance(found, dict) else None
    return found


def _part(item: Json, step: str) -> Any:
    if step in item:
        return item[step]
    return next((value for name, value in item.items() if name.lower() == step.lower()), None)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return normalize_case(left) == normalize_case(right)
    return bool(left == right)


def _or(left: Test, right: Test) -> Test:
    return lambda item: left(item) or right(item)


def _and(left: Test, right: Test) -> Test:
    return lambda item: left(item) and right(item)


def _ordered_pair(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda left, right: left is not None and right is not None and compare(left, right)


_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": str.__contains__,
}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": _same,
    "ne": lambda left, right: not _same(left, right),
    "like": lambda left, right: fnmatchcase(str(left or "").casefold(), str(right).casefold()),
    "ge": _ordered_pair(lambda left, right: bool(left >= right)),
    "le": _ordered_pair(lambda left, right: bool(left <= right)),
    "gt": _ordered_pair(lambda left, right: bool(left > right)),
    "lt": _ordered_pair(lambda left, right: bool(left < right)),
}


def _invalid(text: str) -> Refusal:
    return Refusal("graph-query-invalid", status=400, code="BadRequest", message=f"Invalid query option: {text}.")
