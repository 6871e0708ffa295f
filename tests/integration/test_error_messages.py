# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input and failing services: one sentence with action, tenant, source and next step; no traceback, no secret."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from simulator import Simulator

from .conftest import Play, Run

ACCOUNT = "svc-intune-connector@contoso.example"
PRESENT = {"intune.exchange.connector": {"primary_smtp_address": ACCOUNT}}
INFO: dict[str, Any] = {"intune.exchange.connector_info": {}}
LIST = "deviceManagement.ListExchangeConnectors"


def failing(play: Play, simulator: Simulator, *tasks: dict[str, Any], **options: Any) -> Run:
    """A run that fails as expected, at the highest verbosity and without a trace of a secret or of Python."""
    run = play(*(tasks or (INFO,)), arguments=("-vvvv",), **options)
    assert run.code == 2, run.output
    assert "Traceback" not in run.output
    shown = run.output + str(run.results)
    facts = simulator.facts("ready")
    tokens = ("eyJ0eXAi", "eyJhbGci")  # how every JWT begins
    for secret in (facts["client_secret"], facts["certificate_password"], "a-wrong-secret-canary", *tokens):
        assert secret not in shown
    message = run.failed["msg"]
    assert "\n" not in message and len(message) < 1200
    return run


def without(environment: dict[str, str], *names: str, **changed: str) -> dict[str, str]:
    return {**{name: value for name, value in environment.items() if name not in names}, **changed}


def expired_certificate(folder: Path) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "expired")])
    end = datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(end - datetime.timedelta(days=9))
        .not_valid_after(end)
        .sign(key, hashes.SHA256())
    )
    path = folder / "expired.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    path.write_bytes(pem)
    return path


def test_no_credentials(play: Play, simulator: Simulator) -> None:
    environment = without(simulator.environment(), "AZURE_CLIENT_SECRET", "INTUNE_EXCHANGE_AUTH_METHOD")
    message = failing(play, simulator, environment=environment).failed["msg"]
    assert message.startswith("Could not read the Exchange connectors on tenant ")
    assert "no credentials are set. Set client_id (AZURE_CLIENT_ID) and one of" in message


def test_two_methods_at_once(play: Play, simulator: Simulator) -> None:
    both = {**simulator.environment(method="certificate"), **simulator.environment()}
    message = failing(play, simulator, environment=without(both, "INTUNE_EXCHANGE_AUTH_METHOD")).failed["msg"]
    assert "several sign-in methods are set at once: client_secret (AZURE_CLIENT_SECRET), certificate_path" in message
    assert "choose one with auth_method (INTUNE_EXCHANGE_AUTH_METHOD)" in message


def test_a_wrong_secret(play: Play, simulator: Simulator) -> None:
    environment = without(simulator.environment(), AZURE_CLIENT_SECRET="a-wrong-secret-canary")
    failed = failing(play, simulator, environment=environment).failed
    assert "Could not sign in on tenant" in failed["msg"]
    assert "Microsoft Entra returned 401 AADSTS7000215: Invalid client secret" in failed["msg"]
    assert "Set the value of a current secret (not its id) in client_secret (AZURE_CLIENT_SECRET)" in failed["msg"]
    assert failed["error"]["kind"] == "sign_in" and failed["error"]["request_id"]


def test_an_expired_certificate(play: Play, simulator: Simulator, tmp_path: Path) -> None:
    path = expired_certificate(tmp_path)
    environment = without(simulator.environment(method="certificate"), AZURE_CLIENT_CERTIFICATE_PATH=str(path))
    message = failing(play, simulator, environment=environment).failed["msg"]
    assert f"the certificate in {path} expired on 2024-05-01. Create a new certificate" in message


def test_a_wrong_pfx_password(play: Play, simulator: Simulator) -> None:
    wrong = "a-wrong-secret-canary"
    environment = without(simulator.environment(method="pfx"), AZURE_CLIENT_CERTIFICATE_PASSWORD=wrong)
    message = failing(play, simulator, environment=environment).failed["msg"]
    assert "of certificate_path (AZURE_CLIENT_CERTIFICATE_PATH) cannot be opened: Invalid password" in message
    assert "Check certificate_password (AZURE_CLIENT_CERTIFICATE_PASSWORD)" in message


def test_an_unknown_tenant(play: Play, simulator: Simulator) -> None:
    nobody = "11111111-2222-3333-4444-555555555555"
    environment = without(simulator.environment(), AZURE_TENANT_ID=nobody)
    message = failing(play, simulator, environment=environment).failed["msg"]
    assert f"Could not sign in on tenant {nobody}: Microsoft Entra returned 400 AADSTS90002" in message
    assert "Check tenant_id (AZURE_TENANT_ID) and the option cloud" in message


def test_a_host_that_does_not_resolve(play: Play, simulator: Simulator) -> None:
    environment = without(simulator.environment(), AZURE_AUTHORITY_HOST="https://login.nowhere.invalid")
    message = failing(play, simulator, environment=environment).failed["msg"]
    assert "the host name of login.nowhere.invalid does not resolve. Check the network" in message


def test_an_untrusted_certificate(play: Play, simulator: Simulator) -> None:
    failed = failing(play, simulator, environment=without(simulator.environment(), "INTUNE_EXCHANGE_CA_PATH")).failed
    assert "the certificate of localhost:" in failed["msg"] and "is not trusted" in failed["msg"]
    assert "specify its file in the option ca_path" in failed["msg"]
    assert failed["error"]["kind"] == "tls"
    assert simulator.requests() == []


def test_the_environment_changes_neither_trust_nor_the_bearer(play: Play, simulator: Simulator, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine localhost login intruder password intruder\n")
    ca = simulator.urls["ca_path"]
    hostile = {"HOME": str(tmp_path), "HTTPS_PROXY": "http://127.0.0.1:9", "NETRC": str(tmp_path / ".netrc")}
    assert play(INFO, environment={**simulator.environment(), **hostile}).code == 0
    trusting = {"REQUESTS_CA_BUNDLE": ca, "CURL_CA_BUNDLE": ca, "SSL_CERT_FILE": ca}
    environment = without({**simulator.environment(), **trusting}, "INTUNE_EXCHANGE_CA_PATH")
    assert failing(play, simulator, environment=environment).failed["error"]["kind"] == "tls"


def test_a_malformed_address(play: Play, simulator: Simulator) -> None:
    task = {"intune.exchange.connector": {"primary_smtp_address": "svc at contoso"}}
    message = failing(play, simulator, task).failed["msg"]
    assert "primary_smtp_address is not a mail address: svc at contoso. Specify it as name@domain" in message


@pytest.mark.parametrize(
    ("tenant", "reason"), [("account_missing", "no account owns the address"), ("account_disabled", "is disabled")]
)
def test_an_account_that_cannot_be_bound(play: Play, simulator: Simulator, tenant: str, reason: str) -> None:
    task = {"intune.exchange.connector": {"primary_smtp_address": simulator.facts(tenant)["account"]}}
    run = failing(play, simulator, {**task, "check_mode": True, "ignore_errors": True}, task, tenant=tenant)
    for result in run.results.values():
        assert result["error"]["kind"] == "account" and reason in result["msg"]
    assert not [one for one in simulator.requests() if one["effect"]]


def test_a_missing_permission_is_named(play: Play, simulator: Simulator) -> None:
    read_only = simulator.token("graph", "ready", {"DeviceManagementServiceConfig.Read.All", "User.Read.All"})
    environment = {**simulator.environment("ready", method="token"), "INTUNE_EXCHANGE_GRAPH_TOKEN": read_only}
    failed = failing(play, simulator, PRESENT, environment=environment).failed
    assert failed["error"]["kind"] == "forbidden" and failed["error"]["status"] == 403
    assert "Could not configure the Exchange connector on tenant" in failed["msg"]
    assert "This needs DeviceManagementServiceConfig.ReadWrite.All: grant it to the application" in failed["msg"]
    assert failed["error"]["request_id"] in failed["msg"]


def test_no_intune_licence(play: Play, simulator: Simulator) -> None:
    failed = failing(play, simulator, tenant="no_intune_licence").failed
    assert failed["error"]["kind"] == "no_intune_licence"
    said = "Microsoft Graph returned 400 BadRequest: Request not applicable to target tenant"
    assert f"the tenant has no active Intune licence ({said}" in failed["msg"]


@pytest.mark.parametrize("tenant", ["connector_not_offered", "connector_refused"])
def test_the_connector_is_not_offered(play: Play, simulator: Simulator, tenant: str) -> None:
    task = {"intune.exchange.connector": {"primary_smtp_address": simulator.facts(tenant)["account"]}}
    run = failing(play, simulator, {**INFO, "register": "facts"}, task, tenant=tenant)
    assert run.failed["error"]["kind"] == "not_offered"
    said = "this tenant does not offer the service-to-service connector (Microsoft Graph returned "
    assert said in run.failed["msg"]
    assert "Microsoft announced the removal of this connector type in 2019" in run.failed["msg"]
    assert run.results["facts"]["offered"] is (tenant == "connector_refused")
    assert run.results["facts"]["connectors"] == []


def test_two_connectors(play: Play, simulator: Simulator) -> None:
    remove = {"intune.exchange.connector": {"state": "absent"}, "ignore_errors": True}
    sync: dict[str, Any] = {"intune.exchange.connector_sync": {}}
    run = failing(play, simulator, {**INFO, "register": "facts"}, remove, sync, tenant="two_connectors")
    facts, *refused = run.results.values()
    ids = [one["id"] for one in facts["connectors"]]
    for result in refused:
        assert result["error"]["kind"] == "ambiguous" and result["error"]["candidates"] == ids
        assert all(one in result["msg"] for one in ids)
    assert not [one for one in simulator.requests() if one["effect"]]


def test_throttled_beyond_the_deadline(play: Play, simulator: Simulator) -> None:
    simulator.fault(match=LIST, kind="status", status=429, count=99, headers={"Retry-After": "900"})
    failed = failing(play, simulator).failed
    assert failed["error"]["kind"] == "throttled"
    assert "returned 429" in failed["msg"] and "asks to wait 900 s, but only" in failed["msg"]
    assert "of the 300 s of the option timeout are left" in failed["msg"]
    assert len([one for one in simulator.requests() if one["operation"] == LIST]) == 1


def test_an_answer_that_is_not_json(play: Play, simulator: Simulator) -> None:
    simulator.fault(match=LIST, kind="html", count=99)
    failed = failing(play, simulator).failed
    assert failed["error"]["kind"] == "protocol"
    assert "Microsoft Graph returned 200, but no JSON" in failed["msg"]


# tests/guarantees/test_faults.py covers each request of each module with each of these.
FAULTS: list[tuple[dict[str, Any], str, bool]] = [
    ({"kind": "truncate", "phase": "mid_body"}, "protocol", True),
    ({"kind": "bad_json"}, "protocol", True),
    ({"kind": "status", "status": 500}, "timeout", True),
    ({"kind": "reset"}, "network", False),
    ({"kind": "looping_next_link"}, "truncated", True),
    ({"kind": "foreign_next_link"}, "protocol", True),
    ({"kind": "redirect"}, "protocol", True),
    ({"kind": "status", "status": 404}, "protocol", False),
]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        pytest.param(
            fault,
            kind,
            id="-".join(str(part) for part in (*fault.values(), kind)),
            marks=[pytest.mark.more] if more else [],
        )
        for fault, kind, more in FAULTS
    ],
)
def test_a_read_that_fails_is_never_absent(play: Play, simulator: Simulator, fault: dict[str, Any], kind: str) -> None:
    simulator.fault(match=LIST, count=99, **fault)
    environment = {**simulator.environment(), "INTUNE_EXCHANGE_TIMEOUT": "4"}
    run = failing(play, simulator, PRESENT, environment=environment)
    assert run.failed["error"]["kind"] in (kind, "timeout"), run.failed
    assert not [one for one in simulator.requests() if one["effect"]]


def test_a_lost_creation_leaves_one_connector(play: Play, simulator: Simulator) -> None:
    simulator.fault(match="deviceManagement.CreateExchangeConnectors", kind="reset", phase="after_effect")
    run = play(PRESENT, PRESENT)
    assert run.code == 0, run.output
    first, second = run.results.values()
    assert first["changed"] and not second["changed"]
    assert first["connector"]["id"] == second["connector"]["id"]
    assert len([one for one in simulator.requests() if one["class"] == "CREATE" and one["effect"]]) == 1
