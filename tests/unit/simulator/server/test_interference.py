# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the state: reads from a replica that lags behind, and another administrator between two requests."""

from __future__ import annotations

from simulator import Simulator

from ..conftest import CONNECTORS, Client

LISTING = "deviceManagement.ListExchangeConnectors"


def seen(client: Client, times: int) -> list[int]:
    return [len(client.values(CONNECTORS)) for _unused in range(times)]


def test_a_read_after_a_write_is_stale_so_many_times(client: Client, simulator: Simulator) -> None:
    simulator.fault(match=LISTING, kind="stale_read", count=2)
    assert seen(client, 2) == [0, 0]
    client.create_connector()
    assert seen(client, 4) == [0, 0, 1, 1]
    rows = [row for row in simulator.requests() if row["operation"] == LISTING]
    assert [row.get("fault") for row in rows] == [None, None, *["before_effect:stale_read"] * 2, None, None]
    assert not any(row["effect"] for row in rows)


def test_replicas_flap(client: Client, simulator: Simulator) -> None:
    for nth in (2, 4):
        simulator.fault(match=LISTING, kind="stale_read", nth=nth)
    client.create_connector()
    assert seen(client, 5) == [1, 0, 1, 0, 1]


def test_a_stale_read_sees_a_change_undone_and_a_removed_object(client: Client, simulator: Simulator) -> None:
    simulator.fault(match="Get-*", kind="stale_read", nth=1)
    simulator.fault(match="Get-*", kind="stale_read", nth=3)
    client.run("New-RoleGroup", Name="Helpers", Description="old")
    assert client.failure("Get-RoleGroup", Identity="Helpers")[0] == "ManagementObjectNotFoundException"
    client.run("Set-RoleGroup", Identity="Helpers", Description="new")
    assert [client.run("Get-RoleGroup", Identity="Helpers")[0]["Description"] for _unused in range(2)] == ["new", "old"]
    simulator.fault(match="Get-*", kind="stale_read")
    client.run("Remove-RoleGroup", Identity="Helpers")
    assert client.run("Get-RoleGroup", Identity="Helpers")[0]["Description"] == "new"
    assert client.failure("Get-RoleGroup", Identity="Helpers")[0] == "ManagementObjectNotFoundException"


def test_a_write_is_never_lost_behind_a_stale_read(client: Client, simulator: Simulator) -> None:
    simulator.fault(match="graph", kind="stale_read", count=9)
    created = client.create_connector()
    assert seen(client, 1) == [0]
    assert client.graph("DELETE", f"{CONNECTORS}/{created['id']}").status_code == 204
    assert seen(client, 1) == [1]
    assert simulator.state()["exchangeConnectors"] == []


def test_a_stale_part_of_a_batch(client: Client, simulator: Simulator) -> None:
    simulator.fault(match=LISTING, kind="stale_read")
    client.create_connector()
    parts = [{"id": name, "method": "GET", "url": CONNECTORS} for name in ("first", "second")]
    answers = client.graph("POST", "/$batch", json={"requests": parts}).json()["responses"]
    assert {part["id"]: len(part["body"]["value"]) for part in answers} == {"first": 0, "second": 1}


def test_another_administrator_changes_the_object_first(client: Client, simulator: Simulator) -> None:
    client.run("New-RoleGroup", Name="Helpers", Description="ours")
    simulator.fault(
        match="Set-RoleGroup", kind="second_writer", request={"parameters": {"Description": "theirs", "Name": "Aides"}}
    )
    assert client.failure("Set-RoleGroup", Identity="Helpers", Description="new")[0].endswith("NotFoundException")
    assert client.run("Get-RoleGroup", Identity="Aides")[0]["Description"] == "theirs"
    row = next(row for row in simulator.requests() if row["operation"] == "Set-RoleGroup")
    assert (row["fault"], row["effect"]) == ("before_effect:second_writer:200", False)


def test_another_administrator_removes_the_object_first(client: Client, simulator: Simulator) -> None:
    path = f"{CONNECTORS}/{client.create_connector()['id']}"
    simulator.fault(match="*UpdateExchangeConnectors", kind="second_writer", request={"method": "DELETE"})
    assert client.graph("PATCH", path, json={"primarySmtpAddress": client.facts["account"]}).status_code == 404
    assert simulator.requests()[-1]["fault"] == "before_effect:second_writer:204"
    assert simulator.state()["exchangeConnectors"] == []


def test_another_administrator_creates_the_same_first(client: Client, simulator: Simulator) -> None:
    simulator.fault(match="*CreateExchangeConnectors", kind="second_writer")
    simulator.fault(match="New-RoleGroup", kind="second_writer")
    client.create_connector()
    assert seen(client, 1) == [2]
    assert client.failure("New-RoleGroup", Name="Helpers")[0] == "ADObjectAlreadyExistsException"


def test_another_administrator_changes_the_object_afterwards(client: Client, simulator: Simulator) -> None:
    account = client.facts["account"]
    other = f"administrator@{client.facts['domain']}"
    path = f"{CONNECTORS}/{client.create_connector()['id']}"
    simulator.fault(
        match="*UpdateExchangeConnectors",
        kind="second_writer",
        phase="after_effect",
        request={"body": {"primarySmtpAddress": other}},
    )
    answer = client.graph("PATCH", path, json={"primarySmtpAddress": account, "serverName": "ours"})
    assert (answer.status_code, answer.json()["primarySmtpAddress"]) == (200, account)
    assert client.get(path)["primarySmtpAddress"] == other


def test_another_administrator_between_read_and_write(client: Client, simulator: Simulator) -> None:
    """A request that has nothing in common with the matching one is given in full."""
    path = f"/v1.0{CONNECTORS}/{client.create_connector()['id']}"
    simulator.fault(
        match=LISTING, kind="second_writer", phase="after_effect", request={"method": "DELETE", "path": path}
    )
    assert seen(client, 2) == [1, 0]
    simulator.fault(
        match="Get-RoleGroup",
        kind="second_writer",
        phase="after_effect",
        request={"cmdlet": "New-RoleGroup", "parameters": {"Name": "Helpers"}},
    )
    before = {group["Name"] for group in client.run("Get-RoleGroup")}
    assert {group["Name"] for group in client.run("Get-RoleGroup")} - before == {"Helpers"}


def test_a_second_writer_that_is_refused_shows_it(client: Client, simulator: Simulator) -> None:
    simulator.fault(match=LISTING, kind="second_writer", request={"method": "DELETE", "path": "/v1.0/nothing"})
    client.values(CONNECTORS)
    assert simulator.requests()[-1]["fault"] == "before_effect:second_writer:400"


def test_an_older_state_ends_with_a_reset(client: Client, simulator: Simulator) -> None:
    simulator.fault(match=LISTING, kind="stale_read", count=9)
    client.create_connector()
    simulator.reset()
    simulator.fault(match=LISTING, kind="stale_read", count=9)
    assert seen(client, 1) == [0]
    assert "fault" not in simulator.requests()[-1]
