# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deadline files for people: the name of a phone or a person is text in them, and nothing else.

A phone reports its own model and id, so whoever may connect one chooses text in a message to others.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.filter.core import regex_replace
from ansible.template import Templar
from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt

from ansible_collections.intune.exchange.plugins.filter.role_lines import role_lines
from ansible_collections.intune.exchange.plugins.plugin_utils._markdown import escaped
from ansible_collections.intune.exchange.plugins.plugin_utils._trust import as_data, as_template

TEMPLATES = Path(__file__).parents[2] / "playbooks" / "templates"
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "[Sign in again](https://evil.example)",
    "![x](https://evil.example/seen.png)",
    "https://evil.example/sign-in",
    "WWW.evil.example",
    "www.evil.example ftp://evil.example",
    "<https://evil.example>",
    "\n\n# Sign in again\n\n- To: everybody",
    "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nURL:https://evil.example",
    "x\nBEGIN:VALARM",
    "a;b,c\\n:d",
    "~~gone~~ **bold** `code` _it_ $x$ ==marked== ^up^ | cell | &lt;b&gt; {{ 7 * 7 }}",
    "{{ lookup('ansible.builtin.pipe', 'id') }}{% if true %}",
    "'\"=1+1",
]


def hostile(name: str) -> dict[str, Any]:
    """The module's result with this name for everything that a tenant can choose."""
    device = {"mailbox": name, "device_model": name, "device_type": name, "device_id": name, "certainty": "likely"}
    deadline = {
        "id": "eas_version",
        "title": "Exchange ActiveSync",
        "date": "2026-12-31",
        "days_left": 30,
        "ends": "Exchange Online refuses them.",
        "status": "affected",
        "certainty": "likely",
        "evidence": f"the policies {name}",
        "people": [name, "adele.vance@contoso.example"],
        "people_count": 2,
        "devices": [device],
        "policies": [name],
        "next_step": "Update them",
    }
    return {"as_of": "2026-12-01", "deadlines": [deadline, {**deadline, "status": "unknown", "next_step": name}]}


def written(template: str, name: str) -> str:
    variables = as_data({"deadlines_read": hostile(name), "inventory_hostname": "contoso"})
    templar = Templar(loader=DataLoader(), variables=variables)
    lookup = f"{{{{ lookup('template', '{TEMPLATES / template}') }}}}"
    return str(templar.template(as_template(lookup)))


def message(name: str) -> str:
    """Without Ansible, whose templates find filters only in an installed collection."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), trim_blocks=True, keep_trailing_newline=True)
    environment.filters |= {"intune.exchange.to_markdown": escaped, "regex_replace": regex_replace}
    return environment.get_template("deadlines.md.j2").render(deadlines_read=hostile(name))


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_in_a_message_is_markup_or_a_link(name: str) -> None:
    text = message(name)
    page = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)
    assert set(re.findall(r"</?([a-z0-9]+)", page)) <= {"h1", "h2", "p", "ul", "li"}, page
    # Text that GitHub, Teams and others turn into links: https://github.github.com/gfm/#autolinks-extension-
    assert not re.search(r"(?i)(?:https?|ftp)://|www\.", text), text
    assert text.count("\n- To: ") == 2 and text.count("\n# ") == text.startswith("\n# "), text
    shown = re.sub(r"<[^>]+>", "", page).replace("&lt;", "<").replace("&gt;", ">")
    shown = shown.replace("&quot;", '"').replace("&amp;", "&")
    assert " ".join(name.split()) in shown
    assert "- To: adele.vance@contoso.example\n" in text


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_in_a_calendar_is_a_property(name: str) -> None:
    lines = written("deadlines.ics.j2", name).replace("\r\n", "\n").replace("\n ", "").splitlines()
    names = [re.split("[;:]", line)[0] for line in lines]
    event = ["UID", "DTSTAMP", "DTSTART", "SUMMARY", "DESCRIPTION", "TRANSP"]
    alarm = ["BEGIN", "ACTION", "TRIGGER", "DESCRIPTION", "END"]
    once = ["BEGIN", *event, *alarm, "END"]
    assert [one for one in names if one] == ["BEGIN", "VERSION", "PRODID", "METHOD", *once, *once, "END"], lines
    described = [line for line in lines if line.startswith("DESCRIPTION:Exchange Online")]
    assert len(described) == 2
    [said] = re.findall(r"Next step: (.*)\.$", described[1])
    said = re.sub(r"\\([\\;,])", r"\1", said)
    assert re.sub(r"\s", "", said) == re.sub(r"\s", "", name)


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_at_the_terminal_begins_a_line(name: str) -> None:
    said = role_lines({"deadlines": hostile(name)["deadlines"]}, "deadlines")
    lines = [line for line in "\n".join(said).splitlines() if not line.startswith("    ")]  # those continue another
    assert [line.split(":")[0].split(",")[0] for line in lines] == ["2026-12-31", "  People", "  Next step"] * 2, lines
