# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Worker and module process treat these values alike: credentials of a proxy, and passwords that are words."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from .conftest import Play
from .test_secret_leaks import forms

PASSWORD = "canary/Pa55 of a@proxy"
HERE = "http://svc:{}@127.0.0.1:9"  # where nobody listens


def looked_up(name: str) -> str:
    return "{{ lookup('ansible.builtin.env', '" + name + "') }}"


@pytest.mark.parametrize("in_process", ["true", pytest.param("false", marks=pytest.mark.more)])
def test_credentials_of_a_proxy_and_keys(play: Play, simulator: Any, in_process: str) -> None:
    """Ansible issues 87362 and 70455: values of the environment are shown, and keys are masked."""
    proxy = HERE.format(quote(PASSWORD, safe=""))
    given = {
        "INTUNE_EXCHANGE_IN_PROCESS": in_process,
        "INTUNE_EXCHANGE_PROXY": proxy,
        "INTUNE_EXCHANGE_TIMEOUT": "20",
        "GIVEN": proxy,
        "MALFORMED": HERE.format(PASSWORD),
        "WORD": "hang",
    }
    run = play(
        {"intune.exchange.connector_info": {}, "ignore_errors": True},
        {"intune.exchange.connector_info": {"proxy": looked_up("GIVEN")}, "ignore_errors": True},
        {"intune.exchange.connector_info": {"proxy": looked_up("MALFORMED")}, "ignore_errors": True},
        {"intune.exchange.connector_info": {"proxy": looked_up("GIVEN"), "nonsense": 1}, "ignore_errors": True},
        {"intune.exchange.connector_sync": {"sync_type": "never"}, "ignore_errors": True},
        {"intune.exchange.connector_info": {"proxy": "", "certificate_password": looked_up("WORD")}},
        {
            "intune.exchange.activesync_device_access_rule": {
                "characteristic": "DeviceModel",
                "query_string": in_process,
                "access_level": "Block",
                "proxy": "",
                "certificate_password": looked_up("WORD"),
            },
            "diff": True,
        },
        arguments=("-vvvvv",),
        environment={**simulator.environment("ready"), **given},
    )
    assert run.code == 0, run.output[-3000:]
    assert run.results["task0"]["failed"] and "the proxy 127.0.0.1:9" in run.results["task0"]["msg"]
    assert "http://********@127.0.0.1:9" in run.output  # as the argument that it was
    assert "proxy (INTUNE_EXCHANGE_PROXY) is not the address" in run.results["task2"]["msg"]
    assert run.results["task5"]["changed"] is False
    # The values that changed are reported under their own names.
    assert run.results["task6"]["changed"] is True and "c********ed" not in run.output
    assert run.results["task6"]["access_rule"]["access_level"] == "Block"
    for form in forms(PASSWORD):
        assert form not in run.output, form
