# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values as PowerShell literals, so that text never becomes code."""

from __future__ import annotations

DOCUMENTATION = r"""
name: to_powershell
short_description: Quote a value for a PowerShell script
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Text becomes a string in single quotes, in which PowerShell replaces nothing. A list becomes an array.
  - PowerShell also takes the typographic single quotes for the end of a string, so these are doubled as well. Line
    breaks and other control characters are refused.
options:
  _input:
    description: A text, a number, a boolean, or a list of these.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Show how a name stands in a script
  ansible.builtin.debug:
    msg: "{{ name | intune.exchange.to_powershell }}"
  vars:
    name: The administrator's application
"""

RETURN = r"""
_value:
  description: The value as PowerShell source.
  type: str
  sample: "'The administrator''s application'"
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

_QUOTES = "'\u2018\u2019\u201a\u201b"  # System.Management.Automation.Language.CharTraits, IsSingleQuote


def to_powershell(value: Any) -> str:
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, list):
        return f"@({', '.join(map(to_powershell, value))})"
    if not isinstance(value, str):
        raise AnsibleFilterError(f"to_powershell takes text, numbers, booleans and lists, not {type(value).__name__}.")
    if any(ord(character) < 32 or 127 <= ord(character) < 160 for character in value):
        raise AnsibleFilterError("to_powershell: the text has a line break or another control character.")
    return "'" + "".join(2 * one if one in _QUOTES else one for one in value) + "'"


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"to_powershell": to_powershell}
