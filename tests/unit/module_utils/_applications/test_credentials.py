# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of an application: used to sign in, renewed in time, and removed only on request."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from ansible_collections.intune.exchange.plugins.module_utils._applications.credentials import Held, no_sign_in
from ansible_collections.intune.exchange.plugins.module_utils._applications.key_files import make_certificate_file
from ansible_collections.intune.exchange.plugins.module_utils._applications.secret_credential import absent_secrets
from ansible_collections.intune.exchange.plugins.modules import application, application_credential, connector_info
from simulator import Simulator

Run = Callable[..., dict[str, Any]]
OURS = {"unique_name": "intune-exchange", "tenant": "first_contact"}
TRUST = {"kind": "federated", "issuer": "https://issuer.example", "subject": "job"}


@pytest.fixture(autouse=True)
def registered(run: Run, simulator: Simulator) -> dict[str, Any]:
    found: dict[str, Any] = run(application, **OURS)["application"]
    return found


def kept(run: Run, **options: Any) -> dict[str, Any]:
    result = run(application_credential, **{**OURS, **options})
    assert not result.get("failed"), result
    return result


def ours(simulator: Simulator) -> dict[str, Any]:
    [found] = [one for one in simulator.state("first_contact")["applications"] if one["uniqueName"]]
    return found


def signs_in(run: Run, app_id: str, **how: Any) -> str:
    """Whether a sign-in gave a token; the application's permissions are another matter."""
    result = run(connector_info, tenant="first_contact", client_id=app_id, **{"client_secret": None, **how})
    assert result["error"]["kind"] in ("forbidden", "sign_in"), result
    return str(result["error"]["kind"])


def test_a_client_secret_is_in_its_file_only(
    run: Run, simulator: Simulator, tmp_path: Path, registered: dict[str, Any]
) -> None:
    path = tmp_path / "secret"
    options = {"kind": "client_secret", "path": str(path)}
    assert kept(run, check_mode=True, **options)["changed"] and not path.exists()
    result = kept(run, **options)
    secret = path.read_text()
    assert secret not in str(result) and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not kept(run, **options)["changed"] and path.read_text() == secret
    how = {"client_secret": secret, "auth_method": "client_secret"}
    assert signs_in(run, registered["app_id"], **how) == "forbidden"
    path.unlink()  # if it is lost, a new one is created, and the old one stays until it is removed
    kept(run, **options)
    assert len(ours(simulator)["passwordCredentials"]) == 2
    kept(run, **options, remove_others=True)
    assert len(ours(simulator)["passwordCredentials"]) == 1
    assert signs_in(run, registered["app_id"], **how) == "sign_in"


@pytest.mark.parametrize("phase", ["before_effect", "after_effect"])
def test_a_client_secret_that_got_lost_does_not_stay(
    run: Run, simulator: Simulator, tmp_path: Path, phase: str
) -> None:
    options = {"kind": "client_secret", "path": str(tmp_path / "secret")}
    simulator.fault(match="applications.application.addPassword", kind="reset", phase=phase, nth=1)
    kept(run, **options)
    assert len(ours(simulator)["passwordCredentials"]) == 1


def test_a_certificate_is_renewed_before_it_ends(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    options = {"kind": "certificate", "path": str(path)}
    made = make_certificate_file(str(path), "old", 20, datetime.now(UTC))
    first = kept(run, **options, renew_before_days=5)
    assert first["thumbprint"] == made.thumbprint  # the existing one is used
    assert not kept(run, **options, renew_before_days=5)["changed"]
    predicted = kept(run, check_mode=True, **options)
    assert predicted["changed"] and not (tmp_path / "key.pem.next").exists()
    second = kept(run, **options)
    assert second["thumbprint"] != made.thumbprint and not (tmp_path / "key.pem.next").exists()
    assert len(ours(simulator)["keyCredentials"]) == 2
    last = kept(run, **options, remove_others=True)
    assert last["undo"] == "This cannot be undone" and len(ours(simulator)["keyCredentials"]) == 1
    assert kept(run, **options, state="absent")["changed"] and ours(simulator)["keyCredentials"] == []
    assert path.exists()


def test_a_renewal_that_was_cut_off_goes_on(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    make_certificate_file(str(path), "old", 20, datetime.now(UTC))
    begun = make_certificate_file(f"{path}.next", "new", 300, datetime.now(UTC))
    result = kept(run, kind="certificate", path=str(path))
    assert result["thumbprint"] == begun.thumbprint and len(ours(simulator)["keyCredentials"]) == 1
    assert begun.ends - datetime.now(UTC) > timedelta(days=250)


def test_a_file_that_others_may_read_is_refused(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    make_certificate_file(str(path), "open", 300)
    path.chmod(0o644)
    before = len(simulator.requests())
    for options in ({"path": str(path)}, {"path": str(tmp_path / "no" / "key.pem")}, {}):
        result = run(application_credential, **OURS, kind="certificate", **options)
        assert result["error"]["kind"] == "usage", result
    assert not [one for one in simulator.requests()[before:] if one["effect"]]


def test_a_federated_credential_replaces_the_others(
    run: Run, simulator: Simulator, tmp_path: Path, registered: dict[str, Any]
) -> None:
    kept(run, kind="client_secret", path=str(tmp_path / "secret"))
    kept(run, **TRUST)
    token = simulator._environment.issuer.token("job", issuer="https://issuer.example")
    how = {"federated_token": token, "auth_method": "federated_token"}
    assert signs_in(run, registered["app_id"], **how) == "forbidden"
    other = simulator._environment.issuer.token("another job", issuer="https://issuer.example")
    assert signs_in(run, registered["app_id"], **{**how, "federated_token": other}) == "sign_in"
    predicted = kept(run, check_mode=True, **TRUST, remove_others=True)
    assert predicted["changed"] and predicted["diff"]["after"]["client_secrets"] == []
    kept(run, **TRUST, remove_others=True)
    assert ours(simulator)["passwordCredentials"] == []
    again = kept(run, **{**TRUST, "name": "other-name"})  # an equal trust under another name exists already
    assert not again["changed"]
    assert "name, issuer and subject from diff.before" in kept(run, **TRUST, state="absent")["undo"]
    assert signs_in(run, registered["app_id"], **how) == "sign_in"


def refused(run: Run, **options: Any) -> str:
    result = run(application_credential, **{**OURS, **options})
    assert result.get("failed") and result["error"]["kind"] == "usage", result
    return str(result["msg"])


def trusts(simulator: Simulator) -> dict[str, str]:
    return {one["name"]: one["subject"] for one in simulator.state("first_contact")["federatedIdentityCredentials"]}


def test_no_name_goes_on_trusting_what_is_not_asked_for(run: Run, simulator: Simulator) -> None:
    """Microsoft Entra accepts an issuer and subject once per application."""
    first, second = {**TRUST, "name": "aaa"}, {**TRUST, "name": "bbb", "subject": "other job"}
    kept(run, **first)
    kept(run, **second)
    before = trusts(simulator)
    crossed = {**first, "subject": "other job"}
    for check_mode in (True, False):
        assert "Specify the name bbb" in refused(run, **crossed, check_mode=check_mode)
        assert "so it is not removed" in refused(run, **crossed, state="absent", check_mode=check_mode)
        assert "name bbb" in refused(run, **{**second, "name": "ccc"}, state="absent", check_mode=check_mode)
    assert trusts(simulator) == before == {"aaa": "job", "bbb": "other job"}
    kept(run, **first, state="absent")
    assert trusts(simulator) == {"bbb": "other job"} and not kept(run, **first, state="absent")["changed"]
    kept(run, **first)
    kept(run, **crossed, remove_others=True)
    assert trusts(simulator) == {"bbb": "other job"}


@pytest.mark.parametrize("state", ["absent", "present"])
def test_the_undo_of_a_federated_credential_trusts_whom_it_trusted(run: Run, simulator: Simulator, state: str) -> None:
    """The options of the task need not contain the trust: only its result does."""
    kept(run, **TRUST, name="aaa")
    before = trusts(simulator)
    changed = {"kind": "federated", "name": "aaa"} if state == "absent" else {**TRUST, "subject": "z", "name": "aaa"}
    result = kept(run, **changed, state=state)
    assert "name, issuer and subject from diff.before" in result["undo"] and trusts(simulator) != before
    for one in result["diff"]["before"]["federated"]:
        kept(run, kind="federated", **one, remove_others=False)
    assert trusts(simulator) == before


@pytest.mark.parametrize(
    ("kind", "link"), [("certificate", "key"), ("client_secret", "key"), ("client_secret", "key.id")]
)
def test_a_key_never_takes_the_place_of_a_link(
    run: Run, simulator: Simulator, tmp_path: Path, kind: str, link: str
) -> None:
    (tmp_path / link).symlink_to(tmp_path / "elsewhere")
    for check_mode in (True, False):
        options = {"kind": kind, "path": str(tmp_path / "key"), "check_mode": check_mode}
        assert "is a symbolic link" in refused(run, **options)
    assert [one.name for one in tmp_path.iterdir()] == [link] and (tmp_path / link).is_symlink()
    assert ours(simulator)["keyCredentials"] == ours(simulator)["passwordCredentials"] == []


def test_a_client_secret_never_takes_the_place_of_another_file(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "id_ed25519"
    path.write_text("a key of somebody")
    path.chmod(0o600)
    options = {"kind": "client_secret", "path": str(path)}
    for check_mode in (True, False):
        assert "was not written for a client secret" in refused(run, **options, check_mode=check_mode)
    assert path.read_text() == "a key of somebody" and list(tmp_path.iterdir()) == [path]
    # The secret of another application has no copy either.
    options["path"] = str(tmp_path / "secret")
    kept(run, **options)
    secret = (tmp_path / "secret").read_text()
    run(application, **{**OURS, "unique_name": "reports"})
    for check_mode in (True, False):
        message = refused(run, **{**options, "unique_name": "reports"}, check_mode=check_mode)
        assert "is for the application intune-exchange of " in message
    assert (tmp_path / "secret").read_text() == secret
    # An application that was deleted and recreated is the same.
    assert run(application, **OURS, state="absent")["changed"]
    run(application, **OURS)
    kept(run, **options)
    assert (tmp_path / "secret").read_text() != secret


def add_secret(simulator: Simulator, **named: Any) -> str:
    """The id of a secret that somebody else creates."""
    answer = requests.post(
        f"{simulator.urls['graph_url']}/v1.0/applications/{ours(simulator)['id']}/addPassword",
        json={"passwordCredential": named},
        headers={"Authorization": f"Bearer {simulator.token('graph', 'first_contact')}"},
        verify=simulator.urls["ca_path"],
        timeout=20,
    )
    assert answer.ok, answer.text
    return str(answer.json()["keyId"])


@pytest.mark.parametrize("remove_others", [True, False])
@pytest.mark.parametrize("named", [{}, {"displayName": "by hand"}])
@pytest.mark.parametrize("begun", ["nothing", "a secret that ends soon", "a secret that got lost"])
def test_what_becomes_of_the_secret_of_somebody_else(
    run: Run, simulator: Simulator, tmp_path: Path, remove_others: bool, named: dict[str, str], begun: str
) -> None:
    """The name of a secret is optional in Microsoft Graph, so several may have none."""
    options = {"kind": "client_secret", "path": str(tmp_path / "secret")}
    old = []
    if begun == "a secret that ends soon":
        kept(run, **options, validity_days=20, renew_before_days=5)
        old = [one["keyId"] for one in ours(simulator)["passwordCredentials"]]
    if begun == "a secret that got lost":
        add_secret(simulator, displayName="ours 0123abcd")
        (note := tmp_path / "secret.id").write_text('{"name": "ours 0123abcd"}')
        note.chmod(0o600)
    others = [*old, add_secret(simulator, **named)]
    stays = set() if remove_others else {*others}
    before = {one["keyId"] for one in ours(simulator)["passwordCredentials"]}
    results = [kept(run, **options, remove_others=remove_others, check_mode=mode) for mode in (True, False)]
    left = [one["keyId"] for one in ours(simulator)["passwordCredentials"]]
    assert set(left) & before == stays and len(left) == len(stays) + 1
    for result in results:
        told = {side: [one["key_id"] for one in result["diff"][side]["client_secrets"]] for side in ("before", "after")}
        assert set(told["before"]) == before and len(told["after"]) == len(left)
        assert set(told["after"]) & before == stays
        assert (result["undo"] == "This cannot be undone") is (before != stays)
    assert sorted(told["after"]) == sorted(left)


def test_a_client_secret_that_ends_before_it_is_due_is_refused(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    for days in (0, 30):
        message = refused(run, kind="client_secret", path=str(tmp_path / "secret"), validity_days=days)
        assert "validity_days must be more than renew_before_days" in message
    assert ours(simulator)["passwordCredentials"] == []


def test_only_secrets_that_were_asked_for_go_with_the_name(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    kept(run, kind="client_secret", path=str(tmp_path / "one"), name="intune-exchange")
    one = ours(simulator)["passwordCredentials"][0]
    by_hand = {**one, "keyId": "5f5a8d0b-7f4c-4a8e-9d3c-2f6f0a1b4c5d", "displayName": "intune-exchange production"}
    absent = absent_secrets({"path": None, "name": "intune-exchange"}, Held(secrets=[one, by_hand]))
    assert absent.secrets == [by_hand]


def test_a_certificate_of_an_authority_is_not_replaced(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    issued(path, days=20)
    held = path.read_bytes()
    assert kept(run, kind="certificate", path=str(path))["changed"]
    assert not kept(run, kind="certificate", path=str(path))["changed"] and path.read_bytes() == held
    issued(path, days=-1)
    held = path.read_bytes()
    message = refused(run, kind="certificate", path=str(path))
    assert "an authority issued it" in message and path.read_bytes() == held and len(list(tmp_path.iterdir())) == 1


def issued(path: Path, days: int) -> None:
    """A key whose certificate is not self-signed."""
    key, other = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _number in range(2))
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("mail.contoso.example", "CA")]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=days))
        .sign(other, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*form) + certificate.public_bytes(serialization.Encoding.PEM))
    path.chmod(0o600)


def test_a_certificate_that_encrypts_tokens_is_no_credential() -> None:
    encrypts, verifies = {"keyId": "1", "usage": "Encrypt"}, {"keyId": "2", "usage": "Verify"}
    held = Held([encrypts, verifies], [{"keyId": "3"}], [{"name": "jobs"}])
    assert no_sign_in(held) == Held([encrypts])


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (
            {"kubernetes": {"issuer": "https://c.example", "namespace": " ", "service_account": "a"}},
            "kubernetes.namespace",
        ),
        ({"gitlab": {"project": "", "branch": "main"}}, "gitlab.project"),
        ({"github": {"owner": "", "repository": "mail", "names_only": True, "branch": "main"}}, "github.owner"),
        (
            {"automation_platform": {"url": "https://p.example", "organization": "o", "job_template": ""}},
            "job_template",
        ),
        ({"issuer": "https://c.example", "subject": ""}, "subject"),
    ],
)
def test_a_blank_part_of_a_subject_is_refused(run: Run, simulator: Simulator, given: dict[str, Any], name: str) -> None:
    assert f"{name} is blank" in refused(run, kind="federated", **given)
    assert simulator.state("first_contact").get("federatedIdentityCredentials", []) == []


@pytest.mark.parametrize("name", ["ab", "a" * 61, "a b c", "a.b.c", "na\u00efve"])
def test_a_name_that_microsoft_graph_would_refuse(run: Run, simulator: Simulator, name: str) -> None:
    assert "takes 3 to 60 letters, digits, hyphens and underscores" in refused(run, **TRUST, name=name)
    assert simulator.state("first_contact").get("federatedIdentityCredentials", []) == []


def test_a_key_file_that_cannot_be_read_says_why(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = str(tmp_path / "file" / "key.pem")
    assert f"the file {path} of path cannot be read (Not a directory)" in refused(run, kind="certificate", path=path)


@pytest.mark.parametrize("status", [400, 403])
def test_a_secret_that_is_refused_is_asked_for_once(
    run: Run, simulator: Simulator, tmp_path: Path, status: int
) -> None:
    """Only what may pass by itself is tried again: each attempt may leave a secret that nobody knows."""
    simulator.fault(match="applications.application.addPassword", kind="status", status=status)
    options = {**OURS, "kind": "client_secret", "path": str(tmp_path / "secret")}
    assert run(application_credential, **options)["failed"]
    asked = [one for one in simulator.requests() if one["operation"] == "applications.application.addPassword"]
    assert len(asked) == 1 and ours(simulator)["passwordCredentials"] == []
