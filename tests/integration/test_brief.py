# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback brief: what changed, what was reported, and why something failed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from .warm import ansible

BRIEF = {"ANSIBLE_STDOUT_CALLBACK": "intune.exchange.brief"}
SECRET = "Winter-2026-Secret"


def shown(folder: Path, *tasks: dict[str, Any], hosts: str = "localhost", **play: Any) -> tuple[int, list[str]]:
    python = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    whole = {"name": "Try it", "hosts": "all", "gather_facts": False, "vars": python, **play, "tasks": [*tasks]}
    (folder / "play.yml").write_text(yaml.safe_dump([whole], sort_keys=False))
    done = ansible("ansible-playbook", "-i", f"{hosts},", "play.yml", folder=folder, environment=BRIEF)
    return done.returncode, [line for line in done.stdout.splitlines() if line.strip()]


def test_a_loop_says_what_it_changed_and_why_an_item_failed(tmp_path: Path) -> None:
    loop = {
        "name": "Take them",
        "ansible.builtin.command": "{{ item.run }}",
        "loop": [{"name": "one", "run": "true"}, {"name": "two", "run": "false"}, {"name": "three", "run": "true"}],
        "loop_control": {"label": "{{ item.name }}"},
    }
    code, lines = shown(tmp_path, loop)
    assert lines.pop(4).startswith("two: ")  # with the words of ansible-core
    assert code == 2 and lines[2:] == [
        "changed: Take them (one, three)",
        "FAILED: Take them",
        "localhost: 0 ok, 0 changed, 1 failed",
    ]


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_each_host_has_items_of_its_own(tmp_path: Path, strategy: str) -> None:
    """Their items end in turn."""
    loop = {
        "name": "Take it",
        "ansible.builtin.command": "test {{ item }} != {{ inventory_hostname }}3",
        "failed_when": "item == inventory_hostname ~ 2",
        "loop": "{{ [1, 2, 3] | map('regex_replace', '^', inventory_hostname) | list }}",
    }
    code, lines = shown(tmp_path, loop, hosts="a,b,c", strategy=strategy)
    said: dict[str, list[str]] = {name: [] for name in "abc"}
    for line in lines[2:]:
        if line.startswith("["):
            host = said[line[1]]
        else:
            host.append(line)
    assert code == 2
    for name in "abc":
        assert said[name][:2] == [f"changed: Take it ({name}1, {name}3)", "FAILED: Take it"]
        assert said[name][2].startswith(f"{name}2: ")


def test_a_failure_that_is_ignored_is_not_silent_and_a_secret_is(tmp_path: Path) -> None:
    loop = {"ansible.builtin.fail": {"msg": SECRET}, "loop": [SECRET], "no_log": True}
    code, lines = shown(
        tmp_path,
        {"name": "Try", "ansible.builtin.fail": {"msg": "Nothing is there."}, "ignore_errors": True},
        {"name": "Hide", **loop},
    )
    assert code == 2 and lines[2:5] == ["failed, and ignored: Try", "Nothing is there.", "FAILED: Hide"]
    assert SECRET not in "".join(lines)


CONNECTION = '''
from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection import ConnectionBase

DOCUMENTATION = """
name: broken
short_description: Never there
description: Never there.
"""


class Connection(ConnectionBase):
    transport = "broken"

    def _connect(self, *given, **named):
        raise AnsibleConnectionFailure("the line is dead")

    exec_command = put_file = fetch_file = close = _connect
'''


def test_a_host_that_is_lost_in_a_loop(tmp_path: Path) -> None:
    (tmp_path / "connection_plugins").mkdir()
    (tmp_path / "connection_plugins" / "broken.py").write_text(CONNECTION)
    loop = {"name": "Take it", "ansible.builtin.command": "true", "loop": ["local", "broken"]}
    one = {"name": "Fail", "ansible.builtin.fail": {"msg": "It is bad."}}
    code, lines = shown(
        tmp_path, {**loop, "vars": {"ansible_connection": "{{ item }}"}, "ignore_unreachable": True}, one
    )
    assert lines[2:4] == ["changed: Take it (local)", "UNREACHABLE: Take it"]
    assert lines[4].startswith("broken: ") and "the line is dead" in lines[4]
    assert code == 2 and lines[5:7] == ["FAILED: Fail", "It is bad."]
