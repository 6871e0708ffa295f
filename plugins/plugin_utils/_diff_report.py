# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The differences of two snapshots as a table for the terminal, as Markdown and as a page."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from ..module_utils._core.errors import one_line
from ..module_utils._core.text import counted
from ..module_utils._snapshot.kinds import KINDS
from ._markdown import escaped
from ._rows import text_of

_LONGEST = 300  # characters of a value
_LONGEST_REASON = 5000  # of a reason, at whose end the permission is that was missing
_HEADINGS = ("Kind", "Object", "Change", "Property", "Before", "After", "People", "Accepted")
_LACKING = {
    "both": "neither snapshot has them",
    "before": "the first snapshot lacks them",
    "after": "the second snapshot lacks them",
}
_STYLE = (
    "body{font:15px system-ui,sans-serif;margin:2em}table{border-collapse:collapse}"
    "td,th{border:1px solid #999;padding:.3em .6em;text-align:left;vertical-align:top}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}"
)


def rows_of(found: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row per difference."""
    return [
        dict(
            zip(
                _HEADINGS,
                (
                    one["title"],
                    one["object"],
                    one["change"],
                    one["property"],
                    _value(one["before"]) if one["change"] == "changed" else "",
                    _value(one["after"]) if one["change"] == "changed" else "",
                    one_line(", ".join(one["people"]), _LONGEST),
                    accepted_of(one),
                ),
                strict=True,
            )
        )
        for one in found["differences"]
    ]


def accepted_of(difference: Mapping[str, Any]) -> str:
    """The date first, since a narrow column cuts the end."""
    accepted = difference["accepted"]
    return f"until {accepted['until']}: {accepted['reason']}" if accepted else ""


def not_compared_of(found: Mapping[str, Any]) -> list[str]:
    """A line for each side: the kinds that it should have and lacks. Reasons, too long for it, are in reports."""
    missing = [one for one in found["not_compared"] if not one["expected"]]
    return [
        f"Not compared, since {whose}: {', '.join(titles)}."
        for side, whose in _LACKING.items()
        if (titles := [one["title"] for one in missing if one["snapshot"] == side])
    ]


def _value(value: Any) -> str:
    return one_line(text_of(value), _LONGEST) or "-"


def title_of(found: Mapping[str, Any]) -> str:
    """The heading. A rehearsal in a pull request must not read like a change of the tenant."""
    return "Rehearsal: what would change" if found["rehearsal"] else "What changed"


def summary_of(found: Mapping[str, Any]) -> str:
    """The result in one sentence."""
    tenant, summary = found["after"]["tenant"], found["summary"]
    whose = f"{tenant.get('name')} ({tenant.get('id')})"
    when = f"between {found['before']['taken_at']} and {found['after']['taken_at']}"
    if found["rehearsal"]:
        whose = f"This is a rehearsal on a copy of {whose}. Nothing changed in the tenant itself. On the copy"
    number = len(found["differences"])
    said = (
        f"{counted(number, 'difference')} in {counted(summary['objects'], 'object')}, about "
        f"{counted(summary['people'], 'person', 'people')}; {summary['accepted']} of them accepted"
        if number
        else "no difference"
    )
    missing = len({one["kind"] for one in found["not_compared"]})
    gap = f" {counted(missing, 'kind of objects', 'kinds of objects')} could not be compared." if missing else ""
    return one_line(f"{whose} {when}: {said}.{gap}", 1000)


def _sections(found: Mapping[str, Any]) -> list[tuple[str, Sequence[str], Sequence[Sequence[str]]]]:
    """The parts of a page: a heading, and a table if it has rows."""
    people = [
        (
            one["person"],
            "; ".join(
                f"{access['device']}: {_value(access['before'])} to {_value(access['after'])}"
                for access in one["access"]
            ),
            str(len(one["differences"])),
        )
        for one in found["people"]
    ]
    missing = [(one["title"], one["snapshot"], one["reason"]) for one in found["not_compared"]]
    ended, unmatched = (
        [
            (KINDS[one["kind"]].title, str(one.get("object") or ""), str(one["reason"]), str(one["until"]))
            for one in found[name]
        ]
        for name in ("ended", "unmatched")
    )
    return [
        ("Differences", _HEADINGS, [tuple(row.values()) for row in rows_of(found)]),
        ("People", ("Person", "Access of devices", "Differences"), people),
        ("Not compared", ("Kind", "Snapshot", "Reason"), missing),
        ("Accepted differences that have expired", ("Kind", "Object", "Reason", "Until"), ended),
        ("Accepted differences that match no difference", ("Kind", "Object", "Reason", "Until"), unmatched),
    ]


def markdown(found: Mapping[str, Any]) -> str:
    """For a pull request: no text of a tenant can become a link, an image or a tag."""
    lines = [f"# {title_of(found)}", "", escaped(summary_of(found)), ""]
    lines += [f"- {escaped(one_line(f'{name}: {text}', _LONGEST))}" for name, text in found["about"].items()]
    lines += [""] if found["about"] else []
    for heading, columns, rows in _sections(found):
        if rows:
            lines += [f"## {heading}", "", _row(columns), _row(["---"] * len(columns))]
            lines += [*(_row([escaped(cell) for cell in _cells(row, columns)]) for row in rows), ""]
    return "\n".join(lines)


def _cells(row: Sequence[str], columns: Sequence[str]) -> list[str]:
    longest = {"Reason": _LONGEST_REASON}
    return [one_line(cell, longest.get(column, _LONGEST)) for cell, column in zip(row, columns, strict=True)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def page(found: Mapping[str, Any]) -> str:
    """The same as a page that loads nothing."""
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">',
        f"<title>{title_of(found)}</title>",
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<style>{_STYLE}</style><h1>{title_of(found)}</h1><p>{html.escape(summary_of(found))}</p>",
    ]
    if found["about"]:
        about = (
            f"<li>{html.escape(one_line(f'{name}: {text}', _LONGEST))}</li>" for name, text in found["about"].items()
        )
        parts += ["<ul>", *about, "</ul>"]
    for heading, columns, rows in _sections(found):
        if rows:
            head = "".join(f'<th scope="col">{html.escape(one)}</th>' for one in columns)
            parts += [f"<h2>{heading}</h2><table><thead><tr>{head}</tr></thead><tbody>"]
            parts += [
                "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(row, columns)) + "</tr>"
                for row in rows
            ]
            parts += ["</tbody></table>"]
    return "\n".join([*parts, "</html>", ""])
