# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device filter of a pseudonymized snapshot decides about each device whose texts stay as it did before.

What it decides is the judge's answer, who knows nothing of pseudonyms.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.device_filter import (
    _SYSTEMS,
    matches,
)
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.sign_in import EAS, SignIn, registered
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.pseudonymize import pseudonymized

from .test_pseudonymize import snapshot
from .test_pseudonymized_texts import READABLE

VERSIONS = ("18.6", "17.5.1", "10.0.22631.3593", "14.5 (23F79)", "15")
SYSTEMS = tuple(one for spellings in _SYSTEMS.values() for one in spellings)
# The texts of devices, by the attribute of a filter and the property of a managed device.
TEXTS = {
    ("model", "model"): READABLE,
    ("manufacturer", "manufacturer"): ["Apple", "samsung", "Dell Inc.", "Microsoft Corporation", "HP", "LENOVO"],
    ("operatingSystem", "operatingSystem"): [*SYSTEMS, "iOS", "Android", "Windows", "macOS", "Mac OS X", "iPadOS"],
    ("operatingSystemVersion", "osVersion"): list(VERSIONS),
    ("trustType", ""): ["AzureAD", "ServerAD", "Workplace"],
    ("deviceOwnership", ""): ["Company", "Personal"],
}
_PARTS = """
    Win OS And Max Mac Dell Mini Air Flip Fold Tab Pro Book iPho Pad Sam Lap A S M-G9 SM-G 0 1 10. 10.0.2 .1 Azure AD
    Inc. Corp Plus Note XS SE -G991 4 Pro Phone 15 hone15C Server Work Comp 23F 22631.35
"""
PARTS = (*_PARTS.split(), "14 P", "4 Pro M", "Mac OS", "Virtual M")
OPERATORS = ("eq", "ne", "startsWith", "endsWith", "contains", "notStartsWith", "notEndsWith", "notContains")


def answers(rule: str, attribute: str, texts: list[str]) -> list[bool | None]:
    return [matches(rule, SignIn(EAS, "", device=registered(**{attribute.lower(): one}))) for one in texts]


def hidden(rules: list[str], devices: list[dict[str, Any]]) -> list[str]:
    policies = [
        {"id": str(n), "conditions": {"devices": {"deviceFilter": {"rule": one}}}} for n, one in enumerate(rules)
    ]
    found = pseudonymized(snapshot(conditional_access_policies=policies, managed_devices=devices))["objects"]
    assert [{**one, "id": ""} for one in found["managed_devices"]] == [{**one, "id": ""} for one in devices]
    return [one["conditions"]["devices"]["deviceFilter"]["rule"] for one in found["conditional_access_policies"]]


@pytest.mark.parametrize(("attribute", "property_"), TEXTS)
def test_a_filter_decides_the_same_about_what_stays(attribute: str, property_: str) -> None:
    texts = TEXTS[attribute, property_]
    values = [*texts, *PARTS]
    rules = [f'device.{attribute} -{operator} "{value}"' for operator in OPERATORS for value in values]
    for first, second in zip(values, reversed(values), strict=True):
        rules += [f'device.{attribute} -{which} ["{first}","{second}", \'{first}x\']' for which in ("in", "notIn")]
        rules.append(f'device.{attribute} -eq "{first}" or not (device.{attribute} -in [\'{first}\', "{second}"])')
    devices = [{"id": str(number), property_: one} for number, one in enumerate(texts)] if property_ else []
    for rule, shown in zip(rules, hidden(rules, devices), strict=True):
        assert None not in answers(rule, attribute, texts), rule
        assert answers(shown, attribute, texts) == answers(rule, attribute, texts), (rule, shown)


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_platform_of_a_sign_in_is_that_of_the_filter(system: str) -> None:
    for rule in (
        f'device.operatingSystem -eq "{system}"',
        f'device.operatingSystem -in ["x", "{system}"]',
        f'device.operatingSystem -contains "{system[1:3]}"',
    ):
        [shown] = hidden([rule], [])
        for platform in _SYSTEMS:
            before, after = (matches(one, SignIn(EAS, platform=platform, device=registered())) for one in (rule, shown))
            assert before == after, (rule, shown, platform)


@pytest.mark.parametrize(
    "rule",
    [
        'device.operatingSystem -in ["iOS", "Quibble"]',
        'device.displayName -in ["iOS", "Quibble"]',
        'device.displayName -contains "Quibble" and device.model -contains "Max"',
        'device.model -contains "Quibble"',
        'device.model -eq "iOS" or ("iOS", "Quibble")',
        'device.extensionAttribute1 -in ["Android", "Quibble"]',
        'device.operatingSystemVersion -startsWith "Quibble"',
    ],
)
def test_a_name_in_a_filter_is_replaced(rule: str) -> None:
    assert "quibble" not in json.dumps(hidden([rule], [{"id": "1", "model": "iPhone 14 Pro"}])).lower()


@pytest.mark.parametrize(
    "value", ["Quibble", "quibble@contoso.com", "'Quibble'", '["Quibble", "iOS"]', "[Quibble,iOS]"]
)
def test_a_filter_stays_one(value: str) -> None:
    """Also with a value that is not in quotes."""
    rule = f'device.displayName -in {value} or (device.model -startsWith "iPhone" and device.isCompliant -eq True)'
    [shown] = hidden([rule], [])
    assert "quibble" not in shown.lower() and "contoso" not in shown
    phone, other = (
        SignIn(EAS, "", device=registered(displayname="x", model=one, iscompliant=True))
        for one in ("iPhone 14", "Pixel")
    )
    assert [matches(shown, one) for one in (phone, other)] == [matches(rule, one) for one in (phone, other)]
    assert [matches(shown, one) for one in (phone, other)] == [True, False]


@pytest.mark.parametrize("attribute", ["displayName", "extensionAttribute1", "physicalIds", "deviceId", "unknown"])
@pytest.mark.parametrize("operator", ["-contains", "-in", "-startsWith", "-eq"])
def test_a_part_of_a_description_stays_in_no_other_attribute(attribute: str, operator: str) -> None:
    for name in ("Max", "Dell", "Mac", "Tab", "Personal", "17.1"):
        [shown] = hidden([f'device.model -eq "iOS" and device.{attribute} {operator} ["{name}", "{name}"]'], [])
        assert f'"{name}"' not in shown and '"iOS"' in shown
