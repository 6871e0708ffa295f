# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three hundred tenants, some of which hang at every place. It takes as long as they hang, a minute or two."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._fleet.fleet import read_fleet
from ansible_collections.intune.exchange.plugins.module_utils._fleet.tenant_list import UNREADABLE
from simulator import Simulator

from ..conftest import DEFAULTS

pytestmark = pytest.mark.more
PLACES = ("openid-configuration", "token", "deviceManagement.ListExchangeConnectors", "Get-OrganizationConfig")
TENANTS, HANGING, TIMEOUT = 300, 4, 300


def test_some_of_three_hundred_hang() -> None:
    lines: list[str] = []
    with Simulator(tenants=[f"connected*{TENANTS}"]) as simulator:
        entries: list[dict[str, Any]] = []
        for number in range(1, TENANTS + 1):
            found = simulator.options(f"connected-{number}")
            own = {name: found[name] for name in ("tenant_id", "client_id", "client_secret")}
            entries.append({**own, "name": f"connected-{number}"})
        places = {name: value for name, value in simulator.urls.items() if name.endswith(("_url", "ca_path"))}
        shared = {**DEFAULTS, **places, "account": None, "directory_sync": "auto"}
        for place in PLACES:
            simulator.fault(match=place, kind="hang", nth=20, count=HANGING)
        hosts = read_fleet(entries, None, shared, ("connector", "requirements"), 32, TIMEOUT, progress=lines.append)
        hung = {one["tenant"] for one in simulator.requests() if str(one.get("fault")).endswith(":hang")}
    unreadable = {host["name"] for host in hosts if host["group"] == UNREADABLE}
    assert len(hosts) == TENANTS and unreadable <= hung and len(unreadable) >= HANGING
    assert all("never asked" not in str(host["variables"].get("tenant_error")) for host in hosts)
    assert any("waiting for" in line and f"of {TENANTS} tenants done" in line for line in lines)
