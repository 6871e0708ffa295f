# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client secret as the credential, on explicit request: stored in a file, never in a result.

The service returns a secret once. So its name is written down before the request: a secret whose response was lost, or
whose file was never written, is found by that name and removed.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from .._core.errors import TenantError, usage
from .._core.resource import Record, normalize_case
from .._engine.tenant import Tenant
from .._http.claims import tenant_of
from .credentials import READ, WRITE, Held, no_sign_in, path_of, read_held, remove_secret
from .file_lock import alone_with
from .key_files import check_writable, read_private, write_private
from .steps import CREDENTIAL, carried_out

_ROUNDS = 3


def _note(path: str) -> dict[str, str]:
    """What is known of the secret in the file: its id, or its name if it was only requested."""
    content = read_private(f"{path}.id")
    try:
        found = json.loads(content or b"{}")
    except ValueError as error:
        raise usage(f"the file {path}.id is damaged", "Remove it") from error
    if content and not (isinstance(found, dict) and {"key_id", "name"} & set(found)):
        raise usage(f"the file {path}.id is not about a client secret", "Specify the path of another file")
    return {str(name): str(value) for name, value in found.items()}


def _write_note(path: str, **note: str) -> None:
    write_private(f"{path}.id", json.dumps(note).encode())


def _owner(tenant: Tenant, application: Record) -> str:
    """The owner of the secret in a file, by name, which survives deleting and recreating the application."""
    return f"{application['uniqueName'] or application['appId']} of {tenant_of(tenant.tokens.bearer('graph'))}"


def _check_place(tenant: Tenant, path: str, note: Mapping[str, str], application: Record | None) -> None:
    """The secret in the file may exist nowhere else, so only a secret of this application is replaced."""
    if not note and read_private(path) is not None:
        raise usage(
            f"the file {path} of path exists, and was not written for a client secret",
            "Specify the path of another file",
        )
    owner = note.get("application")
    if application is not None and owner and normalize_case(owner) != normalize_case(_owner(tenant, application)):
        raise usage(f"the file {path} of path is for the application {owner}", "Specify the path of another file")


def _current(path: str, note: Mapping[str, str], before: Held, due: datetime) -> Record | None:
    if read_private(path) is None or "key_id" not in note:
        return None
    limit = f"{due:%Y-%m-%dT%H:%M:%S}"
    return next(
        (one for one in before.secrets if one["keyId"] == note["key_id"] and str(one["endDateTime"])[:19] > limit), None
    )


def _is_lost(record: Record, note: Mapping[str, str]) -> bool:
    """Whether this is the requested secret, which `_add` removes. The secrets of others need not have a name."""
    return "name" in note and record.get("displayName") == note["name"]


def ensure_secret(
    tenant: Tenant, params: Mapping[str, Any], application: Record | None, before: Held, check_mode: bool
) -> dict[str, Any]:
    """Ensure that the secret of the file is registered; create a new one if it is missing or expires soon."""
    if not params["path"]:
        raise usage("path is missing, the file for the client secret")
    with alone_with(tenant, params["path"]):
        return _ensure(tenant, params, application, before, check_mode)


def _ensure(
    tenant: Tenant, params: Mapping[str, Any], application: Record | None, before: Held, check_mode: bool
) -> dict[str, Any]:
    path = params["path"]
    note = _note(path)
    _check_place(tenant, path, note, application)
    due = tenant.http.now() + timedelta(days=params["renew_before_days"])
    if note and not check_mode and application is not None:
        before = read_held(tenant, params, application)  # another run may have created it while this one waited
    found = _current(path, note, before, due)
    current: Record = found or {"displayName": params["name"]}
    if found is None:
        check_writable(path, f"{path}.id")
        before = replace(before, secrets=[one for one in before.secrets if not _is_lost(one, note)])
    if found is None and not check_mode and application is not None:
        current = _add(tenant, params, application, note)
        before = replace(before, secrets=[*before.secrets, current])
    others = [one for one in before.secrets if one is not current]
    kept_others = no_sign_in(before) if params["remove_others"] else replace(before, secrets=others)
    after = replace(kept_others, secrets=[*kept_others.secrets, current])
    return {"before": before, "after": after, "changed": found is None, "path": path, "thumbprint": ""}


def _add(tenant: Tenant, params: Mapping[str, Any], application: Record, note: Mapping[str, str]) -> Record:
    path, ends = params["path"], tenant.http.now() + timedelta(days=params["validity_days"])
    name = note.get("name") or f"{params['name']} {uuid.uuid4().hex[:8]}"
    owner = _owner(tenant, application)
    _write_note(path, name=name, application=owner)
    body = {"passwordCredential": {"displayName": name, "endDateTime": f"{ends:%Y-%m-%dT%H:%M:%SZ}"}}
    for attempt in range(1, _ROUNDS + 1):
        for lost in read_held(tenant, params, application).secrets:
            if lost.get("displayName") == name:
                remove_secret(tenant, application, str(lost["keyId"]))
        try:
            ask = partial(tenant.graph.action, path_of(application, "addPassword"), body, WRITE)
            made = carried_out(tenant, CREDENTIAL, ask)
        except TenantError as error:
            if error.kind not in ("outcome_unknown", "not_found", "conflict") or attempt == _ROUNDS:
                raise
            tenant.http.pause(attempt, None, WRITE)
            continue
        text = made.get("secretText") if isinstance(made, dict) else None
        if not isinstance(text, str) or not text or not isinstance(made.get("keyId"), str):
            raise TenantError("protocol", "Microsoft Graph answered without the new secret", WRITE.action, tenant.label)
        write_private(path, text.encode())
        _write_note(path, key_id=made["keyId"], application=owner)
        return {one: made.get(one) for one in ("keyId", "displayName", "endDateTime")}
    raise TenantError("unavailable", "the client secret could not be created", READ.action, tenant.label)


def absent_secrets(params: Mapping[str, Any], before: Held) -> Held:
    """The credentials that stay: all but the secret of the file, and those requested under the name."""
    own = _note(params["path"]).get("key_id") if params["path"] else None
    asked_for = re.compile(f"{re.escape(params['name'])} [0-9a-f]{{8}}")
    kept = [
        one
        for one in before.secrets
        if one["keyId"] != own and not asked_for.fullmatch(str(one.get("displayName") or ""))
    ]
    return replace(before, secrets=kept)
