# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service principals, and their application permissions."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from ..behaviours.table import implements
from ..odata.contract import shipped_contract
from ..odata.entities import RequestContext, Resource, create_entity, delete_entity, listed, not_found
from ..state.applications import APIS, MICROSOFT, api_id
from ..state.clock import iso
from ..state.http_messages import Answer, Json
from ..state.replication import arrived, arriving
from ..state.tenant import Tenant
from .applications import STORE, by_method, forget_principal, gate_applications, seed_application
from .refusals import forbidden, invalid

_PRINCIPALS, _ASSIGNMENTS = "servicePrincipals", "appRoleAssignments"
_MANAGE_AS_APP = "dc50a0fb-09a3-484d-be87-e023b12c6440"  # on the app-only page of Exchange Online PowerShell
_MAY_GRANT = {"Privileged Role Administrator", "Global Administrator"}
_MAY_GRANT_OTHERS = _MAY_GRANT | {"Application Administrator", "Cloud Application Administrator"}
_READERS = {"Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}


@lru_cache
def permission_names(service: str) -> tuple[str, ...]:
    if service == "exchange":
        return ("Exchange.ManageAsApp", "full_access_as_app")
    listed_ones = [operation.permissions.get("application", {}) for operation in shipped_contract().operations()]
    return tuple(sorted({name for one in listed_ones for names in one.values() for name in names}))


def role_id(service: str, name: str) -> str:
    if name == "Exchange.ManageAsApp":
        return _MANAGE_AS_APP
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{APIS[service][0]}/{name}"))


@lru_cache
def _roles(service: str) -> tuple[Json, ...]:
    return tuple(
        {
            "allowedMemberTypes": ["Application"],
            "description": name,
            "displayName": name,
            "id": role_id(service, name),
            "isEnabled": True,
            "origin": "Application",
            "value": name,
        }
        for name in permission_names(service)
    )


@implements("app-roles")
def principal_view(tenant: Tenant, principal: Json, now: datetime) -> Json:
    """A service principal with the permissions that it offers."""
    service = next((name for name in APIS if principal["id"] == api_id(tenant, name)), None)
    return principal | {"appRoles": list(_roles(service)) if service else []}


def seed_service_principals(tenant: Tenant, now: datetime) -> None:
    """The applications of the description with their permissions, and the APIs of Microsoft."""
    for service, (client_id, name) in APIS.items():
        if service == "graph" or tenant.exchange is not None:
            item = _principal(api_id(tenant, service), client_id, name, MICROSOFT)
            tenant.store(_PRINCIPALS).add(item["id"], item)
    for kind, principal in tenant.service_principals.items():
        item = _principal(principal.object_id, principal.client_id, principal.name, tenant.tenant_id)
        if kind == "managed_identity":
            item["servicePrincipalType"] = "ManagedIdentity"
        elif tenant.registers(kind):
            seed_application(tenant, kind, principal.client_id, principal.name, now)
        tenant.store(_PRINCIPALS).add(item["id"], item)
        for service, names in (("graph", principal.graph), ("exchange", principal.exchange)):
            for name in sorted(names):
                seed_assignment(tenant, item, service, name, now)


def _principal(object_id: str, client_id: str, name: str, owner: str) -> Json:
    return {
        "id": object_id,
        "accountEnabled": True,
        "appDisplayName": name,
        "appId": client_id,
        "appOwnerOrganizationId": owner,
        "deletedDateTime": None,
        "displayName": name,
        "servicePrincipalNames": [client_id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg" if owner != MICROSOFT else "AzureADMultipleOrgs",
        "tags": [],
    }


def seed_assignment(tenant: Tenant, principal: Json, service: str, name: str, now: datetime) -> None:
    item_id = tenant.uuid("appRoleAssignment", principal["id"], service, name)
    tenant.store(_ASSIGNMENTS).add(item_id, _assignment(item_id, principal, service, tenant, name, now))


def _assignment(item_id: str, principal: Json, service: str, tenant: Tenant, name: str, now: datetime) -> Json:
    return {
        "id": item_id,
        "appRoleId": role_id(service, name),
        "createdDateTime": iso(now),
        "deletedDateTime": None,
        "principalDisplayName": principal["displayName"],
        "principalId": principal["id"],
        "principalType": "ServicePrincipal",
        "resourceDisplayName": APIS[service][1],
        "resourceId": api_id(tenant, service),
        "_permission": name,
    }


@implements("application-tags")
def _tags(application: Json, given: list[str]) -> list[str]:
    return list(dict.fromkeys([*application["tags"], *given]))


@implements("service-principal-backing")
def create_principal(scene: RequestContext, item_id: str) -> Json:
    """For an application of this tenant; consent to applications of others is not simulated."""
    client_id = str(scene.body.get("appId") or "").lower()
    application = next(
        (one for one in arrived(scene.tenant.store(STORE), scene.now) if one["appId"] == client_id), None
    )
    if application is None:
        raise invalid(
            "service-principal-backing",
            f"The appId '{client_id}' of the service principal does not reference a valid application object.",
            code="NoBackingApplicationObject",
        )
    _refuse_second(scene, client_id)
    item = _principal(item_id, client_id, application["displayName"], scene.tenant.tenant_id)
    named = {"displayName": scene.body["displayName"]} if scene.body.get("displayName") else {}
    tags = {"tags": _tags(application, scene.body.get("tags") or [])}
    return arriving(scene.tenant, item | named | tags, scene.now)


@implements("service-principal-twice")
def _refuse_second(scene: RequestContext, client_id: str) -> None:
    if scene.tenant.store(_PRINCIPALS).find("appId", client_id):
        raise invalid(
            "service-principal-twice",
            "The service principal cannot be created, updated, or restored because the service principal name "
            f"{client_id} is already in use.",
            409,
            "Request_MultipleObjectsWithSameKeyValue",
        )


@implements("application-deleted")
def delete_principal(scene: RequestContext, principal: Json) -> None:
    forget_principal(scene, principal)


@implements("app-role-assignment-roles")
def gate_assignments(scene: RequestContext) -> None:
    if scene.operation.method == "GET":
        return
    if not scene.granted & _READERS:
        raise forbidden("app-role-assignment-roles")
    if scene.tenant.store("users").get(scene.caller) is None:
        return
    resource = scene.body.get("resourceId")
    if scene.operation.method == "DELETE":
        resource = (scene.tenant.store(_ASSIGNMENTS).get(scene.keys[1]) or {}).get("resourceId")
    enough = _MAY_GRANT if resource == api_id(scene.tenant, "graph") else _MAY_GRANT_OTHERS
    if not enough & set(scene.tenant.directory_roles(scene.caller)):
        raise forbidden("app-role-assignment-roles")


def _of(scene: RequestContext) -> list[Json]:
    principal = SERVICE_PRINCIPALS.locate(scene)
    held = arrived(scene.tenant.store(_ASSIGNMENTS), scene.now)
    return [one for one in held if one["principalId"] == principal["id"]]


@implements("app-role-assignments")
def _list(scene: RequestContext, resource: Resource) -> Answer:
    return listed(scene, _of(scene), resource)


@implements("app-role-assignments")
def _grant(scene: RequestContext, resource: Resource) -> Answer:
    principal, given = SERVICE_PRINCIPALS.locate(scene), scene.body
    service = next((name for name in APIS if given.get("resourceId") == api_id(scene.tenant, name)), None)
    if given.get("principalId") != principal["id"]:
        raise invalid("app-role-assignments", "The principalId is not the service principal of the path.")
    if service is None or not scene.tenant.store(_PRINCIPALS).get(api_id(scene.tenant, service)):
        raise not_found(scene, str(given.get("resourceId")))
    name = next((one["value"] for one in _roles(service) if one["id"] == given.get("appRoleId")), None)
    if name is None:
        raise invalid("app-role-assignments", "Permission being assigned was not found on application.")
    held = [one for one in scene.tenant.store(_ASSIGNMENTS) if one["principalId"] == principal["id"]]
    if any(one["_permission"] == name and one["resourceId"] == given["resourceId"] for one in held):
        raise invalid("app-role-assignments", "Permission being assigned already exists on the object.")

    def made(new: RequestContext, item_id: str) -> Json:
        item = _assignment(item_id, principal, service, new.tenant, name, new.now)
        return arriving(new.tenant, item, new.now)

    return create_entity(scene, replace(resource, create=made))


@implements("app-role-assignments")
def _revoke(scene: RequestContext, resource: Resource) -> Answer:
    if scene.keys[1] not in [one["id"] for one in _of(scene)]:
        raise not_found(scene, scene.keys[1])
    return delete_entity(replace(scene, keys=scene.keys[1:]), resource)


SERVICE_PRINCIPALS = Resource(
    _PRINCIPALS,
    "microsoft.graph.servicePrincipal",
    gate=gate_applications,
    view=principal_view,
    create=create_principal,
    delete=delete_principal,
    counted=False,
    behaviour="service-principals",
)
ASSIGNMENTS = Resource(
    _ASSIGNMENTS,
    "microsoft.graph.appRoleAssignment",
    gate=gate_assignments,
    counted=False,
    behaviour="app-role-assignments",
)
SPECIALS = {
    "/servicePrincipals/{}/appRoleAssignments": (
        ASSIGNMENTS,
        by_method("app-role-assignments", get=_list, post=_grant),
    ),
    "/servicePrincipals/{}/appRoleAssignments/{}": (ASSIGNMENTS, _revoke),
}
