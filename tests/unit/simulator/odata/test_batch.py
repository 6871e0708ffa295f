# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""$batch: independent parts, without a way around any rule."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import Simulator

from ..conftest import CONNECTORS, Client, MakeClient


def batch(client: Client, *requests: dict[str, Any]) -> dict[str, Any]:
    answer = client.graph("POST", "/$batch", json={"requests": list(requests)})
    assert answer.status_code == 200, answer.text
    return {part["id"]: part for part in answer.json()["responses"]}


def get(identifier: str, url: str, **more: Any) -> dict[str, Any]:
    return {"id": identifier, "method": "GET", "url": url, **more}


def post(identifier: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    kind = headers or {"Content-Type": "application/json"}
    return {"id": identifier, "method": "POST", "url": CONNECTORS, "headers": kind, "body": body}


def test_each_part_has_its_own_answer(client: Client, simulator: Simulator) -> None:
    parts = batch(
        client, get("a", "/organization"), get("b", "/domains"), get("c", "nowhere"), get("d", "/users?$top=1")
    )
    assert {name: part["status"] for name, part in parts.items()} == {"a": 200, "b": 403, "c": 400, "d": 200}
    assert parts["d"]["body"]["@odata.nextLink"].startswith(client.urls["graph_url"])
    entry = simulator.requests()[-1]
    assert [part["status"] for part in entry["parts"]] == [200, 403, 400, 200]
    assert (entry["class"], entry["effect"]) == ("READ", False)


def test_the_order_of_the_answers_is_another_one(client: Client) -> None:
    body = {"requests": [get("1", "/organization"), get("2", "/organization")]}
    responses = client.graph("POST", "/$batch", json=body).json()["responses"]
    assert [part["id"] for part in responses] == ["2", "1"]


def test_parts_write_and_the_ledger_sees_it(client: Client, simulator: Simulator) -> None:
    body = {"exchangeConnectorType": "serviceToService", "primarySmtpAddress": client.facts["account"]}
    parts = batch(client, get("1", CONNECTORS), post("2", body), post("3", body, Accept="*/*"))
    assert {name: part["status"] for name, part in parts.items()} == {"1": 200, "2": 201, "3": 400}
    entry = simulator.requests()[-1]
    assert (entry["class"], entry["effect"]) == ("CREATE", True)
    assert [part["effect"] for part in entry["parts"]] == [False, True]


def test_dependencies(client: Client) -> None:
    parts = batch(
        client,
        get("1", "nowhere"),
        get("2", "/organization", dependsOn=["1"]),
        get("3", "/organization"),
        get("4", "/organization", dependsOn=["3"]),
    )
    assert {name: part["status"] for name, part in parts.items()} == {"1": 400, "2": 424, "3": 200, "4": 200}


@pytest.mark.parametrize(
    "requests",
    [
        [get("1", "/organization"), get("1", "/users")],
        [get("a", "/organization"), get("A", "/users")],
        [get("1", "/organization", dependsOn=["2"])],
        [get(str(number), "/organization") for number in range(21)],
        [{"id": "1", "method": "GET"}],
        [],
    ],
)
def test_batches_refused_as_a_whole(client: Client, requests: list[dict[str, Any]]) -> None:
    assert client.graph("POST", "/$batch", json={"requests": requests}).status_code == 400


def test_a_batch_is_no_way_around_permissions(client: Client, client_of: MakeClient) -> None:
    assert batch(client_of("missing_permission"), get("1", "/domains"))["1"]["status"] == 403
    assert batch(client, get("1", "/$batch"))["1"]["status"] == 400
    url = f"{client.urls['graph_url']}/v1.0/$batch"
    refused = client.send("POST", url, headers={"Authorization": "Bearer x"}, json={"requests": [get("1", "/users")]})
    assert refused.status_code == 401


def test_parts_are_throttled_on_their_own(client: Client, simulator: Simulator) -> None:
    simulator.fault(match="*ListUser", kind="status", status=429, headers={"Retry-After": "1"})
    parts = batch(client, get("1", "/users"), get("2", "/organization"))
    assert (parts["1"]["status"], parts["1"]["headers"]["retry-after"], parts["2"]["status"]) == (429, 1, 200)
    assert batch(client, get("1", "/users"))["1"]["status"] == 200
    assert simulator.requests()[-1]["parts"][0]["too_early"] is True
