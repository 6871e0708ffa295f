# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role group of Exchange Online."""

from __future__ import annotations

DOCUMENTATION = r"""
module: role_group
short_description: Manage a role group of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - A role group grants management roles to its members. It is created together with its roles and members.
  - Roles are changed by assignments, since C(Set-RoleGroup) cannot change them. Removals come first.
options:
  name:
    description:
      - Name of the role group. Compared case-insensitively.
    type: str
    required: true
  description:
    description:
      - A description.
    type: str
  roles:
    description:
      - Names of the management roles that the group grants. They must exist before anything is written.
      - These are roles without a scope. A role that is limited by a scope is shown as C(ROLE (SCOPE)). It does not
        count as the unlimited role, and is removed with its role, or if O(roles.set) does not contain it.
    type: dict
    suboptions:
      add:
        description: Roles to add; the others stay.
        type: list
        elements: str
      remove:
        description: Roles to remove, if present.
        type: list
        elements: str
      set:
        description:
          - "Roles that remain: all others are removed. An empty list removes all."
          - Excludes the other two.
        type: list
        elements: str
  members:
    description:
      - The members, each by any identity (address, user principal name, name, GUID, or the id of an application). A
        name that several objects have is the error V(ambiguous), unless it is the address or the id of one of them.
      - A member without an address is shown as C(NAME (ID)).
    type: dict
    suboptions:
      add:
        description: Members to add; the others stay.
        type: list
        elements: str
      remove:
        description: Members to remove, if present.
        type: list
        elements: str
      set:
        description:
          - "Members that remain: all others are removed. An empty list removes all."
          - Excludes the other two.
        type: list
        elements: str
  managed_by:
    description:
      - The managers of the group. Exchange defaults to Organization Management.
    type: dict
    suboptions:
      add:
        description: Managers to add; the others stay.
        type: list
        elements: str
      remove:
        description: Managers to remove, if present.
        type: list
        elements: str
      set:
        description:
          - "Managers that remain: all others are removed. An empty list removes all."
          - Excludes the other two.
        type: list
        elements: str
  allow_built_in:
    description:
      - Whether members of a built-in role group may be added or removed.
      - Nothing else of a built-in role group is ever changed, and the last enabled user of Organization Management
        stays. Assign roles to its members with a custom role group.
    type: bool
    default: false
  marker:
    description:
      - Change or remove only a group whose O(description) contains this text, of at least 8 characters, compared
        case-insensitively. Any other one with this name is the error V(not_ours).
      - A new group needs an O(description) that contains it, and an existing one keeps it.
    type: str
  state:
    description:
      - V(present) creates the group or changes what differs. Options that are not set stay unchanged.
      - V(absent) removes the group and its role assignments. The roles stay.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Reading needs the Exchange role View-Only Configuration, and View-Only Recipients to find O(members). Changing needs
    Role Management, even for callers who do not manage the group.
  - Assigning or removing a role in Exchange requires a delegating assignment of it or of its parent. By default only
    Organization Management has these, and the directory role Exchange Administrator belongs to it.
  - In the first hour after customization was enabled, Exchange refuses this for everybody. The task waits up to two
    minutes, then fails with C(error.kind=not_ready); the next run continues.
  - In a dehydrated tenant, run M(intune.exchange.organization_customization) first.
  - Members through a directory role, such as C(Exchange Administrator) in Organization Management, are not members
    here.
  - A change that removes the caller's only right to assign roles is refused (V(own_rights)).
  - A new right is only in access tokens that are issued afterwards, and takes minutes to reach every server.
seealso:
  - module: intune.exchange.management_role
  - module: intune.exchange.service_principal
  - name: New-RoleGroup
    description: The cmdlet behind this module.
    link: https://learn.microsoft.com/powershell/module/exchange/new-rolegroup
"""

EXAMPLES = r"""
- name: Assign roles to the connector account through a group
  intune.exchange.role_group:
    name: Intune Exchange Connector
    description: Runs the Intune connector
    roles:
      set: [Intune Connector Access, Intune Connector Policies, Intune Connector Devices]
    members:
      add: [svc-intune-connector@contoso.com]

- name: Add an application, and remove a user
  intune.exchange.role_group:
    name: Intune Exchange Connector
    members:
      add: [0f5a8d0b-7f4c-4a8e-9d3c-2f6f0a1b4c5d]
      remove: [adele.vance@contoso.com]

- name: Choose who manages the group
  intune.exchange.role_group:
    name: Intune Exchange Connector
    managed_by:
      add: [adele.vance@contoso.com]

- name: Add an administrator to a built-in group
  intune.exchange.role_group:
    name: Help Desk
    members:
      add: [adele.vance@contoso.com]
    allow_built_in: true

- name: Remove the group; its roles stay
  intune.exchange.role_group:
    name: Intune Exchange Connector
    state: absent
"""

RETURN = r"""
role_group:
  description: The role group with the property names of Exchange, with its roles and members. Empty when there is none.
  returned: success
  type: dict
  sample:
    description: Runs the Intune connector
    display_name: Intune Exchange Connector
    guid: 81f433ce-3a21-435c-a668-2dc1247bff20
    identity: Intune Exchange Connector
    managed_by:
      - Organization Management
    members:
      - svc-intune-connector@contoso.com
    name: Intune Exchange Connector
    role_group_type: Standard
    roles:
      - Intune Connector Access
      - Intune Connector Devices

progress:
  description: Progress messages while waiting for Exchange, which may not find new objects immediately.
  returned: when the task waited
  type: list
  elements: str
  sample: ["Exchange does not find what was just created; trying again in 5 s"]
undo:
  description: How to undo what was changed, removed or erased, or that it cannot be undone; empty if nothing was.
  returned: success
  type: str
  sample: Run the task again with state=present and the values of diff.before; the new object has another id
error:
  description:
    - The error, as in M(intune.exchange.connector). C(error.kind) is a stable identifier, such as V(built_in),
      V(not_ours), V(own_rights), V(last_way_in), V(no_role), V(no_principal), V(ambiguous), V(not_hydrated) or
      V(forbidden).
  returned: failure
  type: dict
  sample: {kind: no_role}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._engine.undo import of_removal
from ..module_utils._rbac.role_groups import CLEARS, OPTIONS, ensure_role_group

DECLARATION = Declaration(
    "configure the role group",
    ensure_role_group,
    OPTIONS,
    clears=CLEARS,
    selects=frozenset(("marker",)),
    undo=of_removal(),
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
