# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The permissions of each module in Microsoft Graph and Exchange Online, as tests verify on the simulated tenant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ._cmdlets import cmdlets_by_role
from ._content import COLLECTION, modules_of, rulebook

SIGN_IN = "Exchange.ManageAsApp"  # what an application needs before its roles in Exchange Online count

# What variables that a rulebook sets need beyond their modules.
_BY_VARIABLE = {"mobile_access_compliant: true": "DeviceManagementManagedDevices.Read.All"}


@dataclass(frozen=True)
class Needs:
    """`read` is enough for check mode, and if nothing has to change; `write` is needed in addition to `read`."""

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    exchange_read: tuple[str, ...] = ()
    exchange_write: tuple[str, ...] = ()
    note: str = ""

    @property
    def exchange(self) -> bool:
        return bool(self.exchange_read or self.exchange_write or "Exchange" in self.note)


_INTUNE, _INTUNE_WRITE = "DeviceManagementServiceConfig.Read.All", "DeviceManagementServiceConfig.ReadWrite.All"
_CONFIGURATION, _RECIPIENTS = "View-Only Configuration", "View-Only Recipients"
_ACCESS, _ROLES = "Organization Client Access", "Role Management"
_APPLICATIONS, _APPLICATIONS_WRITE = ("Application.Read.All",), ("Application.ReadWrite.All",)
_PERSON = "A person also needs the directory role Cloud Application Administrator"
_MAY_JOIN = (
    "With PrivilegedEligibilitySchedule.Read.AzureADGroup, users who may activate membership of a group are taken into "
    "account as well"
)
# The roles that the role connector assigns to the account that it manages, or removes from it, are children of these.
_ROLES_OF_ACCOUNT = ("Organization Client Access", "Recipient Policies", "View-Only Recipients")
_DELEGATING = (
    "To assign or remove a role, a delegating assignment of it or of its parent, which by default only "
    "Organization Management has"
)

NEEDS: dict[str, Needs] = {
    "access_check_info": Needs(
        (_INTUNE, "Organization.Read.All", "Policy.Read.All"),
        exchange_read=(_CONFIGURATION, _RECIPIENTS),
        note="Works with fewer permissions as well, and reports what is missing",
    ),
    "activesync_device_access_rule": Needs(exchange_read=(_CONFIGURATION, _RECIPIENTS), exchange_write=(_ACCESS,)),
    "activesync_device_access_rule_info": Needs(exchange_read=(_CONFIGURATION,)),
    "activesync_device_class_info": Needs(exchange_read=(_CONFIGURATION,)),
    "activesync_organization_settings": Needs(exchange_read=(_CONFIGURATION, _RECIPIENTS), exchange_write=(_ACCESS,)),
    "app_protection_info": Needs(("DeviceManagementApps.Read.All",)),
    "application": Needs(_APPLICATIONS, _APPLICATIONS_WRITE, note=_PERSON),
    "application_credential": Needs(_APPLICATIONS, _APPLICATIONS_WRITE, note=_PERSON),
    "application_permissions": Needs(
        _APPLICATIONS,
        (*_APPLICATIONS_WRITE, "AppRoleAssignment.ReadWrite.All"),
        note="A person also needs the directory role Privileged Role Administrator for permissions of Microsoft Graph, "
        "and Cloud Application Administrator for those of Exchange Online",
    ),
    "cas_mailbox_mobile_access": Needs(exchange_read=(_RECIPIENTS,), exchange_write=(_ACCESS, "Mail Recipients")),
    "cmdlet_access_info": Needs(
        exchange_read=(_CONFIGURATION,),
        note="The role in Exchange Online is only needed with account. Without it, the module reads the cmdlets of its "
        "own sign-in, which needs no role",
    ),
    "conditional_access_policy": Needs(
        ("GroupMember.Read.All", "Policy.Read.All", "RoleManagement.Read.Directory", "User.Read.All"),
        ("Application.Read.All", "Policy.ReadWrite.ConditionalAccess"),
        note="GroupMember.Read.All and RoleManagement.Read.Directory only if groups or roles are set, or a policy "
        f"is enabled. {_MAY_JOIN}",
    ),
    "conditional_access_policy_info": Needs(("Policy.Read.All",)),
    "conditional_access_rehearsal_info": Needs(
        (
            "AuditLog.Read.All",
            "GroupMember.Read.All",
            "Policy.Read.All",
            "RoleManagement.Read.Directory",
            "User.Read.All",
        ),
        note="GroupMember.Read.All and RoleManagement.Read.Directory only if groups or roles are set, or a policy "
        f"names them. {_MAY_JOIN}",
    ),
    "connector": Needs((_INTUNE, "User.Read.All"), (_INTUNE_WRITE,)),
    "connector_account": Needs(
        ("Organization.Read.All", "RoleManagement.Read.Directory", "User.Read.All"),
        ("LicenseAssignment.ReadWrite.All", "RoleManagement.ReadWrite.Directory", "User.ReadWrite.All"),
        note="With update_password always, User-PasswordProfile.ReadWrite.All and the directory role User "
        "Administrator as well. To disable or remove an account with an administrator role, or to give it a password, "
        "the directory role Privileged Authentication Administrator",
    ),
    "connector_info": Needs((_INTUNE,)),
    "connector_sync": Needs((_INTUNE,), (_INTUNE_WRITE,)),
    "exchange_cmdlet": Needs(note="A role of Exchange Online that contains the cmdlet"),
    "management_role": Needs(exchange_read=(_CONFIGURATION,), exchange_write=(_ROLES,)),
    "management_role_assignment": Needs(
        exchange_read=(_CONFIGURATION, _RECIPIENTS),
        exchange_write=(_ROLES,),
        note=f"{_DELEGATING}. With application, Role Management to read as well",
    ),
    "management_role_assignment_info": Needs(exchange_read=(_CONFIGURATION,)),
    "management_role_info": Needs(exchange_read=(_CONFIGURATION,)),
    "mdm_authority": Needs((_INTUNE, "Organization.Read.All"), (_INTUNE_WRITE,)),
    "mobile_access_assessment_info": Needs(
        (
            "AuditLog.Read.All",
            "DeviceManagementApps.Read.All",
            "DeviceManagementConfiguration.Read.All",
            "DeviceManagementManagedDevices.Read.All",
            _INTUNE,
            "GroupMember.Read.All",
            "Organization.Read.All",
            "Policy.Read.All",
            "Reports.Read.All",
            "RoleManagement.Read.Directory",
            "User.Read.All",
        ),
        exchange_read=(_CONFIGURATION, _RECIPIENTS),
        note=_MAY_JOIN,
    ),
    "mobile_access_audit_info": Needs(exchange_read=(_CONFIGURATION, _RECIPIENTS)),
    "mobile_access_deadlines_info": Needs(
        (
            "AuditLog.Read.All",
            "GroupMember.Read.All",
            "Policy.Read.All",
            "Reports.Read.All",
            "RoleManagement.Read.Directory",
            "User.Read.All",
        ),
        exchange_read=(_CONFIGURATION, _RECIPIENTS),
        note=_MAY_JOIN,
    ),
    "mobile_device": Needs(
        exchange_read=(_RECIPIENTS,),
        exchange_write=(_ACCESS, "Mail Recipients"),
        note="With compliant, DeviceManagementManagedDevices.Read.All of Microsoft Graph as well",
    ),
    "mobile_device_info": Needs(exchange_read=(_RECIPIENTS,)),
    "mobile_device_mailbox_policy": Needs(exchange_read=(_RECIPIENTS,), exchange_write=("Recipient Policies",)),
    "mobile_device_mailbox_policy_info": Needs(exchange_read=(_RECIPIENTS,)),
    "organization_customization": Needs(
        exchange_read=(_CONFIGURATION,), exchange_write=("Organization Configuration",)
    ),
    "requirements_info": Needs(
        (
            _INTUNE,
            "Organization.Read.All",
            "RoleManagement.Read.Directory",
            "User.Read.All",
        ),
        exchange_read=(_CONFIGURATION,),
    ),
    "role_group": Needs(exchange_read=(_CONFIGURATION, _RECIPIENTS), exchange_write=(_ROLES,), note=_DELEGATING),
    "role_group_info": Needs(exchange_read=(_CONFIGURATION,)),
    "service_principal": Needs(exchange_read=(_ROLES,)),
    "tenant_snapshot_info": Needs(
        (
            "DeviceManagementApps.Read.All",
            "DeviceManagementConfiguration.Read.All",
            "DeviceManagementManagedDevices.Read.All",
            _INTUNE,
            "GroupMember.Read.All",
            "Organization.Read.All",
            "Policy.Read.All",
            "RoleManagement.Read.Directory",
            "User.Read.All",
        ),
        exchange_read=(_CONFIGURATION, _RECIPIENTS, _ROLES),
        note="Works with fewer permissions as well, and lists in the snapshot what could not be read",
    ),
}


def least_privilege(content: Iterable[str], write: bool = True) -> dict[str, Any]:
    """What modules, playbooks, rulebooks and entry points of roles (as `connector:validate`) need together.

    Raises ValueError for an unknown name, and for a playbook that runs as no application.
    """
    names = list(dict.fromkeys(content))
    used = dict[str, bool]()
    graph: set[str] = set()
    assigning: set[str] = set()
    for name in names:
        for module, writes in modules_of(name):
            used[module] = used.get(module, False) or (writes and write)
            # Of a module that is named by itself, nobody knows which roles it will assign.
            if writes and write and module != name.removeprefix(COLLECTION):
                assigning.add(module)
        if rulebook(name).is_file():
            text = rulebook(name).read_text(encoding="utf-8")
            graph |= {permission for variable, permission in _BY_VARIABLE.items() if variable in text}
    roles: set[str] = set()
    for module, writes in used.items():
        needs = NEEDS[module]
        graph |= {*needs.read, *(needs.write if writes else ())}
        roles |= {*needs.exchange_read, *(needs.exchange_write if writes else ())}
    # A permission to write includes the one to read.
    graph -= {one.replace("ReadWrite", "Read") for one in graph if "ReadWrite" in one}
    return {
        "content": names,
        "write": write,
        "modules": sorted(used),
        "microsoft_graph": sorted(graph),
        "office_365_exchange_online": [SIGN_IN] if any(NEEDS[one].exchange for one in used) else [],
        "exchange_roles": sorted(roles),
        "exchange_cmdlets": cmdlets_by_role(used),
        "delegated_roles": list(_ROLES_OF_ACCOUNT) if {"management_role", "role_group"} <= assigning else [],
        "notes": sorted(f"{one}: {NEEDS[one].note}" for one in used if NEEDS[one].note),
    }
