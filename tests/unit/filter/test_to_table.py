# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table that keeps its form, whatever the values are."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.intune.exchange.plugins.filter.to_table import FilterModule

to_table = FilterModule().filters()["to_table"]


def test_columns_are_as_wide_as_their_longest_cell() -> None:
    rows = [{"name": "Adele", "age": 5, "tags": ["a", "b"]}, {"name": None, "age": 1200, "tags": []}]
    assert to_table(rows, {"Name": "name", "Age in days": "age", "Tags": "tags"}) == [
        "Name   Age in days  Tags",
        "Adele            5  a; b",
        "-             1200  -",
    ]
    assert to_table([], ["name", "age"]) == ["name  age"]


def test_long_cells_are_cut() -> None:
    assert to_table([{"a": "x" * 60}, {"a": "short"}], ["a"], width=10) == ["a", "x" * 9 + "…", "short"]


def test_a_wide_table_continues_its_cells_on_further_lines() -> None:
    row = {"id": "a-name-of-twenty-char", "text": "one two three four five six", "n": 7}
    assert to_table([row], ["id", "text", "n"], line_width=40) == [
        "id                     text            n",
        "a-name-of-twenty-char  one two three   7",
        "                       four five six",
    ]
    # A word is broken only if nothing else helps.
    assert to_table([row], ["id", "text", "n"], line_width=28) == [
        "id                  text   n",
        "a-name-of-twenty-c  one    7",
        "har                 two",
        "                    three",
        "                    four",
        "                    five",
        "                    six",
    ]
    assert all(len(line) <= 100 for line in to_table([dict.fromkeys("abcd", "word " * 10)], list("abcd")))


def test_wide_and_combining_characters_keep_the_columns() -> None:
    assert to_table([{"a": "日本", "b": 1}, {"a": "e\u0301", "b": 1}, {"a": "abcd", "b": 1}], ["a", "b"]) == [
        "a     b",
        "日本  1",
        "e\u0301     1",
        "abcd  1",
    ]


def test_half_a_character_pair_can_be_written() -> None:
    assert to_table([{"a": "half \ud83d"}], ["a"]) == ["a", "half ?"]


@given(st.lists(st.tuples(st.text(), st.one_of(st.none(), st.booleans(), st.integers(), st.text()))))
def test_nothing_breaks_a_line(rows: list[tuple[str, Any]]) -> None:
    lines = to_table([{"a": one, "b": two} for one, two in rows], ["a", "b"], line_width=0)
    assert len(lines) == len(rows) + 1
    assert not any(unicodedata.category(one) in ("Cc", "Zl", "Zp") for line in lines for one in line)


def test_a_mistake_is_named() -> None:
    with pytest.raises(AnsibleFilterError, match="row 1 has no 'b'; it has a"):
        to_table([{"a": 1}], ["b"])
    with pytest.raises(AnsibleFilterError, match="width of at least 1"):
        to_table([], ["a"], width=0)
