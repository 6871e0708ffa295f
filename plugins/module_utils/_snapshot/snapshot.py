# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A snapshot of a tenant: everything that the collection manages or assesses, read once, and failed reads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from .._core.concurrent import gather
from .._core.errors import TenantError
from .._core.read_result import attempt, check_any
from .._core.resource import normalize_case
from .._core.text import counted
from .._engine.tenant import Tenant
from .._http.claims import tenant_of
from .file import check_target, check_tenant, write_snapshot
from .kinds import FORMAT, KINDS, NOT_ASKED, VERSION
from .pseudonymize import pseudonymized
from .reads import exchange_calls, read_graph
from .unread import by_reason

OPTIONS: dict[str, dict[str, Any]] = {
    "path": {"type": "path"},
    "gather_statistics": {"type": "bool", "default": False},
    "pseudonymize": {"type": "bool", "default": False},
}
_EVERY = 30.0  # seconds between lines about the progress
_SERVICES = ("Microsoft Graph", "Exchange Online")
_REQUEST_ID = re.compile(r" \(request id [^()]*\)")


def take_snapshot(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Read the tenant, and write the snapshot to a file if one is given. Raises `TenantError` if nothing was read."""
    path = params["path"]
    if path:
        check_target(path, bool(params["pseudonymize"]))
    snapshot = read_snapshot(tenant, bool(params["gather_statistics"]))
    if path:  # in check mode too; and the file may have appeared during the reads
        check_tenant(path, None if params["pseudonymize"] else snapshot["tenant"]["id"])
    if params["pseudonymize"]:
        hidden = pseudonymized(snapshot)
        # Sorted by the new ids, as the order of the old ones would reveal something.
        objects = {kind: _ordered(kind, records) for kind, records in hidden["objects"].items()}
        snapshot = {**hidden, "pseudonymized": True, "objects": objects}
    if path and not check_mode:
        write_snapshot(path, snapshot)
    left = snapshot["not_read"]
    return {
        "changed": bool(path),
        "snapshot": None if path else snapshot,
        "path": path,
        "counts": {kind: len(objects) for kind, objects in snapshot["objects"].items()},
        "not_read": [{"kind": kind, "title": KINDS[kind].title, **problem} for kind, problem in left.items()],
        "not_read_reasons": by_reason(left),
    }


def read_snapshot(tenant: Tenant, statistics: bool) -> dict[str, Any]:
    """The snapshot as in the file."""
    taken_at = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    calls: dict[str, Callable[[], Any]] = {
        "graph": partial(read_graph, tenant),
        **exchange_calls(tenant, statistics),
    }
    done: list[str] = []
    found = gather(
        {name: partial(_noted, done, name, call) for name, call in calls.items()},
        waiting=lambda: tenant.progress(f"{len(done)} of {counted(len(calls), 'read')} done"),
        every=_EVERY,
    )
    graph, of_exchange = found.pop("graph"), [name for name in calls if name != "graph"]
    of_graph = (kind for kind in KINDS if kind not in {*calls, "device_statistics"})
    found = {**graph.or_else(dict.fromkeys(of_graph, graph)), **found}
    check_any(found.values())
    objects = {kind: _ordered(kind, found[kind].value) for kind in KINDS if kind in found and found[kind].known}
    organization = objects.get("organization") or [{}]
    exchange_works = any(found[name].known for name in of_exchange)
    working = [name for name, works in (("graph", graph.known), ("exchange", exchange_works)) if works]
    return {
        "format": FORMAT,
        "version": VERSION,
        "taken_at": taken_at,
        "pseudonymized": False,
        "tenant": {
            "id": str(organization[0].get("id") or _id_of(tenant, working)),
            "name": str(organization[0].get("displayName") or tenant.label),
        },
        "objects": objects,
        "not_read": {
            kind: _problem(found[kind].error if kind in found else None) for kind in KINDS if kind not in objects
        },
    }


def _id_of(tenant: Tenant, services: Iterable[str]) -> str:
    """The id of the tenant in the token of a service that responded; what the user calls it if no token names one."""
    named = (attempt(partial(tenant.tokens.bearer, one)).or_else("") for one in services)
    return next(filter(None, map(tenant_of, named)), tenant.label)


def _noted(done: list[str], name: str, call: Callable[[], Any]) -> Any:
    result = call()
    done.append(name)
    return result


def _problem(failure: TenantError | None) -> dict[str, Any]:
    """Why a kind is not in the snapshot. Stored request ids would be useless."""
    if failure is None:
        return {"reason": NOT_ASKED, "error": "not_asked"}
    answer = failure.answer
    if answer is None or answer.service not in _SERVICES:  # a sign-in, for example
        return {"reason": _REQUEST_ID.sub("", str(failure)), "error": failure.kind}
    return {
        "reason": _REQUEST_ID.sub("", str(failure)),
        "error": failure.kind,
        "response": {"status": answer.status, "code": answer.code, "message": answer.message},
    }


def _ordered(kind: str, objects: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same objects in the same order in every snapshot, and their properties; without annotations."""
    plain = [_plain(one) for one in objects]
    identity = KINDS[kind].identity
    return sorted(
        plain,
        key=lambda one: (normalize_case(str(one.get(identity) or "")), json.dumps(one, sort_keys=True, default=str)),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            str(name): _plain(entry)
            for name, entry in sorted(value.items())
            if "@" not in str(name) or name == "@odata.type"
        }
    return [_plain(entry) for entry in value] if isinstance(value, list) else value
