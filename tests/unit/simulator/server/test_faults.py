# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Injected faults: each kind, each phase, counted, and visible in the ledger."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator import Simulator

from ..conftest import CONNECTORS, Client

LISTING = "deviceManagement.ListExchangeConnectors"
CREATING = "deviceManagement.CreateExchangeConnectors"


def create(client: Client) -> requests.Response:
    body = {"exchangeConnectorType": "serviceToService", "primarySmtpAddress": client.facts["account"]}
    return client.graph("POST", CONNECTORS, json=body)


@pytest.mark.parametrize("match", [LISTING, "*List*Connectors", f"GET /v1.0{CONNECTORS}", "graph"])
def test_what_a_fault_matches(client: Client, simulator: Simulator, match: str) -> None:
    simulator.fault(match=match, kind="status", status=503)
    assert [client.graph("GET", CONNECTORS).status_code for _unused in range(2)] == [503, 200]
    first, second = simulator.requests()
    assert (first["fault"], first["status"], "fault" in second) == ("before_effect:status", 503, False)


def test_nth_and_count(client: Client, simulator: Simulator) -> None:
    simulator.fault(match=LISTING, kind="status", status=429, nth=2, count=2, headers={"Retry-After": "0"})
    assert [client.graph("GET", CONNECTORS).status_code for _unused in range(5)] == [200, 429, 429, 200, 200]
    simulator.fault(match=LISTING, kind="status", count=9)
    simulator.clear_faults()
    assert client.graph("GET", CONNECTORS).status_code == 200


@pytest.mark.parametrize(("phase", "effect"), [("before_effect", False), ("after_effect", True)])
@pytest.mark.parametrize("kind", ["status", "reset", "truncate", "bad_json", "html", "redirect"])
def test_whether_there_was_an_effect(client: Client, simulator: Simulator, phase: str, effect: bool, kind: str) -> None:
    simulator.fault(match=CREATING, kind=kind, phase=phase, status=502)
    try:
        outcome: Any = create(client).status_code
    except requests.RequestException as failed:
        outcome = type(failed)
    if kind in ("reset", "truncate"):
        assert outcome in (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
    else:
        assert outcome == {"status": 502, "bad_json": 201 if effect else 200, "html": 200, "redirect": 307}[kind]
    entry = simulator.requests()[-1]
    assert entry["effect"] is effect
    assert (entry["status"] is None) == (kind in ("reset", "truncate"))
    assert len(simulator.state().get("exchangeConnectors", [])) == int(effect)


def test_answers_that_are_not_answers(client: Client, simulator: Simulator) -> None:
    for kind in ("bad_json", "html", "redirect", "foreign_next_link", "looping_next_link"):
        simulator.fault(match=LISTING, kind=kind, phase="after_effect")
        answer = client.graph("GET", CONNECTORS)
        match kind:
            case "bad_json":
                with pytest.raises(requests.JSONDecodeError):
                    answer.json()
            case "html":
                assert answer.headers["Content-Type"].startswith("text/html") and answer.status_code == 200
            case "redirect":
                assert answer.headers["Location"].startswith("https://foreign.example.invalid/")
            case "foreign_next_link":
                assert answer.json()["@odata.nextLink"].startswith("https://foreign.example.invalid/")
            case "looping_next_link":
                assert answer.json()["@odata.nextLink"] == answer.url
        assert "Date" in answer.headers


def test_bodies_of_ones_own(client: Client, simulator: Simulator) -> None:
    simulator.fault(match=LISTING, kind="status", status=500, body="<b>no JSON</b>", headers={"Content-Type": "text/x"})
    answer = client.graph("GET", CONNECTORS)
    assert (answer.text, answer.headers["Content-Type"]) == ("<b>no JSON</b>", "text/x")
    simulator.fault(match=LISTING, kind="status", status=503)
    assert client.graph("GET", CONNECTORS).json()["error"]["code"] == "ServiceUnavailable"


@pytest.mark.parametrize("kind", ["reset", "truncate"])
def test_in_the_middle_of_a_body(client: Client, simulator: Simulator, kind: str) -> None:
    simulator.fault(match="*ListOrganization", kind=kind, phase="mid_body")
    with client.send("GET", f"{client.urls['graph_url']}/v1.0/organization", stream=True) as answer:
        assert answer.status_code == 200
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            _unused = answer.content


def test_hanging_and_dripping(client: Client, simulator: Simulator) -> None:
    url = f"{client.urls['graph_url']}/v1.0{CONNECTORS}"
    headers = {"Authorization": f"Bearer {simulator.token('graph')}"}
    for phase in ("before_effect", "after_effect", "mid_body"):
        simulator.fault(match=LISTING, kind="hang", phase=phase)
        with pytest.raises((requests.Timeout, requests.ConnectionError)):
            client.session.get(url, headers=headers, timeout=0.2)
    simulator.fault(match=LISTING, kind="drip", interval=0.01)
    start = time.monotonic()
    assert client.session.get(url, headers=headers, timeout=5).json() == {"value": []}
    assert time.monotonic() - start > 0.05


def test_a_reset_connection_reaches_the_socket(client: Client, simulator: Simulator) -> None:
    simulator.fault(match="graph", kind="reset", phase="connect")
    with pytest.raises(requests.ConnectionError, match="reset"):
        client.graph("GET", "/organization")
    assert simulator.requests() == []
    assert client.graph("GET", "/organization").status_code == 200


def test_a_connection_left_hanging(client: Client, simulator: Simulator) -> None:
    simulator.fault(match="graph", kind="hang", phase="connect")
    url, headers = f"{client.urls['graph_url']}/v1.0/organization", {"Authorization": "Bearer x"}
    with pytest.raises((requests.Timeout, requests.ConnectionError)):
        client.session.get(url, headers=headers, timeout=0.2)


def test_connections_are_told_apart(client: Client, simulator: Simulator) -> None:
    client.graph("GET", "/organization")
    client.graph("GET", "/organization")
    client.session.close()
    client.graph("GET", "/organization")
    first, second, third = (row["connection"] for row in simulator.requests())
    assert first == second != third


def test_the_other_services_have_faults_too(client: Client, simulator: Simulator) -> None:
    simulator.fault(match="token", kind="status", status=429, headers={"Retry-After": "2"})
    simulator.fault(match="Get-OrganizationConfig", kind="status", status=503)
    simulator.fault(match="managed_identity", kind="status", status=410)
    url = f"{client.urls['authority_url']}/{client.facts['tenant_id']}/oauth2/v2.0/token"
    assert client.session.post(url).headers["Retry-After"] == "2"
    assert client.invoke("Get-OrganizationConfig").status_code == 503
    assert (
        client.session.get(f"{client.urls['managed_identity_url']}/metadata/identity/oauth2/token").status_code == 410
    )


@pytest.mark.parametrize(
    ("value", "early"), [("30", True), ("0.01", False), ("Fri, 31 Dec 1999 23:59:59 GMT", False), ("soon", False)]
)
def test_who_comes_too_early(client: Client, simulator: Simulator, value: str, early: bool) -> None:
    simulator.fault(match=LISTING, kind="status", status=429, headers={"Retry-After": value})
    client.graph("GET", CONNECTORS)
    client.graph("GET", "/organization")
    time.sleep(0.02)
    client.graph("GET", CONNECTORS)
    assert [row.get("too_early", False) for row in simulator.requests()] == [False, False, early]


@pytest.mark.parametrize(
    "wanted",
    [
        {"kind": "earthquake"},
        {"kind": "reset", "phase": "sometime"},
        {"kind": "status", "phase": "connect"},
        {"kind": "status", "phase": "mid_body"},
        {"kind": "stale_read", "phase": "after_effect"},
        {"kind": "second_writer", "phase": "mid_body"},
        {"kind": "second_writer", "request": {"colour": "red"}},
        {"kind": "status", "request": {"method": "DELETE"}},
    ],
)
def test_impossible_faults(simulator: Simulator, wanted: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        simulator.fault(match="graph", **wanted)


def test_latency() -> None:
    def seconds(call: Callable[..., Any], *arguments: Any) -> float:
        start = time.monotonic()
        call(*arguments)
        return time.monotonic() - start

    with Simulator(latency={"graph": 100}) as slow:
        client = Client(slow)
        assert seconds(client.graph, "GET", "/organization") >= 0.1
        # A busy machine may be slow as well, but not each time.
        assert any(seconds(client.invoke, "Get-OrganizationConfig") < 0.1 for _attempt in range(20))
