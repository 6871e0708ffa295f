# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile devices: allowed, blocked, removed or wiped."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobile_device
short_description: Allow, block, remove or wipe mobile devices of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Changes one mobile device, or with O(match=all) all devices that match the filters.
  - The module determines the whole change and its size before it sends anything. In check mode, RV(devices) and
    RV(affected) are the preview, and the task fails if a real run would fail.
  - A wipe is account-only unless a full wipe is requested and confirmed.
options:
  match:
    description:
      - V(one) fails unless exactly one device matches the filters, and lists the candidates. V(all) selects all of
        them.
      - With O(access) and O(access_state), the task itself takes the device out of its filter. It succeeds if nothing
        is left to do, which is if no device is in that state and one matches all other filters.
    type: str
    choices: [one, all]
    default: one
  max_affected:
    description:
      - The maximum number of affected devices. With more, the task fails, names them, and sends nothing.
      - Required for O(wipe), also V(cancel), and O(state=absent) with O(match=all). Only devices that would change
        count.
    type: int
  access:
    description:
      - Allows or blocks the device in its mailbox, regardless of rules and defaults. V(default) removes its id from
        both lists. An id moves between the lists in one call.
    type: str
    choices: [allowed, blocked, default]
  wipe:
    description:
      - V(account_only) erases the mail account and its data from the device, and nothing else. A device that uses a
        version of Exchange ActiveSync below 16.1 cannot do that, so the task fails.
      - V(full) erases everything on the device, and needs O(confirm_full_wipe). Outlook for iOS and Android always
        erases only the account.
      - V(cancel) cancels the requests of either kind that were not acknowledged.
      - The newest request counts, and the newest acknowledgement of its kind. A device with a pending or completed wipe
        gets no new request. A full wipe that is pending or done also counts as an account-only wipe.
      - An acknowledgement from before the first synchronization of the partnership does not count, since the account
        was set up again afterwards.
    type: str
    choices: [account_only, full, cancel]
  confirm_full_wipe:
    description:
      - Must be the same as O(device_id) and the id of the matching device to request a full wipe.
    type: str
  wait:
    description:
      - Wait until each device has acknowledged the wipe. If it times out, the task does not fail, since a device that
        is switched off never responds, but RV(acknowledged) is V(false).
    type: bool
    default: false
  wait_timeout:
    description:
      - The maximum number of seconds to wait, in addition to O(timeout).
    type: int
    default: 900
  state:
    description:
      - V(absent) removes the partnership between mailbox and device. Nothing is erased on the device, and it can
        connect again. Use this for devices that are no longer in use.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.device_filters
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Needs the Exchange role C(View-Only Recipients) to find devices, C(Organization Client Access) for O(access), and
    C(Mail Recipients) or C(User Options) for O(wipe) and O(state=absent).
  - The device ids of Outlook for iOS and Android can change without notice.
  - A task does exactly one of O(access), O(wipe) and O(state=absent).
  - O(access) reads the mailbox of each device, and changes it only if it is verified to be the mailbox of the device.
    If several mailboxes have the name that Exchange returns, the module changes none of them. Set O(mailbox) in this
    case.
  - With a filter by age, the task fails if the clocks of Exchange and of the control node differ by more than a day.
  - With O(access) and O(wipe), a value of O(guids) that no device has is an error.
seealso:
  - module: intune.exchange.mobile_device_info
  - module: intune.exchange.cas_mailbox_mobile_access
  - name: Clear-MobileDevice
    description: The cmdlet behind O(wipe).
    link: https://learn.microsoft.com/powershell/module/exchange/clear-mobiledevice
"""

EXAMPLES = r"""
- name: Preview which quarantined iPhones would be approved
  intune.exchange.mobile_device:
    access_state: Quarantined
    device_type: iPhone
    match: all
    access: allowed
  check_mode: true
  register: preview

- name: Approve the quarantined devices that Intune reports as compliant
  intune.exchange.mobile_device:
    access_state: Quarantined
    compliant: true
    match: all
    max_affected: 50
    access: allowed

- name: Erase the mail account of a leaver, and nothing else
  intune.exchange.mobile_device:
    mailbox: adele.vance@contoso.com
    match: all
    max_affected: 10
    wipe: account_only
    wait: true

- name: Erase everything on a stolen device
  intune.exchange.mobile_device:
    device_id: 2B9D1A6C52E84C4F8C9A51F0D3B7E611
    wipe: full
    confirm_full_wipe: 2B9D1A6C52E84C4F8C9A51F0D3B7E611

- name: Remove the devices that have not synchronized for a year
  intune.exchange.mobile_device:
    min_days_since_last_sync: 365
    match: all
    max_affected: 20
    state: absent
"""

RETURN = r"""
devices:
  description:
    - The devices that match the filters, as M(intune.exchange.mobile_device_info) returns them. With O(wipe), C(wipe)
      of each device is the state of each kind of wipe after the task; in check mode, the predicted state.
  returned: success
  type: list
  elements: dict
  sample:
    - below_minimum_eas_version: false
      client_type: EAS
      client_version: "16.1"
      days_since_first_sync: 400
      days_since_last_sync: null
      device_access_state: Quarantined
      device_access_state_reason: Global
      device_id: 2B9D1A6C52E84C4F8C9A51F0D3B7E611
      device_model: iPhone14C2
      device_os: iOS 18.6
      device_type: iPhone
      guid: 6b2f8f2e-2f0c-5a8e-8d31-6c1a5f0d1a22
      identity: adele.vance\ExchangeActiveSyncDevices\EAS§iPhone§2B9D1A6C52E84C4F8C9A51F0D3B7E611
      mailbox: adele.vance
affected:
  description:
    - The devices that were changed, or would be. In a failure of the kind C(too_many), C(error) has them.
  returned: success
  type: list
  elements: dict
  contains:
    guid:
      description: The GUID of the device in this mailbox.
      type: str
    device_id:
      description: The id that the device has in every mailbox.
      type: str
    mailbox:
      description: The mailbox, as RV(devices) names it.
      type: str
  sample:
    - device_id: 2B9D1A6C52E84C4F8C9A51F0D3B7E611
      guid: 6b2f8f2e-2f0c-5a8e-8d31-6c1a5f0d1a22
      mailbox: adele.vance
affected_count:
  description: The number of devices that were changed, or would be.
  returned: success
  type: int
  sample: 1
acknowledged:
  description:
    - Whether each matching device has acknowledged the newest request for this wipe, from this task or an earlier one.
      V(false) if there is none.
  returned: when O(wipe) is V(account_only) or V(full)
  type: bool
  sample: false
msg:
  description:
    - The devices with a pending wipe, or that there were none. Also names the devices that were already wiped, since
      this cannot be undone.
  returned: when O(wipe=cancel)
  type: str
  sample: No wipe was pending, so nothing was cancelled
progress:
  description: Progress messages while waiting for the devices.
  returned: when the task waited
  type: list
  elements: str
  sample: ["waiting for 2 devices to acknowledge the wipe; 895 s left"]
undo:
  description: How to undo what was changed, removed or erased, or that it cannot be undone; empty if nothing was.
  returned: success
  type: str
  sample: Run the task again with the access that diff.before has for each device
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._mobile_devices.actions import OPTIONS, act, undo

DECLARATION = Declaration("act on mobile devices", act, OPTIONS, undo=undo)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
