# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wiping mobile devices: the mail account alone, everything, or not after all.

This is the only place from which Clear-MobileDevice is sent to wipe (L(_any_cmdlet) refuses it without AccountOnly).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._errors import Purpose, TenantError
from ._retry import Deadline
from ._tenant import Tenant

_WIPE = Purpose("wipe the mobile device", "the Exchange role Mail Recipients or User Options")
_READ = Purpose("see how far the wipe is", "the Exchange role View-Only Recipients, Mail Recipients or User Options")
_FIRST_LOOK, _LONGEST_PAUSE = 5.0, 60.0  # seconds between looks while waiting
_KINDS = ("AccountOnlyDeviceWipe", "DeviceWipe")


def wipe_of(statistics: Mapping[str, Any]) -> str:
    """How far a wipe is: none, or the kind of wipe and whether it is asked for or acknowledged."""
    for kind, word in zip(_KINDS, ("account_only", "full"), strict=True):
        if statistics.get(f"{kind}AckTime"):
            return f"{word} acknowledged"
        if statistics.get(f"{kind}RequestTime"):
            return f"{word} requested"
    return "none"


def wipe(tenant: Tenant, params: Mapping[str, Any], devices: list[dict[str, Any]], check_mode: bool) -> dict[str, Any]:
    """Ask for the wipe of each device that is not being wiped, or take the requests back. Raises L(TenantError)."""
    parameters = {one["guid"]: _parameters(params["wipe"], one) for one in devices}
    before = {one["device_id"]: _look(tenant, one) for one in devices}
    after = dict(before)
    for device in devices:
        name, sent = device["device_id"], parameters[device["guid"]]
        word = "account_only" if "AccountOnly" in sent else "full"
        if params["wipe"] == "cancel":
            if before[name].endswith("requested"):
                after[name] = "none"
        elif not before[name].startswith(word):
            after[name] = f"{word} requested"
        if after[name] != before[name] and not check_mode:
            tenant.exchange.invoke("Clear-MobileDevice", {"Identity": device["guid"], **sent}, _WIPE)
    affected = [name for name in after if after[name] != before[name]]
    result = {"changed": bool(affected), "diff": {"before": before, "after": after}, "affected": affected}
    waits = params["wait"] and params["wipe"] != "cancel" and not check_mode
    seen = _wait(tenant, devices, params["wait_timeout"]) if waits else after
    return {**result, "acknowledged": bool(seen) and all(one.endswith("acknowledged") for one in seen.values())}


def _parameters(wanted: str, device: Mapping[str, Any]) -> dict[str, bool]:
    """What makes Clear-MobileDevice do C(wanted) and no more. Raises L(TenantError) where it cannot."""
    if wanted == "cancel":
        return {"Cancel": True}
    # Outlook holds no more than the account, so that nothing else can be wiped there.
    if wanted == "full" and device["client_type"] != "Outlook":
        return {}
    if device["below_minimum_eas_version"]:
        raise TenantError(
            "not_supported",
            f"the device {device['device_id']} of {device['mailbox']} speaks a protocol before 16.1, which knows no "
            "wipe of the account alone",
            next_step="Block the device instead; nothing else can be taken from it without erasing all of it",
        )
    return {"AccountOnly": True}


def _look(tenant: Tenant, device: Mapping[str, Any]) -> str:
    found = tenant.exchange.invoke("Get-MobileDeviceStatistics", {"Identity": device["guid"]}, _READ).values
    return wipe_of(found[0]) if found else "none"


def _wait(tenant: Tenant, devices: list[dict[str, Any]], seconds: int) -> dict[str, str]:
    """How far the wipes are when all are acknowledged, or when the time is up: a device that is off never answers."""
    limit, pause = Deadline(seconds, tenant.http.clock), _FIRST_LOOK
    tenant.http.deadline.extend(seconds)
    while True:
        seen = {one["device_id"]: _look(tenant, one) for one in devices}
        waiting = [name for name, far in seen.items() if not far.endswith("acknowledged")]
        left = limit.remaining()
        if not waiting or left <= 0:
            return seen
        tenant.progress(f"waiting for {len(waiting)} devices to acknowledge the wipe; {left:.0f} s left")
        tenant.http.sleep(min(pause, left))
        pause = min(_LONGEST_PAUSE, pause * 1.5)
