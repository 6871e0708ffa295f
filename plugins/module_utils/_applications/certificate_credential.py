# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate as the credential: created here, its key in a file, renewed before it expires."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from .._core.errors import usage
from .._core.resource import Record
from .._engine.tenant import Tenant
from .credentials import Held, no_sign_in, write_certificates
from .file_lock import alone_with
from .key_files import Certificate, check_writable, make_certificate_file, read_certificate_file, replace_file


def is_of(record: Record, certificate: Certificate) -> bool:
    """Whether a registered certificate is this one. Graph shows the thumbprint in one of two encodings, or none."""
    binary = base64.b64encode(bytes.fromhex(certificate.thumbprint)).decode()
    shown = str(record.get("customKeyIdentifier") or "")
    return (
        record.get("keyId") == certificate.key_id
        or record.get("key") == certificate.key
        or shown == binary
        or shown.upper() == certificate.thumbprint
    )


def _is_ours(record: Record) -> bool:
    """Whether this collection registered it: then its id is derived from its content."""
    if not record.get("key"):
        return False
    moment = datetime.now(UTC)
    return bool(record.get("keyId") == Certificate(base64.b64decode(record["key"]), moment, moment).key_id)


def _entry(certificate: Certificate, name: str) -> Record:
    return {
        "displayName": name,
        "endDateTime": f"{certificate.ends:%Y-%m-%dT%H:%M:%SZ}",
        "key": certificate.key,
        "keyId": certificate.key_id,
        "startDateTime": f"{certificate.begins:%Y-%m-%dT%H:%M:%SZ}",
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    }


def _check(params: Mapping[str, Any]) -> None:
    if not params["path"]:
        raise usage("path is missing, the file for the key with its certificate")


def _wanted(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> tuple[Certificate | None, str]:
    """The certificate to register, and its file; None in check mode if it would be created.

    As long as there is an old one, its file counts until the new one is registered.
    """
    path, now = params["path"], tenant.http.now()
    due = now + timedelta(days=params["renew_before_days"])
    held = read_certificate_file(path)
    if held is not None and (held.ends > due or (held.ends > now and not held.is_self_signed)):
        return held, path
    if held is not None and not held.is_self_signed:
        raise usage(
            f"the certificate in the file {path} of path has expired, and an authority issued it, so it stays",
            "Put the new one into the file, or specify the path of another file",
        )
    place = path if held is None else f"{path}.next"
    check_writable(path, place)
    begun = read_certificate_file(place) if held is not None else None
    if begun is not None and begun.ends > due:
        return begun, place
    return (None if check_mode else make_certificate_file(place, params["name"], params["validity_days"], now)), place


def ensure_certificate(
    tenant: Tenant, params: Mapping[str, Any], application: Record | None, before: Held, check_mode: bool
) -> dict[str, Any]:
    """Register the certificate of the file; create a new one if it is missing or expires soon."""
    _check(params)
    with alone_with(tenant, params["path"]):
        wanted, place = _wanted(tenant, params, check_mode)
    listed = next((one for one in before.certificates if wanted is not None and is_of(one, wanted)), None)
    entry = listed or (_entry(wanted, params["name"]) if wanted is not None else {"displayName": params["name"]})
    others = replace(before, certificates=[one for one in before.certificates if one is not listed])
    kept = no_sign_in(others) if params["remove_others"] else others
    after = replace(kept, certificates=[*kept.certificates, entry])
    if not check_mode and application is not None:
        if listed is None:
            _register(tenant, params, application, wanted, entry)
            before = replace(before, certificates=[*before.certificates, entry])
        if place != params["path"]:
            replace_file(place, params["path"])
    return {
        "before": before,
        "after": after,
        "changed": listed is None or place != params["path"],
        "path": params["path"],
        "thumbprint": wanted.thumbprint if wanted is not None else "",
    }


def _register(
    tenant: Tenant, params: Mapping[str, Any], application: Record, certificate: Certificate | None, entry: Record
) -> None:
    """Add it to the list as it is at that moment."""

    def with_it(listed: list[Record]) -> list[Record]:
        is_there = any(certificate is not None and is_of(one, certificate) for one in listed)
        return listed if is_there else [*listed, entry]

    write_certificates(tenant, params, application, with_it)


def absent_certificates(params: Mapping[str, Any], before: Held) -> Held:
    """The credentials that stay.

    All but the certificate of the file, and those that this collection registered under the name.
    """
    held = read_certificate_file(params["path"]) if params["path"] else None
    kept = [
        one
        for one in before.certificates
        if not (held is not None and is_of(one, held))
        and not (one.get("displayName") == params["name"] and _is_ours(one))
    ]
    return replace(before, certificates=kept)
