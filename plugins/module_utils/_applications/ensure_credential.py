# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ensure one credential of an application, of the chosen kind; others are removed on request only."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import TenantError
from .._core.resource import Record
from .._engine.tenant import Tenant
from .._engine.undo import NEVER
from .certificate_credential import absent_certificates, ensure_certificate
from .credentials import WRITE, Held, check_name, check_validity, read_held, remove_others, result_of
from .federated_credential import absent_federated, ensure_federated
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
    if params["state"] == "present" and params["kind"] != "federated":
        check_validity(params)
    waits = params["state"] == "present" and not check_mode
    application = (await_application if waits else find_application)(tenant, params)
    if application is None and params["state"] == "present" and not check_mode:
        raise not_found(tenant, params)
    start = read_held(tenant, params, application)
    if params["state"] == "absent":
        after = _ABSENT[params["kind"]](params, start)
        changed = after.listed() != start.listed()
        if changed and not check_mode and application is not None:
            _remove(tenant, params, application, start, lambda held: _ABSENT[params["kind"]](params, held))
        return result_of(tenant, application, start, after, changed, path="", thumbprint="")
    kept = _KEPT[params["kind"]](tenant, params, application, start, check_mode)
    before, after = kept.pop("before"), kept.pop("after")
    removes = _removes((start if check_mode else before).listed(), after.listed())
    if removes and not check_mode and application is not None:
        _remove(tenant, params, application, before, lambda held: after)
    return result_of(tenant, application, start, after, bool(kept.pop("changed") or removes), **kept)


def _remove(
    tenant: Tenant, params: Mapping[str, Any], application: Record, held: Held, aim: Callable[[Held], Held]
) -> None:
    """Remove credentials that should not stay; if somebody else changes the list first, use the new list."""
    for attempt in itertools.count(1):
        try:
            remove_others(tenant, params, application, held, aim(held))
            return
        except TenantError as error:
            if error.kind != "conflict" or not may_repeat(error, attempt):
                raise
        tenant.http.pause(attempt, None, WRITE)
        held = read_held(tenant, params, application)


def _removes(before: Mapping[str, list[Any]], after: Mapping[str, list[Any]]) -> bool:
    """Whether an existing credential would be removed."""
    return any(one not in after[kind] for kind, held in before.items() for one in held)


def undo_of_credential(params: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """How to undo it: a certificate whose file exists is registered again; others only by whoever holds them."""
    before, after = result["diff"]["before"], result["diff"]["after"]
    removed = [kind for kind, held in before.items() if any(one not in after[kind] for one in held)]
    if removed == ["federated"]:
        return _TRUST_AGAIN
    return NEVER if removed else ""
