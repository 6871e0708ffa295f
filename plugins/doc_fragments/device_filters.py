# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that select mobile devices."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  mailbox:
    description:
      - Only devices of this mailbox, by its GUID, address, or any other identity that Exchange accepts. It must be
        exactly one mailbox. An id or address takes precedence over a name.
    type: str
  device_id:
    description:
      - Only the device with this id. The same device can be in several mailboxes.
    type: str
  access_state:
    description:
      - Only devices in this state, such as V(Allowed), V(Blocked) or V(Quarantined). Other words are refused.
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
      - Only devices that do, or do not, use a version of Exchange ActiveSync below 16.1. Other clients match neither.
    type: bool
  compliant:
    description:
      - Only devices that Intune reports as compliant, or with V(false) noncompliant. A device in Exchange matches the
        one in Intune whose C(easDeviceId) is its C(DeviceId), which the device itself reports.
      - A device matches neither if Intune does not know it, if Intune reports another state, such as a grace period, or
        if it is enrolled several times with different states. Neither do clients other than Exchange ActiveSync, nor
        Outlook for iOS and Android, whose ids can change.
      - Reads all devices in Intune. Needs the Microsoft Graph permission
        C(DeviceManagementManagedDevices.Read.All).
    type: bool
  min_days_since_first_sync:
    description:
      - Only devices that synchronized for the first time this many days ago or earlier.
    type: int
  max_days_since_first_sync:
    description:
      - Only devices that synchronized for the first time within this many days.
    type: int
  min_days_since_last_sync:
    description:
      - Only devices that synchronized for the last time this many days ago or earlier. Needs one call for each mailbox.
      - Exchange does not have this for Outlook for iOS and Android, which therefore matches no such filter.
    type: int
  max_days_since_last_sync:
    description:
      - Only devices that synchronized within this many days. See O(min_days_since_last_sync).
    type: int
"""
