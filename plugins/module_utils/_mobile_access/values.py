# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that Exchange writes in several ways: durations, sizes and counts, each in one canonical form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

UNLIMITED = "Unlimited"
_DURATION = re.compile(r"(?:(\d{1,5})\.)?(\d{1,2}):(\d{2}):(\d{2})")
_SIZE = re.compile(r"(\d+)\s*(B|KB|MB|GB)?", re.IGNORECASE)
_READ_SIZE = re.compile(r"[\d.,]+ ?[KMG]?B \(([\d,]+) bytes\)", re.IGNORECASE)
_UNITS = {"": 1, "B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}


def seconds(value: str) -> float:
    """A canonical duration as a number, infinite if unlimited."""
    if value == UNLIMITED:
        return float("inf")
    days, hours, minutes, rest = (int(part or 0) for part in _matched(value).groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=rest).total_seconds()


def duration(value: Any) -> str:
    """`[d.]hh:mm:ss`, or `Unlimited`. Raises ValueError with a message for people."""
    text = _plain(value)
    if text.casefold() == UNLIMITED.casefold():
        return UNLIMITED
    span = timedelta(seconds=seconds(text))
    clock = f"{span.seconds // 3600:02}:{span.seconds // 60 % 60:02}:{span.seconds % 60:02}"
    return f"{span.days}.{clock}" if span.days else clock


def size(value: Any) -> int | str:
    """A number of bytes, or `Unlimited`. Raises ValueError with a message for people."""
    text = _plain(value)
    if text.casefold() == UNLIMITED.casefold():
        return UNLIMITED
    read = _READ_SIZE.fullmatch(text)  # in the format of the service: 35 KB (35,840 bytes)
    if read:
        return int(read[1].replace(",", ""))
    given = _SIZE.fullmatch(text)
    if not given:
        raise ValueError("is not a size: specify bytes, or a number with KB, MB or GB, or unlimited")
    return int(given[1]) * _UNITS[(given[2] or "").upper()]


def count(value: Any) -> int | str:
    """A number, or `Unlimited`. Raises ValueError with a message for people."""
    text = _plain(value)
    if text.casefold() == UNLIMITED.casefold():
        return UNLIMITED
    if not text.isdigit():
        raise ValueError("is neither a number nor unlimited")
    return int(text)


def _plain(value: Any) -> str:
    """The text of a value; whether the service may also return these as objects is unknown, so both are read."""
    if isinstance(value, Mapping):
        value = UNLIMITED if value.get("IsUnlimited") else value.get("Value")
    return str(value).strip()


def _matched(text: str) -> re.Match[str]:
    found = _DURATION.fullmatch(text)
    if not found and re.fullmatch(r"\d{1,2}:\d{2}", text):
        # Microsoft's own example writes 15:00 for a quarter of an hour; .NET reads it as 15 hours.
        raise ValueError("is ambiguous, since it may be hours or minutes: use hh:mm:ss")
    if not found or int(found[2]) > 23 or int(found[3]) > 59 or int(found[4]) > 59:
        raise ValueError("is not a duration: use hh:mm:ss, d.hh:mm:ss or unlimited")
    return found
