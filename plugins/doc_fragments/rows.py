# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of filters that show rows."""

from __future__ import annotations


class ModuleDocFragment:
    """As _rows.py reads them."""

    DOCUMENTATION = r"""
positional: columns
options:
  _input:
    description: The rows.
    type: list
    elements: dict
    required: true
  columns:
    description:
      - The columns in their order. A list of names, or a dictionary of headings and names.
      - A dot in a name selects a nested value, as in V(accepted.reason), and in a list the value of each element. A
        missing value is null.
      - The part of a name before the first dot must be a key of every row.
    type: raw
    required: true
notes:
  - Lists become text with a semicolon between their elements, dictionaries become JSON, true and false are V(true) and
    V(false).
"""
