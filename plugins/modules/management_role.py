# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A management role of Exchange Online."""

from __future__ import annotations

DOCUMENTATION = r"""
module: management_role
short_description: Manage a custom management role of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - A management role is a set of cmdlets, each with the permitted parameters. A custom role is a subset of a built-in
    role, its parent, and cannot contain anything that the parent does not contain.
  - The role is created with only O(cmdlets), so it never contains more, not even for a moment. Then excess parameters
    are removed.
  - A role has no effect by itself. Assign it with M(intune.exchange.role_group) or
    M(intune.exchange.management_role_assignment).
options:
  name:
    description:
      - Name of the role, at most 64 characters. Compared case-insensitively.
      - A built-in role is never changed. A name with a backslash, an asterisk, a question mark or square brackets is
        refused, since Exchange interprets it as the names of other roles.
    type: str
    required: true
  parent:
    description:
      - Name of the parent role. Required to create a role.
      - Fixed. Another parent for an existing role is an error.
    type: str
  description:
    description:
      - A description. Exchange Online sets it when the role is created and has no cmdlet to change it later, so another
        description for an existing role is an error.
    type: str
  cmdlets:
    description:
      - The cmdlets that the role contains. All others are removed.
      - The name of a cmdlet includes all its parameters in the parent. A dictionary with C(cmdlet) and C(parameters)
        keeps only these. Cmdlets that write in unattended runs need C(Confirm) among them.
      - A cmdlet or parameter that the parent does not contain is an error that names it, before anything is written.
      - By default, a new role contains everything in its parent, and an existing one stays unchanged. Only an option
        that is omitted means this. V(null) for O(cmdlets) or for C(parameters) is an error.
      - The parameters that every PowerShell command has, such as C(Verbose), are not compared.
    type: list
    elements: raw
  marker:
    description:
      - Change or remove only a role whose O(description) contains this text, of at least 8 characters, compared
        case-insensitively. Any other one with this name is the error V(not_ours).
      - The O(description) of the task must contain it.
    type: str
  state:
    description:
      - V(present) creates the role or brings it to O(cmdlets).
      - V(absent) removes it. A role that is assigned, or is the parent of another, is not removed; the error names
        these. The module never removes these itself.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Reading needs the Exchange role View-Only Configuration, changing needs Role Management.
  - In a dehydrated tenant, run M(intune.exchange.organization_customization) first.
  - A new right is only in access tokens that are issued afterwards, and takes minutes to reach every server.
seealso:
  - module: intune.exchange.management_role_info
  - module: intune.exchange.role_group
  - name: New-ManagementRole
    description: The cmdlet behind this module.
    link: https://learn.microsoft.com/powershell/module/exchange/new-managementrole
"""

EXAMPLES = r"""
- name: Create a role with only the cmdlets for device access rules
  intune.exchange.management_role:
    name: Connector Access
    parent: Organization Client Access
    description: What the Intune connector needs of Organization Client Access
    cmdlets:
      - Get-ActiveSyncDeviceAccessRule
      - Set-ActiveSyncDeviceAccessRule
      - New-ActiveSyncDeviceAccessRule
      - Remove-ActiveSyncDeviceAccessRule

- name: Create a role that may read the devices of one mailbox at a time
  intune.exchange.management_role:
    name: Device Readers
    parent: View-Only Recipients
    cmdlets:
      - cmdlet: Get-MobileDevice
        parameters: [Identity, Mailbox]

- name: Remove a role that is no longer assigned
  intune.exchange.management_role:
    name: Device Readers
    state: absent
"""

RETURN = r"""
management_role:
  description: The role with the property names of Exchange, with its cmdlets. Empty when there is none.
  returned: success
  type: dict
  sample:
    cmdlets:
      - cmdlet: Get-ActiveSyncDeviceAccessRule
        parameters:
          - Identity
      - cmdlet: Set-ActiveSyncDeviceAccessRule
        parameters:
          - AccessLevel
          - Confirm
          - Identity
    description: What the Intune connector needs of Organization Client Access
    guid: 7141c4b0-c415-4e99-b492-a504320ab216
    identity: Connector Access
    is_root_role: false
    name: Connector Access
    parent: Organization Client Access
    role_type: OrganizationClientAccess

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
    - The error, as in M(intune.exchange.connector). C(error.kind) is a stable identifier, such as V(beyond_parent),
      V(fixed), V(in_use), V(built_in), V(not_ours), V(no_parent), V(not_hydrated) or V(forbidden).
  returned: failure
  type: dict
  sample: {kind: beyond_parent}
"""

from ..module_utils._core.resource import clearing
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._engine.undo import of_removal
from ..module_utils._rbac.management_roles import ROLE, ensure_role

DECLARATION = Declaration(
    "configure the management role",
    ensure_role,
    {
        **{one.option: {"type": "str", **one.spec} for one in (*ROLE.keys, *ROLE.fields)},
        "marker": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    clears=clearing(ROLE.fields),
    selects=frozenset(("marker", "cmdlets")),
    undo=of_removal(),
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
