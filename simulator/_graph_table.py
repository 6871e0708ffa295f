# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which collection of Graph is kept how. A path of the contract that is not here has no state behind it."""

from __future__ import annotations

from collections.abc import Callable

from ._directory import (
    USER_DEFAULTS,
    licence_details,
    new_user,
    organization_view,
    sku_view,
    user_view,
)
from ._entities import Resource, Scene, listed, not_found
from ._intune import (
    change_connector,
    connector_view,
    create_connector,
    gate_connectors,
    gate_intune,
    set_mdm_authority,
    sync_connector,
)
from ._tenant import Tenant
from ._wire import Answer, Json, Refusal


def _create_user(scene: Scene, user_id: str) -> Json:
    required = ("accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile")
    missing = [name for name in required if scene.body.get(name) is None]
    name = scene.body.get("userPrincipalName") or ""
    if missing:
        raise _invalid_value(f"A value is required for property '{missing[0]}' of resource 'User'.")
    if name.rpartition("@")[2].lower() not in scene.tenant.domains:
        raise _invalid_value("The domain portion of the userPrincipalName property is invalid.")
    if scene.tenant.store("users").find("userPrincipalName", name):
        raise _invalid_value("Another object with the same value for property userPrincipalName already exists.")
    properties = {key: value for key, value in scene.body.items() if key != "passwordProfile" and "@" not in key}
    return new_user(scene.tenant, user_id, properties, scene.now)


def _delete_user(scene: Scene, user: Json) -> None:
    assignments = scene.tenant.store("roleAssignments")
    for assignment in assignments:
        if assignment["principalId"] == user["id"]:
            assignments.remove(assignment["id"])


def _change_user(scene: Scene, user: Json) -> Json:
    return {name: value for name, value in scene.body.items() if name != "passwordProfile"}


def _assign_role(scene: Scene, assignment_id: str) -> Json:
    body = {"directoryScopeId": None, "appScopeId": None, "condition": None} | scene.body
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


def _assign_licence(scene: Scene, resource: Resource) -> Answer:
    user = resource.locate(scene)
    tenant, body = scene.tenant, scene.body
    skus = {sku["skuId"]: sku_view(tenant, sku, scene.now) for sku in tenant.store("subscribedSkus")}
    if not isinstance(body.get("addLicenses"), list) or not isinstance(body.get("removeLicenses"), list):
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


def _licence_details(scene: Scene, resource: Resource) -> Answer:
    user = resource.locate(scene)
    return listed(scene, licence_details(scene.tenant, user), Resource("licences", "microsoft.graph.licenseDetails"))


def _tenant_information(scene: Scene, resource: Resource) -> Answer:
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


def _principal(tenant: Tenant, assignment: Json) -> Json:
    user = tenant.store("users").get(assignment["principalId"])
    shown = {name: user[name] for name in USER_DEFAULTS} if user else {"id": assignment["principalId"]}
    return {"@odata.type": "#microsoft.graph.user" if user else "#microsoft.graph.servicePrincipal"} | shown


_ORGANIZATION = Resource(
    "organization",
    "microsoft.graph.organization",
    view=organization_view,
    concealed=frozenset({"mobileDeviceManagementAuthority"}),
    counted=False,
)
_USERS = Resource(
    "users",
    "microsoft.graph.user",
    view=user_view,
    create=_create_user,
    change=_change_user,
    delete=_delete_user,
    alternate_key="userPrincipalName",
    shown=tuple(USER_DEFAULTS),
    counted=False,
)
_CONNECTORS = Resource(
    "exchangeConnectors",
    "microsoft.graph.deviceManagementExchangeConnector",
    view=connector_view,
    gate=gate_connectors,
    create=create_connector,
    change=change_connector,
)

# By the path of the collection, or of the only object there is.
RESOURCES: dict[str, Resource] = {
    "/deviceManagement": Resource("deviceManagement", "microsoft.graph.deviceManagement", gate=gate_intune),
    "/deviceManagement/auditEvents": Resource("auditEvents", "microsoft.graph.auditEvent", gate=gate_intune),
    "/deviceManagement/conditionalAccessSettings": Resource(
        "conditionalAccessSettings", "microsoft.graph.onPremisesConditionalAccessSettings", gate=gate_intune
    ),
    "/deviceManagement/exchangeConnectors": _CONNECTORS,
    "/domains": Resource("domains", "microsoft.graph.domain", counted=False),
    "/identity/conditionalAccess/policies": Resource(
        "conditionalAccessPolicies", "microsoft.graph.conditionalAccessPolicy"
    ),
    "/organization": _ORGANIZATION,
    "/roleManagement/directory/roleAssignments": Resource(
        "roleAssignments",
        "microsoft.graph.unifiedRoleAssignment",
        create=_assign_role,
        expands={
            "roleDefinition": lambda tenant, item: tenant.store("roleDefinitions").get(item["roleDefinitionId"]),
            "principal": _principal,
        },
    ),
    "/roleManagement/directory/roleDefinitions": Resource(
        "roleDefinitions", "microsoft.graph.unifiedRoleDefinition"
    ),
    "/subscribedSkus": Resource("subscribedSkus", "microsoft.graph.subscribedSku", view=sku_view),
    "/tenantRelationships/delegatedAdminCustomers": Resource(
        "delegatedAdminCustomers", "microsoft.graph.delegatedAdminCustomer"
    ),
    "/tenantRelationships/delegatedAdminRelationships": Resource(
        "delegatedAdminRelationships", "microsoft.graph.delegatedAdminRelationship"
    ),
    "/users": _USERS,
}

# Where an operation is more than reading and writing a collection: by what follows the key in its path.
SPECIALS: dict[str, tuple[Resource, Callable[[Scene, Resource], Answer]]] = {
    "/deviceManagement/exchangeConnectors/{}/sync": (_CONNECTORS, sync_connector),
    "/organization/{}/setMobileDeviceManagementAuthority": (_ORGANIZATION, set_mdm_authority),
    "/users/{}/assignLicense": (_USERS, _assign_licence),
    "/users/{}/licenseDetails": (_USERS, _licence_details),
    "/tenantRelationships/findTenantInformationByTenantId(tenantId='{}')": (_USERS, _tenant_information),
    "/tenantRelationships/findTenantInformationByDomainName(domainName='{}')": (_USERS, _tenant_information),
}

# The one object of these is kept under the tenant's id.
SINGLETONS = frozenset({"/deviceManagement", "/deviceManagement/conditionalAccessSettings"})
