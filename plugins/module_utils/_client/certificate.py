# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate file, PEM or PFX, as what msal takes; what is wrong with it, in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from .._core.connection import named
from .._core.errors import TenantError, one_line, usage

try:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
        pkcs12,
    )
except ImportError:  # comes with msal, whose absence is reported
    pass

_PEM_KEY = re.compile(rb"-----BEGIN ([A-Z]+ )?PRIVATE KEY-----.*?-----END ([A-Z]+ )?PRIVATE KEY-----", re.DOTALL)


def read_certificate(path: str) -> bytes:
    """What is in the file. Raises L(TenantError)."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise usage(
            f"the certificate file of {named('certificate_path')} cannot be read: {one_line(error.strerror)}: {path}",
            "Give the path of a PEM or PFX file that this user may read",
        ) from error


def client_credential(path: str, password: str | None) -> dict[str, str]:
    """The key and the certificate in C(path), as msal's C(client_credential). Raises L(TenantError)."""
    option, data = named("certificate_path"), read_certificate(path)
    secret = password.encode() if password else None
    try:
        key, certificate = _pem(data, secret) if b"-----BEGIN" in data else _pfx(data, secret)
    except (ValueError, TypeError) as error:
        raise usage(
            f"the certificate file {path} of {option} cannot be opened: {one_line(error, 120)}",
            f"Check {named('certificate_password')} and that the file is PEM or PFX",
        ) from error
    if key is None or certificate is None:
        lacks = "private key" if key is None else "certificate"
        raise usage(f"the file {path} of {option} holds no {lacks}", "It must hold the private key and the certificate")
    ends = certificate.not_valid_after_utc
    if ends < datetime.now(UTC):
        raise TenantError(
            "sign_in",
            f"the certificate in {path} expired on {ends:%Y-%m-%d}",
            "sign in with a certificate",
            next_step="Create a new certificate, register it with the application, and name its file",
        )
    return {
        "private_key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        # msal then uses the SHA-256 thumbprint and PS256
        "public_certificate": certificate.public_bytes(Encoding.PEM).decode(),
    }


def _pem(data: bytes, password: bytes | None) -> tuple[Any, Any]:
    block = _PEM_KEY.search(data)
    key = load_pem_private_key(block.group(0), password if b"ENCRYPTED" in block.group(0) else None) if block else None
    certificate = x509.load_pem_x509_certificate(data) if b"-----BEGIN CERTIFICATE-----" in data else None
    return key, certificate


def _pfx(data: bytes, password: bytes | None) -> tuple[Any, Any]:
    key, certificate, _chain = pkcs12.load_key_and_certificates(data, password)
    return key, certificate
