# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients with hard-coded hosts: msal and requests, configured with names and a secret only."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import msal
import pytest
import requests
import yaml
from azure.identity import ClientSecretCredential
from msgraph import GraphServiceClient

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import CONNECTION_SPEC, ENVIRONMENT
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose
from ansible_collections.intune.exchange.plugins.module_utils._core.redaction import Redactor
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import open_tenant
from simulator import Simulator

GRAPH, LOGIN, EXCHANGE = "graph.microsoft.com", "login.microsoftonline.com", "outlook.office365.com"
REGION = f"eurprd01.{EXCHANGE}"


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    """One shipped tenant, and one whose calls are redirected to its region."""
    moved = tmp_path / "moved.yml"
    described = {"extends": "ready", "domain": "moved.example", "exchange": {"forms": {"redirect": True}}}
    moved.write_text(yaml.safe_dump(described))
    with Simulator(["ready", moved], page_size=2, rate_limits=False, public_port=0) as simulator:
        yield simulator


@pytest.fixture
def session(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> requests.Session:
    """The lines in the hosts file: these names resolve to this machine, and port 443 is that of the simulator."""
    resolve = socket.getaddrinfo

    def here(host: Any, port: Any, *given: Any, **named: Any) -> Any:
        if host in (GRAPH, LOGIN, EXCHANGE, REGION):
            host, port = "127.0.0.1", simulator.public_port
        return resolve(host, port, *given, **named)

    connect = anyio.connect_tcp  # it resolves names itself, and keeps the port

    async def there(remote_host: Any, remote_port: Any, **named: Any) -> Any:
        assert remote_host in (GRAPH, LOGIN)
        return await connect("127.0.0.1", simulator.public_port or remote_port, **named)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    monkeypatch.setattr(anyio, "connect_tcp", there)
    session = requests.Session()
    session.trust_env = False
    session.verify = simulator.urls["ca_path"]
    return session


def bearer(simulator: Simulator, session: requests.Session, scope: str, method: str = "secret") -> dict[str, str]:
    facts = simulator.facts()
    pfx = {"private_key_pfx_path": facts["pfx_path"], "passphrase": facts["certificate_password"]}
    application = msal.ConfidentialClientApplication(
        facts["client_id"],
        client_credential=facts["client_secret"] if method == "secret" else pfx,
        authority=f"https://{LOGIN}/{facts['tenant_id']}",
        instance_discovery=False,
        http_client=session,
    )
    answer = application.acquire_token_for_client([scope])
    return {"Authorization": f"Bearer {answer['access_token']}"}


@pytest.mark.parametrize("method", ["secret", "certificate"])
def test_graph_under_its_own_name(simulator: Simulator, session: requests.Session, method: str) -> None:
    headers = bearer(simulator, session, f"https://{GRAPH}/.default", method)
    url, names = f"https://{GRAPH}/v1.0/users?$select=displayName", []
    while url:
        assert url.startswith(f"https://{GRAPH}/v1.0/")
        page = session.get(url, headers=headers).json()
        names += [user["displayName"] for user in page["value"]]
        url = page.get("@odata.nextLink", "")
    assert len(names) == 4


@pytest.mark.parametrize(
    "resource", [f"https://{EXCHANGE}", "https://outlook.office.com", "00000002-0000-0ff1-ce00-000000000000"]
)
def test_exchange_under_its_own_name(simulator: Simulator, session: requests.Session, resource: str) -> None:
    headers = bearer(simulator, session, f"{resource}/.default")
    url = f"https://{EXCHANGE}/adminapi/beta/{simulator.facts()['tenant_id']}/InvokeCommand"
    body = {"CmdletInput": {"CmdletName": "Get-MobileDevice"}}
    assert len(session.post(url, json=body, headers=headers).json()["value"]) == 2


def test_our_own_client_needs_no_addresses_and_follows_to_the_region(
    simulator: Simulator, session: requests.Session
) -> None:
    told = simulator.environment("moved")
    assert not [name for name in told if name.endswith(("_URL", "_HOST"))]
    options = {option: told.get(ENVIRONMENT[option], spec.get("default")) for option, spec in CONNECTION_SPEC.items()}
    tenant = open_tenant(options, Redactor(), lambda line: None, None)
    purpose = Purpose("read the devices")
    assert len(exchange_of(tenant).invoke("Get-MobileDevice", {}, purpose).values) == 2
    assert len(tenant.graph.list("users", purpose)[0]) == 4
    seen = [(row["status"], row["service"]) for row in simulator.requests()]
    assert (302, "exchange") in seen and (200, "exchange") in seen


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_msgraph_sdk_as_its_pages_show_it(
    simulator: Simulator, session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, a secret, and the trusted authority from the printed variables; no addresses."""
    for name, value in simulator.client_environment().items():
        monkeypatch.setenv(name, value)
    facts = simulator.facts()
    credential = ClientSecretCredential(
        facts["tenant_id"], facts["client_id"], facts["client_secret"], disable_instance_discovery=True
    )

    async def users() -> list[str | None]:
        graph, link = GraphServiceClient(credentials=credential), None
        names: list[str | None] = []
        while link or not names:
            page = await (graph.users.with_url(link) if link else graph.users).get()
            assert page is not None and page.value is not None
            names += [one.display_name for one in page.value]
            link = page.odata_next_link
        return names

    assert len(asyncio.run(users())) == 4
    assert {row["status"] for row in simulator.requests()} == {200}


def test_other_names_are_not_answered(simulator: Simulator) -> None:
    url = f"https://localhost:{simulator.public_port}/v1.0/users"
    assert requests.get(url, verify=simulator.urls["ca_path"], timeout=5).status_code == 421


def test_without_the_mode_the_public_names_are_unknown() -> None:
    with Simulator() as ordinary:
        facts, urls = ordinary.facts(), ordinary.urls
        session = requests.Session()
        session.trust_env = False
        session.verify = urls["ca_path"]
        application = msal.ConfidentialClientApplication(
            facts["client_id"],
            client_credential=facts["client_secret"],
            authority=f"{urls['authority_url']}/{facts['tenant_id']}",
            instance_discovery=False,
            http_client=session,
        )
        assert application.acquire_token_for_client([f"https://{GRAPH}/.default"])["error_codes"] == [500011]
