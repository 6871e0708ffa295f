# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile devices: allowed, blocked, forgotten or wiped."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobile_device
short_description: Allow, block, remove or wipe mobile devices of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Does one thing to one mobile device, or with O(match=all) to all devices that the filters leave.
  - The whole change is worked out and counted before anything is sent. In check mode, RV(devices) and RV(affected) are
    the preview, and the task fails where it would fail for real.
  - A wipe is of the mail account alone, unless a full wipe is named and confirmed.
options:
  match:
    description:
      - V(one) fails unless the filters leave exactly one device, and lists the candidates. V(all) takes all of them.
    type: str
    choices: [one, all]
    default: one
  max_affected:
    description:
      - How many devices may be affected at most. With more, the task fails, names them, and sends nothing.
      - Required for O(wipe), also V(cancel), and O(state=absent) with O(match=all). Only devices that would change
        count.
    type: int
  access:
    description:
      - Lets the mailbox allow or block the device, whatever rules and defaults say. V(default) takes its id out of both
        lists. An id moves between the lists in one call.
    type: str
    choices: [allowed, blocked, default]
  wipe:
    description:
      - V(account_only) erases the mail account and its data from the device, and nothing else. A device that speaks a
        version of Exchange ActiveSync before 16.1 cannot do that, so that the task fails.
      - V(full) erases everything on the device, and needs O(confirm_full_wipe). Outlook for iOS and Android only ever
        erases the account.
      - V(cancel) takes back the requests, of either kind, that were not acknowledged.
      - The newest request counts, and the newest acknowledgement of its kind. A device that is being wiped, or was, is
        not asked again. A full wipe that is pending or done stands for an account-only wipe as well.
      - An acknowledgement from before the first synchronisation of the partnership does not count, since the account
        was set up anew afterwards.
    type: str
    choices: [account_only, full, cancel]
  confirm_full_wipe:
    description:
      - Must be the same as O(device_id), and as the id of the device that is found, for a full wipe to be asked for.
    type: str
  wait:
    description:
      - Wait until each device has acknowledged the wipe. When the time is up the task does not fail, since a device
        that is switched off never answers, but RV(acknowledged) is V(false).
    type: bool
    default: false
  wait_timeout:
    description:
      - How many seconds to wait at most. They come on top of O(timeout).
    type: int
    default: 900
  state:
    description:
      - V(absent) removes the partnership between mailbox and device. Nothing is erased on the device, and nothing keeps
        it from coming back. It is meant for devices that are no longer used.
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
  - Exactly one of O(access), O(wipe) and O(state=absent) is done by a task.
  - O(access) reads the mailbox of each device, and changes it only if it is proven to be the one of the device. If
    several mailboxes have the name that Exchange gives, nothing is changed in any mailbox. Give O(mailbox) then.
  - With a filter by age, the task fails if the clocks of Exchange and of this machine differ by more than a day.
  - With O(access) and O(wipe), a value of O(guids) that no device has is an error.
seealso:
  - module: intune.exchange.mobile_device_info
  - module: intune.exchange.cas_mailbox_mobile_access
  - name: Clear-MobileDevice
    description: The cmdlet behind O(wipe).
    link: https://learn.microsoft.com/powershell/module/exchange/clear-mobiledevice
"""

EXAMPLES = r"""
- name: See which quarantined iPhones would be approved
  intune.exchange.mobile_device:
    access_state: Quarantined
    device_type: iPhone
    match: all
    access: allowed
  check_mode: true
  register: preview

- name: Approve the quarantined devices that Intune calls compliant
  intune.exchange.mobile_device:
    access_state: Quarantined
    compliant: true
    match: all
    max_affected: 50
    access: allowed

- name: Erase the mail account of somebody who leaves, and nothing else
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
"""

RETURN = r"""
devices:
  description:
    - The devices that the filters left, as M(intune.exchange.mobile_device_info) returns them. With O(wipe), C(wipe) of
      each device is how far each kind of wipe is after the task, in check mode as predicted.
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
  description: How many devices were changed, or would be.
  returned: success
  type: int
  sample: 1
acknowledged:
  description:
    - Whether each device that the filters leave has acknowledged the newest request for this wipe, from this task or an
      earlier one. V(false) if there is none.
  returned: when O(wipe) is V(account_only) or V(full)
  type: bool
  sample: false
msg:
  description:
    - On which devices a wipe was pending, or that none was. Devices that were already wiped are named as well, since
      nothing can undo that.
  returned: when O(wipe=cancel)
  type: str
  sample: No wipe was pending, so nothing was cancelled
progress:
  description: What was seen while waiting for the devices.
  returned: when the task waited
  type: list
  elements: str
  sample: ["waiting for 2 devices to acknowledge the wipe; 895 s left"]
error:
  description: What went wrong, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._mobile_devices.actions import OPTIONS, act

DECLARATION = Declaration("act on mobile devices", act, OPTIONS)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
