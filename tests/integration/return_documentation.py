# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare a result with its RETURN documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "dict": (dict,),
    "list": (list,),
}


def undocumented(value: Mapping[str, Any], documented: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """Keys that RETURN does not name, and values of another type. Null has no type."""
    for name, one in value.items():
        here = f"{place}.{name}".lstrip(".")
        if name not in documented:
            yield f"{here} is not documented"
            continue
        yield from _wrong(one, documented[name], here)


def _wrong(value: Any, said: Mapping[str, Any], place: str) -> Iterator[str]:
    kind = said.get("type", "raw")
    if value is None or kind == "raw":
        return
    if not isinstance(value, _TYPES[kind]) or (kind == "int" and isinstance(value, bool)):
        yield f"{place} is {type(value).__name__}, and documented as {kind}"
        return
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict) and "contains" in said:
            inside = {name: one for name, one in entry.items() if name in said["contains"] or not _is_open(said)}
            yield from undocumented(inside, said["contains"], f"{place}[]")
        elif isinstance(value, list) and "elements" in said:
            yield from _wrong(entry, {"type": said["elements"]}, f"{place}[]")


def _is_open(said: Mapping[str, Any]) -> bool:
    """Whether the service names the other keys, which its own documentation describes."""
    return "with the property names of" in str(said["description"])


def unseen(documented: Mapping[str, Any], values: list[Any], place: str = "") -> Iterator[str]:
    """Keys in RETURN that no value has."""
    for name, said in documented.items():
        here = f"{place}.{name}".lstrip(".")
        found = [value[name] for value in values if isinstance(value, dict) and name in value]
        if not found:
            yield here
        elif "contains" in said:
            inside = [entry for one in found for entry in (one if isinstance(one, list) else [one])]
            inside = [entry for entry in inside if isinstance(entry, dict)]
            if inside:  # an empty list proves nothing about its entries
                yield from unseen(said["contains"], inside, here)
