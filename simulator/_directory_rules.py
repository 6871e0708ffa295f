# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the directory insists on when users, licences and role assignments are written."""

from __future__ import annotations

from ._behaviours import behaves
from ._directory import USER_DEFAULTS, licence_details_of, new_user, sku_view
from ._entities import Resource, Scene, listed, not_found
from ._tenant import Tenant
from ._wire import Answer, Json, Refusal

_READ_ONLY = (
    "id",
    "assignedLicenses",
    "assignedPlans",
    "createdDateTime",
    "licenseAssignmentStates",
    "provisionedPlans",
    "proxyAddresses",
)


@behaves("directory-value")
def create_user(scene: Scene, user_id: str) -> Json:
    required = ("accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile")
    missing = [name for name in required if scene.body.get(name) is None]
    name = scene.body.get("userPrincipalName") or ""
    if missing:
        raise _invalid_value(f"A value is required for property '{missing[0]}' of resource 'User'.")
    if name.rpartition("@")[2].lower() not in scene.tenant.domains:
        raise _invalid_value("The domain portion of the userPrincipalName property is invalid.")
    if scene.tenant.store("users").find("userPrincipalName", name):
        raise _invalid_value("Another object with the same value for property userPrincipalName already exists.")
    _refuse_read_only(scene)
    properties = {key: value for key, value in scene.body.items() if key != "passwordProfile" and "@" not in key}
    return new_user(scene.tenant, user_id, properties, scene.now)


@behaves("directory-value")
def delete_user(scene: Scene, user: Json) -> None:
    assignments = scene.tenant.store("roleAssignments")
    for assignment in assignments:
        if assignment["principalId"] == user["id"]:
            assignments.remove(assignment["id"])


@behaves("directory-value")
def change_user(scene: Scene, user: Json) -> Json:
    _refuse_read_only(scene)
    return {name: value for name, value in scene.body.items() if name != "passwordProfile"}


def _refuse_read_only(scene: Scene) -> None:
    for name in _READ_ONLY:
        if name in scene.body:
            raise _invalid_value(f"Property '{name}' is read-only and cannot be set.")


@behaves("directory-role-assignment")
def create_role_assignment(scene: Scene, assignment_id: str) -> Json:
    body: Json = {"directoryScopeId": None, "appScopeId": None, "condition": None} | scene.body
    role, principal = body.get("roleDefinitionId") or "", body.get("principalId") or ""
    tenant = scene.tenant
    if not tenant.store("roleDefinitions").get(role):
        raise not_found(scene, role)
    principals = {tenant.principal(kind).object_id for kind in ("application", "managed_identity")}
    if principal not in principals and not tenant.store("users").get(principal):
        raise not_found(scene, principal)
    if not (body["directoryScopeId"] or body["appScopeId"]):
        raise _invalid_value("Either directoryScopeId or appScopeId is required.")
    same = ("principalId", "roleDefinitionId", "directoryScopeId")
    if any(all(held[name] == body[name] for name in same) for held in tenant.store("roleAssignments")):
        raise _invalid_value("A conflicting object with one or more of the specified property values is present.")
    return {name: value for name, value in body.items() if "@" not in name} | {"id": assignment_id}


@behaves("directory-value")
def assign_licences(scene: Scene, resource: Resource) -> Answer:
    user = resource.locate(scene)
    tenant, body = scene.tenant, scene.body
    skus = {sku["skuId"]: sku_view(tenant, sku, scene.now) for sku in tenant.store("subscribedSkus")}
    if body.get("addLicenses") is None or body.get("removeLicenses") is None:
        raise _invalid_value("Both addLicenses and removeLicenses are required.")
    if body["addLicenses"] and not user["usageLocation"]:
        raise _invalid_value("License assignment cannot be done for user with invalid usage location.")
    held = {licence["skuId"]: licence for licence in user["assignedLicenses"]}
    for licence in body["addLicenses"]:
        sku = skus.get(licence["skuId"])
        if sku is None:
            raise _invalid_value(f"License {licence['skuId']} does not correspond to a valid company License.")
        if licence["skuId"] not in held and sku["consumedUnits"] >= sku["prepaidUnits"]["enabled"]:
            raise _invalid_value(f"Subscription with SKU {licence['skuId']} does not have any available licenses.")
        held[licence["skuId"]] = {"skuId": licence["skuId"], "disabledPlans": licence.get("disabledPlans", [])}
    for sku_id in body["removeLicenses"]:
        if held.pop(sku_id, None) is None:
            raise _invalid_value("User does not have a corresponding license.")
    tenant.store("users").update(user["id"], {"assignedLicenses": list(held.values())})
    return Answer(200, {name: value for name, value in user.items() if name in USER_DEFAULTS})


@behaves("directory-plans")
def list_licence_details(scene: Scene, resource: Resource) -> Answer:
    user = resource.locate(scene)
    return listed(scene, licence_details_of(scene.tenant, user), Resource("licences", "microsoft.graph.licenseDetails"))


@behaves("directory-tenant-information")
def tenant_information(scene: Scene, resource: Resource) -> Answer:
    key = scene.keys[0]
    found = next((tenant for tenant in scene.tenants.values() if tenant.called(key)), None)
    if found is None:
        raise not_found(scene, key)
    return Answer(
        200,
        {
            "tenantId": found.tenant_id,
            "displayName": found.display_name,
            "defaultDomainName": found.domain,
            "federationBrandName": None,
        },
    )


def _invalid_value(text: str) -> Refusal:
    return Refusal("directory-value", status=400, code="Request_BadRequest", message=text)


def assigned_principal(tenant: Tenant, assignment: Json) -> Json:
    user = tenant.store("users").get(assignment["principalId"])
    shown = {name: user[name] for name in USER_DEFAULTS} if user else {"id": assignment["principalId"]}
    return {"@odata.type": "#microsoft.graph.user" if user else "#microsoft.graph.servicePrincipal"} | shown
