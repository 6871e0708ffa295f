# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A token acts on the tenant that it is for, so one for another tenant is never sent, to neither service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Read
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant

from .scripted_server import DOMAIN, TENANT, Reply, ScriptedServer, token

PURPOSE = Purpose("try it")
OTHER = "99999999-2222-3333-4444-555555555555"
GRAPH: dict[str, Callable[[Tenant], Any]] = {
    "list": lambda tenant: tenant.graph.list("users", PURPOSE)[0],
    "create": lambda tenant: tenant.graph.create("users", {}, PURPOSE),
    "delete": lambda tenant: tenant.graph.delete("users/x", PURPOSE),
    "batch": lambda tenant: tenant.graph.batch({"a": Read("users", PURPOSE)}),
}


def exchange(tenant: Tenant) -> Any:
    return exchange_of(tenant).invoke("Get-OrganizationConfig", {}, PURPOSE).values


@pytest.mark.parametrize("call", GRAPH.values(), ids=GRAPH)
@pytest.mark.parametrize("meant", [TENANT, TENANT.upper()])
def test_graph_is_not_called_with_the_token_of_another_tenant(
    wire: ScriptedServer, opened: Callable[..., Tenant], meant: str, call: Callable[[Tenant], Any]
) -> None:
    with pytest.raises(TenantError) as caught:
        call(opened(tenant_id=meant, graph_token=token(tid=OTHER)))
    assert caught.value.kind == "usage" and OTHER in str(caught.value) and wire.asked == []


@pytest.mark.parametrize("call", [GRAPH["list"], exchange])
def test_a_token_is_for_the_tenant_of_the_domain(
    wire: ScriptedServer, opened: Callable[..., Tenant], call: Any
) -> None:
    """A domain names a tenant as well as an id does, and Microsoft Entra tells which one."""
    other = token(tid=OTHER)
    with pytest.raises(TenantError) as caught:
        call(opened(tenant_id=DOMAIN, graph_token=other, exchange_token=other))
    assert caught.value.kind == "usage" and OTHER in str(caught.value) and TENANT in str(caught.value)
    assert wire.asked == [] and wire.domains == [DOMAIN]


def test_the_tenant_of_a_domain_is_asked_for_once(wire: ScriptedServer, opened: Callable[..., Tenant]) -> None:
    wire.answer(Reply({"value": []}))
    tenant = opened(tenant_id=DOMAIN)
    assert GRAPH["list"](tenant) == exchange(tenant) == [] and wire.domains == [DOMAIN]


@pytest.mark.parametrize(
    "answer",
    [
        Reply({"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}),
        Reply({}),
        Reply([]),
        Reply(b"<html>"),
        Reply({"error": "invalid_tenant", "error_description": "AADSTS90002: no"}, 400),
    ],
)
def test_a_domain_of_no_known_tenant(wire: ScriptedServer, opened: Callable[..., Tenant], answer: Reply) -> None:
    wire.discovery = answer
    with pytest.raises(TenantError) as caught:
        GRAPH["list"](opened(tenant_id=DOMAIN))
    assert caught.value.action == "find the tenant of the domain" and wire.asked == []
    assert "tenant_id" in caught.value.next_step


@pytest.mark.parametrize("graph_token", [token(), token(tid=TENANT.upper()), "opaque", token(tid=None), token(tid=7)])
@pytest.mark.parametrize("meant", [TENANT, TENANT.upper(), "contoso.com"])
def test_what_does_not_disagree_is_sent(
    wire: ScriptedServer, opened: Callable[..., Tenant], meant: str, graph_token: str
) -> None:
    wire.answer(Reply({"value": []}))
    tenant = opened(tenant_id=meant, graph_token=graph_token)
    assert GRAPH["list"](tenant) == exchange(tenant) == []
