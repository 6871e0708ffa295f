# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchange rights in real runs: the whole state of the tenant shows who was affected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .conftest import Play, player

NAME = "intune.exchange."
ADELE = "adele.vance@contoso.example"
ALEX = "alex.wilber@contoso.example"
MANAGEMENT = "Organization Management"
GROUP = "Intune Exchange Connector"


def role(entry: str, **variables: Any) -> dict[str, Any]:
    return {
        "ansible.builtin.include_role": {"name": "intune.exchange.connector", "tasks_from": entry},
        "vars": {"connector_primary_smtp_address": "svc-intune-connector@contoso.example", **variables},
    }


def group(**options: Any) -> dict[str, Any]:
    return {f"{NAME}role_group": options, "ignore_errors": True}


def assignment(**options: Any) -> dict[str, Any]:
    return {f"{NAME}management_role_assignment": options, "ignore_errors": True}


def objects(simulator: Simulator, tenant: str) -> dict[str, Any]:
    """All objects of the tenant, without times."""
    return {kind: items for kind, items in simulator.state(tenant).items() if isinstance(items, list) and items}


def differing(before: dict[str, Any], after: dict[str, Any]) -> set[tuple[str, str]]:
    """The objects that differ, each by its kind and its name."""
    found = set()
    for kind in before.keys() | after.keys():
        sides = [[yaml.safe_dump(one) for one in side.get(kind, [])] for side in (before, after)]
        for text in {*sides[0]} ^ {*sides[1]}:
            one = yaml.safe_load(text)
            found.add((kind, str(one.get("Name") or one.get("id"))))
    return found


def kinds(results: dict[str, Any]) -> list[str | None]:
    return [(one.get("error") or {}).get("kind") for one in results.values()]


def test_what_is_built_in_stays(play: Play, simulator: Simulator) -> None:
    before = objects(simulator, "ready")
    refused = [
        group(name=MANAGEMENT, roles={"set": []}),
        group(name=MANAGEMENT.upper(), roles={"remove": ["Role Management"]}, allow_built_in=True),
        group(name="Help Desk", roles={"add": ["Mail Recipients"]}, allow_built_in=True),
        group(name="Help Desk", description="ours", allow_built_in=True),
        group(name="Help Desk", managed_by={"add": [ADELE]}, allow_built_in=True),
        group(name="Recipient Management", state="absent", allow_built_in=True),
        group(name="Help Desk", members={"add": [ADELE]}),
        group(name="Records Management", roles={"set": []}),
        assignment(role="Role Management", group=MANAGEMENT, state="absent", allow_built_in=True),
        assignment(role="Message Tracking", group="Recipient Management", state="absent"),
        assignment(role="Role Management", group="Help Desk", allow_built_in=True),
        assignment(role="Intune Connector Access", group="Help Desk"),
        {f"{NAME}management_role": {"name": "Role Management", "state": "absent"}, "ignore_errors": True},
    ]
    for check in ((), ("--check",)):
        run = play(*refused, arguments=check)
        assert kinds(run.results) == ["built_in"] * len(refused), run.output
    assert objects(simulator, "ready") == before

    allowed = [
        group(name="Help Desk", members={"add": [ADELE, "adele.vance"]}, allow_built_in=True),
        group(name="Help Desk", members={"remove": [ADELE]}, allow_built_in=True),
        assignment(role="Intune Connector Access", group="Help Desk", allow_built_in=True),
        assignment(role="Intune Connector Access", group="Help Desk", allow_built_in=True, state="absent"),
        group(name=MANAGEMENT, members={"add": [ADELE]}, allow_built_in=True),
        group(name=MANAGEMENT, members={"set": []}, allow_built_in=True),
        group(name=MANAGEMENT, members={"set": [ALEX]}, allow_built_in=True),
    ]
    run = play(*allowed)
    assert kinds(run.results) == [None, None, None, None, None, "last_way_in", None], run.output
    assert [one["changed"] for one in run.results.values()] == [True] * 5 + [False, True]
    assert differing(before, objects(simulator, "ready")) == {("RoleGroup", MANAGEMENT)}


def test_the_role_changes_only_what_it_made(play: Play, simulator: Simulator) -> None:
    before = objects(simulator, "ready")
    for name, words in ((MANAGEMENT, "is built in"), ("Help Desk", "is built in"), ("Intune Connector", "marker")):
        run = play(role("account", connector_role_group=name))
        assert run.code == 2 and words in run.output, run.output
    assert objects(simulator, "ready") == before

    # Somebody else's objects with the names that the role would use.
    strangers = [
        group(name=GROUP, description="ours", members={"add": [ALEX]}, roles={"set": ["Message Tracking"]}),
        {f"{NAME}management_role": {"name": "Other Access", "parent": "Mail Recipients", "cmdlets": ["Get-User"]}},
    ]
    assert play(*strangers).code == 0
    before = objects(simulator, "ready")
    removal = {"connector_confirm_remove": True, "connector_remove_account_rights": True}
    for arguments in (("--check",), ()):
        for task in (
            role("account"),
            role("account", connector_role_group="Other"),
            role("remove", **removal),
            role("remove", connector_role_group="Other", **removal),
        ):
            run = play(task, arguments=arguments)
            assert run.code == 2 and "so somebody else created it" in run.output, run.output
    assert objects(simulator, "ready") == before


def test_the_role_takes_a_group_over_on_request(play: Play, simulator: Simulator) -> None:
    account = simulator.facts("nothing")["account"]
    wanted = {
        "connector_primary_smtp_address": account,
        "connector_account_password": "Correct-Horse-1",
        "connector_account_usage_location": "CH",
        "connector_account_licenses": ["ENTERPRISEPACK", "INTUNE_A"],
        "connector_wait_interval": 1,
    }
    stranger = group(name=GROUP, description="ours", roles={"set": ["Message Tracking"]})
    adopted = play(stranger, role("account", **wanted, connector_adopt_role_group=True), tenant="nothing")
    assert adopted.code == 0, adopted.output
    # From then on it belongs to the role, and so do its roles.
    before = objects(simulator, "nothing")
    again = play(role("account", **wanted), tenant="nothing")
    assert again.code == 0 and objects(simulator, "nothing") == before, again.output
    removal = {**wanted, "connector_confirm_remove": True, "connector_remove_account_rights": True}
    # As long as others use its roles, nothing is removed.
    for module, options in (
        ("role_group", {"name": "Others", "roles": {"set": [f"{GROUP} Access"]}}),
        ("management_role", {"name": "Others", "parent": f"{GROUP} Devices", "cmdlets": ["Get-MobileDevice"]}),
    ):
        assert play({NAME + module: options}, tenant="nothing").code == 0
        used = objects(simulator, "nothing")
        for arguments in (("--check",), ()):
            run = play(role("remove", **removal), tenant="nothing", arguments=arguments)
            assert run.code == 2 and '"kind": "in_use"' in run.output and "Others" in run.output, run.output
        assert objects(simulator, "nothing") == used
        assert play({NAME + module: {"name": "Others", "state": "absent"}}, tenant="nothing").code == 0
    predicted = play(role("remove", **removal), tenant="nothing", arguments=("--check",))
    assert predicted.code == 0 and objects(simulator, "nothing") == before, predicted.output
    removed = play(role("remove", **removal), tenant="nothing")
    assert removed.code == 0, removed.output
    changed = differing(before, objects(simulator, "nothing"))
    assert {kind for kind, _name in changed} == {"RoleGroup", "ManagementRole", "ManagementRoleAssignment"}
    assert all(name.startswith(GROUP) for kind, name in changed if kind != "ManagementRoleAssignment")


@pytest.fixture
def namesakes() -> dict[str, Any]:
    """B's address is the name of A; C and D have one name."""
    return {
        "extends": "ready",
        "users": {
            "a": {"displayName": "A", "licences": ["ENTERPRISEPACK"], "mailNickname": "b@contoso.example"},
            "b": {"displayName": "B", "licences": ["ENTERPRISEPACK"]},
            "c": {"displayName": "C", "licences": ["ENTERPRISEPACK"], "mailNickname": "twin"},
            "d": {"displayName": "D", "licences": ["ENTERPRISEPACK"], "mailNickname": "twin"},
        },
    }


def test_a_name_is_not_an_address(tmp_path: Path, namesakes: dict[str, Any]) -> None:
    description = tmp_path / "namesakes.yml"
    description.write_text(yaml.safe_dump(namesakes))
    a, b, c, d = (f"{name}@contoso.example" for name in "abcd")
    with Simulator(tenants=[description]) as simulator:
        play = player(tmp_path, simulator)

        def members() -> set[str]:
            state = objects(simulator, "namesakes")
            (found,) = [one for one in state["RoleGroup"] if one["Name"] == "Own"]
            names = {user["id"]: user["userPrincipalName"] for user in state["users"]}
            return {names[one] for one in found["_members"]}

        assert play(group(name="Own", members={"set": [a, b, c, d]}), tenant="namesakes").code == 0
        assert members() == {a, b, c, d}
        before = objects(simulator, "namesakes")
        twins = play(
            group(name="Own", members={"remove": ["twin"]}),
            group(name="Own", members={"add": ["twin"]}),
            group(name="Own", managed_by={"add": ["twin"]}),
            assignment(role="Message Tracking", user="twin"),
            tenant="namesakes",
        )
        assert kinds(twins.results) == ["ambiguous"] * 4, twins.output
        assert objects(simulator, "namesakes") == before
        removed = play(group(name="Own", members={"remove": [b.upper()]}), tenant="namesakes")
        assert removed.results["task0"]["diff"]["after"]["members"] == [a, c, d]
        assert members() == {a, c, d}
        # Not a member any more: the service decides, and A's name proves nothing.
        again = play(
            group(name="Own", members={"remove": [b]}),
            group(name="Own", members={"add": [b, "B", b.upper()]}),
            assignment(role="Message Tracking", user=b),
            tenant="namesakes",
        )
        assert [one["changed"] for one in again.results.values()] == [False, True, True], again.output
        assert members() == {a, b, c, d}
        state = objects(simulator, "namesakes")
        ids = {user["userPrincipalName"]: user["id"] for user in state["users"]}
        (given,) = [one for one in state["ManagementRoleAssignment"] if one["RoleAssigneeType"] == "User"]
        assert given["_assignee"] == ids[b]


def test_a_scoped_assignment_is_not_the_whole_right(play: Play, simulator: Simulator) -> None:
    give = {f"{NAME}exchange_cmdlet": {"cmdlet": "New-ManagementRoleAssignment"}}
    scopes = [
        ({"CustomRecipientWriteScope": "Europe"}, "CustomRecipientScope Europe"),
        ({"RecipientRelativeWriteScope": "Self"}, "Self"),
        ({"RecipientOrganizationalUnitScope": "Sales"}, "OU Sales"),
        ({"ExclusiveRecipientWriteScope": "Board"}, "ExclusiveRecipientScope Board"),
    ]
    given = [
        {
            f"{NAME}exchange_cmdlet": {
                **give[f"{NAME}exchange_cmdlet"],
                "parameters": {**who, "Role": "Mail Recipients", **scope},
            }
        }
        for who in ({"User": ADELE}, {"SecurityGroup": "Intune Connector"})
        for scope, _words in scopes
    ]
    made = play(*given)
    assert made.code == 0, made.output
    words = sorted(text for _scope, text in scopes)
    before = objects(simulator, "ready")
    access: dict[str, Any] = {f"{NAME}cmdlet_access_info": {"account": ADELE, "cmdlets": ["Get-User"]}}
    run = play(
        access,
        {f"{NAME}management_role_assignment_info": {"assignee": ADELE}},
        {f"{NAME}role_group_info": {"name": "Intune Connector"}},
        assignment(role="Mail Recipients", user=ADELE, state="absent"),
    )
    rights, shown, groups, absent = run.results.values()
    assert not rights["granted"] and not rights["cmdlets"][0]["granted"]
    assert sorted(one["scope"] for one in rights["cmdlets"][0]["granted_by"]) == words
    assert sorted(one["scope"] for one in shown["management_role_assignments"]) == words
    assert [one for one in groups["role_groups"][0]["roles"] if one.startswith("Mail")] == [
        f"Mail Recipients ({one})" for one in words
    ]
    assert not absent["changed"] and sorted(one["scope"] for one in absent["scoped_assignments"]) == words
    assert objects(simulator, "ready") == before

    whole = play(
        assignment(role="Mail Recipients", user=ADELE),
        assignment(role="Mail Recipients", user=ADELE),
        access,
        group(name="Intune Connector", roles={"add": ["Mail Recipients"]}),
        group(name="Intune Connector", roles={"add": ["mail recipients"]}),
    )
    assert [one["changed"] for one in whole.results.values()] == [True, False, False, True, False], whole.output
    assert whole.results["task2"]["granted"]
    after = objects(simulator, "ready")
    assert {kind for kind, _name in differing(before, after)} == {"ManagementRoleAssignment"}
    assert len(differing(before, after)) == 2


def test_a_refusal_of_the_address_does_not_mean_that_nothing_is_offered(play: Play, simulator: Simulator) -> None:
    body = {"error": {"code": "BadRequest", "message": "The mailbox svc@contoso.example was not found."}}
    simulator.fault(match="deviceManagement.CreateExchangeConnectors", kind="status", status=400, body=body, count=9)
    run = play(role("configure", connector_when_not_offered="skip"))
    assert run.code == 2 and "The mailbox svc@contoso.example was not found" in run.output, run.output
    simulator.clear_faults()
