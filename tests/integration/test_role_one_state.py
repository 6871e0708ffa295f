# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role mobile_access judges all its changes together before its first write, and keeps what others decided."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import Simulator

from .conftest import Play
from .test_role_mobile_access import kept, role, writes

TYPE = {"characteristic": "DeviceType", "query_string": "iPhone"}
MODEL = {"characteristic": "DeviceModel", "query_string": "iPhone14C2"}
ALLOW, GONE = {"access_level": "Allow"}, {"state": "absent"}
QUARANTINE = {"default_access_level": "Quarantine"}
BOTH_WAYS: tuple[tuple[str, ...], ...] = (("--check",), ())


def made(*rules: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """Prepares a tenant."""
    return role(rules=list(rules), settings=settings, max_affected=9)


def objects(simulator: Simulator) -> dict[str, Any]:
    """The whole tenant, but for its clock."""
    return {name: value for name, value in simulator.state("phones").items() if name != "at"}


@pytest.mark.parametrize(
    ("there", "default", "wanted"),
    [
        # Each of the two rules allows the phone, so that the removal of one alone locks nobody out.
        ([TYPE, MODEL], QUARANTINE, {"rules": [{**TYPE, **GONE}, {**MODEL, **GONE}]}),
        # The rule is not needed while everything is allowed.
        ([TYPE], {}, {"rules": [{**TYPE, **GONE}], "settings": QUARANTINE, "max_affected": 3}),
        # What a rule that comes first would do for a moment.
        ([TYPE], QUARANTINE, {"rules": [{**TYPE, **GONE}, {**MODEL, **ALLOW}]}),
    ],
    ids=["two rules", "a rule and the default", "a rule before its replacement"],
)
def test_nothing_is_written_if_all_changes_together_lock_out(
    play: Play, simulator: Simulator, there: list[Any], default: Any, wanted: Any
) -> None:
    prepared = play(made(*({**one, **ALLOW} for one in there), **default), tenant="phones")
    assert prepared.code == 0, prepared.output
    known = writes(simulator)
    policies = [{"name": "Phones", "password_enabled": True}]
    for arguments, ignored in ((("--check",), False), ((), True)):
        run = play(role(policies=policies, **wanted), tenant="phones", arguments=arguments, ignore_errors=ignored)
        assert run.code == (0 if ignored else 2) and "would be locked out, and mobile_access_max" in run.output
        assert "iPhone14C2" in run.output and writes(simulator) == known
    raised = {**wanted, "max_affected": wanted.get("max_affected", 0) + 1}
    results = [
        play(role(policies=policies, **raised), kept(), tenant="phones", arguments=arguments).results["kept"]["msg"]
        for arguments in BOTH_WAYS
    ]
    assert results[0] == results[1] and len(results[0]["locked_out"]) == raised["max_affected"]
    assert results[0]["changed"] and len(writes(simulator)) > len(known)


@pytest.mark.parametrize(
    ("there", "default", "wanted"),
    [
        ([TYPE | ALLOW], QUARANTINE, {"rules": [{**MODEL, **ALLOW}, {**TYPE, **GONE}]}),
        # The first rule allows for a moment a phone that is in quarantine before and after.
        ([], QUARANTINE, {"rules": [{**TYPE, **ALLOW}, {**MODEL, "access_level": "Quarantine"}]}),
        # Between the two, the iPad is allowed; the settings then quarantine it as the rule did.
        (
            [{"characteristic": "DeviceType", "query_string": "iPad", "access_level": "Quarantine"}],
            {},
            {
                "rules": [
                    {"characteristic": "DeviceType", "query_string": "iPad", **GONE},
                    *(
                        {"characteristic": "DeviceOS", "query_string": one, **ALLOW}
                        for one in ("iOS 18.6", "Android 12")
                    ),
                    {"characteristic": "DeviceType", "query_string": "Outlook", **ALLOW},
                ],
                "settings": QUARANTINE,
            },
        ),
    ],
    ids=["a rule after its replacement", "a rule within a rule", "the default instead of a rule"],
)
def test_what_locks_nobody_out_passes(
    play: Play, simulator: Simulator, there: list[Any], default: Any, wanted: Any
) -> None:
    prepared = play(made(*there, **default), tenant="phones")
    assert prepared.code == 0, prepared.output
    for arguments in BOTH_WAYS:
        run = play(role(**wanted), kept(), tenant="phones", arguments=arguments)
        assert run.code == 0 and run.results["kept"]["msg"]["changed"], run.output
        assert run.results["kept"]["msg"]["locked_out"] == []
    again = play(role(**wanted), kept(), tenant="phones")
    assert again.code == 0 and not again.results["kept"]["msg"]["changed"], again.output


def test_settings_are_not_written_after_rules_that_failed(play: Play, simulator: Simulator) -> None:
    wanted: dict[str, Any] = {"rules": [{**TYPE, **ALLOW}], "settings": QUARANTINE, "max_affected": 3}
    simulator.fault(match="New-ActiveSyncDeviceAccessRule", kind="status", status=403, body={}, count=9)
    run = play(role(**wanted), tenant="phones", ignore_errors=True)
    assert run.code == 0 and "...ignoring" in run.output and writes(simulator) == [], run.output


@pytest.mark.parametrize("limit", [0, 3])
def test_a_rule_stays_if_its_replacement_failed(play: Play, simulator: Simulator, limit: int) -> None:
    """Ansible goes on with the next item of a loop; the limit is about all rules together, which are not all there."""
    prepared = play(made({**TYPE, **ALLOW}, **QUARANTINE), tenant="phones")
    known = writes(simulator)
    simulator.fault(match="New-ActiveSyncDeviceAccessRule", kind="status", status=403, body={}, count=9)
    wanted: dict[str, Any] = {"rules": [{**MODEL, **ALLOW}, {**TYPE, **GONE}], "max_affected": limit}
    run = play(role(**wanted), tenant="phones")
    assert prepared.code == 0 and run.code == 2, run.output
    assert "not as described in after_rules (DeviceModel iPhone14C2)" in " ".join(run.output.split()), run.output
    assert writes(simulator) == known
    simulator.clear_faults()
    again = play(role(**wanted), tenant="phones")
    assert again.code == 0 and len(writes(simulator)) == len(known) + 2, again.output


def test_null_is_no_text_for_people(play: Play, simulator: Simulator) -> None:
    """These texts may be cleared by an empty string, which a template without a value is not."""
    texts = {"user_mail_insert": "Call the desk", "ota_notification_mail_insert": "Enrol in Intune"}
    prepared = play(role(settings=texts), tenant="phones")
    known = writes(simulator)
    refused = play(role(settings={"user_mail_insert": None}), tenant="phones")
    assert prepared.code == 0 and refused.code == 2 and writes(simulator) == known, refused.output
    assert "mobile_access_settings.user_mail_insert is blank" in " ".join(refused.output.split())
    cleared = play(role(settings={"user_mail_insert": ""}), tenant="phones")
    [settings] = simulator.state("phones")["ActiveSyncOrganizationSettings"]
    assert cleared.code == 0 and not settings.get("UserMailInsert"), cleared.output
    assert settings["OtaNotificationMailInsert"] == texts["ota_notification_mail_insert"]


def test_quarantine_leaves_a_rule_against_outlook(play: Play, simulator: Simulator) -> None:
    outlook = {"characteristic": "DeviceModel", "query_string": "outlook for ios and android", "access_level": "Block"}
    prepared = play(made(outlook), tenant="phones")
    assert prepared.code == 0, prepared.output
    before = writes(simulator)
    for variables, arguments in (({"preview": True}, ()), ({}, ("--check",)), ({}, ())):
        run = play(role("quarantine", max_affected=9, **variables), tenant="phones", arguments=arguments)
        assert run.code == 2 and "has the level Block, which the switch would replace by Allow" in run.output
        assert writes(simulator) == before
    ignored = play(role("quarantine", max_affected=9), tenant="phones", ignore_errors=True)
    assert ignored.code == 0 and writes(simulator) == before, ignored.output
    allowed = play(made({**outlook, **ALLOW}), role("quarantine", max_affected=9), tenant="phones")
    assert allowed.code == 0 and writes(simulator)[-1] == "Set-ActiveSyncOrganizationSettings", allowed.output


def test_quarantine_needs_to_know_the_rule_for_outlook(play: Play, simulator: Simulator) -> None:
    # The first read is of the preview.
    simulator.fault(match="Get-ActiveSyncDeviceAccessRule", kind="status", status=403, body={}, nth=2, count=9)
    run = play(role("quarantine", max_affected=9), tenant="phones", ignore_errors=True)
    assert run.code == 0 and "...ignoring" in run.output and writes(simulator) == [], run.output


def test_a_play_in_check_mode_writes_nothing_and_predicts_the_same(play: Play, simulator: Simulator) -> None:
    """`ansible_check_mode` tells only of --check, and not of the keyword of a play, a block or an included role."""
    prepared = play(made({**TYPE, **ALLOW}, **QUARANTINE), tenant="phones")
    known, before = writes(simulator), objects(simulator)
    rules = role(
        rules=[{**MODEL, **ALLOW}, {**TYPE, **GONE}], settings={"default_access_level": "Block"}, max_affected=3
    )
    steps = (
        (role("approve", confirm=True, max_affected=20), kept("approve", "approved")),
        (rules, kept("", "ruled")),
        (role("quarantine", max_affected=9), kept("quarantine", "switched")),
    )
    found = []
    for keywords in ({"arguments": ("--check",)}, {"check_mode": True}):
        run = play(*(task for step in steps for task in step), tenant="phones", **keywords)
        assert prepared.code == 0 and run.code == 0, run.output
        assert writes(simulator) == known and objects(simulator) == before
        found.append({name: run.results[name]["msg"] for name in ("approved", "ruled", "switched")})
    assert found[0] == found[1] and found[0]["ruled"]["changed"]
    assert found[0]["approved"]["changed"] and found[0]["approved"]["devices"]
