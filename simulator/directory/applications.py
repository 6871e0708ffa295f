# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registrations of applications: created, changed, deleted, restored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ..behaviours.table import implements
from ..odata.entities import (
    RequestContext,
    Resource,
    create_entity,
    delete_entity,
    get_entity,
    listed,
    not_found,
    update_entity,
)
from ..state.clock import iso
from ..state.http_messages import Answer, Json
from ..state.replication import arriving
from ..state.tenant import Tenant
from .key_credentials import key_credential
from .refusals import forbidden, invalid

Act = Callable[[RequestContext, Resource], Answer]

STORE, _DELETED = "applications", "deletedApplications"
_KEPT = timedelta(days=30)
_LONGEST_NAME = 256
_ADMINISTRATORS = {"Application Administrator", "Cloud Application Administrator", "Global Administrator"}
_READ_ONLY = ("id", "appId", "createdDateTime", "deletedDateTime", "publisherDomain", "uniqueName")


def by_method(behaviour: str, **acts: Act) -> Act:
    """The functions for one path, by HTTP method."""

    @implements(behaviour)
    def act(scene: RequestContext, resource: Resource) -> Answer:
        return acts[scene.operation.method.lower()](scene, resource)

    return act


@implements("application-roles")
def gate_applications(scene: RequestContext) -> None:
    """The creator of an application may change it; others need a role, or the permission for all applications."""
    creates = scene.operation.kind == "create" and len(scene.keys) == 0
    if scene.operation.method == "GET" or creates or _may_change_all(scene):
        return
    found = _meant(scene)
    if found is not None and found.get("_owner") != scene.caller:
        raise forbidden("application-roles")


def _meant(scene: RequestContext) -> Json | None:
    """The application of a path, whether reads find it or not; a service principal leads to its application."""
    key = scene.keys[0]
    stores = [scene.tenant.store(name) for name in (STORE, _DELETED)]
    principal = scene.tenant.store("servicePrincipals").get(key.lower())
    if principal is not None:
        return stores[0].find("appId", principal["appId"])
    return next(
        (one for store in stores for one in (store.get(key.lower()), store.find("uniqueName", key)) if one), None
    )


def _may_change_all(scene: RequestContext) -> bool:
    if scene.tenant.store("users").get(scene.caller) is None:
        return "Application.ReadWrite.All" in scene.granted
    return bool(_ADMINISTRATORS & set(scene.tenant.directory_roles(scene.caller)))


@implements("applications-seeded")
def seed_application(tenant: Tenant, kind: str, client_id: str, name: str, now: datetime) -> None:
    """The description of an application that is registered in this tenant."""
    made = now - timedelta(days=400)
    item = _registration(tenant, tenant.uuid("application", kind), {"displayName": name}, made)
    tenant.store(STORE).add(item["id"], item | {"appId": client_id})
    tenant.store("federatedIdentityCredentials")  # otherwise the first sign-in would create it, and change the state


def _registration(tenant: Tenant, item_id: str, properties: Json, now: datetime) -> Json:
    empty: dict[str, Any] = {
        "appId": tenant.uuid("client", item_id),
        "createdDateTime": iso(now),
        "deletedDateTime": None,
        "description": None,
        "identifierUris": [],
        "isFallbackPublicClient": None,
        "keyCredentials": [],
        "notes": None,
        "passwordCredentials": [],
        "publisherDomain": tenant.domain,
        "requiredResourceAccess": [],
        "signInAudience": "AzureADMyOrg",
        "tags": [],
        "uniqueName": None,
        "_secrets": {},
    }
    return empty | properties | {"id": item_id}


@implements("applications")
def create_application(scene: RequestContext, item_id: str) -> Json:
    if not scene.body.get("displayName"):
        raise invalid("applications", "A value is required for property 'displayName' of resource 'Application'.")
    properties = change_application(scene, {})
    item = _registration(scene.tenant, item_id, properties, scene.now) | {"_owner": scene.caller}
    return arriving(scene.tenant, item, scene.now)


@implements("application-name")
def _check_name(name: str) -> None:
    if len(name) > _LONGEST_NAME:
        raise invalid(
            "application-name", "Invalid value specified for property 'displayName' of resource 'Application'."
        )


@implements("application-keys")
def change_application(scene: RequestContext, application: Json) -> Json:
    for name in _READ_ONLY:
        if scene.body.get(name) not in (None, application.get(name)):
            raise invalid("applications", f"Property '{name}' is read-only and cannot be set.")
    if scene.body.get("passwordCredentials"):
        raise invalid("applications", "Updates to passwordCredentials are not supported. Use addPassword instead.")
    _check_name(str(scene.body.get("displayName") or ""))
    changes = {name: value for name, value in scene.body.items() if "@" not in name and name not in _READ_ONLY}
    changes.pop("passwordCredentials", None)
    if "keyCredentials" in changes:
        held = {one["keyId"]: one for one in application.get("keyCredentials", [])}
        changes["keyCredentials"] = [key_credential(one, held) for one in changes["keyCredentials"] or []]
    return changes


@implements("application-keys")
def application_view(tenant: Tenant, application: Json, now: datetime) -> Json:
    return application | {"keyCredentials": [one | {"key": None} for one in application["keyCredentials"]]}


def _get(scene: RequestContext, resource: Resource) -> Answer:
    selected = scene.options.get("$select", "").lower().split(",")
    plain = replace(resource, view=lambda tenant, item, now: item) if "keycredentials" in selected else resource
    return get_entity(scene, plain)


@implements("application-unique-name")
def _upsert(scene: RequestContext, resource: Resource) -> Answer:
    found = scene.tenant.store(STORE).find("uniqueName", scene.keys[0])
    if found is None and "create-if-missing" not in scene.prefer:
        raise not_found(scene, scene.keys[0])
    body = {name: value for name, value in scene.body.items() if name != "uniqueName"}
    if found is None:
        named = replace(resource, create=lambda new, item_id: _named(new, item_id, scene.keys[0]))
        return create_entity(replace(scene, keys=[], body=body), named)
    changes = change_application(replace(scene, body=body), found)
    scene.tenant.store(STORE).update(found["id"], changes)
    return Answer(204)


def _named(scene: RequestContext, item_id: str, name: str) -> Json:
    return create_application(scene, item_id) | {"uniqueName": name}


def _of_name(scene: RequestContext, resource: Resource) -> Answer:
    """The property is in the path as the key."""
    name = "uniqueName" if "uniqueName" in scene.operation.template else "appId"
    found = scene.tenant.store(STORE).find(name, scene.keys[0])
    if found is None:
        raise not_found(scene, scene.keys[0])
    return _get(replace(scene, keys=[found["id"]]), resource)


@implements("application-deleted")
def delete_application(scene: RequestContext, application: Json) -> None:
    """It is kept under its id; nobody can sign in as it any more."""
    deleted = {**application, "deletedDateTime": iso(scene.now), "_deleted": scene.now}
    scene.tenant.store(_DELETED).add(application["id"], deleted)
    principal = scene.tenant.store("servicePrincipals").find("appId", application["appId"])
    if principal is not None:
        forget_principal(scene, principal)
        scene.tenant.store("servicePrincipals").remove(principal["id"])


@implements("application-deleted")
def forget_principal(scene: RequestContext, principal: Json) -> None:
    """The grants of a service principal are deleted with it."""
    assignments = scene.tenant.store("appRoleAssignments")
    for one in assignments:
        if one["principalId"] == principal["id"]:
            assignments.remove(one["id"])


@implements("application-deleted")
def _list_deleted(scene: RequestContext, resource: Resource) -> Answer:
    found = [one for one in scene.tenant.store(_DELETED) if _is_kept(scene, one)]
    return listed(scene, [application_view(scene.tenant, one, scene.now) for one in found], resource)


def _is_kept(scene: RequestContext, application: Json) -> bool:
    kept: bool = scene.now - application["_deleted"] <= _KEPT
    return kept


def _located(scene: RequestContext) -> Json:
    found = scene.tenant.store(_DELETED).get(scene.keys[0].lower())
    if found is None or not _is_kept(scene, found):
        raise not_found(scene, scene.keys[0])
    return found


def _get_deleted(scene: RequestContext, resource: Resource) -> Answer:
    _located(scene)
    return get_entity(scene, replace(resource, store=_DELETED))


@implements("application-deleted")
def _delete_for_good(scene: RequestContext, resource: Resource) -> Answer:
    scene.tenant.store(_DELETED).remove(_located(scene)["id"])
    return Answer(204)


@implements("application-restored")
def restore_application(scene: RequestContext, resource: Resource) -> Answer:
    application = {name: value for name, value in _located(scene).items() if name != "_deleted"}
    scene.tenant.store(_DELETED).remove(application["id"])
    scene.tenant.store(STORE).add(application["id"], application | {"deletedDateTime": None})
    return get_entity(scene, resource)


APPLICATIONS = Resource(
    STORE,
    "microsoft.graph.application",
    gate=gate_applications,
    view=application_view,
    create=create_application,
    change=change_application,
    delete=delete_application,
    counted=False,
    behaviour="applications",
)
SPECIALS: dict[str, tuple[Resource, Act]] = {
    "/applications/{}": (APPLICATIONS, by_method("applications", get=_get, patch=update_entity, delete=delete_entity)),
    "/applications(uniqueName='{}')": (APPLICATIONS, by_method("application-unique-name", get=_of_name, patch=_upsert)),
    "/applications(appId='{}')": (APPLICATIONS, by_method("applications", get=_of_name)),
    "/directory/deletedItems/microsoft.graph.application": (APPLICATIONS, _list_deleted),
    "/directory/deletedItems/{}": (
        APPLICATIONS,
        by_method("application-deleted", get=_get_deleted, delete=_delete_for_good),
    ),
    "/directory/deletedItems/{}/restore": (APPLICATIONS, restore_application),
}
