# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile devices: the data about each, and the selection by filters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from .._core.concurrent import gather
from .._core.errors import Purpose, TenantError, usage
from .._core.read_result import ReadResult
from .._core.resource import Record, normalize_case, normalized_set, returned
from .._core.text import counted
from .._engine.exchange import exchange_of
from .._engine.tenant import Tenant
from .._exchange.invoke_command import Result
from .._mobile_access.access_decision import owner_of
from .._mobile_access.mailboxes import check_owner, find_mailbox, find_owners
from .managed_devices import compliance_of, read_compliance
from .wipe import wipe_of

READER = "the Exchange role View-Only Recipients"
READ_DEVICES = Purpose("read the mobile devices", READER)
_READ_STATISTICS = Purpose("read the statistics of the mobile devices", READER)
# Exchange Online refuses older ones since 1 March 2026 (message center MC1197103).
MINIMUM_EAS_VERSION = (16, 1)
# https://learn.microsoft.com/previous-versions/office/developer/exchange-server-2010/ff343016(v=exchg.140)
_STATES = ("Allowed", "Blocked", "Quarantined", "DeviceDiscovery", "Unknown")
_SAID_EVERY = 100  # mailboxes

_EXACT = {
    "device_id": "device_id",
    "access_state": "device_access_state",
    "device_model": "device_model",
    "device_type": "device_type",
    "client_type": "client_type",
    "below_minimum_eas_version": "below_minimum_eas_version",
    "compliant": "compliant",
}
SUMMARY = {"mobile_devices": "device_access_state"}
AGES = {f"{bound}_days_since_{which}_sync": which for bound in ("min", "max") for which in ("first", "last")}
FILTERS: dict[str, Any] = {
    "mailbox": {"type": "str"},
    **{option: {"type": "str"} for option in _EXACT},
    "guids": {"type": "list", "elements": "str"},
    "device_os": {"type": "str"},
    "below_minimum_eas_version": {"type": "bool"},
    "compliant": {"type": "bool"},
    **{option: {"type": "int"} for option in AGES},
}


def devices_info(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The devices that match the filters. Raises `TenantError`."""
    found = find_devices(tenant, params, bool(params["gather_statistics"]))
    return {"changed": False, "mobile_devices": found.devices}


@dataclass(frozen=True)
class Found:
    """The data read: the devices that match the filters, and what actions need.

    `records` are all devices as the service returned them, by GUID, `mailbox` is the requested one, if any, and
    `service_time` is the current time of the service.
    """

    devices: list[dict[str, Any]]
    records: dict[str, Record]
    mailbox: Record | None
    service_time: datetime | None

    def owners(self, tenant: Tenant, devices: list[dict[str, Any]]) -> dict[str, ReadResult[Record]]:
        """The mailbox of each device, by the GUID of the device, or why it is uncertain."""
        if self.mailbox is not None:
            return {device["guid"]: ReadResult(self.mailbox) for device in devices}
        return find_owners(tenant, [self.records[device["guid"]] for device in devices])


def read_devices(tenant: Tenant, mailbox: Record | None) -> Result:
    """All devices, or all of a mailbox, after a check that they belong to it."""
    asked = {"ResultSize": "Unlimited", **({"Mailbox": mailbox["Guid"]} if mailbox else {})}
    found = exchange_of(tenant).invoke("Get-MobileDevice", asked, READ_DEVICES)
    if mailbox:
        check_owner(tenant, found.values, mailbox)
    return found


def given_filters(params: Mapping[str, Any]) -> dict[str, Any]:
    """The filters that were given, in the order of the documentation."""
    return {option: params[option] for option in FILTERS if params.get(option) is not None}


def uses_ages(params: Mapping[str, Any]) -> bool:
    """Whether the filters depend on the last synchronization."""
    return any(params.get(option) is not None for option in AGES)


def find_devices(tenant: Tenant, params: Mapping[str, Any], statistics: bool = False) -> Found:
    """The devices that match the filters, complete or an error. Only statistics have the last synchronization.

    Intune is queried only if needed, so that tenants without it need no permission there.
    """
    mailbox = find_mailbox(tenant, params["mailbox"]) if params.get("mailbox") else None
    found = read_devices(tenant, mailbox)
    by_age = any(params.get(option) is not None for option, which in AGES.items() if which == "last")
    known = [facts(record, found.date) for record in found.values]
    if params.get("compliant") is not None:
        said = read_compliance(tenant)
        known = [{**one, "compliant": compliance_of(raw, said)} for one, raw in zip(known, found.values, strict=True)]
    _check_state(params.get("access_state"), known)
    devices = [one for one in known if fits(one, params)]
    left = Found(devices, {str(one.get("Guid")): one for one in found.values}, mailbox, found.service_time)
    if statistics or by_age:
        devices = [one for one in add_statistics(tenant, left, found.date) if fits(one, params, last=True)]
    return replace(left, devices=devices)


def _check_state(wanted: str | None, known: list[dict[str, Any]]) -> None:
    """A typing error must not look as if no device were in that state. Devices may have newer states than these."""
    if wanted is None:
        return
    if normalize_case(wanted) not in normalized_set([*_STATES, *(one["device_access_state"] for one in known)]):
        raise usage(f"access_state is {wanted}, which is not a state of a mobile device", f"Use {', '.join(_STATES)}")


def facts(device: Record, now: datetime) -> dict[str, Any]:
    """A device for the result, with values derived from its properties."""
    return {
        **returned(device),
        "mailbox": owner_of(device),
        "below_minimum_eas_version": below_minimum(device),
        "days_since_first_sync": _days(device.get("FirstSyncTime"), now),
        "days_since_last_sync": _days(device.get("LastSuccessSync"), now),
    }


def fits(device: Mapping[str, Any], params: Mapping[str, Any], last: bool = False) -> bool:
    """Whether `device` matches the filters; with `last`, also those by its last synchronization.

    An unknown value matches no filter: no device is approved or removed because a fact is missing.
    """
    for option, name in _EXACT.items():
        if params.get(option) is not None and normalize_case(params[option]) != normalize_case(device.get(name)):
            return False
    if params.get("guids") is not None and normalize_case(device.get("guid")) not in normalized_set(params["guids"]):
        return False
    if params.get("device_os") and not str(normalize_case(device.get("device_os") or "")).startswith(
        normalize_case(params["device_os"])
    ):
        return False
    for option, which in AGES.items():
        limit, days = params.get(option), device.get(f"days_since_{which}_sync")
        if limit is None or (which == "last" and not last):
            continue
        if days is None or (days < limit if option.startswith("min") else days > limit):
            return False
    return True


def add_statistics(tenant: Tenant, found: Found, now: datetime) -> list[dict[str, Any]]:
    """The devices with their statistics. Raises `TenantError`."""
    known, lost = read_statistics(tenant, found)
    return [_with(one, known.get(normalize_case(one["guid"])), now) for one in found.devices if one["guid"] not in lost]


def read_statistics(tenant: Tenant, found: Found) -> tuple[dict[Any, Record], dict[str, TenantError]]:
    """The statistics by normalized GUID: one call per mailbox, a few at a time. Raises `TenantError`.

    Devices of a mailbox that no longer exists are lost, if they are not listed any more either.
    """
    owners = found.owners(tenant, found.devices)
    mailboxes = sorted({str(one.value["Guid"]) for one in owners.values() if one.known})
    done = iter(range(1, len(mailboxes) + 1))

    def read(mailbox: str) -> list[Record]:
        asked = {"Mailbox": mailbox}
        values = exchange_of(tenant).invoke("Get-MobileDeviceStatistics", asked, _READ_STATISTICS).values
        number = next(done)
        if number % _SAID_EVERY == 0 or number == len(mailboxes):
            tenant.progress(f"statistics of {number} of {counted(len(mailboxes), 'mailbox', 'mailboxes')} are read")
        return values

    answers = gather({mailbox: partial(read, mailbox) for mailbox in mailboxes})
    known = {normalize_case(one.get("Guid")): one for answer in answers.values() for one in answer.or_else([])}
    lost: dict[str, TenantError] = {}
    for guid, owner in owners.items():
        error = owner.error or answers[str(owner.value["Guid"])].error
        if error is not None and error.kind != "not_found":
            raise error
        if error is not None:
            lost[guid] = error
    if lost:
        _check_gone(tenant, found.mailbox, lost)
    return known, lost


def _check_gone(tenant: Tenant, mailbox: Record | None, lost: Mapping[str, TenantError]) -> None:
    """The mailbox of a listed device is "not found": believed only if the device is not listed now."""
    listed = normalized_set(one.get("Guid") for one in read_devices(tenant, mailbox).values)
    for guid, failure in lost.items():
        if normalize_case(guid) in listed:
            raise failure.but(kind="unavailable", next_step="")


def _with(device: dict[str, Any], statistics: Record | None, now: datetime) -> dict[str, Any]:
    if statistics is None:
        return {**device, "statistics": {}, "days_since_last_sync": None, "wipe": None}
    days = _days(statistics.get("LastSuccessSync"), now)
    try:
        wipe = wipe_of(statistics)
    except TenantError:  # an invalid time must not hide all other devices
        wipe = None
    return {**device, "statistics": returned(statistics), "days_since_last_sync": days, "wipe": wipe}


def below_minimum(device: Record) -> bool | None:
    """Whether the protocol version is too old; null for clients with another protocol, or without a version."""
    version = re.fullmatch(r"(\d+)\.(\d+)", str(device.get("ClientVersion") or ""))
    if device.get("ClientType") != "EAS" or version is None:
        return None
    return (int(version[1]), int(version[2])) < MINIMUM_EAS_VERSION


def _days(text: Any, now: datetime) -> int | None:
    """Whole days between a time of Exchange and the service's current time; null if there is none."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, (now - moment).days) if moment.year > 1 else None
