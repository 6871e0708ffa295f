# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any text of a tenant is shown in Markdown as it is, and is nothing else there."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ansible_collections.intune.exchange.plugins.filter.to_markdown import FilterModule

to_markdown = FilterModule().filters()["to_markdown"]
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
TEXT = st.text(st.sampled_from("ab1 \t\n\\`*_{}[]()<>#|~!&$^=+-.:@/;\"'w"), max_size=30)


@given(TEXT)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    page = READER.render(f"Name: {to_markdown(text)}")
    shown = re.fullmatch(r"<p>Name:(.*)</p>\n", page, re.DOTALL)
    assert shown, page
    assert html.unescape(shown[1]).split() == text.split()


@given(TEXT)
def test_nor_is_it_anything_else_at_the_start_of_a_line(text: str) -> None:
    page = READER.render(to_markdown(text))
    assert page == "" or re.fullmatch(r"<p>.*</p>\n", page, re.DOTALL), page
    assert html.unescape(page.replace("<p>", "").replace("</p>", "")).split() == text.split()


@given(TEXT)
def test_any_text_is_one_cell_of_a_table(text: str) -> None:
    page = READER.render(f"| A | B |\n| --- | --- |\n| {to_markdown(text)} | end |")
    assert page.count("<td>") == 2 and "<td>end</td>" in page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("adele@contoso.com", "adele@contoso.com"),
        ("@everyone, x.@all", "&#64;everyone, x.&#64;all"),
        ("Evidence: 3 of 4 at 00:15:00", "Evidence: 3 of 4 at 00:15:00"),
        ("not_offered, _it_ and __x", "not_offered, \\_it\\_ and \\_\\_x"),
        ("https://evil.example", "https\\://evil.example"),
        ("WWW.evil.example", "WWW\\.evil.example"),
        (["a|b"], "\\['a\\|b'\\]"),
    ],
)
def test_what_is_escaped(text: object, expected: str) -> None:
    assert to_markdown(text) == expected
