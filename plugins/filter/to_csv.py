# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of values as CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

DOCUMENTATION = r"""
name: to_csv
short_description: Create CSV from a list of dictionaries
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Creates CSV according to RFC 4180, with a line of headings, a comma between cells and CRLF at the end of each line.
  - Values from people or services can begin like a formula, which a spreadsheet would evaluate. Such text is prefixed
    with an apostrophe, even after invisible characters. Numbers stay unchanged, except a
    negative one that begins a line of several cells.
  - A spreadsheet with another separator than the comma splits cells, so the same applies inside a cell after a comma, a
    semicolon, a tab and a line break. The values are text in each case.
  - Without a byte order mark, a first heading that begins with C(ID) gets an apostrophe as well, since Excel does not
    read such a file as CSV.
extends_documentation_fragment: intune.exchange.rows
options:
  byte_order_mark:
    description: Whether the text begins with a byte order mark, without which Excel does not read it as UTF-8.
    type: bool
    default: false
notes:
  - Null is an empty cell.
"""

EXAMPLES = r"""
- name: Write the connectors to a file
  ansible.builtin.copy:
    content: "{{ found.connectors | intune.exchange.to_csv(columns) }}"
    dest: connectors.csv
    mode: "0640"
  vars:
    columns:
      Account: primary_smtp_address
      Status: status
      Last synchronization: last_sync_date_time
"""

RETURN = r"""
_value:
  description: The CSV.
  type: str
"""

import csv
import io
import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from ..plugin_utils._rows import Rows, text_of

# What spreadsheets treat as the start of a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = "=+-@"
# How Unicode names letters and symbols without a shape, such as HANGUL FILLER and BRAILLE PATTERN BLANK.
_SHAPELESS = re.compile(r"\b(?:FILLER|BLANK|NULL)\b")
# Where a spreadsheet may begin a cell: after any separator that it can be configured for, and after line breaks.
_CELL_BEGINS = re.compile(r"([,;|\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029])")


def to_csv(rows: Any, columns: Any, byte_order_mark: bool = False) -> str:
    """`rows` as CSV text."""
    table = Rows("to_csv", rows, columns)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_cell(heading) for heading in table.headings)
    for cells in table:
        writer.writerow([_cell(cells[0], begins=len(cells) > 1), *map(_cell, cells[1:])])
    if byte_order_mark:
        return "\ufeff" + text.getvalue()
    # Excel takes a file that begins so for SYLK.
    return ("'" if text.getvalue().startswith("ID") else "") + text.getvalue()


def _cell(value: Any, begins: bool = False) -> str:
    """`value` as the text of a cell; `begins` where it begins a line, and others follow."""
    text = text_of(value).replace("\0", "")
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        # For a spreadsheet with another separator the whole line is one cell, and -1,5+A1 a formula.
        return f"'{text}" if begins and text.startswith("-") else text
    first, *rest = _CELL_BEGINS.split(text)  # separators and parts alternate from here
    for separator, part in zip(rest[::2], rest[1::2], strict=True):
        first += separator + ("'" if _is_formula(part) else "") + part
    return f"'{first}" if _is_formula(text) else first


def _is_formula(part: str) -> bool:
    """Whether the first visible character starts a formula, whatever its width or shape."""
    for character in part:
        if character == "\u2212" or unicodedata.normalize("NFKC", character) in _FORMULA:
            return True
        if _is_seen(character):
            return False
    return False


def _is_seen(character: str) -> bool:
    """Whether a reader sees it: no spaces, controls, marks, letters without a shape, or quotes that are removed."""
    if character in '"\u201c\u201d\uff02' or unicodedata.category(character)[0] in "ZCM":
        return False
    return character.isascii() or not _SHAPELESS.search(unicodedata.name(character, ""))


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"to_csv": to_csv}
