# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks of one run sign in once to each tenant with each identity, whatever the strategy; the ledger counts."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from simulator import Simulator

from .conftest import Play

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
