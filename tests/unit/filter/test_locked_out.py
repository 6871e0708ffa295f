# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices that a change of mobile access locks out."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.locked_out import FilterModule


def device(guid: str | None, before: str, after: str, **values: Any) -> dict[str, Any]:
    return {"guid": guid, "device_id": f"id-{guid}", "mailbox": "adele", "before": before, "after": after, **values}


def locked_out(devices: Any, **options: Any) -> Any:
    return FilterModule().filters()["locked_out"](devices, **options)


@pytest.mark.parametrize(
    ("before", "after", "is_locked_out"),
    [
        ("Allowed", "Quarantined", True),
        ("Allowed", "Blocked", True),
        ("Quarantined", "Blocked", True),
        ("Blocked", "Quarantined", False),
        ("Blocked", "Allowed", False),
        ("Quarantined", "Allowed", False),
    ],
)
def test_a_stricter_state(before: str, after: str, is_locked_out: bool) -> None:
    one = device("a", before, after)
    assert locked_out([one]) == ([one] if is_locked_out else [])


def test_a_device_that_two_rules_hit_counts_once() -> None:
    first, second = device("a", "Allowed", "Blocked"), device("a", "Allowed", "Quarantined")
    assert locked_out([first, second, device("b", "Allowed", "Blocked")]) == [first, device("b", "Allowed", "Blocked")]


def test_devices_without_a_guid_are_not_taken_for_one() -> None:
    both = [device(None, "Allowed", "Blocked", device_id=name) for name in ("one", "two")]
    assert locked_out(both) == both


@pytest.mark.parametrize(
    ("rule", "is_left"),
    [
        ({"characteristic": "DeviceModel", "query_string": "IPHONE 15"}, False),
        ({"characteristic": "DeviceModel", "query_string": "iPhone 15", "state": "absent"}, True),
        ({"characteristic": "DeviceModel", "query_string": "iPhone"}, True),
        ({"characteristic": "DeviceType", "query_string": "iPhone 15"}, True),
        ({"characteristic": "UserAgent", "query_string": "iPhone 15"}, True),
        ({"characteristic": "DeviceModel", "query_string": ""}, True),
    ],
)
def test_a_rule_decides_before_the_default(rule: dict[str, str], is_left: bool) -> None:
    one = device("a", "Allowed", "Quarantined", device_model="iPhone 15", device_type="iPhone", device_os=None)
    assert locked_out([one], rules=[rule]) == ([one] if is_left else [])


def test_a_rule_without_a_value_names_no_device_without_one() -> None:
    one = device("a", "Allowed", "Quarantined", device_model=None)
    assert locked_out([one], rules=[{"characteristic": "DeviceModel", "query_string": ""}]) == [one]


@pytest.mark.parametrize("devices", [None, {}, "text", [{"guid": "a"}], ["text"]])
def test_what_is_no_list_of_devices_is_refused(devices: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="list of devices"):
        locked_out(devices)


@pytest.mark.parametrize("rules", [None, {"query_string": "x"}, [{"characteristic": "DeviceModel"}], "text"])
def test_what_is_no_list_of_rules_is_refused(rules: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="rules"):
        locked_out([], rules=rules)


def test_what_will_be_allowed_is_not_locked_out() -> None:
    both = [device("a", "Allowed", "Quarantined"), device("b", "Allowed", "Quarantined")]
    assert locked_out(both, allowed=[{"guid": "a"}]) == both[1:]
    nameless = device(None, "Allowed", "Blocked")
    assert locked_out([nameless], allowed=[{"guid": None}]) == [nameless]


@pytest.mark.parametrize("allowed", [None, [{}], ["text"]])
def test_what_is_no_list_of_allowed_devices_is_refused(allowed: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="allowed"):
        locked_out([], allowed=allowed)
