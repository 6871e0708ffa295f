# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of a resource: their names in options and in the API, and their comparison. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol, TypeVar

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict

Record = dict[str, Any]
Value = TypeVar("Value")


# .NET has no upper case for these outside of Turkish and Azeri: i with and without a dot, and the long s.
_WITHOUT_CASE = frozenset("\u0130\u0131\u017f")


def normalize_case(value: Any) -> Any:
    """The form in which the services compare names: character by character, ignoring case.

    So `ß` is not `ss`, unlike in `str.casefold`, and no Turkish i is an i. The rule is .NET's
    StringComparison.OrdinalIgnoreCase, which Exchange and Entra use
    (https://learn.microsoft.com/dotnet/standard/base-types/best-practices-strings).
    """
    if not isinstance(value, str):
        return value
    return value.lower() if value.isascii() else "".join(map(_fold_character, value))


def _fold_character(character: str) -> str:
    if character in _WITHOUT_CASE:
        return character
    upper = character.upper()
    if len(upper) != 1:
        return character
    lower = upper.lower()
    # Some signs have another letter as their lower case: the kelvin sign is not a k.
    return lower if len(lower) == 1 and lower.upper() == upper else upper


def normalized_set(values: Any) -> Any:
    """The form for comparing lists of names if neither case nor order matters."""
    return frozenset(normalize_case(value) for value in values or ())


def bare_name(role: Any) -> str:
    """A role's name without the tenant prefix that a live tenant was seen to add, as in contoso\\Role."""
    return str(role or "").rpartition("\\")[2]


def without_repeats(values: Iterable[Any]) -> list[Any]:
    """Each name once, in its first spelling and position."""
    found: dict[Any, Any] = {}
    for one in values:
        found.setdefault(normalize_case(one), one)
    return list(found.values())


@dataclass(frozen=True)
class Field:
    """One option and its property in the API.

    `spec` is its argument-spec entry, and two values are equal if `normalize` returns the same for both. `clears` says
    that an empty text is a value: it clears the property. An empty list always does.
    """

    option: str
    api: str
    spec: Mapping[str, Any] = field(default_factory=dict)
    normalize: Callable[[Any], Any] = lambda value: value
    clears: bool = False

    def clearing(self, prefix: str = "") -> Iterator[str]:
        """The paths of the options in which a blank value clears."""
        if self.clears or self.spec.get("type") in ("list", "dict"):
            yield f"{prefix}{self.option}"

    def target(self, before: Any, value: Any) -> Any:
        """The value that the option requests, given the current value `before`."""
        return value


_NAMES = {"type": "list", "elements": "str"}


@dataclass(frozen=True)
class EditedList(Field):
    """A list that is edited: the option takes `add` and `remove`, or `set` for the whole."""

    spec: Mapping[str, Any] = field(
        default_factory=lambda: {
            "type": "dict",
            "options": {"add": _NAMES, "remove": _NAMES, "set": _NAMES},
            "mutually_exclusive": [("set", "add"), ("set", "remove")],
        }
    )
    normalize: Callable[[Any], Any] = normalized_set

    def clearing(self, prefix: str = "") -> Iterator[str]:
        yield from (f"{prefix}{self.option}.{edit}" for edit in ("add", "remove", "set"))

    def target(self, before: Any, value: Any) -> Any:
        if value.get("set") is not None:
            return without_repeats(value["set"])
        kept, gone = list(before or ()), normalized_set(value.get("remove"))
        kept += [
            one for one in without_repeats(value.get("add") or ()) if normalize_case(one) not in normalized_set(kept)
        ]
        return [one for one in kept if normalize_case(one) not in gone]


def clearing(fields: Iterable[Field]) -> frozenset[str]:
    """The paths of the options of these fields in which a blank value clears."""
    return frozenset(path for one in fields for path in one.clearing())


class Backend(Protocol):
    """Stores the records of a resource. Every failed read raises; a list is complete or an error."""

    def id_of(self, record: Record) -> str:
        """The id of a record."""

    def list(self, tenant: Any) -> list[Record]:
        """All records of the tenant."""

    def create(self, tenant: Any, values: Mapping[str, Any]) -> Record:
        """Create a record, and return it."""

    def update(self, tenant: Any, record: Record, values: Mapping[str, Any]) -> Record:
        """Change a record, and return it."""

    def delete(self, tenant: Any, record: Record) -> None:
        """Remove a record."""


class Existing:
    """The base of a backend whose objects always exist: a task reads and changes them, and has no option `state`."""

    def create(self, tenant: Any, values: Mapping[str, Any]) -> Record:
        raise AssertionError("the object was read")

    def delete(self, tenant: Any, record: Record) -> None:
        raise AssertionError("the module has no option state")


def recognized(known: Mapping[str, Value], wanted: Iterable[str]) -> tuple[list[Value], list[str]]:
    """The values of the wanted names, compared without regard to case; and the unknown names."""
    values = {normalize_case(name): value for name, value in known.items()}
    found = [values[normalize_case(one)] for one in wanted if normalize_case(one) in values]
    return found, [one for one in wanted if normalize_case(one) not in values]


@dataclass(frozen=True)
class Resource:
    """A kind of object that a module manages. `keys` identify one; without keys, each tenant has exactly one.

    `name_is_unique`: the service accepts a name only once, so a write whose response was lost may be repeated.
    `poll_after_create`: several objects may have one name, so a new record is polled until it, and it alone, is listed.
    `before_write` may refuse a change, for real and in check mode alike: `(tenant, params, record or None)`. Its result
    goes into the task's result. `several_writes`: one change takes several requests with reads between
    them, so a read that conflicts is repeated like a write.
    """

    name: str
    backend: Backend
    fields: tuple[Field, ...] = ()
    keys: tuple[Field, ...] = ()
    before_write: Callable[[Any, Mapping[str, Any], Record | None], Mapping[str, Any] | None] = (
        lambda tenant, params, record: None
    )
    name_is_unique: bool = False
    poll_after_create: bool = False
    several_writes: bool = False

    def identifies(self, record: Record, params: Mapping[str, Any]) -> bool:
        return all(key.normalize(record.get(key.api)) == key.normalize(params[key.option]) for key in self.keys)

    def view(self, record: Record | None) -> dict[str, Any]:
        """A record under the names of the options; empty if there is none."""
        return {one.option: record.get(one.api) for one in (*self.keys, *self.fields)} if record else {}

    def changes(self, params: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        """The options that must change. `None` changes nothing, an empty value clears."""
        targets = [
            (one, one.target(before.get(one.option), params[one.option]))
            for one in (*self.keys, *self.fields)
            if params.get(one.option) is not None
        ]
        return {
            one.option: target
            for one, target in targets
            if one.option not in before or one.normalize(before[one.option]) != one.normalize(target)
        }

    def sets_write_only(self, params: Mapping[str, Any], record: Record | None) -> bool:
        """Whether the options set a value that the service never returns, such as a password."""
        return False

    def to_api(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Options under the names of the API."""
        return {one.api: values[one.option] for one in (*self.keys, *self.fields) if one.option in values}


@cache
def snake(name: str) -> str:
    """A name of the API in snake_case; cached, since computing it takes longer than all other work on a record."""
    return str(next(iter(camel_dict_to_snake_dict({name: None}))))


def returned(record: Record) -> dict[str, Any]:
    """A record as modules return it: the API's names in snake_case, without annotations."""
    return {snake(name): _nested(value) for name, value in record.items() if "@" not in name}


def _nested(value: Any) -> Any:
    if isinstance(value, dict):
        return {snake(str(name)): _nested(entry) for name, entry in value.items()}
    return [_nested(entry) for entry in value] if isinstance(value, list) else value
