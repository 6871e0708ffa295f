# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which collection of Graph is kept how. A path of the contract that is not here has no state behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ..behaviours.table import behaviour_of
from ..conditional_access.policies import change_policy, create_policy, gate_conditional_access
from ..conditional_access.what_if import evaluate
from ..directory.directory import USER_DEFAULTS, organization_view, organization_view_v1, sku_view, user_view
from ..directory.groups import ON_SELECT, list_members
from ..directory.licences import assign_licences, list_licence_details
from ..directory.more_paths import counting, get_me, list_devices_of, list_member_of, list_owners
from ..directory.partner import gate_lists
from ..directory.reports import email_app_usage
from ..directory.rules import (
    ROLE_ASSIGNMENTS,
    ROLE_ELIGIBILITIES,
    change_organization,
    change_user,
    create_user,
    delete_user,
    tenant_information,
)
from ..intune.managed_devices import DEVICE_FILTERS, overview_view
from ..intune.onboarding import (
    change_connector,
    connector_view,
    create_connector,
    gate_connectors,
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
from ..state.wire import Answer
from .logs import AUDITS, BETA_LOGS, LOGS, SIGN_INS

Act = Callable[[RequestContext, Resource], Answer]

_ORGANIZATION = Resource(
    "organization",
    "microsoft.graph.organization",
    view=organization_view_v1,
    change=change_organization,
    alone=frozenset({"mobileDeviceManagementAuthority"}),
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
_COMPLIANCE = Resource(
    "deviceCompliancePolicies",
    "microsoft.graph.deviceCompliancePolicy",
    gate=gate_intune,
    contains={"assignments": "microsoft.graph.deviceCompliancePolicyAssignment"},
    complete=True,
)
_IOS_APPS, _ANDROID_APPS = (
    Resource(
        f"{platform}ManagedAppProtections",
        f"microsoft.graph.{platform}ManagedAppProtection",
        gate=gate_intune,
        contains={
            "apps": "microsoft.graph.managedMobileApp",
            "assignments": "microsoft.graph.targetedManagedAppPolicyAssignment",
        },
        complete=True,
    )
    for platform in ("ios", "android")
)
_POLICIES = Resource(
    "conditionalAccessPolicies",
    "microsoft.graph.conditionalAccessPolicy",
    gate=gate_conditional_access,
    create=create_policy,
    change=change_policy,
    complete=True,
    behaviour="conditional-access",
)
_GROUPS = Resource(
    "groups",
    "microsoft.graph.group",
    concealed=ON_SELECT,
    counted=False,
    complete=True,
)
_SERVICE_PRINCIPALS = Resource(
    "servicePrincipals", "microsoft.graph.servicePrincipal", counted=False, behaviour="service-principals"
)
_DEVICES = Resource(
    "managedDevices",
    "microsoft.graph.managedDevice",
    gate=gate_intune,
    filters=DEVICE_FILTERS,
    countable=False,
    complete=True,
    behaviour="managed-device-exchange",
)

# By the path of the collection, or of the only object there is.
RESOURCES: dict[str, Resource] = {
    "/auditLogs/directoryAudits": AUDITS,
    "/auditLogs/signIns": SIGN_INS,
    "/deviceAppManagement/androidManagedAppProtections": _ANDROID_APPS,
    "/deviceAppManagement/iosManagedAppProtections": _IOS_APPS,
    "/deviceManagement": Resource("deviceManagement", "microsoft.graph.deviceManagement", gate=gate_intune),
    "/deviceManagement/auditEvents": Resource("auditEvents", "microsoft.graph.auditEvent", gate=gate_intune),
    "/deviceManagement/conditionalAccessSettings": Resource(
        "conditionalAccessSettings", "microsoft.graph.onPremisesConditionalAccessSettings", gate=gate_intune
    ),
    "/deviceManagement/deviceCompliancePolicies": _COMPLIANCE,
    "/deviceManagement/exchangeConnectors": _CONNECTORS,
    "/deviceManagement/managedDeviceOverview": Resource(
        "managedDeviceOverview",
        "microsoft.graph.managedDeviceOverview",
        gate=gate_intune,
        view=overview_view,
        complete=True,
        behaviour="managed-device-overview",
    ),
    "/deviceManagement/managedDevices": _DEVICES,
    "/domains": Resource("domains", "microsoft.graph.domain", counted=False),
    "/groups": _GROUPS,
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
    "/identity/conditionalAccess/policies": _POLICIES,
    "/organization": _ORGANIZATION,
    "/policies/identitySecurityDefaultsEnforcementPolicy": Resource(
        "securityDefaults", "microsoft.graph.identitySecurityDefaultsEnforcementPolicy", complete=True
    ),
    "/roleManagement/directory/roleAssignments": ROLE_ASSIGNMENTS,
    "/roleManagement/directory/roleEligibilityScheduleInstances": ROLE_ELIGIBILITIES,
    "/roleManagement/directory/roleDefinitions": Resource("roleDefinitions", "microsoft.graph.unifiedRoleDefinition"),
    "/servicePrincipals": _SERVICE_PRINCIPALS,
    "/subscribedSkus": Resource("subscribedSkus", "microsoft.graph.subscribedSku", view=sku_view),
    "/tenantRelationships/delegatedAdminCustomers": Resource(
        "delegatedAdminCustomers", "microsoft.graph.delegatedAdminCustomer", gate=gate_lists
    ),
    "/tenantRelationships/delegatedAdminRelationships": Resource(
        "delegatedAdminRelationships", "microsoft.graph.delegatedAdminRelationship", gate=gate_lists
    ),
    "/users": _USERS,
}

# Where an operation is more than reading and writing a collection: by what follows the key in its path.
SPECIALS: dict[str, tuple[Resource, Act]] = {
    **LOGS,
    "/deviceAppManagement/androidManagedAppProtections/{}/apps": (_ANDROID_APPS, list_contained),
    "/deviceAppManagement/androidManagedAppProtections/{}/assignments": (_ANDROID_APPS, list_contained),
    "/deviceAppManagement/iosManagedAppProtections/{}/apps": (_IOS_APPS, list_contained),
    "/deviceAppManagement/iosManagedAppProtections/{}/assignments": (_IOS_APPS, list_contained),
    "/deviceManagement/deviceCompliancePolicies/{}/assignments": (_COMPLIANCE, list_contained),
    "/groups/{}/members": (_GROUPS, list_members),
    "/groups/{}/owners": (_GROUPS, list_owners),
    "/groups/{}/transitiveMembers": (_GROUPS, list_members),
    "/identity/conditionalAccess/evaluate": (_POLICIES, evaluate),
    "/reports/getEmailAppUsageUserDetail(period='{}')": (_USERS, email_app_usage),
    "/deviceManagement/exchangeConnectors/{}/sync": (_CONNECTORS, sync_connector),
    "/organization/{}/setMobileDeviceManagementAuthority": (_ORGANIZATION, set_mdm_authority),
    "/me": (_USERS, get_me),
    "/groups/$count": (_GROUPS, counting(list_entities)),
    "/groups/{}/members/$count": (_GROUPS, counting(list_members)),
    "/groups/{}/transitiveMembers/$count": (_GROUPS, counting(list_members)),
    "/servicePrincipals/$count": (_SERVICE_PRINCIPALS, counting(list_entities)),
    "/users/$count": (_USERS, counting(list_entities)),
    "/users/{}/memberOf/$count": (_USERS, counting(list_member_of)),
    "/users/{}/transitiveMemberOf/$count": (_USERS, counting(list_member_of)),
    "/users/{}/managedDevices": (_DEVICES, list_devices_of),
    "/users/{}/memberOf": (_USERS, list_member_of),
    "/users/{}/transitiveMemberOf": (_USERS, list_member_of),
    "/users/{}/assignLicense": (_USERS, assign_licences),
    "/users/{}/licenseDetails": (_USERS, list_licence_details),
    "/tenantRelationships/findTenantInformationByTenantId(tenantId='{}')": (_USERS, tenant_information),
    "/tenantRelationships/findTenantInformationByDomainName(domainName='{}')": (_USERS, tenant_information),
}

# What beta answers in another way than v1.0, by method and shape.
BETA: dict[tuple[str, str], tuple[Resource, Act]] = {
    **BETA_LOGS,
    ("GET", "/organization/{}"): (
        replace(_ORGANIZATION, view=organization_view, behaviour="mdm-authority-beta"),
        get_entity,
    ),
}

# The one object of these is kept under the tenant's id.
SINGLETONS = frozenset(
    {
        "/deviceManagement",
        "/deviceManagement/conditionalAccessSettings",
        "/deviceManagement/managedDeviceOverview",
        "/policies/identitySecurityDefaultsEnforcementPolicy",
    }
)

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
    if in_beta and (operation.method, shape) in BETA:
        resource, act = BETA[operation.method, shape]
        return resource, act, resource.behaviour
    if shape in SPECIALS:
        resource, act = SPECIALS[shape]
        return resource, act, behaviour_of(act)
    resource = RESOURCES[shape.removesuffix("/{}")]
    return resource, METHODS[operation.method, shape.endswith("/{}") or shape in SINGLETONS], resource.behaviour
