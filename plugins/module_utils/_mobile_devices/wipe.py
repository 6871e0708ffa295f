# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wipe mobile devices: the mail account alone or everything, or cancel the request.

This is the only place that sends Clear-MobileDevice for a wipe (any_cmdlet.py refuses it without AccountOnly).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.resource import normalize_case
from .._core.text import counted
from .._engine.exchange import exchange_of
from .._engine.tenant import Tenant
from .._http.poll import Attempts, Within, poll, waiting
from .plan import Device, Plan, label, names

_WIPE = Purpose("wipe the mobile device", "the Exchange role Mail Recipients or User Options")
_CANCEL = Purpose("cancel the wipe of the mobile device", _WIPE.permission)
_READ = Purpose("read the state of the wipe", "the Exchange role View-Only Recipients, Mail Recipients or User Options")
_ATTEMPTS = 3  # polls of a cancelled request
_PAUSES = 5.0, 60.0  # seconds between reads while waiting
_KINDS = {"account_only": "AccountOnlyDeviceWipe", "full": "DeviceWipe"}
# The kinds of wipe that erase the data in question: a full wipe erases the account as well.
_COVERED_BY = {"account_only": ("account_only", "full"), "full": ("full",)}
Stages = dict[str, str]  # for each kind of wipe: none, pending, done


def wipe_of(statistics: Mapping[str, Any], cancelled: bool = False) -> Stages:
    """The progress of each kind of wipe. With `cancelled`, the progress without the pending requests.

    The newest request counts, and the newest acknowledgement of its kind. An acknowledgement from before the first
    synchronization belongs to an earlier partnership: the account was set up again since.
    """
    first = _time(statistics, "FirstSyncTime")
    stages = {}
    for word, kind in _KINDS.items():
        asked, done = _time(statistics, f"{kind}RequestTime"), _time(statistics, f"{kind}AckTime")
        pending = asked is not None and (done is None or asked > done) and not cancelled
        valid = done is not None and (first is None or done >= first)
        stages[word] = "pending" if pending else "done" if valid else "none"
    return stages


def _time(statistics: Mapping[str, Any], name: str) -> datetime | None:
    """A time of Exchange, which writes year 1 for none. Raises `TenantError` if it is invalid."""
    text = statistics.get(name)
    if text in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        problem = f"Exchange Online gave {name} in an unknown form"
        raise TenantError("unexpected_answer", problem, _READ.action) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if moment.year > 1 else None


def plan_wipe(tenant: Tenant, params: Mapping[str, Any], devices: Sequence[Device]) -> Plan:
    """Request the wipe of each device without a pending or completed one, or cancel the requests."""
    wipe = _Cancelling(tenant, params, devices) if params["wipe"] == "cancel" else _Wiping(tenant, params, devices)
    named = {one["guid"]: label(one) for one in devices}
    return Plan(
        wipe.outcome,
        {named[guid]: stages for guid, stages in wipe.before.items()},
        {named[guid]: stages for guid, stages in wipe.after.items()},
        wipe.affected,
        wipe.write,
        wipe.result(wipe.after),
    )


class _Change(ABC):
    """A change of the wipes of some devices: the stages `before` and `after` it, and the devices that it affects."""

    outcome: str

    def __init__(self, tenant: Tenant, params: Mapping[str, Any], devices: Sequence[Device]) -> None:
        self._tenant, self._params, self._devices = tenant, params, devices
        self._parameters = {one["guid"]: _parameters(params["wipe"], one) for one in devices}
        self.before, self.after = dict[str, Stages](), dict[str, Stages]()
        for device in devices:
            statistics = _read_statistics(tenant, device)
            self.before[device["guid"]] = wipe_of(statistics)
            self.after[device["guid"]] = self._after(device["guid"], statistics)
        self.affected = [one for one in devices if self.after[one["guid"]] != self.before[one["guid"]]]

    @abstractmethod
    def _after(self, guid: str, statistics: Mapping[str, Any]) -> Stages:
        """The stages of a device after the change."""

    def write(self) -> dict[str, Any]:
        for device in self.affected:
            given = {"Identity": device["guid"], **self._parameters[device["guid"]]}
            exchange_of(self._tenant).invoke("Clear-MobileDevice", given, _WIPE)
        return self.result(self._written())

    @abstractmethod
    def _written(self) -> Mapping[str, Stages]:
        """The stages of each device after the write."""

    def result(self, stages: Mapping[str, Stages]) -> dict[str, Any]:
        return {"devices": [{**one, "wipe": stages[one["guid"]]} for one in self._devices]}


class _Wiping(_Change):
    outcome = "wiped"

    def _kind(self, guid: str) -> str:
        return "account_only" if "AccountOnly" in self._parameters[guid] else "full"

    def _after(self, guid: str, statistics: Mapping[str, Any]) -> Stages:
        before, kind = self.before[guid], self._kind(guid)
        return {**before, kind: "pending"} if all(before[one] == "none" for one in _COVERED_BY[kind]) else before

    def _written(self) -> Mapping[str, Stages]:
        if not self._params["wait"]:
            return self.after
        kinds = {one["guid"]: self._kind(one["guid"]) for one in self._devices}
        return _wait(self._tenant, self._devices, kinds, self._params["wait_timeout"])

    def result(self, stages: Mapping[str, Stages]) -> dict[str, Any]:
        done = bool(stages) and all(is_done(self._kind(guid), seen) for guid, seen in stages.items())
        return {**super().result(stages), "acknowledged": done}


class _Cancelling(_Change):
    outcome = "no longer wiped"

    def _after(self, guid: str, statistics: Mapping[str, Any]) -> Stages:
        return wipe_of(statistics, cancelled=True)

    def _written(self) -> Mapping[str, Stages]:
        for device in self.affected:
            _check_cancelled(self._tenant, device, self.after[device["guid"]])
        return self.after

    def result(self, stages: Mapping[str, Stages]) -> dict[str, Any]:
        return {**super().result(stages), "msg": _cancelled(self._devices, self.affected, self.before)}


def _cancelled(devices: Sequence[Device], affected: Sequence[Device], before: Mapping[str, Stages]) -> str:
    """What there was to cancel: nobody must believe that a wipe was cancelled that was not pending, or is done."""
    done = [one for one in devices if "done" in before[one["guid"]].values()]
    pending = (
        f"A wipe was pending on {names(affected)}" if affected else "No wipe was pending, so nothing was cancelled"
    )
    return pending + (f". Already wiped, which cannot be undone: {names(done)}" if done else "")


def is_done(kind: str, stages: Stages) -> bool:
    """Whether the device acknowledged a wipe of this kind, or one that includes it."""
    return any(stages[one] == "done" for one in _COVERED_BY[kind])


def _parameters(wanted: str, device: Device) -> dict[str, bool]:
    """The parameters of Clear-MobileDevice for exactly `wanted`. Raises `TenantError` if that is impossible."""
    if wanted == "cancel":
        return {"Cancel": True}
    outlook = _is_outlook(device)
    if wanted == "full" and not outlook:
        return {}
    if device["below_minimum_eas_version"] and not outlook:
        raise TenantError(
            "not_supported",
            f"the device {label(device)} uses a protocol version below 16.1, which has no account-only wipe",
            next_step="Block the device instead; only a full wipe would erase its data",
        )
    return {"AccountOnly": True}


def _is_outlook(device: Device) -> bool:
    """Whether this is Outlook mobile, which holds only the account, so nothing else can be wiped there.

    Clear-MobileDevice decides by the type: the client of Outlook mobile is REST or Outlook.
    """
    return "outlook" in (normalize_case(device.get("device_type")), normalize_case(device.get("client_type")))


def _read_statistics(tenant: Tenant, device: Device) -> Mapping[str, Any]:
    """The statistics of this device only."""
    found = exchange_of(tenant).invoke("Get-MobileDeviceStatistics", {"Identity": device["guid"]}, _READ).values
    if len(found) != 1 or normalize_case(found[0].get("Guid")) != normalize_case(device["guid"]):
        raise TenantError(
            "other_object",
            f"Exchange Online did not return the statistics of exactly the device {label(device)}",
            _READ.action,
            tenant.label,
        )
    return found[0]


def _check_cancelled(tenant: Tenant, device: Device, expected: Stages) -> None:
    """A device can perform the wipe during the cancellation; nobody must believe that it did not."""

    def is_done(seen: Stages) -> bool:
        return seen == expected or any(seen[kind] == "done" != expected[kind] for kind in seen)

    seen, done = poll(
        lambda: wipe_of(_read_statistics(tenant, device)), is_done, Attempts(tenant.http, _ATTEMPTS, _CANCEL)
    )
    if not done:
        problem = f"Exchange Online still shows the request for the device {label(device)} as pending"
        raise TenantError("unavailable", problem, _CANCEL.action, tenant.label)
    if seen != expected:
        problem = f"the device {label(device)} had carried out the wipe before the request could be cancelled"
        raise TenantError("too_late", problem, _CANCEL.action, tenant.label, next_step="It cannot be undone")


def _wait(tenant: Tenant, devices: Sequence[Device], kinds: Mapping[str, str], seconds: int) -> dict[str, Stages]:
    """The progress once all are acknowledged, or when the time is up: a device that is off never responds."""

    def read() -> dict[str, Stages]:
        return {one["guid"]: wipe_of(_read_statistics(tenant, one)) for one in devices}

    def pending(seen: dict[str, Stages]) -> list[str]:
        return [guid for guid, stages in seen.items() if not is_done(kinds[guid], stages)]

    def missing(seen: dict[str, Stages]) -> str:
        return f"{counted(len(pending(seen)), 'device')} to acknowledge the wipe"

    seen, _done = poll(
        read, lambda state: not pending(state), Within(tenant.http, seconds, _PAUSES), waiting(tenant.progress, missing)
    )
    return seen
