# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recorded part of a response: names, types and codes. Values are not recorded for the report."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Place = tuple[str, ...]
HEADERS = ("request-id", "client-request-id", "Date", "Content-Type", "Retry-After")
NOTHING = "null"
# Whether there is a next page is compared separately.
_LINKS = ("@odata.nextLink", "@odata.deltaLink")
_TRANSIENT = (408, 429, 500, 502, 503, 504)
_LONGEST = 200  # characters of a value that are kept to detect names that repeat it


def kind_of(value: Any) -> str:
    """The JSON type."""
    if value is None:
        return NOTHING
    for kind, types in {"boolean": bool, "number": (int, float), "string": str, "array": list}.items():
        if isinstance(value, types):  # type: ignore[arg-type]
            return kind
    return "object"


@dataclass
class Observed:
    """All responses of one side to one operation."""

    outcomes: Counter[tuple[int, str]] = field(default_factory=Counter)
    transient: Counter[tuple[int, str]] = field(default_factory=Counter)
    pages: set[tuple[int, bool]] = field(default_factory=set)  # how many items, and whether there was a link
    objects: Counter[Place] = field(default_factory=Counter)
    properties: Counter[Place] = field(default_factory=Counter)
    types: dict[Place, set[str]] = field(default_factory=lambda: defaultdict(set))
    strays: set[Place] = field(default_factory=set)
    # By kind of response and header: with it, without it.
    headers: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add_outcome(self, status: int, code: str) -> None:
        (self.transient if status in _TRANSIENT else self.outcomes)[status, code] += 1

    def add_headers(self, sort: str, headers: Mapping[str, str]) -> None:
        given = {name.lower() for name in headers}
        for name in HEADERS:
            self.headers[sort, name][name.lower() not in given] += 1

    def add_body(self, body: Any, values: set[str]) -> None:
        """`values` gets the strings in it."""
        if isinstance(body, dict) and isinstance(body.get("value"), list):
            self.pages.add((len(body["value"]), bool(body.get(_LINKS[0]))))
        self._walk(body, (), values)

    def _walk(self, value: Any, place: Place, values: set[str]) -> None:
        self.types[place].add(kind_of(value))
        if isinstance(value, list):
            for item in value:
                self._walk(item, (*place, "[]"), values)
        elif isinstance(value, dict):
            if kind := value.get("@odata.type"):
                place = (*place, f"<{kind}>")
            self.objects[place] += 1
            for name, entry in value.items():
                if name in _LINKS:
                    continue
                self.properties[*place, name] += 1
                if "@odata" in name:
                    self.types[*place, name].add(kind_of(entry))
                else:
                    self._walk(entry, (*place, name), values)
        elif isinstance(value, str) and len(value) <= _LONGEST:
            values.add(value.casefold())
