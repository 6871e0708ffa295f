# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In a rehearsal, nothing is sent to another machine, whatever addresses a playbook contains."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.modules import activesync_device_access_rule_info as exchange
from ansible_collections.intune.exchange.plugins.modules import connector_info as graph
from simulator import Simulator

Run = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("module", "options"),
    [
        (graph, {"graph_url": "https://graph.example"}),
        (graph, {"authority_url": "https://login.example"}),
        (graph, {"auth_method": "managed_identity"}),
        (exchange, {"exchange_url": "https://outlook.office365.com"}),
    ],
)
def test_a_rehearsal_reaches_only_the_copy(
    run: Run,
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    options: dict[str, str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("INTUNE_EXCHANGE_REHEARSAL", str(tmp_path / "asked"))
    assert not run(module).get("failed")
    before = len(simulator.requests())
    result = run(module, **options)
    host = next(iter(options.values())).partition("//")[2] or "169.254.169.254"
    assert result["error"]["kind"] == "usage", result
    assert f"{host}, which is not the copy; nothing was sent there" in result["msg"]
    assert len(simulator.requests()) == before
    assert (tmp_path / "asked").read_text().splitlines() == [host]
