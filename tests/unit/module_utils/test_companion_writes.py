# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new object can be read at once while writes to it still return "not found".

Seen by terraprovider/terraform-provider-exo on a live tenant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.modules import management_role, management_role_assignment, role_group
from simulator import Simulator

from .conftest import Clock, run_declaration, shared

GET, SET = "Get-ActiveSyncDeviceAccessRule", "Set-ActiveSyncDeviceAccessRule"
ROLE: dict[str, Any] = {
    "name": "Access Rules",
    "parent": "Organization Client Access",
    "cmdlets": [GET, {"cmdlet": SET, "parameters": ["Identity", "AccessLevel"]}],
}
GROUP: dict[str, Any] = {"name": "Own", "roles": {"set": ["Message Tracking"]}}
LAGS = {"minute": 60, "hour": 3600}
Keep = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    folder: Path = tmp_path_factory.mktemp("tenants")
    for name, lag in LAGS.items():
        described = {"extends": "ready", "domain": f"{name}.example", "exchange": {"companion_after": lag}}
        (folder / f"{name}.yml").write_text(yaml.safe_dump(described))
    with Simulator([folder / f"{name}.yml" for name in LAGS], clock_step=0, rate_limits=False) as simulator:
        yield simulator


@pytest.fixture
def keep(simulator: Simulator, clock: Clock) -> Keep:
    """A wait here advances the clock there."""

    def sleep(seconds: float) -> None:
        clock.sleeps.append(seconds)
        simulator.advance(seconds)

    def run(module: Any, tenant: str, **options: Any) -> dict[str, Any]:
        arguments = {**simulator.options(tenant), **options}
        validated = ArgumentSpecValidator(module.DECLARATION.argument_spec).validate(arguments)
        assert not validated.error_messages
        options = {**shared(simulator, tenant), **clock.options, "sleep": sleep}
        return run_declaration(module.DECLARATION, validated.validated_parameters, False, **options)

    return run


def entries(simulator: Simulator, tenant: str) -> dict[str, list[str]]:
    (role,) = [one for one in simulator.state(tenant)["ManagementRole"] if one["Name"] == ROLE["name"]]
    return {name: sorted(parameters) for name, parameters in role["_entries"].items()}


def creations(simulator: Simulator) -> list[str]:
    return [one["operation"] for one in simulator.requests() if one["effect"] and one["operation"].startswith("New-")]


def test_the_entries_of_a_new_role_are_waited_for(keep: Keep, simulator: Simulator, clock: Clock) -> None:
    done = keep(management_role, "minute", **ROLE)
    assert not done.get("failed"), done
    assert entries(simulator, "minute")[SET] == ["AccessLevel", "Identity"]
    assert creations(simulator) == ["New-ManagementRole"] and 60 <= sum(clock.sleeps) <= 120
    assert not keep(management_role, "minute", **ROLE)["changed"]


def test_the_next_run_goes_on(keep: Keep, simulator: Simulator) -> None:
    failed = keep(management_role, "hour", **ROLE)
    assert failed["error"]["kind"] == "not_ready" and "run again in an hour" in failed["msg"]
    simulator.advance(3600)
    assert keep(management_role, "hour", **ROLE)["changed"]
    assert entries(simulator, "hour")[SET] == ["AccessLevel", "Identity"]
    assert creations(simulator) == ["New-ManagementRole"]


def test_a_new_group_is_given_a_role(keep: Keep, simulator: Simulator, clock: Clock) -> None:
    assert keep(role_group, "minute", **GROUP)["changed"]
    done = keep(management_role_assignment, "minute", role="View-Only Recipients", group="Own")
    assert done.get("changed"), done
    held = [
        one["Role"] for one in simulator.state("minute")["ManagementRoleAssignment"] if one["RoleAssignee"] == "Own"
    ]
    assert sorted(held) == ["Message Tracking", "View-Only Recipients"]
    assert sum(clock.sleeps) > 0
