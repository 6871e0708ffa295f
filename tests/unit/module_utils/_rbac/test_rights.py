# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles, assignments, role groups and service principals of Exchange on a simulated tenant."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._core.targets import null_options
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange_objects import invoke_listed
from ansible_collections.intune.exchange.plugins.module_utils._rbac import role_assignments
from ansible_collections.intune.exchange.plugins.modules import (
    exchange_cmdlet,
    management_role,
    management_role_assignment,
    management_role_assignment_info,
    management_role_info,
    role_group,
    role_group_info,
    service_principal,
)
from simulator import Simulator

from ..conftest import Clock, run_declaration, shared

ADELE = "adele.vance@contoso.example"
ALEX = "alex.wilber@contoso.example"
PARENT = "Organization Client Access"
GET, SET, NEW = (f"{verb}-ActiveSyncDeviceAccessRule" for verb in ("Get", "Set", "New"))
ROLE: dict[str, Any] = {
    "name": "Access Rules",
    "parent": PARENT,
    "description": "rules only",
    "cmdlets": [GET, {"cmdlet": SET, "parameters": ["Identity", "AccessLevel"]}],
}
GROUP: dict[str, Any] = {
    "name": "Rule Keepers",
    "description": "keep rules",
    "roles": {"set": ["Message Tracking"]},
    "members": {"add": [ADELE]},
}


@pytest.fixture
def keep(simulator: Simulator, clock: Clock) -> Any:
    """Run a module with options; `timeout` is far away, since the clock only advances during waits."""

    def run(module: Any, check_mode: bool = False, tenant: str = "ready", **options: Any) -> Any:
        arguments = {**simulator.options(tenant), **options}
        validated = ArgumentSpecValidator(module.DECLARATION.argument_spec).validate(arguments)
        assert not validated.error_messages
        return run_declaration(
            module.DECLARATION, validated.validated_parameters, check_mode, **shared(simulator, tenant), **clock.options
        )

    return run


def writes(simulator: Simulator) -> list[str]:
    return [one["operation"] for one in simulator.requests() if one["effect"]]


def reads(simulator: Simulator) -> list[str]:
    return [one["operation"] for one in simulator.requests() if one["service"] == "exchange" and one["class"] == "READ"]


def steps(keep: Any, simulator: Simulator, module: Any, *cycle: tuple[dict[str, Any], list[str]]) -> list[Any]:
    """Each step in check mode, for real, and again: predicted, done with these writes, unchanged."""
    results = []
    for options, wrote in cycle:
        before = len(writes(simulator))
        predicted = keep(module, check_mode=True, **options)
        assert writes(simulator)[before:] == []
        real = keep(module, **options)
        assert "failed" not in real, real["msg"]
        assert writes(simulator)[before:] == wrote
        assert predicted["changed"] is real["changed"] is bool(wrote)
        assert predicted["diff"] == real["diff"]
        again = keep(module, **options)
        assert again["changed"] is False, again
        results.append(real)
    return results


def held(simulator: Simulator, name: str = "Access Rules", tenant: str = "ready") -> dict[str, list[str]] | None:
    """The entries of a role, by the state of the tenant."""
    found = [one for one in simulator.state(tenant)["ManagementRole"] if one["Name"] == name]
    return {cmdlet: sorted(names) for cmdlet, names in found[0]["_entries"].items()} if found else None


# roles


def test_a_role_from_nothing_to_nothing(keep: Any, simulator: Simulator) -> None:
    created, _changed, removed = steps(
        keep,
        simulator,
        management_role,
        (ROLE, ["New-ManagementRole", "Set-ManagementRoleEntry"]),
        (
            {**ROLE, "cmdlets": [SET, {"cmdlet": NEW, "parameters": ["QueryString", "accesslevel"]}]},
            ["Remove-ManagementRoleEntry", "Set-ManagementRoleEntry", "Add-ManagementRoleEntry"],
        ),
        ({"name": "access rules", "state": "absent"}, ["Remove-ManagementRole"]),
    )
    assert created["diff"]["before"] == {}
    shown = {one["cmdlet"]: one["parameters"] for one in created["diff"]["after"]["cmdlets"]}
    assert shown[SET] == ["AccessLevel", "Identity"] and shown[GET] == ["Identity"]
    assert created["management_role"]["parent"] == PARENT
    after = removed["diff"]["before"]["cmdlets"]
    assert [one["cmdlet"] for one in after] == [NEW, SET]
    assert after[0]["parameters"] == ["AccessLevel", "QueryString"]


def test_a_role_never_holds_more_than_was_asked_for(keep: Any, simulator: Simulator) -> None:
    simulator.fault(match="Set-ManagementRoleEntry", kind="status", status=403, count=9)
    assert keep(management_role, **ROLE)["error"]["kind"] == "forbidden"
    assert set(held(simulator) or ()) == {GET, SET}


def test_an_unchanged_role_takes_three_reads(keep: Any, simulator: Simulator) -> None:
    keep(management_role, **ROLE)
    before = len(reads(simulator))
    assert not keep(management_role, **ROLE)["changed"]
    entries = "Get-ManagementRoleEntry"
    assert sorted(set(reads(simulator)[before:])) == ["Get-ManagementRole", entries]


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"name": "x" * 65}, "usage", "name has 65 characters, and a management role at most 64"),
        ({"parent": "No Such Role"}, "no_parent", "there is no management role No Such Role to be the parent"),
        ({"parent": None}, "usage", "parent is needed to create the management role"),
        ({"parent": ""}, "usage", "parent is blank"),
        ({"cmdlets": []}, "usage", "without cmdlets has no effect"),
        ({"cmdlets": [GET, GET.lower()]}, "usage", "twice"),
        ({"cmdlets": [{"parameters": []}]}, "usage", "cmdlets takes names of cmdlets, or cmdlet with parameters"),
        ({"cmdlets": [{"cmdlet": GET, "parameters": "Identity"}]}, "usage", "must be a list"),
        ({"cmdlets": [{"cmdlet": GET, "parameters": None}]}, "usage", f"parameters of {GET} in cmdlets is null"),
        ({"cmdlets": [{"cmdlet": GET, "parameters": [None]}]}, "usage", "takes names of parameters, not null"),
        ({"cmdlets": [{"cmdlet": GET, "parameters": [["Identity"]]}]}, "usage", 'not ["Identity"]'),
        ({"cmdlets": [{"cmdlet": GET, "parameters": [True]}]}, "usage", "takes names of parameters, not true"),
        ({"cmdlets": [{"cmdlet": GET, "parameters": [" "]}]}, "usage", 'takes names of parameters, not " "'),
        ({"cmdlets": [None]}, "usage", "cmdlet with parameters, not null"),
        ({"cmdlets": [{"cmdlet": [GET]}]}, "usage", "cmdlets takes names of cmdlets, or cmdlet with parameters"),
        ({"cmdlets": [{"cmdlet": {GET: 1}}]}, "usage", "cmdlets takes names of cmdlets, or cmdlet with parameters"),
        ({"cmdlets": [{"cmdlet": 7}]}, "usage", "cmdlets takes names of cmdlets, or cmdlet with parameters"),
        ({"cmdlets": [[GET]]}, "usage", "cmdlets takes names of cmdlets, or cmdlet with parameters"),
        ({"cmdlets": [7]}, "usage", "cmdlets takes names of cmdlets, or cmdlet with parameters"),
        (
            {"cmdlets": [GET, "Get-User", {"cmdlet": SET, "parameters": ["Identity", "Mailbox"]}]},
            "beyond_parent",
            f"the parent role {PARENT} does not hold Get-User, {SET} -Mailbox",
        ),
        ({"name": PARENT, "parent": None}, "built_in", f"the management role {PARENT} is built in"),
    ],
)
def test_roles_that_cannot_be(keep: Any, simulator: Simulator, options: dict[str, Any], kind: str, words: str) -> None:
    for check_mode in (True, False):
        failed = keep(management_role, check_mode=check_mode, **{**ROLE, **options})
        assert failed["error"]["kind"] == kind
        assert words in failed["msg"]
    assert writes(simulator) == []


def test_a_role_takes_the_whole_parent_only_where_its_options_are_omitted(keep: Any, simulator: Simulator) -> None:
    """A template that yields nothing is null. To omit an option is a decision."""
    keep(management_role, **{**ROLE, "cmdlets": [{"cmdlet": SET, "parameters": []}, {"cmdlet": GET}]})
    entries = held(simulator) or {}
    assert entries[SET] == [] and "Identity" in entries[GET]
    declared = management_role.DECLARATION
    assert null_options({**ROLE, "cmdlets": None}, declared.identifying) == ["cmdlets"]
    assert null_options({"name": "Ours", "parent": PARENT}, declared.identifying) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"parent": "Recipient Policies", "cmdlets": None},
            f"the parent of the management role Access Rules is {PARENT}",
        ),
        ({"description": "other"}, "the description of the management role Access Rules is rules only"),
    ],
)
def test_what_is_fixed_is_not_changed(keep: Any, simulator: Simulator, options: dict[str, Any], words: str) -> None:
    keep(management_role, **ROLE)
    before = writes(simulator)
    failed = keep(management_role, **{**ROLE, **options})
    assert failed["error"]["kind"] == "fixed" and words in failed["msg"] and "cannot be changed" in failed["msg"]
    assert writes(simulator) == before


def test_a_role_in_use_stays(keep: Any, simulator: Simulator) -> None:
    keep(management_role, **ROLE)
    keep(management_role_assignment, role="Access Rules", user=ADELE)
    keep(management_role, name="Part of it", parent="Access Rules", cmdlets=[GET])
    before = writes(simulator)
    for check_mode in (True, False):
        failed = keep(management_role, check_mode=check_mode, name="Access Rules", state="absent")
        assert failed["error"]["kind"] == "in_use"
        assert "it is assigned to adele.vance (" in failed["msg"] and "it is the parent of Part of it" in failed["msg"]
        assert failed["error"]["assignments"] and failed["error"]["children"] == ["Part of it"]
    assert writes(simulator) == before


def test_roles_that_the_module_did_not_make(keep: Any, simulator: Simulator) -> None:
    """The tenant's own role, with nothing but a name: what is not given is left alone."""
    assert not keep(management_role, name="Intune Connector Access")["changed"]
    narrowed = keep(management_role, name="Intune Connector Access", cmdlets=["Get-ActiveSyncDeviceClass"])
    assert narrowed["changed"] and set(held(simulator, "Intune Connector Access") or ()) == {
        "Get-ActiveSyncDeviceClass"
    }


# faults


# tests/guarantees/test_faults.py has each of them at every request.
TROUBLE = [
    {"kind": "reset", "phase": "after_effect"},
    pytest.param({"kind": "reset", "phase": "before_effect"}, marks=pytest.mark.more),
    pytest.param({"kind": "truncate", "phase": "mid_body"}, marks=pytest.mark.more),
]


@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda one: one["phase"])
@pytest.mark.parametrize(
    "cmdlet", ["New-ManagementRole", "Set-ManagementRoleEntry", "Add-ManagementRoleEntry", "Remove-ManagementRoleEntry"]
)
def test_a_lost_answer_doubles_nothing(keep: Any, simulator: Simulator, cmdlet: str, trouble: dict[str, Any]) -> None:
    if not cmdlet.startswith("New"):
        keep(management_role, **{**ROLE, "cmdlets": [NEW, SET]})
    simulator.fault(match=cmdlet, **trouble)
    done = keep(management_role, **ROLE)
    assert done.get("changed"), done
    assert not keep(management_role, **ROLE)["changed"]
    entries = held(simulator)
    assert entries is not None and set(entries) == {GET, SET} and entries[SET] == ["AccessLevel", "Identity"]
    assert len([one for one in simulator.state("ready")["ManagementRole"] if one["Name"] == "Access Rules"]) == 1


@pytest.mark.parametrize("stop", range(1, 6))
def test_killed_between_any_two_steps_of_a_role(keep: Any, simulator: Simulator, stop: int) -> None:
    """The first run ends before its write number `stop`, as if killed; the next one continues from there."""
    keep(management_role, **{**ROLE, "cmdlets": [NEW, "Get-ActiveSyncDeviceClass"]})
    wanted = {**ROLE, "cmdlets": [GET, {"cmdlet": SET, "parameters": ["Identity"]}, {"cmdlet": NEW, "parameters": []}]}
    simulator.fault(match="[ars]*-ManagementRoleEntry", kind="status", status=403, nth=stop, count=9)
    assert bool(keep(management_role, **wanted).get("failed")) is (stop < 5)
    assert len(writes(simulator)) == stop
    simulator.clear_faults()
    assert keep(management_role, **wanted)["changed"] is (stop < 5)
    assert not keep(management_role, **wanted)["changed"]
    entries = held(simulator) or {}
    assert entries[SET] == ["Identity"] and entries[NEW] == [] and set(entries) == {GET, SET, NEW}


def details(kind: str, text: str = "words") -> dict[str, Any]:
    return {
        "error": {"code": "BadRequest", "message": "x", "details": [{"code": "Context", "message": f"|{kind}|{text}"}]}
    }


def test_a_read_that_fails_for_a_moment_is_never_absence(keep: Any, simulator: Simulator) -> None:
    """Otherwise the role would be created again: "there is already another object with the name"."""
    keep(management_role, **ROLE)
    before = writes(simulator)
    busy = details("Microsoft.Exchange.Data.Storage.StorageTransientException")
    simulator.fault(match="Get-ManagementRole", kind="status", status=400, body=busy, count=3)
    assert not keep(management_role, **ROLE)["changed"]
    simulator.fault(match="Get-ManagementRole", kind="status", status=400, body=busy, count=99)
    failed = keep(management_role, **ROLE)
    assert "StorageTransientException" in failed["msg"] and failed["error"]["kind"] == "unavailable"
    assert writes(simulator) == before


def test_somebody_else_was_faster(keep: Any, simulator: Simulator) -> None:
    """The role was not there when it was read, and is there when it is created: read again, no error."""
    taken = details("Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException")
    simulator.fault(match="New-ManagementRole", kind="status", status=400, body=taken, phase="after_effect")
    assert keep(management_role, **ROLE)["changed"]
    assert (held(simulator) or {})[SET] == ["AccessLevel", "Identity"]


TAKEN = details("Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException")


def test_what_was_written_before_somebody_else_was_faster_is_told(keep: Any, simulator: Simulator) -> None:
    """The task took a role away; somebody gave the other one meanwhile, with the same assignment as the task's."""
    keep(role_group, **GROUP)
    before = len(writes(simulator))
    simulator.fault(match="New-ManagementRoleAssignment", kind="status", status=400, body=TAKEN, phase="after_effect")
    result = keep(role_group, name="Rule Keepers", roles={"set": ["Mail Tips"]})
    assert writes(simulator)[before:] == ["Remove-ManagementRoleAssignment", "New-ManagementRoleAssignment"]
    assert result["changed"] is True
    assert result["diff"]["before"]["roles"] == ["Message Tracking"]
    assert result["diff"]["after"]["roles"] == ["Mail Tips"]
    assert result["undo"] == "Run the task again with the values of diff.before"


def test_the_entries_that_a_task_removed_before_a_conflict_are_told(keep: Any, simulator: Simulator) -> None:
    keep(management_role, **{**ROLE, "cmdlets": [NEW]})
    simulator.fault(match="Add-ManagementRoleEntry", kind="status", status=400, body=TAKEN, phase="after_effect")
    result = keep(management_role, **{**ROLE, "cmdlets": [GET]})
    assert result["changed"] is True and set(held(simulator) or ()) == {GET}
    assert [one["cmdlet"] for one in result["diff"]["before"]["cmdlets"]] == [NEW]
    assert result["undo"]


def test_a_group_that_somebody_else_made_meanwhile_is_not_the_tasks(keep: Any, simulator: Simulator) -> None:
    """Otherwise the result would say how to undo the work of somebody else."""
    simulator.fault(match="New-RoleGroup", kind="status", status=400, body=TAKEN, phase="after_effect")
    result = keep(role_group, **GROUP)
    assert result["changed"] is False and result["undo"] == ""
    assert result["diff"]["before"] == result["diff"]["after"]


def test_a_dehydrated_tenant_is_named(keep: Any, simulator: Simulator) -> None:
    steps_ = ((management_role, ROLE), (role_group, {"name": "Keepers"}))
    for module, options in steps_:
        failed = keep(module, tenant="dehydrated", **options)
        assert failed["error"]["kind"] == "not_hydrated"
        assert "The organization must be prepared for customization first; that change is permanent" in failed["msg"]


# assignments


@pytest.mark.parametrize("assignee", [{"user": ADELE}, {"user": "Adele.Vance"}, {"group": "intune connector"}], ids=str)
def test_an_assignment_comes_and_goes(keep: Any, simulator: Simulator, assignee: dict[str, str]) -> None:
    role = "Role Management"
    given, _taken = steps(
        keep,
        simulator,
        management_role_assignment,
        ({"role": role, **assignee}, ["New-ManagementRoleAssignment"]),
        ({"role": role, **assignee, "state": "absent"}, ["Remove-ManagementRoleAssignment"]),
    )
    assert given["diff"]["after"] == {"role": role, **assignee, "enabled": True, "delegating": False}


@pytest.mark.parametrize("delegating", [False, True])
@pytest.mark.parametrize("kind", ["user", "group", "application"])
def test_the_diff_of_an_assignment_is_what_becomes_of_it(
    keep: Any, simulator: Simulator, kind: str, delegating: bool
) -> None:
    def held() -> list[tuple[str, bool]]:
        rows = simulator.state("ready")["ManagementRoleAssignment"]
        return sorted((one["Role"], one["Enabled"]) for one in rows if one["Guid"] not in before)

    own = simulator.facts("ready", "restricted")
    keep(service_principal, app_id=own["client_id"], object_id=own["object_id"])
    before = {one["Guid"] for one in simulator.state("ready")["ManagementRoleAssignment"]}
    assignee = {"user": ADELE, "group": "intune connector", "application": own["object_id"]}[kind]
    whole = {"role": "Mail Tips", kind: assignee, "enabled": True, "delegating": delegating}
    options = {"role": "mail tips", kind: assignee, "delegating": delegating}
    absent = keep(management_role_assignment, **options, state="absent")
    assert absent["diff"] == {"before": {}, "after": {}} and not absent["changed"]
    assert absent["management_role_assignment"] == {} and absent["scoped_assignments"] == []
    made = keep(management_role_assignment, **options)
    assert held() == [("Mail Tips", True)] and made["changed"]
    assert made["diff"] == {"before": {}, "after": {**whole, "role": "mail tips"}}
    same = keep(management_role_assignment, **options)
    assert same["diff"] == {"before": whole, "after": whole} and not same["changed"]
    for one in (made, same):
        found = one["management_role_assignment"]
        assert (found["enabled"], found["delegating"]) == (True, delegating), found
    guid = made["management_role_assignment"]["guid"]
    off = {"Identity": guid, "Enabled": False}
    assert not keep(exchange_cmdlet, cmdlet="Set-ManagementRoleAssignment", parameters=off).get("failed")
    assert held() == [("Mail Tips", False)]
    for check_mode in (True, False):
        enabled = keep(management_role_assignment, check_mode=check_mode, **options)
        assert enabled["diff"] == {"before": {**whole, "enabled": False}, "after": whole} and enabled["changed"]
        assert enabled["management_role_assignment"]["guid"] == guid
    assert held() == [("Mail Tips", True)]
    gone = keep(management_role_assignment, **options, state="absent")
    assert gone["diff"] == {"before": whole, "after": {}} and gone["changed"] and held() == []


def test_an_assignment_whose_role_is_shown_with_the_organization_is_found(
    keep: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listed(*asked: Any) -> list[dict[str, Any]]:
        return [{**one, "Role": f"contoso.example\\{one['Role']}"} for one in invoke_listed(*asked)]

    monkeypatch.setattr(role_assignments, "invoke_listed", listed)
    options = {"role": "Mail Tips", "user": ADELE}
    assert keep(management_role_assignment, **options)["changed"]
    assert not keep(management_role_assignment, **options)["changed"]
    gone = keep(management_role_assignment, **options, state="absent")
    assert gone["changed"] and gone["diff"]["before"]["role"] == "Mail Tips"
    assert writes(simulator) == ["New-ManagementRoleAssignment", "Remove-ManagementRoleAssignment"]


def test_what_comes_through_a_group_is_not_direct(keep: Any, simulator: Simulator) -> None:
    account = "svc-intune-connector@contoso.example"
    gone = keep(management_role_assignment, role="Intune Connector Access", user=account, state="absent")
    assert gone["changed"] is False
    assert keep(management_role_assignment, role="Intune Connector Access", user=account)["changed"]
    assert writes(simulator) == ["New-ManagementRoleAssignment"]


def test_a_lost_assignment_is_found(keep: Any, simulator: Simulator) -> None:
    simulator.fault(match="New-ManagementRoleAssignment", kind="reset", phase="after_effect")
    assert keep(management_role_assignment, role="Message Tracking", user=ADELE)["changed"]
    assert not keep(management_role_assignment, role="Message Tracking", user=ADELE)["changed"]
    assert writes(simulator) == ["New-ManagementRoleAssignment"]


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({}, "usage", "exactly one of user, group, application must be set, not 0"),
        ({"user": ADELE, "group": "x"}, "usage", "exactly one of user, group, application must be set, not 2"),
        ({"user": "nobody@contoso.example"}, "not_found", "Check that the role Message Tracking and the user nobody@"),
        ({"role": "No Role", "user": ADELE}, "not_found", "Check that the role No Role and the user"),
        ({"application": "11111111-2222-3333-4444-555555555555"}, "no_assignee", "intune.exchange.service_principal"),
    ],
)
def test_assignments_that_cannot_be(keep: Any, options: dict[str, Any], kind: str, words: str) -> None:
    failed = keep(management_role_assignment, **{"role": "Message Tracking", **options})
    assert failed["error"]["kind"] == kind and words in failed["msg"]
    if kind != "usage":
        assert (
            keep(management_role_assignment, **{"role": "Message Tracking", **options}, state="absent")["changed"]
            is False
        )


@pytest.mark.parametrize("options", [{"user": "nobody@contoso.example"}, {"user": ADELE, "role": "No Role"}])
def test_the_diff_of_an_assignment_of_nothing_or_to_nobody_is_empty(keep: Any, options: dict[str, Any]) -> None:
    for check_mode in (True, False):
        given = {"role": "Message Tracking", **options, "state": "absent"}
        result = keep(management_role_assignment, check_mode=check_mode, **given)
        assert result["diff"] == {"before": {}, "after": {}} and not result["changed"], result
        assert result["management_role_assignment"] == {} and result["scoped_assignments"] == []


# role groups


def test_a_role_group_from_nothing_to_nothing(keep: Any, simulator: Simulator) -> None:
    created, _same, changed, _managed, emptied, _removed = steps(
        keep,
        simulator,
        role_group,
        (GROUP, ["New-RoleGroup"]),
        ({**GROUP, "name": "rule keepers", "members": {"set": ["ADELE.VANCE"]}}, []),
        (
            {
                **GROUP,
                "roles": {"set": ["Mail Tips", "Recipient Policies"]},
                "members": {"add": [ALEX], "remove": [ADELE, "nobody@contoso.example"]},
            },
            ["Remove-ManagementRoleAssignment", "Update-RoleGroupMember", *["New-ManagementRoleAssignment"] * 2],
        ),
        ({"name": GROUP["name"], "managed_by": {"add": [ADELE]}}, ["Set-RoleGroup"]),
        (
            {"name": GROUP["name"], "description": "", "members": {"set": []}, "roles": {"remove": ["mail tips"]}},
            ["Remove-ManagementRoleAssignment", "Update-RoleGroupMember", "Set-RoleGroup"],
        ),
        ({"name": GROUP["name"], "state": "absent"}, ["Remove-RoleGroup"]),
    )
    assert created["diff"]["after"] == {
        "name": "Rule Keepers",
        "description": "keep rules",
        "roles": ["Message Tracking"],
        "members": [ADELE],
    }
    assert changed["diff"]["after"]["members"] == [ALEX]
    assert emptied["diff"]["after"]["roles"] == ["Recipient Policies"]
    assert emptied["diff"]["after"]["members"] == []


@pytest.mark.parametrize("name", ["alias", "address", "guid", "directory_id"])
def test_a_member_by_any_name(keep: Any, simulator: Simulator, name: str) -> None:
    keep(role_group, **GROUP)
    member = keep(role_group_info, name=GROUP["name"])["role_groups"][0]["members"][0]
    names = {
        "alias": member["alias"].upper(),
        "address": ADELE.upper(),
        "guid": member["guid"],
        "directory_id": member["external_directory_object_id"],
    }
    for edit in ("add", "set"):
        assert not keep(role_group, name=GROUP["name"], members={edit: [names[name]]})["changed"]
    assert keep(role_group, name=GROUP["name"], members={"remove": [names[name]]})["changed"]


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        (
            {"roles": {"add": ["Nothing", "Mail Tips"]}},
            "no_role",
            "there is no management role Nothing. Create it with",
        ),
        ({"members": {"add": ["nobody"]}}, "no_principal", "no user, mail-enabled group or service principal nobody"),
    ],
)
def test_role_groups_that_cannot_be(
    keep: Any, simulator: Simulator, options: dict[str, Any], kind: str, words: str
) -> None:
    for check_mode in (True, False):
        failed = keep(role_group, check_mode=check_mode, **{**GROUP, **options})
        assert failed["error"]["kind"] == kind and words in failed["msg"]
    assert writes(simulator) == []


@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda one: one["phase"])
@pytest.mark.parametrize(
    "cmdlet",
    ["New-RoleGroup", "Update-RoleGroupMember", "New-ManagementRoleAssignment", "Remove-ManagementRoleAssignment"],
)
def test_a_lost_answer_about_a_role_group(
    keep: Any, simulator: Simulator, cmdlet: str, trouble: dict[str, Any]
) -> None:
    wanted = {**GROUP, "roles": {"set": ["Mail Tips"]}, "members": {"set": [ALEX]}}
    if cmdlet != "New-RoleGroup":
        keep(role_group, **GROUP)
    simulator.fault(match=cmdlet, **trouble)
    done = keep(role_group, **wanted)
    assert done.get("changed"), done
    assert not keep(role_group, **wanted)["changed"]
    group = keep(role_group_info, name=GROUP["name"])["role_groups"][0]
    assert group["roles"] == ["Mail Tips"]
    assert [one["primary_smtp_address"] for one in group["members"]] == [ALEX]


@pytest.mark.parametrize("stop", range(1, 6))
def test_killed_between_any_two_steps_of_a_role_group(keep: Any, simulator: Simulator, stop: int) -> None:
    keep(role_group, **GROUP)
    wanted = {**GROUP, "roles": {"set": ["Mail Tips"]}, "members": {"set": [ALEX]}, "description": "other"}
    order = ["Remove-M*Assignment", "Update-RoleGroupMember", "Set-RoleGroup", "New-M*Assignment", "none"]
    simulator.fault(match=order[stop - 1], kind="status", status=403, count=9)
    assert bool(keep(role_group, **wanted).get("failed")) is (stop < 5)
    simulator.clear_faults()
    assert keep(role_group, **wanted)["changed"] is (stop < 5)
    assert not keep(role_group, **wanted)["changed"]


# service principals


def test_an_application_becomes_known_and_holds_roles(keep: Any, simulator: Simulator) -> None:
    known = simulator.facts("ready", "restricted")
    application = known["client_id"]
    ids = {"app_id": application.upper(), "object_id": known["object_id"]}
    made, _named = steps(
        keep,
        simulator,
        service_principal,
        ({**ids, "display_name": "Robot"}, ["New-ServicePrincipal"]),
        ({**ids, "display_name": "Robot 2"}, ["Set-ServicePrincipal"]),
    )
    assert made["service_principal"]["display_name"] == "Robot"
    other = "11111111-2222-3333-4444-555555555555"
    failed = keep(service_principal, app_id=application, object_id=other)
    assert failed["error"]["kind"] == "fixed" and "not that of the app registration" in failed["msg"]
    steps(
        keep,
        simulator,
        management_role_assignment,
        ({"role": "Message Tracking", "application": application}, ["New-ManagementRoleAssignment"]),
    )
    steps(keep, simulator, role_group, ({**GROUP, "members": {"set": [application]}}, ["New-RoleGroup"]))
    steps(keep, simulator, service_principal, ({"app_id": application, "state": "absent"}, ["Remove-ServicePrincipal"]))


def test_wrong_ids_of_an_application(keep: Any, simulator: Simulator) -> None:
    application, other = simulator.facts("ready")["client_id"], "11111111-2222-3333-4444-555555555555"
    failed = keep(service_principal, app_id=application, object_id=other)
    assert failed["error"]["kind"] == "refused" and "object id of the enterprise application" in failed["msg"]
    failed = keep(service_principal, app_id=application, object_id="robot")
    assert failed["error"]["kind"] == "usage" and "object_id must be a GUID, not robot" in failed["msg"]


# facts


def test_facts(keep: Any, simulator: Simulator) -> None:
    roles = keep(management_role_info, cmdlet="Get-MobileDevice", parameters=["Mailbox"])["management_roles"]
    names = [one["name"] for one in roles]
    assert "View-Only Recipients" in names and PARENT not in names
    (role,) = keep(management_role_info, name="intune connector devices")["management_roles"]
    assert [one["cmdlet"] for one in role["cmdlets"]] == ["Get-MobileDevice", "Get-MobileDeviceStatistics"]
    assert [one["name"] for one in keep(management_role_info, parent=PARENT)["management_roles"]] == [
        "Intune Connector Access"
    ]
    assert keep(management_role_info, name="nothing")["management_roles"] == []
    assert "exclude each other" in keep(management_role_info, name="a", parent="b")["msg"]
    account = "svc-intune-connector@contoso.example"
    found = keep(management_role_assignment_info, assignee=account)["management_role_assignments"]
    assert {one["role_assignee_name"] for one in found} == {"Intune Connector"} and len(found) == 3
    found = keep(management_role_assignment_info, role="Intune Connector Access", effective_users=True)
    assert [one["effective_user_name"] for one in found["management_role_assignments"]] == ["Intune Exchange connector"]
    assert keep(management_role_assignment_info, assignee="nobody")["management_role_assignments"] == []
    (group,) = keep(role_group_info, filter="Name -like 'Intune*'")["role_groups"]
    assert group["name"] == "Intune Connector" and "members" not in group
    (group,) = keep(role_group_info, name="Intune Connector")["role_groups"]
    assert [one["primary_smtp_address"] for one in group["members"]] == [account]
    assert writes(simulator) == []


def test_children_that_hold_a_cmdlet(keep: Any) -> None:
    """Get-ManagementRole takes GetChildren without a cmdlet only, so both are asked for."""
    assert keep(management_role, **ROLE)["changed"]

    def names(**options: Any) -> list[str]:
        return [one["name"] for one in keep(management_role_info, **options)["management_roles"]]

    children = names(parent=PARENT)
    assert ROLE["name"] in children
    assert ROLE["name"] in names(parent=PARENT, cmdlet=GET) and set(names(parent=PARENT, cmdlet=GET)) <= set(children)
    assert ROLE["name"] not in names(parent=PARENT, cmdlet=NEW)
    assert ROLE["name"] not in names(parent=PARENT, cmdlet=SET, parameters=["Confirm", "QueryString"])
    assert ROLE["name"] not in names(parent="Message Tracking", cmdlet=GET)
