# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditional Access: its policies and named locations, and what the service insists on when a policy is written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ._behaviours import behaves
from ._clock import iso
from ._entities import Scene
from ._tenant import DIRECTORY_ROLES, Tenant
from ._wire import Json, Refusal

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
# Where a description may name what Graph has ids for.
_NAMED = {"Users": "user", "Groups": "group", "Locations": "namedLocation"}


def seed_conditional_access(tenant: Tenant, now: datetime) -> None:
    """`conditional_access` of the description; users, groups, roles and locations stand there by name."""
    described = tenant.description["conditional_access"]
    created = iso(now - timedelta(days=60))
    for location in described["named_locations"]:
        location_id = tenant.uuid("namedLocation", location["displayName"])
        times = {"createdDateTime": created, "modifiedDateTime": created}
        tenant.store("namedLocations").add(location_id, {"id": location_id} | times | location)
    for policy in described["policies"]:
        policy_id = tenant.uuid("conditionalAccessPolicy", policy["displayName"])
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


@behaves("conditional-access-write")
def create_policy(scene: Scene, policy_id: str) -> Json:
    policy = {name: value for name, value in scene.body.items() if "@" not in name and name not in _OF_THE_SERVICE}
    _check(scene, policy)
    return policy | {"id": policy_id, "createdDateTime": iso(scene.now), "modifiedDateTime": None}


@behaves("conditional-access-merge")
def change_policy(scene: Scene, policy: Json) -> Json:
    """What is sent is laid over what is there, part by part; null takes a part away."""
    sent = {name: value for name, value in scene.body.items() if "@" not in name and name not in _OF_THE_SERVICE}
    changes: Json = {name: _merged(policy.get(name), value) for name, value in sent.items()}
    _check(scene, policy | changes)
    if all(policy.get(name) == value for name, value in changes.items()):
        return {}
    return changes | {"modifiedDateTime": iso(scene.now)}


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return old | {name: _merged(old.get(name), value) for name, value in new.items()}
    return new


def _check(scene: Scene, policy: Json) -> None:
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
