# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which mobile device Exchange lets in. Pure rules: no I/O.

The order is the one of "Managing Exchange ActiveSync devices" (Exchange Server 2010, "Determining a mobile device's
access state"): the switch of the user, the mailbox policy, the user's blocked and allowed devices, the device access
rules that block, quarantine, allow, then the default. Microsoft describes no other for Exchange Online.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ._resource import Record, fold, folded_set

STATES = {"Block": "Blocked", "Quarantine": "Quarantined", "Allow": "Allowed"}  # the strictest rule comes first
# What a rule looks at. A header of XMSWLHeader shows in no property of a device.
_LOOKED_AT = {
    "DeviceModel": "DeviceModel",
    "DeviceType": "DeviceType",
    "DeviceOS": "DeviceOS",
    "UserAgent": "DeviceUserAgent",
}
# The switch of the mailbox that is about a kind of client.
_SWITCHES = {"EAS": "ActiveSyncEnabled", "Outlook": "OutlookMobileEnabled", "MOWA": "OWAforDevicesEnabled"}
# Decided by what no property shows: whether the device keeps the policy, or what Intune says about it.
_DECIDED_ELSEWHERE = {"Policy": "policy", "ExternallyManaged": "externally_managed"}


@dataclass(frozen=True)
class Access:
    """What an organization says about all devices."""

    default: str
    rules: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What is decided about a device, by what, and by which rule if by one."""

    state: str
    reason: str
    rule: str = ""


def owner_of(device: Mapping[str, Any]) -> str:
    """The mailbox of a device, from the identity: UserDisplayName may hold the path of a server."""
    identity = str(device.get("Identity") or "").replace("/ExchangeActiveSyncDevices/", "\\ExchangeActiveSyncDevices\\")
    return identity.partition("\\ExchangeActiveSyncDevices\\")[0].rpartition("/")[2]


def decide(device: Mapping[str, Any], mailbox: Mapping[str, Any], access: Access) -> Decision:
    """The decision about C(device). An empty C(mailbox) has no switches and lists of its own."""
    switch = _SWITCHES.get(str(device.get("ClientType")))
    if switch and mailbox.get(switch) is False:
        return Decision("Blocked", "user_switch")
    elsewhere = _DECIDED_ELSEWHERE.get(str(device.get("DeviceAccessStateReason")))
    if elsewhere:
        return Decision(str(device.get("DeviceAccessState")), elsewhere)
    for listed, state in (("ActiveSyncBlockedDeviceIDs", "Blocked"), ("ActiveSyncAllowedDeviceIDs", "Allowed")):
        if fold(device.get("DeviceId")) in folded_set(mailbox.get(listed)):
            return Decision(state, "individual")
    matching = {str(rule.get("AccessLevel")): rule for rule in reversed(access.rules) if _matches(rule, device)}
    for level, state in STATES.items():
        if level in matching:
            return Decision(state, "device_rule", str(matching[level].get("Identity") or ""))
    return Decision(STATES.get(access.default, access.default), "default")


def _matches(rule: Mapping[str, Any], device: Mapping[str, Any]) -> bool:
    """A query string is compared as a whole; whether Exchange minds its case is described nowhere."""
    looked_at = _LOOKED_AT.get(str(rule.get("Characteristic")))
    return bool(looked_at and rule.get("QueryString")) and fold(device.get(str(looked_at))) == fold(rule["QueryString"])


def by_owner(mailboxes: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Mailboxes by every name that the identity of a device may have for them."""
    names = ("ExternalDirectoryObjectId", "Guid", "DisplayName", "PrimarySmtpAddress", "Name", "Identity")
    return {fold(mailbox[name]): mailbox for name in names for mailbox in mailboxes if mailbox.get(name)}


def impact(
    devices: Iterable[Mapping[str, Any]], mailboxes: Sequence[Mapping[str, Any]], before: Access, after: Access
) -> list[dict[str, Any]]:
    """The devices about which the decision is another one with C(after)."""
    owners = by_owner(mailboxes)
    hit = []
    for device in devices:
        owner = owner_of(device)
        was, becomes = (decide(device, owners.get(fold(owner), {}), access) for access in (before, after))
        if was.state != becomes.state:
            shown = {"guid": device.get("Guid"), "device_id": device.get("DeviceId"), "mailbox": owner}
            shown["client_type"] = device.get("ClientType")
            shown |= {f"device_{name.lower()}": device.get(f"Device{name}") for name in ("Type", "Model", "OS")}
            hit.append({**shown, "before": was.state, "after": becomes.state, "reason": becomes.reason})
    return hit
