# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Least privilege from end to end: roles created from the role's table, assigned to a person and to an application."""

from __future__ import annotations

from typing import Any

import yaml

from simulator import Simulator

from .conftest import ROOT, Play

NAME = "intune.exchange."
PERSON = "adele.vance@nothing.example"
GROUP = "Connector Rights"
TABLE = yaml.safe_load((ROOT / "roles/connector/vars/main.yml").read_text(encoding="utf-8"))["__connector_roles"]


def writes(simulator: Simulator) -> list[str]:
    return [one["operation"] for one in simulator.requests() if one["service"] == "exchange" and one["effect"]]


def rights(simulator: Simulator) -> list[dict[str, Any]]:
    """The tasks: three roles, the application, and the group that has them all."""
    restricted = simulator.facts("nothing", "restricted")
    ids = {"app_id": restricted["client_id"], "object_id": restricted["object_id"]}
    return [
        *(
            {
                f"{NAME}management_role": {
                    "name": f"{GROUP} {one['suffix']}",
                    "parent": one["parent"],
                    "cmdlets": one["cmdlets"],
                }
            }
            for one in TABLE
        ),
        {f"{NAME}service_principal": {**ids, "display_name": "Restricted automation"}},
        {
            f"{NAME}role_group": {
                "name": GROUP,
                "roles": {"set": [f"{GROUP} {one['suffix']}" for one in TABLE]},
                "members": {"set": [PERSON, restricted["client_id"]]},
            }
        },
    ]


def test_exactly_the_thirteen(play: Play, simulator: Simulator) -> None:
    environment = simulator.environment("nothing")
    proof: dict[str, Any] = {f"{NAME}cmdlet_access_info": {"account": PERSON}}
    first = play(*rights(simulator), proof, environment=environment)
    assert first.code == 0, first.output
    *kept, access = first.results.values()
    assert all(one["changed"] for one in kept)
    assert access["granted"] and access["excess"] == [] and len(access["cmdlets"]) == 13
    assert {origin["assignee"] for one in access["cmdlets"] for origin in one["granted_by"]} == {GROUP}
    wrote = writes(simulator)
    assert wrote == ["New-ManagementRole"] * 3 + ["New-ServicePrincipal", "New-RoleGroup"]

    second = play(*rights(simulator), environment=environment)
    assert second.code == 0 and not any(one["changed"] for one in second.results.values())
    assert writes(simulator) == wrote

    own = play(
        {f"{NAME}cmdlet_access_info": {}},
        {f"{NAME}role_group_info": {"name": GROUP}, "ignore_errors": True},
        environment=simulator.environment("nothing", application="restricted"),
    )
    itself, refused = own.results.values()
    assert itself["granted"] and itself["excess"] == []
    assert refused["error"]["kind"] == "forbidden"
    assert "the Exchange role View-Only Configuration or Role Management" in refused["msg"]


def test_check_mode_writes_nothing_and_undoing_leaves_nothing(play: Play, simulator: Simulator) -> None:
    environment = simulator.environment("nothing")
    roles = rights(simulator)[: len(TABLE)]
    predicted = play(*({**one, "check_mode": True} for one in roles), environment=environment)
    assert predicted.code == 0 and all(one["changed"] for one in predicted.results.values())
    assert writes(simulator) == []
    before = len(simulator.state("nothing")["ManagementRole"])
    assert play(*rights(simulator), environment=environment).code == 0
    in_use = play({f"{NAME}management_role": {"name": f"{GROUP} Access", "state": "absent"}}, environment=environment)
    assert in_use.code == 2 and f"it is assigned to {GROUP}" in in_use.failed["msg"]
    gone = {"state": "absent"}
    undo = [
        {f"{NAME}role_group": {"name": GROUP, **gone}},
        *({f"{NAME}management_role": {"name": f"{GROUP} {one['suffix']}", **gone}} for one in TABLE),
        {f"{NAME}service_principal": {"app_id": simulator.facts("nothing", "restricted")["client_id"], **gone}},
    ]
    undone = play(*undo, *undo, environment=environment)
    assert undone.code == 0, undone.output
    assert [one["changed"] for one in undone.results.values()] == [True] * len(undo) + [False] * len(undo)
    assert len(simulator.state("nothing")["ManagementRole"]) == before


def test_a_dehydrated_tenant_is_prepared_first(play: Play, simulator: Simulator) -> None:
    role = rights(simulator)[0]
    environment = simulator.environment("nothing_dehydrated")
    refused = play(role, environment=environment)
    assert refused.failed["error"]["kind"] == "not_hydrated"
    wait: dict[str, Any] = {f"{NAME}organization_customization": {"accept_permanent": True, "wait": False}}
    assert play(wait, environment=environment).code == 0
    simulator.advance(600)
    prepared: dict[str, Any] = {f"{NAME}organization_customization": {}}
    done = play(prepared, role, environment=environment)
    assert done.code == 0, done.output
    assert [one["changed"] for one in done.results.values()] == [False, True]
