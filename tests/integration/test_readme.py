# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command of the README, as a reader would run it; only the tenant is simulated."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import ENVIRONMENT
from simulator import Simulator

from .conftest import Play
from .warm import ROOT, ansible

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.split("  #")[0].strip()
    for block in re.findall(r"^ *```bash\n(.*?)^ *```", TEXT, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
FIRST = {command: command.split()[0] for command in COMMANDS}


def having(word: str) -> list[str]:
    return [command for command in COMMANDS if FIRST[command] == word]


def execute(command: str, folder: Path, **environment: str) -> str:
    home = {"HOME": str(folder), "ANSIBLE_HOME": str(folder / ".ansible"), "ANSIBLE_LOCALHOST_WARNING": "false"}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "ANSIBLE_"))}
    done = subprocess.run(
        ["bash", "-ec", command],
        cwd=ROOT,
        env={**clean, **home, "PATH": path, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def test_it_is_short_and_every_kind_of_command_is_tested() -> None:
    assert len(TEXT.splitlines()) <= 120
    tested = {"git", "make", "export", "ansible-playbook", "ansible-galaxy", "pip", "python"}
    assert set(FIRST.values()) == tested


def test_the_two_commands_are_those_of_the_makefile_and_ci() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [clone] = having("git")
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["repository"] in clone
    for command in having("make"):
        assert re.search(rf"^{command.split()[1]}:", makefile, re.MULTILINE)
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert {"make test", "make test-more"} <= set(ci)


def test_the_variables_are_read(tmp_path: Path) -> None:
    for command in having("export"):
        name = command.split()[1].partition("=")[0]
        assert name in ENVIRONMENT.values()


@pytest.mark.more
def test_it_can_be_installed(tmp_path: Path) -> None:
    """Built and installed as in the README, with its requirements in an empty environment."""
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    for command in having("pip"):
        execute(f"{environment / 'bin'}/{command} --quiet --disable-pip-version-check", tmp_path)
    for command in having("ansible-galaxy"):
        execute(command.replace(".cache/dist", str(tmp_path / "dist")), tmp_path)
    installed = tmp_path / ".ansible" / "collections" / "ansible_collections" / "intune" / "exchange"
    assert (installed / "plugins" / "modules" / "connector.py").exists()
    assert (installed / "simulator" / "__main__.py").exists()
    assert [path.name for path in (installed / "tests").iterdir()] == ["config.yml"]
    assert not (installed / ".cache").exists() and not (installed / "tools").exists()
    for command in having("python"):
        shown = execute(command.replace("python", shlex.quote(str(environment / "bin" / "python")), 1), tmp_path)
        assert "--tenant" in shown


@pytest.fixture
def quick() -> Iterator[Simulator]:
    """Each request advances the time so far that a reader's waits end at the first poll."""
    with Simulator(tenants=["ready"], clock_step=900) as simulator:
        yield simulator


def test_a_tenant_is_connected(quick: Simulator, tmp_path: Path) -> None:
    """From the first check to the validation, in the order of the README."""
    seen = {}
    for command in having("ansible-playbook"):
        words = shlex.split(command)
        done = ansible(*words, folder=tmp_path, environment=quick.environment("ready"))
        seen[command] = done.stdout + done.stderr
        assert done.returncode == 0, f"{command}\n{seen[command]}"
    assert not [command for command, output in seen.items() if "FAILED!" in output or "WARNING" in output]
    [table] = [output for command, output in seen.items() if "check_requirements" in command]
    rows = re.findall(r'^ {8}"(.*)",?$', table, re.MULTILINE)
    assert len(rows) == 11 and rows[0].split() == ["Status", "Requirement"] and max(map(len, rows)) <= 100
    changed = [command for command, output in seen.items() if re.search(r"changed=[1-9]", output)]
    assert len(changed) == 2 and changed[0] == f"{changed[1]} --check"
    assert len([one for one in quick.requests() if one["effect"]]) == 1


@pytest.mark.more
def test_each_question_is_answered_by_its_command(quick: Simulator, tmp_path: Path) -> None:
    table = TEXT.partition("## Four questions")[2].partition("\n## ")[0]
    commands = re.findall(r"^\|.*\| `(.+)` \|$", table, re.MULTILINE)
    assert len(commands) == 4
    hosts = {"hosts": {"fabrikam": {"tenant_options": quick.options("ready")}}}
    (tmp_path / "fleet.tenants.yml").write_text(yaml.safe_dump({"all": hosts}))  # the plugin has tests of its own
    for command in commands:
        done = ansible(*shlex.split(command), folder=tmp_path, environment=quick.environment("ready"))
        assert done.returncode == 0, done.stdout + done.stderr
    # A report changes this machine; nothing may change on the tenant.
    assert not [one for one in quick.requests() if one["effect"]]
    assert (tmp_path / "intune-exchange-report" / "report.html").is_file()


def test_the_play_runs(play: Play, quick: Simulator) -> None:
    [block] = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    [written] = yaml.safe_load(block)
    [group] = written["module_defaults"]
    assert set(written["module_defaults"][group]) <= set(ENVIRONMENT)
    run = play(*written["tasks"], module_defaults={group: quick.options("ready", "certificate")}, environment={})
    assert run.code == 0, run.output


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
