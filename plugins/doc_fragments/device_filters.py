# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say which mobile devices are meant."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  mailbox:
    description:
      - Only devices of this mailbox, by its GUID, address, or anything else that Exchange takes for it. It must be
        exactly one mailbox. An id or address comes before a name.
    type: str
  device_id:
    description:
      - Only the device with this id. The same device can be in several mailboxes.
    type: str
  access_state:
    description:
      - Only devices in this state, such as V(Allowed), V(Blocked) or V(Quarantined).
    type: str
  guids:
    description:
      - Only devices with one of these values of C(guid), as M(intune.exchange.mobile_device_info) returns them.
    type: list
    elements: str
  device_os:
    description:
      - Only devices whose operating system starts with this, such as V(iOS) or V(iOS 18).
    type: str
  device_model:
    description:
      - Only devices of this model.
    type: str
  device_type:
    description:
      - Only devices of this type.
    type: str
  client_type:
    description:
      - Only devices with this kind of client, such as V(EAS) or V(Outlook).
    type: str
  below_minimum_eas_version:
    description:
      - Only devices that do, or do not, speak a version of Exchange ActiveSync before 16.1. Other clients fit neither.
    type: bool
  compliant:
    description:
      - Only devices that Intune calls compliant, or with V(false) noncompliant. A device in Exchange is the one in
        Intune whose C(easDeviceId) is its C(DeviceId), which is what the device says of itself.
      - A device fits neither if Intune does not know it, if Intune says something else of it, such as a grace period,
        or if it is enrolled several times and Intune says different things. Neither do clients other than Exchange
        ActiveSync, nor Outlook for iOS and Android, whose ids can change.
      - Reads all devices in Intune. Needs the Microsoft Graph permission
        C(DeviceManagementManagedDevices.Read.All).
    type: bool
  min_days_since_first_sync:
    description:
      - Only devices that synchronised for the first time this many days ago or earlier.
    type: int
  max_days_since_first_sync:
    description:
      - Only devices that synchronised for the first time within so many days.
    type: int
  min_days_since_last_sync:
    description:
      - Only devices that synchronised for the last time this many days ago or earlier. Needs one call for each mailbox.
      - Exchange does not know this of Outlook for iOS and Android, which therefore fits no such filter.
    type: int
  max_days_since_last_sync:
    description:
      - Only devices that synchronised within so many days. See O(min_days_since_last_sync).
    type: int
"""
