# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credentials of azure-identity, and azure-core as the client that uses them.

All sign-in addresses are configured as for any other cloud, and REQUESTS_CA_BUNDLE has the authority.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from azure.core import PipelineClient
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.core.paging import ItemPaged
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, RetryPolicy
from azure.core.rest import HttpRequest
from azure.identity import (
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    DeviceCodeCredential,
    EnvironmentCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from simulator import Simulator

Facts = dict[str, str]


def asked(simulator: Simulator) -> dict[str, Any]:
    return {"authority": simulator.urls["authority_url"], "disable_instance_discovery": True}


def managed(simulator: Simulator, facts: Facts) -> Any:
    return ManagedIdentityCredential(client_id=facts["managed_identity_client_id"])


def by_secret(simulator: Simulator, facts: Facts) -> Any:
    return ClientSecretCredential(facts["tenant_id"], facts["client_id"], facts["client_secret"], **asked(simulator))


def by_certificate(simulator: Simulator, facts: Facts) -> Any:
    return CertificateCredential(
        facts["tenant_id"],
        facts["client_id"],
        facts["pfx_path"],
        password=facts["certificate_password"],
        send_certificate_chain=True,
        **asked(simulator),
    )


def by_assertion(simulator: Simulator, facts: Facts) -> Any:
    shown = Path(facts["federated_token_file"]).read_text
    return ClientAssertionCredential(facts["tenant_id"], facts["client_id"], shown, **asked(simulator))


def by_workload(simulator: Simulator, facts: Facts) -> Any:
    return WorkloadIdentityCredential(
        tenant_id=facts["tenant_id"],
        client_id=facts["client_id"],
        token_file_path=facts["federated_token_file"],
        **asked(simulator),
    )


def by_device_code(simulator: Simulator, facts: Facts) -> Any:
    return DeviceCodeCredential(
        facts["client_id"],
        tenant_id=facts["tenant_id"],
        prompt_callback=lambda uri, code, expires: simulator.approve(),
        **asked(simulator),
    )


def from_environment(simulator: Simulator, facts: Facts) -> Any:
    """With the simulator's own `export` lines."""
    return EnvironmentCredential(disable_instance_discovery=True)


@pytest.fixture(autouse=True)
def environment(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CURL_CA_BUNDLE", "SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in simulator.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", simulator.urls["ca_path"])
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", simulator.urls["managed_identity_url"])


@pytest.mark.parametrize(
    "credential", [by_secret, by_certificate, by_assertion, by_workload, by_device_code, managed, from_environment]
)
def test_every_credential_gets_a_token(simulator: Simulator, credential: Callable[[Simulator, Facts], Any]) -> None:
    facts, scope = simulator.facts(), f"{simulator.urls['graph_url']}/.default"
    token = credential(simulator, facts).get_token(scope).token
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["tid"], claims["aud"]) == (facts["tenant_id"], simulator.urls["graph_url"])
    who = facts["managed_identity_client_id"] if credential is managed else facts["client_id"]
    assert claims["appid"] == who


def test_a_refusal_is_a_client_authentication_error(simulator: Simulator) -> None:
    wrong = by_secret(simulator, simulator.facts() | {"client_secret": "wrong"})
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        wrong.get_token(f"{simulator.urls['graph_url']}/.default")


def test_azure_core_pages_retries_and_fails(simulator: Simulator) -> None:
    credential = by_secret(simulator, simulator.facts())
    base = f"{simulator.urls['graph_url']}/v1.0"
    signs_in = BearerTokenCredentialPolicy(credential, f"{simulator.urls['graph_url']}/.default")
    client: Any = PipelineClient(base, policies=[RetryPolicy(retry_backoff_factor=0), signs_in])
    with client:

        def page(link: str | None) -> Any:
            answer = client.send_request(HttpRequest("GET", link or f"{base}/users?$top=3"))
            answer.raise_for_status()
            return answer.json()

        def read(body: Any) -> tuple[str | None, list[Any]]:
            return body.get("@odata.nextLink"), body["value"]

        simulator.fault(match="users.user.ListUser", kind="status", status=429, headers={"Retry-After": "0"}, nth=2)
        assert len(list(ItemPaged(page, read))) == 4
        assert [row["status"] for row in simulator.requests() if row["service"] == "graph"] == [200, 429, 200]
        with pytest.raises(HttpResponseError) as missing:
            client.send_request(HttpRequest("GET", f"{base}/users/nobody")).raise_for_status()
        assert missing.value.error is not None and missing.value.error.code == "Request_ResourceNotFound"
