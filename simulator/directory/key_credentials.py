# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of an application, which clients send as a whole list."""

from __future__ import annotations

import base64
import binascii
import uuid

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from ..behaviours.table import implements
from ..state.clock import iso
from ..state.http_messages import Json
from .refusals import invalid


@implements("application-keys")
def key_credential(given: Json, held: dict[str, Json]) -> Json:
    """A certificate of the new list: a new one, or an existing one that is given without its content."""
    known = held.get(str(given.get("keyId")))
    if given.get("key") is None and known is not None:
        return known
    try:
        content = base64.b64decode(given.get("key") or "", validate=True)
        certificate = x509.load_der_x509_certificate(content)
    except (binascii.Error, ValueError):
        raise invalid("application-keys", "Key credential value is invalid: it is not a certificate.") from None
    if given.get("type") != "AsymmetricX509Cert" or given.get("usage") != "Verify":
        raise invalid("application-keys", "Type and usage of the key credential do not go together.")
    ends = iso(certificate.not_valid_after_utc)
    if (given.get("endDateTime") or ends)[:19] > ends[:19]:
        raise invalid("application-keys", "Key credential end date is invalid: the certificate ends earlier.")
    return {
        "customKeyIdentifier": given.get("customKeyIdentifier")
        or base64.b64encode(certificate.fingerprint(hashes.SHA1())).decode(),
        "displayName": given.get("displayName"),
        "endDateTime": given.get("endDateTime") or ends,
        "key": given["key"],
        "keyId": given.get("keyId") or str(uuid.uuid4()),
        "startDateTime": given.get("startDateTime") or iso(certificate.not_valid_before_utc),
        "type": given["type"],
        "usage": given["usage"],
    }
