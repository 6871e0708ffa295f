# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One read of each kind: what works on this tenant, and what is missing."""

from __future__ import annotations

DOCUMENTATION = r"""
module: access_check_info
short_description: Check what a sign-in can read, and report what is missing
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Signs in to Microsoft Graph and to Exchange Online, and makes one small read of each kind that this collection
    makes. It writes nothing, and takes less than a minute.
  - For each read it reports whether it works. If not, it names the missing permission, role or licence, who can grant
    it, and the PowerShell command that grants it.
  - Run it first on a real tenant. The playbook C(intune.exchange.check_access) does that and prints a table.
options:
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
  - Works with any permissions, and reports what is missing. Everything works with the Microsoft Graph application
    permissions C(DeviceManagementServiceConfig.Read.All), C(Organization.Read.All) and C(Policy.Read.All), with
    C(Exchange.ManageAsApp) of Office 365 Exchange Online, and with the Exchange roles View-Only Configuration and
    View-Only Recipients, which the directory role C(Global Reader) includes.
  - The task fails only if it could sign in to neither service.
seealso:
  - module: intune.exchange.requirements_info
  - module: intune.exchange.cmdlet_access_info
"""

EXAMPLES = r"""
- name: Check what this sign-in can read
  intune.exchange.access_check_info:
  register: access

- name: Show what is missing, and the command that grants it
  ansible.builtin.debug:
    msg: "{{ access.checks | selectattr('status', 'equalto', 'missing') }}"
"""

RETURN = r"""
tenant_id:
  description: The id of the tenant from the tokens. Empty if they do not contain it.
  returned: success
  type: str
  sample: 00000000-0000-0000-0000-000000000000
checks:
  description: The reads, in this order.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description:
        - C(organization), C(intune_connectors), C(mdm_authority), C(conditional_access), C(exchange_objects),
          C(exchange_no_objects), C(exchange_pages).
      type: str
      returned: always
    title:
      description: What is read, in words.
      type: str
      returned: always
    status:
      description:
        - V(works); V(missing) if a permission, a role or a licence is missing; V(not_offered) if the tenant does not
          offer it; V(unknown) if something else failed.
      type: str
      returned: always
    evidence:
      description: The evidence, with the message of the service if it refused.
      type: str
      returned: always
    needs:
      description: The permission of Microsoft Graph, or the role of Exchange Online, that this read needs.
      type: str
      returned: always
    next_step:
      description: What to do, and who can do it. Empty if it works.
      type: str
      returned: always
    command:
      description:
        - The command of Microsoft Graph PowerShell that grants what is missing, with the ids of the caller. Empty if
          there is none, as for a license.
      type: str
      returned: always
  sample:
    - id: exchange_objects
      title: "Exchange Online: a mobile device"
      status: works
      evidence: one device was read
      needs: Exchange.ManageAsApp and View-Only Recipients
      next_step: ""
      command: ""
ok:
  description: Whether each read works or is not offered.
  returned: success
  type: bool
  sample: true
microsoft_graph:
  description: The permissions in the token for Microsoft Graph.
  returned: success
  type: list
  elements: str
  sample: [Organization.Read.All]
office_365_exchange_online:
  description: The permissions in the token for Exchange Online.
  returned: success
  type: list
  elements: str
  sample: [Exchange.ManageAsApp]
directory_roles:
  description: The directory roles in the tokens, as far as this collection knows them.
  returned: success
  type: list
  elements: str
  sample: [Global Reader]
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "2 checks"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: sign_in}
"""

from ..module_utils._connector.access_check import access_check
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration

DECLARATION = Declaration(
    "check the access",
    access_check,
    {"new_token": {"type": "bool", "default": False}},
    summary={"checks": "status"},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
