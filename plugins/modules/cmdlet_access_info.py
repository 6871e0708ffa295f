# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cmdlets somebody may run, and through what."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cmdlet_access_info
short_description: Prove which Exchange cmdlets an account may run
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Says for each asked cmdlet whether the account may run it, with which parameters, and through which role, role
    group
    and assignment. Says as well what the account may run beyond these.
  - It takes one read for the assignments, and one for each role.
  - What the role assignment policy of a mailbox gives is not counted, since it reaches no further than that mailbox.
    RV(own_mailbox_roles) names these roles.
options:
  account:
    description:
      - Address, user principal name or GUID of a user, or id of an application that Exchange knows.
      - Without it, the caller asks about itself. That needs no role, and directory roles count as well. Exchange then
        tells names of cmdlets only, so parameters and origins are null.
    type: str
  cmdlets:
    description:
      - Names of cmdlets, or dictionaries with C(cmdlet) and the C(parameters) without which it counts as not granted.
      - Left out, the thirteen cmdlets that the Intune connector needs.
    type: list
    elements: raw
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - With O(account), needs the Exchange role View-Only Configuration, or Role Management. Without it, needs no role.
  - What changed within the last minutes may show here and yet not count, until it has spread and a new token is used.
seealso:
  - module: intune.exchange.requirements_info
  - module: intune.exchange.role_group
"""

EXAMPLES = r"""
- name: Prove that the account can do what the connector needs, and nothing else
  intune.exchange.cmdlet_access_info:
    account: svc-intune-connector@contoso.com
  register: access
  failed_when: not access.granted or access.excess | length > 0

- name: May the account list the devices of a mailbox?
  intune.exchange.cmdlet_access_info:
    account: svc-intune-connector@contoso.com
    cmdlets:
      - cmdlet: Get-MobileDevice
        parameters: [Mailbox]

- name: What may whoever runs this play do?
  intune.exchange.cmdlet_access_info:
"""

RETURN = r"""
granted:
  description: Whether every asked cmdlet is granted.
  returned: success
  type: bool
  sample: true
cmdlets:
  description: The asked cmdlets.
  returned: success
  type: list
  elements: dict
  contains:
    cmdlet:
      description: The name of the cmdlet.
      type: str
      returned: always
    granted:
      description: Whether it may be run with the parameters that are needed, for the whole organization. What a role
        assignment with a scope gives does not count.
      type: bool
      returned: always
    parameters:
      description: The parameters that may be used. Null without O(account).
      type: list
      elements: str
      returned: always
    missing_parameters:
      description: The parameters that are needed but not granted. Null without O(account).
      type: list
      elements: str
      returned: always
    granted_by:
      description: The roles that give it, each with who holds the role, the name of the assignment, and its C(scope)
        (null for the whole organization). Null without O(account).
      type: list
      elements: dict
      returned: always
  sample:
    - cmdlet: Get-MobileDevice
      granted: true
      missing_parameters: []
      parameters:
        - ActiveSync
        - Filter
        - Identity
        - Mailbox
        - OWAforDevices
        - OrganizationalUnit
        - RestApi
        - ResultSize
        - SortBy
        - UniversalOutlook
      granted_by:
        - assignee: Intune Connector
          assignee_type: RoleGroup
          assignment: Intune Connector Devices-Intune Connector
          role: Intune Connector Devices
          scope: null
excess:
  description: Every other cmdlet that may be run, with the roles that give it (null without O(account)).
  returned: success
  type: list
  elements: dict
  sample:
    - cmdlet: Get-ActiveSyncDeviceAccessRule
      roles:
        - Intune Connector Access
own_mailbox_roles:
  description: Roles that the role assignment policy of the mailbox gives, which are not counted. Null without
    O(account).
  returned: success
  type: list
  elements: str
  sample: []
shortfalls:
  description: A sentence for each cmdlet that is not granted or is in RV(excess), with its next step.
  returned: success
  type: list
  elements: str
  sample: []
error:
  description: What went wrong, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._rbac.cmdlet_access import access_info

DECLARATION = Declaration(
    "read the Exchange rights of the account",
    lambda tenant, params, check_mode: access_info(tenant, params),
    {"account": {"type": "str"}, "cmdlets": {"type": "list", "elements": "raw"}},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
