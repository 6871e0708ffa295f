# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantee 22: what each scenario may change, by the user's names. Everything else stays unchanged.

Written by hand from the task's options, not from what the modules do. Reading changes nothing.
"""

from __future__ import annotations

from .bystanders import May
from .role_scenarios import ROLE_SCENARIOS, RoleScenario
from .scenarios import SCENARIOS, Scenario

_SERVICE = "svc-intune-connector"
_ACCOUNT = f"{_SERVICE}@{{domain}}"
_CONNECTOR = {"primarySmtpAddress": _ACCOUNT}
_USER = {"userPrincipalName": _ACCOUNT}
_IPHONE = {"DeviceType": "iPhone", "UserDisplayName": "adele.vance"}
_MAILBOX = {"id": "{user:adele.vance}"}
_LISTS = ("ActiveSyncAllowedDeviceIDs", "ActiveSyncBlockedDeviceIDs")
_RULE = {"Characteristic": "DeviceType", "QueryString": "iPhone"}
_DIRECTORY_ROLE = {"principalId": f"{{user:{_SERVICE}}}"}
_ROLE = {"Name": "Device Readers"}
_GROUP = {"Name": "Device Help"}
_OF_GROUP = {"RoleAssigneeName": "Device Help"}
_ASSIGNMENT = {"Role": "View-Only Configuration", "RoleAssigneeName": "administrator"}
_APPLICATION = {"DisplayName": "Automation"}
_REGISTERED = {"uniqueName": "automation"}
_RESTRICTED = {"displayName": "Restricted automation"}
_TO_RESTRICTED = {"principalDisplayName": "Restricted automation"}
_TRUST = {"name": "github-main"}
_POLICY = {"Name": "Phones"}
_BLOCKED = {"displayName": "Block other clients"}

_MODULES: dict[str, tuple[May, ...]] = {
    "connector-create": (May("exchangeConnectors", _CONNECTOR, created=True),),
    # `_connecting` is the time from which it counts as connected
    "connector-change": (May("exchangeConnectors", _CONNECTOR, ("primarySmtpAddress", "_connecting")),),
    "connector-remove": (May("exchangeConnectors", _CONNECTOR, removed=True),),
    "connector_sync-request": (May("exchangeConnectors", _CONNECTOR, ("_requested",)),),
    "connector_sync-wait": (May("exchangeConnectors", _CONNECTOR, ("_requested",)),),
    "mdm_authority-set": (
        May("organization", {"displayName": "Fabrikam MDM Unset"}, ("mobileDeviceManagementAuthority",)),
    ),
    "connector_account-create": (
        May("users", _USER, ("assignedLicenses", "usageLocation"), created=True),
        May("roleAssignments", _DIRECTORY_ROLE, created=True),
    ),
    "connector_account-change": (
        May("users", _USER, ("displayName", "assignedLicenses")),
        May("roleAssignments", _DIRECTORY_ROLE, created=True, removed=True),
    ),
    "connector_account-remove": (
        May("users", _USER, removed=True),
        May("roleAssignments", _DIRECTORY_ROLE, removed=True),
    ),
    # a role is created with all cmdlets of its parent, and unwanted ones are removed
    "management_role-create": (May("ManagementRole", _ROLE, ("_entries",), created=True),),
    "management_role-change": (May("ManagementRole", _ROLE, ("_entries",)),),
    "management_role-remove": (May("ManagementRole", _ROLE, removed=True),),
    "management_role_assignment-create": (May("ManagementRoleAssignment", _ASSIGNMENT, created=True),),
    "management_role_assignment-remove": (May("ManagementRoleAssignment", _ASSIGNMENT, removed=True),),
    "role_group-create": (
        May("RoleGroup", _GROUP, created=True),
        May("ManagementRoleAssignment", _OF_GROUP, created=True),
    ),
    "role_group-change": (
        May("RoleGroup", _GROUP, ("Description", "_members")),
        May("ManagementRoleAssignment", _OF_GROUP, created=True, removed=True),
    ),
    "role_group-remove": (
        May("RoleGroup", _GROUP, removed=True),
        May("ManagementRoleAssignment", _OF_GROUP, removed=True),
    ),
    "service_principal-create": (May("ServicePrincipal", _APPLICATION, created=True),),
    "service_principal-change": (May("ServicePrincipal", _APPLICATION, ("DisplayName",)),),
    "service_principal-remove": (May("ServicePrincipal", _APPLICATION, removed=True),),
    "organization_customization-enable": (May("OrganizationConfig", {"Name": "{domain}"}, ("_customized", "_asked")),),
    "activesync_organization_settings-change": (
        May(
            "ActiveSyncOrganizationSettings",
            {"Name": "Mobile Mailbox Settings"},
            ("DefaultAccessLevel", "AdminMailRecipients", "UserMailInsert"),
        ),
    ),
    "activesync_device_access_rule-create": (May("ActiveSyncDeviceAccessRule", _RULE, created=True),),
    "activesync_device_access_rule-change": (May("ActiveSyncDeviceAccessRule", _RULE, ("AccessLevel",)),),
    "activesync_device_access_rule-remove": (May("ActiveSyncDeviceAccessRule", _RULE, removed=True),),
    "mobile_device_mailbox_policy-create": (May("MobileDeviceMailboxPolicy", _POLICY, created=True),),
    # there is one default policy, so the previous one changes too
    "mobile_device_mailbox_policy-change": (
        May("MobileDeviceMailboxPolicy", _POLICY, ("IsDefault", "MaxInactivityTimeLock")),
        May("MobileDeviceMailboxPolicy", {"Name": "Default"}, ("IsDefault",)),
    ),
    "mobile_device_mailbox_policy-remove": (May("MobileDeviceMailboxPolicy", _POLICY, removed=True),),
    "cas_mailbox_mobile_access-change": (
        May("CASMailbox", _MAILBOX, ("ActiveSyncMailboxPolicy", "OutlookMobileEnabled", *_LISTS)),
    ),
    "mobile_device-allow": (May("CASMailbox", _MAILBOX, _LISTS),),
    "mobile_device-wipe": (May("MobileDevice", _IPHONE, ("_wipe",)),),
    "mobile_device-forget": (May("MobileDevice", _IPHONE, removed=True),),
    "conditional_access_policy-create": (May("conditionalAccessPolicies", _BLOCKED, created=True),),
    "conditional_access_policy-change": (May("conditionalAccessPolicies", _BLOCKED, ("state", "conditions")),),
    "conditional_access_policy-remove": (
        May("conditionalAccessPolicies", _BLOCKED, removed=True),
        May("deletedConditionalAccessPolicies", _BLOCKED, created=True),
    ),
    "conditional_access_policy-restore": (
        May("conditionalAccessPolicies", _BLOCKED, created=True),
        May("deletedConditionalAccessPolicies", _BLOCKED, removed=True),
    ),
    "application-create": (
        May("applications", _REGISTERED, created=True),
        May("servicePrincipals", {"displayName": "Automation"}, created=True),
    ),
    "application-change": (May("applications", _REGISTERED, ("displayName",)),),
    "application-remove": (
        May("applications", _REGISTERED, removed=True),
        May("deletedApplications", _REGISTERED, created=True),
        May("servicePrincipals", {"displayName": "Automation"}, removed=True),
    ),
    "application_permissions-grant": (
        May("applications", _RESTRICTED, ("requiredResourceAccess",)),
        May("appRoleAssignments", _TO_RESTRICTED, created=True),
    ),
    "application_permissions-remove": (
        May("applications", _RESTRICTED, ("requiredResourceAccess",)),
        May("appRoleAssignments", _TO_RESTRICTED, removed=True),
    ),
    "application_credential-create": (May("federatedIdentityCredentials", _TRUST, created=True),),
    "application_credential-change": (May("federatedIdentityCredentials", _TRUST, ("subject",)),),
    "application_credential-remove": (May("federatedIdentityCredentials", _TRUST, removed=True),),
    "exchange_cmdlet-write": (May("CASMailbox", _MAILBOX, ("ImapEnabled",)),),
}


def allowed(scenario: Scenario | RoleScenario) -> tuple[May, ...]:
    """Raises KeyError for a scenario that writes but has no line here."""
    if isinstance(scenario, RoleScenario):
        return _ROLES[scenario.name]
    return () if scenario.reads_only else _MODULES[scenario.name]


_SETTINGS = {"Name": "Mobile Mailbox Settings"}
_OWN_GROUP = "Intune Exchange Connector"
_OWN_ROLES = tuple(f"{_OWN_GROUP} {name}" for name in ("Access", "Policies", "Devices"))
_OWNERS = ("adele.vance", "alex.wilber")
_ROLES: dict[str, tuple[May, ...]] = {
    "connector-main-ready": (May("exchangeConnectors", _CONNECTOR, created=True),),
    "connector-main-nothing": (
        May("exchangeConnectors", _CONNECTOR, created=True),
        May("users", _USER, ("assignedLicenses", "usageLocation"), created=True),
        May("roleAssignments", _DIRECTORY_ROLE, created=True),
        May("RoleGroup", {"Name": _OWN_GROUP}, ("_members", "Description"), created=True),
        *(May("ManagementRole", {"Name": name}, ("_entries", "Description"), created=True) for name in _OWN_ROLES),
        May("ManagementRoleAssignment", {"RoleAssigneeName": _OWN_GROUP}, created=True),
    ),
    "connector-remove-connected": (May("exchangeConnectors", _CONNECTOR, removed=True),),
    "connector-validate-connected": (),
    "mobile_access-main-phones": (
        May("ActiveSyncOrganizationSettings", _SETTINGS, ("UserMailInsert",)),
        May("MobileDeviceMailboxPolicy", _POLICY, created=True),
        May(
            "ActiveSyncDeviceAccessRule",
            {"Characteristic": "DeviceModel", "QueryString": "iPad13C1"},
            created=True,
        ),
    ),
    # users of recently used devices continue, and Outlook continues for all
    "mobile_access-quarantine-phones": (
        May("ActiveSyncOrganizationSettings", _SETTINGS, ("DefaultAccessLevel",)),
        May(
            "ActiveSyncDeviceAccessRule",
            {"Characteristic": "DeviceModel", "QueryString": "Outlook for iOS and Android"},
            created=True,
        ),
        *(May("CASMailbox", {"id": f"{{user:{name}}}"}, ("ActiveSyncAllowedDeviceIDs",)) for name in _OWNERS),
    ),
    "mobile_access-approve-phones": tuple(May("CASMailbox", {"id": f"{{user:{name}}}"}, _LISTS) for name in _OWNERS),
    "mobile_access-offboard-phones": (
        May("CASMailbox", _MAILBOX, ("ActiveSyncEnabled", "OutlookMobileEnabled", *_LISTS)),
        May("MobileDevice", {"UserDisplayName": "adele.vance"}, ("_wipe",)),
    ),
    "mobile_access-audit-phones": (),
    "mobile_access-assess-retired_with_holes": (),
    "mobile_access-protect-retired_with_holes": (
        May("conditionalAccessPolicies", {"displayName": "Exchange Online: phones need Intune"}, created=True),
        May(
            "conditionalAccessPolicies",
            {"displayName": "Exchange Online: block Exchange ActiveSync and other legacy clients"},
            created=True,
        ),
    ),
}


def unnamed() -> list[str]:
    """Scenarios without a line here, and lines without a scenario."""
    writing = {one.name for one in SCENARIOS if not one.reads_only}
    return sorted(writing ^ set(_MODULES) | {one.name for one in ROLE_SCENARIOS} ^ set(_ROLES))
