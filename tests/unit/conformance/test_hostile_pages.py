# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list with an unreadable part is neither short nor absent, whatever the refusal of that part says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Read
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.policy_plans import read_policy_plans
from ansible_collections.intune.exchange.plugins.module_utils._connector.connectors import PATH, read_connectors
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange_objects import found_by
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant

from .scripted_server import EXCHANGE, GRAPH, Reply, ScriptedServer
from .test_exchange_responses import ALL, ERROR_FORMS, GONE, LINK, WORDS, page

PURPOSE = Purpose("try it")
NOT_THERE = Reply({"error": {"code": "ResourceNotFound", "message": "no", "innerError": {"request-id": "r-1"}}}, 404)


@pytest.mark.parametrize("status", [200, 400, 404])
@pytest.mark.parametrize("form", ERROR_FORMS)
def test_an_object_that_lost_a_page_is_not_absent(wire: ScriptedServer, tenant: Tenant, form: str, status: int) -> None:
    """By either method: what is not found is the page."""
    wire.answer(page("a", link=LINK + "1"), ERROR_FORMS[form](GONE, WORDS, status))
    with pytest.raises(TenantError) as caught:
        found_by(tenant, "Get-CASMailbox", {"Identity": "x"}, PURPOSE)
    assert caught.value.kind == "truncated" and "the list is incomplete" in str(caught.value)
    assert [one.method for one in wire.asked] == ["POST", "POST", "GET"]


@pytest.mark.parametrize("status", [400, 404, 405])
def test_a_link_that_refuses_post_in_other_words_is_followed_by_get(
    wire: ScriptedServer, tenant: Tenant, status: int
) -> None:
    refused = Reply({"error": {"code": "X", "message": "no"}}, status)
    wire.answer(page("a", link=LINK + "1"), refused, page("b"))
    assert len(exchange_of(tenant).invoke("Get-MobileDevice", ALL, PURPOSE).values) == 2


@pytest.mark.parametrize(
    "read",
    [
        lambda tenant: tenant.graph.list(PATH, PURPOSE),
        lambda tenant: tenant.graph.ask(PATH, {}, PURPOSE),
        read_connectors,
        read_policy_plans,
    ],
)
@pytest.mark.parametrize("status", [404, 501])
def test_a_page_of_graph_that_is_gone(
    wire: ScriptedServer, tenant: Tenant, read: Callable[[Tenant], object], status: int
) -> None:
    link = f"https://{GRAPH}/v1.0/{PATH}?$skiptoken=1"
    wire.answer(Reply({"value": [{"id": "a"}], "@odata.nextLink": link}), Reply(NOT_THERE.body, status))
    with pytest.raises(TenantError) as caught:
        read(tenant)
    assert caught.value.kind == "truncated" and "r-1" in str(caught.value)


def test_a_page_of_a_part_that_is_gone(wire: ScriptedServer, tenant: Tenant) -> None:
    body = {"value": [{"id": "a"}], "@odata.nextLink": f"https://{GRAPH}/v1.0/users?$skiptoken=1"}
    wire.answer(Reply({"responses": [{"id": "a", "status": 200, "body": body}]}), NOT_THERE)
    failed = tenant.graph.batch({"a": Read("users", PURPOSE)})["a"].error
    assert failed is not None and failed.kind == "truncated"


@pytest.mark.parametrize(
    ("host", "read"),
    [
        (GRAPH, lambda tenant: tenant.graph.list(PATH, PURPOSE)),
        (EXCHANGE, lambda tenant: exchange_of(tenant).invoke("Get-MobileDevice", ALL, PURPOSE)),
    ],
)
def test_a_page_link_of_megabytes_is_not_followed(
    wire: ScriptedServer, tenant: Tenant, host: str, read: Callable[[Tenant], object]
) -> None:
    """Nor parsed, which would take seconds beyond the time of the task."""
    link = f"https://{host}/v1.0/{PATH}?$skiptoken=" + "%41" * 1_000_000
    wire.answer(Reply({"value": [{"id": "a"}], "@odata.nextLink": link}, headers={"request-id": "r-1"}))
    with pytest.raises(TenantError, match="sent a next-page link of more than 32,768 characters") as caught:
        read(tenant)
    assert caught.value.kind == "truncated" and "r-1" in str(caught.value)
    assert len(str(caught.value)) < 500 and len(wire.asked) == 1
