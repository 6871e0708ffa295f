# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile device mailbox policies, and their values."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.resource import snake
from ansible_collections.intune.exchange.plugins.module_utils._mobile_access import policy_settings
from ansible_collections.intune.exchange.plugins.module_utils._mobile_access import values as values_module
from ansible_collections.intune.exchange.plugins.modules import (
    mobile_device_mailbox_policy,
    mobile_device_mailbox_policy_info,
)
from simulator import Simulator

from ..conftest import writes

Run = Callable[..., dict[str, Any]]
CONTRACT = json.loads((Path(__file__).parents[4] / "simulator/contracts/exchange-cmdlets.json").read_text())["cmdlets"]
NOT_SETTINGS = {"Identity", "Name", "Confirm", "WhatIf"}
PHONES: dict[str, Any] = {
    "name": "Phones",
    "password_enabled": True,
    "min_password_length": 6,
    "max_password_failed_attempts": "10",
    "max_inactivity_time_lock": "00:15:00",
    "password_expiration": "365.00:00:00",
    "max_attachment_size": "25MB",
    "max_email_body_truncation_size": "4KB",
    "approved_application_list": {"add": ["hash-one", "hash-two"]},
}


@pytest.mark.parametrize("cmdlet", ["New-MobileDeviceMailboxPolicy", "Set-MobileDeviceMailboxPolicy"])
def test_the_settings_are_those_of_the_contract(cmdlet: str) -> None:
    parameters = {
        name: spec
        for name, spec in CONTRACT[cmdlet]["parameters"].items()
        if spec["cloud"] and not spec.get("internal_only") and name not in NOT_SETTINGS
    }
    fields = {one.api: one for one in policy_settings.SETTINGS}
    assert set(fields) == set(parameters)
    for name, spec in parameters.items():
        field, limits = fields[name], spec.get("constraints", {})
        assert field.option == snake(name)  # mechanical, without exceptions
        assert field.spec.get("choices") == spec.get("allowed_values")
        assert (spec["encoding"] == "multivalued") is (field.spec["type"] == "dict")
        assert (spec["encoding"] == "bool") is (field.spec["type"] == "bool")
        if isinstance(field, policy_settings.Ranged):
            least = 0 if limits.get("nullable") else limits.get("min", limits.get("min_bytes"))
            most = limits.get("max", limits.get("max_bytes"))
            assert (field.lowest, field.highest) == ("00:00:00" if least is None else least, most)
            assert bool(limits.get("unlimited")) is (field.canonical is not int)


@pytest.mark.parametrize(
    ("read", "value", "canonical"),
    [
        (values_module.duration, "0:15:00", "00:15:00"),
        (values_module.duration, "0.00:15:00", "00:15:00"),
        (values_module.duration, "1.00:00:00", "1.00:00:00"),
        (values_module.duration, "UNLIMITED", "Unlimited"),
        (values_module.duration, {"IsUnlimited": True, "Value": None}, "Unlimited"),
        (values_module.duration, {"IsUnlimited": False, "Value": "01:00:00"}, "01:00:00"),
        (values_module.size, 4096, 4096),
        (values_module.size, "4096", 4096),
        (values_module.size, "4 kb", 4096),
        (values_module.size, "2GB", 2147483648),
        (values_module.size, "35 KB (35,840 bytes)", 35840),
        (values_module.size, "1.234 MB (1,293,943 bytes)", 1293943),
        (values_module.size, "unlimited", "Unlimited"),
        (values_module.count, "10", 10),
        (values_module.count, 10, 10),
        (values_module.count, "Unlimited", "Unlimited"),
    ],
)
def test_values_have_one_form(read: Callable[[Any], Any], value: Any, canonical: Any) -> None:
    assert read(value) == canonical
    assert read(canonical) == canonical


def test_from_nothing_to_a_policy_and_away(simulator: Simulator, run: Run) -> None:
    same = {**PHONES, "max_attachment_size": "25600KB", "max_email_body_truncation_size": "4096", "name": "PHONES"}
    steps: list[tuple[dict[str, Any], str]] = [
        (PHONES, "New-MobileDeviceMailboxPolicy"),
        ({"name": "phones", "max_attachment_size": "unlimited"}, "Set-MobileDeviceMailboxPolicy"),
        ({"name": "phones", "min_password_length": 0}, "Set-MobileDeviceMailboxPolicy"),
        (same, "Set-MobileDeviceMailboxPolicy"),
        ({"name": "Phones", "approved_application_list": {"set": []}}, "Set-MobileDeviceMailboxPolicy"),
        ({"name": "phones", "state": "absent"}, "Remove-MobileDeviceMailboxPolicy"),
    ]
    for options, wrote in steps:
        known = len(writes(simulator))
        predicted = run(mobile_device_mailbox_policy, check_mode=True, **options)
        assert len(writes(simulator)) == known
        real = run(mobile_device_mailbox_policy, **options)
        assert predicted["changed"] and real["changed"], real
        assert predicted["diff"] == real["diff"]
        assert writes(simulator)[known:] == [wrote]
        again = run(mobile_device_mailbox_policy, **options)
        assert not again["changed"] and again["diff"]["before"] == again["diff"]["after"]
        shown = real["mobile_device_mailbox_policy"]
        assert {name: shown[name] for name in real["diff"]["after"]} == {
            name: again["diff"]["after"][name] for name in real["diff"]["after"]
        }


def test_each_value_goes_out_and_comes_back_as_it_was_meant(simulator: Simulator, run: Run) -> None:
    """Every setting by itself: this detects a table that mixes up two of them."""
    run = partial(run, **simulator.options("ready", "token"))  # one sign-in for all of them
    run(mobile_device_mailbox_policy, name="Own", password_enabled=True)
    examples = {
        "MaxInactivityTimeLock": ("00:01:00", "01:00:00"),
        "PasswordExpiration": ("1.00:00:00", "730.00:00:00"),
        "DevicePolicyRefreshInterval": ("1.00:00:00", "00:30:00"),
        "MaxPasswordFailedAttempts": ("4", "16"),
        "IsDefault": (True,),
        "PasswordEnabled": (True,),
        "DeviceEncryptionEnabled": (True,),
    }
    for field in policy_settings.SETTINGS:
        values: tuple[Any, ...] = {
            "bool": (True, False),
            "int": (1, 4),
            "str": ("1KB", "1MB"),
            "dict": ({"set": ["x"]},),
        }[field.spec["type"]]
        for value in examples.get(field.api, tuple(field.spec.get("choices", values)[-2:])):
            done = run(mobile_device_mailbox_policy, name="Own", **{field.option: value})
            assert not done.get("failed"), done["msg"]
            before, after = done["diff"]["before"], done["diff"]["after"]
            changed = {name for name in after if after[name] != before[name]}
            assert changed <= {field.option, "device_encryption_enabled"}
            again = run(mobile_device_mailbox_policy, name="Own", **{field.option: value})
            assert not again["changed"] and again["diff"]["before"] == after


def test_reading_the_policies(run: Run) -> None:
    run(mobile_device_mailbox_policy, **PHONES)
    assert len(run(mobile_device_mailbox_policy_info)["mobile_device_mailbox_policies"]) == 2
    (read,) = run(mobile_device_mailbox_policy_info, name="phones")["mobile_device_mailbox_policies"]
    assert read["max_attachment_size"] == 26214400 and read["max_inactivity_time_lock"] == "00:15:00"
    assert run(mobile_device_mailbox_policy_info, name="none")["mobile_device_mailbox_policies"] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"max_inactivity_time_lock": "15:00"}, "ambiguous"),
        ({"max_inactivity_time_lock": "00:00:59"}, "it must be 00:01:00 to 01:00:00, or unlimited"),
        ({"password_expiration": "0.23:59:59"}, "it must be 1.00:00:00 to 730.00:00:00"),
        ({"password_expiration": "731.00:00:00"}, "it must be 1.00:00:00 to 730.00:00:00"),
        ({"device_policy_refresh_interval": "24:00:00"}, "is not a duration"),
        ({"device_policy_refresh_interval": "soon"}, "is not a duration"),
        ({"max_password_failed_attempts": "3"}, "it must be 4 to 16, or unlimited"),
        ({"max_password_failed_attempts": "many"}, "neither a number nor unlimited"),
        ({"max_attachment_size": "2147482625"}, "it must be 0 to 2147482624"),
        ({"max_attachment_size": "1 TB"}, "is not a size"),
        ({"min_password_length": 17}, "it must be 0 to 16"),
        ({"min_password_complex_characters": 0}, "it must be 1 to 4"),
        ({"password_history": 51}, "it must be 0 to 50"),
        ({"require_storage_card_encryption": True, "device_encryption_enabled": False}, "turns device_encryption_en"),
    ],
)
def test_what_the_service_would_refuse_is_not_sent(
    simulator: Simulator, run: Run, options: dict[str, Any], words: str
) -> None:
    failed = run(mobile_device_mailbox_policy, name="Phones", **options)
    assert failed["failed"] and failed["error"]["kind"] == "usage" and words in failed["msg"]
    assert simulator.requests() == []


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"name": "Default", "state": "absent"}, "in_use", "is the default policy, which Exchange does not remove"),
        ({"name": "Used", "state": "absent"}, "in_use", "policy of 1 mailbox (adele.vance@contoso.example)"),
        ({"name": "Default", "is_default": False}, "usage", "there is always one"),
        ({"name": "Used", "password_history": 4}, "usage", "no effect, since password_enabled is not true"),
        ({"name": "Used", "password_history": 4, "password_enabled": False}, "usage", "no effect"),
    ],
)
def test_what_cannot_be_done_is_explained_in_check_mode_too(
    simulator: Simulator, run: Run, admin: Any, options: dict[str, Any], kind: str, words: str, check_mode: bool
) -> None:
    run(mobile_device_mailbox_policy, name="Used")
    admin("Set-CASMailbox", Identity="adele.vance", ActiveSyncMailboxPolicy="Used")
    known = len(writes(simulator))
    failed = run(mobile_device_mailbox_policy, check_mode=check_mode, **options)
    assert failed["failed"] and failed["error"]["kind"] == kind and words in failed["msg"]
    assert len(writes(simulator)) == known


@pytest.mark.parametrize("there", [{}, {"PasswordEnabled": True}, {"PasswordEnabled": False, "MinPasswordLength": 6}])
@pytest.mark.parametrize("check_mode", [True, False])
def test_passwords_that_are_off_and_long_are_refused_whatever_is_there(
    simulator: Simulator, run: Run, admin: Any, there: dict[str, Any], check_mode: bool
) -> None:
    admin("New-MobileDeviceMailboxPolicy", Name="Used", **there)
    known = simulator.state("ready")
    options = {"name": "Used", "password_enabled": False, "min_password_length": 6}
    failed = run(mobile_device_mailbox_policy, check_mode=check_mode, **options)
    assert failed["error"]["kind"] == "usage" and "min_password_length would have no effect" in failed["msg"]
    assert simulator.state("ready")["MobileDeviceMailboxPolicy"] == known["MobileDeviceMailboxPolicy"]


def test_a_renamed_default_is_not_made_anew(simulator: Simulator, run: Run, admin: Any) -> None:
    admin("Set-MobileDeviceMailboxPolicy", Identity="Default", Name="Base")
    failed = run(mobile_device_mailbox_policy, name="Default", password_enabled=True)
    assert failed["error"]["kind"] == "renamed" and "the default policy is 'Base' now" in failed["msg"]
    assert len(writes(simulator)) == 1


def test_a_refusal_that_was_not_foreseen_says_what_to_do(simulator: Simulator, run: Run) -> None:
    """Somebody assigns the policy to a mailbox between the check and the removal."""
    run(mobile_device_mailbox_policy, name="Used")
    text = "x|Microsoft.Exchange.Management.Tasks.InvalidOperationException|The policy is assigned to 1 mailboxes."
    body = {"error": {"code": "BadRequest", "details": [{"code": "Context", "message": text}]}}
    simulator.fault(match="Remove-MobileDeviceMailboxPolicy", kind="status", status=400, body=body)
    failed = run(mobile_device_mailbox_policy, name="Used", state="absent")
    assert "assigned to 1 mailboxes" in failed["msg"] and "give the mailboxes that use it another one" in failed["msg"]


def test_what_outlook_does_not_go_by(run: Run) -> None:
    assert run(mobile_device_mailbox_policy, name="Own", password_enabled=True, is_default=False)["note"] == ""
    noted = run(mobile_device_mailbox_policy, name="Own", allow_camera=False, allow_bluetooth="Disable")
    assert noted["note"].endswith("it ignores allow_camera.")
