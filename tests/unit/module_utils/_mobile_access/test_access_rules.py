# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access decision as a table, and the device access rules on a simulated tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._mobile_access.access_decision import (
    OrganizationAccess,
    decide,
    impact,
    owner_of,
)
from ansible_collections.intune.exchange.plugins.modules import (
    activesync_device_access_rule,
    activesync_device_access_rule_info,
    activesync_organization_settings,
)
from simulator import Simulator

from ..conftest import writes

Run = Callable[..., dict[str, Any]]
DEVICE = {
    "Identity": "adele\\ExchangeActiveSyncDevices\\EAS§iPhone§A1",
    "DeviceId": "A1",
    "ClientType": "EAS",
    "DeviceType": "iPhone",
    "DeviceModel": "iPhone14C2",
    "DeviceOS": "iOS 18.6",
    "DeviceUserAgent": "Apple-iPhone/1",
    "DeviceAccessState": "Allowed",
    "DeviceAccessStateReason": "Global",
}


def rule(level: str, characteristic: str = "DeviceType", value: str = "iphone") -> dict[str, Any]:
    return {
        "AccessLevel": level,
        "Characteristic": characteristic,
        "QueryString": value,
        "Identity": f"{value} ({characteristic})",
    }


BLOCKED, ALLOWED = {"ActiveSyncBlockedDeviceIDs": ["a1"]}, {"ActiveSyncAllowedDeviceIDs": ["a1"]}


@pytest.mark.parametrize(
    ("device", "mailbox", "rules", "default", "decided"),
    [
        # the default, if nothing else matches
        ({}, {}, [], "Allow", ("Allowed", "default")),
        ({}, {}, [], "Quarantine", ("Quarantined", "default")),
        ({}, {}, [], "Block", ("Blocked", "default")),
        # the switch of the user comes first, and each client has its own
        ({}, {"ActiveSyncEnabled": False, **ALLOWED}, [rule("Allow")], "Allow", ("Blocked", "user_switch")),
        ({}, {"OutlookMobileEnabled": False}, [], "Allow", ("Allowed", "default")),
        ({"ClientType": "Outlook"}, {"ActiveSyncEnabled": False}, [], "Allow", ("Allowed", "default")),
        ({"ClientType": "Outlook"}, {"OutlookMobileEnabled": False}, [], "Allow", ("Blocked", "user_switch")),
        ({"ClientType": "MOWA"}, {"OWAforDevicesEnabled": False}, [], "Allow", ("Blocked", "user_switch")),
        ({"ClientType": "REST"}, {"ActiveSyncEnabled": False}, [], "Allow", ("Allowed", "default")),
        # then states that no property explains: the policy and Intune
        (
            {"DeviceAccessState": "Blocked", "DeviceAccessStateReason": "Policy"},
            ALLOWED,
            [rule("Allow")],
            "Allow",
            ("Blocked", "policy"),
        ),
        (
            {"DeviceAccessState": "Quarantined", "DeviceAccessStateReason": "ExternallyManaged"},
            ALLOWED,
            [],
            "Allow",
            ("Quarantined", "externally_managed"),
        ),
        # then the lists of the mailbox, the blocked first
        ({}, BLOCKED, [rule("Allow")], "Allow", ("Blocked", "individual")),
        ({}, ALLOWED, [rule("Block")], "Block", ("Allowed", "individual")),
        ({}, {**BLOCKED, **ALLOWED}, [], "Allow", ("Blocked", "individual")),
        # then the rules, the strictest first
        ({}, {}, [rule("Allow")], "Block", ("Allowed", "device_rule")),
        ({}, {}, [rule("Allow"), rule("Quarantine", "DeviceOS", "iOS 18.6")], "Allow", ("Quarantined", "device_rule")),
        (
            {},
            {},
            [
                rule("Quarantine"),
                rule("Allow", "UserAgent", "Apple-iPhone/1"),
                rule("Block", "DeviceModel", "iPhone14C2"),
            ],
            "Allow",
            ("Blocked", "device_rule"),
        ),
        # a query string is not a prefix or a pattern, and a header appears nowhere
        ({}, {}, [rule("Block", value="iPhon"), rule("Block", value="i*")], "Allow", ("Allowed", "default")),
        ({}, {}, [rule("Block", "XMSWLHeader", "iPhone")], "Allow", ("Allowed", "default")),
        ({"DeviceType": None}, {}, [{**rule("Block"), "QueryString": None}], "Allow", ("Allowed", "default")),
        # a temporary state is decided like any other
        (
            {"DeviceAccessState": "DeviceDiscovery", "DeviceAccessStateReason": "Global"},
            {},
            [],
            "Quarantine",
            ("Quarantined", "default"),
        ),
    ],
)
def test_what_decides(
    device: dict[str, Any], mailbox: dict[str, Any], rules: list[Any], default: str, decided: tuple[str, str]
) -> None:
    decision = decide({**DEVICE, **device}, mailbox, OrganizationAccess(default, tuple(rules)))
    assert (decision.state, decision.reason) == decided
    assert bool(decision.rule) is (decision.reason == "device_rule")


@pytest.mark.parametrize(
    ("identity", "owner"),
    [
        (DEVICE["Identity"], "adele"),
        ("EURP01.PROD/Hosted Organizations/contoso/adele/ExchangeActiveSyncDevices/EAS§iPhone§A1", "adele"),
        ("marketing/v\\ExchangeActiveSyncDevices\\EAS§iPhone§A1", "marketing/v"),
        ("v\\ExchangeActiveSyncDevices\\EAS§x\\ExchangeActiveSyncDevices\\y§A1", "v"),
        ("contoso.example/Users/marketing\\/v/ExchangeActiveSyncDevices/A1", "marketing/v"),
        ("", ""),
    ],
)
def test_who_owns_a_device(identity: str, owner: str) -> None:
    assert owner_of({"Identity": identity}) == owner


def test_only_those_whose_state_changes_are_hit() -> None:
    other = {**DEVICE, "Identity": "alex\\ExchangeActiveSyncDevices\\B2", "DeviceId": "B2"}
    mailboxes: list[dict[str, Any]] = [{"Name": "ALEX", "ActiveSyncAllowedDeviceIDs": ["B2"]}, {"Name": "Adele"}]
    hit = impact([DEVICE, other], mailboxes, OrganizationAccess("Allow"), OrganizationAccess("Block"))
    assert [(one["device_id"], one["before"], one["after"]) for one in hit] == [("A1", "Allowed", "Blocked")]
    assert (
        impact([DEVICE, other], mailboxes, OrganizationAccess("Block"), OrganizationAccess("Block", (rule("Block"),)))
        == []
    )


IPHONES = {"characteristic": "DeviceType", "query_string": "iPhone"}


def test_a_rule_and_whom_it_hits(simulator: Simulator, run: Run) -> None:
    states = ("Allowed", "Quarantined", "Blocked")
    accept: dict[str, Any] = {"accept_impact": True}
    steps: list[tuple[dict[str, Any], str, tuple[str, str]]] = [
        ({"access_level": "Quarantine", **accept}, "New-ActiveSyncDeviceAccessRule", (states[0], states[1])),
        (
            {"access_level": "Block", "query_string": "IPHONE", **accept},
            "Set-ActiveSyncDeviceAccessRule",
            (states[1], states[2]),
        ),
        ({"state": "absent"}, "Remove-ActiveSyncDeviceAccessRule", (states[2], states[0])),
    ]
    for options, wrote, (was, becomes) in steps:
        known = len(writes(simulator))
        predicted = run(activesync_device_access_rule, check_mode=True, **{**IPHONES, **options})
        assert len(writes(simulator)) == known
        real = run(activesync_device_access_rule, **{**IPHONES, **options})
        assert predicted["changed"] and real["changed"] and predicted["differed"] and real["differed"]
        assert predicted["diff"] == real["diff"] and predicted["impact"] == real["impact"]
        assert [(one["mailbox"], one["before"], one["after"]) for one in real["impact"]] == [
            ("adele.vance", was, becomes)
        ]
        assert writes(simulator)[known:] == [wrote]
        again = run(activesync_device_access_rule, **{**IPHONES, **options})
        assert not again["changed"] and not again["differed"] and again["impact"] == []
        assert again["access_rule"].get("query_string") in ("iPhone", None)


def test_a_rule_that_locks_out_needs_to_be_accepted(simulator: Simulator, run: Run) -> None:
    accepted: dict[str, Any] = {"accept_impact": True}
    quarantine = {"default_access_level": "Quarantine", **accepted}
    steps: list[tuple[dict[str, Any], str]] = [
        ({"access_level": "Quarantine"}, "with Quarantine for DeviceType iPhone"),
        ({"access_level": "Block"}, "with Block for DeviceType iPhone"),
        ({"access_level": "Allow"}, ""),
        ({"state": "absent"}, "with no rule for DeviceType iPhone"),
    ]
    for options, words in steps:
        known = len(writes(simulator))
        for check_mode in (True, False) if words else ():
            failed = run(activesync_device_access_rule, check_mode=check_mode, **IPHONES, **options)
            assert failed["error"]["kind"] == "not_accepted"
            assert f"{words}, 1 device of 1 mailbox would be locked out (adele.vance)" in failed["msg"]
            assert [one["mailbox"] for one in failed["error"]["impact"]] == ["adele.vance"]
        assert len(writes(simulator)) == known
        done = run(activesync_device_access_rule, **IPHONES, **options, **(accepted if words else {}))
        assert done["changed"] and len(writes(simulator)) == known + 1
        if options.get("access_level") == "Allow":  # what the last step removes is an exception
            run(activesync_organization_settings, **quarantine)


def test_rules_and_the_default_are_judged_together(simulator: Simulator, run: Run) -> None:
    model = {"characteristic": "DeviceModel", "query_string": "iPhone14C2"}
    for one in (IPHONES, model):
        run(activesync_device_access_rule, **one, access_level="Allow")
    gone = {"state": "absent"}
    without_model = {"after_rules": [{**model, **gone}]}
    known = len(writes(simulator))
    # With Allow as the default, no rule is needed.
    assert run(activesync_device_access_rule, check_mode=True, **IPHONES, **gone, **without_model)["impact"] == []
    strict = {"default_access_level": "Quarantine", "after_rules": [{**IPHONES, **gone}, {**model, **gone}]}
    failed = run(activesync_organization_settings, check_mode=True, **strict)
    assert "2 devices of 2 mailboxes would be locked out (adele.vance, alex.wilber)" in failed["msg"]
    again = {**IPHONES, "access_level": "Allow"}  # the last rule for a value decides
    failed = run(
        activesync_organization_settings, check_mode=True, **{**strict, "after_rules": [IPHONES | gone, again]}
    )
    assert "1 device of 1 mailbox would be locked out (alex.wilber)" in failed["msg"]
    run(activesync_organization_settings, default_access_level="Quarantine", accept_impact=True)
    # Each rule alone is not needed.
    assert run(activesync_device_access_rule, check_mode=True, **IPHONES, **gone)["impact"] == []
    failed = run(activesync_device_access_rule, check_mode=True, **IPHONES, **gone, **without_model)
    assert failed["error"]["kind"] == "not_accepted" and "(adele.vance)" in failed["msg"]
    assert len(writes(simulator)) == known + 1
    # In a real run, the rule for the model has to be gone: the task for it may have failed.
    failed = run(activesync_device_access_rule, **IPHONES, **gone, **without_model)
    assert failed["error"]["kind"] == "not_in_force" and "after_rules (DeviceModel iPhone14C2)" in failed["msg"]
    run(activesync_device_access_rule, **model, **gone)
    failed = run(activesync_device_access_rule, **IPHONES, **gone, **without_model)
    assert failed["error"]["kind"] == "not_accepted" and "(adele.vance)" in failed["msg"]
    assert len(writes(simulator)) == known + 2


@pytest.mark.parametrize("level", ["Quarantine", None])
def test_nothing_changes_before_the_rules_that_it_comes_after(
    simulator: Simulator, run: Run, level: str | None
) -> None:
    """With a rule that is missing or has another level, others would be locked out than the limit is about."""
    if level:
        run(activesync_device_access_rule, **IPHONES, access_level=level, accept_impact=True)
    known = writes(simulator)
    after = {"after_rules": [{**IPHONES, "access_level": "Allow"}], "accept_impact": True}
    strict = {"default_access_level": "Block", **after}
    model = {"characteristic": "DeviceModel", "query_string": "x", "access_level": "Block", **after}
    for module, options in ((activesync_organization_settings, strict), (activesync_device_access_rule, model)):
        failed = run(module, **options)
        assert failed["error"]["kind"] == "not_in_force" and "on tenant" in failed["msg"], failed
        assert run(module, check_mode=True, **options)["changed"]
    assert writes(simulator) == known
    run(activesync_device_access_rule, **IPHONES, access_level="Allow")
    for module, options in ((activesync_organization_settings, strict), (activesync_device_access_rule, model)):
        assert run(module, **options)["changed"]
        assert not run(module, **options)["changed"]


@pytest.mark.parametrize(
    ("query_string", "words"), [("iPhone*", "exact match only"), ("*", "not a wildcard"), (" ", "is blank")]
)
def test_a_query_string_that_would_match_nothing(simulator: Simulator, run: Run, query_string: str, words: str) -> None:
    failed = run(activesync_device_access_rule, **{**IPHONES, "query_string": query_string, "access_level": "Block"})
    assert failed["error"]["kind"] == "usage" and words in failed["msg"]
    assert simulator.requests() == []


def test_somebody_else_makes_the_same_rule(simulator: Simulator, run: Run) -> None:
    """The creation is refused; the change is computed again from the existing rule."""
    body = {
        "error": {
            "code": "BadRequest",
            "details": [{"code": "Context", "message": "x|X.ADObjectAlreadyExistsException|there is one"}],
        }
    }
    simulator.fault(match="New-ActiveSyncDeviceAccessRule", kind="status", status=400, body=body)
    made = run(activesync_device_access_rule, **IPHONES, access_level="Block", accept_impact=True)
    assert made["changed"] and made["access_rule"]["access_level"] == "Block"
    assert len(writes(simulator)) == 1


def test_without_the_right_to_see_whom_it_hits_nothing_is_written(simulator: Simulator, run: Run) -> None:
    simulator.fault(match="Get-CASMailbox", kind="status", status=403, body={}, count=9)
    failed = run(activesync_device_access_rule, **IPHONES, access_level="Block")
    assert failed["error"]["kind"] == "forbidden" and "which devices the change affects" in failed["msg"]
    assert writes(simulator) == []


def test_reading_the_rules(run: Run) -> None:
    run(activesync_device_access_rule, **IPHONES, access_level="Block", accept_impact=True)
    run(activesync_device_access_rule, characteristic="DeviceOS", query_string="iOS 9", access_level="Quarantine")
    assert len(run(activesync_device_access_rule_info)["access_rules"]) == 2
    (found,) = run(activesync_device_access_rule_info, query_string="IPHONE")["access_rules"]
    assert found["identity"] == "iPhone (DeviceType)" and found["access_level"] == "Block"
    none = run(activesync_device_access_rule_info, access_level="Allow")
    assert none == {"changed": False, "access_rules": [], "summary_text": "0 access rules"}
