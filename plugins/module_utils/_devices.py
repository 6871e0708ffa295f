# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile devices: what is known of each, and which of them are meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ._access_decision import owner_of
from ._concurrent import gather
from ._errors import Purpose, TenantError
from ._managed_devices import compliance_of, read_compliance
from ._resource import Record, fold, folded_set, returned
from ._tenant import Tenant

READER = "the Exchange role View-Only Recipients"
READ_DEVICES = Purpose("read the mobile devices", READER)
_READ_STATISTICS = Purpose("read the statistics of the mobile devices", READER)
# Exchange Online refuses older ones since 1 March 2026 (message center MC1197103).
MINIMUM_EAS_VERSION = (16, 1)
_AT_ONCE = 4  # mailboxes; concurrent requests are what Exchange limits per tenant
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
_AGES = {f"{bound}_days_since_{which}_sync": which for bound in ("min", "max") for which in ("first", "last")}
FILTERS: dict[str, Any] = {
    "mailbox": {"type": "str"},
    **{option: {"type": "str"} for option in _EXACT},
    "guids": {"type": "list", "elements": "str"},
    "device_os": {"type": "str"},
    "below_minimum_eas_version": {"type": "bool"},
    "compliant": {"type": "bool"},
    **{option: {"type": "int"} for option in _AGES},
}


def info(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The devices that the filters leave. Raises L(TenantError)."""
    return {"changed": False, "mobile_devices": find_devices(tenant, params, bool(params["gather_statistics"]))}


def find_devices(tenant: Tenant, params: Mapping[str, Any], statistics: bool = False) -> list[dict[str, Any]]:
    """The devices that the filters leave, complete or an error. Only statistics tell the last synchronisation.

    Intune is asked only if it matters, so that who does not use it needs no rights there.
    """
    asked = {"ResultSize": "Unlimited", **({"Mailbox": params["mailbox"]} if params.get("mailbox") else {})}
    found = tenant.exchange.invoke("Get-MobileDevice", asked, READ_DEVICES)
    by_age = any(params.get(option) is not None for option, which in _AGES.items() if which == "last")
    known = [facts(record, found.date) for record in found.values]
    if params.get("compliant") is not None:
        said = read_compliance(tenant)
        known = [{**one, "compliant": compliance_of(raw, said)} for one, raw in zip(known, found.values, strict=True)]
    devices = [one for one in known if fits(one, params)]
    if statistics or by_age:
        devices = [one for one in add_statistics(tenant, devices, found.date) if fits(one, params, last=True)]
    return devices


def facts(device: Record, now: datetime) -> dict[str, Any]:
    """A device as it is returned, with what follows from its properties."""
    return {
        **returned(device),
        "mailbox": owner_of(device),
        "below_minimum_eas_version": below_minimum(device),
        "days_since_first_sync": _days(device.get("FirstSyncTime"), now),
        "days_since_last_sync": _days(device.get("LastSuccessSync"), now),
    }


def fits(device: Mapping[str, Any], params: Mapping[str, Any], last: bool = False) -> bool:
    """Whether the filters leave C(device); with C(last) those by its last synchronisation as well.

    What is not known fits no filter: nobody is approved or removed for lack of a fact.
    """
    for option, name in _EXACT.items():
        if params.get(option) is not None and fold(params[option]) != fold(device.get(name)):
            return False
    if params.get("guids") is not None and fold(device.get("guid")) not in folded_set(params["guids"]):
        return False
    if params.get("device_os") and not str(fold(device.get("device_os") or "")).startswith(fold(params["device_os"])):
        return False
    for option, which in _AGES.items():
        limit, days = params.get(option), device.get(f"days_since_{which}_sync")
        if limit is None or (which == "last" and not last):
            continue
        if days is None or (days < limit if option.startswith("min") else days > limit):
            return False
    return True


def add_statistics(tenant: Tenant, devices: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """The devices with their statistics: one call for each mailbox, a few at a time. Raises L(TenantError)."""
    owners = sorted({one["mailbox"] for one in devices})
    done = iter(range(1, len(owners) + 1))

    def read(owner: str) -> list[Record]:
        found = tenant.exchange.invoke("Get-MobileDeviceStatistics", {"Mailbox": owner}, _READ_STATISTICS).values
        number = next(done)
        if number % _SAID_EVERY == 0 or number == len(owners):
            tenant.progress(f"statistics of {number} of {len(owners)} mailboxes are read")
        return found

    known: dict[Any, Record] = {}
    for found in gather({owner: partial(read, owner) for owner in owners}, at_most=_AT_ONCE).values():
        if isinstance(found, TenantError):
            if found.kind == "not_found":  # the mailbox went away in between
                continue
            raise found
        known |= {one.get("Guid"): one for one in found}
    return [_with(one, known.get(one.get("guid")), now) for one in devices]


def _with(device: dict[str, Any], statistics: Record | None, now: datetime) -> dict[str, Any]:
    if statistics is None:
        return {**device, "statistics": {}}
    days = _days(statistics.get("LastSuccessSync"), now)
    return {**device, "statistics": returned(statistics), "days_since_last_sync": days}


def below_minimum(device: Record) -> bool | None:
    """Whether the protocol version is too old; null for clients with another protocol, or without a version."""
    version = re.fullmatch(r"(\d+)\.(\d+)", str(device.get("ClientVersion") or ""))
    if device.get("ClientType") != "EAS" or version is None:
        return None
    return (int(version[1]), int(version[2])) < MINIMUM_EAS_VERSION


def _days(text: Any, now: datetime) -> int | None:
    """Whole days between a time of Exchange and the service's own now; null where there is none."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, (now - moment).days) if moment.year > 1 else None
