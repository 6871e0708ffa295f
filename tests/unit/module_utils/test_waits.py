# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requested waits: how often the task polls, for how long, and its message when the time is up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._connector import account_writes, organization, sync
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.retry import Deadline
from ansible_collections.intune.exchange.plugins.module_utils._http.poll import Within, WithinTask, poll
from ansible_collections.intune.exchange.plugins.module_utils._mobile_devices import wipe

NAME, ADDRESS = "connector@contoso.com", "Mail@contoso.com"


class Tenant:
    """A tenant whose clock advances only while it sleeps. `answers` are the results of its reads, the last repeats."""

    label = "contoso.com"

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.slept: list[float] = []
        self.paused: list[int] = []
        self.lines: list[str] = []
        self.asked: list[Any] = []
        self.progress = self.lines.append
        self.http = self.graph = self
        self.clients = {"exchange": self}
        self.tokens = SimpleNamespace(bearer=lambda service: {"graph": "e30.e30.x"}[service])
        self.sleep = self.slept.append
        self.deadline = Deadline(300, self.clock)

    def clock(self) -> float:
        return sum(self.slept)

    def pause(self, attempts: int, floor: float | None, purpose: Purpose) -> None:
        assert purpose.action
        self.paused.append(attempts)

    def _answer(self) -> Any:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def list(self, path: str, purpose: Purpose) -> Any:
        assert isinstance(purpose, Purpose)
        self.asked.append(path)
        return self._answer(), SimpleNamespace(date=datetime(2026, 1, 2, tzinfo=UTC))

    def invoke(self, cmdlet: str, parameters: Any, purpose: Purpose, select: Any = ()) -> Any:
        assert isinstance(purpose, Purpose)
        self.asked.append((cmdlet, parameters))
        return SimpleNamespace(values=self._answer())


def user(*addresses: str) -> list[dict[str, Any]]:
    return [{"id": "1", "userPrincipalName": NAME, "proxyAddresses": list(addresses)}]


def await_address(tenant: Tenant, wanted: str | None = None, seconds: int = 600) -> Any:
    after = {"user_principal_name": NAME, "primary_smtp_address": wanted}
    return account_writes.wait_for_address(tenant, after, seconds)  # type: ignore[arg-type]


def connector(synced: str | None, status: str = "connected") -> list[dict[str, Any]]:
    return [
        {"id": "c", "exchangeConnectorType": "serviceToService", "status": status, "lastSyncDateTime": synced},
        {"id": "d", "exchangeConnectorType": "hosted", "lastSyncDateTime": "2030-01-01T00:00:00Z"},
    ]


def await_sync(tenant: Tenant, before: str | None = None, seconds: int = 600) -> Any:
    return sync._wait(tenant, {"lastSyncDateTime": before}, seconds)  # type: ignore[arg-type]


def statistics(**times: str) -> list[dict[str, Any]]:
    return [{"Guid": "G-1", "FirstSyncTime": "2026-01-01T00:00:00Z", **times}]


DEVICE = {"guid": "g-1", "device_id": "D", "mailbox": "adele"}
ASKED = {"DeviceWipeRequestTime": "2026-01-01T10:00:00Z"}
DONE = {**ASKED, "DeviceWipeAckTime": "2026-01-01T10:05:00Z"}


def await_wipe(tenant: Tenant, kind: str = "full", seconds: int = 600) -> Any:
    return wipe._wait(tenant, [DEVICE], {"g-1": kind}, seconds)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wait", "not_yet", "done", "first", "longest"),
    [
        (await_address, user(), user("smtp:other@contoso.com", f"SMTP:{ADDRESS}"), 2, 30),
        (await_sync, connector(None), connector("2026-01-01T00:00:00Z"), 1, 15),
        (await_wipe, statistics(**ASKED), statistics(**DONE), 5, 60),
    ],
)
def test_it_looks_less_and_less_often(
    wait: Callable[..., Any], not_yet: Any, done: Any, first: float, longest: float
) -> None:
    tenant = Tenant(*[not_yet] * 12, done)
    assert wait(tenant)
    assert len(tenant.asked) == 13 and len(tenant.slept) == len(tenant.lines) == 12
    assert tenant.slept[0] == first and tenant.slept == sorted(tenant.slept) and tenant.slept[-1] == longest
    assert tenant.slept[1] == 1.5 * first
    # What was waited is added to the task's own time, and no more.
    assert tenant.deadline.seconds == 300 + int(sum(tenant.slept)) < 900
    assert tenant.deadline.remaining() == 300 - sum(tenant.slept) % 1
    assert "600 s left" in tenant.lines[0]
    at_once = Tenant(done)
    assert wait(at_once) and at_once.slept == [] and len(at_once.asked) == 1
    assert at_once.deadline.seconds == at_once.deadline.remaining() == 300


@pytest.mark.parametrize(
    ("wait", "not_yet"), [(await_address, user()), (await_sync, connector(None))], ids=["address", "synchronization"]
)
def test_a_wait_ends_with_its_time(wait: Callable[..., Any], not_yet: Any) -> None:
    tenant = Tenant(not_yet)
    with pytest.raises(TenantError) as caught:
        wait(tenant, None, 100)
    error = caught.value
    assert error.kind == "timeout" and "100 s (wait_timeout)" in error.problem and error.next_step
    assert str(error).startswith("Could not wait for the ") and " on tenant contoso.com: " in str(error)
    assert sum(tenant.slept) == 100 and "  " not in error.problem and "None" not in str(error)
    assert len(tenant.asked) == len(tenant.slept) + 1


@pytest.mark.parametrize(
    ("reads", "seconds", "slept"), [(1, 120, []), (3, 120, [2, 3]), (99, 4, [2, 2]), (99, 120, [2, 3])]
)
def test_a_wait_that_was_not_asked_for_leaves_the_time_limit_alone(
    reads: int, seconds: float, slept: list[float]
) -> None:
    tenant = Tenant(*range(1, 100))
    tenant.deadline = Deadline(9, tenant.clock)  # the next pause would be 4.5 seconds, and not end within it
    pace = WithinTask(tenant, seconds, (2, 15))  # type: ignore[arg-type]
    found, done = poll(tenant._answer, lambda read: bool(read == reads), pace)
    assert (tenant.slept, done) == (slept, reads == found) and tenant.deadline.seconds == 9


def test_a_wait_whose_read_fails_gives_back_what_is_left() -> None:
    tenant = Tenant(None)

    def read() -> None:
        raise TenantError("forbidden", "no", "read it")

    with pytest.raises(TenantError, match="no"):
        poll(read, bool, Within(tenant, 600, (2, 15)))  # type: ignore[arg-type]
    assert tenant.deadline.seconds == 300


def test_a_device_that_is_off_never_answers() -> None:
    tenant = Tenant(statistics(**ASKED))
    assert await_wipe(tenant, seconds=30) == {"g-1": {"account_only": "none", "full": "pending"}}
    assert sum(tenant.slept) == 30
    assert tenant.asked[0] == ("Get-MobileDeviceStatistics", {"Identity": "g-1"})
    # A full wipe also removes the account, but not the other way round.
    account = {"AccountOnlyDeviceWipeRequestTime": ASKED["DeviceWipeRequestTime"]}
    account["AccountOnlyDeviceWipeAckTime"] = DONE["DeviceWipeAckTime"]
    assert await_wipe(Tenant(statistics(**DONE)), "account_only")["g-1"]["full"] == "done"
    tenant = Tenant(statistics(**account))
    assert await_wipe(tenant, "full", 10)["g-1"] == {"account_only": "done", "full": "none"} and sum(tenant.slept) == 10


def test_the_address_that_is_waited_for() -> None:
    assert await_address(Tenant(user(f"SMTP:{ADDRESS}")), ADDRESS.upper())["id"] == "1"
    for not_yet in (user("SMTP:other@contoso.com"), user(f"smtp:{ADDRESS}"), []):
        tenant = Tenant(not_yet, user(f"SMTP:{ADDRESS}"))
        assert await_address(tenant, ADDRESS)["id"] == "1" and len(tenant.slept) == 1
    tenant = Tenant(user())
    with pytest.raises(TenantError, match=f"{NAME} had no address {ADDRESS} after 0 s"):
        await_address(tenant, ADDRESS, 0)
    assert all(NAME in one.replace("%40", "@") for one in tenant.asked) and NAME in tenant.lines[0]


def test_a_synchronization_that_ended_before_is_not_the_one() -> None:
    before, after = "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"
    tenant = Tenant(connector(before), connector(None), connector(after))
    found = await_sync(tenant, before)
    assert len(tenant.slept) == 2 and found["last_sync_date_time"] == after
    assert found["last_sync_age_seconds"] == 86399  # by the clock of the service
    with pytest.raises(TenantError) as caught:
        await_sync(Tenant(connector(before)), before, 0)
    assert caught.value.kind == "timeout"


def test_a_write_to_a_new_account_is_tried_again_while_it_is_not_found() -> None:
    """The directory is eventually consistent; every other failure is final."""
    for failures, kind, tries in ((7, "", 8), (8, "not_found", 8)):
        tenant, tried = Tenant([]), list[int]()

        def write(those: Any = (tried, failures)) -> str:
            those[0].append(1)
            if len(those[0]) <= those[1]:
                raise TenantError("not_found", "no such user", "write the account")
            return "written"

        if kind:
            with pytest.raises(TenantError) as caught:
                account_writes._settled(tenant, write, account_writes.WRITE_ACCOUNT)  # type: ignore[arg-type]
            assert caught.value.kind == kind
        else:
            assert account_writes._settled(tenant, write, account_writes.WRITE_ACCOUNT) == "written"  # type: ignore[arg-type]
        assert len(tried) == tries and tenant.paused == [1, 2, 3, 4, 5, 6, 7]
    tenant = Tenant([])

    def refused() -> None:
        raise TenantError("forbidden", "no", "write the account")

    with pytest.raises(TenantError, match="no"):
        account_writes._settled(tenant, refused, account_writes.WRITE_ACCOUNT)  # type: ignore[arg-type]
    assert tenant.paused == []


def test_a_switch_of_the_authority_that_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """The action returns nothing, so the authority is read; a lost response stays lost."""
    lost = TenantError("outcome_unknown", "lost", "set the authority")
    for failure, seen, kind in (
        (None, ["none", "none", "intune"], ""),
        (lost, ["none", "intune"], ""),
        (None, ["none"] * 99, "outcome_unknown"),
        (lost, ["none"] * 99, "outcome_unknown"),
        (TenantError("forbidden", "no", "set it"), [], "forbidden"),
    ):
        tenant, sent, left = Tenant([{"id": "o-1"}]), list[Any](), list(seen)

        def action(path: str, body: Any, purpose: Purpose, those: Any = (sent, failure)) -> None:
            assert isinstance(purpose, Purpose)
            those[0].append((path, body))
            if those[1]:
                raise those[1]

        tenant.action = action  # type: ignore[attr-defined]
        monkeypatch.setattr(organization, "authority_of", lambda tenant, left=left: left.pop(0))
        if kind:
            with pytest.raises(TenantError) as caught:
                organization._switch(tenant, "intune")  # type: ignore[arg-type]
            assert caught.value.kind == kind and (failure is None or caught.value is failure)
            assert failure or " on tenant contoso.com: " in str(caught.value)
        else:
            organization._switch(tenant, "intune")  # type: ignore[arg-type]
            assert len(tenant.paused) == len(seen) - 1
        assert sent == [("organization/o-1/setMobileDeviceManagementAuthority", None)]
