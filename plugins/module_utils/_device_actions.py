# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to mobile devices: allowed or blocked in their mailbox, forgotten, wiped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ._cas_mailbox import keep as keep_mailbox
from ._device_wipe import wipe
from ._devices import FILTERS, find_devices
from ._errors import Purpose, TenantError, usage
from ._resource import fold
from ._tenant import Tenant

_REMOVE = Purpose("remove the mobile device", "the Exchange role Mail Recipients or User Options")
OPTIONS: dict[str, Any] = {
    **FILTERS,
    "match": {"type": "str", "choices": ["one", "all"], "default": "one"},
    "access": {"type": "str", "choices": ["allowed", "blocked", "default"]},
    "wipe": {"type": "str", "choices": ["account_only", "full", "cancel"]},
    "confirm_full_wipe": {"type": "str"},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 900},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
_LISTED = 10  # candidates in a message


def act(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Do one thing to one device, or to all that the filters leave. Raises L(TenantError)."""
    _check(params)
    devices = find_devices(tenant, params)
    if params["match"] == "one":
        devices = _the_one(tenant, params, devices)
    do: Callable[..., dict[str, Any]] = _allow if params["access"] else wipe if params["wipe"] else _forget
    return {"devices": devices, **do(tenant, params, devices, check_mode)}


def _check(params: Mapping[str, Any]) -> None:
    asked = [params["access"], params["wipe"], params["state"] == "absent"]
    if sum(1 for one in asked if one) != 1:
        raise usage("exactly one of access, wipe and state=absent must be given", "Use a task for each")
    if not any(params[option] not in (None, "") for option in FILTERS):
        raise usage("no option says which devices are meant", "Give device_id, mailbox or another filter")
    if params["wipe"] == "full":
        if params["match"] == "all":
            raise usage("a full wipe is for one device", "Leave match out, and give device_id")
        if not params["device_id"] or params["confirm_full_wipe"] != params["device_id"]:
            raise usage(
                "a full wipe erases everything on the device, so confirm_full_wipe must be the same as device_id",
                "Use account_only to erase only the mail account",
            )


def _the_one(tenant: Tenant, params: Mapping[str, Any], devices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(devices) == 1 or (not devices and params["state"] == "absent"):
        return devices
    if not devices:
        raise TenantError("not_found", "no device is left by the filters", "find the device", tenant.label)
    named = ", ".join(f"{one['device_id']} of {one['mailbox']}" for one in devices[:_LISTED])
    raise TenantError(
        "ambiguous",
        f"{len(devices)} devices are left by the filters where one is expected: {named}"
        + (" and others" if len(devices) > _LISTED else ""),
        "find the device",
        tenant.label,
        next_step="Say which one, by mailbox and device_id, or that all are meant, by match",
        details={"candidates": [one["identity"] for one in devices]},
    )


def _allow(
    tenant: Tenant, params: Mapping[str, Any], devices: list[dict[str, Any]], check_mode: bool
) -> dict[str, Any]:
    """Move the ids between the lists of their mailboxes: one call for each mailbox that changes."""
    before, after, affected = {}, {}, []
    for owner in sorted({one["mailbox"] for one in devices}):
        ids = [one["device_id"] for one in devices if one["mailbox"] == owner]
        edits = {"allowed": ("add", "remove"), "blocked": ("remove", "add"), "default": ("remove", "remove")}
        allowed, blocked = ({"add": [], "remove": [], "set": None, edit: ids} for edit in edits[params["access"]])
        wanted = {
            "mailbox": owner,
            "active_sync_enabled": None,
            "outlook_mobile_enabled": None,
            "policy": None,
            "allowed_device_ids": allowed,
            "blocked_device_ids": blocked,
        }
        kept = keep_mailbox(tenant, wanted, check_mode)
        if kept["changed"]:
            before[owner], after[owner] = (
                {name: kept["diff"][side][name] for name in ("allowed_device_ids", "blocked_device_ids")}
                for side in ("before", "after")
            )
            affected += _moved(ids, before[owner], after[owner])
    return {"changed": bool(affected), "diff": {"before": before, "after": after}, "affected": affected}


def _moved(ids: list[str], before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> list[str]:
    def places(side: Mapping[str, list[str]], one: str) -> list[bool]:
        return [fold(one) in map(fold, listed) for listed in side.values()]

    return [one for one in ids if places(before, one) != places(after, one)]


def _forget(
    tenant: Tenant, params: Mapping[str, Any], devices: list[dict[str, Any]], check_mode: bool
) -> dict[str, Any]:
    """Remove the partnerships. Nothing is erased on the devices."""
    for device in devices:
        if not check_mode:
            try:
                tenant.exchange.invoke("Remove-MobileDevice", {"Identity": device["guid"]}, _REMOVE)
            except TenantError as error:
                if error.kind != "not_found":  # gone already is gone
                    raise
    before = {one["device_id"]: one["identity"] for one in devices}
    return {"changed": bool(devices), "diff": {"before": before, "after": {}}, "affected": list(before)}
