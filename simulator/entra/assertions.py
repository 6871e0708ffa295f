# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client assertions: what an application signs instead of showing a secret."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from ..state.tenant import Principal
from .aadsts import refused
from .credentials import FEDERATION_AUDIENCE, Credentials, Issuer

# Seconds that a client's clock may differ. msal-node rounds its clock up, so that without any its assertions of half of
# each second would come from the future.
CLOCK_SKEW = 300


def check_assertion(
    assertion: str, principal: Principal, credentials: Credentials, issuer: Issuer, audiences: list[str]
) -> None:
    """A certificate's signature, or a token of the federated issuer. Nothing returned: it is right."""
    try:
        header = jwt.get_unverified_header(assertion)
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise refused(50027) from None
    if claims.get("iss") == principal.client_id:
        _check_certificate(assertion, header, principal, credentials, audiences)
    else:
        _check_federation(assertion, claims, credentials, issuer)


def _check_certificate(
    assertion: str, header: dict[str, Any], principal: Principal, credentials: Credentials, audiences: list[str]
) -> None:
    """https://learn.microsoft.com/entra/identity-platform/certificate-credentials"""
    known = {"x5t": credentials.certificate.sha1, "x5t#S256": credentials.certificate.sha256}
    shown = {name: _decoded(header[name]) for name in known if name in header}
    thumbprint = next(iter(shown.values()), b"").hex().upper()
    if not shown or any(known[name] != value for name, value in shown.items()):
        raise refused(700027, reason="The key was not found.", name=thumbprint)
    key = credentials.certificate.certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("client certificates hold RSA keys")
    claims = _verified(assertion, key, audiences, thumbprint)
    if claims.get("sub") != principal.client_id:
        raise refused(700021)


def _check_federation(assertion: str, claims: dict[str, Any], credentials: Credentials, issuer: Issuer) -> None:
    """https://learn.microsoft.com/entra/workload-id/workload-identity-federation"""
    if claims.get("iss") != issuer.url:
        raise refused(700211, name=str(claims.get("iss")))
    if claims.get("sub") != credentials.federated_subject:
        raise refused(700213, name=str(claims.get("sub")))
    if claims.get("aud") != FEDERATION_AUDIENCE:
        raise refused(700212, name=str(claims.get("aud")))
    _verified(assertion, issuer.public_key, [FEDERATION_AUDIENCE], "")


def _verified(assertion: str, key: rsa.RSAPublicKey, audiences: list[str], thumbprint: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            assertion,
            key,
            algorithms=["RS256", "PS256"],
            audience=audiences,
            options={"require": ["exp", "aud"]},
            leeway=CLOCK_SKEW,
        )
    except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError):
        raise refused(700024) from None
    except jwt.InvalidAudienceError:
        raise refused(700023) from None
    except jwt.InvalidTokenError:
        raise refused(700027, reason="The key was found, but its signature is not valid.", name=thumbprint) from None
    return claims


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
