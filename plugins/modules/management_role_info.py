# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The management roles of Exchange Online, as facts."""

from __future__ import annotations

DOCUMENTATION = r"""
module: management_role_info
short_description: Read management roles of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads management roles, built-in and custom ones. The options are filters that Exchange applies.
  - With O(cmdlet) it returns the roles that grant a cmdlet, and with O(parameters) those that grant it completely.
options:
  name:
    description:
      - Read this role only, with its cmdlets and their parameters. If it does not exist, the list is empty.
    type: str
  parent:
    description:
      - Read the roles that have this one as parent. Excludes O(name).
    type: str
  cmdlet:
    description:
      - Only roles that contain this cmdlet.
    type: str
  parameters:
    description:
      - Only roles that contain O(cmdlet) with all of these parameters.
    type: list
    elements: str
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the Exchange role View-Only Configuration, or Role Management.
seealso:
  - module: intune.exchange.management_role
"""

EXAMPLES = r"""
- name: Read the cmdlets of a role
  intune.exchange.management_role_info:
    name: Intune Connector Access

- name: Read the roles that grant reading the devices of a mailbox
  intune.exchange.management_role_info:
    cmdlet: Get-MobileDevice
    parameters: [Mailbox]

- name: Read the roles with a built-in role as parent
  intune.exchange.management_role_info:
    parent: Recipient Policies
"""

RETURN = r"""
management_roles:
  description: The roles with the property names of Exchange.
  returned: success
  type: list
  elements: dict
  contains:
    cmdlets:
      description: The cmdlets with their parameters.
      type: list
      elements: dict
      returned: when O(name) is set
  sample:
    - cmdlets:
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
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._rbac.management_roles import roles_info

DECLARATION = Declaration(
    "read the management roles",
    lambda tenant, params, check_mode: roles_info(tenant, params),
    {
        "name": {"type": "str"},
        "parent": {"type": "str"},
        "cmdlet": {"type": "str"},
        "parameters": {"type": "list", "elements": "str"},
    },
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
