# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole connector account in the directory after a task, and the task's result."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Graph
from simulator import Simulator

from ..conftest import Clock, check_form, hold
from .test_account import NAME, PASSWORD, PRIVILEGED, account, writes

__all__ = ["account"]  # a fixture

# "Microsoft Entra built-in roles" and "Product names and service plan identifiers for licensing"
INTUNE_ADMINISTRATOR = "3a2c62db-5318-420d-8d74-23affee5d9d5"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"
VIEW = {
    "user_principal_name": NAME,
    "display_name": "svc-new",
    "primary_smtp_address": None,
    "usage_location": "CH",
    "account_enabled": True,
    "licenses": ["ENTERPRISEPACK"],
    "directory_roles": ["Intune Administrator"],
}


def user(simulator: Simulator) -> dict[str, Any]:
    return next(one for one in simulator.state("ready")["users"] if one["userPrincipalName"] == NAME)


def roles(simulator: Simulator, holder: str) -> list[tuple[str, str]]:
    return sorted(
        (one["roleDefinitionId"], one["directoryScopeId"])
        for one in simulator.state("ready")["roleAssignments"]
        if one["principalId"] == holder
    )


def test_a_new_account(simulator: Simulator, account: Any) -> None:
    others = {one["id"] for one in simulator.state("ready")["users"]}
    made = account(wait=False)
    found = user(simulator)
    assert {name: found[name] for name in ("accountEnabled", "displayName", "mailNickname", "usageLocation")} == {
        "accountEnabled": True,
        "displayName": "svc-new",
        "mailNickname": "svc-new",
        "usageLocation": "CH",
    }
    assert found["passwordPolicies"] == "DisablePasswordExpiration" and found["userType"] == "Member"
    assert [one["skuId"] for one in found["assignedLicenses"]] == [E3]
    assert roles(simulator, found["id"]) == [(INTUNE_ADMINISTRATOR, "/")]
    assert made == {
        "changed": True,
        "diff": {"before": {}, "after": VIEW},
        "connector_account": {"id": found["id"], **VIEW},
        "license_candidates": [],
        "undo": "",
    }
    assert {one["id"] for one in simulator.state("ready")["users"]} == {*others, found["id"]}
    predicted = account(check_mode=True, user_principal_name="svc-other@contoso.example", display_name="Other")
    assert predicted["connector_account"]["id"] is None and predicted["connector_account"]["display_name"] == "Other"


def test_nobody_has_to_change_its_password(account: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Microsoft Graph asks for a new one by default, and a service account signs in without anybody."""
    sent: list[Any] = []
    create = Graph.create

    def kept(self: Graph, path: str, body: Any, purpose: Any) -> dict[str, Any]:
        sent.append(body)
        return create(self, path, body, purpose)

    monkeypatch.setattr(Graph, "create", kept)
    account(wait=False)
    profiles = [one["passwordProfile"] for one in sent if "passwordProfile" in one]
    assert profiles == [{"password": PASSWORD, "forceChangePasswordNextSignIn": False}]


def test_an_account_that_is_changed(simulator: Simulator, account: Any) -> None:
    identity = account(wait=False)["connector_account"]["id"]
    hold(simulator, PRIVILEGED)
    options: dict[str, Any] = {
        "display_name": "New",
        "account_enabled": False,
        "usage_location": "DE",
        "licenses": [],
        "licenses_state": "exact",
        "directory_roles": {"set": ["Global Reader"]},
        "wait": False,
    }
    predicted = account(check_mode=True, **options)
    assert roles(simulator, identity) == [(INTUNE_ADMINISTRATOR, "/")] and user(simulator)["displayName"] == "svc-new"
    changed = account(**options)
    for result in (predicted, changed):  # the mailbox appears later
        for view in (result["diff"]["before"], result["diff"]["after"], result["connector_account"]):
            assert view.pop("primary_smtp_address") in (None, NAME)
    before = {name: value for name, value in VIEW.items() if name != "primary_smtp_address"}
    after = {
        **before,
        "display_name": "New",
        "account_enabled": False,
        "usage_location": "DE",
        "licenses": [],
        "directory_roles": ["Global Reader"],
    }
    assert changed["diff"] == {"before": before, "after": after} == predicted["diff"]
    assert changed["connector_account"] == {"id": identity, **after} == predicted["connector_account"]
    assert "ENTERPRISEPACK" in str(changed["license_candidates"])
    found = user(simulator)
    assert (found["displayName"], found["accountEnabled"], found["usageLocation"]) == ("New", False, "DE")
    assert found["assignedLicenses"] == []
    assert [role for role, _scope in roles(simulator, identity)] == ["f2ef992c-3afb-46b9-b7cf-a126ee74c451"]


def test_what_is_not_named_stays(simulator: Simulator, account: Any) -> None:
    account(wait=False)
    before, done = user(simulator), len(writes(simulator))
    nothing = {"licenses": None, "directory_roles": None, "usage_location": None, "password": None, "wait": False}
    unchanged = account(**nothing)
    assert not unchanged["changed"] and user(simulator) == before
    added = account(**{**nothing, "licenses": ["INTUNE_A"]})
    assert added["connector_account"]["licenses"] == ["ENTERPRISEPACK", "INTUNE_A"]
    renamed = account(**{**nothing, "display_name": "New"})
    assert renamed["diff"]["after"]["licenses"] == ["ENTERPRISEPACK", "INTUNE_A"]
    assert writes(simulator)[done:] == ["POST assignLicense", f"PATCH {before['id']}"]
    assert roles(simulator, before["id"]) == [(INTUNE_ADMINISTRATOR, "/")]


def test_an_account_that_is_removed(simulator: Simulator, account: Any) -> None:
    account(licenses=None, directory_roles=None, wait=False)
    before = {**VIEW, "licenses": [], "directory_roles": []}
    expected: dict[str, Any] = {
        "changed": True,
        "diff": {"before": before, "after": {}},
        "connector_account": {},
        "license_candidates": [],
        "undo": "Restore the user in the Microsoft Entra admin center (Users, Deleted users) within 30 days, and run "
        "the task again with state=present",
    }
    options: dict[str, Any] = {"state": "absent", "directory_roles": None}
    assert account(check_mode=True, **options) == expected
    assert user(simulator)
    assert account(**options) == expected
    assert NAME not in {one["userPrincipalName"] for one in simulator.state("ready")["users"]}
    assert account(**options) == {**expected, "undo": "", "changed": False, "diff": {"before": {}, "after": {}}}


def test_a_conflict_is_worked_out_anew(simulator: Simulator, clock: Clock, account: Any) -> None:
    account(wait=False)
    done = len(writes(simulator))
    for times, fails in ((1, False), (2, False), (3, True)):
        clock.sleeps.clear()
        simulator.fault(match="*UpdateUser*", kind="status", status=409, count=times)
        result = account(display_name=f"New {times}", wait=False)
        simulator.clear_faults()
        assert bool(result.get("failed")) is fails, result
        assert len(clock.sleeps) == min(times, 2)
        if fails:
            assert result["error"]["kind"] == "conflict"
        else:
            assert result["diff"]["before"]["display_name"] != f"New {times}" == user(simulator)["displayName"]
    assert len(writes(simulator)) == done + 2


@pytest.mark.parametrize("options", [{"account_enabled": False}, {"state": "absent", "force_delete": True}])
def test_the_last_global_administrator_stays(simulator: Simulator, account: Any, options: dict[str, Any]) -> None:
    """Of two, one may be removed. Disabled or deleted accounts do not count."""
    tenant = "account_is_admin"
    hold(simulator, PRIVILEGED, tenant)
    first, last = simulator.facts(tenant)["account"], "administrator@account-is-admin.example"
    holders = {
        one["principalId"]
        for one in simulator.state(tenant)["roleAssignments"]
        if one["roleDefinitionId"] == GLOBAL_ADMINISTRATOR
    }
    assert {one["userPrincipalName"] for one in simulator.state(tenant)["users"] if one["id"] in holders} == {
        first,
        last,
    }
    common = {"tenant": tenant, "wait": False, "licenses": None, "directory_roles": None, **options}
    assert account(user_principal_name=first, **common)["changed"]
    before = simulator.state(tenant)["users"]
    for check_mode in (True, False):
        result = account(check_mode, user_principal_name=last, **common)
        check_form(result, simulator.options(tenant)["tenant_id"])
        assert result["error"]["kind"] == "last_way_in" and last in result["msg"], result
    assert simulator.state(tenant)["users"] == before
