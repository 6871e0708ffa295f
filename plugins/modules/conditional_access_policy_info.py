# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Conditional Access policies, as facts."""

from __future__ import annotations

DOCUMENTATION = r"""
module: conditional_access_policy_info
short_description: Read the Conditional Access policies of Microsoft Entra
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads the policies from Microsoft Graph v1.0.
options:
  display_name:
    description:
      - Only the policies of this name, compared case-insensitively. Several can have it.
    type: str
  id:
    description:
      - Only the policy with this id. O(display_name) is then ignored.
    type: str
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the application permission C(Policy.Read.All).
seealso:
  - module: intune.exchange.conditional_access_policy
"""

EXAMPLES = r"""
- name: Read the policies
  intune.exchange.conditional_access_policy_info:
  register: found

- name: List the enforced policies
  ansible.builtin.debug:
    msg: "{{ enforced | map(attribute='display_name') }}"
  vars:
    enforced: "{{ found.conditional_access_policies | selectattr('state', 'eq', 'enabled') }}"
"""

RETURN = r"""
conditional_access_policies:
  description: The policies with the property names of Microsoft Graph in snake_case.
  returned: success
  type: list
  elements: dict
  sample:
    - conditions:
        applications:
          include_applications: [All]
        client_app_types: [exchangeActiveSync, other]
        users:
          include_users: [All]
      display_name: Block legacy clients
      grant_controls:
        built_in_controls: [block]
        operator: OR
      id: 7359d0e0-d8a9-4afa-8a93-e23e099d7be8
      state: enabled
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "2 conditional access policies"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._conditional_access.policies import policies_info
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration

DECLARATION = Declaration(
    "read the Conditional Access policies",
    lambda tenant, params, check_mode: policies_info(tenant, params),
    {"display_name": {"type": "str"}, "id": {"type": "str"}},
    summary={"conditional_access_policies": "state"},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
