# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cmdlets of Exchange Online that each module runs, for management roles with exactly these.

A custom role is a part of one built-in role, so each cmdlet has its parents: the smallest ones with all parameters that
the modules use. Tests run every module with exactly these cmdlets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_CONFIGURATION, _RECIPIENTS, _ROLES = "View-Only Configuration", "View-Only Recipients", "Role Management"
_ACCESS, _MAIL, _POLICIES = "Organization Client Access", "Mail Recipients", "Recipient Policies"

_BY_PARENT: dict[str, tuple[str, ...]] = {
    _CONFIGURATION: (
        "Get-ActiveSyncDeviceAccessRule",
        "Get-ActiveSyncDeviceClass",
        "Get-ActiveSyncOrganizationSettings",
        "Get-CASMailboxPlan",
        "Get-ManagementRole",
        "Get-ManagementRoleAssignment",
        "Get-ManagementRoleEntry",
        "Get-OrganizationConfig",
        "Get-RoleGroup",
        "Get-RoleGroupMember",
    ),
    _RECIPIENTS: (
        "Get-CASMailbox",
        "Get-MobileDevice",
        "Get-MobileDeviceMailboxPolicy",
        "Get-MobileDeviceStatistics",
        "Get-Recipient",
        "Get-User",
    ),
    _ACCESS: (
        "New-ActiveSyncDeviceAccessRule",
        "Remove-ActiveSyncDeviceAccessRule",
        "Set-ActiveSyncDeviceAccessRule",
        "Set-ActiveSyncOrganizationSettings",
        "Set-CASMailbox",
    ),
    _MAIL: ("Clear-MobileDevice", "Remove-MobileDevice", "Set-CASMailbox"),
    _POLICIES: (
        "New-MobileDeviceMailboxPolicy",
        "Remove-MobileDeviceMailboxPolicy",
        "Set-MobileDeviceMailboxPolicy",
    ),
    _ROLES: (
        "Add-ManagementRoleEntry",
        "Get-ServicePrincipal",
        "New-ManagementRole",
        "New-ManagementRoleAssignment",
        "New-RoleGroup",
        "New-ServicePrincipal",
        "Remove-ManagementRole",
        "Remove-ManagementRoleAssignment",
        "Remove-ManagementRoleEntry",
        "Remove-RoleGroup",
        "Remove-ServicePrincipal",
        "Set-ManagementRoleAssignment",
        "Set-ManagementRoleEntry",
        "Set-RoleGroup",
        "Set-ServicePrincipal",
        "Update-RoleGroupMember",
    ),
    "Organization Configuration": ("Enable-OrganizationCustomization",),
}
_DEVICES = ("Get-CASMailbox", "Get-MobileDevice", "Get-MobileDeviceStatistics")
_RULES = ("Get-ActiveSyncDeviceAccessRule", "Get-ActiveSyncOrganizationSettings", "Get-CASMailbox", "Get-MobileDevice")
_ROLE_READS = ("Get-ManagementRole", "Get-ManagementRoleAssignment", "Get-ManagementRoleEntry")
_PRINCIPALS = ("Get-Recipient", "Get-RoleGroup", "Get-ServicePrincipal", "Get-User")

# By module: the cmdlets for reading, and those for writing.
CMDLETS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "access_check_info": (("Get-ManagementRole", "Get-MobileDevice"), ()),
    "activesync_device_access_rule": (
        _RULES,
        (
            "New-ActiveSyncDeviceAccessRule",
            "Remove-ActiveSyncDeviceAccessRule",
            "Set-ActiveSyncDeviceAccessRule",
        ),
    ),
    "activesync_device_access_rule_info": (("Get-ActiveSyncDeviceAccessRule",), ()),
    "activesync_device_class_info": (("Get-ActiveSyncDeviceClass",), ()),
    "activesync_organization_settings": (_RULES, ("Set-ActiveSyncOrganizationSettings",)),
    "cas_mailbox_mobile_access": (("Get-CASMailbox", "Get-MobileDeviceMailboxPolicy"), ("Set-CASMailbox",)),
    "cmdlet_access_info": (_ROLE_READS[1:], ()),
    "management_role": (
        _ROLE_READS,
        (
            "Add-ManagementRoleEntry",
            "New-ManagementRole",
            "Remove-ManagementRole",
            "Remove-ManagementRoleEntry",
            "Set-ManagementRoleEntry",
        ),
    ),
    "management_role_assignment": (
        ("Get-ManagementRole", "Get-ManagementRoleAssignment", *_PRINCIPALS),
        ("New-ManagementRoleAssignment", "Remove-ManagementRoleAssignment", "Set-ManagementRoleAssignment"),
    ),
    "management_role_assignment_info": (("Get-ManagementRoleAssignment",), ()),
    "management_role_info": (("Get-ManagementRole", "Get-ManagementRoleEntry"), ()),
    "mobile_access_assessment_info": ((*_RULES, "Get-CASMailboxPlan", "Get-OrganizationConfig"), ()),
    "mobile_access_audit_info": (
        ("Get-ActiveSyncOrganizationSettings", "Get-CASMailbox", "Get-MobileDeviceMailboxPolicy"),
        (),
    ),
    "mobile_access_deadlines_info": ((*_DEVICES, "Get-OrganizationConfig"), ()),
    "mobile_device": (_DEVICES, ("Clear-MobileDevice", "Remove-MobileDevice", "Set-CASMailbox")),
    "mobile_device_info": (_DEVICES, ()),
    "mobile_device_mailbox_policy": (
        ("Get-CASMailbox", "Get-MobileDeviceMailboxPolicy"),
        (
            "New-MobileDeviceMailboxPolicy",
            "Remove-MobileDeviceMailboxPolicy",
            "Set-MobileDeviceMailboxPolicy",
        ),
    ),
    "mobile_device_mailbox_policy_info": (("Get-MobileDeviceMailboxPolicy",), ()),
    "organization_customization": (("Get-OrganizationConfig",), ("Enable-OrganizationCustomization",)),
    "requirements_info": ((*_ROLE_READS[1:], "Get-OrganizationConfig"), ()),
    "role_group": (
        ("Get-ManagementRole", "Get-ManagementRoleAssignment", "Get-RoleGroupMember", *_PRINCIPALS),
        (
            "New-ManagementRoleAssignment",
            "New-RoleGroup",
            "Remove-ManagementRoleAssignment",
            "Remove-RoleGroup",
            "Set-RoleGroup",
            "Update-RoleGroupMember",
        ),
    ),
    "role_group_info": (("Get-ManagementRoleAssignment", "Get-RoleGroup", "Get-RoleGroupMember"), ()),
    "service_principal": (
        ("Get-ServicePrincipal",),
        ("New-ServicePrincipal", "Remove-ServicePrincipal", "Set-ServicePrincipal"),
    ),
    "tenant_snapshot_info": (
        (
            *_RULES,
            "Get-ActiveSyncDeviceClass",
            "Get-CASMailboxPlan",
            "Get-ManagementRole",
            "Get-ManagementRoleAssignment",
            "Get-MobileDeviceMailboxPolicy",
            "Get-MobileDeviceStatistics",
            "Get-OrganizationConfig",
            "Get-RoleGroup",
            "Get-RoleGroupMember",
            "Get-ServicePrincipal",
        ),
        (),
    ),
}


def cmdlets_by_role(modules: Mapping[str, bool]) -> list[dict[str, Any]]:
    """The cmdlets that modules need, each with whether it writes: by the built-in role that contains them."""
    needed: set[str] = set()
    for module, writes in modules.items():
        reads_with, writes_with = CMDLETS.get(module, ((), ()))
        needed.update(reads_with, writes_with if writes else ())
    found = {parent: _held(needed, cmdlets) for parent, cmdlets in sorted(_BY_PARENT.items())}
    return [{"role": parent, "cmdlets": cmdlets} for parent, cmdlets in found.items() if cmdlets]


def _held(needed: Iterable[str], cmdlets: Iterable[str]) -> list[str]:
    return sorted(set(needed) & set(cmdlets))
