# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each cmdlet of the source document is called by a module: which one by which, as the simulator saw it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from ansible_collections.intune.exchange.plugins.module_utils._rbac.cmdlet_access import CONNECTOR_CMDLETS
from simulator import Simulator

MODULES = "ansible_collections.intune.exchange.plugins.modules."
RULE = {"characteristic": "DeviceModel", "query_string": "iPhone14C2"}
LOCK = {"id": "lock", "title": "Devices lock", "setting": "max_inactivity_time_lock", "at_most": "00:15:00"}
DEFAULT = {"id": "default", "title": "Quarantine", "setting": "default_access_level", "equals": "Quarantine"}
TASKS: list[tuple[str, dict[str, Any]]] = [
    ("activesync_device_class_info", {}),
    ("mobile_device_info", {"gather_statistics": True}),
    ("activesync_device_access_rule", {**RULE, "access_level": "Block", "accept_impact": True}),
    ("activesync_device_access_rule", {**RULE, "access_level": "Allow"}),
    ("activesync_device_access_rule", {**RULE, "state": "absent"}),
    ("activesync_device_access_rule_info", {}),
    ("activesync_organization_settings", {"default_access_level": "Quarantine", "accept_impact": True}),
    ("mobile_device_mailbox_policy", {"name": "Phones", "password_enabled": True}),
    ("mobile_device_mailbox_policy", {"name": "Phones", "max_inactivity_time_lock": "00:15:00"}),
    ("mobile_device_mailbox_policy", {"name": "Phones", "state": "absent"}),
    ("mobile_device_mailbox_policy_info", {}),
    ("cas_mailbox_mobile_access", {"mailbox": "adele.vance", "policy": "Default"}),
    (
        "mobile_access_audit_info",
        {"baselines": [{"name": "b", "controls": [LOCK, {**DEFAULT, "kind": "activesync_organization_settings"}]}]},
    ),
    ("mobile_device", {"mailbox": "adele.vance", "wipe": "account_only"}),
]
USED_BY = {
    "Get-ActiveSyncDeviceAccessRule": [
        "activesync_device_access_rule",
        "activesync_device_access_rule_info",
        "activesync_organization_settings",
    ],
    "Get-ActiveSyncDeviceClass": ["activesync_device_class_info"],
    "Get-ActiveSyncOrganizationSettings": [
        "activesync_device_access_rule",
        "activesync_organization_settings",
        "mobile_access_audit_info",
    ],
    "Get-MobileDevice": [
        "activesync_device_access_rule",
        "activesync_organization_settings",
        "mobile_device",
        "mobile_device_info",
    ],
    "Get-MobileDeviceMailboxPolicy": [
        "cas_mailbox_mobile_access",
        "mobile_access_audit_info",
        "mobile_device_mailbox_policy",
        "mobile_device_mailbox_policy_info",
    ],
    "Get-MobileDeviceStatistics": ["mobile_device", "mobile_device_info"],
    "New-ActiveSyncDeviceAccessRule": ["activesync_device_access_rule"],
    "New-MobileDeviceMailboxPolicy": ["mobile_device_mailbox_policy"],
    "Remove-ActiveSyncDeviceAccessRule": ["activesync_device_access_rule"],
    "Remove-MobileDeviceMailboxPolicy": ["mobile_device_mailbox_policy"],
    "Set-ActiveSyncDeviceAccessRule": ["activesync_device_access_rule"],
    "Set-ActiveSyncOrganizationSettings": ["activesync_organization_settings"],
    "Set-MobileDeviceMailboxPolicy": ["mobile_device_mailbox_policy"],
}


def test_all_thirteen_are_called(simulator: Simulator, run: Callable[..., dict[str, Any]]) -> None:
    callers: dict[str, set[str]] = {cmdlet: set() for cmdlet in CONNECTOR_CMDLETS}
    for name, options in TASKS:
        known = len(simulator.requests())
        result = run(importlib.import_module(MODULES + name), **options)
        assert not result.get("failed"), result
        for request in simulator.requests()[known:]:
            callers.get(request["operation"], set()).add(name)
    assert {cmdlet: sorted(names) for cmdlet, names in callers.items()} == USED_BY
