# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened in a tenant between two polls: from the known and the current state to events. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .._connector.connectors import of_our_type, state
from .._core.errors import TenantError
from .._core.resource import normalize_case, normalized_set
from .._core.targets import is_guid
from .._core.text import counted
from .fleet import FACTS
from .tenant_list import UNREADABLE

Event = dict[str, Any]
_CONNECTOR, _QUARANTINE = FACTS["connector"][0], FACTS["quarantine"][0]
_LONGEST_WAIT = 24 * 60 * 60  # seconds
_OF_A_DEVICE = (
    "guid",
    "mailbox",
    "user_display_name",
    "device_id",
    "device_type",
    "device_model",
    "device_os",
    "client_type",
    "device_access_state_reason",
    "first_sync_time",
)


@dataclass(frozen=True)
class WatchSettings:
    """What the user wants to know, and how often to poll; times in seconds."""

    interval: int
    longest_interval: int
    failures: int
    max_sync_age: int
    report_present: bool

    def pause(self, failures: int, asked: int = 0) -> int:
        """The pause before the next poll after several failures: each failure after the first doubles it.

        It is never shorter than what a service of the tenant `asked` for.
        """
        return max(min(self.interval * 2 ** min(max(0, failures - 1), 64), self.longest_interval), asked)


@dataclass
class TenantState:
    """The known, already reported state of a tenant. None is what has not been read yet."""

    connector: str | None = None
    stale: bool | None = None
    quarantined: list[str] | None = None
    failures: int = 0
    unreadable: bool = False

    @classmethod
    def restored(cls, kept: Any) -> TenantState:
        """A state saved by `kept`. Raises `ValueError` or `TypeError` for anything else."""
        if not isinstance(kept, Mapping):
            raise ValueError("a value of another type than a mapping")
        known = cls(**kept)
        listed = [] if known.quarantined is None else known.quarantined
        good = (
            isinstance(known.connector, str | None)
            and isinstance(known.stale, bool | None)
            and isinstance(listed, list)
            and all(is_guid(guid) for guid in listed)
            and isinstance(known.failures, int)
            and not isinstance(known.failures, bool)
            and isinstance(known.unreadable, bool)
        )
        if not good:
            raise ValueError("a value of another type than the stored one")
        return known

    def kept(self) -> dict[str, Any]:
        return asdict(self)


def diff_events(known: TenantState, host: Mapping[str, Any], rules: WatchSettings) -> Iterator[Event]:
    """The events of a tenant as `read_fleet` read it.

    `known` contains an event once the caller asks for the next one: an undelivered one is found again.
    """
    variables = host["variables"]
    who = {"tenant": host["name"], **{name: variables[name] for name in ("tenant_id", "tenant_options")}}
    for event in _between(known, host, rules):
        yield {"type": event.pop("type"), **who, **event}


def failure(host: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Why a poll of a tenant is incomplete: its `kind` and `message`, or None."""
    variables = host["variables"]
    if host["group"] == UNREADABLE:
        error: Mapping[str, Any] = variables["tenant_error"]
        return error
    number = len(_devices(variables)) - len(_identified(variables))
    if not number:
        return None
    problem = f"Exchange Online returned {counted(number, 'quarantined device')} without a valid GUID"
    step = "Look at the quarantined devices with intune.exchange.mobile_device_info"
    tenant = str(variables["tenant_id"])
    raised = TenantError("protocol", problem, "identify all quarantined devices", tenant, next_step=step)
    return {"kind": raised.kind, "message": str(raised)}


def asked_wait(host: Mapping[str, Any]) -> int:
    """The seconds that a service of a tenant asks to wait before anything is sent to it again, a day at most.

    More is a mistake, such as a date of another century, after which nobody would watch the tenant any more.
    """
    return min(int((failure(host) or {}).get("retry_after_seconds", 0)), _LONGEST_WAIT)


def _devices(variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(variables[_QUARANTINE]["mobile_devices"]) if _QUARANTINE in variables else []


def _identified(variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The devices that can be remembered and acted on; events need such a device."""
    return [device for device in _devices(variables) if is_guid(device.get("guid"))]


def _between(known: TenantState, host: Mapping[str, Any], rules: WatchSettings) -> Iterator[Event]:
    variables = host["variables"]
    yield from _readable(known, host, rules)
    if _CONNECTOR in variables:  # also if other reads of the tenant failed
        yield from _connector(known, variables, rules)
    if _QUARANTINE in variables:
        yield from _quarantined(known, _identified(variables), rules)


def _readable(known: TenantState, host: Mapping[str, Any], rules: WatchSettings) -> Iterator[Event]:
    error = failure(host)
    known.failures = known.failures + 1 if error else 0
    # A service that asks for a longer wait than any other is not asked again soon: nobody would hear of it.
    enough = known.failures >= rules.failures or asked_wait(host) > rules.longest_interval
    if error and not known.unreadable and enough:
        yield {
            "type": "tenant_unreadable",
            "kind": error["kind"],
            "message": error["message"],
            "failures": known.failures,
            "next_look_seconds": rules.pause(known.failures, asked_wait(host)),
        }
        known.unreadable = True
    elif known.unreadable and not error:
        yield {"type": "tenant_readable"}
        known.unreadable = False


def _connector(known: TenantState, variables: Mapping[str, Any], rules: WatchSettings) -> Iterator[Event]:
    found = variables[_CONNECTOR]
    ours, now = of_our_type(found), state(found)
    one = ours[0] if len(ours) == 1 else {}
    # The name of the variable in the role.
    address = variables.get("connector_primary_smtp_address") or one.get("primary_smtp_address")
    whose = {"connector_primary_smtp_address": address}
    if known.connector != now and (known.connector is not None or rules.report_present):
        evidence = found["offered_evidence"]
        yield {"type": "connector_state_changed", "old": known.connector, "new": now, "evidence": evidence, **whose}
    known.connector = now
    age = one.get("last_sync_age_seconds")
    if now != "connected" or age is None:  # whether it would synchronize is unknown
        return
    stale = age >= rules.max_sync_age
    if stale != bool(known.stale) and (known.stale is not None or rules.report_present):
        word = "stale" if stale else "recovered"
        sync = {name: one[name] for name in ("last_sync_date_time", "last_sync_age_seconds")}
        yield {"type": f"connector_sync_{word}", **sync, "max_sync_age": rules.max_sync_age, **whose}
    known.stale = stale


def _quarantined(known: TenantState, devices: list[dict[str, Any]], rules: WatchSettings) -> Iterator[Event]:
    """A device that left quarantine and returned is reported again; one that a list has twice is one device."""
    there: dict[str, dict[str, Any]] = {}
    for device in devices:
        there.setdefault(normalize_case(device["guid"]), device)
    if known.quarantined is None:
        known.quarantined = [] if rules.report_present else list(there)
    told = normalized_set(known.quarantined).intersection(there)
    known.quarantined = sorted(told)
    for guid, device in there.items():
        if guid not in told:
            yield {"type": "device_quarantined", "device": {name: device.get(name) for name in _OF_A_DEVICE}}
            known.quarantined.append(guid)
