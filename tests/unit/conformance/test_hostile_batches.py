# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Graph responses in undocumented forms: a clear failure with a request id, no traceback."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Read
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.read_result import ReadResult
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant

from .scripted_server import Reply, ScriptedServer

PURPOSE = Purpose("try it", "User.Read.All")
READS = {"a": Read("users", PURPOSE), "b": Read("users/x", PURPOSE, collection=False)}
A: dict[str, Any] = {"id": "a", "status": 200, "body": {"value": []}}
B: dict[str, Any] = {"id": "b", "status": 200, "body": {"id": "x"}}
ID = {"request-id": "r-1"}

NO_BATCH: dict[str, Any] = {
    "no list": None,
    "a text": "x",
    "nothing in it": [None, B],
    "a part that is a list": [["a"], B],
    "an id that is a number": [{**A, "id": 1}, B],
    "an id that is a list": [{**A, "id": ["a"]}, B],
    "an id twice": [A, {**A, "status": 500}, B],
    "an id twice, the fault first": [{**A, "status": 403}, A, B],
    "one too few": [A],
    "one too many": [A, B, {**A, "id": "c"}],
    "a status in words": [{**A, "status": "OK"}, B],
    "no status": [{"id": "a", "body": {"value": []}}, B],
    "the status null": [{**A, "status": None}, B],
    "headers in a list": [{**A, "status": 429, "headers": [1]}, B],
}


@pytest.mark.parametrize("form", NO_BATCH)
def test_what_is_no_answer_to_a_batch(wire: ScriptedServer, tenant: Tenant, form: str) -> None:
    wire.answer(Reply({"responses": NO_BATCH[form]}, headers=ID))
    with pytest.raises(TenantError) as caught:
        tenant.graph.batch(READS)
    assert caught.value.kind == "protocol" and "r-1" in str(caught.value)


@pytest.mark.parametrize("more", [{"status": "200"}, {"headers": None}, {"@odata.type": "x", "new": 1}])
def test_what_is_one_all_the_same(wire: ScriptedServer, tenant: Tenant, more: dict[str, Any]) -> None:
    wire.answer(Reply({"responses": [B, {**A, **more}]}))
    assert tenant.graph.batch(READS) == {"a": ReadResult([]), "b": ReadResult({"id": "x"})}


@pytest.mark.parametrize("body", [None, "no", {"error": {"code": "Forbidden", "message": "no"}}, {"error": "no"}])
@pytest.mark.parametrize(
    ("headers", "found"), [({}, "r-1"), ({"Request-ID": "r-2"}, "r-2"), ({"client-request-id": "c-3"}, "c-3")]
)
def test_a_refused_part_has_a_request_id(
    wire: ScriptedServer, tenant: Tenant, body: Any, headers: dict[str, str], found: str
) -> None:
    """Its own, or that of the whole batch."""
    wire.answer(Reply({"responses": [{"id": "a", "status": 403, "headers": headers, "body": body}, B]}, headers=ID))
    assert f"(request id {found})" in str(tenant.graph.batch(READS)["a"].error)


@pytest.mark.parametrize("link", [7, ["x"], {"x": 1}, True])
def test_a_page_link_that_is_no_text(wire: ScriptedServer, tenant: Tenant, link: Any) -> None:
    body = {"value": [{"id": "x"}], "@odata.nextLink": link}
    wire.answer(Reply(body, headers=ID))
    with pytest.raises(TenantError) as caught:
        tenant.graph.list("users", PURPOSE)
    assert caught.value.kind == "protocol" and "r-1" in str(caught.value)
    wire.answer(Reply({"responses": [{**A, "body": body}, B]}, headers=ID))
    assert "r-1" in str(tenant.graph.batch(READS)["a"].error)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'"x"', b"null", b'{"id": null}', b"<html>"])
def test_a_creation_without_an_id_may_have_happened(wire: ScriptedServer, tenant: Tenant, body: bytes) -> None:
    """The caller looks for its effects; it is never repeated."""
    wire.answer(Reply(body, 201, ID))
    with pytest.raises(TenantError) as caught:
        tenant.graph.create("users", {}, PURPOSE)
    assert caught.value.kind == "outcome_unknown" and "r-1" in str(caught.value) and len(wire.asked) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"null", b"<html>"])
def test_what_is_no_object_has_a_request_id(wire: ScriptedServer, tenant: Tenant, body: bytes) -> None:
    wire.answer(Reply(body, 200, ID))
    for read in (tenant.graph.get, tenant.graph.list):
        with pytest.raises(TenantError) as caught:
            read("users", PURPOSE)
        assert caught.value.kind == "protocol" and "r-1" in str(caught.value)


def test_an_error_that_is_nested_without_end(wire: ScriptedServer, tenant: Tenant) -> None:
    wire.answer(Reply({"error": {"code": "X", "message": '{"a":' * 3000}}, 400, ID))
    with pytest.raises(TenantError) as caught:
        tenant.graph.list("users", PURPOSE)
    assert caught.value.kind == "refused" and "r-1" in str(caught.value)
