# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option for device access rules that are not there yet."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  after_rules:
    description:
      - Device access rules that earlier tasks of the play configure, as they will be. RV(impact) is then that of all of
        them and of this change together, also in check mode, in which those rules stay as they are. The module writes
        none of them.
      - In a real run they must be as described before something changes, since one of the earlier tasks may have
        failed. Otherwise the task fails.
    type: list
    elements: dict
    default: []
    suboptions:
      characteristic:
        description: The property of the device that the rule checks.
        type: str
        choices: [DeviceModel, DeviceType, DeviceOS, UserAgent, XMSWLHeader]
        required: true
      query_string:
        description: The value of the property.
        type: str
        required: true
      access_level:
        description: What happens to devices with this value. Required for V(present).
        type: str
        choices: [Allow, Block, Quarantine]
      state:
        description: Whether there is such a rule.
        type: str
        choices: [present, absent]
        default: present
"""
