# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mobile devices of an organization, as facts."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobile_device_info
short_description: Read the mobile devices of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads the mobile devices that Exchange knows, and their access states. The list is always complete, or the task
    fails.
  - All filters must match. Texts are compared case-insensitively. An unknown property of a device matches no filter.
options:
  gather_statistics:
    description:
      - Also read the statistics of the matching devices, one call for each mailbox, four at a time. Progress is shown
        as in M(intune.exchange.connector_sync).
    type: bool
    default: false
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.device_filters
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the Exchange role C(View-Only Recipients).
  - Ages are calculated with the clock of the service.
  - Since 1 March 2026, Exchange Online refuses versions of Exchange ActiveSync below 16.1.
seealso:
  - module: intune.exchange.mobile_device
  - name: Get-MobileDevice
    description: The cmdlet behind this module.
    link: https://learn.microsoft.com/powershell/module/exchange/get-mobiledevice
"""

EXAMPLES = r"""
- name: Read the devices that wait for approval
  intune.exchange.mobile_device_info:
    access_state: Quarantined
  register: waiting

- name: Read the devices that have not synchronized for half a year
  intune.exchange.mobile_device_info:
    min_days_since_last_sync: 180

- name: Read the devices of a mailbox, with their last synchronization and pending wipes
  intune.exchange.mobile_device_info:
    mailbox: adele.vance@contoso.com
    gather_statistics: true
"""

RETURN = r"""
progress:
  description: Progress messages while statistics were read.
  returned: when O(gather_statistics=true) and this took several reads
  type: list
  elements: str
  sample: [statistics of 20 of 310 mailboxes are read]
mobile_devices:
  description: The devices with the property names of Exchange.
  returned: success
  type: list
  elements: dict
  contains:
    mailbox:
      description: The mailbox of the device, from the identity of the device.
      type: str
      returned: always
    below_minimum_eas_version:
      description: Whether it uses a version of Exchange ActiveSync below 16.1. Null for other clients.
      type: bool
      returned: always
    compliant:
      description: Whether Intune reports the device as compliant.
      type: bool
      returned: when O(compliant) is set
    days_since_first_sync:
      description: Whole days since the first synchronization. Null if not known.
      type: int
      returned: always
    days_since_last_sync:
      description: Whole days since the last synchronization. Null if not known, as it is without statistics.
      type: int
      returned: always
    statistics:
      description: The statistics with the property names of Exchange. Empty if the device was removed in between.
      type: dict
      returned: when statistics were read
    wipe:
      description:
        - The state of each kind of wipe, V(none), V(pending) or V(done), by the newest request and the newest
          acknowledgement of its kind. Null if the statistics do not contain it.
      type: dict
      returned: when statistics were read
      contains:
        account_only:
          description: The account-only wipe.
          type: str
        full:
          description: The full wipe.
          type: str
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
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "4 mobile devices: 3 Allowed, 1 Quarantined"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._mobile_devices.devices import FILTERS, SUMMARY, devices_info

DECLARATION = Declaration(
    "read the mobile devices",
    lambda tenant, params, check_mode: devices_info(tenant, params),
    {**FILTERS, "gather_statistics": {"type": "bool", "default": False}},
    summary=SUMMARY,
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
