# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deadlines playbook: one run on three tenants, one of which cannot be read, with every file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from simulator import Simulator

from .warm import ansible

CUSTOM = "{{ deadlines_read.as_of }} {{ deadlines_read.deadlines | map(attribute='id') | join(' ') }}\n"


def unfolded(calendar: str) -> list[str]:
    """The lines of a calendar, RFC 5545, 3.1."""
    assert calendar.endswith("\r\n") and "\n" not in calendar.replace("\r\n", "")
    return calendar.replace("\r\n ", "").split("\r\n")[:-1]


def test_the_playbook(tmp_path: Path, simulator: Simulator) -> None:
    hosts: dict[str, Any] = {
        name: {"tenant_options": simulator.options(name)} for name in ("deadlines", "retired_covered", "ready")
    }
    hosts["ready"]["tenant_options"]["client_secret"] = "wrong"
    hosts["retired_covered"]["deadlines_message_template"] = "own.j2"
    hosts = {
        name: {**one, "ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        for name, one in hosts.items()
    }
    (tmp_path / "inventory.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    (tmp_path / "own.j2").write_text(CUSTOM)
    wanted = ("target=all", "deadlines_folder=out", "deadlines_calendar=true", "deadlines_message=true")
    arguments = [part for one in (*wanted, "deadlines_data=true") for part in ("-e", one)]
    done = ansible(
        "ansible-playbook",
        *("-i", "inventory.yml", "intune.exchange.deadlines", *arguments),
        folder=tmp_path,
        environment={},
    )
    output = done.stdout + done.stderr
    assert done.returncode == 2 and "Traceback" not in output, output
    said = " ".join(output.split())
    assert "AADSTS7000215" in said
    assert "2026-12-31, SMTP AUTH with a password: affects deadlines (1)" in said
    assert "ready could not be read; see its failed task." in said
    assert "People: adele.vance@deadlines.example" in said
    assert {one.name for one in (tmp_path / "out").iterdir()} == {
        f"deadlines-{name}.{kind}" for name in ("deadlines", "retired_covered") for kind in ("ics", "json", "md")
    }
    lines = unfolded((tmp_path / "out/deadlines-deadlines.ics").read_bytes().decode())
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"] and lines[-1] == "END:VCALENDAR"
    assert all(re.match(r"[A-Z]+[;:]", one) for one in lines), lines
    events = lines.count("BEGIN:VEVENT")
    assert lines.count("END:VEVENT") == events == len([one for one in lines if one.startswith("UID:")])
    message = (tmp_path / "out/deadlines-deadlines.md").read_text()
    assert "- To: scanner@deadlines.example\n" in message
    assert "## 2026-12-31: Exchange ActiveSync: certificates straight to Exchange Online" in message
    own = (tmp_path / "out/deadlines-retired_covered.md").read_text().split()
    data = yaml.safe_load((tmp_path / "out/deadlines-retired_covered.json").read_text())
    assert own == [data["as_of"], *(one["id"] for one in data["deadlines"])]
