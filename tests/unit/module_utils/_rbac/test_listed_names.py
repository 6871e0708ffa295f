# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role groups on a tenant that does not find them by GUID: public sources disagree on whether live tenants do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._engine import exchange_objects
from ansible_collections.intune.exchange.plugins.modules import (
    management_role_assignment,
    role_group,
    role_group_info,
)
from simulator import Simulator

from ..conftest import Clock, run_declaration, shared

ALEX = "alex.wilber@by-name.example"
ROLE = {"role": "Message Tracking", "group": "Rule Keepers"}
GROUP: dict[str, Any] = {"name": "Rule Keepers", "roles": {"set": ["Message Tracking"]}, "members": {"add": [ALEX]}}
# Each step, and its successful writes.
STEPS: list[tuple[Any, dict[str, Any], list[str]]] = [
    (role_group, GROUP, ["New-RoleGroup"]),
    (role_group, {**GROUP, "description": "keep rules"}, ["Set-RoleGroup"]),
    (role_group, {"name": "Rule Keepers", "members": {"remove": [ALEX]}}, ["Update-RoleGroupMember"]),
    (role_group, {"name": "Rule Keepers", "roles": {"set": []}}, ["Remove-ManagementRoleAssignment"]),
    (management_role_assignment, ROLE, ["New-ManagementRoleAssignment"]),
    (management_role_assignment, {**ROLE, "state": "absent"}, ["Remove-ManagementRoleAssignment"]),
    (role_group, {"name": "Rule Keepers", "state": "absent"}, ["Remove-RoleGroup"]),
]
Keep = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    file: Path = tmp_path_factory.mktemp("tenants") / "by_name.yml"
    forms = {"role_groups_by_guid": "missing"}
    file.write_text(yaml.safe_dump({"extends": "ready", "domain": "by-name.example", "exchange": {"forms": forms}}))
    with Simulator([file]) as simulator:
        yield simulator


@pytest.fixture
def keep(simulator: Simulator, clock: Clock) -> Keep:
    def run(module: Any, **options: Any) -> dict[str, Any]:
        arguments = {**simulator.options("by_name"), **options}
        validated = ArgumentSpecValidator(module.DECLARATION.argument_spec).validate(arguments)
        assert not validated.error_messages
        return run_declaration(
            module.DECLARATION, validated.validated_parameters, False, **shared(simulator, "by_name"), **clock.options
        )

    return run


def test_a_life_of_a_role_group(keep: Keep, simulator: Simulator, clock: Clock) -> None:
    before = simulator.state("by_name")
    for module, options, wrote in STEPS:
        known = len(simulator.requests())
        done = keep(module, **options)
        assert not done.get("failed"), done
        writes = [one for one in simulator.requests()[known:] if one["class"] != "READ"]
        assert [one["operation"] for one in writes if one["effect"]] == wrote
        again = keep(module, **options)
        assert not again.get("failed") and not again["changed"], again
    after = simulator.state("by_name")
    for name in ("RoleGroup", "ManagementRoleAssignment"):
        assert after[name] == before[name]
    assert sum(clock.sleeps) < 5  # it is not mistaken for a new object


def test_members_and_roles_are_shown(keep: Keep) -> None:
    keep(role_group, **GROUP)
    (found,) = keep(role_group_info, name="Rule Keepers")["role_groups"]
    assert found["roles"] == ["Message Tracking"] and len(found["members"]) == 1


def test_another_group_that_took_the_name_is_not_touched(keep: Keep, simulator: Simulator) -> None:
    keep(role_group, **GROUP)
    mine = next(one for one in simulator.state("by_name")["RoleGroup"] if one["Name"] == "Rule Keepers")
    other = {**mine, "Guid": mine["Guid"][::-1]}
    # The list after the refusal has another group under this name.
    listed = {"@adminapi.warnings": [], "value": [other]}
    simulator.fault(match="Get-RoleGroup", kind="status", status=200, body=listed, nth=2, count=99)
    failed = keep(role_group, name="Rule Keepers", description="theirs")
    assert failed["failed"]
    assert not [one for one in simulator.requests() if one["operation"] == "Set-RoleGroup" and one["effect"]]


def group(guid: str, identity: str) -> dict[str, Any]:
    return {"Guid": guid, "Identity": identity}


def test_a_name_that_could_be_another_group_is_none() -> None:
    groups = [group("1", "A"), group("2", "a"), group("3", "1"), group("4", ""), group("5", "Plain")]
    assert exchange_objects.names_of_groups(groups) == {"5": "Plain"}
