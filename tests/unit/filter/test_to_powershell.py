# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text in a PowerShell script is text, and nothing else."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.intune.exchange.plugins.filter.to_powershell import FilterModule

to_powershell = FilterModule().filters()["to_powershell"]
# PowerShell's language specification, 2.3.5.2: each of these is a single quote, and two of them are one.
QUOTES = "'\u2018\u2019\u201a\u201b"


def read(source: str) -> tuple[str, str]:
    """A verbatim string as PowerShell reads it, and the rest after it."""
    assert source[0] in QUOTES
    text, place = "", 1
    while place < len(source):
        if source[place] not in QUOTES:
            text, place = text + source[place], place + 1
        elif source[place + 1 : place + 2] and source[place + 1] in QUOTES:
            text, place = text + source[place], place + 2
        else:
            return text, source[place + 1 :]
    raise AssertionError("the string does not end")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_any_text_is_one_string(text: str) -> None:
    assert read(to_powershell(text)) == (text, "")


def test_numbers_lists_and_truth() -> None:
    assert to_powershell(["a'b", 3, True]) == "@('a''b', 3, $true)"
    assert to_powershell([]) == "@()"


@pytest.mark.parametrize("value", ["two\nlines", "\x00", None, {"a": 1}, 1.5])
def test_what_is_refused(value: object) -> None:
    with pytest.raises(AnsibleFilterError):
        to_powershell(value)
