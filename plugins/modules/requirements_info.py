# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requirements of the connector, checked."""

from __future__ import annotations

DOCUMENTATION = r"""
module: requirements_info
short_description: Check what the Intune connector for Exchange Online requires
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads the tenant once and evaluates ten requirements, each with evidence and the next step.
  - A requirement whose facts could not be read is V(unknown) with the reason, never met and never unmet.
  - Microsoft announced the removal of the service-to-service connector in 2019. The requirement C(connector_offered)
    reports whether this tenant still offers it.
options:
  account:
    description:
      - Primary SMTP address of the account that the connector is, or will be, bound to.
      - Without it the three requirements about the account are V(unknown).
    type: str
  directory_sync:
    description:
      - Whether directory synchronization must be set up.
      - V(auto) requires it unless the tenant never had any and so is cloud-only.
      - V(optional) never requires it.
    type: str
    choices: [auto, required, optional]
    default: auto
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the application permissions C(DeviceManagementServiceConfig.Read.All), C(Organization.Read.All),
    C(User.Read.All), C(RoleManagement.Read.Directory) and C(Exchange.ManageAsApp), and an Exchange role with read
    permissions, such as the directory role C(Global Reader).
  - The requirement C(api_permissions) also requires C(DeviceManagementServiceConfig.ReadWrite.All), which configuration
    needs, but not in check mode, where read permission is enough.
seealso:
  - module: intune.exchange.connector
"""

EXAMPLES = r"""
- name: Check the requirements
  intune.exchange.requirements_info:
    account: svc-intune-connector@contoso.com
  register: checked

- name: Stop unless all are met
  ansible.builtin.assert:
    that: checked.ready

- name: Check a tenant that needs no directory synchronization
  intune.exchange.requirements_info:
    account: svc-intune-connector@contoso.com
    directory_sync: optional
"""

RETURN = r"""
requirements:
  description:
    - The requirements in the order C(connector_offered), C(exchange_online), C(exchange_version),
      C(intune_subscription), C(mdm_authority), C(directory_sync), C(connector_account), C(intune_console_access),
      C(exchange_cmdlets), C(api_permissions).
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The name of the requirement.
      type: str
      returned: always
    title:
      description: The requirement in words.
      type: str
      returned: always
    status:
      description: V(met), V(unmet), V(not_applicable) or V(unknown).
      type: str
      returned: always
    evidence:
      description: The evidence.
      type: str
      returned: always
    next_step:
      description: What to do; empty if nothing is to be done.
      type: str
      returned: always
    source:
      description: Where the requirement comes from.
      type: str
      returned: always
  sample:
    - evidence: the authority is intune
      id: mdm_authority
      next_step: ""
      source: Configure the Intune service-to-service connector for Exchange Online (Microsoft, 2016)
      status: met
      title: The mobile device management authority is Intune
ready:
  description: Whether every requirement is met or not applicable.
  returned: success
  type: bool
  sample: true
shortfalls:
  description:
    - A sentence for each requirement that is V(unmet) or V(unknown), with its next step.
    - Only that of C(connector_offered) if the tenant does not offer the connector, since nothing else matters then.
  returned: success
  type: list
  elements: str
  sample: []
organization_name:
  description: The display name of the organization, or null if it could not be read.
  returned: success
  type: str
  sample: Contoso
connectors:
  description: The connectors, as M(intune.exchange.connector_info) returns them.
  returned: when they could be read
  type: list
  elements: dict
  sample: []
connector:
  description: The only service-to-service connector, as M(intune.exchange.connector_info) returns it, or null.
  returned: when the connectors could be read
  type: dict
  sample:
    exchange_connector_type: serviceToService
    last_sync_age_seconds: 1200
    primary_smtp_address: svc-intune-connector@contoso.com
    status: connected
offered:
  description: Whether the tenant's Intune has Exchange connectors at all.
  returned: when the connectors could be read
  type: bool
  sample: true
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "10 requirements: 9 met, 1 unmet"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._connector.requirements import OPTIONS, SUMMARY, requirements
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration

DECLARATION = Declaration("check the requirements", requirements, OPTIONS, summary=SUMMARY)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
