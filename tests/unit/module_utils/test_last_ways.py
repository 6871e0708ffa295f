# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attacks on the rules: the last administrator, the caller's own registration, managers, null, look-alikes.

The oracle is the whole state of the simulated tenant: it stays as it was, or one object differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.lockout import (
    ADMINISTRATORS,
    last_administrators,
    lockout_risk,
)
from ansible_collections.intune.exchange.plugins.module_utils._core.targets import null_options
from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.module_utils._rbac.built_in_role_groups import is_built_in_name
from ansible_collections.intune.exchange.plugins.modules import (
    cmdlet_access_info,
    connector_account,
    exchange_cmdlet,
    management_role,
    mobile_device,
    role_group,
    service_principal,
)
from simulator import Simulator

from .conftest import Clock, run_declaration, shared

ADMINISTRATOR = "administrator@ways.example"
Run = Callable[..., dict[str, Any]]
DESCRIPTION = {
    "extends": "phones",
    "domain": "ways.example",
    "users": {"shadow": {"displayName": "TenantAdmins_shadow", "licences": [], "accountEnabled": False}},
}


def state(simulator: Simulator) -> dict[str, Any]:
    """The whole tenant except its time."""
    return {name: value for name, value in simulator.state("ways").items() if name != "at"}


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    path = tmp_path_factory.mktemp("ways") / "ways.yml"
    path.write_text(yaml.safe_dump(DESCRIPTION))
    with Simulator(tenants=[path]) as simulator:
        yield simulator


@pytest.fixture
def act(ways: Simulator, clock: Clock) -> Run:
    """Run a module; if it refuses, the tenant must be unchanged."""
    ways.reset()

    def run(module: Any, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        declaration: engine.Declaration = module.DECLARATION
        validated = ArgumentSpecValidator(
            declaration.argument_spec, required_if=[list(one) for one in declaration.required_if]
        ).validate({**ways.options("ways"), **options})
        assert not validated.error_messages, validated.error_messages
        before = state(ways)
        result = run_declaration(
            declaration, validated.validated_parameters, check_mode, **shared(ways, "ways"), **clock.options
        )
        if result.get("failed") or check_mode:
            assert state(ways) == before
        return result

    return run


@pytest.mark.parametrize(
    "options",
    [
        {"account_enabled": False, "wait": False},
        {"directory_roles": {"set": []}, "wait": False},
        {"directory_roles": {"remove": ["Global Administrator"]}, "wait": False},
        {"state": "absent", "force_delete": True},
    ],
)
def test_the_last_global_administrator_stays(act: Run, options: dict[str, Any]) -> None:
    for check_mode in (True, False):
        refused = act(connector_account, check_mode, user_principal_name=ADMINISTRATOR, **options)
        assert refused["error"]["kind"] == "last_way_in", refused


def test_another_administrator_may_be_disabled(act: Run) -> None:
    given = act(
        connector_account,
        user_principal_name="alex.wilber@ways.example",
        directory_roles={"add": ["Global Administrator"]},
        wait=False,
    )
    assert given["changed"], given
    disabled = act(connector_account, user_principal_name=ADMINISTRATOR, account_enabled=False, wait=False)
    assert disabled["changed"], disabled
    last = act(connector_account, user_principal_name="alex.wilber@ways.example", account_enabled=False, wait=False)
    assert last["error"]["kind"] == "last_way_in"


def test_a_disabled_user_is_no_way_in_whatever_it_is_called(act: Run) -> None:
    added = act(
        role_group,
        name="Organization Management",
        members={"add": ["shadow@ways.example", ADMINISTRATOR]},
        allow_built_in=True,
    )
    assert not added.get("failed"), added
    refused = act(
        role_group, name="Organization Management", members={"set": ["shadow@ways.example"]}, allow_built_in=True
    )
    assert refused["error"]["kind"] == "last_way_in", refused


def test_managers_come_and_go(act: Run, ways: Simulator) -> None:
    both = [ADMINISTRATOR, "adele.vance@ways.example"]
    assert act(role_group, name="Phones", managed_by={"set": both})["changed"]
    removed = act(role_group, name="Phones", managed_by={"remove": [ADMINISTRATOR]})
    assert removed["changed"] and removed["diff"]["after"]["managed_by"] == ["adele.vance@ways.example"]
    again = act(role_group, name="Phones", managed_by={"set": ["adele.vance@ways.example"]})
    assert not again["changed"], again
    (group,) = [one for one in ways.state("ways")["RoleGroup"] if one["Name"] == "Phones"]
    assert len(group["ManagedBy"]) == 1


def test_the_caller_does_not_remove_its_own_registration(act: Run, ways: Simulator) -> None:
    own = ways.facts("ways")
    ids = {"app_id": own["client_id"], "object_id": own["object_id"], "display_name": "Ourselves"}
    act(service_principal, **ids)
    refused = act(service_principal, app_id=own["client_id"], object_id=own["object_id"], state="absent")
    assert refused["error"]["kind"] == "own_rights", refused


@pytest.mark.parametrize(
    "options",
    [
        {"min_days_since_first_sync": -3, "state": "absent", "max_affected": 9},
        {"min_days_since_first_sync": 0, "access": "blocked"},
        {"min_days_since_last_sync": 0, "min_days_since_first_sync": 0, "wipe": "account_only", "max_affected": 9},
    ],
)
def test_an_age_that_says_of_every_device_that_it_is_meant(act: Run, options: dict[str, Any]) -> None:
    assert act(mobile_device, match="all", **options)["error"]["kind"] == "usage"


@pytest.mark.parametrize(
    "name", ["Organization Management ", " organization  management", "Help\u200b Desk", "\uff28elp Desk"]
)
def test_what_looks_like_a_built_in_group(name: str) -> None:
    assert is_built_in_name(name) and not is_built_in_name(name + " Zurich")


def test_a_marker_is_more_than_a_word(act: Run) -> None:
    act(role_group, name="Phones", description="a [made by y]")
    assert act(role_group, name="Phones", marker="a", state="absent")["error"]["kind"] == "usage"


def test_null_is_not_left_out() -> None:
    declared = mobile_device.DECLARATION
    assert null_options({"mailbox": None, "device_type": "iPhone"}, declared.identifying) == ["mailbox"]
    assert null_options({"device_type": "iPhone", "timeout": None}, declared.identifying) == []
    assert null_options({"marker": None, "description": None}, role_group.DECLARATION.identifying) == ["marker"]
    assert null_options(
        {"cmdlet": "Get-MobileDevice", "parameters": None}, exchange_cmdlet.DECLARATION.identifying
    ) == ["parameters"]
    assert null_options({"account": None, "cmdlets": None}, cmdlet_access_info.DECLARATION.identifying) == [
        "account",
        "cmdlets",
    ]
    nothing = engine.refuse_null(management_role.DECLARATION, {"name": "Ours", "parent": "P", "cmdlets": None})
    assert nothing and nothing["error"]["kind"] == "usage" and "cmdlets is blank" in nothing["msg"]
    failure = engine.refuse_null(declared, {"mailbox": None, "tenant_id": "contoso.example"})
    assert failure and failure["error"]["kind"] == "usage" and "mailbox is blank" in failure["msg"]


def policy(users: dict[str, Any], **conditions: Any) -> dict[str, Any]:
    applications = {"includeApplications": ["All"]}
    return {
        "displayName": "Closed",
        "state": "enabled",
        "conditions": {"clientAppTypes": ["all"], "applications": applications, "users": users, **conditions},
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    }


ADMIN = Person("admin", frozenset({"admins"}), frozenset({next(iter(ADMINISTRATORS))}))
INTERN = Person("intern")


@pytest.mark.parametrize(
    "users",
    [
        {"includeUsers": ["admin"]},
        {"includeGroups": ["admins"]},
        {"includeUsers": ["All"], "excludeUsers": ["intern"]},
        {"includeRoles": [next(iter(ADMINISTRATORS))]},
    ],
)
def test_the_last_administrator_is_kept_out_however_it_is_named(users: dict[str, Any]) -> None:
    assert last_administrators([], [policy(users)], [ADMIN, INTERN])


@pytest.mark.parametrize(
    "conditions",
    [
        {"locations": {"includeLocations": ["All", "AllTrusted"]}},
        {"signInRiskLevels": ["none", "low", "medium", "high"]},
        {"userRiskLevels": ["high", "medium", "low", "none", "hidden"]},
    ],
)
def test_a_condition_that_holds_for_every_sign_in_is_none(conditions: dict[str, Any]) -> None:
    spare = policy({"includeUsers": ["All"], "excludeUsers": ["intern"]})
    rest = {**policy({"includeUsers": ["intern"], "excludeUsers": ["nobody"]}, **conditions), "displayName": "Rest"}
    assert lockout_risk([spare, rest], rest, [ADMIN, INTERN])


def test_a_condition_with_a_gap_is_one() -> None:
    spare = policy({"includeUsers": ["All"], "excludeUsers": ["intern"]})
    rest = policy({"includeUsers": ["intern"], "excludeUsers": ["x"]}, signInRiskLevels=["low", "medium", "high"])
    assert not lockout_risk([spare, rest], rest, [ADMIN, INTERN])
