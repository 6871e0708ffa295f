# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assignments that show their role as ORGANIZATION\\ROLE, as a live tenant was seen to do for the parent of a role."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._exchange.invoke_command import Exchange, Result
from ansible_collections.intune.exchange.plugins.module_utils._rbac.role_catalog import RoleCatalog
from ansible_collections.intune.exchange.plugins.modules import (
    cmdlet_access_info,
    management_role_assignment,
    management_role_assignment_info,
    role_group,
    role_group_info,
)
from simulator import Simulator

from ..conftest import writes
from .test_rules import assignment, tenant

GROUP: dict[str, Any] = {"name": "Keepers", "roles": {"set": ["Message Tracking", "Mail Tips"]}}


@pytest.fixture(autouse=True)
def prefixed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service answers with the prefix; what it is asked stays as it is."""
    invoke = Exchange.invoke

    def answered(self: Exchange, cmdlet: str, *arguments: Any, **more: Any) -> Result:
        found = invoke(self, cmdlet, *arguments, **more)
        if not cmdlet.endswith("-ManagementRoleAssignment"):
            return found
        return replace(found, values=[{**one, "Role": f"contoso.com\\{one['Role']}"} for one in found.values])

    monkeypatch.setattr(Exchange, "invoke", answered)


def test_a_role_group_settles(run: Any, simulator: Simulator) -> None:
    assert run(role_group, **GROUP)["changed"]
    again = run(role_group, **GROUP)
    assert again["changed"] is False, again
    changed = run(role_group, name="Keepers", roles={"set": ["Mail Tips", "View-Only Recipients"]})
    assert changed["diff"]["before"]["roles"] == ["Mail Tips", "Message Tracking"]
    assert writes(simulator) == ["New-RoleGroup", "Remove-ManagementRoleAssignment", "New-ManagementRoleAssignment"]
    (shown,) = run(role_group_info, name="Keepers")["role_groups"]
    assert shown["roles"] == ["Mail Tips", "View-Only Recipients"]


def test_an_assignment_comes_and_goes(run: Any, simulator: Simulator) -> None:
    given = {"role": "Message Tracking", "user": "adele.vance@contoso.example"}
    assert run(management_role_assignment, **given)["changed"]
    assert run(management_role_assignment, **given)["changed"] is False
    (shown,) = run(management_role_assignment_info, assignee=given["user"])["management_role_assignments"]
    assert shown["role"] == "Message Tracking"
    assert run(management_role_assignment, **given, state="absent")["changed"]
    assert writes(simulator) == ["New-ManagementRoleAssignment", "Remove-ManagementRoleAssignment"]


def test_the_caller_keeps_its_own_way(run: Any, admin: Any, simulator: Simulator) -> None:
    ids = simulator.facts("ready", "restricted")
    admin("New-ServicePrincipal", AppId=ids["client_id"], ObjectId=ids["object_id"])
    roles = ["Role Management", "View-Only Recipients", "Message Tracking"]
    admin("New-RoleGroup", Name="Robots", Roles=roles, Members=[ids["object_id"]])
    done = writes(simulator)
    for options in ({"roles": {"set": ["Message Tracking"]}}, {"state": "absent"}):
        failed = run(role_group, application="restricted", name="Robots", **options)
        assert failed.get("failed") and failed["error"]["kind"] == "own_rights", failed
    given = {"role": "Role Management", "group": "Robots", "state": "absent"}
    assert run(management_role_assignment, application="restricted", **given)["error"]["kind"] == "own_rights"
    assert writes(simulator) == done
    # The one role that it may give up is removed, and the others stay.
    kept = run(role_group, True, application="restricted", name="Robots", roles={"remove": ["Message Tracking"]})
    assert kept["changed"] and kept["diff"]["after"]["roles"] == ["Role Management", "View-Only Recipients"]


def test_the_account_of_the_connector_has_its_rights(run: Any) -> None:
    shown = run(cmdlet_access_info, account="svc-intune-connector@contoso.example")
    assert shown["granted"] is True and shown["excess"] == []
    origins = {origin["role"] for one in shown["cmdlets"] for origin in one["granted_by"]}
    assert origins == {"Intune Connector Access", "Intune Connector Devices", "Intune Connector Policies"}


def test_a_role_that_is_called_so_itself_keeps_its_name() -> None:
    roles = [{"Name": "Odd\\Role", "Guid": "1"}, {"Name": "Role", "Guid": "2"}]
    shown = ["odd\\role", "contoso.com\\Role", "Role", "contoso.com\\Odd\\Role", "contoso.com\\Unknown", "a\\b\\Role"]
    read = [assignment(number, role) for number, role in enumerate(shown)]
    named = RoleCatalog(tenant({"Get-ManagementRole": roles})).named(read)
    assert [one["Role"] for one in named] == ["odd\\role", "Role", "Role", "Odd\\Role", "Unknown", "Role"]
    assert [one["Guid"] for one in named] == [one["Guid"] for one in read]
    # Without a backslash, nothing more is read.
    silent = tenant()
    assert RoleCatalog(silent).named(read[2:3]) == read[2:3] and silent.asked == []
