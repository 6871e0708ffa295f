# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destructive changes say how to undo them, and additions say nothing, according to the state of the tenant."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from .conftest import shared_out
from .harness import Bench
from .scenarios import SCENARIOS, Scenario

MODULES = "ansible_collections.intune.exchange.plugins.modules."
WRITING = [one for one in SCENARIOS if not one.reads_only]
# Losses on a device, irreversible actions, and states of which the tenant stores nothing before.
NOT_IN_THE_TENANT = {
    "exchange_cmdlet-write",
    "mobile_device-allow",
    "mobile_device-wipe",
    "organization_customization-enable",
}
# Values that the service records by itself, and its own recycle bin.
NOTES = (
    "deletedConditionalAccessPolicies",
    "_requested",
    "_connecting",
    "lastSyncDateTime",
    "status",
    "modifiedDateTime",
    "WhenChanged",
    "WhenChangedUTC",
)


def lost(before: Mapping[str, Any], after: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """The paths of lost values; new values, and changes of empty ones, are not a loss."""
    for name, value in before.items():
        where, now = f"{place}/{name}", after.get(name)
        if name in NOTES or value in (None, "", [], {}, False):
            continue
        if isinstance(value, Mapping) and isinstance(now, Mapping):
            yield from lost(value, now, where)
        elif isinstance(value, (list, tuple, set)) and isinstance(now, (list, tuple, set)):
            yield from (f"{where}: {one}" for one in value if one not in now)
        elif now != value:
            yield where


@shared_out(WRITING, share=6)
def test_what_is_lost_has_an_undo(bench: Bench, scenario: Scenario) -> None:
    bench.start(scenario)
    result = bench.play(scenario)
    assert result["changed"], result
    gone = list(lost(bench.before[scenario.tenant], bench.simulator.objects()[scenario.tenant]))
    documented = yaml.safe_load(importlib.import_module(MODULES + scenario.module).RETURN)
    assert ("undo" in result) == ("undo" in documented)
    said = result.get("undo", "")
    assert bool(said) == bool(gone) or (said and scenario.name in NOT_IN_THE_TENANT), (said, gone)
    assert scenario.repeats or not bench.play(scenario).get("undo"), "nothing more is taken away by a second run"
