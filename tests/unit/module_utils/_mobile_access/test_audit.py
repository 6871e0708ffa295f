# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Baselines: passed and failed controls with reasons, and the tasks that fix them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._mobile_access import audit_controls as controls
from ansible_collections.intune.exchange.plugins.modules import mobile_access_audit_info, mobile_device_mailbox_policy
from simulator import Simulator

from ..conftest import writes

Run = Callable[..., dict[str, Any]]
BASELINES = Path(__file__).parents[4] / "roles/mobile_access/files/baselines"
CIS = yaml.safe_load((BASELINES / "cis_exchange_2019_l1.yml").read_text(encoding="utf-8"))
# The weakest values that pass CIS Exchange Server 2019 v1.0.0, Level 1, 3.1 to 3.11.
PASSES: dict[str, Any] = {
    "allow_simple_password": False,
    "allow_non_provisionable_devices": False,
    "password_history": 4,
    "min_password_length": 4,
    "max_password_failed_attempts": "10",
    "password_expiration": "365.00:00:00",
    "device_policy_refresh_interval": "1.00:00:00",
    "alphanumeric_password_required": True,
    "require_device_encryption": True,
    "password_enabled": True,
    "max_inactivity_time_lock": "00:15:00",
}
FAILS: dict[str, list[Any]] = {
    "allow_simple_password": [True],
    "allow_non_provisionable_devices": [True],
    "password_history": [3, 0],
    "min_password_length": [3, None],
    "max_password_failed_attempts": [11, "Unlimited"],
    "password_expiration": ["365.00:00:01", "Unlimited"],
    "device_policy_refresh_interval": ["1.00:00:01", "Unlimited"],
    "alphanumeric_password_required": [False],
    "require_device_encryption": [False],
    "password_enabled": [False],
    "max_inactivity_time_lock": ["00:15:01", "Unlimited", None],
}
BY_SETTING = {one["setting"]: one for one in CIS["controls"]}
HISTORY = {"id": "1", "title": "History", "kind": "mobile_device_mailbox_policy", "setting": "password_history"}


def test_the_baseline_is_complete() -> None:
    assert [one["id"] for one in CIS["controls"]] == [f"3.{number}" for number in range(1, 12)]
    assert set(BY_SETTING) == set(PASSES) == set(FAILS)


@pytest.mark.parametrize("setting", PASSES)
def test_what_passes_and_what_fails(setting: str) -> None:
    control = BY_SETTING[setting]
    assert controls.judge_control(control, {setting: PASSES[setting]}) == ("pass", "")
    for value in FAILS[setting]:
        assert controls.judge_control(control, {setting: value}) == ("fail", ""), value
    assert controls.judge_control(control, {}) == ("unknown", f"the service returned no {setting}")


def test_a_control_may_require_something_first() -> None:
    control = {**HISTORY, "at_least": 4, "requires": {"setting": "password_enabled", "equals": True}}
    assert controls.judge_control(control, {"password_history": 0, "password_enabled": True}) == ("fail", "")
    without = controls.judge_control(control, {"password_history": 0, "password_enabled": False})
    assert without == ("not_applicable", "password_enabled is not true")
    assert controls.judge_control(control, {"password_history": 0})[0] == "unknown"


@pytest.mark.parametrize(
    ("equals", "value", "status"),
    [
        ("Quarantine", "quarantine", "pass"),
        (["b@x.example", "a@x.example"], ["A@x.example", "b@x.example"], "pass"),
        (["a@x.example"], [], "fail"),
        ("", None, "fail"),
    ],
)
def test_values_of_the_organization(equals: Any, value: Any, status: str) -> None:
    control = {**HISTORY, "setting": "thing", "equals": equals}
    assert controls.judge_control(control, {"thing": value})[0] == status


def test_names_of_the_service_are_no_templates_in_a_remediation_task() -> None:
    policy = {"name": '{{ lookup("env", "HOME") }}', "password_enabled": False}
    text = controls.remediation_task("mobile_device_mailbox_policy", {**HISTORY, "at_least": 4}, policy)
    assert 'name: !unsafe "{{ lookup(' in text and "    password_enabled: true\n    password_history: 4\n" in text


@pytest.mark.parametrize(
    ("risk", "holds"),
    [
        ({}, True),
        ({"id": "2"}, False),
        ({"baseline": "b"}, True),
        ({"baseline": "c"}, False),
        ({"object": "DEFAULT"}, True),
        ({"object": "Phones"}, False),
        ({"until": "2026-11-24"}, False),
    ],
)
def test_a_risk_is_accepted_until_its_day(risk: dict[str, Any], holds: bool) -> None:
    given = {"id": "1", "baseline": None, "object": None, "reason": "Why not", "until": "2026-11-25", **risk}
    found = controls.accepted([given], "b", "1", "Default", date(2026, 11, 25))
    assert found == ({"reason": "Why not", "until": "2026-11-25"} if holds else None)


def test_every_policy_is_judged_and_its_tasks_mend_it(simulator: Simulator, run: Run, admin: Any) -> None:
    admin("New-MobileDeviceMailboxPolicy", Name="Scanners")
    admin("Set-CASMailbox", Identity="adele.vance", ActiveSyncMailboxPolicy="Scanners")
    known = len(writes(simulator))
    found = run(mobile_access_audit_info, baselines=[CIS])
    assert len(writes(simulator)) == known and not found["compliant"] and not found["changed"]
    assert [one["id"] for one in found["controls"]] == [one["id"] for one in CIS["controls"] for _policy in range(2)]
    assert {one["object"]: one["affected_mailboxes"] for one in found["controls"]} == {"Default": 3, "Scanners": 1}
    assert found["summary"]["fail"] == sum(1 for one in found["controls"] if one["remediation"])
    for one in found["controls"]:
        for task in yaml.safe_load(one["remediation"]) or []:
            changed = run(mobile_device_mailbox_policy, **task["intune.exchange.mobile_device_mailbox_policy"])
            assert not changed.get("failed"), changed
    after = run(mobile_access_audit_info, baselines=[CIS])
    assert after["compliant"] and after["summary"]["pass"] == 22


def test_findings_are_sorted_and_risks_that_name_nothing_are_returned(run: Run) -> None:
    risks = [
        {"id": "9.9", "reason": "A slip", "until": "2999-12-31"},
        {"id": "3.1", "reason": "Of another baseline", "until": "2999-12-31", "baseline": "own"},
        {"id": "3.1", "reason": "Known", "until": "2999-12-31"},
    ]
    found = run(mobile_access_audit_info, baselines=[CIS], accepted_risks=risks)
    assert [one["id"] for one in found["unknown_risks"]] == ["9.9", "3.1"]
    assert found["summary"]["accepted"] == 1 and sum(found["summary"].values()) == len(found["controls"])
    assert [one.split()[0] for one in found["shortfalls"]] == [
        *("3.2", "3.9", "3.10", "3.11", "3.4", "3.5", "3.8", "3.3", "3.6", "3.7")
    ]
    assert {one["id"]: one["severity"] for one in found["controls"]}["3.4"] == "medium"


def test_what_could_not_be_read_is_unknown_and_nothing_at_all_is_an_error(simulator: Simulator, run: Run) -> None:
    simulator.fault(match="Get-MobileDeviceMailboxPolicy", kind="status", status=403, count=9)
    found = run(mobile_access_audit_info, baselines=[CIS])
    assert {one["status"] for one in found["controls"]} == {"unknown"} and not found["compliant"]
    assert "Could not read the mailbox policy" in found["controls"][0]["reason"]
    simulator.clear_faults()
    simulator.fault(match="Get-CASMailbox", kind="status", status=403, count=9)
    found = run(mobile_access_audit_info, baselines=[CIS])
    assert {one["affected_mailboxes"] for one in found["controls"]} == {None} and found["summary"]["unknown"] == 0
    simulator.fault(match="Get-MobileDeviceMailboxPolicy", kind="status", status=403, count=9)
    failed = run(mobile_access_audit_info, baselines=[CIS])
    assert failed["failed"] and failed["error"]["kind"] == "forbidden"


@pytest.mark.parametrize(
    ("baseline", "risks", "words"),
    [
        ([{**HISTORY, "at_least": 1}, {**HISTORY, "at_least": 2}], [], "the baseline b has more than one control 1"),
        ([{**HISTORY, "at_least": None}], [], "the control 1 needs one of equals, at_least, at_most"),
        (
            [{**HISTORY, "at_least": "many"}],
            [],
            "at_least of the control 1 of b is 'many', which is not an ordered value of",
        ),
        (
            [{**HISTORY, "setting": "max_inactivity_time_lock", "at_most": "15:00"}],
            [],
            "which is not an ordered value of",
        ),
        (
            [{**HISTORY, "setting": "max_inactivity_timelock", "equals": "00:15:00"}],
            [],
            "does not have. Did you mean max_inactivity_time_lock? Specify an option of",
        ),
        (
            [{**HISTORY, "setting": "default_access_level", "equals": "Quarantine"}],
            [],
            "does not have. Set kind to activesync_organization_settings",
        ),
        (
            [{**HISTORY, "at_least": 1, "requires": {"setting": "pasword_enabled", "equals": True}}],
            [],
            "has the setting pasword_enabled, which mobile_device_mailbox_policy does not have. Did you mean",
        ),
        (
            [{**HISTORY, "at_least": 1}],
            [{"id": "1", "reason": "-", "until": "soon"}],
            "until of the accepted risk 1 is 'soon'. Set it to a date",
        ),
    ],
)
def test_what_cannot_be_judged(simulator: Simulator, run: Run, baseline: Any, risks: Any, words: str) -> None:
    failed = run(mobile_access_audit_info, baselines=[{"name": "b", "controls": baseline}], accepted_risks=risks)
    assert failed["error"]["kind"] == "usage" and words in failed["msg"], failed
    assert simulator.requests() == []
