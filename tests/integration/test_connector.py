# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connector modules."""

from __future__ import annotations

from typing import Any

from simulator import Simulator

from .conftest import Play

ACCOUNT = "svc-intune-connector@contoso.example"
CONNECTOR = "intune.exchange.connector"


def writes(simulator: Simulator) -> list[dict[str, Any]]:
    return [
        one
        for one in simulator.requests()
        if one["class"] in ("CREATE", "IDEMPOTENT", "ACTION") and one["service"] != "login"
    ]


def present(**options: Any) -> dict[str, Any]:
    return {CONNECTOR: {"primary_smtp_address": ACCOUNT, **options}}


def test_the_cycle(play: Play, simulator: Simulator) -> None:
    """Create, again, remove, again; each first in check mode, which writes nothing and predicts the same."""
    check = {"check_mode": True}
    steps = [
        {**present(), **check},
        present(),
        present(primary_smtp_address=ACCOUNT.upper()),
        {**present(state="absent"), **check},
        present(state="absent"),
        present(state="absent"),
    ]
    run = play(*steps)
    assert run.code == 0, run.output
    results = list(run.results.values())
    assert [one["changed"] for one in results] == [True, True, False, True, True, False]
    assert results[0]["diff"] == results[1]["diff"]
    assert results[1]["diff"] == {"before": {}, "after": {"primary_smtp_address": ACCOUNT}}
    assert results[3]["diff"] == results[4]["diff"] == {"before": {"primary_smtp_address": ACCOUNT}, "after": {}}
    assert results[1]["connector"]["status"] == "connectionPending"
    assert results[1]["connector"]["exchange_connector_type"] == "serviceToService"
    assert [one["method"] for one in writes(simulator)] == ["POST", "DELETE"]


def test_another_address_changes_the_connector(play: Play, simulator: Simulator) -> None:
    other = "adele.vance@contoso.example"
    run = play(present(), {CONNECTOR: {"primary_smtp_address": other}}, {"intune.exchange.connector_info": {}})
    assert run.code == 0, run.output
    first, second, facts = run.results.values()
    assert second["changed"] and second["connector"]["id"] == first["connector"]["id"]
    assert [one["primary_smtp_address"] for one in facts["connectors"]] == [other]
    assert [one["method"] for one in writes(simulator)] == ["POST", "PATCH"]


def test_the_connector_of_another_account_is_not_removed(play: Play, simulator: Simulator) -> None:
    run = play(present(), present(state="absent", primary_smtp_address="adele.vance@contoso.example"))
    assert run.code == 2
    assert "is bound to" in run.failed["msg"] and "Omit primary_smtp_address" in run.failed["msg"]
    assert [one["method"] for one in writes(simulator)] == ["POST"]


def test_a_connector_becomes_connected_and_synchronizes(play: Play, simulator: Simulator) -> None:
    info: dict[str, Any] = {"intune.exchange.connector_info": {}}
    run = play(present(), {**info, "until": "task1.connectors[0].status == 'connected'", "retries": 20, "delay": 0})
    assert run.code == 0, run.output
    wait = {"intune.exchange.connector_sync": {"sync_type": "full", "wait": True}}
    young = {"intune.exchange.connector_sync": {"minimum_interval": 86400}}
    simulator.advance(60)
    run = play(info, {**wait, "check_mode": True}, wait, young)
    assert run.code == 0, run.output
    before, predicted, synced, skipped = run.results.values()
    assert predicted["changed"] and not predicted["requested"]
    assert synced["changed"] and synced["requested"]
    assert synced["connector"]["last_sync_date_time"] > before["connectors"][0]["last_sync_date_time"]
    assert not skipped["changed"] and not skipped["requested"]
    assert "<localhost> waiting for the synchronization: the connector is connected" in run.output
    assert len([one for one in writes(simulator) if one["path"].endswith("/sync")]) == 1


def test_a_code_is_shown_where_somebody_can_see_it(play: Play, simulator: Simulator) -> None:
    task: dict[str, Any] = {"intune.exchange.connector_info": {}}
    environment = simulator.environment(method="device_code")
    shown = play(task, environment=environment)
    assert shown.code == 0 and "use a web browser to open the page" in shown.output
    hidden = play(task, environment={**environment, "INTUNE_EXCHANGE_IN_PROCESS": "false"})
    assert hidden.code == 2 and "no terminal to show its code on" in hidden.failed["msg"]
