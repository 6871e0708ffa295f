# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Device access rules: which devices Exchange allows, blocks or quarantines."""

from __future__ import annotations

DOCUMENTATION = r"""
module: activesync_device_access_rule
short_description: Manage a device access rule of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Creates, changes or removes a rule that allows, blocks or quarantines mobile devices by one of their properties.
  - A rule is identified by O(characteristic) and O(query_string). Exchange generates its name.
  - In check mode and in a real run, RV(impact) lists the devices that the change allows or locks out.
  - A change that locks out devices in use is only made with O(accept_impact=true). The removal of a rule that allows
    devices is such a change as well.
options:
  characteristic:
    description:
      - The property of the device that the rule checks.
      - No property of a device shows a header of V(XMSWLHeader), so RV(impact) cannot determine whom such a rule
        affects.
    type: str
    choices: [DeviceModel, DeviceType, DeviceOS, UserAgent, XMSWLHeader]
    required: true
  query_string:
    description:
      - The value of the property, which Exchange compares as a whole. There are no wildcards, so one with a C(*) is
        refused.
      - Compared case-insensitively with the existing rules.
    type: str
    required: true
  access_level:
    description:
      - What happens to devices with this value. Required when O(state=present).
    type: str
    choices: [Allow, Block, Quarantine]
  state:
    description:
      - V(present) creates the rule, or gives the existing one this O(access_level). V(absent) removes it, whatever its
        level.
    type: str
    choices: [present, absent]
    default: present
  accept_impact:
    description:
      - Must be V(true) for a change that locks devices out. Without it the task fails, in check mode too, and
        C(error.impact) lists them.
    type: bool
    default: false
extends_documentation_fragment:
  - intune.exchange.after_rules
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Reading needs the Exchange role C(View-Only Configuration), changing needs C(Organization Client Access).
    RV(impact) is read only when something changes, and needs C(View-Only Recipients) as well.
  - To see the impact first, run in check mode with O(accept_impact=true).
  - If several rules match a device, blocking takes precedence over quarantine, and quarantine over allowing. The
    protocol settings and device lists of a mailbox take precedence over all rules, see
    M(intune.exchange.cas_mailbox_mobile_access).
  - If Conditional Access requires a compliant device or an app protection policy, Exchange does not evaluate these
    rules about Outlook mobile.
seealso:
  - module: intune.exchange.activesync_device_access_rule_info
  - module: intune.exchange.activesync_organization_settings
  - name: New-ActiveSyncDeviceAccessRule
    description: The cmdlet behind this module.
    link: https://learn.microsoft.com/powershell/module/exchange/new-activesyncdeviceaccessrule
"""

EXAMPLES = r"""
- name: Allow Outlook for iOS and Android, regardless of the default
  intune.exchange.activesync_device_access_rule:
    characteristic: DeviceModel
    query_string: Outlook for iOS and Android
    access_level: Allow

- name: Preview which devices would be locked out
  intune.exchange.activesync_device_access_rule:
    characteristic: DeviceType
    query_string: iPhone
    access_level: Block
    accept_impact: true
  check_mode: true
  register: preview

- name: Remove a rule
  intune.exchange.activesync_device_access_rule:
    characteristic: DeviceModel
    query_string: Outlook for iOS and Android
    state: absent
"""

RETURN = r"""
access_rule:
  description: The rule with the property names of Exchange. Empty when there is none.
  returned: success
  type: dict
  sample:
    access_level: Block
    characteristic: DeviceType
    guid: 2f0c4f9e-9a1b-4f0e-8a9b-0f3f0a7d2c11
    identity: iPhone (DeviceType)
    name: iPhone (DeviceType)
    query_string: iPhone
impact:
  description:
    - The devices whose access changes with the rule. Empty when nothing changes.
    - Calculated from the devices, mailboxes and rules, in the order in which Exchange evaluates them.
  returned: success
  type: list
  elements: dict
  sample:
    - after: Blocked
      before: Allowed
      client_type: EAS
      device_id: 2B9D1A6C52E84C4F8C9A51F0D3B7E611
      device_model: iPhone14C2
      device_os: iOS 18.6
      device_type: iPhone
      guid: 6b2f8f2e-2f0c-5a8e-8d31-6c1a5f0d1a22
      mailbox: adele.vance
      reason: device_rule
differed:
  description:
    - Whether the rule was not as described before the task.
    - The same as C(changed), for a preview whose C(changed_when) is V(false).
  returned: success
  type: bool
  sample: true
undo:
  description: How to undo what was changed, removed or erased, or that it cannot be undone; empty if nothing was.
  returned: success
  type: str
  sample: Run the task again with state=present and the values of diff.before; the new object has another id
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import resource_module
from ..module_utils._mobile_access.access_rules import (
    ACCEPT_IMPACT,
    AFTER_RULES,
    REQUIRED_IF,
    RULE,
    STATE,
    ensure_access_rule,
)

DECLARATION = resource_module(
    RULE,
    "configure the device access rule",
    run=ensure_access_rule,
    state=STATE,
    required_if=REQUIRED_IF,
    accept_impact=ACCEPT_IMPACT,
    after_rules=AFTER_RULES,
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
