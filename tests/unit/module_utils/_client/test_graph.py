# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paging, batches and the error forms of Microsoft Graph."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Read, odata
from ansible_collections.intune.exchange.plugins.module_utils._client.graph_errors import classify, explain
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.retry import outcome_of_status
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.module_utils._http.http import Response
from simulator import Simulator

from ..conftest import Clock

LIST = "deviceManagement.ListExchangeConnectors"
PATH = "deviceManagement/exchangeConnectors"
PURPOSE = Purpose("try it", "Some.Permission")


@pytest.fixture(scope="module")
def running(small_pages: Simulator) -> Simulator:
    return small_pages


def test_a_collection_is_read_to_its_last_page(simulator: Simulator, signed_in: Callable[..., Tenant]) -> None:
    found, first = signed_in("two_connectors").graph.list(PATH, PURPOSE)
    assert len(found) == len({one["id"] for one in found}) == 2
    assert len(first.json["value"]) == 1  # the simulator's pages hold one


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "looping_next_link"}, "truncated"),
        ({"kind": "foreign_next_link"}, "protocol"),
        ({"kind": "status", "status": 400, "nth": 2}, "refused"),
        ({"kind": "status", "status": 200, "body": {"other": []}, "nth": 2}, "protocol"),
        ({"kind": "status", "status": 200, "body": [1], "nth": 2}, "protocol"),
    ],
    ids=lambda value: "-".join(str(part) for part in value.values()) if isinstance(value, dict) else value,
)
def test_a_part_of_a_list_is_never_taken_as_whole(
    simulator: Simulator, signed_in: Callable[..., Tenant], fault: dict[str, Any], kind: str
) -> None:
    simulator.fault(match=LIST, count=99, **fault)
    with pytest.raises(TenantError) as caught:
        signed_in("two_connectors").graph.list(PATH, PURPOSE)
    assert caught.value.kind == kind
    assert not [one for one in simulator.requests() if "foreign" in one["path"]]


READS = {
    "connectors": Read(PATH, Purpose("read the connectors", "DeviceManagementServiceConfig.Read.All")),
    "organization": Read("organization", Purpose("read the organization")),
    "domains": Read("domains", Purpose("read the domains", "Domain.Read.All")),
}


def test_a_batch_gives_each_part_or_its_error(simulator: Simulator, signed_in: Callable[..., Tenant]) -> None:
    results = signed_in("two_connectors").graph.batch(READS)
    assert list(results) == list(READS)
    assert len(results["connectors"].value) == 2 and len(results["organization"].value) == 1
    refused = results["domains"].error
    assert refused is not None and refused.kind == "forbidden" and "This needs Domain.Read.All" in str(refused)
    assert str(refused).startswith("Could not read the domains on tenant")
    batches = [one for one in simulator.requests() if one["path"].endswith("$batch")]
    assert len(batches) == 1


def test_only_the_throttled_part_of_a_batch_is_repeated(simulator: Simulator, clock: Clock, tenant: Tenant) -> None:
    simulator.fault(match=LIST, kind="status", status=429, headers={"Retry-After": "9"})
    results = tenant.graph.batch({name: READS[name] for name in ("connectors", "organization")})
    assert results["connectors"].value == [] and len(results["organization"].value) == 1
    assert min(clock.sleeps) >= 9
    parts = [[part["operation"] for part in one.get("parts", [])] for one in simulator.requests()]
    assert [len(one) for one in parts if one] == [2, 1]


def test_more_parts_than_a_batch_can_hold(simulator: Simulator, tenant: Tenant) -> None:
    results = tenant.graph.batch({f"read{number}": READS["organization"] for number in range(25)})
    assert len(results) == 25 and all(len(one.value) == 1 for one in results.values())


def test_a_batch_that_answers_something_else_is_an_error(simulator: Simulator, tenant: Tenant) -> None:
    simulator.fault(match="*batch*", kind="status", status=200, body={"responses": [{"id": "other", "status": 200}]})
    with pytest.raises(TenantError, match="do not match its requests"):
        tenant.graph.batch({"organization": READS["organization"]})


def answered(body: Any, status: int = 400) -> Response:
    return Response(status, {}, str(body).encode(), body)


INTUNE = (
    '{"_version": 3, "Message": "Application is not authorized - Operation ID (for customer support): 1 - '
    'Activity ID: 2 - Url: https://fef.example", "CustomApiErrorPhrase": ""}'
)


@pytest.mark.parametrize(
    ("body", "explained"),
    [
        ({"error": {"code": "A", "message": "m", "innerError": {"request-id": "r"}}}, ("A", "m", "r")),
        ({"error": {"code": "A", "message": "m", "innererror": {"request-id": "r"}}}, ("A", "m", "r")),
        ({"error": {"code": "Forbidden", "message": INTUNE}}, ("Forbidden", "Application is not authorized", "")),
        ({"error": {"code": "A", "message": "{broken"}}, ("A", "{broken", "")),
        ({"error": "text"}, ("", "{'error': 'text'}", "")),
        ("text", ("", "text", "")),
    ],
)
def test_error_bodies(body: Any, explained: tuple[str, str, str]) -> None:
    assert explain(answered(body)) == explained


def test_json_in_an_error_is_read_only_if_it_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read without a clock, whatever the time that is left."""
    read: list[int] = []
    loads = json.loads

    def counted(text: str, **options: Any) -> Any:
        read.append(len(text))
        return loads(text, **options)

    monkeypatch.setattr(json, "loads", counted)
    inner = json.dumps({"ErrorCode": "x", "Message": "y", "more": [{}] * 100_000})
    for status in (400, 500):
        response = answered({"error": {"code": "UnknownError", "message": inner}}, status)
        assert classify(response) is outcome_of_status(status) and explain(response)[0] == "UnknownError"
    assert not read


def test_query_options_are_quoted() -> None:
    assert odata("users", filter="mail eq 'o''neil+x#y@c.com'", select="id,mail") == (
        "users?$filter=mail%20eq%20%27o%27%27neil%2Bx%23y%40c.com%27&$select=id,mail"
    )


def test_that_what_is_removed_is_not_there_is_looked_at_again(
    simulator: Simulator, signed_in: Callable[..., Tenant]
) -> None:
    """A 404 to a DELETE is believed only if the object cannot be read either."""
    tenant, delete = signed_in("connected"), "deviceManagement.DeleteExchangeConnectors"
    ((connector,), _first) = tenant.graph.list(PATH, PURPOSE)
    path = f"{PATH}/{connector['id']}"
    gone = {"error": {"code": "ResourceNotFound", "message": "Resource not found."}}
    simulator.fault(match=delete, kind="status", status=404, body=gone, count=9)
    with pytest.raises(TenantError) as caught:
        tenant.graph.delete(path, PURPOSE)
    assert caught.value.kind == "unavailable" and "still lists it" in str(caught.value)
    simulator.clear_faults()
    simulator.fault(match=delete, kind="status", status=404, body=gone)
    tenant.graph.delete(path, PURPOSE)
    assert tenant.graph.list(PATH, PURPOSE)[0] == []
    tenant.graph.delete(path, PURPOSE)  # and again: it is gone


def test_a_foreign_link_is_refused_with_what_was_attempted(
    simulator: Simulator, signed_in: Callable[..., Tenant]
) -> None:
    """Also if an assessment reports it as the reason for an unknown, outside the context of its task."""
    simulator.fault(match=LIST, kind="foreign_next_link")
    tenant = signed_in("two_connectors")
    with pytest.raises(TenantError) as caught:
        tenant.graph.list(PATH, PURPOSE)
    assert str(caught.value).startswith("Could not try it on tenant ")
