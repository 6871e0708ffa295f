# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cmdlets somebody may run, and through which roles."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cmdlet_access_info
short_description: Verify which Exchange cmdlets an account may run
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reports for each requested cmdlet whether the account may run it, with which parameters, and through which role,
    role group and assignment. Also reports the cmdlets in excess of these.
  - It sends one request for the assignments, and one for each role.
  - Rights from the role assignment policy of a mailbox do not count, because they apply only to that mailbox.
    RV(own_mailbox_roles) lists these roles.
options:
  account:
    description:
      - Address, user principal name or GUID of a user, or id of an application that is registered in Exchange.
      - By default, the module reports on the caller. This needs no role, and includes directory roles. Exchange then
        returns only the names of cmdlets, so parameters and origins are null.
    type: str
  cmdlets:
    description:
      - Names of cmdlets, or dictionaries with C(cmdlet) and the C(parameters) that it must also allow.
      - By default, the thirteen cmdlets that the Intune connector needs. V(null) for O(cmdlets) or for C(parameters) is
        an error.
    type: list
    elements: raw
  new_token:
    description:
      - Sign in anew, although an earlier task of this run has a token that is still valid. Only a token that is issued
        after a right was granted has it.
      - A ready token and the sign-in of a person are used as they are.
    type: bool
    default: false
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - With O(account), needs the Exchange role View-Only Configuration, or Role Management. Without it, needs no role.
  - A change within the last minutes may show here before it takes effect, which requires replication and a new token.
seealso:
  - module: intune.exchange.requirements_info
  - module: intune.exchange.role_group
"""

EXAMPLES = r"""
- name: Verify that the account may run what the connector needs, and nothing else
  intune.exchange.cmdlet_access_info:
    account: svc-intune-connector@contoso.com
  register: access
  failed_when: not access.granted or access.excess | length > 0

- name: Check whether the account may list the devices of a mailbox
  intune.exchange.cmdlet_access_info:
    account: svc-intune-connector@contoso.com
    cmdlets:
      - cmdlet: Get-MobileDevice
        parameters: [Mailbox]

- name: Report what the caller may do
  intune.exchange.cmdlet_access_info:
"""

RETURN = r"""
granted:
  description: Whether every requested cmdlet is granted.
  returned: success
  type: bool
  sample: true
cmdlets:
  description: The requested cmdlets.
  returned: success
  type: list
  elements: dict
  contains:
    cmdlet:
      description: The name of the cmdlet.
      type: str
      returned: always
    granted:
      description: Whether the account may run it with the required parameters, for the whole organization.
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
      description: The roles that grant it, each with its assignee, the name of the assignment, and its C(scope)
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
  description: Every other cmdlet that the account may run, with the roles that grant it (null without O(account)).
  returned: success
  type: list
  elements: dict
  sample:
    - cmdlet: Get-ActiveSyncDeviceAccessRule
      roles:
        - Intune Connector Access
own_mailbox_roles:
  description: Roles from the role assignment policy of the mailbox, which do not count. Null without
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
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "2 cmdlets"
error:
  description: The error, as M(intune.exchange.connector) describes it.
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
    {
        "account": {"type": "str"},
        "cmdlets": {"type": "list", "elements": "raw"},
        "new_token": {"type": "bool", "default": False},
    },
    summary={"cmdlets": "granted"},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
