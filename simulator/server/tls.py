# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and certificates that live no longer than the process: of an authority, its server, its clients."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .address import Address

_ROUNDS = 2048
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@lru_cache
def rsa_key(use: str) -> rsa.RSAPrivateKey:
    """One for each use, shared by all simulators of a process: generating one takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key: PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write_private(path: Path, content: bytes) -> Path:
    """A file that only its owner may read, from its first byte on."""
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path


@dataclass(frozen=True)
class ClientCertificate:
    """The certificate of an application, in the usual file formats."""

    certificate: x509.Certificate
    pem_path: Path
    pfx_path: Path
    password: str

    def thumbprint(self, algorithm: hashes.HashAlgorithm) -> bytes:
        return self.certificate.fingerprint(algorithm)

    @property
    def sha1(self) -> bytes:
        return self.thumbprint(hashes.SHA1())

    @property
    def sha256(self) -> bytes:
        return self.thumbprint(hashes.SHA256())


def client_certificate(directory: Path, name: str, key: rsa.RSAPrivateKey, password: str) -> ClientCertificate:
    certificate = _certificate(name, key, issuer=None, issuer_key=key)
    pem = private_pem(key) + certificate.public_bytes(serialization.Encoding.PEM)
    pfx = pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, None, _encryption(password))
    return ClientCertificate(
        certificate,
        write_private(directory / f"{name}.pem", pem),
        write_private(directory / f"{name}.pfx", pfx),
        password,
    )


def _encryption(password: str) -> serialization.KeySerializationEncryption:
    """Like OpenSSL's default, down to the number of rounds: cryptography would use ten times as many."""
    builder = serialization.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(_ROUNDS)
    return builder.hmac_hash(hashes.SHA256()).build(password.encode())


def server_context(directory: Path, address: Address, *names: str) -> tuple[ssl.SSLContext, Path]:
    """A context for the address under a temporary authority, and the path of that authority's certificate."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("Simulated tenant authority", authority_key, issuer=None, issuer_key=authority_key)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(
        address.name, key, issuer=authority, issuer_key=authority_key, address=address.address, names=names
    )
    chain = write_private(
        directory / "server.pem", private_pem(key) + certificate.public_bytes(serialization.Encoding.PEM)
    )
    ca_path = directory / "ca.pem"
    ca_path.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(chain)
    return context, ca_path


def _certificate(
    name: str,
    key: PrivateKey,
    *,
    issuer: x509.Certificate | None,
    issuer_key: PrivateKey,
    address: str = "",
    names: tuple[str, ...] = (),
) -> x509.Certificate:
    """A certificate for a server if an issuer is given, else a self-signed one (an authority, a client)."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(_usage(signs_certificates=issuer is None), critical=True)
    )
    if issuer is not None:
        hosts = [x509.DNSName(host) for host in (name, *names)]
        alternatives = x509.SubjectAlternativeName([*hosts, x509.IPAddress(ip_address(address))])
        builder = builder.add_extension(alternatives, critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
