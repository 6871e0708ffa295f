# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A snapshot as YAML: one property per line, texts always quoted, so that none is a tag, a time or a template."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
# Characters that YAML accepts only escaped.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_HEAD = """# A snapshot of a Microsoft 365 tenant, by intune.exchange. It holds names, addresses and devices of people.
# It does not hold who may activate a membership of a group (Privileged Identity Management), sign-ins and secrets.
# The guide "Take a snapshot of a tenant" of the collection describes it.
"""


def lines_of(snapshot: Mapping[str, Any]) -> Iterator[str]:
    """The snapshot in pieces of text. The last line says that it is complete."""
    yield _HEAD
    for name in ("format", "version", "taken_at", "pseudonymized"):
        if name in snapshot:
            yield f"{name}: {_scalar(snapshot[name])}\n"
    yield "tenant:\n"
    yield from _mapping(snapshot["tenant"], "  ", "  ")
    yield "objects:" + ("\n" if snapshot["objects"] else " {}\n")
    for kind, objects in snapshot["objects"].items():
        yield f"  {kind}:" + ("\n" if objects else " []\n")
        for one in objects:
            yield from _mapping(one, "    - ", "      ") if one else ("    - {}\n",)
    yield "not_read:" + ("\n" if snapshot["not_read"] else " {}\n")
    for kind, problem in snapshot["not_read"].items():
        yield f"  {kind}:\n"
        yield from _mapping(problem, "    ", "    ")
    yield "end_of_snapshot: true\n"


def _mapping(value: Mapping[str, Any], first: str, others: str) -> Iterable[str]:
    return [
        f"{first if number == 0 else others}{_key(name)}: {_scalar(entry)}\n"
        for number, (name, entry) in enumerate(value.items())
    ]


def _key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) and name.lower() not in _WORDS else _scalar(name)


def _scalar(value: Any) -> str:
    """A value as JSON, which is valid YAML; a float always with a point, without which YAML reads it as text."""
    text = json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and "e" in text and "." not in text:
        text = text.replace("e", ".0e")
    return escaped(text)


def escaped(text: str) -> str:
    """JSON that is valid YAML."""
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
