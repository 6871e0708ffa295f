# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A management role assigned to somebody."""

from __future__ import annotations

DOCUMENTATION = r"""
module: management_role_assignment
short_description: Assign a management role of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Assigns a management role to exactly one user, group or application, or removes the assignment.
  - An assignment is identified by its role and its assignee, never by its name, which Exchange generates.
  - Only direct assignments are managed. Roles through a group stay.
  - An existing but disabled assignment is enabled.
  - The assignment has no scope. An assignment that is limited by a scope is not the full right, so it does not count,
    and is left alone; RV(scoped_assignments) shows it.
options:
  role:
    description:
      - Name of the management role.
    type: str
    required: true
  user:
    description:
      - The user, by address, user principal name, name or GUID.
    type: str
  group:
    description:
      - The role group or mail-enabled security group. M(intune.exchange.role_group) manages all roles of a role group.
    type: str
  application:
    description:
      - Application id or object id of a service principal that is registered in Exchange with
        M(intune.exchange.service_principal).
    type: str
  delegating:
    description:
      - Whether the assignment is delegating. The assignee may then assign the role, and custom roles made from it, to
        others, but does not get its cmdlets.
      - The regular and the delegating assignment of a role are two; a task never changes the other one.
    type: bool
    default: false
  allow_built_in:
    description:
      - Whether a custom role may be assigned to a built-in role group, or removed from it. The built-in roles of such a
        group are never changed.
    type: bool
    default: false
  state:
    description:
      - V(present) assigns the role.
      - V(absent) removes the assignment. If the role or the assignee does not exist, there is nothing to do.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Reading needs the Exchange role View-Only Configuration, and View-Only Recipients to find the assignee. Changing
    needs Role Management, and so does O(application) in any case.
  - More than one assignment of the role to the assignee without a scope is an error that lists them.
  - A change that removes the caller's only right to assign roles, or to assign this role, is refused (V(own_rights)).
  - Assigning or removing a role in Exchange requires a delegating assignment of it or of its parent. By default only
    Organization Management has these, and the directory role Exchange Administrator belongs to it.
  - In the first hour after customization was enabled, Exchange refuses this for everybody. The task waits up to two
    minutes, then fails with C(error.kind=not_ready); the next run continues.
  - A new right is only in access tokens that are issued afterwards, and takes minutes to reach every server.
seealso:
  - module: intune.exchange.management_role
  - module: intune.exchange.role_group
  - name: New-ManagementRoleAssignment
    description: The cmdlet behind this module.
    link: https://learn.microsoft.com/powershell/module/exchange/new-managementroleassignment
"""

EXAMPLES = r"""
- name: Allow a user to read the configuration
  intune.exchange.management_role_assignment:
    role: View-Only Configuration
    user: adele.vance@contoso.com

- name: Allow an application to manage the device access rules
  intune.exchange.management_role_assignment:
    role: Intune Connector Access
    application: 0f5a8d0b-7f4c-4a8e-9d3c-2f6f0a1b4c5d

- name: Remove a role from a group
  intune.exchange.management_role_assignment:
    role: Message Tracking
    group: Regional Administrators
    state: absent

- name: Allow a group to assign a role to others
  intune.exchange.management_role_assignment:
    role: View-Only Recipients
    group: Regional Administrators
    delegating: true

- name: Assign a custom role to a built-in group
  intune.exchange.management_role_assignment:
    role: Intune Connector Access
    group: Recipient Management
    allow_built_in: true
"""

RETURN = r"""
management_role_assignment:
  description: The assignment with the property names of Exchange. Empty when there is none.
  returned: success
  type: dict
  sample:
    assignment_method: Direct
    config_read_scope: OrganizationConfig
    config_write_scope: OrganizationConfig
    delegating: false
    effective_user_name: adele.vance
    enabled: true
    guid: a45e06a0-9280-4b2c-a7cc-fd0d8ec9aa9b
    identity: View-Only Configuration-adele.vance
    is_valid: true
    name: View-Only Configuration-adele.vance
    recipient_read_scope: Organization
    recipient_write_scope: Organization
    role: View-Only Configuration
    role_assignee: adele.vance
    role_assignee_name: adele.vance
    role_assignee_type: User
    role_assignment_delegation_type: Regular
    user: adele.vance

scoped_assignments:
  description: The direct assignments of the role to the assignee with a limit, each with its C(scope) in words.
  returned: success
  type: list
  elements: dict
  sample: []
progress:
  description: Progress messages while checking whether the object was created, because the response was lost.
  returned: when the task waited
  type: list
  elements: str
  sample: ["waiting for the new object to be listed, since the response to its creation was lost (1 of 7)"]
undo:
  description: How to undo what was changed, removed or erased, or that it cannot be undone; empty if nothing was.
  returned: success
  type: str
  sample: Run the task again with state=present and the values of diff.before; the new object has another id
error:
  description:
    - The error, as in M(intune.exchange.connector). C(error.kind) is a stable identifier, such as V(not_found),
      V(no_assignee), V(built_in), V(own_rights), V(ambiguous), V(not_hydrated) or V(forbidden).
  returned: failure
  type: dict
  sample: {kind: no_assignee}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._engine.undo import of_removal
from ..module_utils._rbac.role_assignments import OPTIONS, ensure_assignment

DECLARATION = Declaration("configure the role assignment", ensure_assignment, OPTIONS, undo=of_removal())


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
