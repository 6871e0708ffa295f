# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks of one run sign in once to each tenant with each identity, whatever the strategy; the ledger counts."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .conftest import Play
from .warm import BIN, settings

INFO: dict[str, Any] = {"intune.exchange.connector_info": "{{ signed_in }}", "ignore_errors": True, "no_log": True}
CMDLET = {"intune.exchange.exchange_cmdlet": "{{ signed_in | combine({'cmdlet': 'Get-OrganizationConfig'}) }}"}


def token_requests(simulator: Simulator) -> Counter[tuple[str, int]]:
    """By tenant and status."""
    return Counter((one["tenant"], one["status"]) for one in simulator.requests() if one["operation"] == "token")


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_one_sign_in_to_a_tenant_with_an_identity(
    play: Play, simulator: Simulator, tmp_path: Path, strategy: str
) -> None:
    simulator.fault(match="token", kind="status", status=429, headers={"Retry-After": "1"})
    hosts = {
        **{f"ready{number}": simulator.options("ready") for number in range(4)},
        "by_certificate": simulator.options("ready", "certificate"),
        "connected": simulator.options("connected"),
        "wrong": {**simulator.options("ready"), "client_secret": "a-wrong-secret-canary"},
    }
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    inventory = {"all": {"hosts": {name: {**local, "signed_in": options} for name, options in hosts.items()}}}
    (tmp_path / "hosts.json").write_text(json.dumps(inventory))
    run = play(
        INFO,
        {**CMDLET, "ignore_errors": True, "no_log": True},
        {**INFO, "loop": [1, 2]},
        hosts="all",
        strategy=strategy,
        environment={},
        arguments=("-i", f"{tmp_path}/hosts.json", "--forks", "4"),
    )
    assert run.code == 0, run.output
    discoveries = [one for one in simulator.requests() if one["operation"] == "openid-configuration"]
    identities = 4  # which may read it at the same time; later tasks do not
    assert len(discoveries) <= identities
    counted = token_requests(simulator)
    graph_and_exchange = 2
    assert counted.pop(("connected", 200)) == graph_and_exchange
    assert counted.pop(("ready", 200)) == 2 * graph_and_exchange  # with the secret, and with the certificate
    assert counted.pop(("ready", 401)) == 4  # the wrong secret gets no token of others: each attempt is refused
    assert sum(counted.values()) == 1 and {status for _tenant, status in counted} == {429}


def test_an_ordinary_process_loads_the_plugin_before_it_forks(simulator: Simulator, tmp_path: Path) -> None:
    """The warm server of the other tests has loaded it anyway. Without, each worker has its own tokens."""
    tasks: list[dict[str, Any]] = [
        {"intune.exchange.connector_info": None},
        {"intune.exchange.mobile_device_mailbox_policy_info": None},
        {"intune.exchange.connector_info": None},
    ]
    hosts = ["first", "second", "third"]
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    book = tmp_path / "play.yml"
    book.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "vars": local, "tasks": tasks}]))
    done = subprocess.run(
        [BIN / "ansible-playbook", "-i", f"{','.join(hosts)},", "--forks", "3", book],
        cwd=tmp_path,
        env={**settings(), **simulator.environment("ready"), "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for host in hosts:
        assert done.stdout.count(f"\nok: [{host}]\n") == len(tasks), done.stdout
    graph_and_exchange = 2
    assert token_requests(simulator) == {("ready", 200): graph_and_exchange}
