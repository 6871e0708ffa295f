# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a task runs in Ansible's worker, when as a module process, and what tasks in workers share."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.plugins.connection import local

from simulator import Simulator

from .conftest import Play

INFO: dict[str, Any] = {"intune.exchange.connector_info": {}}
PROCESS = {"INTUNE_EXCHANGE_IN_PROCESS": "false"}
WORKER = "in the worker"
BECOME = '''
DOCUMENTATION = """
name: pretend
short_description: becomes nobody else
description: [For tests.]
options:
  become_user: {description: Not used., default: root}
  become_exe: {description: Not used., default: ""}
  become_flags: {description: Not used., default: ""}
  become_pass: {description: Not used.}
"""

from ansible.plugins.become import BecomeBase


class BecomeModule(BecomeBase):
    name = "pretend"

    def build_become_command(self, cmd, shell):
        super().build_become_command(cmd, shell)
        return self._build_success_command(cmd, shell)
'''

SPY = """
import os
import sys


class Spy:
    def find_spec(self, name, path=None, target=None):
        if name == "msal":
            with open(os.environ["SPY"], "a") as file:
                file.write(f"{name}\\n")


sys.meta_path.insert(0, Spy())
"""


def sign_ins(simulator: Simulator) -> int:
    return len([one for one in simulator.requests() if one["operation"] == "token" and one["status"] == 200])


def ways(output: str) -> list[str]:
    """How each task ran, as -vvv says."""
    return re.findall(r"intune\.exchange: connector_info runs (?:as a module process: )?(.*)", output)


def other_python(folder: Path) -> str:
    """The same Python in another folder."""
    path = folder / "elsewhere" / "python3"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    path.chmod(0o755)
    return str(path)


def test_each_reason_for_a_process(play: Play, simulator: Simulator, tmp_path: Path) -> None:
    for name, text in (
        ("become_plugins/pretend.py", BECOME),
        (
            "connection_plugins/elsewhere.py",
            f'DOCUMENTATION = """{local.DOCUMENTATION.replace("name: local", "name: elsewhere", 1)}"""\n'
            "from ansible.plugins.connection.local import Connection as Local\n\n\n"
            'class Connection(Local):\n    transport = "elsewhere"\n',
        ),
    ):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    python = other_python(tmp_path)
    (tmp_path / "hosts").write_text("foreign ansible_connection=local\nown ansible_connection=local\n")
    foreign = {"ansible_python_interpreter": python}
    fact = {"ansible.builtin.set_fact": foreign, "delegate_to": "foreign", "delegate_facts": True}
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, WORKER),
        ({"connection": "elsewhere"}, "the connection is elsewhere"),
        ({"become": True, "become_method": "pretend"}, "become"),
        ({"async": 100, "poll": 1, "vars": {"ansible_async_dir": f"{tmp_path}/jobs"}}, "async"),
        ({"vars": foreign}, f"the interpreter is {python}"),
        ({"environment": {"PYTHONPATH": "/nowhere"}}, "its environment is for a process"),
        ({"environment": {"LD_LIBRARY_PATH": "/nowhere"}}, "its environment is for a process"),
        ({"environment": PROCESS}, "INTUNE_EXCHANGE_IN_PROCESS says so"),
        ({"delegate_to": "foreign"}, f"the interpreter is {python}"),
        ({"delegate_to": "own"}, WORKER),
        ({"vars": {"ansible_python_interpreter": "auto_silent"}}, WORKER),
    ]
    run = play(fact, *({**INFO, **keywords} for keywords, _way in cases), arguments=("-vvv", "-i", f"{tmp_path}/hosts"))
    assert run.code == 0, run.output
    assert ways(run.output) == [way for _keywords, way in cases]
    assert [one["connectors"] for one in list(run.results.values())[1:]] == [[]] * len(cases)


def test_the_items_of_a_loop_share_their_sign_in_and_not_their_environment(play: Play, simulator: Simulator) -> None:
    ready, connected = (simulator.environment(tenant) for tenant in ("ready", "connected"))
    wrong = {**ready, "AZURE_CLIENT_SECRET": "a-wrong-secret-canary"}
    items = [ready, connected, ready, wrong, {}]
    task = {**INFO, "loop": items, "environment": "{{ item }}", "ignore_errors": True, "no_log": True}
    run = play(task, {**INFO, "ignore_errors": True}, environment={})
    looped, after = run.results.values()
    assert [len(one.get("connectors", [])) for one in looped["results"]] == [0, 1, 0, 0, 0]
    assert [bool(one.get("failed")) for one in looped["results"]] == [False] * 3 + [True] * 2
    assert "AADSTS7000215" in looped["results"][3]["msg"]
    for left in (looped["results"][4], after):
        assert "tenant_id (AZURE_TENANT_ID) is not set" in left["msg"]
    assert sign_ins(simulator) == 2


def test_a_task_ends_with_its_time(play: Play, simulator: Simulator) -> None:
    """Not with the threads that it started: the answer that they wait for never ends."""
    simulator.fault(match="Get-OrganizationConfig", kind="drip", interval=1, count=99)
    stuck = {"intune.exchange.requirements_info": {"timeout": 100_000}, "timeout": 3, "ignore_errors": True}
    run = play(stuck, INFO)
    assert run.code == 0, run.output
    ended, after = run.results.values()
    # In the words of ansible-core 2.19 and newer, or of the versions before it.
    assert ended["failed"] and re.search("timed out|expected time frame", ended["msg"], re.IGNORECASE), ended
    assert after["connectors"] == []


def test_a_vaulted_secret(play: Play, simulator: Simulator, tmp_path: Path) -> None:
    secret = simulator.facts("ready")["client_secret"]
    (tmp_path / "password").write_text("for tests")
    vault = ("--vault-password-file", str(tmp_path / "password"))
    program = [str(Path(sys.executable).parent / "ansible-vault"), "encrypt_string", *vault, "--stdin-name", "vaulted"]
    done = subprocess.run(program, input=secret, capture_output=True, text=True, check=True)
    (tmp_path / "secrets.yml").write_text(done.stdout)
    assert "$ANSIBLE_VAULT" in done.stdout and secret not in done.stdout
    options = {**simulator.options("ready"), "client_secret": "{{ vaulted }}"}
    task = {"intune.exchange.connector_info": options}
    named = {"environment": {**simulator.environment("ready"), "AZURE_CLIENT_SECRET": "{{ vaulted }}"}}
    run = play(
        task,
        {**task, "environment": PROCESS},
        {**INFO, **named},
        environment={},
        arguments=("-vvvv", "-e", f"@{tmp_path / 'secrets.yml'}", *vault),
    )
    assert run.code == 0, run.output
    assert [one["connectors"] for one in run.results.values()] == [[]] * 3
    assert ways(run.output) == [WORKER, "INTUNE_EXCHANGE_IN_PROCESS says so", WORKER]
    assert secret not in run.output + str(run.results)


def test_a_fleet_signs_in_once_for_each_tenant_and_imports_once(
    play: Play, simulator: Simulator, tmp_path: Path
) -> None:
    """Ten hosts that stand for two tenants, all at once and twice, with a folder in which they share their tokens."""
    tenants = [simulator.options(tenant) for tenant in ("ready", "connected")]
    hosts = {f"host{n}": {"ansible_connection": "local", "sign_in": tenants[n % 2]} for n in range(10)}
    (tmp_path / "fleet.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    (tmp_path / "sitecustomize.py").write_text(SPY)
    run = play(
        INFO,
        INFO,
        hosts="all:!localhost",
        module_defaults={"group/intune.exchange.tenant": {name: f"{{{{ sign_in.{name} }}}}" for name in tenants[0]}},
        environment={
            "INTUNE_EXCHANGE_TOKEN_CACHE": str(tmp_path / "tokens"),
            "PYTHONPATH": str(tmp_path),
            "SPY": str(tmp_path / "imports"),
        },
        arguments=("-i", f"{tmp_path}/fleet.yml", "--forks", "10"),
    )
    assert run.code == 0, run.output
    assert len([one for one in simulator.requests() if one["service"] == "graph"]) == 20
    assert sign_ins(simulator) == 2
    assert (tmp_path / "imports").read_text() == "msal\n"  # by the parent of all workers


def test_the_options_of_a_task_outrank_the_environment(play: Play, simulator: Simulator) -> None:
    """In both ways of running: the environment means a secret that is wrong, the task its certificate."""
    found = simulator.options("ready", "certificate")
    own = {name: found[name] for name in ("certificate_path", "certificate_password") if found.get(name)}
    wrong = {
        **simulator.environment("ready"),
        "AZURE_CLIENT_SECRET": "a-wrong-secret-canary",
        "INTUNE_EXCHANGE_AUTH_METHOD": "client_secret",
    }
    task = {"intune.exchange.connector_info": own}
    both = {"intune.exchange.connector_info": {**own, "auth_method": "client_secret"}, "ignore_errors": True}
    run = play(
        task,
        {**task, "environment": PROCESS},
        both,
        {**both, "environment": PROCESS},
        {**INFO, "ignore_errors": True},
        environment=wrong,
    )
    assert run.code == 0, run.output
    results = list(run.results.values())
    assert [one.get("connectors") for one in results[:2]] == [[], []], results
    for one in results[2:4]:
        assert "several sign-in methods are set at once: auth_method client_secret, certificate_path" in one["msg"]
    assert "AADSTS7000215" in results[4]["msg"]  # where the task says nothing, the environment counts


@pytest.mark.parametrize("switch", ["true", "false"])
def test_defaults_reach_the_module_that_they_are_for_and_no_other(play: Play, switch: str) -> None:
    """All modules share one action plugin, and it has the name of one of them."""
    run = play(
        *(
            {name: {}, "ignore_errors": True, "collections": ["intune.exchange"]}
            for prefix in ("", "intune.exchange.")
            for name in (f"{prefix}connector", f"{prefix}connector_info", f"{prefix}mobile_device_info")
        ),
        module_defaults={
            "group/intune.exchange.tenant": {"timeout": -1, "tenant_id": "of-all.example"},
            "intune.exchange.connector": {"state": "absent", "tenant_id": "of-connector.example"},
            "intune.exchange.connector_info": {"tenant_id": "of-info.example"},
        },
        environment={"INTUNE_EXCHANGE_IN_PROCESS": switch},
    )
    named = [re.findall(r"on tenant (\S+?):", one["msg"]) for one in run.results.values()]
    assert named == [["of-connector.example"], ["of-info.example"], ["of-all.example"]] * 2, run.output
