# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People, groups and applications: found by id, address or name, and then addressed by their unique id.

Ids and addresses identify. A name counts only if nobody else has it, as a name or as an address: two objects are never
confused because of a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.resource import Record, normalize_case
from .._core.targets import only
from .._engine.exchange_objects import found_by
from .._engine.tenant import Tenant
from .service_principals import find_service_principal

_FIND = Purpose("find the user, group or application", "the Exchange role View-Only Recipients or Role Management")
# Unique properties of objects.
_IDS = ("Guid", "ExternalDirectoryObjectId", "ExchangeObjectId", "ObjectId", "AppId", "DistinguishedName")
_ADDRESSES = (
    "PrimarySmtpAddress",
    "WindowsEmailAddress",
    "UserPrincipalName",
    "WindowsLiveID",
    "MicrosoftOnlineServicesID",
)
_NAMES = ("Name", "DisplayName", "Identity", "Id", "Alias", "SamAccountName")
_NO_ID = "00000000-0000-0000-0000-000000000000"
# Properties that find the owner of an address if the same text is somebody else's name.
_FILTERS = {"Get-Recipient": "EmailAddresses -eq 'smtp:{0}'", "Get-User": "UserPrincipalName -eq '{0}'"}


@dataclass
class Principal:
    """Somebody with all known ids and addresses. `id` is for cmdlets, `label` is for people."""

    id: str
    label: str
    ids: set[str]
    addresses: set[str]
    names: set[str]
    is_group: bool = False

    def is_meant_by(self, text: str) -> bool:
        """Whether a text is this principal's id or address."""
        return normalize_case(text) in self.ids | self.addresses

    def is_called(self, names: Iterable[Any]) -> bool:
        """Whether one of the texts is this principal's id, address or name."""
        return any(normalize_case(str(name)) in self.ids | self.addresses | self.names for name in names if name)


def _values(record: Record, properties: tuple[str, ...]) -> set[str]:
    return {normalize_case(str(record[name])) for name in properties if record.get(name)} - {_NO_ID}


def _read(record: Record) -> Principal:
    """The principal in a response, before it is known whether it was read before."""
    addresses = _values(record, _ADDRESSES)
    for proxy in record.get("EmailAddresses") or []:
        kind, colon, address = str(proxy).partition(":")
        addresses.add(normalize_case(address if colon else kind))
    names = _values(record, _NAMES)
    # For recipients, Exchange returns Guid; it returns service principals with an ObjectId.
    unique = next((str(record[one]) for one in ("ObjectId", "Guid", *_IDS) if record.get(one)), "")
    name = str(record.get("Name") or record.get("DisplayName") or record.get("Identity") or unique)
    address = next((str(record[one]) for one in _ADDRESSES if record.get(one)), "")
    label = address or (f"{name} ({unique})" if unique and normalize_case(unique) != normalize_case(name) else name)
    kinds = " ".join(str(record.get(one) or "") for one in ("RecipientTypeDetails", "RecipientType", "ObjectClass"))
    return Principal(unique or name, label, _values(record, _IDS), addresses, names, "group" in kinds.lower())


class Principals:
    """All principals that one task has read."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._known: list[Principal] = []
        self._labels: dict[str, Principal] = {}

    def learn(self, record: Record, label: str = "") -> Principal:
        """The principal of a returned object. It equals an earlier one only if they share an id."""
        read = _read(record)
        for one in self._known:
            if one.ids & read.ids or (not read.ids and not one.ids and one.names & read.names):
                one.ids |= read.ids
                one.addresses |= read.addresses
                one.names |= read.names
                return one
        read.label = label or read.label
        if normalize_case(read.label) in self._labels:
            read.label = f"{read.label} ({read.id})"
        self._known.append(read)
        self._labels[normalize_case(read.label)] = read
        return read

    def by_label(self, label: str) -> Principal:
        return self._labels[normalize_case(label)]

    def id_of(self, label: str) -> str:
        """The id of a label for cmdlets; a label without a principal stands for itself."""
        known = self._labels.get(normalize_case(label))
        return known.id if known else label

    def find(self, text: str) -> Principal | None:
        """The principal for `text`, None if there is none. Raises `TenantError` if there may be several."""
        met = [one for one in self._known if one.is_meant_by(text)]
        return self._only(met, text) if met else self._only(self._search(text), text)

    def named(self, text: str) -> Principal:
        """Like `find`, but a missing principal is an error."""
        found = self.find(text)
        if found is None:
            raise TenantError(
                "no_principal",
                f"Exchange knows no user, mail-enabled group or service principal {text}",
                next_step="Check the name; an application must be registered with intune.exchange.service_principal",
            )
        return found

    def _only(self, found: list[Principal], text: str) -> Principal | None:
        step = "Specify the address or the id; the module does not choose"
        one: Principal | None = only(
            found, lambda item: f"{item.label} ({item.id})", f"principal {text}", self._tenant.label, step
        )
        return one

    def _search(self, text: str) -> list[Principal]:
        """Those who have `text` as an id or address, else those who have it as a name."""
        found = [one for one in self._known if one.is_called([text])]
        for cmdlet in _FILTERS:
            found += [one for one in self._ask(cmdlet, text) if one not in found]
            exact = [one for one in found if one.is_meant_by(text)]
            if exact:
                return exact
        if not found and (application := find_service_principal(self._tenant, text)):
            found = [self.learn(application)]
        return found

    def _owners(self, cmdlet: str, text: str) -> list[Principal]:
        """Those who have `text` as an address, whoever has it as a name."""
        quoted = text.replace("'", "''")
        asked = {"Filter": _FILTERS[cmdlet].format(quoted), "ResultSize": "Unlimited"}
        records = found_by(self._tenant, cmdlet, asked, _FIND)
        return [one for one in map(self.learn, records) if one.is_meant_by(text)]

    def _ask(self, cmdlet: str, text: str) -> list[Principal]:
        try:
            records = found_by(self._tenant, cmdlet, {"Identity": text}, _FIND)
        except TenantError as error:
            if error.kind != "ambiguous":
                raise
            owners = self._owners(cmdlet, text)
            if not owners:
                raise
            return owners
        found = [self.learn(record) for record in records]
        if "@" in text and not any(one.is_meant_by(text) for one in found):
            found = self._owners(cmdlet, text) or found
        # The returned object must be the requested one.
        other = [one for one in found if not one.is_called([text])]
        if other:
            raise TenantError(
                "ambiguous",
                f"Exchange returned {other[0].label} for {text}, which is none of its names",
                _FIND.action,
                self._tenant.label,
                next_step="Specify the address or the id; the module does not choose",
                details={"candidates": [one.label for one in other]},
            )
        return found
