# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization's settings for mobile access."""

from __future__ import annotations

DOCUMENTATION = r"""
module: activesync_organization_settings
short_description: Manage the organization's settings for mobile access to Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Manages the default access level of devices, and the messages to users and administrators.
  - Each tenant has exactly one such object, so there is no state. Options that are not set stay unchanged.
  - A stricter default also locks out devices that are in use. It is only set if nobody is affected, or with
    O(accept_impact=true).
options:
  default_access_level:
    description:
      - The access level of devices without a mailbox setting or a matching rule.
    type: str
    choices: [Allow, Block, Quarantine]
  accept_impact:
    description:
      - Must be V(true) for a stricter O(default_access_level) if it locks devices out. Without it the task fails, in
        check mode too, and C(error.impact) lists them.
    type: bool
    default: false
  admin_mail_recipients:
    description:
      - Addresses that receive notifications about quarantined devices.
    type: dict
    suboptions:
      add:
        description: Addresses that the list must contain.
        type: list
        elements: str
      remove:
        description: Addresses that the list must not contain.
        type: list
        elements: str
      set:
        description: The complete list. An empty list clears it.
        type: list
        elements: str
  user_mail_insert:
    description:
      - Text in the mail to users whose device is quarantined, at most 256 characters. Empty for none.
    type: str
  ota_notification_mail_insert:
    description:
      - Text in the mail to users whose device needs an update, at most 256 characters. Empty for none.
    type: str
  allow_rms_support_for_unenlightened_apps:
    description:
      - Whether apps that do not support rights management receive protected mail.
    type: bool
  enable_mobile_mailbox_policy_when_ca_inplace:
    description:
      - Passed on unchanged. Microsoft documents only the name.
    type: bool
extends_documentation_fragment:
  - intune.exchange.after_rules
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Reading needs the Exchange role C(View-Only Configuration), changing needs C(Organization Client Access).
    RV(impact) is read only when the default changes, and needs C(View-Only Recipients) as well.
  - To see the impact first, run in check mode with O(accept_impact=true).
  - C(DeviceFiltering), C(IsIntuneManaged) and C(HasAzurePremiumSubscription) are returned, but cannot be set.
seealso:
  - module: intune.exchange.activesync_device_access_rule
  - module: intune.exchange.cas_mailbox_mobile_access
  - name: Set-ActiveSyncOrganizationSettings
    description: The cmdlet behind this module.
    link: https://learn.microsoft.com/powershell/module/exchange/set-activesyncorganizationsettings
"""

EXAMPLES = r"""
- name: Preview whom a switch to quarantine would affect
  intune.exchange.activesync_organization_settings:
    default_access_level: Quarantine
    accept_impact: true
  check_mode: true
  register: preview

- name: Quarantine unknown devices, and notify the help desk
  intune.exchange.activesync_organization_settings:
    default_access_level: Quarantine
    accept_impact: true
    admin_mail_recipients:
      add: [helpdesk@contoso.com]
    user_mail_insert: Your device waits for approval. Call 1234.
"""

RETURN = r"""
activesync_organization_settings:
  description: The settings with the property names of Exchange.
  returned: success
  type: dict
  sample:
    admin_mail_recipients: [helpdesk@contoso.com]
    default_access_level: Quarantine
    is_intune_managed: false
    name: Mobile Mailbox Settings
    user_mail_insert: Your device waits for approval. Call 1234.
impact:
  description:
    - The devices whose access changes with the default. Empty when the default does not change.
    - Calculated from the devices, mailboxes and rules, in the order in which Exchange evaluates them.
  returned: success
  type: list
  elements: dict
  sample:
    - after: Quarantined
      before: Allowed
      client_type: EAS
      device_id: 2B9D1A6C52E84C4F8C9A51F0D3B7E611
      device_model: iPhone14C2
      device_os: iOS 18.6
      device_type: iPhone
      guid: 6b2f8f2e-2f0c-5a8e-8d31-6c1a5f0d1a22
      mailbox: adele.vance
      reason: default
differed:
  description:
    - Whether the settings were not as described before the task.
    - The same as C(changed), for a preview whose C(changed_when) is V(false).
  returned: success
  type: bool
  sample: true
undo:
  description: How to undo what was changed; empty if nothing was.
  returned: success
  type: str
  sample: Run the task again with the values of diff.before
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import resource_module
from ..module_utils._engine.undo import of_change
from ..module_utils._mobile_access.access_rules import ACCEPT_IMPACT, AFTER_RULES
from ..module_utils._mobile_access.organization_settings import SETTINGS, ensure_organization_settings

DECLARATION = resource_module(
    SETTINGS,
    "configure the organization settings for mobile access",
    run=ensure_organization_settings,
    accept_impact=ACCEPT_IMPACT,
    after_rules=AFTER_RULES,
    undo=of_change,
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
