# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots of tenants as descriptions: the objects of a copy, and the reads that it refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..behaviours.table import implements
from .http_messages import Json, Refusal
from .tenant import Tenant

FORMAT = "intune.exchange.snapshot"
VERSION = 1
_MOST = 20_000_000  # values
_DEEPEST = 40
# The kinds of a snapshot by the Graph store of their objects.
GRAPH = {
    "organization": "organization",
    "subscribedSkus": "subscriptions",
    "deviceManagement": "intune_settings",
    "exchangeConnectors": "exchange_connectors",
    "conditionalAccessPolicies": "conditional_access_policies",
    "namedLocations": "named_locations",
    "securityDefaults": "security_defaults",
    "deviceCompliancePolicies": "compliance_policies",
    "iosManagedAppProtections": "ios_app_protection_policies",
    "androidManagedAppProtections": "android_app_protection_policies",
    "managedDevices": "managed_devices",
    "managedDeviceOverview": "managed_devices",
    "users": "users",
    "groups": "groups",
    "roleAssignments": "directory_role_assignments",
    "roleEligibilities": "directory_role_eligibilities",
}
# The same by the noun of the Exchange cmdlets.
EXCHANGE = {
    "OrganizationConfig": "exchange_organization",
    "OrganizationCustomization": "exchange_organization",
    "ActiveSyncOrganizationSettings": "activesync_organization_settings",
    "ActiveSyncDeviceAccessRule": "device_access_rules",
    "MobileDeviceMailboxPolicy": "mobile_device_mailbox_policies",
    **dict.fromkeys(("CASMailbox", "Mailbox", "Recipient", "User"), "mailboxes"),
    "CASMailboxPlan": "mailbox_plans",
    "MobileDevice": "mobile_devices",
    "MobileDeviceStatistics": "device_statistics",
    "ActiveSyncDeviceClass": "device_classes",
    **dict.fromkeys(("ManagementRole", "ManagementRoleEntry"), "management_roles"),
    **dict.fromkeys(("RoleGroup", "RoleGroupMember"), "role_groups"),
    "ManagementRoleAssignment": "role_assignments",
    **dict.fromkeys(("ServicePrincipal", "ServicePrincipalAuthorization"), "service_principals"),
}
# Of these the simulator has what every tenant has, or what follows from other objects.
_OF_EVERY_TENANT = frozenset({"authenticationStrengths", "domains", "roleDefinitions"})
# What no snapshot holds, in words.
_IN_WORDS = {"groupEligibilities": "who may activate a membership of a group"}
# Statuses that a client takes for an answer. Of others it would try again.
_FINAL = frozenset({400, 403, 404, 501})


def twin_description(snapshot: Json, base: Json) -> Json:
    """The description of a tenant with the content of the snapshot. Raises ValueError for an invalid one."""
    _check(snapshot)
    domains = _domains(snapshot)
    intune = {
        **base["intune"],
        **{name: [] for name in ("connectors", "devices", "compliance_policies", "app_protections")},
    }
    access = {**base["conditional_access"], "policies": [], "named_locations": []}
    exchange = {**base["exchange"], "devices": [], "roles": None, "role_groups": None, "delegation_after": 0}
    return {
        **base,
        "domain": domains[0],
        "domains": domains,
        "tenant_id": str(snapshot["tenant"]["id"]).lower(),
        "display_name": str(snapshot["tenant"].get("name") or domains[0]),
        **{name: {} for name in ("users", "groups", "skus", "applications")},
        "intune": intune,
        "conditional_access": access,
        "sign_ins": [],
        "reports": {**base["reports"], "email_apps": {}},
        "exchange": exchange,
        "application": {
            "display_name": "Rehearsal",
            "graph": [],
            "exchange": ["Exchange.ManageAsApp"],
            "directory_roles": ["Global Administrator"],
        },
        "sensitive_actions": "open",
    }


def _check(snapshot: Json) -> None:
    if snapshot.get("version") != VERSION:
        raise ValueError(f"the snapshot has version {snapshot.get('version')}, and this simulator reads {VERSION}")
    if snapshot.get("end_of_snapshot") is not True:
        raise ValueError("the snapshot was cut off: end_of_snapshot is missing at its end")
    parts: list[Any] = [snapshot.get(name) for name in ("tenant", "objects", "not_read")]
    tenant, objects, not_read = parts
    whole = isinstance(tenant, dict) and tenant.get("id") and isinstance(objects, dict) and isinstance(not_read, dict)
    if not whole or not all(
        isinstance(records, list) and all(isinstance(one, dict) for one in records) for records in objects.values()
    ):
        raise ValueError("the snapshot is not whole: tenant, objects or not_read has another form")
    _count(snapshot)
    _check_ids(objects)


def identity_of(record: Json, *names: str) -> str:
    """The first of these ids that it has; empty if none. With a blank one and that of zeros, Exchange says none."""
    ids = (str(record.get(name) or "").strip().lower() for name in names)
    return next((one for one in ids if one.strip("{}0-")), "")


# What identifies a mailbox in the stores.
OF_A_MAILBOX = ("ExternalDirectoryObjectId", "Guid")


def _check_ids(objects: Json) -> None:
    """Raises ValueError for two objects with the same key in a store. Statistics are stored with their devices."""
    for kind, records in objects.items():
        names = {"mailboxes": OF_A_MAILBOX, "service_principals": ("ObjectId",)}.get(kind)
        names = names or (("id",) if kind in GRAPH.values() else ("Guid",))
        found = Counter(identity_of(one, *names) for one in records)
        twice = sorted(one for one, number in found.items() if one and number > 1)
        if twice and kind != "device_statistics":
            raise ValueError(f"the snapshot has the object {twice[0]} twice under objects.{kind}")


def _count(snapshot: Json) -> None:
    """Raises ValueError for endless content: an alias of YAML can make a small file arbitrarily large."""
    waiting: list[tuple[Any, int]] = [(snapshot, 0)]
    number = 0
    while waiting:
        value, depth = waiting.pop()
        number += 1
        if number > _MOST or depth > _DEEPEST:
            raise ValueError(f"the snapshot has more than {_MOST} values, or they are more than {_DEEPEST} deep")
        if isinstance(value, dict):
            waiting += [(entry, depth + 1) for entry in value.values()]
        elif isinstance(value, list):
            waiting += [(entry, depth + 1) for entry in value]


def _domains(snapshot: Json) -> list[str]:
    """The domains of the addresses, the most frequent one first, and an initial domain."""
    found = Counter(_addresses(snapshot["objects"]))
    names = [name for name, _number in found.most_common()] or ["twin.example"]
    initial = next((name for name in names if ".onmicrosoft." in name), f"{names[0].partition('.')[0]}.onmicrosoft.com")
    own = [name for name in names if name != initial] or [initial]
    return [own[0], initial, *own[1:]]


def _addresses(objects: Json) -> Iterator[str]:
    for kind, name in (("users", "userPrincipalName"), ("mailboxes", "PrimarySmtpAddress")):
        for one in objects.get(kind, []):
            domain = str(one.get(name) or "").rpartition("@")[2].lower()
            if domain:
                yield domain


@implements("twin-state")
def snapshot_of(tenant: Tenant) -> Json | None:
    """The snapshot behind a tenant, if any."""
    found: Json | None = tenant.description.get("snapshot")
    return found


def refuse_unread(tenant: Tenant, kind: str | None, name: str) -> None:
    """Refuse what the snapshot of a tenant does not contain; `name` describes it if it is not a kind of its own."""
    snapshot = snapshot_of(tenant)
    if snapshot is None or name in _OF_EVERY_TENANT or (kind is not None and kind in snapshot["objects"]):
        return
    raise _unread(snapshot["not_read"].get(kind) or {}, kind or _IN_WORDS.get(name, name))


# Kinds of which a snapshot holds only some objects.
_SOME = {
    "groups": "the groups that a policy names, also one that is off, or that hold a directory role",
    **dict.fromkeys(("authenticationStrengths", "roleDefinitions"), "the built-in ones"),
}


@implements("twin-not-read")
def refuse_unheld(tenant: Tenant, store: str, what: str) -> None:
    """Refuse an object that the tenant may have, since its snapshot holds only some of the kind.

    A group that a policy of the snapshot names, and that is not in it, was not in the directory either.
    """
    snapshot = snapshot_of(tenant)
    if snapshot is None or store not in _SOME or what.lower() in _named(snapshot):
        return
    message = f"the snapshot does not hold {what}; of the {store}, it holds only {_SOME[store]}"
    raise Refusal("twin-not-read", status=403, code="NotInSnapshot", message=message)


def _named(snapshot: Json) -> set[str]:
    """The ids of the groups that were looked up for the snapshot."""
    objects = snapshot["objects"]
    users = [(one.get("conditions") or {}).get("users") or {} for one in objects.get("conditional_access_policies", [])]
    ids = {one for named in users for side in ("include", "exclude") for one in named.get(f"{side}Groups") or []}
    for kind in ("compliance_policies", "ios_app_protection_policies", "android_app_protection_policies"):
        for policy in objects.get(kind, []):
            ids |= {(one.get("target") or {}).get("groupId") for one in policy.get("assignments") or []}
    for kind in ("directory_role_assignments", "directory_role_eligibilities"):
        ids |= {
            one.get("principalId")
            for one in objects.get(kind, [])
            if str((one.get("principal") or {}).get("@odata.type")).endswith(".group")
        }
    return {str(one).lower() for one in ids if one}


@implements("twin-not-read")
def _unread(problem: Json, name: str) -> Refusal:
    """Missing permissions are reported in our words: the tenant's would ask for permissions, and none is missing."""
    response: Any = problem.get("response")
    if (
        problem.get("error") != "forbidden"
        and isinstance(response, dict)
        and response.get("status") in _FINAL
        and all(isinstance(response.get(part), (str, type(None))) for part in ("code", "message"))
    ):
        code, message = response.get("code") or "", response.get("message") or ""
        empty = {} if code or message else {"empty": True}
        return Refusal("twin-not-read", status=response["status"], code=code, message=message, **empty)
    reason = str(problem.get("reason") or "")
    if reason.startswith("Could not ") and ": " in reason:  # "... on tenant TENANT", which a reader says itself
        reason = reason.partition(": ")[2]
    message = f"the snapshot does not hold {name}" + (f", for this reason: {reason}" if reason else "")
    return Refusal("twin-not-read", status=403, code="NotInSnapshot", message=message)
