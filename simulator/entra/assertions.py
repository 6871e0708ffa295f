# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client assertions: what an application signs instead of showing a secret."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from ..behaviours.table import implements
from ..state.store import normalize_case
from ..state.tenant import Principal
from .aadsts import refused
from .credentials import Issuer
from .registered import Proofs

_THUMBPRINTS = {"x5t": hashes.SHA1(), "x5t#S256": hashes.SHA256()}

# Allowed clock difference in seconds. msal-node rounds its clock up, so with none, its assertions in half of each
# second would come from the future.
CLOCK_SKEW = 300


def check_assertion(assertion: str, principal: Principal, proofs: Proofs, issuer: Issuer, audiences: list[str]) -> None:
    """A certificate's signature, or a token of the federated issuer. Returns None if it is valid."""
    try:
        header = jwt.get_unverified_header(assertion)
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise refused(50027) from None
    if claims.get("iss") == principal.client_id:
        _check_certificate(assertion, header, principal, proofs, audiences)
    else:
        _check_federation(assertion, claims, proofs, issuer)


def _check_certificate(
    assertion: str, header: dict[str, Any], principal: Principal, proofs: Proofs, audiences: list[str]
) -> None:
    """https://learn.microsoft.com/entra/identity-platform/certificate-credentials"""
    shown = {name: _decoded(header[name]) for name in _THUMBPRINTS if name in header}
    thumbprint = next(iter(shown.values()), b"").hex().upper()
    certificate = next((one for one in proofs.certificates if _has(one, shown)), None)
    if not shown or certificate is None:
        raise refused(700027, reason="The key was not found.", name=thumbprint)
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("client certificates hold RSA keys")
    claims = _verified(assertion, key, audiences, thumbprint)
    if claims.get("sub") != principal.client_id:
        raise refused(700021)


def _has(certificate: x509.Certificate, shown: dict[str, bytes]) -> bool:
    return all(certificate.fingerprint(_THUMBPRINTS[name]) == value for name, value in shown.items())


@implements("login-issuers")
def _check_federation(assertion: str, claims: dict[str, Any], proofs: Proofs, issuer: Issuer) -> None:
    """https://learn.microsoft.com/entra/workload-id/workload-identity-federation"""
    known = [one for one in proofs.federated if one[0] == claims.get("iss")]
    if not known:
        raise refused(700211, name=str(claims.get("iss")))
    of_subject = [one for one in known if one[1] == claims.get("sub")]
    if not of_subject:
        by_case_only = normalize_case(claims.get("sub")) in [normalize_case(one[1]) for one in known]
        raise refused(7002138 if by_case_only else 700213, name=str(claims.get("sub")))
    if claims.get("aud") not in [one[2] for one in of_subject]:
        raise refused(700212, name=str(claims.get("aud")))
    _verified(assertion, issuer.public_key, [str(claims["aud"])], "")


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
