# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare two values of a snapshot: order, case, defaults and formats make no difference. Pure rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from .._core.resource import normalize_case
from .._mobile_access.policy_settings import RANGED
from .public_properties import TEXTS

# 1.00:00:00 of Exchange, also as 24:00:00, and PT12H of Graph, also as PT720M.
_CLOCK = re.compile(r"(?:([0-9]{1,8})\.)?([0-9]{1,5}):([0-9]{2}):([0-9]{2}(?:\.[0-9]{1,9})?)")
_DURATION = re.compile(
    r"P(?=[0-9T])(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)S)?)?",
    re.IGNORECASE | re.ASCII,
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
# What moves without anybody's change, at any depth, or only follows from a change elsewhere: by the documentation of
# Microsoft Graph and Exchange, as no live tenant was compared with itself.
_MOVED = """
    AdminDisplayVersion assignedDateTime batteryChargeCycles batteryHealthPercentage batteryLevelPercentage
    DeviceMobileOperator DirectoryObjectVersion exchangeLastSuccessfulSyncDateTime ExchangeVersion FirstSyncTime
    freeStorageSpace freeStorageSpaceInBytes issuedDateTime IsUpdatingServicePlan IsUpgradingOrganization
    LastDeviceWipeRequestor lastModifiedDateTime LastPingHeartbeat LastPolicyUpdateTime LastSuccessSync
    LastSyncAttemptTime lastSyncDateTime lastUpdatedDateTime lastUpdateDateTime LastUpdateTime MailboxLogReport
    managementCertificateExpirationDate MinAdminVersion modifiedDateTime NumberOfFoldersSynced ObjectVersion
    onPremisesLastSyncDateTime OriginatingServer physicalMemoryInBytes PreviousAdminDisplayVersion
    RBACConfigurationVersion remoteAssistanceSessionErrorDetails remoteAssistanceSessionUrl resetCount restartCount
    ServerLegacyDN ServerName subscriberCarrier SyncStateUpgradeTime totalStorageSpace totalStorageSpaceInBytes
    WhenChanged WhenChangedUTC
"""
_MOVING = frozenset(_MOVED.split())
# By kind: the version of a policy counts its changes, and that of a connector is the one that is installed.
_COUNTED = dict.fromkeys(
    ("android_app_protection_policies", "compliance_policies", "ios_app_protection_policies"), frozenset({"version"})
)
# By kind: statistics repeat the device, a role group the assignments, and a mailbox that it has a device.
_REPEATED = {
    "role_groups": {"RoleAssignments", "Roles"},
    "role_assignments": {"EffectiveUserName"},
    "mailboxes": {"HasActiveSyncDevicePartnership"},
    "device_statistics": {"DeviceAccessState", "DeviceAccessStateReason", "DeviceAccessControlRule"},
}


_CANONICAL = {one.api: one.canonical for one in RANGED}


def properties(kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """The compared properties of an object."""
    left_out = _moving(kind) | _REPEATED.get(kind, set())
    return {
        name: _limit(kind, name, value) for name, value in record.items() if name not in left_out and "@" not in name
    }


def differing(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """The properties in which two states of an object differ, also nested ones, with both values."""
    if before == after:  # most objects, and much faster than the rules
        return
    old, new = properties(kind, before), properties(kind, after)
    for name in sorted({*old, *new}):
        yield from _within(_moving(kind), name, name, old.get(name), new.get(name))


def _moving(kind: str) -> frozenset[str]:
    return _MOVING | _COUNTED.get(kind, frozenset())


def _limit(kind: str, name: str, value: Any) -> Any:
    """A setting of a mailbox policy in canonical form; as it is if it has none."""
    if kind != "mobile_device_mailbox_policies" or value is None or name not in _CANONICAL:
        return value
    try:
        return _CANONICAL[name](value)
    except (TypeError, ValueError):
        return value


def _within(moving: frozenset[str], path: str, name: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for inner in sorted({*old, *new}):
            if _counts(moving, inner):
                yield from _within(moving, f"{path}.{inner}", inner, old.get(inner), new.get(inner))
    elif _comparable(moving, name, old) != _comparable(moving, name, new):
        yield path, old, new


def _counts(moving: frozenset[str], name: str) -> bool:
    return name not in moving and (name == "@odata.type" or "@" not in name)


def _comparable(moving: frozenset[str], name: str, value: Any) -> Any:
    """The value in the form for comparison. Null, an empty text and a list of nothing else are equal."""
    if isinstance(value, str):
        return _text(name, value)
    if isinstance(value, Mapping):
        entries = {inner: _comparable(moving, inner, entry) for inner, entry in value.items() if _counts(moving, inner)}
        return tuple(sorted((inner, entry) for inner, entry in entries.items() if entry is not None)) or None
    if isinstance(value, (list, tuple)):
        entries_ = (_comparable(moving, name, entry) for entry in value)
        return tuple(sorted((entry for entry in entries_ if entry is not None), key=repr)) or None
    return value


def _text(name: str, value: str) -> Any:
    if not value:
        return None
    if name in TEXTS:  # somebody may be called like a time or a duration
        return normalize_case(value)
    if _TIME.fullmatch(value):
        return _moment(value)
    return _span(value) or normalize_case(value)


def _moment(value: str) -> str | None:
    """A time in UTC; None for one in the year 1, with which the services say never.

    A text that only looks like a time, such as the thirtieth of February, stays one.
    """
    try:
        moment = datetime.fromisoformat(value)
        if moment.year == 1:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return str(normalize_case(value))


def _span(value: str) -> str | None:
    """A duration of Graph or Exchange: its months and seconds, which no number of the other explains; else None."""
    if found := _CLOCK.fullmatch(value):
        days, hours, minutes, seconds = (Decimal(part or 0) for part in found.groups())
        months = Decimal(0)
    elif found := _DURATION.fullmatch(value):
        years, months, weeks, days, hours, minutes, seconds = (Decimal(part or 0) for part in found.groups())
        months, days = 12 * years + months, 7 * weeks + days
    else:
        return None
    return f"{months.normalize()} months, {(((days * 24 + hours) * 60 + minutes) * 60 + seconds).normalize()} seconds"
