# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a snapshot as data, in bounded time and memory: nothing in it is a tag, a time or a template.

plugins/plugin_utils has a copy of this file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from itertools import islice
from typing import Any, ClassVar

import yaml

from .snapshot_lines import snapshot_of_lines

LARGEST = 512 * 1024 * 1024  # bytes
# Of a file in exactly the form in which it is written, from which a value takes up to 230 bytes and 6 microseconds.
MOST = 20_000_000  # values
MOST_OBJECTS = 2_000_000
# Of one that YAML decides on, which takes up to a kilobyte and 30 microseconds for each: about 35,000 devices.
MOST_IN_YAML = 3_000_000
_MOST_DIGITS = 400  # more take YAML very long, and nothing has such a number
# What begins a value in YAML.
_BEGINS = re.compile(rb"[-?:][ \t\r\n]|\n|\r(?!\n)|[,\[{]|[\"']:|\xc2\x85|\xe2\x80[\xa8\xa9]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as that of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where PyYAML was built so: ten times as fast
_TYPES = ("null", "bool", "int", "float", "str", "seq", "map")


class TooLarge(ValueError):
    """A file with more than any snapshot has. Its text goes on after the name of the file."""


class _Loader(_BASE):
    """Knows no type that a snapshot has not, such as times; refuses merged and duplicate keys."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in _BASE.yaml_implicit_resolvers.items()
    }
    yaml_constructors: ClassVar[dict[Any, Any]] = {
        tag: _BASE.yaml_constructors[tag] for tag in (None, *(f"tag:yaml.org,2002:{name}" for name in _TYPES))
    }

    def flatten_mapping(self, node: Any) -> None:
        if any(key.tag == "tag:yaml.org,2002:merge" for key, _value in node.value):
            raise yaml.constructor.ConstructorError(None, None, "found a merged key", node.start_mark)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        if len(mapping) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "found a key twice", node.start_mark)
        return mapping

    def construct_yaml_bool(self, node: Any) -> Any:
        return _constructed(super().construct_yaml_bool, node)

    def construct_yaml_int(self, node: Any) -> Any:
        return _constructed(super().construct_yaml_int, node)

    def construct_yaml_float(self, node: Any) -> Any:
        return _constructed(super().construct_yaml_float, node)


for _type in ("bool", "int", "float"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_type}", getattr(_Loader, f"construct_yaml_{_type}"))


def _constructed(construct: Callable[[Any], Any], node: Any) -> Any:
    """A value as YAML constructs it. Of an explicit tag, such as `!!bool x`, it raises almost anything."""
    if len(node.value) > _MOST_DIGITS:
        raise yaml.constructor.ConstructorError(None, None, "found a number that is too large", node.start_mark)
    try:
        return construct(node)
    except (ValueError, LookupError, ArithmeticError) as error:
        problem = f"found a value that is no {node.tag.rpartition(':')[2]}"
        raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from error


def parsed_snapshot(content: bytes) -> Any:
    """What stands in a file. Raises `TooLarge`; ValueError, RecursionError or YAMLError for what cannot be read."""
    content = as_utf8(content)
    if content.count(b"\n    - ") + content.count(b"{") > MOST_OBJECTS or (
        sum(map(content.count, (b"\n", b",", b"[", b"{"))) > MOST
    ):
        raise TooLarge(f"has more than {MOST_OBJECTS} objects or {MOST} values, and no snapshot has so many")
    found = snapshot_of_lines(content)
    if found is not None:
        return found
    # Edited by hand, or no snapshot.
    if next(islice(_BEGINS.finditer(content), MOST_IN_YAML, None), None) is not None:
        raise TooLarge(f"was edited by hand, and has more than the {MOST_IN_YAML} lines and values that are then read")
    return yaml.load(content, _Loader)


def as_utf8(content: bytes, errors: str = "strict") -> bytes:
    """A text in UTF-8 without a byte order mark, which says what an editor wrote it in."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            content = content[len(mark) :]
            return content if encoding == "utf-8" else content.decode(encoding, errors).encode()
    return content
