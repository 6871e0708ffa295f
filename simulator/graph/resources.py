# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collections of Graph that several paths share: their stores, and their special rules."""

from __future__ import annotations

from dataclasses import replace

from ..conditional_access.deleted_policies import delete_policy
from ..conditional_access.policies import change_policy, create_policy, gate_conditional_access
from ..directory.directory import USER_DEFAULTS, organization_view_v1, user_view
from ..directory.groups import ON_SELECT
from ..directory.rules import change_organization, change_user, create_user, delete_user
from ..intune.managed_devices import DEVICE_FILTERS
from ..intune.onboarding import change_connector, connector_view, create_connector, gate_connectors, gate_intune
from ..odata.entities import Resource

ORGANIZATION = Resource(
    "organization",
    "microsoft.graph.organization",
    view=organization_view_v1,
    change=change_organization,
    alone=frozenset({"mobileDeviceManagementAuthority"}),
    counted=False,
    behaviour="mdm-authority",
)
USERS = Resource(
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
CONNECTORS = Resource(
    "exchangeConnectors",
    "microsoft.graph.deviceManagementExchangeConnector",
    view=connector_view,
    gate=gate_connectors,
    create=create_connector,
    change=change_connector,
)
COMPLIANCE = Resource(
    "deviceCompliancePolicies",
    "microsoft.graph.deviceCompliancePolicy",
    gate=gate_intune,
    contains={"assignments": "microsoft.graph.deviceCompliancePolicyAssignment"},
    complete=True,
)
IOS_APPS, ANDROID_APPS = (
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
POLICIES = Resource(
    "conditionalAccessPolicies",
    "microsoft.graph.conditionalAccessPolicy",
    gate=gate_conditional_access,
    create=create_policy,
    change=change_policy,
    delete=delete_policy,
    complete=True,
    behaviour="conditional-access",
)
DELETED_POLICIES = replace(POLICIES, store="deletedConditionalAccessPolicies", behaviour="conditional-access-deleted")
GROUPS = Resource(
    "groups",
    "microsoft.graph.group",
    concealed=ON_SELECT,
    counted=False,
    complete=True,
)
DEVICES = Resource(
    "managedDevices",
    "microsoft.graph.managedDevice",
    gate=gate_intune,
    filters=DEVICE_FILTERS,
    countable=False,
    complete=True,
    behaviour="managed-device-exchange",
)
