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
  - Creates the lines of a table for the terminal, with a line of headings. Each column is as wide as its longest cell.
  - Text from people and services is shown without control characters and line breaks.
extends_documentation_fragment: intune.exchange.rows
options:
  width:
    description: The maximum number of characters in a cell. Longer text is truncated with V(…).
    type: int
    default: 50
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

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._rows import table


def to_table(rows: Any, columns: Any, width: int = 50) -> list[str]:
    """`rows` as lines, their cells at most `width` characters long."""
    if not isinstance(width, int) or width < 1:
        raise AnsibleFilterError("to_table needs a width of at least 1")
    return table("to_table", rows, columns, width)


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"to_table": to_table}
