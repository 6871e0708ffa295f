# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A snapshot in exactly the form in which it is written, read without YAML: ten times as fast.

One property per line, each value as JSON. A file with anything else, such as one that was edited by hand, is not read
here but by the YAML parser. plugins/plugin_utils has a copy of this file.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

# What YAML reads differently than JSON, or not at all: control characters, Unicode line breaks, halves of characters.
_OTHERWISE = re.compile(
    rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]|\xef\xbb\xbf|\xef\xbf[\xbe\xbf]|\\/|\\u[dD][89a-fA-F]"
)
_PLAIN = re.compile(rb"[A-Za-z][A-Za-z0-9_]{0,199}")
_WORDS = frozenset({b"true", b"false", b"yes", b"no", b"on", b"off", b"null", b"y", b"n"})
_FLOAT = re.compile(r"-?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?")
_MOST_KNOWN = 50_000  # cached values, as most are on many lines
_LONGEST_KNOWN = 200
_LONGEST_KEY = 200


def snapshot_of_lines(content: bytes) -> dict[str, Any] | None:
    """The content of a file of exactly this form, or None."""
    if _OTHERWISE.search(content) or not content.endswith(b"\n"):
        return None
    try:
        content.decode()
        return _Lines().snapshot(content)
    except (ValueError, StopIteration, RecursionError):  # JSON raises StopIteration if no value begins there
        return None


class _Lines:
    """Keys and values, most of which repeat on many lines. Raises ValueError or StopIteration for another form."""

    def __init__(self) -> None:
        decoder: Any = json.JSONDecoder(object_pairs_hook=_mapping, parse_float=_float, parse_constant=_constant)
        self._scan = decoder.scan_once
        self._keys: dict[bytes, str] = {}
        self._known: dict[bytes, Any] = {}

    def snapshot(self, content: bytes) -> dict[str, Any]:
        found: dict[str, Any] = {}
        section: dict[str, Any] | None = None
        items: list[Any] | None = None  # of the current kind
        record: dict[str, Any] | None = None  # of the current object or reason
        put = self._put
        for line in _lines(content):
            if line.startswith(b"      "):
                put(record if items is not None else None, line[6:])
            elif line.startswith(b"    - "):
                _append(items, record := {})
                if line == b"    - {}\n":
                    record = None
                else:
                    put(record, line[6:])
            elif line.startswith(b"    "):
                put(record if items is None else None, line[4:])
            else:
                _check_filled(items if items is not None else record, section if line[:1] != b" " else None)
                items = record = None
                if line.startswith(b"  "):
                    name = self._header(section, line[2:])
                    if name and section is found.get("objects"):
                        items = found["objects"][name] = []
                    elif name and section is found.get("not_read"):
                        record = found["not_read"][name] = {}
                    elif name:
                        raise ValueError("a mapping in another place")
                else:
                    name = self._header(found, line)
                    section = found.setdefault(name, {}) if name else None
        _check_filled(items if items is not None else record, section)
        return found

    def _header(self, target: dict[str, Any] | None, line: bytes) -> str:
        """The key of a line that only begins a part; a property is added to the mapping instead."""
        if not line.endswith(b":\n"):
            self._put(target, line)
            return ""
        name = self._key(line[:-2])
        if target is None or name in target:
            raise ValueError("another form")
        return name

    def _put(self, target: dict[str, Any] | None, line: bytes) -> None:
        name, colon, text = line.partition(b": ")
        key = self._keys.get(name) or self._key(name)
        if target is None or not colon or key in target:
            raise ValueError("another form")
        try:
            target[key] = self._known[text]
        except KeyError:
            target[key] = self._value(text)

    def _key(self, name: bytes) -> str:
        if _PLAIN.fullmatch(name) and name.lower() not in _WORDS:
            key = name.decode()
        else:
            key = self._value(name + b"\n")
            if not isinstance(key, str) or len(key) > _LONGEST_KEY:
                raise ValueError("no key")
        self._keys[name] = key
        return key

    def _value(self, line: bytes) -> Any:
        text = line.decode()
        value, end = self._scan(text, 0)
        if text[end:] != "\n":
            raise ValueError("more than a value")
        if not isinstance(value, (dict, list)) and len(text) < _LONGEST_KNOWN:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            self._known[line] = value
        return value


def _lines(content: bytes) -> Iterator[bytes]:
    """The lines after the comments at the beginning."""
    lines = io.BytesIO(content)
    yield from (line for line in lines if not line.startswith(b"#"))


def _append(items: list[Any] | None, record: dict[str, Any]) -> None:
    if items is None:
        raise ValueError("no list")
    items.append(record)


def _check_filled(*parts: list[Any] | dict[str, Any] | None) -> None:
    """YAML reads a part without content as null."""
    if any(part is not None and not part for part in parts):
        raise ValueError("nothing in it")


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs) or any(len(key) > _LONGEST_KEY for key in found):
        raise ValueError("a key twice")
    return found


def _float(text: str) -> float:
    if not _FLOAT.fullmatch(text):
        raise ValueError("a text, for YAML")
    return float(text)


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is a text, for YAML")
