# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a module that reads, in a few lines: counts, and what is not as it should be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .._core.errors import one_line
from .._core.targets import first_names
from .._core.text import counted

_LONGEST = 80  # characters of a value
_MOST = 20  # sentences


def with_summary(lists: Mapping[str, str] | None, result: Mapping[str, Any]) -> dict[str, Any]:
    """The result, with `summary_text` unless `lists` is None. One in the result takes precedence."""
    return dict(result) if lists is None else {"summary_text": summary_text(lists, result), **result}


def summary_text(lists: Mapping[str, str], result: Mapping[str, Any]) -> str:
    """A line for each of `lists`, counted by a property of its entries, and the sentences of the result."""
    lines = [_line(name, result[name], by) for name, by in lists.items() if isinstance(result.get(name), list)]
    for name in ("shortfalls", "summary"):
        sentences = result.get(name)
        if isinstance(sentences, list):
            lines += [str(one) for one in sentences[:_MOST]]
            if len(sentences) > _MOST:
                lines.append(f"and {len(sentences) - _MOST} more in {name}")
    return "\n".join(lines)


def _line(name: str, entries: list[Any], by: str) -> str:
    count = counted(len(entries), _singular(name.replace("_", " ")), name.replace("_", " "))
    found = Counter(_value(one.get(by)) for one in entries if isinstance(one, Mapping))
    if not found:
        return f"{count}"
    if len(found) == len(entries) > 1 or len(entries) == 1:
        return f"{count}: {first_names(list(found))}"
    return f"{count}: {', '.join(f'{number} {value}' for value, number in found.most_common(10))}"


def _value(value: Any) -> str:
    return "unknown" if value is None else one_line(value, _LONGEST).replace("_", " ")


def _singular(plural: str) -> str:
    for ending, singular in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if plural.endswith(ending):
            return plural.removesuffix(ending) + singular
    return plural
