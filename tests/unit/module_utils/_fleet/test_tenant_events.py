# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the known and the current state of a tenant to events."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._fleet.tenant_events import (
    Event,
    TenantState,
    WatchSettings,
    asked_wait,
    diff_events,
)

RULES = WatchSettings(interval=60, longest_interval=600, failures=2, max_sync_age=100, report_present=False)
TELL_ALL = replace(RULES, report_present=True)
ADDRESS = "connector@contoso.example"
A, B, C = (f"{letter * 8}-0000-0000-0000-000000000000" for letter in "abc")


def host(
    *statuses: str, age: int | None = 5, devices: tuple[str, ...] | None = None, offered: bool = True, **more: Any
) -> dict[str, Any]:
    """A tenant from the fleet: connectors with these statuses, and these devices in quarantine."""
    variables: dict[str, Any] = {"tenant_id": "the-id", "tenant_options": {"tenant_id": "the-id"}, **more}
    if devices is None or statuses or not offered:
        connectors = [
            {
                "exchange_connector_type": "serviceToService",
                "status": status,
                "primary_smtp_address": ADDRESS,
                "last_sync_date_time": "2026-11-25T01:00:00Z",
                "last_sync_age_seconds": age,
            }
            for status in statuses
        ]
        variables["intune_connector"] = {"connectors": connectors, "offered": offered, "offered_evidence": "as read"}
    if devices is not None:
        found = [{"guid": guid, "mailbox": "adele.vance", "secret": "canary"} for guid in devices]
        variables["exchange_quarantine"] = {"mobile_devices": found}
    return {"name": "contoso", "group": "tenant_unreadable" if "tenant_error" in more else None, "variables": variables}


UNREADABLE = host(tenant_error={"kind": "network", "message": "No connection."}, devices=())
del UNREADABLE["variables"]["exchange_quarantine"]


def looked(known: TenantState, *hosts: dict[str, Any], rules: WatchSettings = RULES) -> list[Event]:
    return [event for one in hosts for event in diff_events(known, one, rules)]


def kinds(events: list[Event]) -> list[str]:
    return [event["type"] for event in events]


def test_what_is_there_at_the_first_look_is_remembered_and_not_told() -> None:
    known = TenantState()
    assert looked(known, host("connected", age=500, devices=(A, B))) == []
    assert known == TenantState("connected", True, [A, B])
    assert looked(known, host("connected", age=600, devices=(B, A))) == []


def test_what_is_there_at_the_first_look_is_told_on_request() -> None:
    known = TenantState()
    events = looked(known, host("connected", age=500, devices=(A, B)), rules=TELL_ALL)
    assert kinds(events) == [
        "connector_state_changed",
        "connector_sync_stale",
        "device_quarantined",
        "device_quarantined",
    ]
    assert events[0]["old"] is None and events[0]["new"] == "connected"
    assert looked(known, host("connected", age=500, devices=(A, B)), rules=TELL_ALL) == []
    # A normal state is not an event.
    assert kinds(looked(TenantState(), host("connected", devices=()), rules=TELL_ALL)) == ["connector_state_changed"]


@pytest.mark.parametrize(
    ("now", "new"),
    [
        (host("disconnected"), "disconnected"),
        (host("connectionPending"), "pending"),
        (host(), "missing"),
        (host("connected", "connected"), "ambiguous"),
        (host(offered=False), "not_offered"),
    ],
)
def test_a_change_of_the_state_is_told_once(now: dict[str, Any], new: str) -> None:
    known = TenantState("connected", False)
    [event] = looked(known, now, now)
    address = ADDRESS if new in ("disconnected", "pending") else None
    assert event == {
        "type": "connector_state_changed",
        "tenant": "contoso",
        "tenant_id": "the-id",
        "tenant_options": {"tenant_id": "the-id"},
        "old": "connected",
        "new": new,
        "evidence": "as read",
        "connector_primary_smtp_address": address,
    }
    [back] = looked(known, host("connected"))
    assert (back["old"], back["new"]) == (new, "connected")


def test_the_account_that_was_given_is_the_one_that_is_told() -> None:
    [event] = looked(TenantState("connected"), host(connector_primary_smtp_address="wanted@contoso.example"))
    assert event["connector_primary_smtp_address"] == "wanted@contoso.example"


def test_a_stale_synchronization_is_told_once_and_so_is_its_end() -> None:
    known = TenantState()
    ages = [5, 99, 100, 160, 700, 5, 65, 101]
    events = looked(known, *(host("connected", age=age) for age in ages))
    assert [(event["type"], event["last_sync_age_seconds"]) for event in events] == [
        ("connector_sync_stale", 100),
        ("connector_sync_recovered", 5),
        ("connector_sync_stale", 101),
    ]
    assert events[0]["max_sync_age"] == 100 and events[0]["connector_primary_smtp_address"] == ADDRESS


def test_a_synchronization_is_only_judged_while_the_connector_is_connected() -> None:
    known = TenantState("connected", True)
    assert kinds(looked(known, host("disconnected", age=900))) == ["connector_state_changed"]
    assert known.stale is True
    assert kinds(looked(known, host("connected", age=3))) == ["connector_state_changed", "connector_sync_recovered"]
    assert looked(TenantState("connected"), host("connected", age=None)) == []  # it has never synchronized


def test_a_device_is_told_once_for_each_time_that_it_gets_into_quarantine() -> None:
    known = TenantState()
    looks = [(A,), (A, B), (B,), (B,), (C, B, A)]
    events = looked(known, *(host(devices=devices) for devices in looks))
    assert [event["device"]["guid"] for event in events] == [B, C, A]
    assert events[0]["device"]["mailbox"] == "adele.vance" and "canary" not in str(events)


def test_a_device_that_pages_repeat_is_told_once() -> None:
    """A device that moves between two pages while they are read is on both, and a service may write ids anew."""
    known = TenantState(quarantined=[])
    [event] = looked(known, host(devices=(A, A, A.upper())), host(devices=(A.upper(),)), host(devices=(A,)))
    assert event["device"]["guid"] == A and known.quarantined == [A]
    assert looked(TenantState(), host(devices=(A, A.upper())), host(devices=(A.upper(),))) == []


def test_a_state_with_ids_in_capitals_is_the_same_state() -> None:
    """As Exchange may have written them when an older version stored them."""
    known = TenantState.restored({**TenantState().kept(), "quarantined": [A.upper(), A, B]})
    [event] = looked(known, host(devices=(A, B.upper(), C.upper())))
    assert event["device"]["guid"] == C.upper() and known.quarantined == [A, B, C]


def test_an_event_that_was_not_taken_is_found_again() -> None:
    known = TenantState("connected", False, [])
    now = host("disconnected", devices=(A, B))
    taken = diff_events(known, now, RULES)
    assert next(taken)["type"] == "connector_state_changed"
    assert next(taken)["device"]["guid"] == A  # and nobody requests more: this one may be lost
    assert known == TenantState("disconnected", False, [])
    assert [event["device"]["guid"] for event in looked(known, now)] == [A, B]


def test_a_tenant_is_unreadable_after_so_many_failures_and_until_it_is_read() -> None:
    known = TenantState("connected", False, [])
    assert looked(known, UNREADABLE, host("connected"), UNREADABLE) == []  # never two in a row
    [event] = looked(known, UNREADABLE, UNREADABLE, UNREADABLE)
    assert event["type"] == "tenant_unreadable" and event["failures"] == 2 and event["next_look_seconds"] == 120
    assert (event["kind"], event["message"]) == ("network", "No connection.")
    assert known.failures == 4 and known.connector == "connected"
    assert kinds(looked(known, host("disconnected"), host("disconnected"))) == [
        "tenant_readable",
        "connector_state_changed",
    ]
    assert known.failures == 0


def test_what_could_be_read_counts_although_something_else_failed() -> None:
    known = TenantState("connected", False, [A])
    half = host(tenant_error={"kind": "forbidden", "message": "Not allowed."}, devices=(A, B))
    assert "intune_connector" not in half["variables"]
    assert kinds(looked(known, half, half)) == ["device_quarantined", "tenant_unreadable"]
    assert known.connector == "connected"


def test_the_pause_doubles_up_to_its_limit() -> None:
    assert [RULES.pause(failures) for failures in (0, 1, 2, 3, 4, 5, 6, 10**6)] == [
        60,
        60,
        120,
        240,
        480,
        600,
        600,
        600,
    ]


def test_the_pause_is_as_long_as_a_service_asks() -> None:
    assert [RULES.pause(1, asked) for asked in (0, 59, 60, 900)] == [60, 60, 60, 900]
    busy = host(tenant_error={"kind": "throttled", "message": "Too much.", "retry_after_seconds": 900})
    busy["variables"].pop("intune_connector")
    [event] = looked(TenantState(failures=1), busy)
    assert event["type"] == "tenant_unreadable" and event["next_look_seconds"] == 900
    [event] = looked(TenantState(), busy)  # after 600 seconds at the latest it would be asked again otherwise
    assert (event["failures"], event["next_look_seconds"]) == (1, 900)
    busy["variables"]["tenant_error"]["retry_after_seconds"] = RULES.longest_interval
    assert not looked(TenantState(), busy)
    busy["variables"]["tenant_error"]["retry_after_seconds"] = 900
    assert asked_wait(host(tenant_error={"retry_after_seconds": 10**9})) == 86_400
    assert asked_wait(busy) == 900 and asked_wait(UNREADABLE) == asked_wait(host("connected")) == 0


def test_what_is_kept_is_what_is_restored() -> None:
    known = TenantState("connected", True, [A], 3, True)
    assert TenantState.restored(known.kept()) == known and TenantState.restored(TenantState().kept()) == TenantState()


@pytest.mark.parametrize(
    "kept",
    [
        {"connector": 1},
        {"stale": "yes"},
        {"quarantined": "a"},
        {"quarantined": [None]},
        {"quarantined": ["a"]},
        {"quarantined": 0},
        {"quarantined": [1]},
        {"failures": True},
        {"failures": "1"},
        {"unreadable": None},
        {"unknown": 1},
        [],
        None,
    ],
    ids=str,
)
def test_what_was_not_kept_is_not_restored(kept: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        TenantState.restored(kept)
