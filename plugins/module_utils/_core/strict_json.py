# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parses all JSON, from services and from our own files: bounded, strict, and with safe text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from itertools import islice
from typing import Any

from .text import all_fit

# A response of a real tenant has a thousand objects of some hundred values, a few levels deep.
_DEEPEST = 100
_MOST_CONTAINERS = 1_000_000  # objects and lists
_MOST_VALUES = 4_000_000
# Between two checks of the time there may be one object with all of them: three seconds.
_MOST_NAMES = 1_000_000
_MOST_DIGITS = 309
_CHECK_INTERVAL = 4096  # objects, names and replaced values between two checks of the time
_LONGEST_INNER = 64 * 1024  # characters
_NAME = re.compile(r'"[ \t\r\n]*:')
# What may stand for text that is not fit: escaped, or as it is.
_ESCAPED = re.compile(r"\\u(?:00[0189]|007[fF]|061[cC]|20[0-6]|[dD][89a-fA-F])")
_PLAIN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def parse_json(content: bytes | str, on_time: Callable[[], None] = lambda: None) -> Any:
    """Strict JSON: no duplicate keys, no NaN, no number out of range. Raises ValueError, and nothing else.

    `on_time` is called now and then, and may raise when the time is up.
    """
    if isinstance(content, bytes):
        content = content.decode(json.detect_encoding(content), "surrogatepass")
    if content.count("{") + content.count("[") > _MOST_CONTAINERS or content.count(",") > _MOST_VALUES:
        raise ValueError("it has too many values")
    if content.count(":") > _MOST_NAMES and next(islice(_NAME.finditer(content), _MOST_NAMES, None), None):
        raise ValueError("it has too many names")
    look = _now_and_then(on_time)

    def name_is_unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        look(1 + len(pairs))
        result = dict(pairs)
        if len(result) != len(pairs):
            raise ValueError("duplicate key")
        return result

    try:
        data = json.loads(content, object_pairs_hook=name_is_unique, **_NUMBERS)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    level = [data] if isinstance(data, (dict, list)) else []
    for _depth in range(_DEEPEST):
        inside = [one.values() if isinstance(one, dict) else one for one in level]
        level = [value for values in inside for value in values if isinstance(value, (dict, list))]
        if not level:
            break
    else:
        raise ValueError(_TOO_DEEP)
    on_time()
    return all_fit(data, look) if _suspect(content) else data


def _now_and_then(on_time: Callable[[], None]) -> Callable[[int], None]:
    """`on_time`, called after each so many values."""
    seen, check_at = 0, _CHECK_INTERVAL

    def look(values: int) -> None:
        nonlocal seen, check_at
        seen += values
        if seen >= check_at:
            check_at = seen + _CHECK_INTERVAL
            on_time()

    return look


def parse_inner(text: str) -> Any:
    """JSON within a text of an error, for which no clock is needed. Raises ValueError."""
    if len(text) > _LONGEST_INNER:
        raise ValueError("it is too long for an error")
    return parse_json(text)


_TOO_DEEP = "it is nested too deeply"


def _suspect(content: str) -> bool:
    """Whether unsafe text may be in it. Most responses are ASCII, which is quick to see."""
    plain = "\x7f" in content if content.isascii() else _PLAIN.search(content)
    return bool(plain) or ("\\u" in content and _ESCAPED.search(content) is not None)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _bounded(text: str) -> int:
    """A number with a limited number of digits: parsing many of them takes long, and no real number has so many."""
    if len(text) > _MOST_DIGITS:
        raise ValueError("a number is too large")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


_NUMBERS: dict[str, Any] = {"parse_constant": _no_number, "parse_float": _finite, "parse_int": _bounded}
