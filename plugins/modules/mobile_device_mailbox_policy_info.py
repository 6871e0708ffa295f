# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mobile device mailbox policies, as facts."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobile_device_mailbox_policy_info
short_description: Read the mobile device mailbox policies in Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads the policies, in the form in which M(intune.exchange.mobile_device_mailbox_policy) takes their settings.
options:
  name:
    description:
      - Only the policy of this name, compared case-insensitively.
    type: str
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the Exchange role C(View-Only Recipients) or C(Recipient Policies).
seealso:
  - module: intune.exchange.mobile_device_mailbox_policy
"""

EXAMPLES = r"""
- name: Read the policies
  intune.exchange.mobile_device_mailbox_policy_info:
  register: found

- name: Report the default policy
  ansible.builtin.debug:
    msg: "{{ (found.mobile_device_mailbox_policies | selectattr('is_default') | first).name }}"
"""

RETURN = r"""
mobile_device_mailbox_policies:
  description:
    - The policies with the property names of Exchange in snake_case, durations as C([d.]hh:mm:ss) and sizes in bytes.
  returned: success
  type: list
  elements: dict
  sample:
    - guid: 1cf2a1c4-0c3a-4d3e-9a38-2b7f1d0f7c55
      is_default: true
      max_attachment_size: Unlimited
      max_inactivity_time_lock: Unlimited
      min_password_length: null
      name: Default
      password_enabled: false
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "2 mobile device mailbox policies"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._mobile_access.mailbox_policies import mailbox_policies_info

DECLARATION = Declaration(
    "read the mailbox policies",
    lambda tenant, params, check_mode: mailbox_policies_info(tenant, params),
    {"name": {"type": "str"}},
    summary={"mobile_device_mailbox_policies": "name"},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
