# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The implementation of each Graph collection. Paths of the contract that are not here have no state."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ..behaviours.table import behaviour_of
from ..conditional_access.deleted_policies import get_deleted, list_deleted, restore_policy
from ..conditional_access.policies import gate_conditional_access
from ..conditional_access.what_if import evaluate
from ..directory.application_credentials import SPECIALS as CREDENTIALS
from ..directory.applications import APPLICATIONS
from ..directory.applications import SPECIALS as REGISTRATIONS
from ..directory.directory import organization_view, sku_view
from ..directory.enterprise_applications import SERVICE_PRINCIPALS
from ..directory.enterprise_applications import SPECIALS as PERMISSIONS
from ..directory.group_eligibility import GROUP_ELIGIBILITIES
from ..directory.groups import list_members
from ..directory.licences import assign_licences, list_licence_details
from ..directory.navigation import counting, get_me, list_devices_of, list_member_of, list_owners
from ..directory.partner import gate_lists
from ..directory.reports import email_app_usage
from ..directory.rules import (
    ROLE_ASSIGNMENTS,
    ROLE_ELIGIBILITIES,
    tenant_information,
)
from ..intune.managed_devices import overview_view
from ..intune.onboarding import (
    gate_intune,
    set_mdm_authority,
    sync_connector,
)
from ..odata.contract import Operation
from ..odata.entities import (
    RequestContext,
    Resource,
    create_entity,
    delete_entity,
    get_entity,
    list_contained,
    list_entities,
    update_entity,
)
from ..state.http_messages import Answer
from .logs import AUDITS, BETA_LOGS, LOGS, SIGN_INS
from .resources import (
    ANDROID_APPS,
    COMPLIANCE,
    CONNECTORS,
    DELETED_POLICIES,
    DEVICES,
    GROUPS,
    IOS_APPS,
    ORGANIZATION,
    POLICIES,
    USERS,
)

Act = Callable[[RequestContext, Resource], Answer]

# By the path of the collection, or of a singleton.
RESOURCES: dict[str, Resource] = {
    "/applications": APPLICATIONS,
    "/auditLogs/directoryAudits": AUDITS,
    "/auditLogs/signIns": SIGN_INS,
    "/deviceAppManagement/androidManagedAppProtections": ANDROID_APPS,
    "/deviceAppManagement/iosManagedAppProtections": IOS_APPS,
    "/deviceManagement": Resource("deviceManagement", "microsoft.graph.deviceManagement", gate=gate_intune),
    "/deviceManagement/auditEvents": Resource("auditEvents", "microsoft.graph.auditEvent", gate=gate_intune),
    "/deviceManagement/conditionalAccessSettings": Resource(
        "conditionalAccessSettings", "microsoft.graph.onPremisesConditionalAccessSettings", gate=gate_intune
    ),
    "/deviceManagement/deviceCompliancePolicies": COMPLIANCE,
    "/deviceManagement/exchangeConnectors": CONNECTORS,
    "/deviceManagement/managedDeviceOverview": Resource(
        "managedDeviceOverview",
        "microsoft.graph.managedDeviceOverview",
        gate=gate_intune,
        view=overview_view,
        complete=True,
        behaviour="managed-device-overview",
    ),
    "/deviceManagement/managedDevices": DEVICES,
    "/domains": Resource("domains", "microsoft.graph.domain", counted=False),
    "/groups": GROUPS,
    "/identity/conditionalAccess/namedLocations": Resource(
        "namedLocations",
        "microsoft.graph.namedLocation",
        gate=gate_conditional_access,
        complete=True,
        behaviour="conditional-access",
    ),
    "/identity/conditionalAccess/authenticationStrength/policies": Resource(
        "authenticationStrengths",
        "microsoft.graph.authenticationStrengthPolicy",
        complete=True,
        behaviour="authentication-strengths",
    ),
    "/identity/conditionalAccess/policies": POLICIES,
    "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances": GROUP_ELIGIBILITIES,
    "/organization": ORGANIZATION,
    "/policies/identitySecurityDefaultsEnforcementPolicy": Resource(
        "securityDefaults", "microsoft.graph.identitySecurityDefaultsEnforcementPolicy", complete=True
    ),
    "/roleManagement/directory/roleAssignments": ROLE_ASSIGNMENTS,
    "/roleManagement/directory/roleEligibilityScheduleInstances": ROLE_ELIGIBILITIES,
    "/roleManagement/directory/roleDefinitions": Resource("roleDefinitions", "microsoft.graph.unifiedRoleDefinition"),
    "/servicePrincipals": SERVICE_PRINCIPALS,
    "/subscribedSkus": Resource("subscribedSkus", "microsoft.graph.subscribedSku", view=sku_view),
    "/tenantRelationships/delegatedAdminCustomers": Resource(
        "delegatedAdminCustomers", "microsoft.graph.delegatedAdminCustomer", gate=gate_lists
    ),
    "/tenantRelationships/delegatedAdminRelationships": Resource(
        "delegatedAdminRelationships", "microsoft.graph.delegatedAdminRelationship", gate=gate_lists
    ),
    "/users": USERS,
}

# Operations beyond reading and writing a collection: by the part of the path after the key.
SPECIALS: dict[str, tuple[Resource, Act]] = {
    **LOGS,
    **REGISTRATIONS,
    **CREDENTIALS,
    **PERMISSIONS,
    "/deviceAppManagement/androidManagedAppProtections/{}/apps": (ANDROID_APPS, list_contained),
    "/deviceAppManagement/androidManagedAppProtections/{}/assignments": (ANDROID_APPS, list_contained),
    "/deviceAppManagement/iosManagedAppProtections/{}/apps": (IOS_APPS, list_contained),
    "/deviceAppManagement/iosManagedAppProtections/{}/assignments": (IOS_APPS, list_contained),
    "/deviceManagement/deviceCompliancePolicies/{}/assignments": (COMPLIANCE, list_contained),
    "/groups/{}/members": (GROUPS, list_members),
    "/groups/{}/owners": (GROUPS, list_owners),
    "/groups/{}/transitiveMembers": (GROUPS, list_members),
    "/identity/conditionalAccess/deletedItems/policies": (DELETED_POLICIES, list_deleted),
    "/identity/conditionalAccess/deletedItems/policies/{}": (DELETED_POLICIES, get_deleted),
    "/identity/conditionalAccess/deletedItems/policies/{}/restore": (POLICIES, restore_policy),
    "/identity/conditionalAccess/evaluate": (POLICIES, evaluate),
    "/reports/getEmailAppUsageUserDetail(period='{}')": (USERS, email_app_usage),
    "/deviceManagement/exchangeConnectors/{}/sync": (CONNECTORS, sync_connector),
    "/organization/{}/setMobileDeviceManagementAuthority": (ORGANIZATION, set_mdm_authority),
    "/me": (USERS, get_me),
    "/groups/$count": (GROUPS, counting(list_entities)),
    "/groups/{}/members/$count": (GROUPS, counting(list_members)),
    "/groups/{}/transitiveMembers/$count": (GROUPS, counting(list_members)),
    "/servicePrincipals/$count": (SERVICE_PRINCIPALS, counting(list_entities)),
    "/users/$count": (USERS, counting(list_entities)),
    "/users/{}/memberOf/$count": (USERS, counting(list_member_of)),
    "/users/{}/transitiveMemberOf/$count": (USERS, counting(list_member_of)),
    "/users/{}/managedDevices": (DEVICES, list_devices_of),
    "/users/{}/memberOf": (USERS, list_member_of),
    "/users/{}/transitiveMemberOf": (USERS, list_member_of),
    "/users/{}/assignLicense": (USERS, assign_licences),
    "/users/{}/licenseDetails": (USERS, list_licence_details),
    "/tenantRelationships/findTenantInformationByTenantId(tenantId='{}')": (USERS, tenant_information),
    "/tenantRelationships/findTenantInformationByDomainName(domainName='{}')": (USERS, tenant_information),
}

# Operations that differ between beta and v1.0, by method and shape.
BETA: dict[tuple[str, str], tuple[Resource, Act]] = {
    **BETA_LOGS,
    ("GET", "/organization/{}"): (
        replace(ORGANIZATION, view=organization_view, behaviour="mdm-authority-beta"),
        get_entity,
    ),
}

# Singletons stored under the tenant's id.
SINGLETONS = frozenset(
    {
        "/deviceManagement",
        "/deviceManagement/conditionalAccessSettings",
        "/deviceManagement/managedDeviceOverview",
        "/policies/identitySecurityDefaultsEnforcementPolicy",
    }
)

# The operations of any collection: by method, and whether one object is addressed.
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
    """The function for an operation, and its behaviour."""
    shape = shape_of(operation)
    if in_beta and (operation.method, shape) in BETA:
        resource, act = BETA[operation.method, shape]
        return resource, act, resource.behaviour
    if shape in SPECIALS:
        resource, act = SPECIALS[shape]
        return resource, act, behaviour_of(act)
    resource = RESOURCES[shape.removesuffix("/{}")]
    return resource, METHODS[operation.method, shape.endswith("/{}") or shape in SINGLETONS], resource.behaviour
