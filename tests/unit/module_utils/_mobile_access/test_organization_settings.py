# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization's settings and single mailboxes: decisions about devices other than by rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.modules import (
    activesync_device_access_rule,
    activesync_organization_settings,
    cas_mailbox_mobile_access,
)
from simulator import Simulator

from ..conftest import writes

Run = Callable[..., dict[str, Any]]
ADELE = {"mailbox": "adele.vance@contoso.example"}


def both(simulator: Simulator, run: Run, module: Any, **options: Any) -> dict[str, Any]:
    """A change, predicted and made, with one write, and not repeated."""
    known = len(writes(simulator))
    predicted = run(module, check_mode=True, **options)
    assert len(writes(simulator)) == known
    real = run(module, **options)
    assert predicted["changed"] and real["changed"], real
    assert predicted["diff"] == real["diff"] and predicted.get("impact") == real.get("impact")
    assert len(writes(simulator)) == known + 1
    again = run(module, **options)
    assert not again["changed"] and again["diff"]["before"] == real["diff"]["after"]
    return real


def test_a_stricter_default_needs_to_be_accepted_unless_nobody_is_hit(simulator: Simulator, run: Run) -> None:
    for check_mode in (True, False):
        failed = run(activesync_organization_settings, check_mode=check_mode, default_access_level="Quarantine")
        assert failed["error"]["kind"] == "not_accepted"
        assert "2 devices of 2 mailboxes would be locked out (adele.vance, alex.wilber)" in failed["msg"]
        assert {one["mailbox"] for one in failed["error"]["impact"]} == {"adele.vance", "alex.wilber"}
    assert writes(simulator) == []
    settings: dict[str, Any] = {"default_access_level": "Quarantine", "accept_impact": True}
    real = both(simulator, run, activesync_organization_settings, **settings)
    assert real["differed"] and not run(activesync_organization_settings, **settings)["differed"]
    assert [(one["before"], one["after"], one["reason"]) for one in real["impact"]] == [
        ("Allowed", "Quarantined", "default")
    ] * 2
    # less strict again: nothing to accept, but reported
    real = both(simulator, run, activesync_organization_settings, default_access_level="Allow")
    assert len(real["impact"]) == 2


def test_whoever_is_allowed_first_is_not_hit(simulator: Simulator, run: Run, admin: Any) -> None:
    (phone,) = admin("Get-MobileDevice", Mailbox="adele.vance")
    rule = {"characteristic": "DeviceModel", "query_string": "Outlook for iOS and Android", "access_level": "Allow"}
    assert run(activesync_device_access_rule, **rule)["impact"] == []
    run(cas_mailbox_mobile_access, **ADELE, allowed_device_ids={"add": [phone["DeviceId"]]})
    assert both(simulator, run, activesync_organization_settings, default_access_level="Block")["impact"] == []


def test_what_people_are_told(simulator: Simulator, run: Run) -> None:
    options: list[dict[str, Any]] = [
        {
            "user_mail_insert": "Call 1234.",
            "admin_mail_recipients": {"add": ["a@contoso.example", "b@contoso.example"]},
        },
        {"admin_mail_recipients": {"remove": ["A@CONTOSO.EXAMPLE"]}},
        {"admin_mail_recipients": {"set": []}},
        {"user_mail_insert": "", "ota_notification_mail_insert": "Update."},
        {"allow_rms_support_for_unenlightened_apps": True, "enable_mobile_mailbox_policy_when_ca_inplace": True},
    ]
    for one in options:
        assert both(simulator, run, activesync_organization_settings, **one)["impact"] == []
    (sent,) = {one["operation"] for one in simulator.requests() if one["effect"]}
    assert sent == "Set-ActiveSyncOrganizationSettings"
    assert not run(activesync_organization_settings)["changed"]
    failed = run(activesync_organization_settings, user_mail_insert="x" * 257)
    assert "has 257 characters" in failed["msg"]


def test_an_id_moves_between_the_lists_in_one_call(simulator: Simulator, run: Run) -> None:
    module = cas_mailbox_mobile_access
    steps: list[tuple[dict[str, Any], list[str], list[str]]] = [
        ({"allowed_device_ids": {"add": ["A1", "B2"]}}, ["A1", "B2"], []),
        ({"blocked_device_ids": {"add": ["a1"]}}, ["B2"], ["a1"]),
        ({"allowed_device_ids": {"set": ["C3", "A1"]}}, ["C3", "A1"], []),
        ({"blocked_device_ids": {"add": ["C3"]}, "allowed_device_ids": {"add": ["D4"]}}, ["A1", "D4"], ["C3"]),
        ({"blocked_device_ids": {"set": []}, "allowed_device_ids": {"remove": ["A1", "d4"]}}, [], []),
    ]
    for options, allowed, blocked in steps:
        after = both(simulator, run, module, **ADELE, **options)["cas_mailbox"]
        assert (after["allowed_device_ids"], after["blocked_device_ids"]) == (allowed, blocked)


def test_switches_and_policy(simulator: Simulator, run: Run, admin: Any) -> None:
    admin("New-MobileDeviceMailboxPolicy", Name="Phones")
    for options in (
        {"active_sync_enabled": False, "outlook_mobile_enabled": False},
        {"active_sync_enabled": True, "policy": "phones"},
        {"policy": "Default"},
        {"policy": ""},
    ):
        real = both(simulator, run, cas_mailbox_mobile_access, **ADELE, **options)
    assert real["cas_mailbox"]["policy"] is None
    assert real["diff"]["before"]["policy"] == "Default"  # pinned by name is not the same as following the default


def test_a_policy_that_an_earlier_task_would_create_is_predicted(simulator: Simulator, run: Run) -> None:
    """In check mode it is unknown whether it will exist, so that is a warning and not a failure."""
    wanted: dict[str, Any] = {**ADELE, "policy": "Missing"}
    predicted = run(cas_mailbox_mobile_access, check_mode=True, **wanted)
    assert predicted["changed"] and predicted["diff"]["after"]["policy"] == "Missing"
    assert "There is no policy named Missing yet" in predicted["warnings"][0]
    failed = run(cas_mailbox_mobile_access, **wanted)
    assert failed["error"]["kind"] == "not_found" and "no policy named Missing" in failed["msg"]
    assert writes(simulator) == []


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        (
            {"mailbox": "nobody@contoso.example", "active_sync_enabled": False},
            "not_found",
            "there is no mailbox nobody@",
        ),
        ({"mailbox": " "}, "usage", "mailbox is blank"),
        (
            {**ADELE, "allowed_device_ids": {"add": ["A1"]}, "blocked_device_ids": {"set": ["a1"]}},
            "usage",
            "cannot be allowed and blocked at once",
        ),
    ],
)
def test_what_cannot_be_done(
    simulator: Simulator, run: Run, options: dict[str, Any], kind: str, words: str, check_mode: bool
) -> None:
    failed = run(cas_mailbox_mobile_access, check_mode=check_mode, **options)
    assert failed["error"]["kind"] == kind and words in failed["msg"]
    assert writes(simulator) == []
