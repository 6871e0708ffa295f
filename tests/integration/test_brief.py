# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback brief: what changed, what was reported, and why something failed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .warm import ansible

BRIEF = {"ANSIBLE_STDOUT_CALLBACK": "intune.exchange.brief"}
SECRET = "Winter-2026-Secret"


def shown(folder: Path, *tasks: dict[str, Any]) -> tuple[int, list[str]]:
    play = {"name": "Try it", "hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}
    (folder / "play.yml").write_text(yaml.safe_dump([play], sort_keys=False))
    done = ansible("ansible-playbook", "play.yml", folder=folder, environment=BRIEF)
    return done.returncode, [line for line in done.stdout.splitlines() if line.strip()]


def test_a_loop_says_what_it_changed_and_why_an_item_failed(tmp_path: Path) -> None:
    loop = {
        "name": "Take them",
        "ansible.builtin.command": "{{ item.run }}",
        "loop": [{"name": "one", "run": "true"}, {"name": "two", "run": "false"}, {"name": "three", "run": "true"}],
        "loop_control": {"label": "{{ item.name }}"},
    }
    code, lines = shown(tmp_path, loop)
    assert code == 2 and lines[2:] == [
        "changed: Take them (one, three)",
        "FAILED: Take them",
        "two: non-zero return code",
        "localhost: 0 ok, 0 changed, 1 failed",
    ]


def test_a_failure_that_is_ignored_is_not_silent_and_a_secret_is(tmp_path: Path) -> None:
    loop = {"ansible.builtin.fail": {"msg": SECRET}, "loop": [SECRET], "no_log": True}
    code, lines = shown(
        tmp_path,
        {"name": "Try", "ansible.builtin.fail": {"msg": "Nothing is there."}, "ignore_errors": True},
        {"name": "Hide", **loop},
    )
    assert code == 2 and lines[2:5] == ["failed, and ignored: Try", "Nothing is there.", "FAILED: Hide"]
    assert SECRET not in "".join(lines)
