# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credentials of an application: those of the description, and those added to its registration."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from ..behaviours.table import implements
from ..state.applications import application_of
from ..state.clock import iso
from ..state.http_messages import Json
from ..state.replication import arrived
from ..state.tenant import Tenant
from .credentials import FEDERATION_AUDIENCE, Credentials, Issuer


@dataclass(frozen=True)
class Proofs:
    """The current credentials of an application. A federated one is an issuer, a subject and an audience."""

    secrets: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    certificates: tuple[x509.Certificate, ...] = ()
    federated: tuple[tuple[str, str, str], ...] = ()


def proofs_of(tenant: Tenant, client_id: str, described: Mapping[str, Credentials], now: datetime) -> Proofs:
    own = described.get(client_id)
    registration = application_of(tenant, client_id)
    added = _added(tenant, registration, now) if registration else Proofs()
    if own is None:
        return added
    return Proofs(
        (own.secret, *added.secrets),
        added.expired,
        (own.certificate.certificate, *added.certificates),
        ((Issuer.url, own.federated_subject, FEDERATION_AUDIENCE), *added.federated),
    )


@implements("login-registered")
def _added(tenant: Tenant, registration: Json, now: datetime) -> Proofs:
    ended = {one["keyId"] for one in registration["passwordCredentials"] if one["endDateTime"] <= iso(now)}
    secrets = registration["_secrets"]
    federated = [
        one
        for one in arrived(tenant.store("federatedIdentityCredentials"), now)
        if one["_application"] == registration["id"]
    ]
    return Proofs(
        tuple(text for name, text in secrets.items() if name not in ended),
        tuple(text for name, text in secrets.items() if name in ended),
        tuple(
            x509.load_der_x509_certificate(base64.b64decode(one["key"]))
            for one in registration["keyCredentials"]
            if one["endDateTime"] > iso(now)
        ),
        tuple((one["issuer"], one["subject"], one["audiences"][0]) for one in federated),
    )
