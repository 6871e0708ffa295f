# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mailboxes: found once by the name that a person or device uses, and addressed by GUID from then on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from .._core.concurrent import gather
from .._core.errors import Purpose, TenantError, usage
from .._core.read_result import ReadResult
from .._core.resource import Record, normalize_case, normalized_set
from .._core.targets import is_guid, only
from .._engine.exchange import exchange_of
from .._engine.exchange_objects import found_by
from .._engine.tenant import Tenant
from .access_decision import Mailboxes, belongs, owner_of

READ_MAILBOX = Purpose("read the mailbox", "the Exchange role View-Only Recipients or Organization Client Access")
_READ_DEVICES = Purpose("determine whose device it is", "the Exchange role View-Only Recipients")
# Properties that are unique to a mailbox, and properties that are not.
_IDS = ("Guid", "ExchangeObjectId", "ExternalDirectoryObjectId", "PrimarySmtpAddress", "DistinguishedName")
_NAMES = ("Identity", "Name", "Alias", "SamAccountName")
# Properties for mobile access: a mailbox from the list of all is as complete as one read alone.
_ACCESS = (
    "ActiveSyncEnabled",
    "OutlookMobileEnabled",
    "ActiveSyncMailboxPolicy",
    "ActiveSyncMailboxPolicyIsDefaulted",
    "ActiveSyncAllowedDeviceIDs",
    "ActiveSyncBlockedDeviceIDs",
    "HasActiveSyncDevicePartnership",
)
_SELECT = (*_IDS, *_NAMES, "DisplayName", "EmailAddresses", *_ACCESS)
_ONE_MAILBOX = "Specify the address or the GUID of the mailbox"
_MANY = 20  # owners; for more, it is cheaper to read all mailboxes, a thousand in one request


def find_mailbox(tenant: Tenant, identity: str) -> Record:
    """The one mailbox for `identity`. Raises `TenantError`, of kind `ambiguous` for several."""
    if "*" in identity:  # Exchange may take it as a pattern, which one person alone may match
        raise usage(f"the mailbox {identity} contains a *, and one mailbox is meant", _ONE_MAILBOX)
    found = found_by(tenant, "Get-CASMailbox", {"Identity": identity}, READ_MAILBOX)
    found = [one for one in found if _has_id(one, identity)] or found
    if (
        len(found) == 1
        and _is_id(identity)
        and not _has_id(found[0], identity)
        and _has_name(found[0], identity, displayed=True)
    ):
        # Its name looks like an address or id, and may equal that of the mailbox that is meant.
        listed = _read_all(tenant)
        found = (
            [one for one in listed if _has_id(one, identity)]
            or [one for one in listed if _has_name(one, identity)]
            or [one for one in listed if _has_name(one, identity, displayed=True)]
        )
    mailbox: Record | None = only(found, _described, f"mailbox {identity}", tenant.label)
    if mailbox is None:
        raise TenantError("not_found", f"there is no mailbox {identity}", READ_MAILBOX.action, tenant.label)
    return mailbox


def check_owner(tenant: Tenant, devices: Iterable[Mapping[str, Any]], mailbox: Record) -> None:
    """Refuse devices of another mailbox in the response about this one. `devices` are as the service returned them."""
    for device in devices:
        if not belongs(device, mailbox):
            raise _not_the_owner(tenant, device, mailbox)


def find_owners(tenant: Tenant, devices: Sequence[Mapping[str, Any]]) -> dict[str, ReadResult[Record]]:
    """The mailbox of each device, by the Guid of the device, or why it is uncertain."""
    names = {normalize_case(owner_of(device)): owner_of(device) for device in devices}
    if len(names) > _MANY:
        everybody = Mailboxes(_read_all(tenant))
        return {str(device["Guid"]): _owner(tenant, device, ReadResult(everybody.of(device))) for device in devices}
    calls = {
        name: partial(found_by, tenant, "Get-CASMailbox", {"Identity": owner}, READ_MAILBOX)
        for name, owner in names.items()
    }
    found = gather(calls)
    return {str(device["Guid"]): _owner(tenant, device, found[normalize_case(owner_of(device))]) for device in devices}


def _owner(tenant: Tenant, device: Mapping[str, Any], found: ReadResult[list[Record]]) -> ReadResult[Record]:
    judged = [(one, belongs(device, one)) for one in found.or_else([])]
    # If names prove nothing, ask the service: is the device among those of this mailbox?
    proven = [one for one, proof in judged if proof or (proof is None and _lists(tenant, one, device))]
    return found.map(lambda named: _proven(tenant, device, named, proven))


def _proven(tenant: Tenant, device: Mapping[str, Any], named: Sequence[Record], proven: Sequence[Record]) -> Record:
    """The one mailbox, among those of its name, that is proven to be the owner. Raises `TenantError`."""
    owner: Record | None = only(proven, _described, f"mailbox {owner_of(device)}", tenant.label)
    if owner is not None:
        return owner
    if named:
        raise _not_the_owner(tenant, device, named[0])
    problem = f"there is no mailbox {owner_of(device)}, to which the device {device.get('DeviceId')} belongs"
    raise TenantError("not_found", problem, READ_MAILBOX.action, tenant.label)


def _lists(tenant: Tenant, mailbox: Record, device: Mapping[str, Any]) -> bool:
    asked = {"Mailbox": mailbox["Guid"], "ResultSize": "Unlimited"}
    known = exchange_of(tenant).invoke("Get-MobileDevice", asked, _READ_DEVICES, ("Guid",)).values
    return normalize_case(device["Guid"]) in normalized_set(one.get("Guid") for one in known)


def _read_all(tenant: Tenant) -> list[Record]:
    return exchange_of(tenant).invoke("Get-CASMailbox", {"ResultSize": "Unlimited"}, READ_MAILBOX, _SELECT).values


def _is_id(identity: str) -> bool:
    return "@" in identity or is_guid(identity)


def _has_id(mailbox: Record, identity: str) -> bool:
    addresses = (str(one).partition(":")[2] for one in mailbox.get("EmailAddresses") or ())
    return normalize_case(identity) in normalized_set((*(mailbox.get(name) for name in _IDS), *addresses))


def _has_name(mailbox: Record, identity: str, displayed: bool = False) -> bool:
    return normalize_case(identity) in normalized_set(
        mailbox.get(name) for name in (*_NAMES, *(["DisplayName"] if displayed else []))
    )


def _described(mailbox: Record) -> str:
    return f"{mailbox.get('PrimarySmtpAddress') or mailbox.get('Identity')} ({mailbox.get('Guid')})"


def _not_the_owner(tenant: Tenant, device: Mapping[str, Any], mailbox: Record) -> TenantError:
    return TenantError(
        "other_object",
        f"Exchange Online returned the device {device.get('DeviceId')} of {owner_of(device)} and the mailbox "
        f"{_described(mailbox)}, which is not known to be its mailbox; nothing was changed",
        "find the mailbox of the device",
        tenant.label,
        next_step="Set the option mailbox to a GUID or primary address; if the problem persists, report it",
    )
