# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of values as a table for a terminal."""

from __future__ import annotations

DOCUMENTATION = r"""
name: to_table
short_description: Create the lines of a table from a list of dictionaries
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Creates the lines of a table for the terminal, with a line of headings. Each column is as wide as its longest cell,
    unless the table would be wider than O(line_width).
  - Text from people and services is shown without control characters and line breaks.
extends_documentation_fragment: intune.exchange.rows
options:
  width:
    description: The maximum number of characters in a cell. Longer text is truncated with V(…).
    type: int
    default: 50
  line_width:
    description:
      - The maximum number of characters in a line. In a wider table, the widest columns become narrower, and their
        cells continue on further lines. V(0) means no maximum.
    type: int
    default: 100
notes:
  - Null is shown as V(-). Numbers are right-aligned.
seealso:
  - plugin: intune.exchange.to_csv
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the devices
  intune.exchange.mobile_device_info:
    access_state: Quarantined
  register: found

- name: Show them
  ansible.builtin.debug:
    msg: "{{ found.mobile_devices | intune.exchange.to_table(columns) }}"
  vars:
    columns:
      Mailbox: mailbox
      Device: device_id
      Model: device_model
      State: device_access_state
"""

RETURN = r"""
_value:
  description: The lines, the headings first.
  type: list
  elements: str
"""

import textwrap
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.errors import one_line
from ..plugin_utils._rows import Rows, text_of

_GAP = "  "
_NARROWEST = 12  # characters of a column that others made narrower


def to_table(rows: Any, columns: Any, width: int = 50, line_width: int = 100) -> list[str]:
    """`rows` as lines of at most `line_width` characters, their cells at most `width` characters long."""
    if not isinstance(width, int) or width < 1:
        raise AnsibleFilterError("to_table needs a width of at least 1")
    table = Rows("to_table", rows, columns)
    values = [table.headings, *table]
    cells = [[one_line(text_of(value), width) or "-" for value in row] for row in values]
    widths = _narrowed([max(map(_columns, column)) for column in zip(*cells, strict=True)], int(line_width))
    return [line for texts, row in zip(cells, values, strict=True) for line in _lines(texts, row, widths)]


def _narrowed(widths: list[int], line_width: int) -> list[int]:
    """The widths of columns that fit a line, taken from the widest as long as one is wide."""
    found = list(widths)
    while 0 < line_width < sum(found) + len(_GAP) * (len(found) - 1) and max(found) > _NARROWEST:
        found[found.index(max(found))] -= 1
    return found


def _lines(texts: list[str], row: list[Any], widths: list[int]) -> Iterator[str]:
    """One row, on as many lines as its longest cell needs."""
    cells = [_wrapped(text, width) for text, width in zip(texts, widths, strict=True)]
    for number in range(max(map(len, cells))):
        parts = [cell[number] if number < len(cell) else "" for cell in cells]
        yield _GAP.join(map(_padded, parts, row, widths)).rstrip()


def _wrapped(text: str, width: int) -> list[str]:
    if _columns(text) <= width:
        return [text]
    return textwrap.wrap(text, width if _columns(text) == len(text) else max(1, width // 2))  # some take two columns


def _padded(text: str, value: Any, width: int) -> str:
    space = " " * (width - _columns(text))
    return space + text if isinstance(value, int | float) and not isinstance(value, bool) else text + space


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes: https://www.unicode.org/reports/tr11/"""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"to_table": to_table}
