# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantee 15: secrets that services and proxies repeat, in every form, wherever text is shortened."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._client.msal_transport import MsalTransport
from ansible_collections.intune.exchange.plugins.module_utils._client.token_memory import TokenMemory
from ansible_collections.intune.exchange.plugins.module_utils._core.connection import CONNECTION_SPEC
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, one_line
from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.module_utils._http.service import Service
from ansible_collections.intune.exchange.plugins.module_utils._http.transport import Connections
from ansible_collections.intune.exchange.plugins.modules import connector_account

from .conftest import Clock
from .scripted_server import DOMAIN, Reply, ScriptedServer, token

CLIENT = "00000000-0000-0000-0000-000000000001"
SECRETS = ("canary~Q8.0123456789_abcdefghijklmnop", "zurück/zum 'kana\"rien'  vogel & <in> +=%.")
PURPOSE = Purpose("try it")
Play = Callable[..., str]


def forms(secret: str) -> dict[str, str]:
    def basic(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    return {
        "raw": secret,
        "url": quote(secret, safe=""),
        "lower": "".join(one.lower() if one.startswith("%") else one for one in _pairs(quote(secret, safe=""))),
        "html": html.escape(secret),
        "json": json.dumps(secret)[1:-1],
        "basic": basic(f"{CLIENT}:{secret}"),
        "form": basic(f"{quote_plus(CLIENT)}:{quote_plus(secret)}"),
    }


def _pairs(text: str) -> list[str]:
    first, *rest = text.split("%")
    return [first, *(part for one in rest for part in (f"%{one[:2]}", one[2:]))]


@pytest.fixture(scope="module")
def connections() -> Connections:
    """Separate ones would read the authorities' file again."""
    return Connections()


@pytest.fixture
def shown(wire: ScriptedServer, clock: Clock, connections: Connections) -> Play:
    """All output of a task that runs `work`: its result, and what people see meanwhile."""

    def play(work: Callable[[Tenant, Mapping[str, Any], bool], dict[str, Any]], **options: Any) -> str:
        lines: list[str] = []
        params = {
            **{option: spec.get("default") for option, spec in CONNECTION_SPEC.items()},
            "tenant_id": DOMAIN,
            "auth_method": "token",
            "graph_token": token(),
            "exchange_token": token(roles=["Exchange.ManageAsApp"]),
            "ca_path": str(wire.ca_path),
            "proxy": wire.proxy,
            **options,
        }
        result = engine.run_declaration(
            engine.Declaration("try it", work),
            params,
            False,
            lines.append,
            lines.append,
            clock=clock.now,
            sleep=clock.sleeps.append,
            random=lambda: 0.5,
            trace=lines.append,
            connections=connections,
        )
        return json.dumps([result, lines], ensure_ascii=False)

    return play


def graph(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    return {"found": tenant.graph.list("users", PURPOSE)[0]}


def exchange(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    return {"found": exchange_of(tenant).invoke("Get-CASMailbox", {}, PURPOSE).warnings}


def hidden(text: str, form: str) -> None:
    """No eight consecutive characters of it, which a cut could leave."""
    assert not [form[at : at + 8] for at in range(max(1, len(form) - 7)) if form[at : at + 8] in text], text


# Right before each length at which text is cut.
LIMITS = [60, 76, 112, 190, 388, 396, 1980]
# Each limit with one secret, each secret at one limit, and the rest in `make test-more`.
CUT = [
    pytest.param(secret, before, marks=() if secret == SECRETS[0] or before == LIMITS[0] else pytest.mark.more)
    for secret in SECRETS
    for before in LIMITS
]


@pytest.mark.parametrize(("secret", "before"), CUT)
def test_what_is_cut_was_masked_before(wire: ScriptedServer, shown: Play, secret: str, before: int) -> None:
    for form in forms(secret).values():
        text = "x" * (before - 2) + " " + form
        graph_error = {"error": {"code": text, "message": text, "innerError": {"request-id": text}}}
        inner = {"error": {"code": "BadRequest", "message": json.dumps({"Message": text, "ErrorCode": text})}}
        header = text.encode("utf-8").decode("latin-1")
        for work, reply in (
            (graph, Reply(graph_error, 400)),
            (graph, Reply(inner, 400, {"request-id": header})),
            (graph, Reply(text.encode(), 200, {"request-id": header, "Retry-After": "1"})),
            (graph, Reply(text.encode(), 400)),
            (graph, Reply(b"", 302, {"Location": f"https://elsewhere.example/{header}"})),
            (exchange, Reply({"error": {"code": "x", "message": f"Ex|{text}|{text}"}}, 400)),
            (exchange, Reply({"@adminapi.errors": [f"Ex|a.b.C|{text}"]})),
            (exchange, Reply({"value": [], "@adminapi.warnings": [text]}, headers={"Rate-Limit-Limit": header})),
        ):
            wire.answer(reply)
            found = shown(work, client_id=CLIENT, client_secret=secret)
            assert "try it" in found or "found" in found
            hidden(found, form)


@pytest.mark.parametrize("at", range(330, 405, 15))
def test_the_words_of_entra(wire: ScriptedServer, shown: Play, at: int) -> None:
    secret = SECRETS[0]
    said = "AADSTS7000215: Invalid client secret provided. " + "x" * at + f" '{secret}' was given.\r\nTrace ID: 1"
    wire.answer(
        Reply({"error": "invalid_client", "error_description": said, "correlation_id": secret}, 401),
    )
    options = {"auth_method": "client_secret", "client_id": CLIENT, "client_secret": secret}
    found = shown(graph, graph_token=None, exchange_token=None, **options)
    assert "AADSTS7000215" in found
    hidden(found, secret)


@pytest.mark.parametrize(("before", "way"), [*zip(LIMITS, cycle(("option", "environment", "file")), strict=False)])
def test_the_token_of_a_job_is_masked_as_well(
    wire: ScriptedServer, shown: Play, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, before: int, way: str
) -> None:
    """However it is given, by Entra that refuses it and by a service that repeats it after the sign-in."""
    secret = token(of="a job") + SECRETS[0]
    given: dict[str, Any] = {"auth_method": "federated_token", "client_id": CLIENT, "ca_path": str(wire.ca_path)}
    if way == "option":
        given["federated_token"] = secret + "\n"
    elif way == "environment":
        monkeypatch.setenv("AZURE_FEDERATED_TOKEN", secret)
    else:
        (tmp_path / "token").write_text(f"{secret}\n")
        given["federated_token_file"] = str(tmp_path / "token")
    params = ArgumentSpecValidator(CONNECTION_SPEC).validate({**given, "tenant_id": DOMAIN, "proxy": wire.proxy})
    assert not params.error_messages
    access = Reply({"access_token": token(), "expires_in": 3600, "token_type": "Bearer"})
    for form in forms(secret).values():
        text = "x" * (before - 2) + " " + form
        said = f"AADSTS700027: {text}\r\nTrace ID: {text}"
        refused = Reply({"error": text, "error_description": said, "correlation_id": text}, 401)
        for replies in (
            (refused,),
            (Reply(text.encode(), 200),),
            (access, Reply({"error": {"code": text, "message": text, "innerError": {"request-id": text}}}, 400)),
        ):
            wire.answer(*replies)
            found = shown(graph, **params.validated_parameters)
            assert '"failed": true' in found
            hidden(found, form)


@pytest.mark.parametrize(
    ("name", "headers"), [("client_assertion", False), ("Authorization", True), ("X-IDENTITY-HEADER", True)]
)
def test_what_only_msal_knows_is_masked_as_well(wire: ScriptedServer, shown: Play, name: str, headers: bool) -> None:
    """Proof that is derived from a certificate, or found on the machine, is not an option."""
    proof = "canary.of-a_proof.0123456789"
    said = "AADSTS700027: " + "x" * 380 + f" {proof}"

    def work(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
        service = Service("Microsoft Entra", "https://login.microsoftonline.com")
        transport = MsalTransport(tenant.http, service, tenant.tokens._refused, TokenMemory())
        sent = {name: f"Basic {proof}" if name == "Authorization" else proof}
        transport.post(f"{service.root}/t", data={} if headers else sent, headers=sent if headers else {})
        return {}

    wire.answer(Reply({"error": "invalid_client", "error_description": said}, 401))
    found = shown(work)
    assert "AADSTS700027" in found
    hidden(found, proof)


def test_a_password_of_the_module_is_masked_as_well(wire: ScriptedServer, clock: Clock) -> None:
    """Not only the connection options are secret."""
    password = "canary-Pa55word.0123456789"
    text = "x" * 388 + f" {password}"
    wire.answer(Reply({"error": {"code": "Request_BadRequest", "message": text}}, 400))
    declaration = connector_account.DECLARATION
    defaults = {option: spec.get("default") for option, spec in declaration.argument_spec.items()}
    given = {"tenant_id": DOMAIN, "auth_method": "token", "graph_token": token(), "exchange_token": token()}
    account = {"user_principal_name": "a@contoso.com", "usage_location": "CH", "password": password}
    connection = {"ca_path": str(wire.ca_path), "proxy": wire.proxy}
    result = engine.run_declaration(
        declaration, {**defaults, **given, **account, **connection}, False, clock=clock.now, sleep=clock.sleeps.append
    )
    assert result["failed"]
    hidden(json.dumps(result), password)


@pytest.mark.parametrize("more", ["\n", " \r\n", "\t"])
def test_a_token_with_a_line_end_is_taken(wire: ScriptedServer, shown: Play, more: str) -> None:
    given = token(filler="x" * 1500)
    wire.answer(Reply({"value": []}))
    assert "found" in shown(graph, graph_token=given + more)
    assert wire.asked[0].headers["authorization"] == f"Bearer {given}"


@pytest.mark.parametrize("corrupted", ["{}\n{}", "{} {}", "{}\u00e9{}", "{}\x00{}", "Bearer {}{}", "{}\ud800{}"])
def test_a_token_that_no_header_can_hold_is_refused_without_being_shown(
    wire: ScriptedServer, shown: Play, corrupted: str
) -> None:
    given = token(filler="x" * 700)
    found = shown(graph, graph_token=corrupted.format(given, given))
    assert '"kind": "usage"' in found and "graph_token" in found and "bug" not in found
    assert wire.asked == []
    hidden(found, given[:40])


def test_a_value_that_a_header_cannot_hold_is_refused_without_being_shown(wire: ScriptedServer, shown: Play) -> None:
    def work(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
        exchange_of(tenant).invoke("Get-CASMailbox\r\nX-Evil: canary-of-a-header", {}, PURPOSE, known=False)
        return {}

    found = shown(work)
    assert "no header can hold" in found and wire.asked == []
    hidden(found, "canary-of-a-header")


def test_the_password_of_a_proxy_is_a_secret(wire: ScriptedServer, shown: Play) -> None:
    port = wire.proxy.rpartition(":")[2]
    password = "canary/of:a proxy"
    wire.answer(Reply({"error": {"code": "x", "message": f"{password} {quote(password, safe='')}"}}, 400))
    found = shown(graph, proxy=f"http://svc:{quote(password, safe='')}@127.0.0.1:{port}")
    assert "returned 400" in found
    hidden(found, password)
    hidden(found, quote(password, safe=""))


def test_keys_and_what_changed_stay_whatever_a_secret_is(wire: ScriptedServer, shown: Play) -> None:
    def work(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
        return {"changed": True, "diff": {"before": {"exchange": "x"}, "after": {"exchange": one_line("exchange")}}}

    result, _lines = json.loads(shown(work, certificate_password="hang"))
    assert result == {"changed": True, "diff": {"before": {"exchange": "x"}, "after": {"exchange": "exc********e"}}}


def test_an_exception_that_nobody_reckoned_with(wire: ScriptedServer, shown: Play) -> None:
    secret = SECRETS[1]

    def work(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
        raise RuntimeError("x" * 180 + " " + secret)

    found = shown(work, client_secret=secret)
    assert "this is a bug" in found
    hidden(found, secret)
    hidden(found, json.dumps(secret)[1:-1])
