# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in with the responses seen from platforms and Entra."""

from __future__ import annotations

import base64
import http.server
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs

import msal.managed_identity
import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client import machine
from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Read
from ansible_collections.intune.exchange.plugins.module_utils._client.sign_in_key import sign_in_key
from ansible_collections.intune.exchange.plugins.module_utils._core.connection import CONNECTION_SPEC
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.redaction import Redactor
from ansible_collections.intune.exchange.plugins.module_utils._engine.run import run_declaration
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.module_utils._http.challenge import claims_challenge
from ansible_collections.intune.exchange.plugins.module_utils._http.http import Http
from ansible_collections.intune.exchange.plugins.modules import connector_info

from .scripted_server import GRAPH, LOGIN, TENANT, Reply, ScriptedServer, token

SECRET = "proof-of-being-here"


@pytest.fixture
def arc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, str]]]:
    """The identity endpoint of Azure Arc: 401 names a file, whose content is the proof (msal-python 812 and 814)."""
    asked: list[dict[str, str]] = []
    (tmp_path / "x.key").write_text(SECRET)
    monkeypatch.setitem(msal.managed_identity._supported_arc_platforms_and_their_prefixes, sys.platform, str(tmp_path))

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append({name.lower(): value for name, value in self.headers.items()})
            proved = self.headers.get("Authorization") == f"Basic {SECRET}"
            content = json.dumps({"access_token": token(), "expires_in": "3600"}).encode() if proved else b""
            self.send_response(200 if proved else 401)
            if not proved:
                self.send_header("WWW-Authenticate", f"Basic realm={tmp_path / 'x.key'}")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_address[1]}/metadata/identity/oauth2/token"
    for name in ("AZURE_POD_IDENTITY_AUTHORITY_HOST", "IDENTITY_HEADER", "MSI_ENDPOINT", "MSI_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IDENTITY_ENDPOINT", endpoint)
    monkeypatch.setenv("IMDS_ENDPOINT", endpoint)
    yield asked
    server.shutdown()
    server.server_close()


def test_azure_arc_is_shown_the_file_that_it_names(opened: Callable[..., Tenant], arc: list[dict[str, str]]) -> None:
    tenant = opened(auth_method="managed_identity", graph_token=None, exchange_token=None)
    assert tenant.tokens.bearer("graph") == token()
    assert [one.get("authorization") for one in arc] == [None, f"Basic {SECRET}"]


def test_a_module_on_azure_arc_and_the_tokens_of_another_machine(
    wire: ScriptedServer, arc: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Two machines with a shared home folder and token cache: each signs in once, for itself."""
    identifier = tmp_path / "machine-id"
    monkeypatch.setattr(machine, "_MACHINE", (str(identifier), str(tmp_path / "missing")))
    params = {
        **{option: spec.get("default") for option, spec in CONNECTION_SPEC.items()},
        "tenant_id": TENANT,
        "auth_method": "managed_identity",
        "token_cache": str(tmp_path / "tokens"),
        "ca_path": str(wire.ca_path),
        "proxy": wire.proxy,
    }
    sign_ins = []
    for installation in ("a", "a", "b", "b"):
        identifier.write_text(installation)
        wire.answer(Reply({"value": []}))
        result = run_declaration(connector_info.DECLARATION, params, False)
        assert result["connectors"] == [], result
        sign_ins.append(len(arc))
    assert sign_ins == [2, 2, 4, 4]  # the first request of each gets the name of the file


def test_azure_arc_is_found_without_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AZURE_POD_IDENTITY_AUTHORITY_HOST", "IDENTITY_ENDPOINT", "MSI_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    assert machine.identity_endpoint() == "http://169.254.169.254"
    (tmp_path / "himds").touch()
    monkeypatch.setattr(machine, "_ARC_SERVICE", str(tmp_path / "himds"))
    assert machine.identity_endpoint() == "http://localhost:40342"


def test_msal_asks_where_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without variables msal finds Azure Arc by a file, and its endpoint is an allowed one."""
    for name in ("AZURE_POD_IDENTITY_AUTHORITY_HOST", "IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "MSI_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    exists = os.path.exists
    monkeypatch.setattr(os.path, "exists", lambda path: str(path) == "/opt/azcmagent/bin/himds" or exists(path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert msal.managed_identity.get_managed_identity_source() is msal.managed_identity.AZURE_ARC
    assert msal.managed_identity._get_arc_endpoint().startswith(f"{machine.identity_endpoint()}/")


def test_a_customer_without_consent_gets_the_link(opened: Callable[..., Tenant]) -> None:
    tenant = opened(auth_method="client_secret", client_id="app", client_secret="s3cret")
    words = "AADSTS7000229: The client application is missing service principal in the tenant."
    refused = tenant.tokens._refused("unauthorized_client", words, None, 401)
    assert isinstance(refused, TenantError) and refused.kind == "sign_in"
    assert f"https://login.microsoftonline.com/{TENANT}/adminconsent?client_id=app" in refused.next_step


def test_a_proof_that_cannot_be_read_is_named(
    opened: Callable[..., Tenant], arc: list[dict[str, str]], tmp_path: Path
) -> None:
    """Only root and the group himds may read it."""
    (tmp_path / "x.key").unlink()
    with pytest.raises(TenantError, match="msal cannot read No such file") as caught:
        opened(auth_method="managed_identity", graph_token=None, exchange_token=None).tokens.bearer("graph")
    assert caught.value.kind == "sign_in" and "himds" in caught.value.next_step and "x.key" in caught.value.problem


WANTED = {"access_token": {"nbf": {"essential": True, "value": "1604106651"}}}
CHALLENGE = (
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
    f'error="insufficient_claims", claims="{base64.b64encode(json.dumps(WANTED).encode()).decode()}"'
)


def test_a_claims_challenge_is_passed_on(opened: Callable[..., Tenant], wire: ScriptedServer) -> None:
    """Continuous access evaluation: the service requires claims of the next token (Microsoft, claims challenge)."""
    first, second = token(), token(new=True)
    wire.answer(
        Reply({"access_token": first, "expires_in": 3600, "token_type": "Bearer"}),
        Reply({"error": {"code": "InvalidAuthenticationToken"}}, 401, {"WWW-Authenticate": CHALLENGE}),
        Reply({"access_token": second, "expires_in": 3600, "token_type": "Bearer"}),
        Reply({"value": []}),
    )
    tenant = opened(auth_method="client_secret", client_id="app", client_secret="s3cret", graph_token=None)
    tenant.graph.list("groups", Purpose("try it"))
    asked, again = (parse_qs(one.body) for one in wire.asked if one.method == "POST")
    assert "claims" not in asked and json.loads(again["claims"][0]) == WANTED
    assert [one.headers["authorization"] for one in wire.asked if one.host == GRAPH] == [
        f"Bearer {first}",
        f"Bearer {second}",
    ]


def test_a_claims_challenge_to_parts_of_a_batch_is_passed_on(
    opened: Callable[..., Tenant], wire: ScriptedServer
) -> None:
    """Each part of a batch is an answer of its own, with its own status and headers (Graph, JSON batching)."""
    refused = {"status": 401, "body": {"error": {"code": "InvalidAuthenticationToken", "message": "m"}}}
    plain, challenged = {**refused, "id": "a"}, {**refused, "id": "b", "headers": {"Www-Authenticate": CHALLENGE}}
    people = {"id": "c", "status": 200, "body": {"value": [{"id": "1"}]}}
    wire.answer(
        Reply({"access_token": token(), "expires_in": 3600, "token_type": "Bearer"}),
        Reply({"responses": [plain, challenged, people]}),
        Reply({"access_token": token(new=True), "expires_in": 3600, "token_type": "Bearer"}),
        Reply({"responses": [{**people, "id": "a"}, challenged]}),
    )
    tenant = opened(auth_method="client_secret", client_id="app", client_secret="s3cret", graph_token=None)
    found = tenant.graph.batch({name: Read("users", Purpose(f"read {name}")) for name in ("a", "b", "c")})
    assert found["a"].value == found["c"].value == [{"id": "1"}]
    error = found["b"].error
    assert error is not None and error.kind == "sign_in" and "a claims challenge" in str(error)
    asked, again = (parse_qs(one.body) for one in wire.asked if one.host == LOGIN and one.method == "POST")
    assert "claims" not in asked and json.loads(again["claims"][0]) == WANTED
    batches = [one for one in wire.asked if one.host == GRAPH]
    assert [one.headers["authorization"] for one in batches] == [f"Bearer {token()}", f"Bearer {token(new=True)}"]
    assert [[part["id"] for part in one.body["requests"]] for one in batches] == [["a", "b", "c"], ["a", "b"]]


def test_a_given_token_that_a_challenge_refuses_is_told(opened: Callable[..., Tenant], wire: ScriptedServer) -> None:
    wire.answer(Reply({"error": {"code": "InvalidAuthenticationToken"}}, 401, {"www-authenticate": CHALLENGE}))
    with pytest.raises(TenantError, match="a claims challenge") as caught:
        opened().graph.list("groups", Purpose("try it"))
    assert caught.value.kind == "sign_in"


@pytest.mark.parametrize(
    "header", ["", "Bearer", 'Bearer claims="W10="', 'Bearer claims="x"', 'Bearer claims="eyJ"', "Bearer claims=e30"]
)
def test_what_is_no_claims_challenge(header: str) -> None:
    assert claims_challenge({"WWW-Authenticate": header}) == ""


CLAIMS = base64.b64encode(json.dumps(WANTED).encode()).decode()


@pytest.mark.parametrize(
    "header",
    [
        f'Bearer CLAIMS="{CLAIMS}"',
        f'Bearer realm="", Claims="{CLAIMS}"',
        f'Bearer claims = "{CLAIMS}"',
        f'Bearer claims\t=\t"{CLAIMS}", error="insufficient_claims"',
        f'Bearer claims="!!", Bearer claims="{CLAIMS}"',
        f'Bearer claims="x", Bearer claims="{CLAIMS}"',
        f'Bearer claims="W10=", Bearer claims="{CLAIMS}"',
        f'Bearer error_description="claims=\\"W10=\\"", claims="{CLAIMS}"',
        f'Bearer other-claims="e30=", claims="{CLAIMS}"',
    ],
)
def test_a_claims_challenge_in_any_form_is_found(header: str) -> None:
    """RFC 9110, 11.2: names in any case, and white space around the sign; 11.6.1: several challenges."""
    assert json.loads(claims_challenge({"WWW-Authenticate": header}) or "null") == WANTED


def test_a_managed_identity_is_that_of_its_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Machines that share a home folder, and its token_cache, call the same address for their identities."""
    identifier = tmp_path / "machine-id"

    def key(installation: str, name: str) -> str:
        identifier.write_text(installation)
        monkeypatch.setattr(machine, "_MACHINE", (str(identifier), str(tmp_path / "missing")))
        monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(nodename=name))
        return sign_in_key(
            {"tenant_id": TENANT},
            "managed_identity",
            LOGIN,
            GRAPH,
            cast(Http, None),
            Redactor(),  # not asked
        )

    assert key("a", "one") == key("a", "one")
    assert len({key("a", "one"), key("b", "one"), key("a", "two")}) == 3
