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

from ._credentials import FEDERATION_AUDIENCE, Credentials, Issuer
from ._tenant import Principal
from ._wire import Refusal


def check_assertion(
    assertion: str, principal: Principal, credentials: Credentials, issuer: Issuer, audiences: list[str]
) -> None:
    """A certificate's signature, or a token of the federated issuer. Nothing returned: it is right."""
    try:
        header = jwt.get_unverified_header(assertion)
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise _refused(50027, "assertion-malformed", "JWT token is invalid or malformed.") from None
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
    if not shown or any(known[name] != value for name, value in shown.items()):
        thumbprint = next(iter(shown.values()), b"").hex().upper()
        raise _refused(
            700027,
            "assertion-unknown-key",
            "The certificate with identifier used to sign the client assertion is not registered on application. "
            f"[Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}']",
        )
    key = credentials.certificate.certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("client certificates hold RSA keys")
    claims = _verified(assertion, key, audiences)
    if claims.get("sub") != principal.client_id:
        raise _refused(700021, "assertion-subject", "Client assertion application identifier doesn't match 'client_id'.")


def _check_federation(assertion: str, claims: dict[str, Any], credentials: Credentials, issuer: Issuer) -> None:
    """https://learn.microsoft.com/entra/workload-id/workload-identity-federation"""
    missing = "No matching federated identity record found for presented assertion"
    if claims.get("iss") != issuer.url:
        raise _refused(700211, "federation-issuer", f"{missing} issuer '{claims.get('iss')}'.")
    if claims.get("sub") != credentials.federated_subject:
        raise _refused(700213, "federation-subject", f"{missing} subject '{claims.get('sub')}'.")
    if claims.get("aud") != FEDERATION_AUDIENCE:
        raise _refused(700212, "federation-audience", f"{missing} audience '{claims.get('aud')}'.")
    _verified(assertion, issuer.public_key, [FEDERATION_AUDIENCE])


def _verified(assertion: str, key: rsa.RSAPublicKey, audiences: list[str]) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            assertion, key, algorithms=["RS256", "PS256"], audience=audiences, options={"require": ["exp", "aud"]}
        )
    except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError):
        raise _refused(700024, "assertion-time", "Client assertion is not within its valid time range.") from None
    except jwt.InvalidAudienceError:
        raise _refused(
            700023, "assertion-audience", "Client assertion audience claim does not match Realm issuer."
        ) from None
    except jwt.InvalidTokenError:
        raise _refused(
            700027, "assertion-signature", "Client assertion failed signature validation."
        ) from None
    return claims


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _refused(number: int, behaviour: str, message: str) -> Refusal:
    return Refusal(behaviour, status=401, code="invalid_client", message=message, number=number)
