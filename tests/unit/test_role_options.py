# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dictionaries of options reach the modules of roles and playbooks whole, and never by module_defaults of a task.

Those would replace what the play has for the same module, such as its tenant.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._mobile_devices.devices import FILTERS

from .test_collection import NAME, ROOT, load

VARIABLES = load("roles/mobile_access/vars/main.yml")
[_TARGET_CHECK, DEVICES] = load("playbooks/devices.yml")


def own_options(module: str) -> set[str]:
    return set(importlib.import_module(f"{NAME}.modules.{module}").DECLARATION.options)


def tasks_in(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for one in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from tasks_in(one)


def passed(tasks: Any, module: str, variable: str) -> list[set[str]]:
    """The options of each task with this module that come from the dictionary of this name."""
    return [
        {
            name
            for name, value in one[f"intune.exchange.{module}"].items()
            if f"{variable}.get('{name}', omit)" in str(value)
            or f"{variable}.{name} | string if '{name}' in {variable} else omit" in str(value)
        }
        for one in tasks_in(tasks)
        if one.get(f"intune.exchange.{module}")
    ]


@pytest.mark.parametrize(
    ("file", "module", "variable", "known", "options"),
    [
        (
            "approve",
            "mobile_device",
            "mobile_access_filter",
            VARIABLES["__mobile_access_filters"],
            set(FILTERS) - {"access_state"},
        ),
        (
            "main",
            "activesync_organization_settings",
            "mobile_access_settings",
            VARIABLES["__mobile_access_setting_options"],
            own_options("activesync_organization_settings") - {"accept_impact", "after_rules"},
        ),
        (
            "parts/policies",
            "mobile_device_mailbox_policy",
            "__mobile_access_policy",
            VARIABLES["__mobile_access_policy_options"],
            own_options("mobile_device_mailbox_policy"),
        ),
    ],
)
def test_every_option_of_the_module_is_passed(
    file: str, module: str, variable: str, known: list[str], options: set[str]
) -> None:
    assert sorted(known) == sorted(options)
    found = passed(load(f"roles/mobile_access/tasks/{file}.yml"), module, variable)
    assert found and all(one | {"name"} == options | {"name"} for one in found)


def test_every_filter_of_the_playbook_is_passed() -> None:
    assert sorted(DEVICES["vars"]["devices_filters"]) == sorted(FILTERS)
    assert passed(DEVICES["tasks"], "mobile_device_info", "devices_selected") == [set(FILTERS)]


def test_no_task_has_defaults_for_a_single_module() -> None:
    for path in [*(ROOT / "roles").rglob("*.yml"), *(ROOT / "playbooks").rglob("*.yml")]:
        for one in tasks_in(yaml.safe_load(path.read_text(encoding="utf-8"))):
            given = one.get("module_defaults", {})
            assert all(re.match("group/", name) for name in given), path
