# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that is safe for every file, terminal and process, made of text of services; plurals and suggestions."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any

# Control characters other than tab and line ends, line and paragraph separators, bidirectional marks, and halves of
# surrogate pairs, which no encoding can hold.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_PIECE = 1024  # values between two looks at the time
_REPLACEMENT = "\ufffd"
# Markers of Jinja, the line with which a text chooses other markers (JINJA2_OVERRIDE of ansible-core), and that of what
# ansible-vault and ansible-rulebook would decrypt.
_MARKS = re.compile(r"\{[{%#]|[}%#]\}|\A#\s*jinja2|ANSIBLE_VAULT")


def counted(number: int, singular: str, plural: str = "") -> str:
    """1 device, 2 devices; `plural` where that does not end in s."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def unbroken(text: str) -> str:
    """A sentence that may contain a name, as one line: a line break in the name must not begin another line."""
    return " ".join(text.splitlines())


def did_you_mean(names: Iterable[str], known: Collection[str], similar: float = 0.6) -> str:
    """A question with the nearest known name for each of the names; empty if none is near.

    `similar`: from 0 to 1, how similar they must be at least, as difflib measures it.
    """
    near = [one for name in names for one in get_close_matches(name, known, 1, similar)]
    return f"Did you mean {', '.join(near)}?" if near else ""


def may_be_template(value: Any) -> bool:
    """Whether Ansible could evaluate or decrypt a text, or one inside a value."""
    if isinstance(value, Mapping):
        return any(may_be_template(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple):
        return any(may_be_template(part) for part in value)
    return isinstance(value, str) and _MARKS.search(value) is not None


def fit(text: str) -> str:
    """The text with a replacement character for each harmful character."""
    return _UNFIT.sub(_REPLACEMENT, text)


def all_fit(value: Any, on_time: Callable[[int], None] = lambda values: None) -> Any:
    """JSON with all of its texts made safe. Raises ValueError if two keys become equal.

    `on_time` is called with the number of values that come next, and may raise when the time is up.
    """
    if isinstance(value, str):
        return fit(value)
    if isinstance(value, list):
        return [all_fit(entry, on_time) for entry in _in_pieces(value, on_time)]
    if isinstance(value, dict):
        result = {
            fit(key) if isinstance(key, str) else key: all_fit(entry, on_time)
            for key, entry in _in_pieces(value.items(), on_time)
        }
        if len(result) != len(value):
            raise ValueError("duplicate key")
        return result
    return value


def _in_pieces(entries: Iterable[Any], on_time: Callable[[int], None]) -> Iterator[Any]:
    left = iter(entries)
    while piece := [*islice(left, _PIECE)]:
        on_time(len(piece))
        yield from piece


def unfit_in(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Where an option contains such characters, each with the first one as U+0000."""
    if isinstance(value, str):
        found = _UNFIT.search(value)
        if found:
            yield place, f"U+{ord(found[0]):04X}"
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from unfit_in(str(key), place)
            yield from unfit_in(entry, f"{place}.{fit(str(key))}")
    elif isinstance(value, (list, tuple)):
        for number, entry in enumerate(value):
            yield from unfit_in(entry, f"{place}[{number}]")


def texts_of(value: Any) -> Iterator[str]:
    """The texts among the values of JSON, however deep; no keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for entry in value.values():
            yield from texts_of(entry)
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from texts_of(entry)


def plain_text(value: Any) -> str:
    """A member of an error as text, also in the form of OData 3: {"lang": "en-us", "value": "Denied"}.

    Empty for other containers, which may be large: nobody looks at the clock while they become text.
    """
    if isinstance(value, Mapping):
        value = value.get("value")
    return str(value or "") if isinstance(value, (str, int, float)) else ""
