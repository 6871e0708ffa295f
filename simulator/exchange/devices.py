# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile devices in Exchange: the access decision, statistics, wipes and classes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from ..behaviours.table import implements
from ..cmdlets.exchange_types import CmdletCall, ExchangeType, keep, named
from ..state.clock import iso
from ..state.http_messages import Json
from ..state.store import normalize_case
from .recipients import RECIPIENTS, distinguished

# UniversalOutlook selects the apps Mail and Calendar of Windows, of which no device is simulated:
# https://learn.microsoft.com/powershell/module/exchange/get-mobiledevice
_CLIENTS = {"ActiveSync": "EAS", "OWAforDevices": "MOWA", "RestApi": "REST", "UniversalOutlook": "UniversalOutlook"}
_SWITCHES = {"EAS": "ActiveSyncEnabled", "Outlook": "OutlookMobileEnabled", "MOWA": "OWAforDevicesEnabled"}
_STATES = {"Block": "Blocked", "Quarantine": "Quarantined", "Allow": "Allowed"}
_PROPERTY_OF = {
    "DeviceModel": "DeviceModel",
    "DeviceType": "DeviceType",
    "DeviceOS": "DeviceOS",
    "UserAgent": "DeviceUserAgent",
}
_KINDS = (
    {"model": "iPhone14C2", "type": "iPhone", "os": "iOS 18.6", "client": "EAS"},
    {"model": "iPad13C1", "type": "iPad", "os": "iPadOS 18.6", "client": "EAS"},
    {"model": "SM-G991B", "type": "Android", "os": "Android 15", "client": "EAS"},
    {"model": "Outlook for iOS and Android", "type": "Outlook", "os": "Android 15", "client": "Outlook"},
)
_DEVICE_FILTERS = frozenset({"Mailbox", *_CLIENTS})


def seed_devices(run: CmdletCall) -> None:
    described = run.tenant.exchange or {}
    for number, device in enumerate([*(described.get("devices") or []), *_crowd(described)]):
        seed_device(run, number, device)


def _crowd(described: Json) -> Iterator[Json]:
    """As many devices as `crowd` specifies, the same ones in every run: {devices, seed, users}."""
    crowd = described.get("crowd") or {"devices": 0}
    chance = random.Random(crowd.get("seed", 0))
    for number in range(crowd["devices"]):
        kind = chance.choice(_KINDS)
        yield {
            **kind,
            "user": crowd["users"][number % len(crowd["users"])],
            "version": chance.choice(("14.1", "16.0", "16.1")) if kind["client"] == "EAS" else None,
            "first_sync": chance.randint(1, 1000) * 86400,
            "last_sync": chance.randint(0, 300) * 86400,
        }


def seed_device(run: CmdletCall, number: int, described: Json) -> None:
    """A device that synchronized for the first time an hour ago, and just now, unless described otherwise.

    With an `id`, the same device can be in several mailboxes.
    """
    device_id = run.tenant.device_id(number)
    owner = run.tenant.uuid("user", described["user"])
    mailbox = (run.tenant.store("users").get(owner) or {}).get("mailNickname") or described["user"]
    name = f"{described['client']}§{described['type']}§{device_id}"
    first = iso(run.now - timedelta(seconds=described.get("first_sync", 3600)))
    identity = f"{mailbox}\\ExchangeActiveSyncDevices\\{name}"
    device = {
        "Name": name,
        "Identity": identity,
        # owners with the same name make identical identities
        "Guid": run.tenant.uuid("MobileDevice", described["user"], name),
        "DistinguishedName": distinguished(run.tenant, name, "ExchangeActiveSyncDevices", owner),
        "ClientType": described["client"],
        "ClientVersion": described.get("version", "16.1"),
        "DeviceId": device_id,
        "DeviceModel": described["model"],
        "DeviceType": described["type"],
        "DeviceOS": described["os"],
        "DeviceUserAgent": described.get("user_agent", f"{described['type']}/1"),
        "FriendlyName": described["model"],
        "FirstSyncTime": first,
        "UserDisplayName": described["user"],
        "IsDisabled": False,
        "WhenCreated": first,
        "WhenChanged": first,
        "_owner": owner,
        "_wipe": {},
        "_last_sync": iso(run.now - timedelta(seconds=described["last_sync"])) if "last_sync" in described else None,
        # a state and its reason that no setting explains, such as [Blocked, Policy]
        "_decided": described.get("decided"),
    }
    run.tenant.store("MobileDevice").add(device["Guid"], named(run, device))
    _class_of(run, device)


def _class_of(run: CmdletCall, device: Json) -> None:
    identity = f"{device['DeviceType']}§{device['DeviceModel']}"
    if not run.tenant.store("ActiveSyncDeviceClass").find("Identity", identity):
        kind = {"DeviceType": device["DeviceType"], "DeviceModel": device["DeviceModel"]}
        keep(run, "ActiveSyncDeviceClass", kind | {"Identity": identity, "LastUpdateTime": iso(run.now)})


@implements("device-access")
def device_view(run: CmdletCall, device: Json) -> Json:
    """A device with its access decision, which is computed from the current state of everything else.

    Order: the mailbox's switch for this client, an external decision (`decided` in the description), the mailbox's
    lists, the device rules that block, quarantine, allow, then the organization's default.
    """
    return device | _decision(run, device)


def _decision(run: CmdletCall, device: Json) -> Json:
    mailbox = run.tenant.store("CASMailbox").get(device["_owner"]) or {}
    if not mailbox.get(_SWITCHES.get(device["ClientType"], ""), True):
        return _state("Blocked", "Individual")
    if device["_decided"]:
        return _state(*device["_decided"])
    for name, state in (("ActiveSyncBlockedDeviceIDs", "Blocked"), ("ActiveSyncAllowedDeviceIDs", "Allowed")):
        if device["DeviceId"] in (mailbox.get(name) or []):
            return _state(state, "Individual")
    rules = [rule for rule in run.tenant.store("ActiveSyncDeviceAccessRule") if _fits(rule, device)]
    for level, state in _STATES.items():
        for rule in rules:
            if rule["AccessLevel"] == level:
                return _state(state, "DeviceRule", rule["Identity"])
    default = next(iter(run.tenant.store("ActiveSyncOrganizationSettings")))["DefaultAccessLevel"]
    return _state(_STATES[default], "Global")


def _fits(rule: Json, device: Json) -> bool:
    known = _PROPERTY_OF.get(rule["Characteristic"])
    return bool(known) and normalize_case(str(device.get(str(known)))) == normalize_case(rule["QueryString"])


def _state(state: str, reason: str, rule: str | None = None) -> Json:
    return {"DeviceAccessState": state, "DeviceAccessStateReason": reason, "DeviceAccessControlRule": rule}


@implements("exchange-filters")
def _narrow_devices(run: CmdletCall, devices: list[Json]) -> list[Json]:
    if "Mailbox" in run.given:
        owner = RECIPIENTS.find(run, run.given["Mailbox"])["_key"]
        devices = [device for device in devices if device["_owner"] == owner]
    wanted = {kind for name, kind in _CLIENTS.items() if run.given.get(name)}
    return [device for device in devices if not wanted or device["ClientType"] in wanted]


@implements("device-statistics")
def _statistics(run: CmdletCall, device: Json) -> Json:
    synchronized = None if device["ClientType"] == "Outlook" else device["_last_sync"] or iso(run.now)
    return {
        **device_view(run, device),
        "DeviceID": device["DeviceId"],
        "DeviceFriendlyName": device["FriendlyName"],
        "LastSuccessSync": synchronized,
        "LastSyncAttemptTime": synchronized,
        "Status": "DeviceOk",
        "IsRemoteWipeSupported": True,
        "NumberOfFoldersSynced": 8,
        **{name: value for name, value in device.get("_statistics", {}).items() if "Access" not in name},
        **_progress(run, device["_wipe"]),
    }


@implements("device-wipe-acknowledged")
def _progress(run: CmdletCall, wipes: Json) -> Json:
    """The wipes of each kind, which the device receives and performs after a while."""
    shown: Json = {}
    for kind, wipe in wipes.items():
        if wipe["asked"]:
            shown |= {f"{kind}RequestTime": iso(wipe["asked"]), f"Last{kind}Requestor": wipe["by"]}
        if done := _done(run, wipe):
            shown |= {f"{kind}SentTime": iso(done), f"{kind}AckTime": iso(done)}
    return shown


def _done(run: CmdletCall, wipe: Json) -> Any:
    """When the device last acknowledged a wipe of this kind."""
    return wipe["due"] if wipe["asked"] and run.now >= wipe["due"] else wipe["acknowledged"]


@implements("device-wipe")
def clear_device(run: CmdletCall, exchange_type: ExchangeType) -> list[Json]:
    """Request a wipe, or cancel the requests that the device has not acknowledged."""
    device = DEVICES.find(run, run.given["Identity"])
    wipes: Json = dict(device["_wipe"])
    if run.given.get("Cancel"):
        for kind, wipe in wipes.items():
            if wipe["asked"] and run.now < wipe["due"]:
                wipes[kind] = wipe | {"asked": None}
    else:
        by_account = run.given.get("AccountOnly") or normalize_case(device["DeviceType"]) == "outlook"
        kind = "AccountOnlyDeviceWipe" if by_account else "DeviceWipe"
        wipes[kind] = {
            "asked": run.now,
            "by": run.caller,
            "due": run.now + timedelta(seconds=(run.tenant.exchange or {}).get("wipe_after", 600)),
            "acknowledged": _done(run, wipes[kind]) if kind in wipes else None,
        }
    run.tenant.store("MobileDevice").update(device["Guid"], {"_wipe": wipes})
    return []


DEVICES = ExchangeType(
    "MobileDevice",
    keys=("Identity", "Guid", "Id", "Name", "DistinguishedName"),
    view=device_view,
    narrow=_narrow_devices,
    supported=_DEVICE_FILTERS,
)
DEVICE_NOUNS = {
    "ActiveSyncDeviceClass": ExchangeType("ActiveSyncDeviceClass"),
    "MobileDevice": DEVICES,
    "MobileDeviceStatistics": ExchangeType(
        "MobileDevice", view=_statistics, narrow=_narrow_devices, supported=_DEVICE_FILTERS
    ),
}
