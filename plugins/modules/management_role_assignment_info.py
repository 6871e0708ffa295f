# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds which management role, as facts."""

from __future__ import annotations

DOCUMENTATION = r"""
module: management_role_assignment_info
short_description: Read role assignments of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads the assignments of management roles. The options are filters that Exchange applies.
options:
  role:
    description:
      - Only assignments of this role.
    type: str
  assignee:
    description:
      - Only the roles of this user, group or application, directly or through groups.
    type: str
  enabled:
    description:
      - Only enabled assignments, or only disabled ones.
    type: bool
  delegating:
    description:
      - Only delegating assignments, which allow assigning the role, or only regular ones, which allow using it.
    type: bool
  effective_users:
    description:
      - List the members of groups, one entry each.
    type: bool
    default: false
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the Exchange role View-Only Configuration, or Role Management.
  - If the role or the assignee does not exist, the list is empty.
seealso:
  - module: intune.exchange.management_role_assignment
  - module: intune.exchange.cmdlet_access_info
"""

EXAMPLES = r"""
- name: Read the roles of an account
  intune.exchange.management_role_assignment_info:
    assignee: svc-intune-connector@contoso.com

- name: List the users who may manage roles
  intune.exchange.management_role_assignment_info:
    role: Role Management
    delegating: false
    effective_users: true
"""

RETURN = r"""
management_role_assignments:
  description:
    - The assignments with the property names of Exchange. C(scope) describes the limit of an assignment, and is null
      where it is not.
  returned: success
  type: list
  elements: dict
  sample:
    - assignment_method: Direct
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
      scope: null
      user: adele.vance
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "2 management role assignments"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._rbac.role_assignments import assignments_info

DECLARATION = Declaration(
    "read the role assignments",
    lambda tenant, params, check_mode: assignments_info(tenant, params),
    {
        "role": {"type": "str"},
        "assignee": {"type": "str"},
        "enabled": {"type": "bool"},
        "delegating": {"type": "bool"},
        "effective_users": {"type": "bool", "default": False},
    },
    summary={"management_role_assignments": "role"},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
