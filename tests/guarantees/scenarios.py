# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenarios for every fault: one line for each module and each of its actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Step = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Scenario:
    """`before` are the tasks that create the start state, `repeats` means that each run acts again."""

    module: str
    what: str
    options: Mapping[str, Any] = field(default_factory=dict)
    tenant: str = "ready"
    before: tuple[Step, ...] = ()
    repeats: bool = False

    @property
    def name(self) -> str:
        return f"{self.module}-{self.what}"

    @property
    def reads_only(self) -> bool:
        return self.module.endswith("_info") or self.what == "read"


# Placeholders in braces depend on the tenant.
ACCOUNT = "svc-intune-connector@{domain}"
PERSON = "administrator@{domain}"
ADELE = "adele.vance"
RULE = {"characteristic": "DeviceType", "query_string": "iPhone", "accept_impact": True}
ROLE = {"name": "Device Readers", "parent": "View-Only Recipients"}
FULL_ROLE = {**ROLE, "cmdlets": [{"cmdlet": "Get-MobileDevice", "parameters": ["Identity", "Mailbox"]}]}
GROUP = {"name": "Device Help"}
FULL_GROUP = {**GROUP, "roles": {"set": ["View-Only Recipients"]}, "members": {"set": [PERSON]}}
POLICY = {"name": "Phones"}
FULL_POLICY = {**POLICY, "password_enabled": True, "min_password_length": 6, "max_attachment_size": "25MB"}
LENGTH = {"id": "1", "title": "Passwords have eight characters", "setting": "min_password_length", "at_least": 8}
APPLICATION = {"app_id": "{app_id}"}
OBJECT = {**APPLICATION, "object_id": "{object_id}", "display_name": "Automation"}
FIRST = "first_contact"
REGISTERED = {"unique_name": "automation", "display_name": "Automation"}
GRANTED = {**APPLICATION, "microsoft_graph": ["Organization.Read.All", "Policy.Read.All"]}
TRUSTED = {
    **APPLICATION,
    "kind": "federated",
    "name": "github-main",
    "issuer": "https://token.actions.githubusercontent.com",
    "subject": "repo:contoso@1/mail@2:ref:refs/heads/main",
}
ASSIGNMENT = {"role": "View-Only Configuration", "user": PERSON}
NEW_ACCOUNT = {
    "user_principal_name": ACCOUNT,
    "usage_location": "CH",
    "password": "canary-Pa55word-\"'&<+/ =",
    "licenses": ["ENTERPRISEPACK", "INTUNE_A"],
    "directory_roles": {"add": ["Intune Administrator"]},
}
LEAN_ACCOUNT = {**NEW_ACCOUNT, "licenses": ["ENTERPRISEPACK"], "wait": False}
GONE = {"state": "absent"}
BLOCKED = {"display_name": "Block other clients"}
FULL_BLOCKED = {
    **BLOCKED,
    "conditions": {
        "users": {
            "include_users": {"set": ["All"]},
            "exclude_groups": {"set": ["Emergency accounts"]},
        },
        "applications": {"include_applications": ["All"]},
        "client_app_types": ["other"],
    },
    "grant_controls": {"operator": "OR", "built_in_controls": ["block"]},
}
RETIRED = "retired_with_holes"

SCENARIOS = (
    Scenario("connector", "create", {"primary_smtp_address": ACCOUNT}),
    Scenario("connector", "change", {"primary_smtp_address": PERSON}, "connected"),
    Scenario("connector", "remove", GONE, "connected"),
    Scenario("connector_info", "read", {}, "connected"),
    Scenario("connector_sync", "request", {}, "connected", repeats=True),
    Scenario("connector_sync", "wait", {"wait": True, "sync_type": "full"}, "connected", repeats=True),
    Scenario("mdm_authority", "set", {"accept_irreversible": True}, "mdm_authority_unset"),
    Scenario("requirements_info", "read", {"account": ACCOUNT}),
    Scenario("connector_account", "create", NEW_ACCOUNT, "nothing"),
    Scenario(
        "connector_account",
        "change",
        {**NEW_ACCOUNT, "display_name": "Connector", "directory_roles": {"set": ["Exchange Administrator"]}},
        "nothing",
        (("connector_account", LEAN_ACCOUNT),),
    ),
    Scenario(
        "connector_account",
        "remove",
        {"user_principal_name": ACCOUNT, "force_delete": True, **GONE},
        "nothing",
        (("connector_account", LEAN_ACCOUNT),),
    ),
    Scenario("management_role", "create", FULL_ROLE),
    Scenario(
        "management_role",
        "change",
        {**ROLE, "cmdlets": ["Get-MobileDeviceStatistics", "Get-MobileDevice"]},
        before=(("management_role", FULL_ROLE),),
    ),
    Scenario("management_role", "remove", {**ROLE, **GONE}, before=(("management_role", FULL_ROLE),)),
    Scenario("management_role_info", "read", {"name": "Intune Connector Devices"}),
    Scenario("management_role_assignment", "create", ASSIGNMENT),
    Scenario(
        "management_role_assignment",
        "remove",
        {**ASSIGNMENT, **GONE},
        before=(("management_role_assignment", ASSIGNMENT),),
    ),
    Scenario("management_role_assignment_info", "read", {"assignee": ACCOUNT}),
    Scenario("role_group", "create", FULL_GROUP),
    Scenario(
        "role_group",
        "change",
        {
            **GROUP,
            "description": "Helps",
            "roles": {"set": ["View-Only Configuration"]},
            "members": {"set": [ADELE]},
        },
        before=(("role_group", FULL_GROUP),),
    ),
    Scenario("role_group", "remove", {**GROUP, **GONE}, before=(("role_group", FULL_GROUP),)),
    Scenario("role_group_info", "read", {"name": "Intune Connector"}),
    Scenario("service_principal", "create", OBJECT),
    Scenario(
        "service_principal",
        "change",
        {**OBJECT, "display_name": "Connector automation"},
        before=(("service_principal", OBJECT),),
    ),
    Scenario("service_principal", "remove", {**APPLICATION, **GONE}, before=(("service_principal", OBJECT),)),
    Scenario("organization_customization", "enable", {"accept_permanent": True}, "dehydrated"),
    Scenario("cmdlet_access_info", "read", {"account": ACCOUNT}),
    Scenario(
        "activesync_organization_settings",
        "change",
        {
            "default_access_level": "Quarantine",
            "accept_impact": True,
            "admin_mail_recipients": {"add": [ACCOUNT]},
            "user_mail_insert": "Call 1234.",
        },
    ),
    Scenario("activesync_device_access_rule", "create", {**RULE, "access_level": "Block"}),
    Scenario(
        "activesync_device_access_rule",
        "change",
        {**RULE, "access_level": "Allow"},
        before=(("activesync_device_access_rule", {**RULE, "access_level": "Block"}),),
    ),
    Scenario(
        "activesync_device_access_rule",
        "remove",
        {**RULE, **GONE},
        before=(("activesync_device_access_rule", {**RULE, "access_level": "Block"}),),
    ),
    Scenario(
        "activesync_device_access_rule_info",
        "read",
        before=(("activesync_device_access_rule", {**RULE, "access_level": "Block"}),),
    ),
    Scenario("access_check_info", "read", {}, RETIRED),
    Scenario("activesync_device_class_info", "read"),
    Scenario("mobile_device_mailbox_policy", "create", FULL_POLICY),
    Scenario(
        "mobile_device_mailbox_policy",
        "change",
        {**POLICY, "is_default": True, "max_inactivity_time_lock": "00:15:00"},
        before=(("mobile_device_mailbox_policy", FULL_POLICY),),
    ),
    Scenario(
        "mobile_device_mailbox_policy",
        "remove",
        {**POLICY, **GONE},
        before=(("mobile_device_mailbox_policy", FULL_POLICY),),
    ),
    Scenario("mobile_device_mailbox_policy_info", "read", before=(("mobile_device_mailbox_policy", FULL_POLICY),)),
    Scenario(
        "cas_mailbox_mobile_access",
        "change",
        {
            "mailbox": ADELE,
            "policy": "Phones",
            "outlook_mobile_enabled": False,
            "allowed_device_ids": {"add": ["A1"]},
            "blocked_device_ids": {"add": ["B2"]},
        },
        before=(
            ("mobile_device_mailbox_policy", POLICY),
            ("cas_mailbox_mobile_access", {"mailbox": ADELE, "blocked_device_ids": {"add": ["A1"]}}),
        ),
    ),
    Scenario("mobile_device", "allow", {"mailbox": ADELE, "access": "allowed"}),
    Scenario("mobile_device", "wipe", {"device_type": "iPhone", "wipe": "account_only", "wait": True}),
    Scenario("mobile_device", "forget", {"match": "all", "max_affected": 1, "device_os": "iOS 18.6", **GONE}),
    Scenario("mobile_device_info", "read", {"gather_statistics": True}),
    Scenario(
        "mobile_access_audit_info",
        "read",
        {"baselines": [{"name": "own", "controls": [LENGTH]}]},
        before=(("mobile_device_mailbox_policy", FULL_POLICY),),
    ),
    Scenario("conditional_access_policy", "create", FULL_BLOCKED, RETIRED),
    Scenario(
        "conditional_access_policy",
        "change",
        {**BLOCKED, "policy_state": "disabled", "conditions": {"client_app_types": ["exchangeActiveSync", "other"]}},
        RETIRED,
        (("conditional_access_policy", FULL_BLOCKED),),
    ),
    Scenario(
        "conditional_access_policy",
        "remove",
        {**BLOCKED, **GONE},
        RETIRED,
        (("conditional_access_policy", FULL_BLOCKED),),
    ),
    Scenario(
        "conditional_access_policy",
        "restore",
        {**BLOCKED, "state": "restored"},
        RETIRED,
        (("conditional_access_policy", FULL_BLOCKED), ("conditional_access_policy", {**BLOCKED, **GONE})),
    ),
    Scenario("conditional_access_policy_info", "read", {}, RETIRED),
    Scenario("conditional_access_rehearsal_info", "read", {}, RETIRED),
    Scenario("app_protection_info", "read", {}, RETIRED),
    Scenario("mobile_access_assessment_info", "read", {}, RETIRED),
    Scenario("tenant_snapshot_info", "read", {}, RETIRED),
    Scenario("mobile_access_deadlines_info", "read", {}, RETIRED),
    Scenario("application", "create", REGISTERED, FIRST),
    Scenario("application", "change", {**REGISTERED, "display_name": "Mail"}, FIRST, (("application", REGISTERED),)),
    Scenario("application", "remove", {"unique_name": "automation", **GONE}, FIRST, (("application", REGISTERED),)),
    Scenario("application_permissions", "grant", GRANTED, FIRST),
    Scenario(
        "application_permissions",
        "remove",
        {**GRANTED, "microsoft_graph": ["Policy.Read.All"], "remove_excess": True},
        FIRST,
        (("application_permissions", GRANTED),),
    ),
    Scenario("application_credential", "create", TRUSTED, FIRST),
    Scenario(
        "application_credential",
        "change",
        {**TRUSTED, "subject": "repo:contoso@1/mail@2:environment:production"},
        FIRST,
        (("application_credential", TRUSTED),),
    ),
    Scenario("application_credential", "remove", {**TRUSTED, **GONE}, FIRST, (("application_credential", TRUSTED),)),
    Scenario(
        "exchange_cmdlet",
        "read",
        {"cmdlet": "Get-CASMailbox", "parameters": {"ResultSize": "Unlimited"}, "select": ["Name"]},
    ),
    Scenario(
        "exchange_cmdlet",
        "write",
        {"cmdlet": "Set-CASMailbox", "parameters": {"Identity": ADELE, "ImapEnabled": False}},
        repeats=True,
    ),
)
TENANTS = sorted({one.tenant for one in SCENARIOS})
