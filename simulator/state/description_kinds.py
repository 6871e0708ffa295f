# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of values in a tenant description: what each accepts, in words, and the problems of a value."""

from __future__ import annotations

import difflib
import ipaddress
import json
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

# Names by what they are names of, such as the users of a tenant. Those of properties may have kinds of values.
Known = Mapping[str, Collection[str]]
_MOST_NAMES = 20
_LONGEST = 40
_MEANT = "Did you mean"
# Text that a message can have without quotes, and text that is in a file only with them.
_PLAIN = re.compile(r"[\w.@-]+( [\w.@-]+)*")
_LIKE_OTHERS = re.compile(r"[\d.-]+|true|false|yes|no|on|off|null", re.IGNORECASE)
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HUNDRED_YEARS = 100 * 365 * 86_400


@dataclass(frozen=True)
class Scope:
    """What is known about the description: names, and whether nothing will be merged into the value."""

    known: Known = field(default_factory=dict)
    complete: bool = True


class Kind(Protocol):
    @property
    def words(self) -> str:
        """What the kind accepts."""

    def problems(self, value: Any, path: str, scope: Scope) -> Iterator[str]:
        """One sentence for each problem of the value at this path."""


@dataclass(frozen=True)
class Plain:
    """A value of one of these types; a boolean is not a number."""

    words: str
    types: tuple[type, ...]
    pattern: str = ""
    most: float = math.inf
    least: float = 0

    def problems(self, value: Any, path: str, scope: Scope) -> Iterator[str]:
        fits = type(value) in self.types
        if fits and isinstance(value, str):
            fits = not self.pattern or re.fullmatch(self.pattern, value) is not None
        elif fits and isinstance(value, (int, float)) and not isinstance(value, bool):
            fits = self.least <= value <= self.most
        if not fits:
            quote = "" if str not in self.types or self.pattern or not _is_scalar(value) else "; put it in quotes"
            yield f"{path} must be {self.words}, not {shown(value)}{quote}"


@dataclass(frozen=True)
class Anything:
    words: str

    def problems(self, value: Any, path: str, scope: Scope) -> Iterator[str]:
        return iter(())


@dataclass(frozen=True)
class Network:
    words: str = "a network such as 198.51.100.0/24"

    def problems(self, value: Any, path: str, scope: Scope) -> Iterator[str]:
        try:
            ipaddress.ip_network(value if isinstance(value, str) else "", strict=False)
        except ValueError:
            yield f"{path} must be {self.words}, not {shown(value)}"


@dataclass(frozen=True)
class Choice:
    """One of these values, with its type."""

    choices: tuple[object, ...]

    @property
    def words(self) -> str:
        return ", ".join(shown(one, quoted=False) for one in self.choices)

    def problems(self, value: Any, path: str, scope: Scope) -> Iterator[str]:
        if not any(type(one) is type(value) and one == value for one in self.choices):
            yield f"{path} is {shown(value)}. {meant(str(value), [shown(one, quoted=False) for one in self.choices])}"


@dataclass(frozen=True)
class Name:
    """The name of something that is known, such as one of the users."""

    of: str
    # other text is an id, unless it resembles a name
    or_id: bool = False

    @property
    def words(self) -> str:
        return f"the name of {'an' if self.of[0] in 'aeioEA' else 'a'} {self.of}"

    def problems(self, value: Any, path: str, scope: Scope) -> Iterator[str]:
        known = scope.known.get(self.of)
        if not isinstance(value, str):
            yield f"{path} must be {self.words}, not {shown(value)}"
        elif known is not None and value not in known:
            hint = meant(value, known)
            if not self.or_id or (hint.startswith(_MEANT) and not _GUID.fullmatch(value)):
                yield f"{path}: there is no {self.of} {shown(value)}. {hint}"


@dataclass(frozen=True)
class Listed:
    """A list; a list of an overlay replaces the one of its base."""

    item: Kind

    @property
    def words(self) -> str:
        if isinstance(self.item, Name):
            return f"list of names of {self.item.of}s"
        return f"list of {self.item.words}" if isinstance(self.item, Plain) else f"list of: {self.item.words}"

    def problems(self, value: Any, path: str, scope: Scope) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{path} must be a list, not {shown(value)}"
            return
        for number, item in enumerate(value):
            yield from self.item.problems(item, f"{path}[{number}]", Scope(scope.known, complete=True))


@dataclass(frozen=True)
class Row:
    """A list with exactly these items."""

    items: tuple[tuple[str, Kind], ...]

    @property
    def words(self) -> str:
        return f"[{', '.join(name for name, _kind in self.items)}]"

    def problems(self, value: Any, path: str, scope: Scope) -> Iterator[str]:
        if not isinstance(value, list) or len(value) != len(self.items):
            yield f"{path} must be a list of {len(self.items)} items, {self.words}, not {shown(value)}"
            return
        for number, (item, (_name, kind)) in enumerate(zip(value, self.items, strict=True)):
            yield from kind.problems(item, f"{path}[{number}]", scope)


@dataclass(frozen=True)
class OrNull:
    kind: Kind

    @property
    def words(self) -> str:
        return f"{self.kind.words}; or null"

    def problems(self, value: Any, path: str, scope: Scope) -> Iterator[str]:
        return iter(()) if value is None else self.kind.problems(value, path, scope)


@dataclass(frozen=True)
class Named:
    """A mapping from names; null takes a name away that the extended description has."""

    entry: Kind
    name: Kind | None = None

    @property
    def words(self) -> str:
        by = f"names of {self.name.of}s" if isinstance(self.name, Name) else "names"
        return f"mapping from {by} to: {self.entry.words}"

    def problems(self, value: Any, path: str, scope: Scope) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path} must be a mapping, not {shown(value)}"
            return
        for name, entry in value.items():
            if not isinstance(name, str):
                yield f"{path} has the key {shown(name)}, which must be text; put it in quotes"
                continue
            if self.name is not None:
                yield from self.name.problems(name, path, scope)
            if entry is not None:
                yield from self.entry.problems(entry, f"{path}.{name}", scope)


@dataclass(frozen=True)
class Fields:
    """A mapping with these keys, and if need be with those that are known as `more`, such as properties of Graph."""

    required: Mapping[str, Kind]
    optional: Mapping[str, Kind] = field(default_factory=dict)
    more: str = ""

    @property
    def words(self) -> str:
        optional = ", ".join(self.optional)
        parts = [", ".join(self.required), f"optionally {optional}" if optional else ""]
        more = f"every {self.more}" if self.more else ""
        return f"mapping with {'; '.join(part for part in (*parts, more) if part)}"

    @property
    def kinds(self) -> dict[str, Kind]:
        return {**self.required, **self.optional}

    def problems(self, value: Any, path: str, scope: Scope) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path or 'the description'} must be a mapping, not {shown(value)}"
            return
        kinds, above = self.kinds, f"{path}." if path else ""
        more: Any = scope.known.get(self.more) if self.more else ()
        for name, entry in value.items():
            if name in kinds:
                yield from kinds[name].problems(entry, f"{above}{name}", scope)
            elif isinstance(more, Mapping) and name in more:
                yield from more[name].problems(entry, f"{above}{name}", scope)
            elif not isinstance(name, str) or (more is not None and name not in more):
                yield f"there is no key {above}{name}. {meant(str(name), [*kinds, *(more or ())], most=len(kinds))}"
        if scope.complete and (missing := [name for name in self.required if name not in value]):
            allowed = self.required[missing[0]].words
            yield f"{path or 'the description'} has no {missing[0]}, which must be there: {allowed}"


TEXT = Plain("text", (str,))
DOMAIN = Plain(
    "a domain in lower case, such as contoso.example", (str,), r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)+"
)
BOOLEAN = Plain("true or false", (bool,))
COUNT = Plain("a whole number from 0", (int,), most=10_000_000)
COUNT_FROM_1 = Plain("a whole number from 1", (int,), most=10_000_000, least=1)
SECONDS = Plain("a number of seconds from 0 to 100 years", (int, float), most=_HUNDRED_YEARS)


def one_of(*choices: object) -> Choice:
    return Choice(choices)


def meant(wrong: str, allowed: Iterable[str], most: int = _MOST_NAMES) -> str:
    """What somebody probably meant, or else what is allowed: all of it, or the first names."""
    names = {name.casefold(): name for name in allowed}
    if close := difflib.get_close_matches(wrong.casefold(), names, 1, 0.6):
        return f"{_MEANT} {names[close[0]]}?"
    listed = list(names.values())
    others = f" and {len(listed) - most} others" if len(listed) > most else ""
    return f"Allowed: {', '.join(listed[:most])}{others}" if listed else "None is described"


def shown(value: Any, *, quoted: bool = True) -> str:
    """A value in a message: a short one as it is written, of others what they are."""
    if isinstance(value, (dict, list)):
        return ("a mapping" if isinstance(value, dict) else "a list") if value else "empty"
    if value is None or isinstance(value, (bool, int, float)):
        return json.dumps(value)
    text = str(value)
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    plain = not quoted or (_PLAIN.fullmatch(text) and not _LIKE_OTHERS.fullmatch(text))
    return text if plain else json.dumps(text, ensure_ascii=False)


def _is_scalar(value: Any) -> bool:
    return value is not None and not isinstance(value, (dict, list))
