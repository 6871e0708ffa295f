# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ensure one credential of an application, of the chosen kind; others are removed on request only."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from .._core.errors import TenantError
from .._core.resource import Record
from .._engine.tenant import Tenant
from .._engine.undo import NEVER
from .certificate_credential import absent_certificates, ensure_certificate
from .credentials import WRITE, Held, check_name, check_validity, read_held, remove_credentials, result_of
from .federated_credential import absent_federated, check_trust, ensure_federated
from .registrations import await_application, check_which, find_application, not_found
from .secret_credential import absent_secrets, ensure_secret
from .steps import may_repeat

_KEPT = {"certificate": ensure_certificate, "client_secret": ensure_secret, "federated": ensure_federated}
_ABSENT = {"certificate": absent_certificates, "client_secret": absent_secrets, "federated": absent_federated}
_TRUST_AGAIN = (
    "Run the task again for each credential that is missing in diff.after, with state=present, remove_others=false, "
    "and its name, issuer and subject from diff.before"
)


def ensure_credential(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Raises `TenantError`."""
    check_which(params)
    check_name(params)
    if params["kind"] == "federated":
        check_trust(params)
    elif params["state"] == "present":
        check_validity(params)
    waits = params["state"] == "present" and not check_mode
    application = (await_application if waits else find_application)(tenant, params)
    if application is None and params["state"] == "present" and not check_mode:
        raise not_found(tenant, params)
    start = read_held(tenant, params, application)
    if params["state"] == "absent":
        after = _ABSENT[params["kind"]](params, start)
        gone = start.without(after)
        if not check_mode and application is not None:
            _remove(tenant, params, application, gone)
        return result_of(tenant, application, start, after, gone != Held(), path="", thumbprint="")
    kept = _KEPT[params["kind"]](tenant, params, application, start, check_mode)
    after, changed = kept.pop("after"), kept.pop("changed")
    gone = kept.pop("before").among(start).without(after)  # what somebody added since the start was not announced
    if not check_mode and application is not None:
        _remove(tenant, params, application, gone)
    return result_of(tenant, application, start, after, changed or gone != Held(), **kept)


def _remove(tenant: Tenant, params: Mapping[str, Any], application: Record, gone: Held) -> None:
    """Remove the credentials that were announced. If somebody else changes something first, those still there."""
    for attempt in itertools.count(1):
        try:
            remove_credentials(tenant, params, application, gone)
            return
        except TenantError as error:
            if error.kind != "conflict" or not may_repeat(error, attempt):
                raise
        tenant.http.pause(attempt, None, WRITE)
        held = read_held(tenant, params, application)
        gone = held.among(gone)
        if params["state"] == "absent":  # a credential of the name may be for somebody else by now
            gone = gone.without(_ABSENT[params["kind"]](params, held))


def undo_of_credential(params: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """How to undo it: a certificate whose file exists is registered again; others only by whoever holds them."""
    before, after = result["diff"]["before"], result["diff"]["after"]
    removed = [kind for kind, held in before.items() if any(one not in after[kind] for one in held)]
    if removed == ["federated"]:
        return _TRUST_AGAIN
    return NEVER if removed else ""
