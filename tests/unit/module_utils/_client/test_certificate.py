# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Realistic certificate files: with chains in any order, renewed, foreign, expired, with other keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from ansible_collections.intune.exchange.plugins.module_utils._client.certificate import client_credential
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError

NOW = datetime.now(UTC)


@lru_cache
def key(name: str) -> Any:
    if name.startswith("ec"):
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate() if name.startswith("ed") else rsa.generate_private_key(65537, 2048)


@lru_cache
def certificate(name: str, days: int = 100, since: int = 500) -> x509.Certificate:
    """A self-signed certificate for the key of this name, valid since and for this many days."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = x509.CertificateBuilder(subject, subject, key(name).public_key(), x509.random_serial_number())
    built = built.not_valid_before(NOW - timedelta(days=since)).not_valid_after(NOW + timedelta(days=days))
    return built.sign(key(name), None if name.startswith("ed") else hashes.SHA256())


def pem(one: x509.Certificate) -> str:
    return one.public_bytes(Encoding.PEM).decode()


def private(name: str, password: str = "") -> str:
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return str(key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode())


def chosen(path: Path, *parts: str, password: str | None = None) -> str:
    path.write_text("".join(parts))
    return client_credential(str(path), password)["public_certificate"]


def refused(path: Path, *parts: str) -> str:
    with pytest.raises(TenantError) as caught:
        chosen(path, *parts)
    assert str(path) in str(caught.value)
    return f"{caught.value.kind}: {caught.value}"


def test_the_certificate_is_that_of_the_key(tmp_path: Path) -> None:
    """As `cat ca.crt app.crt app.key` makes it (azure-cli 26443), and in any other order."""
    authority, own = certificate("ca"), certificate("app")
    parts = [pem(authority), pem(own), private("app")]
    for order in ((0, 1, 2), (1, 0, 2), (2, 0, 1), (0, 2, 1)):
        assert chosen(tmp_path / "app.pem", *(parts[one] for one in order)) == pem(own)
    assert chosen(tmp_path / "app.pem", pem(authority), pem(own), private("app", "x"), password="x") == pem(own)


def test_the_certificate_of_a_pfx_is_that_of_the_key(tmp_path: Path) -> None:
    path = tmp_path / "app.pfx"
    path.write_bytes(pkcs12.serialize_key_and_certificates(None, key("app"), None, [certificate("ca")], NoEncryption()))
    with pytest.raises(TenantError, match="contains no certificate for its private key"):
        client_credential(str(path), None)
    own = certificate("app")
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(None, key("app"), None, [certificate("ca"), own], NoEncryption())
    )
    assert client_credential(str(path), None)["public_certificate"] == pem(own)


def test_of_a_renewed_certificate_the_later_one_is_taken(tmp_path: Path) -> None:
    old, new = certificate("app", -3), certificate("app", 300)
    for order in ((old, new), (new, old)):
        assert chosen(tmp_path / "app.pem", *map(pem, order), private("app")) == pem(new)


def test_one_that_is_not_valid_yet_waits_for_its_day(tmp_path: Path) -> None:
    """As when a renewal is added to the file early."""
    valid, later = certificate("app", 5), certificate("app", 300, since=-3)
    for order in ((valid, later), (later, valid)):
        assert chosen(tmp_path / "a.pem", *map(pem, order), private("app")) == pem(valid)
    said = refused(tmp_path / "b.pem", pem(later), private("app"))
    assert said.startswith("sign_in: ") and f"is valid from {NOW + timedelta(days=3):%Y-%m-%d} on" in said


def test_a_chain_with_a_key_that_nobody_can_read(tmp_path: Path) -> None:
    """Of a kind that the library does not support: it cannot belong to the private key."""
    der = certificate("ca").public_bytes(Encoding.DER)
    rsa_encryption = bytes.fromhex("06092a864886f70d010101")
    odd = x509.load_der_x509_certificate(der.replace(rsa_encryption, rsa_encryption[:-1] + b"\x63"))
    assert chosen(tmp_path / "a.pem", pem(odd), pem(certificate("app")), private("app")) == pem(certificate("app"))


def test_only_the_own_certificate_can_have_expired(tmp_path: Path) -> None:
    assert chosen(tmp_path / "a.pem", pem(certificate("ca", -1)), pem(certificate("app")), private("app"))
    said = refused(tmp_path / "b.pem", pem(certificate("ca")), pem(certificate("app", -1)), private("app"))
    assert said.startswith("sign_in: ") and f"expired on {NOW - timedelta(days=1):%Y-%m-%d}" in said


def test_a_foreign_certificate_is_refused(tmp_path: Path) -> None:
    said = refused(tmp_path / "a.pem", pem(certificate("other")), private("app"))
    assert said.startswith("usage: ") and "contains no certificate for its private key" in said
    assert "CN=other" in said  # so that people see which file they used
    two = refused(tmp_path / "b.pem", pem(certificate("app")), private("app"), private("other"))
    assert "holds 2 private keys" in two


@pytest.mark.parametrize(("name", "called"), [("ec", "an elliptic curve key"), ("ed", "an Ed25519 key")])
def test_a_key_that_is_not_rsa_is_refused_in_words(tmp_path: Path, name: str, called: str) -> None:
    said = refused(tmp_path / "a.pem", pem(certificate(name)), private(name))
    assert said.startswith("usage: ") and called in said and "RSA" in said


@pytest.mark.parametrize("text", ["", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_told(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path / "a.pem", text, private("app") if text.startswith("-") else "").startswith("usage: ")


def test_a_path_that_cannot_be_one(tmp_path: Path) -> None:
    with pytest.raises(TenantError, match="cannot be read"):
        client_credential(f"{tmp_path}/a\0b", None)
