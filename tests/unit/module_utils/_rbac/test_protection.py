# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules that protect Exchange rights, one by one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._connector.account_lookup import owner_of
from ansible_collections.intune.exchange.plugins.module_utils._connector.connectors import not_offered
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import ErrorResponse, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._rbac.assignment_scopes import scope_of
from ansible_collections.intune.exchange.plugins.module_utils._rbac.built_in_role_groups import is_built_in
from ansible_collections.intune.exchange.plugins.module_utils._rbac.principals import Principals
from ansible_collections.intune.exchange.plugins.module_utils._rbac.role_assignments import Assignments
from ansible_collections.intune.exchange.plugins.modules import (
    exchange_cmdlet,
    management_role,
    management_role_assignment,
    role_group,
    service_principal,
)
from simulator import Simulator

from ..conftest import writes

ADELE = "adele.vance@contoso.example"


@pytest.mark.parametrize(
    ("group", "built_in"),
    [
        ({"Name": "help desk"}, True),
        ({"Name": "TenantAdmins_-1234567"}, True),
        ({"Name": "Renamed", "WellKnownObject": "Organization Management"}, True),
        ({"Name": "Synced", "Capabilities": ["Partner_Managed"]}, True),
        ({"Name": "Synced", "Capabilities": "Partner_Managed"}, True),
        ({"Name": "Synced", "Capabilities": "None, PARTNER_MANAGED"}, True),
        ({"Name": "Help Desk Zurich", "WellKnownObject": "", "Capabilities": []}, False),
        ({"Name": "Help Desk Zurich", "WellKnownObject": "", "Capabilities": "None"}, False),
        ({"Name": "Help Desk Zurich", "Capabilities": None}, False),
        ({"Name": "Help Desk Zurich", "Capabilities": 5}, False),
    ],
)
def test_what_is_built_in(group: dict[str, Any], built_in: bool) -> None:
    assert is_built_in(group) is built_in


@pytest.mark.parametrize(
    ("assignment", "scope"),
    [
        ({}, None),
        ({"RecipientWriteScope": "Organization", "ConfigWriteScope": "OrganizationConfig"}, None),
        ({"RecipientWriteScope": "None", "RecipientReadScope": "NotApplicable"}, None),
        ({"RecipientWriteScope": "Self"}, "Self"),
        ({"RecipientWriteScope": "OU", "CustomRecipientWriteScope": "Sales"}, "OU Sales"),
        ({"ConfigWriteScope": "CustomConfigScope", "CustomConfigWriteScope": "Lab"}, "CustomConfigScope Lab"),
        ({"RecipientReadScope": "CustomRecipientScope", "RecipientWriteScope": "None"}, "CustomRecipientScope"),
        ({"RecipientWriteScope": "Whatever Comes Later"}, "Whatever Comes Later"),
    ],
)
def test_what_is_scoped(assignment: dict[str, Any], scope: str | None) -> None:
    assert scope_of(assignment) == scope


def test_a_role_for_the_own_mailbox_is_whole_as_it_is() -> None:
    assert scope_of({"RecipientWriteScope": "Self"}, {"ImplicitRecipientWriteScope": "Self"}) is None


@pytest.mark.parametrize(
    ("status", "message", "method", "offered"),
    [
        (501, "NotSupported", "GET", False),
        (400, "The Exchange service to service connector is no longer supported.", "POST", False),
        (400, "The mailbox was not found.", "POST", True),
        (400, "The property primarySmtpAddress is not supported here.", "POST", True),
        (400, "The Exchange service to service connector is no longer supported.", "GET", True),
        (403, "The Exchange service to service connector is no longer supported.", "POST", True),
    ],
)
def test_what_means_not_offered(status: int, message: str, method: str, offered: bool) -> None:
    answer = ErrorResponse("Microsoft Graph", status, "BadRequest", message, "", "")
    error = not_offered(TenantError("refused", "x", "y", "t", answer=answer), method)
    assert (error.kind != "not_offered") is offered


def test_an_address_belongs_to_one_account() -> None:
    primary = {
        "id": "1",
        "userPrincipalName": "a@x.example",
        "proxyAddresses": ["SMTP:a@x.example"],
        "accountEnabled": True,
    }
    alias = {**primary, "id": "2", "userPrincipalName": "b@x.example", "proxyAddresses": ["smtp:A@x.example"]}
    other = {**alias, "id": "3", "userPrincipalName": "c@x.example"}
    assert owner_of([alias, primary], "A@X.example") == primary
    assert owner_of([alias], "a@x.example") == alias
    assert owner_of([{"id": "4", "userPrincipalName": "d@x.example"}], "a@x.example") is None
    with pytest.raises(TenantError, match="2 objects match") as raised:
        owner_of([alias, other], "a@x.example")
    assert raised.value.kind == "ambiguous"


def test_principals_are_one_only_by_id(signed_in: Callable[..., Any]) -> None:
    principals = Principals(signed_in())
    first = principals.learn({"Guid": "1", "Name": "b@x.example", "PrimarySmtpAddress": "a@x.example"})
    second = principals.learn({"Guid": "2", "Name": "Twin", "PrimarySmtpAddress": "b@x.example"})
    third = principals.learn({"Guid": "3", "Name": "Twin"})
    assert len({id(one) for one in (first, second, third)}) == 3
    assert principals.find("b@x.example") is second and principals.find("2") is second
    assert third.label == "Twin (3)" and third.id == "3"
    assert principals.learn({"Guid": "2", "EmailAddresses": ["smtp:other@x.example"]}) is second
    assert principals.find("other@x.example") is second
    with pytest.raises(TenantError, match="2 objects match"):
        principals.find("twin")


def test_a_known_principal_is_not_searched_for(signed_in: Callable[..., Any], simulator: Simulator) -> None:
    principals = Principals(signed_in())
    known = principals.learn({"Guid": "1", "Name": "b@x.example", "PrimarySmtpAddress": "a@x.example"})
    asked = len(simulator.requests())
    assert principals.find("A@x.example") is known and len(simulator.requests()) == asked


def test_the_caller_keeps_its_own_way(run: Any, admin: Any, simulator: Simulator) -> None:
    """The restricted application has its rights through its group alone."""
    ids = simulator.facts("ready", "restricted")
    admin("New-ServicePrincipal", AppId=ids["client_id"], ObjectId=ids["object_id"])
    roles = ["Role Management", "View-Only Recipients", "Message Tracking"]
    admin("New-RoleGroup", Name="Robots", Roles=roles, Members=[ids["object_id"]])
    before, done = simulator.state("ready")["RoleGroup"], writes(simulator)
    for options in (
        {"roles": {"set": ["Message Tracking"]}},
        {"members": {"set": [ADELE]}},
        {"members": {"remove": [ids["client_id"]]}, "roles": {"set": []}},
        {"state": "absent"},
    ):
        for check_mode in (True, False):
            failed = run(role_group, check_mode, application="restricted", name="Robots", **options)
            assert failed["error"]["kind"] == "own_rights", failed
    failed = run(
        management_role_assignment, application="restricted", role="Role Management", group="Robots", state="absent"
    )
    assert failed["error"]["kind"] == "own_rights", failed
    assert simulator.state("ready")["RoleGroup"] == before and writes(simulator) == done
    kept = run(role_group, True, application="restricted", name="Robots", roles={"remove": ["Message Tracking"]})
    assert kept["changed"]
    removed = run(role_group, name="Robots", state="absent")  # somebody else may
    assert removed.get("changed"), removed


@pytest.mark.parametrize("name", ["Inbox*", "a\\b", "what?", "[x]"])
def test_a_name_that_means_other_roles(run: Any, simulator: Simulator, name: str) -> None:
    failed = run(management_role, name=name, parent="Message Tracking")
    assert failed["error"]["kind"] == "usage" and "mean other roles" in failed["msg"]
    assert writes(simulator) == []


def test_the_marker_says_whose_it_is(run: Any, simulator: Simulator) -> None:
    mine = {"description": "x [made by me]", "marker": "[made by me]"}
    assert run(role_group, name="Own", description="somebody's")["changed"]
    assert run(management_role, name="Own", parent="Mail Recipients")["changed"]
    done = writes(simulator)
    for module, options in ((role_group, {}), (management_role, {"parent": "Mail Recipients"})):
        assert run(module, name="Own", **mine, **options)["error"]["kind"] == "not_ours"
        assert run(module, name="Own", marker="[made by me]", state="absent")["error"]["kind"] == "not_ours"
        assert run(module, name="New", marker="[made by me]", description="x", **options)["error"]["kind"] == "usage"
    assert writes(simulator) == done
    unmarked = {"role_group": run(role_group, name="New", marker="[made by me]")}
    short = {"marker": "by me", "description": "by me"}
    unmarked["short"] = run(role_group, name="New", **short)
    unmarked["role"] = run(management_role, name="New", parent="Mail Recipients", **short)
    for failed in unmarked.values():
        assert failed["failed"] and failed["error"]["kind"] == "usage" and "marker" in failed["msg"], failed
    assert writes(simulator) == done
    assert run(role_group, name="New", **mine)["changed"]
    # What is removed gets no description.
    gone = run(role_group, name="New", marker="[MADE BY ME]", description="another", state="absent")
    assert gone["changed"], gone


def test_what_a_group_inherits_belongs_to_another_group(
    run: Callable[..., dict[str, Any]], simulator: Simulator
) -> None:
    """Exchange also lists the roles of the groups that a group is a member of, with the AssignmentMethod RoleGroup."""

    def invoke(cmdlet: str, **parameters: Any) -> None:
        assert not run(exchange_cmdlet, cmdlet=cmdlet, parameters=parameters).get("failed")

    def held() -> list[tuple[str, str, str]]:
        rows = simulator.state("ready")["ManagementRoleAssignment"]
        return sorted((one["RoleAssigneeName"], one["Role"], one["RoleAssignmentDelegationType"]) for one in rows)

    invoke("New-RoleGroup", Name="Inner", Roles=["Message Tracking"])
    invoke("New-RoleGroup", Name="Outer", Roles=["Mail Recipients"])
    invoke("New-ManagementRoleAssignment", SecurityGroup="Outer", Role="Mail Recipients", Delegating=True)
    invoke("Add-RoleGroupMember", Identity="Outer", Member="Inner")
    before = held()
    result = run(role_group, name="Inner", roles={"set": ["View-Only Recipients"]})
    assert result["changed"] and result["diff"]["before"]["roles"] == ["Message Tracking"]
    changed = [one for one in before if one[:2] != ("Inner", "Message Tracking")]
    assert held() == sorted([*changed, ("Inner", "View-Only Recipients", "Regular")])


def test_a_delegating_assignment_and_the_right_itself_are_two(
    run: Callable[..., dict[str, Any]], simulator: Simulator
) -> None:
    def state() -> dict[str, Any]:
        return {kind: rows for kind, rows in simulator.state("ready").items() if kind != "at"}

    def held() -> list[tuple[str, str]]:
        rows = simulator.state("ready")["ManagementRoleAssignment"]
        kinds = ((one["Role"], one["RoleAssignmentDelegationType"]) for one in rows if one["RoleAssigneeName"] == "New")
        return sorted(kinds)

    parameters = {"Name": "New", "Roles": ["Mail Tips"]}
    assert not run(exchange_cmdlet, cmdlet="New-RoleGroup", parameters=parameters).get("failed")
    before = state()
    given = {"role": "Mail Tips", "group": "New", "delegating": True}
    assert run(management_role_assignment, check_mode=True, **given)["changed"] and state() == before
    result = run(management_role_assignment, **given)
    assert result["changed"] and "elegating" in result["management_role_assignment"]["role_assignment_delegation_type"]
    assert held() == [("Mail Tips", "DelegatingOrgWide"), ("Mail Tips", "Regular")]
    assert not run(management_role_assignment, **given)["changed"]
    assert run(management_role_assignment, **given, state="absent")["changed"] and state() == before
    assert run(management_role_assignment, role="Mail Tips", group="New", state="absent")["changed"]
    assert held() == []


def test_the_last_right_to_delegate_a_role_is_kept(run: Callable[..., dict[str, Any]], simulator: Simulator) -> None:
    """Whoever removes it could not create it again, though the result would say so."""

    def invoke(cmdlet: str, **parameters: Any) -> None:
        result = run(exchange_cmdlet, cmdlet=cmdlet, parameters=parameters)
        assert not result.get("failed"), result

    own = simulator.facts("ready", "restricted")
    run(service_principal, app_id=own["client_id"], object_id=own["object_id"])
    roles = ["Role Management", "View-Only Configuration", "View-Only Recipients"]
    invoke("New-RoleGroup", Name="Own", Roles=roles, Members=[own["object_id"]])
    given = {"role": "Mail Tips", "group": "Own", "delegating": True}
    assert run(management_role_assignment, **given)["changed"]
    for check_mode in (True, False):
        refused = run(management_role_assignment, check_mode, application="restricted", **given, state="absent")
        assert refused["failed"] and refused["error"]["kind"] == "own_rights", refused
    # Somebody who may delegate it in another way, as members of Organization Management, takes it away.
    assert run(management_role_assignment, **given, state="absent")["changed"]


def test_the_kind_of_an_assignment_is_checked_where_a_service_ignores_the_filter() -> None:
    rows = [
        {"Guid": "1", "RoleAssignmentDelegationType": "Regular"},
        {"Guid": "2", "RoleAssignmentDelegationType": "DelegatingOrgWide"},
        {"Guid": "3"},
    ]
    for delegating, kept in ((True, ["2", "3"]), (False, ["1", "3"])):
        assignments: Any = SimpleNamespace(delegating=delegating)
        of_kind = partial(Assignments._is_of_kind, assignments)
        assert [one["Guid"] for one in rows if of_kind(one)] == kept
