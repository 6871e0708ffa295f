# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a tenant's connector, the selection of one, and when it may be bound or removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._connector import connectors, sync
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import ErrorResponse, Purpose, TenantError
from ansible_collections.intune.exchange.plugins.modules import connector as connector_module
from ansible_collections.intune.exchange.plugins.modules import connector_info, connector_sync
from simulator import Simulator

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
ADDRESS = "Svc@contoso.com"


class Tenant:
    """A tenant whose Graph returns these connectors, and these users for an address. `sent` are its actions."""

    label = "contoso.com"

    def __init__(self, *records: dict[str, Any], users: Any = (), error: TenantError | None = None) -> None:
        self.records, self.users, self.error = list(records), list(users), error
        self.sent: list[Any] = []
        self.graph = self

    def list(self, path: str, purpose: Purpose) -> Any:
        assert purpose.action and purpose.permission
        if self.error:
            raise self.error
        return self.records if path == "deviceManagement/exchangeConnectors" else self.users, SimpleNamespace(date=NOW)

    def action(self, path: str, body: Any, purpose: Purpose) -> None:
        assert purpose.action and purpose.permission
        self.sent.append((path, body))


def connector(number: int = 1, **more: Any) -> dict[str, Any]:
    ours = {"id": f"c-{number}", "exchangeConnectorType": "serviceToService", "status": "connected"}
    return {**ours, "primarySmtpAddress": ADDRESS, "lastSyncDateTime": "2026-01-02T11:59:00Z", **more}


HOSTED = connector(9, exchangeConnectorType="hosted")


def failure(call: Callable[..., Any], *arguments: Any) -> TenantError:
    with pytest.raises(TenantError) as caught:
        call(*arguments)
    return caught.value


def gone(status: int = 501, code: str = "NotImplemented", kind: str = "refused", message: str = "no") -> TenantError:
    return TenantError(
        kind, "it failed", "read", "contoso.com", ErrorResponse("Microsoft Graph", status, code, message)
    )


@pytest.mark.parametrize(
    ("records", "state"),
    [
        ([], "missing"),
        ([HOSTED], "missing"),
        ([connector()], "connected"),
        ([HOSTED, connector(status="connectionPending")], "pending"),
        ([connector(status="disconnected")], "disconnected"),
        ([connector(status="unknownFutureValue")], "disconnected"),
        ([connector(status=None)], "disconnected"),
        ([connector(status="none")], "missing"),
        ([connector(1), connector(2)], "ambiguous"),
    ],
)
def test_what_a_tenant_is_like(records: list[Any], state: str) -> None:
    found = connectors.connectors_info(Tenant(*records))  # type: ignore[arg-type]
    assert found["state"] == connectors.state(found) == state and state in connectors.STATES
    assert found["offered"] is True and found["changed"] is False and found["offered_evidence"]
    assert [one["id"] for one in found["connectors"]] == [one["id"] for one in records]
    ours = [one["id"] for one in records if one is not HOSTED]
    assert [one["id"] for one in connectors.of_our_type(found)] == ours
    assert found["connector"] == (connectors.of_our_type(found)[0] if len(ours) == 1 else None)


@pytest.mark.parametrize(
    ("records", "is_new"),
    [
        ([], False),
        ([connector(status="connectionPending")], True),
        ([HOSTED, connector(lastSyncDateTime=None)], True),
        ([connector()], False),
        ([connector(status="disconnected", lastSyncDateTime=None)], False),
        ([connector(1, lastSyncDateTime=None), connector(2, lastSyncDateTime=None)], False),
    ],
)
def test_a_new_connector_is_waited_for(records: list[Any], is_new: bool) -> None:
    assert connectors.connectors_info(Tenant(*records))["is_new"] is is_new  # type: ignore[arg-type]


def test_a_tenant_without_the_offer() -> None:
    found = connectors.connectors_info(Tenant(error=gone()))  # type: ignore[arg-type]
    assert found["state"] == connectors.state(found) == "not_offered"
    assert found["connector"] is None and found["is_new"] is False
    assert found["connectors"] == [] and found["offered"] is False and found["changed"] is False
    assert "501" in found["offered_evidence"]
    for error in (gone(403, "Forbidden", "forbidden"), gone(501, ""), gone(500, "X", "unavailable")):
        assert failure(connectors.connectors_info, Tenant(error=error)).kind == error.kind != "not_offered"


@pytest.mark.parametrize(
    ("time", "age"),
    [
        ("2026-01-02T11:59:00Z", 60),
        ("2026-01-02T11:59:00.1234567Z", 59),
        ("2026-01-02T13:59:00+02:00", 60),
        ("2026-01-02T11:59:00", 60),
        ("2026-01-02T12:00:09Z", 0),
        ("0001-01-01T00:00:00Z", None),
        ("", None),
        (None, None),
    ],
)
def test_the_age_of_the_last_synchronization(time: str | None, age: int | None) -> None:
    shown = connectors.facts(connector(lastSyncDateTime=time), NOW)
    assert shown["last_sync_age_seconds"] == age and shown["primary_smtp_address"] == ADDRESS


def test_the_one_connector_that_is_meant() -> None:
    tenant: Any = Tenant()
    mine = connector()
    assert connectors.the_connector([HOSTED, mine], tenant) is mine
    for records, kind, candidates in (([HOSTED], "absent", []), ([mine, connector(2)], "ambiguous", ["c-1", "c-2"])):
        error = failure(connectors.the_connector, records, tenant)
        assert error.kind == kind and error.details == {"candidates": candidates} and error.next_step
        assert str(error).startswith("Could not find the connector on tenant contoso.com: ")
        assert all(one in error.problem for one in candidates)


def user(**more: Any) -> dict[str, Any]:
    common = {"id": "u-1", "userPrincipalName": "svc@contoso.com", "accountEnabled": True, "userType": "Member"}
    return {**common, "proxyAddresses": [f"SMTP:{ADDRESS}"], **more}


def before_write(tenant: Any, state: str, address: str | None, record: dict[str, Any] | None = None) -> None:
    connectors._check_connector_write(tenant, {"state": state, "primary_smtp_address": address}, record)


@pytest.mark.parametrize(
    "users",
    [
        [],
        [user(accountEnabled=False)],
        [user(userType="Guest")],
        [user(proxyAddresses=["SMTP:other@contoso.com", f"smtp:{ADDRESS}"])],
    ],
)
def test_an_account_that_cannot_be_bound(users: list[Any]) -> None:
    error = failure(before_write, Tenant(users=users), "present", ADDRESS)
    assert error.kind == "account" and error.next_step
    assert str(error).startswith("Could not bind the connector to its account on tenant contoso.com: ")


def test_what_may_be_bound_and_removed() -> None:
    before_write(Tenant(users=[user()]), "present", ADDRESS.lower())
    assert failure(before_write, Tenant(users=[user()]), "present", "no address").kind == "usage"
    for address in (None, "", ADDRESS.upper()):
        before_write(Tenant(), "absent", address, connector())
    before_write(Tenant(), "absent", "other@contoso.com", None)
    error = failure(before_write, Tenant(), "absent", "other@contoso.com", connector())
    assert error.kind == "other_account" and ADDRESS in error.problem and "other@contoso.com" in error.problem
    assert str(error).startswith("Could not remove the connector on tenant contoso.com: ")


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_synchronization_is_requested_unless_the_last_is_young_enough(check_mode: bool) -> None:
    for kind, said in (("full", "fullSync"), ("delta", "deltaSync")):
        for interval, requested in ((0, True), (60, True), (61, False)):
            tenant: Any = Tenant(HOSTED, connector())
            params = {"sync_type": kind, "minimum_interval": interval, "wait": False, "wait_timeout": 9}
            result = sync.sync(tenant, params, check_mode)
            assert result["changed"] is requested and result["requested"] is (requested and not check_mode)
            assert result["connector"]["id"] == "c-1" and result["connector"]["last_sync_age_seconds"] == 60
            path = "deviceManagement/exchangeConnectors/c-1/sync"
            assert tenant.sent == ([(path, {"syncType": said})] if result["requested"] else [])
    tenant = Tenant(connector(lastSyncDateTime=None))
    params = {"sync_type": "delta", "minimum_interval": 99999, "wait": False, "wait_timeout": 9}
    assert sync.sync(tenant, params, check_mode)["changed"]


def test_a_connector_comes_and_goes(simulator: Simulator, run: Callable[..., dict[str, Any]]) -> None:
    account = simulator.facts("ready")["account"]
    wanted = {"primary_smtp_address": account}
    predicted = run(connector_module, check_mode=True, **wanted)
    assert predicted["changed"] and run(connector_info)["connectors"] == []
    made = run(connector_module, **wanted)
    assert made["diff"] == predicted["diff"] == {"before": {}, "after": {"primary_smtp_address": account}}
    assert made["connector"]["exchange_connector_type"] == "serviceToService"
    (listed,) = run(connector_info)["connectors"]
    assert listed["id"] == made["connector"]["id"] and listed["primary_smtp_address"] == account
    same = run(connector_module, primary_smtp_address=account.upper())
    assert not same["changed"] and same["connector"]["id"] == listed["id"]
    removed = run(connector_module, state="absent")
    assert removed["changed"] and removed["connector"] == {} and run(connector_info)["connectors"] == []
    assert not run(connector_module, state="absent")["changed"]


def test_none_of_two_connectors_is_chosen(simulator: Simulator, run: Callable[..., dict[str, Any]]) -> None:
    account = simulator.facts("two_connectors")["account"]
    ids = [one["id"] for one in run(connector_info, tenant="two_connectors")["connectors"]]
    assert len(ids) == 2
    for module, options in (
        (connector_module, {"primary_smtp_address": account}),
        (connector_module, {"state": "absent"}),
        (connector_sync, {}),
    ):
        failed = run(module, tenant="two_connectors", **options)
        assert failed["error"]["kind"] == "ambiguous" and sorted(failed["error"]["candidates"]) == sorted(ids)
    assert [one["operation"] for one in simulator.requests() if one["effect"]] == []
