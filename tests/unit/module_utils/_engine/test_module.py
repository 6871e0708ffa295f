# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module process: what AnsibleModule itself writes to the log of the machine."""

from __future__ import annotations

import json
import syslog
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import CONNECTION_SPEC
from ansible_collections.intune.exchange.plugins.module_utils._engine.module import _Module


@pytest.mark.parametrize("log", ["syslog", "journal"])
@pytest.mark.parametrize("given", ["option", "environment"])
@pytest.mark.parametrize(
    "proxy",
    [
        "http://kana-ri3n@proxy.example",
        "u:kana-ri3n@proxy.example:3128",
        "svc:kana//ri3n@proxy.example:3128",
        "http://svc:kana-ri3n@proxy.example:3128",
    ],
)
def test_the_log_of_the_machine_has_no_password_of_an_address(
    monkeypatch: pytest.MonkeyPatch, proxy: str, given: str, log: str
) -> None:
    arguments = {"proxy": proxy} if given == "option" else {}
    if given == "environment":
        monkeypatch.setenv("INTUNE_EXCHANGE_PROXY", proxy)
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)  # since ansible-core 2.19
    written: list[Any] = []
    monkeypatch.setattr(syslog, "syslog", lambda *line: written.append(line))
    monkeypatch.setattr(basic, "has_journal", log == "journal")
    sent = SimpleNamespace(send=lambda **fields: written.append(fields))
    monkeypatch.setattr(basic, "journal", sent, raising=False)
    module = _Module(argument_spec=CONNECTION_SPEC)
    assert module.params["proxy"] == proxy
    [line] = written
    assert "Invoked with" in str(line) and "proxy" in str(line)
    assert "kana" not in str(line) and "ri3n" not in str(line), line
