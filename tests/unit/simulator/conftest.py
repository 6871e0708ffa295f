# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator for all of these tests, reset for each; and a minimal client."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from simulator import Simulator
from simulator.odata.contract import graph_document
from simulator.state.descriptions import shipped

Json = dict[str, Any]


def collection_of(template: str) -> str:
    """A path's list with the first object."""
    listed = template.partition("/{")[0]
    return f"{listed}/microsoft.graph.application" if listed == "/directory/deletedItems" else listed


class Client:
    """HTTP to a simulated tenant with a ready token: no environment, no retries, no redirects."""

    def __init__(
        self,
        simulator: Simulator,
        tenant: str = "ready",
        granted: set[str] | None = None,
        application: str = "application",
    ) -> None:
        self.urls = simulator.urls
        self.facts = simulator.facts(tenant, application)
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = self.urls["ca_path"]
        self._tokens = {
            "graph": simulator.token("graph", tenant, granted, application),
            "exchange": simulator.token("exchange", tenant, application=application),
        }

    def send(self, method: str, url: str, service: str = "graph", **given: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._tokens[service]}"} | given.pop("headers", {})
        return self.session.request(method, url, headers=headers, allow_redirects=False, timeout=20, **given)

    def graph(self, method: str, path: str, **given: Any) -> requests.Response:
        return self.send(method, f"{self.urls['graph_url']}/v1.0{path}", **given)

    def get(self, path: str) -> Any:
        answer = self.graph("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def values(self, path: str) -> list[Json]:
        found: list[Json] = self.get(path)["value"]
        return found

    @property
    def command_url(self) -> str:
        return f"{self.urls['exchange_url']}/adminapi/beta/{self.facts['tenant_id']}/InvokeCommand"

    def invoke(self, cmdlet: str, parameters: Json | None = None, url: str = "", **headers: str) -> requests.Response:
        command = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters or {}}}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", url or self.command_url, "exchange", json=command, headers=named)

    def run(self, cmdlet: str, **parameters: Any) -> list[Json]:
        """A cmdlet that must succeed, with confirmation if it writes."""
        if not cmdlet.startswith(("Get-", "Test-")):
            parameters.setdefault("Confirm", False)
        answer = self.invoke(cmdlet, parameters)
        assert answer.status_code in (200, 204), answer.text
        found: list[Json] = answer.json()["value"] if answer.content else []
        return found

    def failure(self, cmdlet: str, **parameters: Any) -> tuple[str, str]:
        """The last part of the exception's type, and the text, of a cmdlet that must fail."""
        if not cmdlet.startswith(("Get-", "Test-")):
            parameters.setdefault("Confirm", False)
        answer = self.invoke(cmdlet, parameters)
        assert answer.status_code == 400, (answer.status_code, answer.text)
        inner = answer.json()["error"]["innererror"]["internalexception"]
        return inner["type"].rpartition(".")[2], inner["message"]

    def create_connector(self, address: str | None = None) -> Json:
        body = {"exchangeConnectorType": "serviceToService", "primarySmtpAddress": address or self.facts["account"]}
        answer = self.graph("POST", CONNECTORS, json=body)
        assert answer.status_code == 201, answer.text
        created: Json = answer.json()
        return created


CONNECTORS = "/deviceManagement/exchangeConnectors"
MakeClient = Callable[..., Client]


@pytest.fixture(scope="session")
def running() -> Iterator[Simulator]:
    tenants = ["ready", *(name for name in shipped() if name != "ready")]
    with Simulator(tenants=tenants, control=True, rate_limits=False) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.reset()
    return running


@pytest.fixture
def client(simulator: Simulator) -> Client:
    return Client(simulator)


@pytest.fixture
def client_of(simulator: Simulator) -> MakeClient:
    return lambda tenant="ready", granted=None, application="application": Client(
        simulator, tenant, granted, application
    )


@pytest.fixture(scope="session")
def graph_contract() -> Json:
    document = graph_document()
    for schema in document["components"]["schemas"].values():
        if schema.get("x-ms-enum-flags", {}).get("isFlags"):  # several values, joined by commas
            either = "|".join(map(re.escape, schema.pop("enum")))
            schema["pattern"] = f"^({either})(,({either}))*$"
    return document
