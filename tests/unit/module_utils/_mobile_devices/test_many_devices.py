# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thousands of generated devices: lists are complete, and the requests are counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.modules import activesync_organization_settings, mobile_device_info
from simulator import Simulator

from ..conftest import DEFAULTS, Clock

PAGES = 25
# The same number of pages in each run; as many devices as a large organization has, if time does not matter.
SIZES = [pytest.param(2_500, id="2500"), pytest.param(25_000, id="25000", marks=pytest.mark.more)]
CROWD = """
extends: ready
domain: crowd.example
exchange:
  devices:
    - {user: alex.wilber, model: X, type: X, os: X 1, client: EAS, decided: [Blocked, Policy]}
  crowd: {devices: REST, seed: 7, users: [adele.vance, alex.wilber, administrator, svc-intune-connector]}
"""


@pytest.fixture(scope="module", params=SIZES)
def devices(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory, devices: int) -> Iterator[Simulator]:
    path: Path = tmp_path_factory.mktemp("crowd") / "crowd.yml"
    path.write_text(CROWD.replace("REST", str(devices - 1)))
    with Simulator(tenants=[path], page_size=devices // PAGES) as simulator:
        yield simulator


def performed(crowd: Simulator, module: Any, **options: Any) -> tuple[dict[str, Any], list[str]]:
    """The result in check mode, and its cmdlets."""
    known = len(crowd.requests())
    specs = {name: spec.get("default") for name, spec in module.DECLARATION.options.items()}
    params = {**DEFAULTS, **crowd.options(), **specs, **options}
    result = engine.run_declaration(module.DECLARATION, params, True, **Clock().options)
    return result, [one["operation"] for one in crowd.requests()[known:] if one["service"] == "exchange"]


def test_the_list_is_complete(crowd: Simulator, devices: int) -> None:
    result, cmdlets = performed(crowd, mobile_device_info)
    assert len({one["guid"] for one in result["mobile_devices"]}) == devices
    assert cmdlets == ["Get-MobileDevice"] * PAGES
    old = [one for one in result["mobile_devices"] if one["below_minimum_eas_version"]]
    assert 0 < len(old) < devices


def test_whom_a_switch_to_quarantine_hits(crowd: Simulator, devices: int) -> None:
    result, cmdlets = performed(
        crowd, activesync_organization_settings, default_access_level="Quarantine", accept_impact=True
    )
    assert len(result["impact"]) == devices - 1  # one is blocked by its policy, before and after
    assert len(cmdlets) == PAGES + 4  # mailboxes, rules, and the settings twice


def test_a_page_that_is_lost_is_no_shorter_list(crowd: Simulator) -> None:
    text = "Expired or Invalid pagination request. Default Expiry time is 00:30:00"
    crowd.fault(
        match="Get-MobileDevice", nth=3, kind="status", status=400, body={"error": {"code": "X", "message": text}}
    )
    result, _cmdlets = performed(crowd, mobile_device_info)
    crowd.clear_faults()
    assert result["error"]["kind"] == "truncated" and "the list is incomplete" in result["msg"]
