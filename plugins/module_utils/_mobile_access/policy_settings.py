# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a mobile device mailbox policy: their options and valid values.

Ranges and members are those of MicrosoftDocs/office-docs-powershell @ 93336da2, Set-MobileDeviceMailboxPolicy.md; a
test holds them against the published contract. Options are the names of the service in snake_case, without exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._core.errors import usage
from .._core.resource import EditedList, Field, Record, snake
from .values import count, duration, seconds, size

_SWITCHES = (
    "AllowApplePushNotifications",
    "AllowBrowser",
    "AllowCamera",
    "AllowConsumerEmail",
    "AllowDesktopSync",
    "AllowExternalDeviceManagement",
    "AllowGooglePushNotifications",
    "AllowHTMLEmail",
    "AllowInternetSharing",
    "AllowIrDA",
    "AllowMicrosoftPushNotifications",
    "AllowMobileOTAUpdate",
    "AllowNonProvisionableDevices",
    "AllowPOPIMAPEmail",
    "AllowRemoteDesktop",
    "AllowSimplePassword",
    "AllowSMIMESoftCerts",
    "AllowStorageCard",
    "AllowTextMessaging",
    "AllowUnsignedApplications",
    "AllowUnsignedInstallationPackages",
    "AllowWiFi",
    "AlphanumericPasswordRequired",
    "AttachmentsEnabled",
    "DeviceEncryptionEnabled",
    "IrmEnabled",
    "IsDefault",
    "PasswordEnabled",
    "PasswordRecoveryEnabled",
    "RequireDeviceEncryption",
    "RequireEncryptedSMIMEMessages",
    "RequireManualSyncWhenRoaming",
    "RequireSignedSMIMEMessages",
    "RequireStorageCardEncryption",
    "UNCAccessEnabled",
    "WSSAccessEnabled",
)
_MEMBERS = {
    "AllowBluetooth": ["Allow", "Disable", "HandsfreeOnly"],
    "AllowSMIMEEncryptionAlgorithmNegotiation": [
        "AllowAnyAlgorithmNegotiation",
        "BlockNegotiation",
        "OnlyStrongAlgorithmNegotiation",
    ],
    "MaxCalendarAgeFilter": ["All", "TwoWeeks", "OneMonth", "ThreeMonths", "SixMonths"],
    "MaxEmailAgeFilter": ["All", "OneDay", "ThreeDays", "OneWeek", "TwoWeeks", "OneMonth"],
    "RequireEncryptionSMIMEAlgorithm": ["DES", "TripleDES", "RC240bit", "RC264bit", "RC2128bit"],
    "RequireSignedSMIMEAlgorithm": ["SHA1", "MD5"],
}
_INTEGERS = {"MinPasswordComplexCharacters": (1, 4), "PasswordHistory": (0, 50)}
_LISTS = ("ApprovedApplicationList", "UnapprovedInROMApplicationList")
# Password settings that require nothing.
LAX: dict[str, tuple[Any, ...]] = {
    "allow_simple_password": (True,),
    "alphanumeric_password_required": (False,),
    "max_password_failed_attempts": ("Unlimited",),
    "min_password_complex_characters": (1,),
    "min_password_length": (0,),
    "password_expiration": ("Unlimited",),
    "password_history": (0,),
    "password_recovery_enabled": (False,),
}


@dataclass(frozen=True, kw_only=True)
class Ranged(Field):
    """A value with a canonical form, within a range."""

    canonical: Callable[[Any], Any] = int
    number: Callable[[Any], float] = float  # Unlimited exceeds any number
    lowest: Any = 0
    highest: Any = None

    def checked(self, given: Any) -> Any:
        """The canonical form. Raises `TenantError` for a value that the service would refuse."""
        try:
            value = self.canonical(given)
        except ValueError as error:
            raise usage(f"{self.option} {given!r} {error}") from None
        unlimited = value == "Unlimited"
        if not unlimited and not (
            self.number(value) >= self.number(self.lowest)
            and (self.highest is None or self.number(value) <= self.number(self.highest))
        ):
            most = f" to {self.highest}" if self.highest is not None else " or more"
            or_unlimited = "" if self.canonical is int else ", or unlimited"
            raise usage(f"{self.option} is {given}; it must be {self.lowest}{most}{or_unlimited}")
        return value


@dataclass(frozen=True, kw_only=True)
class Length(Ranged):
    """A minimum length; none is null in the service and 0 in the option."""

    def target(self, before: Any, value: Any) -> Any:
        return value or None


def _spec(kind: str, **more: Any) -> dict[str, Any]:
    """A setting may be about passwords, but is never one."""
    return {"type": kind, "no_log": False, **more}


def _ranged(api: str, lowest: Any, highest: Any, canonical: Callable[[Any], Any] = int, **more: Any) -> Ranged:
    kind = "int" if canonical is int else "str"
    return Ranged(snake(api), api, _spec(kind), canonical=canonical, lowest=lowest, highest=highest, **more)


RANGED: tuple[Ranged, ...] = (
    *(_ranged(api, lowest, highest) for api, (lowest, highest) in _INTEGERS.items()),
    Length("min_password_length", "MinPasswordLength", _spec("int"), lowest=0, highest=16),
    _ranged("MaxPasswordFailedAttempts", 4, 16, count),
    _ranged("MaxInactivityTimeLock", "00:01:00", "01:00:00", duration, number=seconds),
    _ranged("PasswordExpiration", "1.00:00:00", "730.00:00:00", duration, number=seconds),
    _ranged("DevicePolicyRefreshInterval", "00:00:00", None, duration, number=seconds),
    _ranged("MaxAttachmentSize", 0, 2147482624, size),
    _ranged("MaxEmailBodyTruncationSize", 0, 2147483647, size),
    _ranged("MaxEmailHTMLBodyTruncationSize", 0, 2147483647, size),
)
SETTINGS: tuple[Field, ...] = (
    *(Field(snake(api), api, _spec("bool")) for api in _SWITCHES),
    *(Field(snake(api), api, _spec("str", choices=members)) for api, members in _MEMBERS.items()),
    *RANGED,
    *(EditedList(snake(api), api) for api in _LISTS),
)


def checked(params: Mapping[str, Any]) -> dict[str, Any]:
    """The options in canonical form. Raises `TenantError` for invalid ones."""
    given = {one.option: one.checked(params[one.option]) for one in RANGED if params.get(one.option) is not None}
    return {**params, **given}


def canonical(record: Record) -> Record:
    """A policy as it was read, its values in canonical form for comparison."""
    read = {one.api: one.canonical(record[one.api]) for one in RANGED if record.get(one.api) is not None}
    return {**record, **read}
