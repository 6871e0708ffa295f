# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A number that a filter was given, which templates may have made text."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleFilterError


def whole_number(filter_name: str, option: str, value: Any) -> int:
    """The number. Raises `AnsibleFilterError` with the names of the filter and its option."""
    try:
        if int(value) == float(value):
            return int(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise AnsibleFilterError(f"{filter_name} needs {option} as a whole number")
