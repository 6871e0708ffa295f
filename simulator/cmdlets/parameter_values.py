# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameter values of Exchange cmdlets: checked by their encoding in the contract, and converted to canonical form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ..behaviours.table import implements
from ..state.http_messages import Json
from ..state.response_forms import Forms
from ..state.store import normalize_case

HASH_TABLE = "#Exchange.GenericHashTable"
UNLIMITED = "Unlimited"
_TIMESPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d\d):(\d\d)")
_BYTES = re.compile(r"(\d+)\s*(B|KB|MB|GB)?", re.IGNORECASE)
_UNITS = {"": 1, "B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}


class Unfit(Exception):
    """A value that the parameter does not accept."""


def fitted(spec: Json, value: Any, forms: Forms) -> Any:
    """The value as the cmdlet sees it."""
    if value is None:
        return _cleared(spec)
    if isinstance(value, dict) and forms.application_lists == "whole" and is_whole(spec):
        raise Unfit(f'Cannot convert a hash table to type "{spec["type"]}".')
    return _ENCODINGS[spec["encoding"]](spec | {"by_prefix": forms.enumerations == "prefix"}, value)


@implements("cmdlet-whole-list")
def is_whole(spec: Json) -> bool:
    """Whether a list accepts no edits, because its type is not a MultiValuedProperty."""
    return bool(spec["type"] == "ApprovedApplicationCollection")


@implements("cmdlet-edit")
def edited(current: list[str], value: list[str] | Json | None) -> list[str]:
    """A multivalued property after a replacement or an edit; an empty table clears it."""
    if not isinstance(value, dict):
        return list(value or [])
    if not value:
        return []
    taken = {normalize_case(item) for item in value.get("remove", [])}
    kept = [item for item in current if normalize_case(item) not in taken]
    known = {normalize_case(item) for item in kept}
    return kept + [item for item in value.get("add", []) if normalize_case(item) not in known]


def timespan(text: str) -> timedelta:
    found = _TIMESPAN.fullmatch(text)
    if not found or int(found[2]) > 23 or int(found[3]) > 59 or int(found[4]) > 59:
        raise Unfit(f'"{text}" is not a time span of the form [d.]hh:mm:ss.')
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _cleared(spec: Json) -> Any:
    if spec["encoding"] in ("bool", "switch", "int", "enum") and not spec.get("constraints", {}).get("nullable"):
        raise Unfit(f'Cannot convert null to type "{spec["type"]}".')
    return [] if spec["encoding"] in ("multivalued", "array") else None


def _flag(spec: Json, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit(f'Cannot convert value "{value}" to type "System.Boolean".')
    return value


def _integer(spec: Json, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unfit(f'Cannot convert value "{value}" to type "System.Int32".')
    _check_range(spec, value)
    return value


def _text(spec: Json, value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit(f'Cannot convert value "{value}" to type "{spec["type"]}".')
    longest = spec.get("constraints", {}).get("max_length")
    if longest and len(value) > longest:
        raise Unfit(f"The length of the value is too long. The maximum length is {longest}, it is {len(value)}.")
    return value


def _member(spec: Json, value: Any) -> str:
    """The name of an enumeration's member, in any case of letters."""
    names = spec.get("allowed_values")
    if names and spec.get("numbered") and str(value).isdigit() and int(value) < len(names):
        return str(names[int(value)])
    text = _text(spec, value)
    if not names:
        return text
    found = next((name for name in names if name.casefold() == text.casefold()), None) or _begun(spec, text)
    if found is None:
        raise Unfit(
            f'Cannot convert value "{text}" to type "{spec["type"]}". Specify one of the following enumerator names '
            f"and try again: {', '.join(names)}"
        )
    return str(found)


@implements("cmdlet-enumeration")
def _begun(spec: Json, text: str) -> str | None:
    """The first member with this prefix."""
    begins = [name for name in spec["allowed_values"] if text and name.casefold().startswith(text.casefold())]
    return begins[0] if spec["by_prefix"] and begins else None


def _members(spec: Json, value: Any) -> list[str]:
    return [_member(spec, item) for item in (value if isinstance(value, list) else [value])]


def _multivalued(spec: Json, value: Any) -> list[str] | Json:
    if not isinstance(value, dict):
        return _members(spec, value)
    if value.get("@odata.type") != HASH_TABLE:
        raise Unfit(f'A nested object needs "@odata.type": "{HASH_TABLE}".')
    table = {name.lower(): content for name, content in value.items() if "@" not in name}
    if set(table) - {"add", "remove"}:
        raise Unfit("A multivalued property is edited with Add and Remove.")
    return {name: _members(spec, content) for name, content in table.items()}


def _unlimited(limited: Callable[[Json, Any], Any]) -> Callable[[Json, Any], Any]:
    def fit(spec: Json, value: Any) -> Any:
        if isinstance(value, str) and value.casefold() == UNLIMITED.casefold():
            return UNLIMITED
        return limited(spec, value)

    return fit


def _count(spec: Json, value: Any) -> int:
    return _integer(spec, int(value) if isinstance(value, str) and value.isdigit() else value)


def _duration(spec: Json, value: Any) -> str:
    text, limits = _text(spec, value), spec.get("constraints", {})
    span = timespan(text)
    if "min" in limits and not timespan(limits["min"]) <= span <= timespan(limits["max"]):
        raise Unfit(f"The value must be between {limits['min']} and {limits['max']}.")
    days, clock = span.days, timedelta(seconds=span.seconds)
    written = f"{int(clock.total_seconds()) // 3600:02}:{clock.seconds // 60 % 60:02}:{clock.seconds % 60:02}"
    return f"{days}.{written}" if days else written


def _bytes(spec: Json, value: Any) -> int:
    found = _BYTES.fullmatch(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
    if found is None:
        raise Unfit(f'Cannot convert value "{value}" to a size.')
    size = int(found[1]) * _UNITS[(found[2] or "").upper()]
    limits = spec.get("constraints", {})
    lowest, highest = (limits.get(name, limits.get(f"{name}_bytes", size)) for name in ("min", "max"))
    if not lowest <= size <= highest:
        raise Unfit(f"The value must be between {lowest} and {highest}.")
    return size


def _size(spec: Json, value: Any) -> str:
    """In the format of the service: with a suitable unit and the exact number of bytes."""
    size = _bytes(spec, value)
    unit = next(name for name in ("GB", "MB", "KB", "B") if size >= _UNITS[name] or name == "B")
    return f"{size / _UNITS[unit]:.4g} {unit} ({size:,} bytes)"


def _check_range(spec: Json, value: int) -> None:
    limits = spec.get("constraints", {})
    if not limits.get("min", value) <= value <= limits.get("max", value):
        raise Unfit(f"The value must be between {limits.get('min')} and {limits.get('max')}.")


def _never(spec: Json, value: Any) -> Any:
    raise Unfit(f'Cannot convert value to type "{spec["type"]}".')


_ENCODINGS: dict[str, Callable[[Json, Any], Any]] = {
    "bool": _flag,
    "switch": _flag,
    "int": _integer,
    "string": _text,
    "guid-string": _text,
    "enum": _member,
    "array": _members,
    "multivalued": _multivalued,
    "unlimited:int": _unlimited(_count),
    "unlimited:int-kb": _unlimited(lambda spec, value: str(_bytes(spec, value))),
    "unlimited:bytesize": _unlimited(_size),
    "unlimited:timespan": _unlimited(_duration),
    "unsupported": _never,
}
