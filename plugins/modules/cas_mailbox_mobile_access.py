# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile access to one mailbox."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cas_mailbox_mobile_access
short_description: Manage mobile access to a mailbox of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Manages the protocol settings for mobile clients, the mailbox policy, and the devices that one mailbox allows or
    blocks.
  - The settings of a mailbox for a device take precedence over all device access rules and the default of the
    organization.
  - Options that are not set stay unchanged.
options:
  mailbox:
    description:
      - The mailbox, by its primary address, user principal name, GUID or any other identity that Exchange accepts. It
        must be exactly one mailbox. An id or address takes precedence over a name.
    type: str
    required: true
  active_sync_enabled:
    description:
      - Whether Exchange ActiveSync clients may connect.
    type: bool
  outlook_mobile_enabled:
    description:
      - Whether Outlook for iOS and Android may connect.
    type: bool
  policy:
    description:
      - The name of the mobile device mailbox policy. Empty for the current default policy.
      - The name of the current default policy pins the mailbox to it.
    type: str
  allowed_device_ids:
    description:
      - Allowed devices, by device id. A device that is added here is removed from O(blocked_device_ids) in the same
        call.
    type: dict
    suboptions:
      add:
        description: Device ids that the list must contain.
        type: list
        elements: str
      remove:
        description: Device ids that the list must not contain.
        type: list
        elements: str
      set:
        description: The complete list. An empty list clears it.
        type: list
        elements: str
  blocked_device_ids:
    description:
      - Blocked devices, by device id. A device that is added here is removed from O(allowed_device_ids) in the same
        call.
    type: dict
    suboptions:
      add:
        description: Device ids that the list must contain.
        type: list
        elements: str
      remove:
        description: Device ids that the list must not contain.
        type: list
        elements: str
      set:
        description: The complete list. An empty list clears it.
        type: list
        elements: str
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Needs the Exchange role C(View-Only Recipients) to read, C(Organization Client Access) for the device ids, and
    C(Mail Recipients) for the protocols and the policy. Only what changes is sent.
  - The device ids of Outlook for iOS and Android can change without notice. Allow Outlook with a rule instead, see
    M(intune.exchange.activesync_device_access_rule).
seealso:
  - module: intune.exchange.mobile_device
  - module: intune.exchange.mobile_device_mailbox_policy
  - name: Set-CASMailbox
    description: The cmdlet behind this module.
    link: https://learn.microsoft.com/powershell/module/exchange/set-casmailbox
"""

EXAMPLES = r"""
- name: Block an allowed device, and assign a policy to the mailbox
  intune.exchange.cas_mailbox_mobile_access:
    mailbox: adele.vance@contoso.com
    policy: Phones
    blocked_device_ids:
      add: [2B9D1A6C52E84C4F8C9A51F0D3B7E611]

- name: Return to the default policy
  intune.exchange.cas_mailbox_mobile_access:
    mailbox: adele.vance@contoso.com
    policy: ""

- name: Switch Exchange ActiveSync and Outlook mobile off
  intune.exchange.cas_mailbox_mobile_access:
    mailbox: adele.vance@contoso.com
    active_sync_enabled: false
    outlook_mobile_enabled: false
"""

RETURN = r"""
cas_mailbox:
  description: The mailbox. Its policy is null if it uses the default policy.
  returned: success
  type: dict
  sample:
    active_sync_enabled: true
    allowed_device_ids: []
    blocked_device_ids: [2B9D1A6C52E84C4F8C9A51F0D3B7E611]
    display_name: Adele Vance
    guid: 0a8c2f0d-7d9a-5c53-8f43-9d1f8a3cbf10
    has_active_sync_device_partnership: true
    identity: adele.vance
    outlook_mobile_enabled: true
    policy: Phones
    primary_smtp_address: adele.vance@contoso.com
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
from ..module_utils._engine.run import Declaration
from ..module_utils._engine.undo import of_change
from ..module_utils._mobile_access.cas_mailbox import CLEARS, OPTIONS, ensure_mailbox_access

DECLARATION = Declaration(
    "update mobile access of the mailbox", ensure_mailbox_access, OPTIONS, clears=CLEARS, undo=of_change
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
