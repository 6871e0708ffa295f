# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Promise 21: a module works with the permissions that its documentation names, and says which one is missing."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from .harness import Bench, Undisturbed
from .scenarios import SCENARIOS, Scenario

_PERMISSION = re.compile(r"C\(([A-Z][A-Za-z]+\.[A-Z][A-Za-z]+(?:\.[A-Za-z]+)?)\)")
_MODULES = "ansible_collections.intune.exchange.plugins.modules."


def documented(module: str) -> list[str]:
    notes = " ".join(yaml.safe_load(importlib.import_module(_MODULES + module).DOCUMENTATION)["notes"])
    return sorted(set(_PERMISSION.findall(notes)) - {"Exchange.ManageAsApp"})


WITH_GRAPH = [one for one in SCENARIOS if documented(one.module)]


def played(bench: Bench, scenario: Scenario, granted: set[str]) -> dict[str, Any]:
    bench.start(scenario)
    token = bench.simulator.token("graph", scenario.tenant, granted=granted)
    return bench.play(scenario, graph_token=token)


@pytest.mark.parametrize("scenario", WITH_GRAPH, ids=lambda one: one.name)
def test_the_documented_permissions_are_enough_and_a_missing_one_is_named(
    scenario: Scenario, bench: Bench, undisturbed: Callable[[Scenario], Undisturbed], count: Callable[[int], None]
) -> None:
    undisturbed(scenario)
    needed = set(documented(scenario.module))
    whole = played(bench, scenario, needed)
    assert not whole.get("failed"), whole["msg"]
    named = 0  # what asks, judges or reads beside other things tells it as not known
    for one in sorted(needed):
        result = played(bench, scenario, needed - {one})
        # Where a read fails first, it names the right to read, which the right to write includes.
        names = {one, one.replace("ReadWrite", "Read")}
        if result.get("failed"):
            assert result["error"]["kind"] == "forbidden", result
            assert any(name in result["msg"] for name in names), result["msg"]
        named += any(name in json.dumps(result) for name in names)
        count(21)
    assert named, "no permission was missed, or none was named"
