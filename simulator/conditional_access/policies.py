# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditional Access: policies and named locations, and the service's rules for writing policies."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ..behaviours.table import implements
from ..odata.entities import RequestContext
from ..state.clock import iso
from ..state.http_messages import READ, Json, Refusal
from ..state.replication import arrived
from ..state.snapshots import refuse_unheld
from ..state.tenant import DIRECTORY_ROLES, Tenant
from .policy_content import check_combinations

_SCHEMA = (
    "1007: Incoming ConditionalAccessPolicy object is null or does not match the schema of ConditionalAccessPolicy "
    "type. For examples, please see API documentation at "
    "https://docs.microsoft.com/en-us/graph/api/conditionalaccessroot-post-policies?view=graph-rest-1.0."
)
_CLIENTS = (
    "1064: 'clientAppTypes' condition does not support []. If you want to target all client apps, use ['All']. If you "
    "want to target modern authentication clients, use ['browser', 'mobileAppsAndDesktopClients']."
)
_OF_THE_SERVICE = ("id", "createdDateTime", "modifiedDateTime", "deletedDateTime")
_GUESTS = "GuestsOrExternalUsers"
# The object for the word that means all guests.
_EVERY_GUEST = {
    "guestOrExternalUserTypes": (
        "internalGuest,b2bCollaborationGuest,b2bCollaborationMember,b2bDirectConnectUser,otherExternalUser,"
        "serviceProvider"
    ),
    "externalTenants": {
        "@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants",
        "membershipKind": "all",
    },
}
# Where a description may have names in place of Graph's ids.
_NAMED = {"Users": "user", "Groups": "group", "Locations": "namedLocation"}


@implements("conditional-access-licence")
def gate_conditional_access(scene: RequestContext) -> None:
    """Without Entra ID P1 nothing is written; reading is refused as well, or finds nothing."""
    described = scene.tenant.description["conditional_access"]
    reads = scene.operation.kind == READ and scene.operation.method == "GET"
    if not described["licensed"] and not (reads and described["unlicensed_as"] == "empty"):
        raise Refusal(
            "conditional-access-licence",
            status=403,
            code="AccessDenied",
            message="Your tenant is not licensed for this feature. Please upgrade your subscription to access it.",
        )


def seed_conditional_access(tenant: Tenant, now: datetime) -> None:
    """`conditional_access` of the description; users, groups, roles and locations are given by name."""
    described = tenant.description["conditional_access"]
    created = iso(now - timedelta(days=60))
    for location in described["named_locations"]:
        location_id = tenant.uuid("namedLocation", location["displayName"])
        times = {"createdDateTime": created, "modifiedDateTime": created}
        tenant.store("namedLocations").add(location_id, {"id": location_id} | times | location)
    for number, policy in enumerate(described["policies"]):
        policy_id = tenant.uuid("conditionalAccessPolicy", policy["displayName"])
        if tenant.store("conditionalAccessPolicies").get(policy_id):  # several may have one name
            policy_id = tenant.uuid("conditionalAccessPolicy", policy["displayName"], str(number))
        own = policy | {"id": policy_id, "createdDateTime": created, "conditions": _by_id(tenant, policy["conditions"])}
        tenant.store("conditionalAccessPolicies").add(policy_id, own)
    tenant.store("securityDefaults").add(
        tenant.tenant_id,
        {
            "id": "00000000-0000-0000-0000-000000000005",
            "displayName": "Security Defaults",
            "isEnabled": described["security_defaults"],
        },
    )


def _by_id(tenant: Tenant, conditions: Json) -> Json:
    return {
        name: {key: _seed_ids(tenant, key, content) for key, content in value.items()}
        if isinstance(value, dict)
        else value
        for name, value in conditions.items()
    }


def _seed_ids(tenant: Tenant, key: str, names: Any) -> Any:
    if names is None:
        return None
    if key.endswith("Roles"):
        return [DIRECTORY_ROLES[name] for name in names]
    store = next((store for end, store in _NAMED.items() if key in (f"include{end}", f"exclude{end}")), None)
    if store is None:
        return names
    known = {
        "user": tenant.description["users"],
        "group": tenant.description["groups"],
        "namedLocation": [one["displayName"] for one in tenant.description["conditional_access"]["named_locations"]],
    }[store]
    return [tenant.uuid(store, name) if name in known else name for name in names]


@implements("conditional-access-write")
def create_policy(scene: RequestContext, policy_id: str) -> Json:
    policy = {name: value for name, value in scene.body.items() if "@" not in name and name not in _OF_THE_SERVICE}
    _check(scene, policy)
    check_combinations(policy)
    _check_people(scene, {}, policy)
    policy["conditions"] = _guests_by_type(policy["conditions"])
    return policy | {"id": policy_id, "createdDateTime": iso(scene.now), "modifiedDateTime": None}


@implements("conditional-access-merge")
def change_policy(scene: RequestContext, policy: Json) -> Json:
    """Merge the request into the policy, part by part; null removes a part."""
    sent = {name: value for name, value in scene.body.items() if "@" not in name and name not in _OF_THE_SERVICE}
    changes: Json = {name: _merged(policy.get(name), value) for name, value in sent.items()}
    _check(scene, policy | changes)
    if {"conditions", "grantControls"} & changes.keys():
        check_combinations(policy | changes)
    _check_people(scene, policy, policy | changes)
    if changes.get("conditions"):
        changes["conditions"] = _guests_by_type(changes["conditions"])
    if all(policy.get(name) == value for name, value in changes.items()):
        return {}
    return changes | {"modifiedDateTime": iso(scene.now)}


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return old | {name: _merged(old.get(name), value) for name, value in new.items()}
    return new


def _check_people(scene: RequestContext, before: Json, after: Json) -> None:
    """Users, groups and roles must exist when they are added; existing entries are not checked again."""
    known, wanted = _people(before), _people(after)
    there = {
        "Users": {user["id"] for user in arrived(scene.tenant.store("users"), scene.now)},
        "Groups": {group["id"] for group in scene.tenant.store("groups")},
        "Roles": {role["id"] for role in scene.tenant.store("roleDefinitions")},
    }
    words = {"includeUsers": {"All", "None", _GUESTS}, "excludeUsers": {_GUESTS}}
    for kind in there:
        for name in (f"include{kind}", f"exclude{kind}"):
            added = [one for one in wanted.get(name) or [] if one not in (known.get(name) or [])]
            invalid = [one for one in added if one not in words.get(name, ()) and one.lower() not in there[kind]]
            listed = ", ".join(invalid)
            if invalid and kind == "Roles":
                text = f"1102: 'users' condition contains invalid role ids: {listed}."
                raise _refused("conditional-access-roles", text)
            for one in invalid if kind == "Groups" else ():
                refuse_unheld(scene.tenant, "groups", one)
            if invalid:
                number, what = ("1100", "user") if kind == "Users" else ("1101", "group")
                text = f"{number}: 'users' condition contains invalid {what} ids: {listed}."
                raise _refused("conditional-access-people", text)
    for side in ("include", "exclude"):
        if _GUESTS in (wanted.get(f"{side}Users") or []) and wanted.get(f"{side}GuestsOrExternalUsers"):
            raise _refused("conditional-access-guests", f"'{_GUESTS}' cannot be combined with guestOrExternalUsers")


def _people(policy: Json) -> Json:
    users: Json = (policy.get("conditions") or {}).get("users") or {}
    return users


@implements("conditional-access-guests")
def _guests_by_type(conditions: Json) -> Json:
    """The word for all guests becomes the object with their types."""
    users = dict(conditions.get("users") or {})
    for side in ("include", "exclude"):
        named = users.get(f"{side}Users") or []
        if _GUESTS in named:
            users[f"{side}Users"] = [one for one in named if one != _GUESTS]
            users[f"{side}GuestsOrExternalUsers"] = _EVERY_GUEST
    return conditions | {"users": users} if users else conditions


def _check(scene: RequestContext, policy: Json) -> None:
    conditions = policy.get("conditions") or {}
    whole = policy.get("displayName") and policy.get("state") and conditions.get("applications")
    subject = conditions.get("users") or conditions.get("clientApplications")
    control = policy.get("grantControls") or policy.get("sessionControls")
    if conditions.get("clientAppTypes") == []:
        raise _refused("conditional-access-clients", _CLIENTS)
    if not (whole and subject and control and "clientAppTypes" in conditions):
        raise _refused("conditional-access-schema", _SCHEMA)
    risk = conditions.get("userRiskLevels") or conditions.get("signInRiskLevels")
    if risk and not scene.tenant.has_plan("AAD_PREMIUM_P2"):
        raise _refused(
            "conditional-access-risk",
            "1039: Cannot create or update policies with premium P2 features. Upgrade to a premium P2 license and try "
            "again.",
        )
    defaults = next(iter(scene.tenant.store("securityDefaults")))
    if policy["state"] == "enabled" and defaults["isEnabled"]:
        raise _refused(
            "conditional-access-defaults",
            "Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a "
            "Conditional Access policy.",
        )


def _refused(behaviour: str, text: str) -> Refusal:
    return Refusal(behaviour, status=400, code="BadRequest", message=text)
