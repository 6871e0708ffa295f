# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile access in Exchange: organization settings, device access rules, mailbox policies, devices, their classes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ._behaviours import behaves
from ._clock import iso
from ._intune import connector_view
from ._nouns import Noun, Run, named, refused
from ._recipients import RECIPIENTS
from ._store import Store
from ._values import edited
from ._wire import Json

SETTINGS = "Mobile Mailbox Settings"
_CLIENTS = {"ActiveSync": "EAS", "OWAforDevices": "MOWA", "RestApi": "REST", "UniversalOutlook": "Outlook"}
_DEVICE_FILTERS = frozenset({"Mailbox", *_CLIENTS})


def seed_mobile(run: Run) -> None:
    tenant = run.tenant
    defaults = {
        name: spec.get("default") for name, spec in run.cmdlets["set-activesyncorganizationsettings"].parameters.items()
    }
    settings = {
        **{name: value for name, value in defaults.items() if name not in ("Identity", "Confirm", "WhatIf")},
        "AdminMailRecipients": [],
        "AllowAccessForUnSupportedPlatform": False,
        "EnableMobileMailboxPolicyWhenCAInplace": False,
        "HasAzurePremiumSubscription": False,
    }
    _keep(run, "ActiveSyncOrganizationSettings", {"Name": SETTINGS} | settings)
    _keep(run, "MobileDeviceMailboxPolicy", _policy_defaults(run) | {"Name": "Default", "IsDefault": True})
    for number, device in enumerate((tenant.exchange or {}).get("devices") or []):
        seed_device(run, number, device)


def seed_device(run: Run, number: int, described: Json) -> None:
    """A device that synchronised an hour ago for the first time, and just now."""
    device_id = run.tenant.uuid("device", str(number)).replace("-", "").upper()
    name = f"{described['client']}§{described['type']}§{device_id}"
    first = iso(run.now - timedelta(hours=1))
    identity = f"{described['user']}\\ExchangeActiveSyncDevices\\{name}"
    device = {
        "Name": name,
        "Identity": identity,
        "ClientType": described["client"],
        "ClientVersion": "16.1",
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
        "_owner": run.tenant.uuid("user", described["user"]),
        "_wipe": None,
    }
    _keep(run, "MobileDevice", device)
    _class_of(run, device)


@behaves("device-access")
def device_view(run: Run, device: Json) -> Json:
    """A device with the decision about it, which follows from everything else at this moment.

    Order: the mailbox's own lists, then the device rules, then the organization's default.
    """
    return device | _decision(run, device)


def _decision(run: Run, device: Json) -> Json:
    mailbox = run.tenant.store("CASMailbox").get(device["_owner"]) or {}
    if not mailbox.get("ActiveSyncEnabled", True):
        return _state("Blocked", "Individual")
    for name, state in (("ActiveSyncBlockedDeviceIDs", "Blocked"), ("ActiveSyncAllowedDeviceIDs", "Allowed")):
        if device["DeviceId"] in (mailbox.get(name) or []):
            return _state(state, "Individual")
    states = {"Allow": "Allowed", "Block": "Blocked", "Quarantine": "Quarantined"}
    fields = {
        "DeviceModel": "DeviceModel",
        "DeviceType": "DeviceType",
        "DeviceOS": "DeviceOS",
        "UserAgent": "DeviceUserAgent",
    }
    for rule in run.tenant.store("ActiveSyncDeviceAccessRule"):
        known = fields.get(rule["Characteristic"])
        if known and str(device.get(known)).casefold() == rule["QueryString"].casefold():
            return _state(states[rule["AccessLevel"]], "DeviceRule", rule["Identity"])
    default = next(iter(run.tenant.store("ActiveSyncOrganizationSettings")))["DefaultAccessLevel"]
    return _state(states[default], "Global")


def _state(state: str, reason: str, rule: str | None = None) -> Json:
    return {"DeviceAccessState": state, "DeviceAccessStateReason": reason, "DeviceAccessControlRule": rule}


def _narrow_devices(run: Run, devices: list[Json]) -> list[Json]:
    if "Mailbox" in run.given:
        owner = RECIPIENTS.find(run, run.given["Mailbox"])["ExternalDirectoryObjectId"]
        devices = [device for device in devices if device["_owner"] == owner]
    wanted = {kind for name, kind in _CLIENTS.items() if run.given.get(name)}
    return [device for device in devices if not wanted or device["ClientType"] in wanted]


@behaves("device-statistics")
def _statistics(run: Run, device: Json) -> Json:
    synchronised = None if device["ClientType"] == "Outlook" else iso(run.now)
    return {
        **device_view(run, device),
        "DeviceID": device["DeviceId"],
        "DeviceFriendlyName": device["FriendlyName"],
        "LastSuccessSync": synchronised,
        "LastSyncAttemptTime": synchronised,
        "Status": "DeviceOk",
        "IsRemoteWipeSupported": True,
        "NumberOfFoldersSynced": 8,
        **(device["_wipe"] or {}),
    }


@behaves("device-wipe")
def clear_device(run: Run, noun: Noun) -> list[Json]:
    """Ask for a wipe, or take the request back."""
    device = DEVICES.find(run, run.given["Identity"])
    kind = (
        "AccountOnlyDeviceWipe" if run.given.get("AccountOnly") or device["ClientType"] == "Outlook" else "DeviceWipe"
    )
    asked: dict[str, Any] = {f"{kind}RequestTime": iso(run.now), f"Last{kind}Requestor": run.caller}
    wipe = None if run.given.get("Cancel") else asked
    run.tenant.store("MobileDevice").update(device["Guid"], {"_wipe": wipe})
    return []


@behaves("rule-name")
def _new_rule(run: Run) -> Json:
    rule = run.settings()
    return rule | {"Identity": f"{rule['QueryString']} ({rule['Characteristic']})"}


def _new_policy(run: Run) -> Json:
    policy = _policy_defaults(run) | _settled(run.settings(), {})
    _one_default(run, policy)
    return policy


def _change_policy(run: Run, policy: Json) -> Json:
    changes = _settled(
        {name: value for name, value in run.given.items() if name not in ("Identity", "Confirm")}, policy
    )
    if policy["IsDefault"] and changes.get("IsDefault") is False:
        raise refused("policy-default", "The default policy stays so until another one is made the default.")
    _one_default(run, changes)
    return changes


def _remove_policy(run: Run, policy: Json) -> None:
    if policy["IsDefault"]:
        raise refused("policy-default", f'The policy "{policy["Name"]}" is the default one and cannot be removed.')
    used = [item for item in run.tenant.store("CASMailbox") if item.get("ActiveSyncMailboxPolicy") == policy["Name"]]
    if used and not run.given.get("Force"):
        raise refused("policy-in-use", f'The policy "{policy["Name"]}" is assigned to {len(used)} mailboxes.')


@behaves("policy-implied")
def _settled(settings: Json, current: Json) -> Json:
    """Settings with their edits carried out and what they bring along."""
    lists = ("ApprovedApplicationList", "UnapprovedInROMApplicationList")
    edits = {name: edited(current.get(name) or [], settings[name]) for name in lists if name in settings}
    implied = {"DeviceEncryptionEnabled": True} if settings.get("RequireStorageCardEncryption") else {}
    return settings | edits | implied


@behaves("policy-default")
def _one_default(run: Run, policy: Json) -> None:
    """Making one policy the default unmakes the other."""
    store: Store = run.tenant.store("MobileDeviceMailboxPolicy")
    if policy.get("IsDefault"):
        for other in store:
            store.update(other["Guid"], {"IsDefault": False})


def _policy_defaults(run: Run) -> Json:
    specs = run.cmdlets["new-mobiledevicemailboxpolicy"].parameters
    lists: Json = {name: [] for name, spec in specs.items() if spec["encoding"] == "multivalued"}
    plain = {name: spec["default"] for name, spec in specs.items() if "default" in spec}
    return {"IsDefault": False} | lists | plain


@behaves("settings-managed")
def _settings_view(run: Run, settings: Json) -> Json:
    connectors = (connector_view(run.tenant, item, run.now) for item in run.tenant.store("exchangeConnectors"))
    return settings | {"IsIntuneManaged": any(item["status"] == "connected" for item in connectors)}


def _class_of(run: Run, device: Json) -> None:
    identity = f"{device['DeviceType']}§{device['DeviceModel']}"
    if not run.tenant.store("ActiveSyncDeviceClass").find("Identity", identity):
        kind = {"DeviceType": device["DeviceType"], "DeviceModel": device["DeviceModel"]}
        _keep(run, "ActiveSyncDeviceClass", kind | {"Identity": identity, "LastUpdateTime": iso(run.now)})


def _keep(run: Run, noun: str, item: Json) -> None:
    identity = item.get("Identity") or item["Name"]
    item = named(run, item | {"Guid": run.tenant.uuid(noun, identity)})
    run.tenant.store(noun).add(item["Guid"], item)


DEVICES = Noun(
    "MobileDevice",
    keys=("Identity", "Guid", "Id", "Name", "DistinguishedName"),
    view=device_view,
    narrow=_narrow_devices,
    heard=_DEVICE_FILTERS,
)
MOBILE_NOUNS = {
    "ActiveSyncOrganizationSettings": Noun("ActiveSyncOrganizationSettings", view=_settings_view),
    "ActiveSyncDeviceAccessRule": Noun("ActiveSyncDeviceAccessRule", create=_new_rule),
    "ActiveSyncDeviceClass": Noun("ActiveSyncDeviceClass"),
    "MobileDeviceMailboxPolicy": Noun(
        "MobileDeviceMailboxPolicy", create=_new_policy, change=_change_policy, remove=_remove_policy
    ),
    "MobileDevice": DEVICES,
    "MobileDeviceStatistics": Noun("MobileDevice", view=_statistics, narrow=_narrow_devices, heard=_DEVICE_FILTERS),
}
