# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any cmdlet, and the classes of devices."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.modules import activesync_device_class_info, exchange_cmdlet
from simulator import Simulator

from ..conftest import writes

Run = Callable[..., dict[str, Any]]
SET: dict[str, Any] = {"cmdlet": "set-casmailbox", "parameters": {"Identity": "adele.vance", "ImapEnabled": False}}


@pytest.mark.parametrize("check_mode", [True, False])
def test_what_reads_is_run_in_check_mode_too(run: Run, check_mode: bool) -> None:
    found = run(
        exchange_cmdlet,
        check_mode,
        cmdlet="Get-CASMailbox",
        parameters={"Identity": "adele.vance"},
        select=["DisplayName", "ImapEnabled"],
    )
    assert found == {
        "changed": False,
        "objects": [{"DisplayName": "Adele Vance", "ImapEnabled": True}],
        "cmdlet_warnings": [],
        "undo": "",
    }


def test_what_writes_is_not(simulator: Simulator, run: Run) -> None:
    predicted = run(exchange_cmdlet, check_mode=True, **SET)
    assert predicted["changed"] and simulator.requests() == []
    assert run(exchange_cmdlet, **SET)["changed"]
    assert writes(simulator) == ["Set-CASMailbox"]


@pytest.mark.parametrize("name", ["WhatIf", "whatif"])
@pytest.mark.parametrize("check_mode", [True, False])
def test_with_whatif_nothing_changes(simulator: Simulator, run: Run, check_mode: bool, name: str) -> None:
    before = {**simulator.state("ready"), "at": None}
    assert not run(exchange_cmdlet, check_mode, **{**SET, "parameters": {**SET["parameters"], name: True}})["changed"]
    assert {**simulator.state("ready"), "at": None} == before
    assert run(exchange_cmdlet, check_mode, **{**SET, "parameters": {**SET["parameters"], name: False}})["changed"]


def test_a_list_that_was_cut_off_says_so(run: Run) -> None:
    cut = run(exchange_cmdlet, cmdlet="Get-MobileDevice", parameters={"ResultSize": 1})
    assert len(cut["objects"]) == 1 and "more results" in cut["cmdlet_warnings"][0]
    assert len(run(exchange_cmdlet, cmdlet="Get-MobileDevice", parameters={"ResultSize": "Unlimited"})["objects"]) == 2


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cmdlet": "Get-Everything"}, "is not known to this collection. Check its name, or set allow_unknown"),
        ({"cmdlet": "Get-MobileDevice; x", "allow_unknown": True}, "specify a name such as"),
        ({"cmdlet": "Get-MobileDevice", "parameters": {"Identity": ""}}, "the parameter Identity of "),
        ({"cmdlet": "Remove-MobileDevice", "parameters": {"Identity": None}}, "the parameter Identity of "),
        ({"cmdlet": "Get-Thing", "parameters": {"Identity": ""}, "allow_unknown": True}, "the parameter Identity of "),
        ({"cmdlet": "Get-MobileDevice", "parameters": {"Monitoring": True}}, "has no parameter Monitoring"),
        ({"cmdlet": "Get-MobileDevice", "parameters": {7: "x", "Else": "x"}}, "takes names of parameters, not 7"),
        ({"cmdlet": "Get-MobileDevice", "parameters": {True: "x"}}, "takes names of parameters, not true"),
        (
            {"cmdlet": "Get-CASMailbox", "parameters": {"Identty": "a"}},
            ". Did you mean Identity? Check its name",
        ),
        ({"cmdlet": "Get-CASMailbx"}, "is not known to this collection. Did you mean Get-CASMailbox? Check its name"),
        ({"cmdlet": "Get-MobileDevice", "parameters": {"ActiveSync": "yes"}}, "takes switch as ActiveSync, not str"),
    ],
)
def test_what_is_not_sent(
    simulator: Simulator, run: Run, options: dict[str, Any], words: str, check_mode: bool
) -> None:
    failed = run(exchange_cmdlet, check_mode, **options)
    assert failed["error"]["kind"] == "usage" and words in failed["msg"]
    assert simulator.requests() == []


def test_one_that_is_not_known_is_sent_when_that_was_asked_for(simulator: Simulator, run: Run) -> None:
    failed = run(exchange_cmdlet, cmdlet="Get-Thing", parameters={"Any": 1}, allow_unknown=True)
    assert failed["error"]["kind"] == "forbidden"  # as Exchange responds to unknown names
    assert simulator.requests()[-1]["operation"] == "Get-Thing"


def test_no_full_wipe_leaves(simulator: Simulator, run: Run) -> None:
    values = (None, True, False)
    for name, account_only, cancel, unknown in itertools.product(
        ("Clear-MobileDevice", "clear-mobiledevice", "Clear-ActiveSyncDevice"), values, values, (True, False)
    ):
        given = {"Identity": "x", "AccountOnly": account_only, "Cancel": cancel}
        parameters = {key: value for key, value in given.items() if value is not None}
        done = run(exchange_cmdlet, cmdlet=name, parameters=parameters, allow_unknown=unknown)
        sent = [one for one in simulator.requests() if one["operation"].startswith("Clear-")]
        harmless = bool(account_only or cancel)
        assert bool(sent) is (harmless and (unknown or "Mobile" in name or "mobile" in name))
        assert harmless or "erases the whole device" in done["msg"] or "is not known" in done["msg"]
        simulator.reset()


def test_kinds_of_devices(run: Run) -> None:
    assert len(run(activesync_device_class_info)["activesync_device_classes"]) == 2
    (found,) = run(activesync_device_class_info, device_type="IPHONE")["activesync_device_classes"]
    assert found["device_model"] == "iPhone14C2"
    assert run(activesync_device_class_info, device_type="iPhone", device_model="x")["activesync_device_classes"] == []
