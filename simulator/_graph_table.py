# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which collection of Graph is kept how. A path of the contract that is not here has no state behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ._behaviours import behaviour_of
from ._contract import Operation
from ._directory import USER_DEFAULTS, organization_view, organization_view_v1, sku_view, user_view
from ._directory_rules import (
    assigned_principal,
    assigned_role,
    change_user,
    create_role_assignment,
    create_user,
    delete_user,
    tenant_information,
)
from ._entities import Resource, Scene, create_entity, delete_entity, get_entity, list_entities, update_entity
from ._intune import (
    change_connector,
    connector_view,
    create_connector,
    gate_connectors,
    gate_intune,
    set_mdm_authority,
    sync_connector,
)
from ._licences import assign_licences, list_licence_details
from ._wire import Answer

Act = Callable[[Scene, Resource], Answer]

_ORGANIZATION = Resource(
    "organization",
    "microsoft.graph.organization",
    view=organization_view_v1,
    concealed=frozenset({"mobileDeviceManagementAuthority"}),
    counted=False,
    behaviour="mdm-authority",
)
_USERS = Resource(
    "users",
    "microsoft.graph.user",
    view=user_view,
    create=create_user,
    change=change_user,
    delete=delete_user,
    alternate_key="userPrincipalName",
    shown=USER_DEFAULTS,
    counted=False,
    behaviour="directory-user-defaults",
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
        create=create_role_assignment,
        expands={
            "roleDefinition": assigned_role,
            "principal": assigned_principal,
        },
    ),
    "/roleManagement/directory/roleDefinitions": Resource("roleDefinitions", "microsoft.graph.unifiedRoleDefinition"),
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
SPECIALS: dict[str, tuple[Resource, Act]] = {
    "/deviceManagement/exchangeConnectors/{}/sync": (_CONNECTORS, sync_connector),
    "/organization/{}/setMobileDeviceManagementAuthority": (_ORGANIZATION, set_mdm_authority),
    "/users/{}/assignLicense": (_USERS, assign_licences),
    "/users/{}/licenseDetails": (_USERS, list_licence_details),
    "/tenantRelationships/findTenantInformationByTenantId(tenantId='{}')": (_USERS, tenant_information),
    "/tenantRelationships/findTenantInformationByDomainName(domainName='{}')": (_USERS, tenant_information),
}

# All of beta that is here, by method and shape.
BETA: dict[tuple[str, str], tuple[Resource, Act]] = {
    ("GET", "/organization/{}"): (
        replace(_ORGANIZATION, view=organization_view, behaviour="mdm-authority-beta"),
        get_entity,
    ),
}

# The one object of these is kept under the tenant's id.
SINGLETONS = frozenset({"/deviceManagement", "/deviceManagement/conditionalAccessSettings"})

# What is done to any collection: by method, and whether one object is addressed.
METHODS: dict[tuple[str, bool], Act] = {
    ("GET", False): list_entities,
    ("GET", True): get_entity,
    ("POST", False): create_entity,
    ("PATCH", True): update_entity,
    ("DELETE", True): delete_entity,
}


def shape_of(operation: Operation) -> str:
    return re.sub(r"\{[^}]*\}", "{}", operation.template)


def action_of(operation: Operation, *, in_beta: bool = False) -> tuple[Resource, Act, str]:
    """What carries out an operation, and the behaviour that it goes by."""
    shape = shape_of(operation)
    if in_beta:
        resource, act = BETA[operation.method, shape]
        return resource, act, resource.behaviour
    if shape in SPECIALS:
        resource, act = SPECIALS[shape]
        return resource, act, behaviour_of(act)
    resource = RESOURCES[shape.removesuffix("/{}")]
    return resource, METHODS[operation.method, shape.endswith("/{}") or shape in SINGLETONS], resource.behaviour
