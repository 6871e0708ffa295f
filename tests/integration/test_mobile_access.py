# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile access in real runs: the daily jobs as tasks."""

from __future__ import annotations

from typing import Any

from simulator import Simulator

from .conftest import Play

NAMES = "intune.exchange."
# The cmdlets that the account of the connector must be able to run (Microsoft, 2016).
THIRTEEN = {
    "Get-ActiveSyncOrganizationSettings",
    "Set-ActiveSyncOrganizationSettings",
    "Get-MobileDeviceMailboxPolicy",
    "Set-MobileDeviceMailboxPolicy",
    "New-MobileDeviceMailboxPolicy",
    "Remove-MobileDeviceMailboxPolicy",
    "Get-ActiveSyncDeviceAccessRule",
    "Set-ActiveSyncDeviceAccessRule",
    "New-ActiveSyncDeviceAccessRule",
    "Remove-ActiveSyncDeviceAccessRule",
    "Get-MobileDeviceStatistics",
    "Get-MobileDevice",
    "Get-ActiveSyncDeviceClass",
}
RULE = {"characteristic": "DeviceModel", "query_string": "Outlook for iOS and Android"}
TASKS: list[tuple[str, dict[str, Any], bool]] = [
    ("activesync_device_class_info", {}, False),
    ("mobile_device_info", {"gather_statistics": True}, False),
    ("activesync_device_access_rule", {**RULE, "access_level": "Block", "accept_impact": True}, True),
    ("activesync_device_access_rule", {**RULE, "access_level": "Allow"}, True),
    ("activesync_device_access_rule_info", {}, False),
    ("mobile_device", {"device_type": "iPhone", "access": "allowed"}, True),
    ("activesync_organization_settings", {"default_access_level": "Quarantine"}, True),
    ("activesync_organization_settings", {"default_access_level": "Quarantine"}, False),
    ("mobile_device_mailbox_policy", {"name": "Phones", "password_enabled": True}, True),
    ("mobile_device_mailbox_policy", {"name": "Phones", "max_inactivity_time_lock": "00:15:00"}, True),
    ("mobile_device_mailbox_policy_info", {"name": "phones"}, False),
    ("cas_mailbox_mobile_access", {"mailbox": "adele.vance", "policy": "Phones"}, True),
    ("cas_mailbox_mobile_access", {"mailbox": "adele.vance", "policy": ""}, True),
    ("mobile_device_mailbox_policy", {"name": "Phones", "state": "absent"}, True),
    ("activesync_device_access_rule", {**RULE, "state": "absent", "accept_impact": True}, True),
    ("exchange_cmdlet", {"cmdlet": "Get-CASMailbox", "parameters": {"Identity": "adele.vance"}}, False),
    ("mobile_device", {"mailbox": "adele.vance", "wipe": "account_only"}, True),
]


def test_the_daily_jobs_use_all_thirteen_cmdlets(play: Play, simulator: Simulator) -> None:
    run = play(*({f"{NAMES}{name}": options} for name, options, _changed in TASKS))
    assert run.code == 0, run.output
    results = list(run.results.values())
    assert [one["changed"] for one in results] == [changed for _name, _options, changed in TASKS]
    assert results[6]["impact"] == []  # every device was allowed before the default changed
    assert {one["operation"] for one in simulator.requests()} >= THIRTEEN
    assert "[WARNING]" not in run.output
