# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare two values of a snapshot: order, case, defaults and formats make no difference. Pure rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from .._core.resource import normalize_case
from .._mobile_access.policy_settings import canonical

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
_MOVING = frozenset({*_MOVED.split(), "version"})
# By kind: statistics repeat the device, a role group the assignments, and a mailbox that it has a device.
_REPEATED = {
    "role_groups": {"RoleAssignments", "Roles"},
    "role_assignments": {"EffectiveUserName"},
    "mailboxes": {"HasActiveSyncDevicePartnership"},
    "device_statistics": {"DeviceAccessState", "DeviceAccessStateReason", "DeviceAccessControlRule"},
}


def properties(kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """The compared properties of an object, by name in lower case."""
    left_out = _MOVING | _REPEATED.get(kind, set())
    values = canonical(dict(record)) if kind == "mobile_device_mailbox_policies" else record
    return {name: value for name, value in values.items() if name not in left_out and "@" not in name}


def differing(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """The properties in which two states of an object differ, also nested ones, with both values."""
    if before == after:  # most objects, and much faster than the rules
        return
    old, new = properties(kind, before), properties(kind, after)
    for name in sorted({*old, *new}):
        yield from _within(name, old.get(name), new.get(name))


def _within(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            if name not in _MOVING and (name == "@odata.type" or "@" not in name):
                yield from _within(f"{path}.{name}", old.get(name), new.get(name))
    elif comparable(old) != comparable(new):
        yield path, old, new


def comparable(value: Any) -> Any:
    """The value in the form for comparison. Null, an empty text and an empty list are equal."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        entries = {
            name: comparable(entry)
            for name, entry in value.items()
            if name not in _MOVING and (name == "@odata.type" or "@" not in name)
        }
        return tuple(sorted((name, entry) for name, entry in entries.items() if entry is not None)) or None
    if isinstance(value, (list, tuple)):
        return tuple(sorted((comparable(entry) for entry in value), key=repr)) or None
    return value


def _text(value: str) -> Any:
    if not value:
        return None
    moment = _moment(value)
    if moment is None:
        return normalize_case(value)
    return moment.isoformat() if moment.year > 1 else None


def _moment(value: str) -> datetime | None:
    """The time in a text; None for a text that only looks like one, such as a name or the thirtieth of February."""
    if not _TIME.fullmatch(value):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
