# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role groups of Exchange Online, as facts."""

from __future__ import annotations

DOCUMENTATION = r"""
module: role_group_info
short_description: Read role groups of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads role groups. The options are filters that Exchange applies.
options:
  name:
    description:
      - Read this group only, with its members. If it does not exist, the list is empty.
    type: str
  filter:
    description:
      - An OPATH filter, such as C(Name -like 'Intune*').
    type: str
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the Exchange role View-Only Configuration, or Role Management.
seealso:
  - module: intune.exchange.role_group
"""

EXAMPLES = r"""
- name: Read the members of a group
  intune.exchange.role_group_info:
    name: Intune Connector

- name: Read the custom role groups
  intune.exchange.role_group_info:
    filter: Name -like 'Intune*'
"""

RETURN = r"""
role_groups:
  description: The role groups with the property names of Exchange.
  returned: success
  type: list
  elements: dict
  contains:
    built_in:
      description: Whether the group belongs to Exchange Online and not to the organization.
      type: bool
      returned: always
    roles:
      description: The management roles of the group. With O(name), a role that is limited by a scope is shown as
        C(ROLE (SCOPE)).
      type: list
      elements: str
      returned: always
    members:
      description: The members of the group.
      type: list
      elements: dict
      returned: when O(name) is set
  sample:
    - built_in: false
      description: Runs the Intune connector
      display_name: Intune Exchange Connector
      guid: 81f433ce-3a21-435c-a668-2dc1247bff20
      identity: Intune Exchange Connector
      managed_by:
        - Organization Management
      members:
        - alias: svc-intune-connector
          display_name: Intune Exchange connector
          distinguished_name: CN=svc-intune-connector,OU=contoso.com,OU=Microsoft Exchange Hosted Organizations
          exchange_object_id: 85490cf1-a448-572d-a09f-58f91c9c329c
          external_directory_object_id: 24218e5f-3ccb-503e-b520-12a9e5156650
          guid: 85490cf1-a448-572d-a09f-58f91c9c329c
          id: svc-intune-connector
          identity: svc-intune-connector
          name: svc-intune-connector
          primary_smtp_address: svc-intune-connector@contoso.com
          recipient_type: UserMailbox
          recipient_type_details: UserMailbox
          sam_account_name: svc-intune-connector
          windows_live_id: svc-intune-connector@contoso.com
      name: Intune Exchange Connector
      role_group_type: Standard
      roles:
        - Intune Connector Access
        - Intune Connector Devices
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._rbac.role_groups import role_groups_info

DECLARATION = Declaration(
    "read the role groups",
    lambda tenant, params, check_mode: role_groups_info(tenant, params),
    {"name": {"type": "str"}, "filter": {"type": "str"}},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
