# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A management role given to somebody."""

from __future__ import annotations

DOCUMENTATION = r"""
module: management_role_assignment
short_description: Give a management role of Exchange Online to somebody
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Gives a management role to exactly one user, group or application, or takes it away.
  - An assignment is found by its role and its assignee, never by its name, which Exchange makes up.
  - Only direct and regular assignments are looked at. What somebody has through a group stays, and so does the right
    to hand a role on (delegating assignments).
  - An assignment that is there but disabled is enabled.
  - The assignment has no scope. One that is limited by a scope is not the whole right, so it does not count, and is
    left alone; RV(scoped_assignments) shows it.
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
      - The role group or mail-enabled security group. For role groups, M(intune.exchange.role_group) keeps all roles.
    type: str
  application:
    description:
      - Application id or object id of a service principal that Exchange knows through
        M(intune.exchange.service_principal).
    type: str
  allow_built_in:
    description:
      - Whether a role of your own may be given to a built-in role group, or taken from it. The built-in roles of such a
        group are never changed.
    type: bool
    default: false
  state:
    description:
      - V(present) gives the role.
      - V(absent) takes it away. If the role or the assignee does not exist, there is nothing to do.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Reading needs the Exchange role View-Only Configuration, and View-Only Recipients to find who is meant. Changing
    needs Role Management, and so does O(application) in any case.
  - More than one assignment of the role to the assignee without a scope is an error that lists them.
  - A change that removes the caller's only right to assign roles is refused (V(own_rights)).
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
- name: Let a person read the configuration
  intune.exchange.management_role_assignment:
    role: View-Only Configuration
    user: adele.vance@contoso.com

- name: Let an application keep the device access rules
  intune.exchange.management_role_assignment:
    role: Intune Connector Access
    application: 0f5a8d0b-7f4c-4a8e-9d3c-2f6f0a1b4c5d

- name: Take a role away from a group
  intune.exchange.management_role_assignment:
    role: Message Tracking
    group: Regional Administrators
    state: absent

- name: Give a role of one's own to a built-in group
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
  description: The direct assignments of the role to the assignee that are limited, each with its C(scope) in words.
  returned: success
  type: list
  elements: dict
  sample: []
progress:
  description: Progress messages while checking whether the object was created, because the response was lost.
  returned: when the task waited
  type: list
  elements: str
  sample: ["the answer to the creation was lost; looking for it again (1 of 7)"]
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
from ..module_utils._rbac.role_assignments import OPTIONS, keep_assignment

DECLARATION = Declaration("configure the role assignment", keep_assignment, OPTIONS)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
