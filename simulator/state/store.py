# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage: named collections that detect real changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .http_messages import Json


@dataclass
class Revision:
    """Counts the changes of one tenant. The ledger's `effect` means that this number changed."""

    number: int = 0


class Store:
    """Objects by key, in order of creation."""

    def __init__(self, revision: Revision) -> None:
        self._revision = revision
        self._items: dict[str, Json] = {}

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Json]:
        return iter(list(self._items.values()))

    def items(self) -> dict[str, Json]:
        """The objects by their keys."""
        return dict(self._items)

    def get(self, key: str) -> Json | None:
        return self._items.get(key)

    def add(self, key: str, item: Json) -> Json:
        if key in self._items:
            raise KeyError(f"{key} exists")
        self._items[key] = item
        self._revision.number += 1
        return item

    def update(self, key: str, changes: Json) -> Json:
        item = self._items[key]
        if any(name not in item or item[name] != value for name, value in changes.items()):
            item.update(changes)
            self._revision.number += 1
        return item

    def remove(self, key: str) -> Json:
        self._revision.number += 1
        return self._items.pop(key)

    def find(self, name: str, value: Any) -> Json | None:
        """The first object with that value, ignoring case."""
        wanted = normalize_case(value)
        return next((item for item in self._items.values() if normalize_case(item.get(name)) == wanted), None)


_THEMSELVES = "\u0131\u017f\u212a"  # the dotless i, the long s and the Kelvin sign


def normalize_case(value: Any) -> Any:
    """A name in the form for comparison: character by character, ignoring case, so that ß is not ss.

    https://learn.microsoft.com/dotnet/standard/base-types/best-practices-strings (OrdinalIgnoreCase); characters with
    several capitals, and the Turkish i, are only equal to themselves.
    """
    if not isinstance(value, str):
        return value
    return value.lower() if value.isascii() else "".join(map(_fold_character, value))


def _fold_character(character: str) -> str:
    capital = character.upper()
    return capital.lower() if len(capital) == len(capital.lower()) == 1 and character not in _THEMSELVES else character
