# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which mobile devices Exchange lets in. Pure rules: no I/O.

The order is the one of "Managing Exchange ActiveSync devices" (Exchange Server 2010, "Determining a mobile device's
access state"): the switch of the user, the mailbox policy, the user's blocked and allowed devices, the device access
rules that block, quarantine, allow, then the default. Microsoft describes no other for Exchange Online.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.errors import TenantError
from .._core.resource import Record, normalize_case, normalized_set

STATES = {"Block": "Blocked", "Quarantine": "Quarantined", "Allow": "Allowed"}  # the strictest rule comes first
# The property that a rule compares. An XMSWLHeader appears in no property of a device.
_PROPERTY_OF = {
    "DeviceModel": "DeviceModel",
    "DeviceType": "DeviceType",
    "DeviceOS": "DeviceOS",
    "UserAgent": "DeviceUserAgent",
}
# The properties of devices that `impact` shows, with their names; rules on others are not predicted.
_SHOWN = {f"Device{name}": f"device_{name.lower()}" for name in ("Type", "Model", "OS")}
# The switch of the mailbox for each kind of client.
_SWITCHES = {"EAS": "ActiveSyncEnabled", "Outlook": "OutlookMobileEnabled", "MOWA": "OWAforDevicesEnabled"}
# States that no property explains: whether the device meets the policy, or Intune's decision.
_DECIDED_ELSEWHERE = {"Policy": "policy", "ExternallyManaged": "externally_managed"}


@dataclass(frozen=True)
class OrganizationAccess:
    """The organization's settings for all devices."""

    default: str
    rules: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Decision:
    """The decision about a device, its reason, and the deciding rule if any."""

    state: str
    reason: str
    rule: str = ""


_DEVICES = "\\ExchangeActiveSyncDevices\\"
_CANONICAL = "/ExchangeActiveSyncDevices/"


def owner_of(device: Mapping[str, Any]) -> str:
    """The mailbox of a device, from its identity: UserDisplayName may be the path of a server.

    A mailbox name may contain a slash, so the identity is split nowhere else. The first match counts, since the device
    itself chooses its type, which follows. A canonical name escapes the slashes of names.
    """
    identity = str(device.get("Identity") or "")
    if _DEVICES in identity:
        return identity.partition(_DEVICES)[0]
    path = identity.partition(_CANONICAL)[0].replace("\\/", "\0")
    return path.rpartition("/")[2].replace("\0", "/")


def _parent(device: Mapping[str, Any]) -> str:
    """The location of a device's mailbox in the directory; empty if the device does not show it."""
    name, _container, parent = str(device.get("DistinguishedName") or "").rpartition(",CN=ExchangeActiveSyncDevices,")
    return str(normalize_case(parent)) if name else ""


def belongs(device: Mapping[str, Any], mailbox: Mapping[str, Any]) -> bool | None:
    """Whether `device` belongs to `mailbox`; None if neither the directory nor the name proves it."""
    parent = _parent(device)
    if parent and mailbox.get("DistinguishedName"):
        return bool(parent == normalize_case(mailbox["DistinguishedName"]))
    owner = owner_of(device)
    return (
        True
        if owner and normalize_case(owner) in normalized_set((mailbox.get("Identity"), mailbox.get("Name")))
        else None
    )


def decide(device: Mapping[str, Any], mailbox: Mapping[str, Any], access: OrganizationAccess) -> Decision:
    """The decision about `device`. An empty `mailbox` has no switches and no lists."""
    switch = _SWITCHES.get(str(device.get("ClientType")))
    if switch and mailbox.get(switch) is False:
        return Decision("Blocked", "user_switch")
    elsewhere = _DECIDED_ELSEWHERE.get(str(device.get("DeviceAccessStateReason")))
    if elsewhere:
        return Decision(str(device.get("DeviceAccessState")), elsewhere)
    for listed, state in (("ActiveSyncBlockedDeviceIDs", "Blocked"), ("ActiveSyncAllowedDeviceIDs", "Allowed")):
        if normalize_case(device.get("DeviceId")) in normalized_set(mailbox.get(listed)):
            return Decision(state, "individual")
    matching = {str(rule.get("AccessLevel")): rule for rule in reversed(access.rules) if _matches(rule, device)}
    for level, state in STATES.items():
        if level in matching:
            return Decision(state, "device_rule", str(matching[level].get("Identity") or ""))
    return Decision(STATES.get(access.default, access.default), "default")


def _matches(rule: Mapping[str, Any], device: Mapping[str, Any]) -> bool:
    """A query string is compared as a whole; whether Exchange ignores case is not documented."""
    name = _PROPERTY_OF.get(str(rule.get("Characteristic")))
    return bool(name and rule.get("QueryString")) and normalize_case(device.get(str(name))) == normalize_case(
        rule["QueryString"]
    )


class Mailboxes:
    """The mailboxes of an organization, by the names that a device's identity may contain."""

    # The first property that matches any mailbox decides: a display name only as a last resort.
    _NAMES = (
        ("DistinguishedName",),
        ("Guid", "ExternalDirectoryObjectId", "PrimarySmtpAddress"),
        ("Identity", "Name"),
        ("DisplayName",),
    )

    def __init__(self, mailboxes: Iterable[Record]) -> None:
        self._by_name: list[dict[Any, list[Record]]] = []
        listed = list(mailboxes)
        for names in self._NAMES:
            index: dict[Any, list[Record]] = {}
            for mailbox in listed:
                for name in {normalize_case(mailbox[name]) for name in names if mailbox.get(name)}:
                    index.setdefault(name, []).append(mailbox)
            self._by_name.append(index)

    def of(self, device: Mapping[str, Any]) -> list[Record]:
        """The possible owners of the device: one, several of one name, or none."""
        by_place, *by_name = self._by_name
        if _parent(device) in by_place:
            return by_place[_parent(device)]
        owner = normalize_case(owner_of(device))
        found = next((index[owner] for index in by_name if owner in index), [])
        return [mailbox for mailbox in found if belongs(device, mailbox) is not False]


def impact(
    devices: Iterable[Mapping[str, Any]],
    mailboxes: Sequence[Record],
    before: OrganizationAccess,
    after: OrganizationAccess,
) -> list[dict[str, Any]]:
    """The devices whose decision changes with `after`.

    Raises `TenantError` if a device may belong to several mailboxes with different results.
    """
    owners = Mailboxes(mailboxes)
    hit = []
    for device in devices:
        decided = [
            tuple(decide(device, mailbox, access) for access in (before, after))
            for mailbox in owners.of(device) or [{}]
        ]
        was, becomes = decided[0]
        if any(one != decided[0] for one in decided):
            raise _ambiguous(device, owners.of(device))
        if was.state != becomes.state:
            shown = {"guid": device.get("Guid"), "device_id": device.get("DeviceId"), "mailbox": owner_of(device)}
            shown["client_type"] = device.get("ClientType")
            shown |= {name: device.get(api) for api, name in _SHOWN.items()}
            hit.append({**shown, "before": was.state, "after": becomes.state, "reason": becomes.reason})
    return hit


def _ambiguous(device: Mapping[str, Any], mailboxes: Sequence[Mapping[str, Any]]) -> TenantError:
    guids = [str(mailbox.get("Guid")) for mailbox in mailboxes]
    return TenantError(
        "ambiguous",
        f"{len(guids)} mailboxes may belong to the device {device.get('DeviceId')}, which Exchange names "
        f"{owner_of(device)}: {', '.join(guids)}",
        "determine which devices the change affects",
        next_step="Rename one of the mailboxes; the module does not choose",
        details={"candidates": guids},
    )


def locked_out(
    changes: Iterable[Mapping[str, Any]], rules: Iterable[Mapping[str, Any]] = ()
) -> list[Mapping[str, Any]]:
    """The devices of `changes`, from `impact`, whose state becomes stricter: allowed before, blocked after.

    One device counts once. Devices that match one of `rules`, in the form of the role mobile_access, are left out: a
    rule takes precedence over the default access level.
    """
    decided = [
        (_SHOWN[rule["characteristic"]], normalize_case(str(rule["query_string"])))
        for rule in rules
        if rule.get("characteristic") in _SHOWN and rule.get("state", "present") == "present"
    ]
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for change in changes:
        stricter = change["before"] == "Allowed" or change["after"] == "Blocked"
        if stricter and not any(
            change.get(name) and normalize_case(str(change[name])) == value for name, value in decided
        ):
            found.setdefault((change["guid"], change["device_id"], change["mailbox"]), change)
    return list(found.values())
