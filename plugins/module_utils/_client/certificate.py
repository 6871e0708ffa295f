# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate file, PEM or PFX, in the form that msal needs; its problems in words.

Imported by a sign-in with a certificate only: cryptography's x509 takes a fifth of the time of a module's imports.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from .._core.connection import named
from .._core.errors import TenantError, missing_library, one_line, usage
from .certificate_file import read_certificate

try:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
        load_pem_private_key,
        pkcs12,
    )

    _UNREADABLE: tuple[type[Exception], ...] = (ValueError, TypeError, UnsupportedAlgorithm)
    IMPORT_ERROR = ""
except ImportError:  # msal names it as a requirement, and can be imported without it
    IMPORT_ERROR = traceback.format_exc()

_BOTH = "It must contain the private key of the application and the certificate of this key"
_PEM_KEY = re.compile(rb"-----BEGIN ([A-Z]+ )?PRIVATE KEY-----.*?-----END ([A-Z]+ )?PRIVATE KEY-----", re.DOTALL)


def client_credential(path: str, password: str | None) -> dict[str, str]:
    """The key and the certificate in `path`, as msal's `client_credential`. Raises `TenantError`."""
    if IMPORT_ERROR:
        raise missing_library("cryptography")
    option, data = named("certificate_path"), read_certificate(path)
    secret = password.encode() if password else None
    try:
        keys, certificates = (_pem if b"-----BEGIN" in data else _pfx)(data, secret)
    except _UNREADABLE as error:
        raise usage(
            f"the certificate file {path} of {option} cannot be opened: {one_line(error, 120)}",
            f"Check {named('certificate_password')} and that the file is PEM or PFX",
        ) from error
    place = f"the file {path} of {option}"
    key = _only_key(place, keys, certificates)
    certificate = _certificate_of(place, key, certificates)
    _check_validity(path, certificate)
    return {
        "private_key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        # msal then uses the SHA-256 thumbprint and PS256
        "public_certificate": certificate.public_bytes(Encoding.PEM).decode(),
    }


def _only_key(place: str, keys: Sequence[Any], certificates: Sequence[Any]) -> RSAPrivateKey:
    if len(keys) != 1 or not certificates:
        lacks = "no private key" if not keys else f"{len(keys)} private keys" if len(keys) > 1 else "no certificate"
        raise usage(f"{place} holds {lacks}", _BOTH)
    key = keys[0]
    if not isinstance(key, RSAPrivateKey):
        kind = "an elliptic curve key" if isinstance(key, EllipticCurvePrivateKey) else _kind(key)
        raise usage(
            f"{place} holds {kind}, and this sign-in to Microsoft Entra needs an RSA key",
            "Create an RSA key with a certificate, register that with the application, and specify its file",
        )
    return key


def _certificate_of(place: str, key: RSAPrivateKey, certificates: Sequence[Any]) -> Any:
    """A chain may precede it; after a renewal there may be two, and the one that expires later counts."""
    own = [one for one in certificates if _is_of(one, key)]
    if not own:
        found = ", ".join(one_line(one.subject.rfc4514_string(), 80) for one in certificates[:3])
        raise usage(f"{place} contains no certificate for its private key, but that of {found}", _BOTH)
    return current_one(own)


def current_one(certificates: Sequence[Any]) -> Any:
    """Of several certificates of one key, the one whose validity has begun and ends last."""
    now = datetime.now(UTC)

    def rank(certificate: Any) -> tuple[bool, datetime]:
        begins, ends = valid_between(certificate)
        return begins <= now, ends

    return max(certificates, key=rank)


def valid_between(certificate: Any) -> tuple[datetime, datetime]:
    """The first and the last moment of a certificate.

    Before version 42, which some distributions have, cryptography has them without a time zone only.
    """
    if hasattr(certificate, "not_valid_after_utc"):
        return certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return certificate.not_valid_before.replace(tzinfo=UTC), certificate.not_valid_after.replace(tzinfo=UTC)


def _check_validity(path: str, certificate: Any) -> None:
    now = datetime.now(UTC)
    begins, ends = valid_between(certificate)
    if ends < now or begins > now:
        early = f"is valid from {begins:%Y-%m-%d} on, and the clock of this machine shows {now:%Y-%m-%d}"
        raise TenantError(
            "sign_in",
            f"the certificate in {path} {f'expired on {ends:%Y-%m-%d}' if ends < now else early}",
            "sign in with a certificate",
            next_step="Specify the file of a certificate that is valid and registered with the application"
            if begins > now
            else "Create a new certificate, register it with the application, and specify its file",
        )


def _is_of(certificate: Any, key: Any) -> bool:
    try:
        return _public(certificate.public_key()) == _public(key.public_key())
    except _UNREADABLE:  # an unknown kind of key, as in some chains
        return False


def _public(key: Any) -> bytes:
    return bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _kind(key: Any) -> str:
    name = type(key).__name__.removesuffix("PrivateKey").lstrip("_")
    return f"an {name} key" if name[:1] in "AEIOU" else f"a {name} key"


def _pem(data: bytes, password: bytes | None) -> tuple[list[Any], list[Any]]:
    blocks = [found.group(0) for found in _PEM_KEY.finditer(data)]
    keys = [load_pem_private_key(one, password if b"ENCRYPTED" in one else None) for one in blocks]
    return keys, x509.load_pem_x509_certificates(data) if b"-----BEGIN CERTIFICATE-----" in data else []


def _pfx(data: bytes, password: bytes | None) -> tuple[list[Any], list[Any]]:
    key, certificate, others = pkcs12.load_key_and_certificates(data, password)
    return [key] if key else [], [*([certificate] if certificate else []), *others]
