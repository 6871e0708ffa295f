# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destructive modules say how to undo the change, in one key of every result."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._engine.undo import (
    CHANGE_BACK,
    NEVER,
    RECREATE,
    of_change,
)
from ansible_collections.intune.exchange.plugins.modules import (
    activesync_device_access_rule,
    mdm_authority,
    mobile_device,
    organization_customization,
)

Run = Callable[..., dict[str, Any]]
NAME = "ansible_collections.intune.exchange.plugins.modules"
MODULES = sorted(path.stem for path in (Path(__file__).parents[4] / "plugins" / "modules").glob("*.py"))
# Modules that change or destroy without an option `state`.
ALSO = {
    "activesync_organization_settings",
    "application_permissions",
    "cas_mailbox_mobile_access",
    "exchange_cmdlet",
    "mdm_authority",
    "organization_customization",
}


@pytest.mark.parametrize("name", MODULES)
def test_what_removes_has_an_undo_and_documents_it(name: str) -> None:
    module = importlib.import_module(f"{NAME}.{name}")
    removes = "absent" in module.DECLARATION.options.get("state", {}).get("choices", [])
    assert (module.DECLARATION.undo is not None) == (removes or name in ALSO)
    assert ("undo" in yaml.safe_load(module.RETURN)) == (removes or name in ALSO)


def test_only_a_result_that_destroyed_something_says_so(run: Run) -> None:
    rule = {"characteristic": "DeviceType", "query_string": "iPhone"}
    created = run(activesync_device_access_rule, access_level="Block", accept_impact=True, **rule)
    removed = run(activesync_device_access_rule, state="absent", **rule)
    again = run(activesync_device_access_rule, state="absent", **rule)
    assert [one["undo"] for one in (created, removed, again)] == ["", RECREATE, ""]
    assert removed["diff"]["before"]["access_level"] == "Block"


def test_a_wipe_a_removal_and_a_decision(run: Run) -> None:
    phone = {"device_type": "iPhone"}
    wiped = run(mobile_device, wipe="account_only", check_mode=True, **phone)
    assert "wipe=cancel" in wiped["undo"]
    assert "the access that diff.before has" in run(mobile_device, access="blocked", **phone)["undo"]
    assert "lists it again" in run(mobile_device, state="absent", **phone)["undo"]


def test_what_is_for_good(run: Run) -> None:
    authority = run(mdm_authority, tenant="mdm_authority_unset", accept_irreversible=True, check_mode=True)
    customized = run(organization_customization, tenant="dehydrated", accept_permanent=True, check_mode=True)
    assert [authority["undo"], customized["undo"]] == [NEVER, NEVER]


@pytest.mark.parametrize(
    ("before", "after", "loses"),
    [
        ({}, {"a": 1}, False),
        ({"a": None}, {"a": 1}, False),
        ({"a": []}, {"a": None}, False),
        ({"a": 1}, {"a": 2}, True),
        ({"a": 1}, {}, True),
        ({"a": [1]}, {"a": [2, 1]}, False),  # in any order, and others may come
        ({"a": [1, 2]}, {"a": [1]}, True),
        ({"a": [1]}, {"a": None}, True),
        ({"a": [1]}, {"a": "b"}, True),
        ({"a": "b"}, {"a": ["b"]}, True),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]}, False),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, True),
    ],
)
def test_what_a_change_takes_away(before: Any, after: Any, loses: bool) -> None:
    assert of_change({}, {"diff": {"before": before, "after": after}}) == (CHANGE_BACK if loses else "")
