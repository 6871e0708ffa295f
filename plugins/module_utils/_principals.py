# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People, groups and applications, each under one label, whichever of its names somebody writes."""

from __future__ import annotations

from typing import Any

from ._cmdlets import found_by
from ._errors import Purpose, TenantError
from ._resource import Record, fold
from ._service_principals import find_service_principal
from ._tenant import Tenant

_LOOK = Purpose("find who is meant", "the Exchange role View-Only Recipients or Role Management")
# Properties that tell one object from all others; display names and aliases may not.
_NAMES = (
    "Guid",
    "ExternalDirectoryObjectId",
    "ExchangeObjectId",
    "ObjectId",
    "AppId",
    "DistinguishedName",
    "Identity",
    "Name",
    "PrimarySmtpAddress",
    "UserPrincipalName",
    "WindowsLiveID",
    "WindowsEmailAddress",
)
_LABELS = ("PrimarySmtpAddress", "WindowsEmailAddress", "UserPrincipalName", "WindowsLiveID", "Name")


class Principals:
    """Everybody that one task has met."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._labels: dict[str, str] = {}  # by any name
        self._identities: dict[str, str] = {}  # by label: what cmdlets are given

    def learn(self, record: Record) -> str:
        """The label of an object that the service showed. Raises IndexError for one without any name."""
        names = [fold(str(record[name])) for name in _NAMES if record.get(name)]
        names += [fold(address).removeprefix("smtp:") for address in record.get("EmailAddresses") or []]
        known = [self._labels[name] for name in names if name in self._labels]
        label = [*known, *(str(record[name]) for name in _LABELS if record.get(name))][0]
        self._labels.update(dict.fromkeys([*names, fold(label)], label))
        self._identities.setdefault(label, str(record.get("ObjectId") or record.get("Guid") or label))
        return label

    def find(self, name: str) -> str | None:
        """The label of whoever a person means by C(name); None if there is nobody."""
        if fold(name) not in self._labels:
            found = self._look(name)
            if found is None:
                return None
            self._labels[fold(name)] = self.learn(found)
        return self._labels[fold(name)]

    def label(self, name: str) -> str:
        """As L(find), but nobody is an error."""
        label = self.find(name)
        if label is None:
            raise TenantError(
                "no_principal",
                f"Exchange knows no user, mail-enabled group or service principal {name}",
                next_step="Check the name; an application must be registered with intune.exchange.service_principal",
            )
        return label

    def identity(self, label: str) -> str:
        return self._identities[label]

    def _look(self, name: str) -> dict[str, Any] | None:
        for cmdlet in ("Get-Recipient", "Get-User"):
            found = found_by(self._tenant, cmdlet, {"Identity": name}, _LOOK)
            if len(found) > 1:
                raise TenantError("ambiguous", f"{name} means {len(found)} objects", next_step="Give the address or id")
            if found:
                return found[0]
        return find_service_principal(self._tenant, name)
