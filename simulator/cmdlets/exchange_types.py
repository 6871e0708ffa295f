# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The behaviour of Exchange for every type of object: Get-, New-, Set-, Remove-. Rules of one type are hooks."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, overload

from ..behaviours.table import implements
from ..state.clock import iso
from ..state.http_messages import READ, Json, Refusal
from ..state.store import normalize_case
from ..state.tenant import Tenant
from .contract import COMMON, Cmdlet
from .opath import opath
from .parameter_values import edited

# Keys that are unique to an object.
_UNIQUE = ("Guid", "ExternalDirectoryObjectId", "ObjectId", "AppId", "DistinguishedName")
GENERAL_PARAMETERS = frozenset({"Identity", "Filter", "SortBy", "Sortby", "ResultSize"})


@dataclass(frozen=True)
class CmdletCall:
    """One cmdlet about to be run."""

    tenant: Tenant
    cmdlet: Cmdlet
    cmdlets: dict[str, Cmdlet]
    given: dict[str, Any]
    now: datetime
    caller: str
    warnings: list[str] = field(default_factory=list)

    def settings(self) -> Json:
        """The properties that the caller sets."""
        known = self.cmdlets[f"get-{self.cmdlet.noun.lower()}"].output
        return {name: value for name, value in self.given.items() if name in known and name != "Identity"}


def _all(run: CmdletCall, items: list[Json]) -> list[Json]:
    return items


def _plain(run: CmdletCall, item: Json) -> Json:
    return item


def _changes(run: CmdletCall, item: Json) -> Json:
    """The settings, with edits of multivalued properties applied."""
    specs = run.cmdlet.parameters
    return {
        name: edited(item.get(name) or [], value) if specs[name]["encoding"] == "multivalued" else value
        for name, value in run.given.items()
        if name not in COMMON | {"Identity"} and specs[name]["encoding"] != "switch"
    }


def _no_more(run: CmdletCall, item: Json) -> None:
    return None


@dataclass(frozen=True)
class ExchangeType:
    """A type of object: its store, its identities, and its special rules."""

    store: str
    keys: tuple[str, ...] = ("Identity", "Name", "Guid", "Id", "DistinguishedName")
    source: Callable[[CmdletCall], Iterable[Json]] | None = None
    view: Callable[[CmdletCall, Json], Json] = _plain
    narrow: Callable[[CmdletCall, list[Json]], list[Json]] = _all
    create: Callable[[CmdletCall], Json] = CmdletCall.settings
    change: Callable[[CmdletCall, Json], Json] = _changes
    remove: Callable[[CmdletCall, Json], None] = _no_more
    # The parameters of its Get- that `narrow` and `view` handle.
    supported: frozenset[str] = frozenset()
    behaviour: str = "exchange-objects"

    def items(self, run: CmdletCall) -> list[Json]:
        return list(self.source(run)) if self.source else list(run.tenant.store(self.store))

    def matches(self, run: CmdletCall, identity: str) -> list[tuple[bool, Json]]:
        """The objects for an identity, and whether it is a unique id."""
        wanted = normalize_case(identity)
        return [
            (any(normalize_case(str(item.get(key) or "")) == wanted for key in _UNIQUE), item)
            for item in self.items(run)
            if wanted in self._names(run, item) and not is_too_new(run, item)
        ]

    @implements("object-ambiguous")
    def find(self, run: CmdletCall, identity: str) -> Json:
        found = self.matches(run, identity)
        best = [item for exact, item in found if exact] or [item for _exact, item in found]
        if not best:
            raise missing(identity)
        if len(best) > 1:
            raise ambiguous(run, identity)
        return best[0]

    def _names(self, run: CmdletCall, item: Json) -> set[str]:
        addresses = [normalize_case(address).removeprefix("smtp:") for address in item.get("EmailAddresses") or []]
        keys = [key for key in self.keys if item.get(key) and not _is_no_key(run, self.store, key)]
        return {normalize_case(str(item[key])) for key in keys}.union(addresses)


@implements("exchange-companion-lag")
def is_too_new(run: CmdletCall, item: Json) -> bool:
    """Writes right after a create may not find an object that reads already show."""
    lag = timedelta(seconds=(run.tenant.exchange or {})["companion_after"])
    return bool(run.cmdlet.kind != READ and "_created" in item and run.now < item["_created"] + lag)


@implements("role-group-by-guid")
def _is_no_key(run: CmdletCall, store: str, key: str) -> bool:
    return store == "RoleGroup" and key == "Guid" and run.tenant.forms.role_groups_by_guid == "missing"


class Viewed(Sequence[Json]):
    """Objects computed only when they are shown: a page out of many thousands."""

    def __init__(self, items: list[Json], view: Callable[[Json], Json]) -> None:
        self._items = items
        self._view = view

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, place: int) -> Json:
        """One of them."""

    @overload
    def __getitem__(self, place: slice) -> Viewed:
        """Some of them."""

    def __getitem__(self, place: int | slice) -> Json | Viewed:
        if isinstance(place, slice):
            return Viewed(self._items[place], self._view)
        return self._view(self._items[place])


@implements("exchange-objects")
def get(run: CmdletCall, kind: ExchangeType) -> Sequence[Json]:
    found = [kind.find(run, run.given["Identity"])] if "Identity" in run.given else kind.items(run)
    items: Sequence[Json] = Viewed(kind.narrow(run, found), lambda item: kind.view(run, item))
    if "Filter" in run.given:
        test = opath(run.given["Filter"], run.cmdlet.output)
        items = [item for item in items if test(item)]
    # Get-User spells it differently.
    if order := run.given.get("SortBy") or run.given.get("Sortby"):
        items = sorted(items, key=lambda item: str(item.get(order) or "").casefold())
    return items


@implements("exchange-objects")
def new(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    item = named(run, kind.create(run))
    taken = normalize_case(item["Identity"])
    if any(normalize_case(other["Identity"]) == taken for other in run.tenant.store(kind.store)):
        raise exists(item["Identity"])
    run.tenant.store(kind.store).add(item["Guid"], item)
    return [kind.view(run, item)]


@implements("exchange-objects")
def change(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    item = kind.find(run, run.given["Identity"]) if "Identity" in run.given else kind.items(run)[0]
    changes = {name: value for name, value in kind.change(run, item).items() if item.get(name) != value}
    if "Name" in changes and item.get("Name") == item.get("Identity"):
        changes |= {"Identity": changes["Name"], "Id": changes["Name"]}
    if changes:
        run.tenant.store(kind.store).update(
            item["Guid"], changes | dict.fromkeys(("WhenChanged", "WhenChangedUTC"), iso(run.now))
        )
    return []


@implements("exchange-objects")
def remove(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    item = kind.find(run, run.given["Identity"])
    kind.remove(run, item)
    run.tenant.store(kind.store).remove(item["Guid"])
    return []


Act = Callable[[CmdletCall, ExchangeType], Sequence[Json]]
GENERAL: dict[str, Act] = {"Get": get, "New": new, "Set": change, "Remove": remove}


def named(run: CmdletCall, item: Json) -> Json:
    """An object with the common properties: an identity, a name, times."""
    guid = item.get("Guid") or str(uuid.uuid4())
    identity = item.get("Identity") or item["Name"]
    moment = iso(run.now)
    return {
        "Identity": identity,
        "Id": identity,
        "Name": identity,
        "ExchangeObjectId": guid,
        "DistinguishedName": f"CN={identity},CN=Configuration,DC={run.tenant.name},DC=exchange,DC=example",
        "WhenCreatedUTC": moment,
        "WhenChangedUTC": moment,
        "WhenCreated": moment,
        "WhenChanged": moment,
        "IsValid": True,
        **({"_created": run.now} if run.caller else {}),
        **item,
        "Guid": guid,
    }


@implements("exchange-objects")
def keep(run: CmdletCall, noun: str, item: Json) -> None:
    """Store an initial object: with the same GUID in every run."""
    identity = item.get("Identity") or item["Name"]
    item = named(run, item | {"Guid": run.tenant.uuid(noun, identity)})
    run.tenant.store(noun).add(item["Guid"], item)


def missing(identity: str) -> Refusal:
    return Refusal(
        "object-missing",
        status=400,
        code="Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
        message=(
            f"The operation couldn't be performed because object '{identity}' couldn't be found on "
            "'SIMULATED.EXCHANGE.EXAMPLE'."
        ),
    )


@implements("object-ambiguous")
def ambiguous(run: CmdletCall, identity: str) -> Refusal:
    """Under its own type, or under that of "not found"."""
    own = run.tenant.forms.ambiguous == "own_type"
    kind = "ManagementObjectAmbiguousException" if own else "ManagementObjectNotFoundException"
    return Refusal(
        "object-ambiguous",
        status=400,
        code=f"Microsoft.Exchange.Configuration.Tasks.{kind}",
        message=f"The operation couldn't be performed because '{identity}' matches multiple entries.",
    )


def exists(identity: str) -> Refusal:
    return Refusal(
        "object-exists",
        status=400,
        code="Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException",
        message=f'There is already another object with the name "{identity}". Try another name.',
    )


def refused(
    behaviour: str, text: str, kind: str = "Microsoft.Exchange.Management.Tasks.InvalidOperationException"
) -> Refusal:
    return Refusal(behaviour, status=400, code=kind, message=text)
