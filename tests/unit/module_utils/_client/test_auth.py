# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every sign-in method, with real msal."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import msal
import pytest

from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.module_utils._http.claims import claims
from ansible_collections.intune.exchange.plugins.modules import connector_info, requirements_info
from simulator import Simulator

from ..conftest import DEFAULTS, Clock

METHODS = ["client_secret", "certificate", "pfx", "federated_token", "managed_identity", "token"]


def info(simulator: Simulator, clock: Clock, method: str = "client_secret", tell: Any = None, **more: Any) -> Any:
    params = {**DEFAULTS, **simulator.options("ready", method), **more}
    return engine.run_declaration(connector_info.DECLARATION, params, False, tell=tell, **clock.options)


def sign_ins(simulator: Simulator) -> list[dict[str, Any]]:
    return [one for one in simulator.requests() if one["operation"] == "token" and one["status"] == 200]


@pytest.fixture(autouse=True)
def machine(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a managed identity."""
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", simulator.urls["managed_identity_url"])


@pytest.fixture
def log() -> Iterator[list[logging.LogRecord]]:
    """Ansible's log; pytest's own handlers also listen to loggers that do not propagate."""
    kept: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = kept.append  # type: ignore[assignment]
    logging.getLogger().addHandler(handler)
    yield kept
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("method", METHODS)
def test_each_method_reaches_both_services(simulator: Simulator, clock: Clock, method: str) -> None:
    params = {**DEFAULTS, **simulator.options("ready", method), "account": None, "directory_sync": "auto"}
    result = engine.run_declaration(requirements_info.DECLARATION, params, False, **clock.options)
    assert not result.get("failed"), result
    reached = {one["service"] for one in simulator.requests() if one["status"] == 200}
    assert {"graph", "exchange"} <= reached
    discoveries = [one for one in simulator.requests() if one["operation"] == "openid-configuration"]
    assert len(discoveries) == (0 if method in ("managed_identity", "token") else 1)
    assert len(sign_ins(simulator)) in (0, 2)


@pytest.mark.parametrize("region", ["westeurope", "no region!"])
@pytest.mark.parametrize("method", [*METHODS, "device_code"])
def test_the_environment_leads_no_sign_in_to_another_host(
    simulator: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch, method: str, region: str
) -> None:
    """Of msal: a region has an authority of its own, and an invalid one is an error."""
    monkeypatch.setenv("MSAL_FORCE_REGION", region)
    monkeypatch.setenv("REGION_NAME", region)
    result = info(simulator, clock, method, tell=lambda line: None)
    assert not result.get("failed"), result


def test_a_person_enters_one_code_for_both_services(simulator: Simulator, clock: Clock) -> None:
    told: list[str] = []
    params = {**DEFAULTS, **simulator.options("ready", "device_code"), "account": None, "directory_sync": "auto"}
    result = engine.run_declaration(requirements_info.DECLARATION, params, False, tell=told.append, **clock.options)
    assert not result.get("failed"), result
    assert len(told) == 1 and "code" in told[0]
    assert len(sign_ins(simulator)) == 2


def test_a_code_that_nobody_can_see_is_not_asked_for(simulator: Simulator, clock: Clock) -> None:
    result = info(simulator, clock, "device_code")
    assert result["error"]["kind"] == "usage" and "no terminal to show its code on" in result["msg"]
    assert simulator.requests() == []


def test_a_code_that_nobody_enters_ends_with_the_task(simulator: Simulator, clock: Clock) -> None:
    result = info(simulator, clock, "device_code", tell=lambda line: None, timeout=1)
    assert "nobody entered the code before the task timed out" in result["msg"]


@pytest.mark.parametrize("interval", [0, -5, 1e-9, "soon", "nan", None, [], 10**400, 7])
def test_nobody_is_asked_for_a_code_without_a_pause(
    simulator: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch, interval: Any
) -> None:
    """Whatever interval Entra, or a proxy in front of it, returns."""
    client = msal.PublicClientApplication
    begun = client.initiate_device_flow
    asked: list[Any] = []
    monkeypatch.setattr(client, "initiate_device_flow", lambda *a, **k: {**begun(*a, **k), "interval": interval})

    def pending(*arguments: Any, **_options: Any) -> dict[str, str]:
        asked.append(arguments)
        return {"error": "authorization_pending"}

    monkeypatch.setattr(client, "acquire_token_by_device_flow", pending)
    result = info(simulator, clock, "device_code", tell=lambda line: None, timeout=60)
    assert "nobody entered the code before the task timed out" in result["msg"]
    assert 7 <= len(asked) <= 12 and min(clock.sleeps) >= 5


@pytest.mark.filterwarnings("ignore:Attempted too soon")  # by the real clock, on which nobody waits here
@pytest.mark.parametrize("interval", [0, -1])
def test_msal_itself_polls_with_pauses(
    simulator: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch, interval: int
) -> None:
    """Its loop looks at the interval of the response."""
    client = msal.PublicClientApplication
    begun = client.initiate_device_flow
    monkeypatch.setattr(client, "initiate_device_flow", lambda *a, **k: {**begun(*a, **k), "interval": interval})
    assert not info(simulator, clock, "device_code", tell=lambda line: None).get("failed")
    pending = [one for one in simulator.requests() if one["operation"] == "token" and one["status"] == 400]
    assert pending and clock.sleeps == [5] * len(pending)


@pytest.mark.parametrize(
    ("changed", "code", "step"),
    [
        ({"iss": "https://other.example/"}, "700211", "Check the issuer of"),
        ({"aud": "https://other.example"}, "700212", "Check the audience of"),
        ({"sub": "system:serviceaccount:automation:other"}, "700213", "Check the subject of"),
        ({"sub": "SYSTEM:serviceaccount:automation:ready"}, "7002138", "in the same upper and lower case"),
    ],
)
def test_the_next_step_names_the_part_of_the_federated_credential_that_differs(
    simulator: Simulator, clock: Clock, tmp_path: Path, changed: dict[str, str], code: str, step: str
) -> None:
    known = Path(simulator.facts("ready")["federated_token_file"]).read_text(encoding="utf-8")
    inside = jwt.decode(known, options={"verify_signature": False}) | changed
    token = tmp_path / "token"
    token.write_text(jwt.encode(inside, "x" * 32, algorithm="HS256"), encoding="utf-8")
    token.chmod(0o600)
    failed = info(simulator, clock, "federated_token", federated_token_file=str(token))
    assert failed["error"]["kind"] == "sign_in" and f"returned 401 AADSTS{code}: " in failed["msg"]
    assert step in failed["msg"] and "Check the sign-in options" not in failed["msg"]


def test_a_refused_token_is_renewed_once(simulator: Simulator, clock: Clock) -> None:
    simulator.fault(match="graph", kind="status", status=401)
    assert not info(simulator, clock).get("failed")
    assert len(sign_ins(simulator)) == 2
    simulator.fault(match="graph", kind="status", status=401, count=9)
    result = info(simulator, clock)
    assert result["error"]["kind"] == "sign_in" and result["error"]["status"] == 401
    assert len(sign_ins(simulator)) == 4


def test_a_discovery_document_cannot_lead_the_secret_elsewhere(simulator: Simulator, clock: Clock) -> None:
    foreign = {
        "issuer": "https://foreign.example.invalid/",
        "token_endpoint": "https://foreign.example.invalid/token",
        "authorization_endpoint": "https://foreign.example.invalid/authorize",
    }
    simulator.fault(match="openid-configuration", kind="status", status=200, body=foreign)
    result = info(simulator, clock)
    assert result["error"]["kind"] == "protocol"
    assert "https://foreign.example.invalid/token, which is not below" in result["msg"]
    assert "nothing was sent" in result["msg"]


@pytest.mark.parametrize("method", ["client_secret", "managed_identity"])
@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (
            {"status": 403, "body": "Blocked by the proxy"},
            "sign_in",
            " returned 403: Blocked by the proxy. Check the sign-in options; a proxy may have responded.",
        ),
        ({"status": 407, "body": ""}, "sign_in", " returned 407"),
        ({"status": 200, "body": ""}, "protocol", " returned 200 without a JSON object"),
        ({"status": 200, "body": ["eyJ0eXAi"]}, "protocol", " returned 200 without a JSON object"),
        ({"kind": "truncate", "phase": "mid_body", "count": 9}, "protocol", " broke off"),
        ({"kind": "html", "count": 9}, "protocol", ", but no JSON"),
    ],
)
def test_an_answer_that_is_no_token_is_told_and_not_logged(
    simulator: Simulator,
    clock: Clock,
    log: list[logging.LogRecord],
    method: str,
    fault: dict[str, Any],
    kind: str,
    said: str,
) -> None:
    simulator.fault(**{"match": "identity" if method == "managed_identity" else "token", "kind": "status", **fault})
    result = info(simulator, clock, method)
    assert result["error"]["kind"] == kind and said in result["msg"], result
    assert result["msg"].startswith("Could not sign in on tenant ") and "eyJ0eXAi" not in str(result)
    logging.getLogger("msal.anything").error("what msal says")
    assert not [one for one in log if one.name.startswith("msal")]


@pytest.mark.parametrize("method", ["certificate", "federated_token"])
def test_a_missing_file_is_named(simulator: Simulator, clock: Clock, method: str) -> None:
    option = {"certificate": "certificate_path", "federated_token": "federated_token_file"}[method]
    result = info(simulator, clock, method, **{option: "/nowhere/file"})
    assert "/nowhere/file" in result["msg"] and option in result["msg"]


def test_no_token_leaves_the_engine(simulator: Simulator, clock: Clock) -> None:
    token = simulator.token("graph", "ready")
    simulator.fault(match="graph", kind="status", status=400, body={"error": {"code": token, "message": token}})
    result = info(simulator, clock, "token", graph_token=token)
    assert result["failed"] and token not in str(result)


@pytest.mark.parametrize("token", ["opaque", "a.b.c", "", ".M0", "a.W10.c"])
def test_an_opaque_token_says_nothing(token: str) -> None:
    assert claims(token) == {}
