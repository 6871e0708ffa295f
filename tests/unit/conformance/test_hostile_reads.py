# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An incomplete response is not an empty one, and the access check continues after an unreadable one."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Read
from ansible_collections.intune.exchange.plugins.module_utils._connector.access_check import check_access
from ansible_collections.intune.exchange.plugins.module_utils._connector.organization import authority_of
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant

from .scripted_server import GRAPH, Reply, ScriptedServer
from .test_exchange_responses import LINK, READS, WRITES, failure, invoke, page

PURPOSE = Purpose("try it")
ID = {"request-id": "r-1"}
CONNECTORS = "deviceManagement/exchangeConnectors"


@pytest.mark.parametrize("reply", [Reply(b"null", 200, ID), Reply(b"", 202, ID), Reply(b" ", 206, ID)])
@pytest.mark.parametrize("cmdlet", READS)
def test_null_and_an_answer_to_come_are_not_no_objects(
    wire: ScriptedServer, tenant: Tenant, cmdlet: str, reply: Reply
) -> None:
    wire.answer(reply)
    failed = failure(tenant, cmdlet)
    assert failed.kind == "protocol" and "r-1" in str(failed)


@pytest.mark.parametrize("cmdlet", WRITES)
def test_a_write_needs_no_answer(wire: ScriptedServer, tenant: Tenant, cmdlet: str) -> None:
    wire.answer(Reply(b"", 202))
    assert invoke(tenant, cmdlet).values == [] and len(wire.asked) == 1


@pytest.mark.parametrize("reply", [Reply(b"null"), Reply(b"", 202), Reply(b"", 206)])
def test_of_graph_neither(wire: ScriptedServer, tenant: Tenant, reply: Reply) -> None:
    wire.answer(reply)
    with pytest.raises(TenantError) as caught:
        tenant.graph.list(CONNECTORS, PURPOSE)
    assert caught.value.kind == "protocol"
    wire.answer(Reply({"responses": [{"id": "a", "status": 202}]}))
    failed = tenant.graph.batch({"a": Read(CONNECTORS, PURPOSE)})["a"].error
    assert failed is not None and failed.kind == "protocol"


@pytest.mark.parametrize("reply", [Reply(b'{"value": [', 200, ID, lost=5), Reply(b"{}", 200, ID)])
def test_the_authority_that_is_not_told_has_a_request_id(wire: ScriptedServer, tenant: Tenant, reply: Reply) -> None:
    wire.answer(reply)
    with pytest.raises(TenantError) as caught:
        authority_of(tenant)
    assert caught.value.kind == "protocol" and "r-1" in str(caught.value)


def test_pages_in_a_circle_have_a_request_id(wire: ScriptedServer, tenant: Tenant) -> None:
    wire.answer(Reply({"value": [], "@odata.nextLink": f"https://{GRAPH}/v1.0/users"}, 200, ID))
    with pytest.raises(TenantError) as caught:
        tenant.graph.list("users", PURPOSE)
    assert caught.value.kind == "truncated" and "r-1" in str(caught.value)
    wire.answer(page("a", link=LINK + "1"), Reply(page("b", link=LINK + "1").body, 200, ID))
    failed = failure(tenant, "Get-MobileDevice", ResultSize="Unlimited")
    assert failed.kind == "truncated" and "r-1" in str(failed)


@pytest.mark.parametrize("status", [300, 303, 304])
def test_a_redirect_without_an_address(wire: ScriptedServer, tenant: Tenant, status: int) -> None:
    wire.answer(Reply(b"", status))
    assert "a redirect without an address" in str(failure(tenant, "Get-OrganizationConfig"))


@pytest.mark.parametrize("value", [[None], ["x"], [7], [[{}]], [True]])
def test_one_answer_that_cannot_be_read_leaves_the_other_checks(
    wire: ScriptedServer, tenant: Tenant, value: Any
) -> None:
    wire.answer(Reply({"value": value}))
    found = check_access(tenant)
    by_id = {one["id"]: one for one in found["checks"]}
    assert not found["ok"] and len(by_id) == 7
    assert by_id["organization"]["status"] == "unknown" and by_id["organization"]["next_step"]


@pytest.mark.parametrize("reply", [Reply({}), Reply(b""), Reply({"value": []})])
def test_no_management_roles_are_not_taken_for_a_page(wire: ScriptedServer, tenant: Tenant, reply: Reply) -> None:
    """Every organization has built-in roles."""
    wire.answer(reply)
    by_id = {one["id"]: one for one in check_access(tenant)["checks"]}
    assert by_id["exchange_pages"]["status"] == "unknown" and by_id["exchange_pages"]["next_step"]
