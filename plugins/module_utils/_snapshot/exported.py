# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of the export rules, and values in them that are more than data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.resource import EditedList, Field, normalize_case


@dataclass(frozen=True)
class Missing:
    """Something that an export lacks, and why. `name` is empty if it is about the whole kind."""

    kind: str
    name: str
    reason: str


@dataclass(frozen=True)
class Reference:
    """An id of the tenant in a separate variables file: `{{ group.key }}`."""

    group: str
    key: str


@dataclass(frozen=True)
class Named:
    """A value with its name in a comment."""

    value: Any
    name: str


@dataclass
class Exported:
    """The options of each object, the ids that they refer to, and what could not be expressed."""

    items: list[dict[str, Any]] = field(default_factory=list)
    ids: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)


def options_of(fields: Iterable[Field], record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as options: lists as a whole, and null as empty where that clears the value."""
    found: dict[str, Any] = {}
    for one in fields:
        value = record.get(one.api)
        if isinstance(one, EditedList):
            found[one.option] = {"set": list(value or ())}
        elif value is not None:
            found[one.option] = as_offered(one, value)
        elif one.clears:
            found[one.option] = ""
    return found


def as_offered(field: Field, value: Any) -> Any:
    """A value in the spelling of the module, which compares with case."""
    return next((one for one in field.spec.get("choices") or () if normalize_case(one) == normalize_case(value)), value)


def not_offered(fields: Iterable[Field], options: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The options with a value that the module would refuse, and the value: the service has more values."""
    for one in fields:
        value, parts = options.get(one.option), getattr(one, "parts", None)
        if parts:
            yield from ((f"{one.option}.{name}", part) for name, part in not_offered(parts, value or {}))
        elif choices := one.spec.get("choices"):
            given = value if isinstance(value, list) else [value]
            yield from ((one.option, part) for part in given if part not in (None, "", *choices))


def repeated(names: Iterable[Any]) -> set[str]:
    """The names of several objects, in the form in which names are compared."""
    return {name for name, number in Counter(normalize_case(str(one)) for one in names).items() if number > 1}


# Words that YAML reads as a boolean or null, and methods of a dictionary, which a template finds before its keys.
_OTHER_MEANING = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n", *dir(dict)})


def key_of(name: str, taken: Iterable[str]) -> str:
    """A unique word for a name, as a key of a variables file."""
    word = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40] or "unnamed"
    word = f"id_{word}" if word[0].isdigit() or word in _OTHER_MEANING else word
    used, number = set(taken), 2
    key = word
    while key in used:
        key, number = f"{word}_{number}", number + 1
    return key
