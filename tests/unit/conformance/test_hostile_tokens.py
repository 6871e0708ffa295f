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

from .scripted_server import TENANT, Reply, ScriptedServer, token

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
def test_two_tokens_are_for_one_tenant(wire: ScriptedServer, opened: Callable[..., Tenant], call: Any) -> None:
    """If a domain is given, its tenant is unknown here; one of them may come from the environment."""
    wire.answer(Reply({"value": []}))
    with pytest.raises(TenantError) as caught:
        call(opened(graph_token=token(tid=OTHER)))
    assert caught.value.kind == "usage" and OTHER in str(caught.value) and TENANT in str(caught.value)
    assert wire.asked == []


@pytest.mark.parametrize("graph_token", [token(), token(tid=TENANT.upper()), "opaque", token(tid=None), token(tid=7)])
@pytest.mark.parametrize("meant", [TENANT, TENANT.upper(), "contoso.com"])
def test_what_does_not_disagree_is_sent(
    wire: ScriptedServer, opened: Callable[..., Tenant], meant: str, graph_token: str
) -> None:
    wire.answer(Reply({"value": []}))
    tenant = opened(tenant_id=meant, graph_token=graph_token)
    assert GRAPH["list"](tenant) == exchange(tenant) == []
