# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credentials of each tenant's application, and the simulated issuer for federation."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from ..server.tls import ClientCertificate, client_certificate, rsa_key, write_private

FEDERATION_AUDIENCE = "api://AzureADTokenExchange"


class Issuer:
    """An identity provider outside of Entra ID, such as a cluster that issues tokens to its workloads."""

    url = "https://issuer.simulator.example/"

    def __init__(self) -> None:
        self._key = rsa_key("issuer")

    @property
    def public_key(self) -> rsa.RSAPublicKey:
        return self._key.public_key()

    def token(self, subject: str, audience: str = FEDERATION_AUDIENCE, lifetime: int = 86400, issuer: str = "") -> str:
        """A token of this issuer, or of another one, such as GitHub, for which it signs as well."""
        now = int(time.time())
        claims = {
            "iss": issuer or self.url,
            "sub": subject,
            "aud": audience,
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
        }
        return jwt.encode(claims, self._key, algorithm="RS256")


@dataclass(frozen=True)
class Credentials:
    """Every credential of one application."""

    secret: str
    certificate: ClientCertificate
    federated_subject: str
    federated_token_file: Path


def make_credentials(name: str, directory: Path, key: rsa.RSAPrivateKey, issuer: Issuer) -> Credentials:
    """New credentials. The secrets are long and unusual, so that masking one never hides an innocent word."""
    subject = f"system:serviceaccount:automation:{name}"
    return Credentials(
        secret=f"simulated-client-secret~{secrets.token_urlsafe(32)}",
        certificate=client_certificate(
            directory, name, key, f"simulated-certificate-password~{secrets.token_urlsafe(24)}"
        ),
        federated_subject=subject,
        federated_token_file=write_private(directory / f"{name}.jwt", issuer.token(subject).encode()),
    )
