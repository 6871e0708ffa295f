# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of another tenant: its snapshot in the stores, in place of objects from a description."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ..behaviours.table import implements
from ..cmdlets.exchange_types import CmdletCall
from ..directory.directory import new_user
from ..exchange.devices import device_view
from ..state.http_messages import Json
from ..state.snapshots import GRAPH, OF_A_MAILBOX, identity_of, snapshot_of
from ..state.store import normalize_case
from ..state.tenant import Tenant
from .exchange import seed_twin_roles
from .records import seed_records

_FAR = timedelta(days=365_000)
_OF_A_RECIPIENT = (
    "Guid",
    "ExchangeObjectId",
    "Identity",
    "Name",
    "Alias",
    "SamAccountName",
    "DisplayName",
    "PrimarySmtpAddress",
    "EmailAddresses",
    "DistinguishedName",
)
# Further properties of a mailbox in Exchange.
_COMPUTED = ("ActiveSyncMailboxPolicyIsDefaulted", "HasActiveSyncDevicePartnership", "ExternalDirectoryObjectId")
_DEVICES = "\\ExchangeActiveSyncDevices\\"


@implements("twin-state")
def seed_twin(run: CmdletCall) -> None:
    """Put the objects of the snapshot into the stores. Raises ValueError for objects without required properties."""
    snapshot = snapshot_of(run.tenant)
    if snapshot is None:
        return
    try:
        _seed(run, snapshot["objects"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise ValueError(
            f"the snapshot {run.tenant.name} has an object that lacks something, or has it in another form ({problem})"
        ) from error


def _seed(run: CmdletCall, objects: Json) -> None:
    """A kind that is missing in the snapshot stays as it was seeded."""
    _seed_graph(run.tenant, objects, run.now)
    _seed_organization(run, objects)
    for kind, store in (
        ("device_access_rules", "ActiveSyncDeviceAccessRule"),
        ("mobile_device_mailbox_policies", "MobileDeviceMailboxPolicy"),
        ("mailbox_plans", "CASMailboxPlan"),
        ("device_classes", "ActiveSyncDeviceClass"),
    ):
        seed_records(run.tenant, store, objects.get(kind), "Guid")
    seed_records(run.tenant, "ServicePrincipal", objects.get("service_principals"), "ObjectId")
    seed_twin_roles(run, objects)
    _seed_mailboxes(run.tenant, objects)
    _seed_devices(run, objects)


def _seed_graph(tenant: Tenant, objects: Json, now: datetime) -> None:
    held = [*objects.get("directory_role_assignments", []), *objects.get("directory_role_eligibilities", [])]
    holders = {str(one.get("principalId")).lower() for one in held}
    changes: dict[str, Callable[[Json], Json]] = {
        "deviceCompliancePolicies": _contained,
        "iosManagedAppProtections": _contained,
        "androidManagedAppProtections": _contained,
        "groups": lambda group: _group(group, holders),
        "roleAssignments": _held_role,
        "roleEligibilities": _held_role,
        "exchangeConnectors": lambda connector: _seed_connector(tenant, connector, now),
    }
    for store, kind in GRAPH.items():
        if store not in ("organization", "users", "subscribedSkus", "managedDeviceOverview", *_SINGLE):
            seed_records(tenant, store, objects.get(kind), "id", changes.get(store, dict))
    for store in _SINGLE:
        for record in objects.get(GRAPH[store], []):
            tenant.store(store).update(tenant.tenant_id, record)
    authority = objects.get("mdm_authority")
    known = {"mobileDeviceManagementAuthority": authority[0]["authority"] if authority else None}
    for record in objects.get("organization", []):
        tenant.store("organization").update(tenant.tenant_id, record | known)
    seed_records(tenant, "users", objects.get("users"), "id", lambda user: _user(tenant, user, now))
    seed_records(tenant, "subscribedSkus", objects.get("subscriptions"), "id", lambda sku: _sku(tenant, sku))


_SINGLE = ("deviceManagement", "securityDefaults")


def _contained(policy: Json) -> Json:
    parts = ("assignments", "apps")
    plain = {name: value for name, value in policy.items() if name not in parts}
    return plain | {f"_{name}": policy[name] for name in parts if name in policy}


def _group(group: Json, holders: set[str]) -> Json:
    """A group; one that holds a directory role is one of those that may."""
    own = {name: value for name, value in group.items() if name != "members"}
    base = {"mailEnabled": False, "securityEnabled": True, "createdDateTime": None}
    base["isAssignableToRole"] = str(group.get("id")).lower() in holders or None
    return base | own | {"_members": list(group.get("members") or []), "_owners": []}


def _held_role(assignment: Json) -> Json:
    """An assignment, with the type of a holder who is not in the snapshot."""
    own = {name: value for name, value in assignment.items() if name != "principal"}
    return own | {"_type": (assignment.get("principal") or {}).get("@odata.type")}


def _seed_connector(tenant: Tenant, connector: Json, now: datetime) -> Json:
    """A connector in the middle of its life; one that is neither connected nor pending stays as it is."""
    synced = datetime.fromisoformat(str(connector.get("lastSyncDateTime") or "0001-01-01T00:00:00Z"))
    status = connector.get("status")
    return {
        "primarySmtpAddress": None,
        "exchangeConnectorType": "serviceToService",
        **connector,
        "_connecting": now
        if status == "connectionPending"
        else now - timedelta(seconds=tenant.intune["connect_after"]),
        "_requested": [],
        "_synced": synced if synced.year > 1 else None,
        **({} if status in ("connected", "connectionPending") else {"_status": status}),
    }


def _user(tenant: Tenant, user: Json, now: datetime) -> Json:
    """A user. Mailboxes are created from the mailboxes of the snapshot."""
    properties = {"assignedLicenses": [], **user}
    made = new_user(tenant, str(user["id"]).lower(), {"userPrincipalName": str(user["id"]), **properties}, now)
    return made | {"_proxies": user.get("proxyAddresses") or [], "_mailbox_from": now + _FAR}


def _sku(tenant: Tenant, sku: Json) -> Json:
    """A subscription, with the units that nobody in the snapshot holds."""
    held = sum(
        licence.get("skuId") == sku.get("skuId")
        for user in tenant.store("users")
        for licence in user["assignedLicenses"]
    )
    plans = [
        {"_service": "exchange" if str(plan.get("servicePlanName")).startswith("EXCHANGE_") else "SCO", **plan}
        for plan in sku.get("servicePlans") or []
    ]
    private = [plan | {"_needs": [], "_excludes": []} for plan in plans]
    return sku | {"servicePlans": private, "_other_units": int(sku.get("consumedUnits") or 0) - held}


def _seed_organization(run: CmdletCall, objects: Json) -> None:
    for name, kind in (
        ("OrganizationConfig", "exchange_organization"),
        ("ActiveSyncOrganizationSettings", "activesync_organization_settings"),
    ):
        store = run.tenant.store(name)
        for record in objects.get(kind, []):
            [(key, seeded)] = store.items().items()
            store.remove(key)
            read = {property_: value for property_, value in record.items() if property_ != "IsDehydrated"}
            guid = str(record.get("Guid") or key)
            store.add(guid, seeded | read | {"Guid": guid} | _customized(run, record))


def _customized(run: CmdletCall, record: Json) -> Json:
    if "IsDehydrated" not in record:
        return {}
    dehydrated = bool(record["IsDehydrated"])
    return {"_customized": None if dehydrated else run.now, "_asked": not dehydrated}


def _seed_mailboxes(tenant: Tenant, objects: Json) -> None:
    """Add the mailboxes to the users. A mailbox without one gets one outside of the directory, if that was read."""
    mailboxes = objects.get("mailboxes")
    if mailboxes is None:
        return
    for number, mailbox in enumerate(mailboxes):
        user_id = identity_of(mailbox, *OF_A_MAILBOX) or f"mailbox {number}"
        users, address = tenant.store("users"), str(mailbox.get("PrimarySmtpAddress") or user_id)
        recipient = {name: mailbox[name] for name in _OF_A_RECIPIENT if name in mailbox}
        if not identity_of(mailbox, "ExternalDirectoryObjectId"):
            recipient["ExternalDirectoryObjectId"] = mailbox.get("ExternalDirectoryObjectId") or ""
        if users.get(user_id) is None:
            users = users if "users" not in objects else tenant.store("usersOfMailboxesOnly")
            properties = {"userPrincipalName": address, "displayName": mailbox.get("DisplayName"), "mail": address}
            users.add(
                user_id, new_user(tenant, user_id, properties, datetime.fromisoformat("2020-01-01T00:00:00+00:00"))
            )
        users.update(user_id, {"_recipient": recipient | {"Id": mailbox.get("Identity")}})
        own = {name: value for name, value in mailbox.items() if name not in (*_OF_A_RECIPIENT, *_COMPUTED)}
        if mailbox.get("ActiveSyncMailboxPolicyIsDefaulted"):
            own["ActiveSyncMailboxPolicy"] = None
        tenant.store("CASMailbox").add(user_id, own)


def _seed_devices(run: CmdletCall, objects: Json) -> None:
    owners = _Owners(objects.get("mailboxes") or [])
    statistics = {normalize_case(str(one.get("Guid"))): one for one in objects.get("device_statistics") or []}

    def held(device: Json) -> Json:
        private: Json = {"_owner": owners.of(device), "_wipe": {}, "_last_sync": None, "_decided": None}
        return device | private | {"_statistics": statistics.get(normalize_case(str(device.get("Guid"))), {})}

    seed_records(run.tenant, "MobileDevice", objects.get("mobile_devices"), "Guid", held)
    for key, device in run.tenant.store("MobileDevice").items().items():
        _pin(run, key, device)


@implements("twin-devices")
def _pin(run: CmdletCall, key: str, device: Json) -> None:
    """Keep a state that the settings of the snapshot do not explain."""
    names = ("DeviceAccessState", "DeviceAccessStateReason", "DeviceAccessControlRule")
    read: list[Any] = [device.get(name) or None for name in names]
    decided = device_view(run, device)
    if read != [decided[name] for name in names]:
        run.tenant.store("MobileDevice").update(key, {"_decided": read})


class _Owners:
    """The users of the mailboxes by the location of the mailbox in the directory, and by its names."""

    def __init__(self, mailboxes: list[Json]) -> None:
        self._places: list[dict[str, set[str]]] = []
        for names in (("DistinguishedName",), ("Identity", "Name")):
            index: dict[str, set[str]] = {}
            for number, mailbox in enumerate(mailboxes):
                user = identity_of(mailbox, *OF_A_MAILBOX) or f"mailbox {number}"
                for name in (name for name in names if mailbox.get(name)):
                    index.setdefault(normalize_case(str(mailbox[name])), set()).add(user)
            self._places.append(index)

    def of(self, device: Json) -> str:
        """The owner of the device; nobody if several mailboxes have the name, or none."""
        place = str(device.get("DistinguishedName") or "").partition("CN=ExchangeActiveSyncDevices,")[2]
        name = str(device.get("Identity") or "").partition(_DEVICES)[0]
        for index, one in zip(self._places, (place, name), strict=True):
            found = index.get(normalize_case(one), set()) if one else set()
            if len(found) == 1:
                return next(iter(found))
        return f"owner of {device.get('Guid')}"
