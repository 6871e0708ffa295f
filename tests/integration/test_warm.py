# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command in a fork of a process that has imported ansible-core behaves like a separate process."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

from . import warm
from .warm import ansible

# A run's output about its environment, a file in its folder for temporary files, a warning, and a failure.
TASKS = [
    {"ansible.builtin.debug": {"msg": "{{ lookup('pipe', 'pwd; echo $HOME; echo $MARK; echo $COLUMNS') }}"}},
    {"ansible.builtin.debug": {"msg": "{{ [playbook_dir, ansible_version.full, inventory_hostname] }}"}},
    {"ansible.builtin.command": "env", "register": "seen", "changed_when": False},
    {"ansible.builtin.debug": {"msg": "{{ seen.stdout_lines | select('match', 'MARK|HOME|PATH|AZURE') | sort }}"}},
    {"ansible.builtin.copy": {"content": "{{ lookup('env', 'MARK') }}\n", "dest": "written", "mode": "0600"}},
    {"ansible.builtin.shell": "cat; umask; ulimit -n", "changed_when": False, "register": "shell"},
    {"ansible.builtin.debug": {"var": "shell.stdout_lines"}},
    {"ansible.builtin.debug": {"msg": "{{ lookup('ansible.builtin.fileglob', 'none*', errors='warn') }}"}},
    {"ansible.builtin.file": {"path": "nowhere/at/all", "state": "touch"}},
]


def said(folder: Path, name: str, **environment: str) -> tuple[int, str, str, str]:
    """The outcome of a run in a separate folder; with a fixed folder name, and without the file of a worker."""
    (own := folder / name).mkdir()
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": TASKS}
    play["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    (own / "play.yml").write_text(yaml.safe_dump([play], sort_keys=False))
    done = ansible("ansible-playbook", "play.yml", folder=own, environment={"MARK": "here", **environment})
    output, errors = (re.sub(rf"\b{name}\b", "OWN", text) for text in (done.stdout, done.stderr))
    return done.returncode, output, errors, (own / "written").read_text()


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


@pytest.mark.more
def test_a_fork_is_the_same_as_a_process(tmp_path: Path) -> None:
    """The first command of a server, one after it has imported more, and one without a server."""
    places = Path(warm.settings()["HOME"]) / ".ansible" / "tmp"
    there, servers = _names(places), len(warm._SERVERS)  # also of commands that other tests have killed
    first, again = said(tmp_path, "first"), said(tmp_path, "again")
    kept = _names(places) - there
    other = said(tmp_path, "other", ANSIBLE_FORKS="5")  # its default
    assert first == again == other
    assert first[0] == 2 and "MARK=here" in first[1] and first[3] == "here\n"
    assert len(kept) <= len(warm._SERVERS) - servers <= 1, kept  # the folder of the server itself


@pytest.mark.more
@pytest.mark.parametrize("arguments", [("nothing.yml",), ("--unheard-of",)])
def test_ends_that_come_early(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    fork = ansible("ansible-playbook", *arguments, folder=tmp_path)
    process = ansible("ansible-playbook", *arguments, folder=tmp_path, environment={"ANSIBLE_FORKS": "5"})
    assert (fork.returncode, fork.stdout, fork.stderr) == (process.returncode, process.stdout, process.stderr)


def test_a_command_that_never_begins_harms_no_other(tmp_path: Path) -> None:
    server = warm._Server()
    try:
        command = [str(warm.BIN / "ansible-playbook"), "--version"]
        assert server.run(command, tmp_path / "not there", warm.settings(), 60).returncode == 1
        done = server.run(command, tmp_path, warm.settings(), 60)
        assert done.returncode == 0 and done.stdout.startswith("ansible-playbook [core "), done
        assert server._process is not None
        os.kill(server._process.pid, 9)
        with pytest.raises((RuntimeError, BrokenPipeError)):
            server.run(command, tmp_path, warm.settings(), 60)
    finally:
        server.stop()
