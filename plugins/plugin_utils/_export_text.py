# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML for people: short values on one line, texts quoted, names of ids as comments. No text is a template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..module_utils._core.errors import one_line
from ..module_utils._core.text import may_be_template
from ..module_utils._snapshot.exported import Named, Reference
from ..module_utils._snapshot.text import escaped

_WIDTH = 100  # characters of a line with several values


def comment(text: str, indent: str = "") -> Iterator[str]:
    """A comment in lines of at most 120 characters, as an entry of a list too; no text can end it early."""
    line = ""
    for word in one_line(text, 10_000).split(" "):
        if line and len(indent) + len(line) + len(word) > 113:
            yield f"{indent}# {line}"
            line = ""
        line = f"{line} {word}" if line else word
    yield f"{indent}# {line}"


def entry(name: str, value: Any, indent: str = "") -> Iterator[str]:
    """A key with its value, on one line if that is short."""
    plain = None if _is_named(value) else _flow(value)
    if plain is not None and (
        not isinstance(value, (dict, list)) or not value or (_is_flat(value) and len(plain) < _WIDTH)
    ):
        yield f"{indent}{name}: {plain}"
    elif isinstance(value, Named):
        yield f"{indent}{name}: {_flow(value.value)}  # {one_line(value.name, 100)}"
    elif isinstance(value, Mapping):
        yield f"{indent}{name}:"
        for key, one in value.items():
            yield from entry(key, one, f"{indent}  ")
    else:
        yield f"{indent}{name}:"
        for one in value:
            yield from item(one, f"{indent}  ")


def item(value: Any, indent: str) -> Iterator[str]:
    """One entry of a list."""
    if isinstance(value, Mapping) and value and not (_is_flat(value) and not _is_named(value) and len(value) == 1):
        lines = [line for key, one in value.items() for line in entry(key, one, f"{indent}  ")]
        yield f"{indent}- {lines[0].lstrip()}"
        yield from lines[1:]
    elif isinstance(value, Named):
        yield f"{indent}- {_flow(value.value)}  # {one_line(value.name, 100)}"
    else:
        yield f"{indent}- {_flow(value)}"


def _is_named(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_is_named, value.values()))
    return isinstance(value, Named) or (isinstance(value, list) and any(map(_is_named, value)))


def _is_flat(value: Any) -> bool:
    """Whether a list has only single values, or a mapping only such a list."""
    if isinstance(value, list):
        return not any(isinstance(one, (dict, list)) for one in value)
    return isinstance(value, Mapping) and len(value) == 1 and all(map(_is_flat, value.values()))


def _flow(value: Any) -> str:
    if isinstance(value, Reference):
        return f'"{{{{ {value.group}.{value.key} }}}}"'
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_flow(one)}' for name, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    text = escaped(json.dumps(value, ensure_ascii=False))
    return f"!unsafe {text}" if may_be_template(value) else text
