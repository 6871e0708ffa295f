# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource managed by the cmdlets Get-, New-, Set- and Remove-NOUN of Exchange Online."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.resource import Record, normalize_case, normalized_set
from .._exchange.cmdlet_contract import CMDLETS
from .._exchange.parameters import edit
from .._http.removal import remove_listed
from .delegation import settled
from .exchange import exchange_of
from .tenant import Tenant

_EVERYTHING = {"ResultSize": "Unlimited"}


def found_by(tenant: Tenant, cmdlet: str, parameters: Mapping[str, Any], purpose: Purpose) -> list[Record]:
    """The objects that a Get- cmdlet finds by a person's name for them; empty if there is none."""
    try:
        return exchange_of(tenant).invoke(cmdlet, parameters, purpose).values
    except TenantError as error:
        if error.kind != "not_found":
            raise
        return []


# Parameters that may name a role group.
_GROUP_PARAMETERS = ("Identity", "RoleAssignee", "SecurityGroup")
_READ_GROUPS = Purpose("read the role groups", "the Exchange role View-Only Configuration or Role Management")


def names_of_groups(groups: Iterable[Record]) -> dict[str, str]:
    """By normalized GUID, the names of role groups that were just listed, if unique."""
    found = {normalize_case(str(one["Guid"])): str(one.get("Identity") or "") for one in groups if one.get("Guid")}
    counts = Counter([*map(normalize_case, found.values()), *found])
    return {guid: name for guid, name in found.items() if name and counts[normalize_case(name)] == 1}


def invoke_listed(
    tenant: Tenant,
    cmdlet: str,
    given: Mapping[str, Any],
    purpose: Purpose,
    names: Mapping[str, str],
    select: tuple[str, ...] = (),
) -> list[Record]:
    """The result of a cmdlet. A listed role group that is not found by its GUID is tried by its name, once.

    Public sources disagree on whether the service finds role groups by GUID. They are listed again first, so that the
    name still means the same group.
    """
    try:
        return exchange_of(tenant).invoke(cmdlet, given, purpose, select).values
    except TenantError as error:
        guids = {
            one: normalize_case(str(given[one]))
            for one in _GROUP_PARAMETERS
            if normalize_case(str(given.get(one))) in names
        }
        if error.kind != "not_found" or not guids:
            raise
        now = names_of_groups(exchange_of(tenant).invoke("Get-RoleGroup", _EVERYTHING, _READ_GROUPS).values)
        if any(now.get(guid) != names[guid] for guid in guids.values()):
            raise
    by_name = {one: names[guid] for one, guid in guids.items()}
    return exchange_of(tenant).invoke(cmdlet, {**given, **by_name}, purpose, select).values


def difference(before: Any, after: Any) -> dict[str, Any]:
    """The edit that turns one list of names into the other."""
    added = [one for one in after if normalize_case(one) not in normalized_set(before)]
    return edit(added, [one for one in before or () if normalize_case(one) not in normalized_set(after)])


def _is_list(cmdlet: str, name: str, value: Any) -> bool:
    return CMDLETS[cmdlet].get(name) == "multivalued" and isinstance(value, list)


@dataclass(frozen=True)
class ExchangeObjects:
    """Objects found by listing and addressed by the returned identity, never by a person's input.

    `reader` and `writer` name the required Exchange roles, `select` the properties to read, `always` the parameters of
    every call, `names` the listed role groups, as `names_of_groups` returns them.
    """

    noun: str
    thing: str  # in words, for messages
    reader: str = ""
    writer: str = ""
    select: tuple[str, ...] = ()
    always: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def purpose(self, verb: str, cmdlet: str) -> Purpose:
        role = self.reader if cmdlet.startswith("Get-") else self.writer
        return Purpose(f"{verb} the {self.thing}", role or f"an Exchange role that holds {cmdlet}")

    def write(
        self, tenant: Tenant, verb: str, cmdlet: str, parameters: Mapping[str, Any], *, of_new: bool = False
    ) -> list[Record]:
        """The result of a cmdlet that writes, which may be empty. `of_new`: it is about an object just created."""
        given = {**self.always.get(cmdlet, {}), **parameters}
        purpose = self.purpose(verb, cmdlet)
        write = partial(invoke_listed, tenant, cmdlet, given, purpose, self.names)
        return settled(tenant, cmdlet, given, write, purpose, of_new=of_new)

    def id_of(self, record: Record) -> str:
        return str(record.get("Guid") or record["Identity"])

    def identity(self, record: Record) -> dict[str, Any]:
        """The parameter that identifies the object."""
        return {"Identity": self.id_of(record)}

    def list(self, tenant: Tenant) -> list[Record]:
        cmdlet = f"Get-{self.noun}"
        everything = _EVERYTHING if "ResultSize" in CMDLETS[cmdlet] else {}
        return exchange_of(tenant).invoke(cmdlet, everything, self.purpose("read", cmdlet), self.select).values

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        made = self.write(tenant, "create", f"New-{self.noun}", values)
        return made[0] if made else dict(values)

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        cmdlet = f"Set-{self.noun}"
        # A list is edited, so that concurrent additions by others stay.
        lists = [name for name, value in values.items() if _is_list(cmdlet, name, value)]
        edits = {name: difference(record.get(name), values[name]) for name in lists}
        try:
            self.write(tenant, "change", cmdlet, {**self.identity(record), **values, **edits})
        except TenantError as error:
            raise self._doubted(tenant, record, error) from error.__cause__
        return {**record, **values}

    def delete(self, tenant: Tenant, record: Record) -> None:
        remove_listed(
            tenant.http,
            lambda: self.write(tenant, "remove", f"Remove-{self.noun}", self.identity(record)),
            lambda: self.id_of(record) in map(self.id_of, self.list(tenant)),
        )

    def _doubted(self, tenant: Tenant, record: Record, error: TenantError) -> TenantError:
        """Exchange was seen to say "couldn't be found on SERVER" of an existing object, so it is read again.

        If it is still listed, that is a conflict, after which the engine reads and tries once more.
        """
        if error.kind == "not_found" and self.id_of(record) in [self.id_of(one) for one in self.list(tenant)]:
            step = "Exchange Online lists it all the same, so one of its servers may lag behind: run again"
            return error.but(kind="conflict", next_step=step)
        return error
