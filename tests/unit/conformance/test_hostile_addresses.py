# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redirects, page links and downloads with invalid addresses: a clear failure, and nothing sent."""

from __future__ import annotations

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant

from .scripted_server import EXCHANGE, GRAPH, TENANT, Reply, ScriptedServer
from .test_exchange_responses import ALL, PURPOSE, page

PATH = f"/adminapi/beta/{TENANT}/InvokeCommand"
HOSTS = (f"x..{EXCHANGE}", f"*.{EXCHANGE}", f".{EXCHANGE}", f"{'a' * 70}.{EXCHANGE}", f"a b.{EXCHANGE}", "[broken", "")


def refused(wire: ScriptedServer, tenant: Tenant, first: str, cmdlet: str = "", **given: object) -> None:
    with pytest.raises(TenantError) as caught:
        exchange_of(tenant).invoke(cmdlet, given, PURPOSE) if cmdlet else tenant.graph.download("reports/x", PURPOSE)
    assert caught.value.kind == "protocol" and TENANT in str(caught.value)
    assert [one.host for one in wire.asked] == [first]


@pytest.mark.parametrize("cmdlet", ["Get-OrganizationConfig", "New-RoleGroup", "Enable-OrganizationCustomization"])
@pytest.mark.parametrize("host", [*HOSTS[:-1], "\xc3\xbc." + EXCHANGE])
def test_a_redirect(wire: ScriptedServer, tenant: Tenant, host: str, cmdlet: str) -> None:
    wire.answer(Reply(b"", 302, {"Location": f"https://{host}{PATH}"}), page("a"))
    refused(wire, tenant, EXCHANGE, cmdlet)


@pytest.mark.parametrize("host", HOSTS[:-1])
def test_a_page_link(wire: ScriptedServer, tenant: Tenant, host: str) -> None:
    wire.answer(page("a", link=f"https://{host}{PATH}"), page("b"))
    refused(wire, tenant, EXCHANGE, "Get-MobileDevice", **ALL)


@pytest.mark.parametrize("host", [*HOSTS, "[::1].x", "evil.example:99999"])
def test_a_download(wire: ScriptedServer, tenant: Tenant, host: str) -> None:
    wire.answer(Reply(b"", 302, {"Location": f"https://{host}/file"}), Reply(b"x"))
    refused(wire, tenant, GRAPH)
