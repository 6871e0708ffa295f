# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Request a synchronization of the connector, and wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.resource import Record
from .._engine.tenant import Tenant
from .._http.poll import Within, poll, waiting
from .connectors import PATH, facts, parse_time, read_connectors, the_connector

_PURPOSE = Purpose("request a synchronization", "DeviceManagementServiceConfig.ReadWrite.All")
_SYNC_TYPES = {"full": "fullSync", "delta": "deltaSync"}  # deviceManagementExchangeConnectorSyncType
_PAUSES = 1.0, 15.0  # seconds between reads while waiting

OPTIONS: dict[str, Any] = {
    "sync_type": {"type": "str", "choices": list(_SYNC_TYPES), "default": "delta"},
    "minimum_interval": {"type": "int", "default": 0},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 900},
}


def sync(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Request a synchronization unless the last successful one is recent enough. Raises `TenantError`."""
    records, now = read_connectors(tenant)
    record = the_connector(records, tenant)
    connector = facts(record, now)
    age = connector["last_sync_age_seconds"]
    if age is not None and age < params["minimum_interval"]:
        return {"changed": False, "requested": False, "connector": connector}
    if not check_mode:
        tenant.graph.action(f"{PATH}/{record['id']}/sync", {"syncType": _SYNC_TYPES[params["sync_type"]]}, _PURPOSE)
        if params["wait"]:
            connector = _wait(tenant, record, params["wait_timeout"])
    return {"changed": True, "requested": not check_mode, "connector": connector}


def _wait(tenant: Tenant, before: Record, seconds: int) -> dict[str, Any]:
    """The connector once its last successful synchronization is later than `before` the request."""
    then = parse_time(before.get("lastSyncDateTime"))

    def read() -> tuple[Record, datetime]:
        records, now = read_connectors(tenant)
        return the_connector(records, tenant), now

    def synced(record: Record) -> datetime | None:
        return parse_time(record.get("lastSyncDateTime"))

    def is_later(state: tuple[Record, datetime]) -> bool:
        time = synced(state[0])
        return time is not None and (then is None or time > then)

    def missing(state: tuple[Record, datetime]) -> str:
        status, last = state[0].get("status"), synced(state[0]) or "never"
        return f"the synchronization: the connector is {status}, last synchronized {last}"

    state, done = poll(read, is_later, Within(tenant.http, seconds, _PAUSES), waiting(tenant.progress, missing))
    if not done:
        raise TenantError(
            "timeout",
            f"it was requested, but did not finish within {seconds} s (wait_timeout)",
            "wait for the synchronization",
            tenant.label,
            next_step="Check connector_info later; a full synchronization of many mailboxes takes a long time",
        )
    return facts(*state)
