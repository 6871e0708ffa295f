# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tenants at once: each in its own state, with its own facts, and with the reason where it cannot be read."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._connector.connectors import STATES, state
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._fleet.fleet import FACTS, GROUPS, read_fleet
from ansible_collections.intune.exchange.plugins.module_utils._fleet.tenant_list import tenants_of
from ansible_collections.intune.exchange.plugins.modules import (
    activesync_organization_settings,
    connector_info,
    mobile_device_info,
    requirements_info,
)
from simulator import Simulator

from ..conftest import DEFAULTS, TENANTS, Clock

Host = dict[str, Any]
Fleet = Callable[..., dict[str, Host]]
LIST = "deviceManagement.ListExchangeConnectors"


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """With pages as long as usual, for whoever counts requests."""
    with Simulator(tenants=TENANTS) as simulator:
        yield simulator


def options(simulator: Simulator, tenant: str) -> dict[str, Any]:
    """A tenant as it stands in a list, under the name of its description."""
    facts, found = simulator.facts(tenant), simulator.options(tenant)
    own = {name: found[name] for name in ("tenant_id", "client_id", "client_secret")}
    return {**own, "name": tenant, "account": facts["account"]}


@pytest.fixture
def fleet(simulator: Simulator, clock: Clock) -> Fleet:
    """Reads these tenants; C(shared) options are those of the simulator's first one."""

    def read(
        *tenants: str, wanted: tuple[str, ...] = ("connector", "requirements"), concurrency: int = 8, **changed: Any
    ) -> dict[str, Host]:
        places = {name: value for name, value in simulator.urls.items() if name.endswith(("_url", "ca_path"))}
        shared = {**DEFAULTS, **places, "account": None, "directory_sync": "auto", **changed}
        entries = [options(simulator, tenant) for tenant in tenants]
        hosts = read_fleet(entries, None, shared, wanted, concurrency, 300, **clock.options)
        return {host["name"]: host for host in hosts}

    return read


def connector(status: str, kind: str = "serviceToService") -> dict[str, str]:
    return {"status": status, "exchange_connector_type": kind}


@pytest.mark.parametrize(
    ("connectors", "offered", "expected"),
    [
        ([], False, "not_offered"),
        ([], True, "missing"),
        ([connector("connected", "onPremises")], True, "missing"),
        ([connector("none")], True, "missing"),
        ([connector("connectionPending"), connector("connected", "hosted")], True, "pending"),
        ([connector("connected")], True, "connected"),
        ([connector("disconnected")], True, "disconnected"),
        ([connector("unknownFutureValue")], True, "disconnected"),
        ([connector("connected"), connector("disconnected")], True, "ambiguous"),
    ],
)
def test_every_connector_has_one_state(connectors: list[dict[str, str]], offered: bool, expected: str) -> None:
    found = state({"connectors": connectors, "offered": offered})
    assert found == expected and found in STATES and f"connector_{found}" in GROUPS


def test_each_tenant_is_in_the_group_of_its_state(fleet: Fleet) -> None:
    groups = {
        "ready": "connector_missing",
        "connected": "connector_connected",
        "two_connectors": "connector_ambiguous",
        "connector_not_offered": "connector_not_offered",
        "hybrid_exchange_2010": "connector_missing",
        "no_intune_licence": "tenant_unreadable",
    }
    hosts = fleet(*groups)
    assert {name: host["group"] for name, host in hosts.items()} == groups
    unreadable = hosts["no_intune_licence"]["variables"]
    assert unreadable["tenant_error"]["kind"] == "no_intune_licence"
    assert unreadable["tenant_error"]["message"].startswith("Could not read the Exchange connectors on tenant")
    assert "intune_connector" not in unreadable
    assert len(unreadable["intune_requirements"]["requirements"]) == 10  # what could be read is there


def settled(result: dict[str, Any]) -> str:
    """A result without what differs from call to call: request ids, times and ages."""
    return re.sub(r"request id [0-9a-f-]+|\d{4}-\d\d-\d\dT[\d:]+Z|_seconds\": \d+", "", json.dumps(result))


@pytest.mark.parametrize("name", ["connected", "connector_not_offered", "cloud_only", "account_missing"])
def test_the_facts_are_those_of_the_modules(
    fleet: Fleet, simulator: Simulator, run: Callable[..., Host], name: str
) -> None:
    account = simulator.facts(name)["account"]
    variables = fleet(name)[name]["variables"]
    told, checked = run(connector_info, tenant=name), run(requirements_info, tenant=name, account=account)
    assert told.pop("changed") is checked.pop("changed") is False
    assert settled(variables["intune_connector"]) == settled(told)
    assert settled(variables["intune_requirements"]) == settled(checked)
    assert variables["connector_primary_smtp_address"] == account


def test_tenants_are_not_mixed_up(fleet: Fleet, simulator: Simulator) -> None:
    tenants = ("connected", "ready", "cloud_only", "account_disabled", "dehydrated", "no_free_units", "two_connectors")
    for name, host in fleet(*tenants, wanted=("connector", "requirements", "mobile_access")).items():
        facts = simulator.facts(name)
        assert host["variables"]["tenant_id"] == facts["tenant_id"], host["variables"].get("tenant_error")
        for one in host["variables"]["intune_connector"]["connectors"]:
            assert one["primary_smtp_address"].endswith(f"@{facts['domain']}")
    assert not [one for one in simulator.requests() if one["effect"]]


def test_a_tenant_is_signed_in_to_once_and_asked_each_thing_once(fleet: Fleet, simulator: Simulator) -> None:
    fleet("ready", "connected", wanted=("connector", "requirements", "mobile_access"))
    for name in ("ready", "connected"):
        asked = Counter(one["operation"] for one in simulator.requests() if one["tenant"] == name)
        assert asked.pop("Get-ManagementRoleEntry") == 3
        assert asked.pop("token") == 2  # one for each audience
        assert asked.pop("Get-ManagementRoleAssignment") == 1
        assert set(asked.values()) == {1}, asked


def test_connections_are_used_by_one_tenant_after_another(fleet: Fleet, simulator: Simulator) -> None:
    fleet("ready", "connected", "cloud_only", "dehydrated", wanted=("connector",), concurrency=1)
    used = {(one["service"], one["connection"]) for one in simulator.requests()}
    assert len(used) == 2 and len(simulator.requests()) == 12  # each: discovery, token, list


@pytest.mark.parametrize("concurrency", [1, 3])
def test_one_that_fails_does_not_hold_up_the_others(fleet: Fleet, simulator: Simulator, concurrency: int) -> None:
    simulator.fault(match=LIST, kind="status", status=429, headers={"Retry-After": "900"})
    hosts = fleet("connected", "ready", "cloud_only", wanted=("connector",), concurrency=concurrency)
    [failed] = [host for host in hosts.values() if host["group"] == "tenant_unreadable"]
    assert failed["variables"]["tenant_error"]["kind"] == "throttled"
    assert "of the 300 s of the option timeout are left" in failed["variables"]["tenant_error"]["message"]
    assert len(hosts) == 3


def test_the_time_is_that_of_all_together(fleet: Fleet, simulator: Simulator) -> None:
    """The first one waits nearly all of it away; the others do not get it again."""
    simulator.fault(match=LIST, kind="status", status=429, count=9, headers={"Retry-After": "149"})
    hosts = fleet("ready", "connected", "cloud_only", wanted=("connector",), concurrency=1)
    kinds = [host["variables"]["tenant_error"]["kind"] for host in hosts.values()]
    assert kinds == ["throttled"] * 3
    tries = Counter(one["tenant"] for one in simulator.requests() if one["operation"] == LIST)
    assert tries == {"ready": 3, "connected": 1, "cloud_only": 1}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"concurrency": 0}, "concurrency must be at least 1"),
        ({"timeout": 0}, r"timeout \(INTUNE_EXCHANGE_TIMEOUT\) must be more than 0 seconds"),
        ({"entries": None}, r"tenants, partner_tenant_id and tenant_id \(AZURE_TENANT_ID\) are all left out"),
        ({"shared": {"auth_method": "device_code"}}, "auth_method device_code would need a person for each tenant"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any], problem: str) -> None:
    usual = {"entries": [], "shared": {"tenant_id": None}, "concurrency": 1, "timeout": 300}
    with pytest.raises(TenantError, match=problem):
        read_fleet(**{"partner_tenant_id": None, "wanted": (), **usual, **given})


def test_what_was_read_stays_although_something_else_failed(fleet: Fleet) -> None:
    [host] = fleet("missing_permission", wanted=("connector", "mobile_access")).values()
    assert host["group"] == "tenant_unreadable"
    assert host["variables"]["intune_connector"]["offered"] is True
    assert "exchange_mobile_access" not in host["variables"]
    assert "Exchange Online" in host["variables"]["tenant_error"]["message"]


def test_mobile_access(fleet: Fleet) -> None:
    [host] = fleet("ready", wanted=("mobile_access",)).values()
    assert host["group"] is None  # nobody asked for the connector
    found = host["variables"]["exchange_mobile_access"]
    assert found["organization_settings"]["default_access_level"] == "Allow"
    assert found["access_rules"] == []
    assert [one["name"] for one in found["mobile_device_mailbox_policies"]] == ["Default"]


def test_quarantine(fleet: Fleet, run: Callable[..., Host]) -> None:
    def waiting() -> list[str]:
        [host] = fleet("phones", wanted=("quarantine",)).values()
        return [one["guid"] for one in host["variables"]["exchange_quarantine"]["mobile_devices"]]

    devices = [one["guid"] for one in run(mobile_device_info, tenant="phones")["mobile_devices"]]
    assert devices and waiting() == []
    run(activesync_organization_settings, tenant="phones", default_access_level="Quarantine", accept_impact=True)
    assert waiting() == devices


def test_what_can_be_gathered_is_documented() -> None:
    text = (Path(__file__).parents[4] / "plugins/inventory/tenants.py").read_text(encoding="utf-8")
    documented = yaml.safe_load(text.split('"""')[3])["options"]["gather"]
    assert documented["choices"] == list(FACTS)
    assert all(f"V({name}) becomes C({variable})" in str(documented) for name, (variable, _read) in FACTS.items())


def test_nothing_asked_for_is_nothing_sent(fleet: Fleet, simulator: Simulator) -> None:
    [host] = fleet("ready", wanted=()).values()
    assert (host["group"], simulator.requests()) == (None, [])
    assert host["variables"]["tenant_options"]["tenant_id"] == simulator.facts("ready")["tenant_id"]


def test_no_secret_stays(fleet: Fleet, simulator: Simulator) -> None:
    wrong = [{**options(simulator, "connected"), "client_secret": "a-wrong-secret-canary"}]
    places = {name: value for name, value in simulator.urls.items() if name.endswith(("_url", "ca_path"))}
    shared = {**DEFAULTS, **places, "directory_sync": "auto", "certificate_password": "a-shared-canary"}
    hosts = [*fleet("ready", "connected").values(), *read_fleet(wrong, None, shared, ("connector",), 4, 300)]
    assert hosts[-1]["group"] == "tenant_unreadable"
    kept = json.dumps(hosts)
    for secret in ("canary", "eyJ", *(simulator.facts(name)["client_secret"] for name in ("ready", "connected"))):
        assert secret not in kept


@pytest.fixture(scope="module")
def partner() -> Iterator[Simulator]:
    with Simulator(tenants=["partner", "customer*2", "ready"], page_size=1) as simulator:
        yield simulator


def of_partner(simulator: Simulator, clock: Clock, entries: list[Any]) -> list[Host]:
    shared = {**DEFAULTS, **simulator.options("partner"), "account": None, "directory_sync": "auto"}
    return read_fleet(entries, simulator.facts("partner")["tenant_id"], shared, ("connector",), 4, 300, **clock.options)


def test_the_customers_of_a_partner(partner: Simulator, clock: Clock) -> None:
    partner.reset()
    ready = {**options(partner, "ready"), "name": "own"}
    hosts = of_partner(partner, clock, [ready])
    ids = [partner.facts(f"customer-{number}")["tenant_id"] for number in (1, 2)]
    assert [host["name"] for host in hosts] == [*ids, "own"]
    assert [host["variables"]["tenant_name"] for host in hosts] == ["Customer 1", "Customer 2", "own"]
    assert {host["group"] for host in hosts} == {"connector_missing"}
    pages = [one for one in partner.requests() if "ListDelegatedAdminRelationships" in one["operation"]]
    assert len(pages) == 6  # one relationship in a page
    assert all(one["status"] == 200 for one in partner.requests())


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 403}, {"kind": "looping_next_link", "count": 99}])
def test_customers_that_cannot_be_listed_are_not_none(partner: Simulator, clock: Clock, fault: dict[str, Any]) -> None:
    partner.reset()
    partner.fault(match="tenantRelationships.ListDelegatedAdminRelationships", **fault)
    with pytest.raises(TenantError, match="Could not list the customers of the partner on tenant") as caught:
        of_partner(partner, clock, [])
    assert caught.value.kind in ("forbidden", "truncated")


def test_a_customer_that_did_not_consent_is_a_host(tmp_path: Path, clock: Clock) -> None:
    own = tmp_path / "stranger.yml"
    own.write_text("extends: ready\ndomain: customer-1.example\n")
    with Simulator(tenants=["partner", own]) as simulator:
        first, second = of_partner(simulator, clock, [])
    assert "AADSTS700016" in first["variables"]["tenant_error"]["message"]
    assert "AADSTS90002" in second["variables"]["tenant_error"]["message"]  # no such tenant here


@pytest.mark.parametrize(
    "tenant_id", ["", "all", "ungrouped", "localhost", "../x", "{{ 1 }}", "a:b", "contoso.example"]
)
def test_a_customer_without_a_guid_is_left_out_with_the_reason(tmp_path: Path, clock: Clock, tenant_id: str) -> None:
    roles = ["Intune Administrator", "Exchange Administrator"]
    customers = [
        {"name": "Good", "domain": "customer-1.example", "roles": roles},
        {"name": "Bad\n{{ 1 }}", "tenant_id": tenant_id, "roles": roles},
    ]
    own = tmp_path / "generous.yml"
    own.write_text(yaml.safe_dump({"extends": "partner", "customers": customers}))
    reasons: list[str] = []
    with Simulator(tenants=[own, "customer*1"]) as simulator:
        shared = {**DEFAULTS, **simulator.options("generous"), "account": None, "directory_sync": "auto"}
        partner_id = simulator.facts("generous")["tenant_id"]
        hosts = read_fleet([], partner_id, shared, (), 4, 300, left_out=reasons.append, **clock.options)
    assert [host["variables"]["tenant_name"] for host in hosts] == ["Good"]
    [reason] = reasons
    assert f"is {tenant_id!r}, which is not a GUID." in reason and "\n" not in reason


@pytest.mark.parametrize(
    "name",
    [
        "all",
        "Ungrouped",
        "x*",
        "x?",
        "!x",
        "&x",
        "~x",
        "@x",
        "a:b",
        "a,b",
        "x[0]",
        "../x",
        "a/b",
        "-x",
        "{{ 1 }}",
        " x",
    ],
)
def test_a_tenant_cannot_be_called_like_a_pattern(name: str) -> None:
    with pytest.raises(TenantError, match="a tenant cannot be called") as caught:
        tenants_of([{"tenant_id": "contoso.example", "name": name}], {}, {})
    assert caught.value.kind == "usage"
    assert list(tenants_of([{"tenant_id": "contoso.example", "name": "Contoso AG - Zürich_1"}], {}, {}))


def test_a_blank_tenant_is_refused() -> None:
    with pytest.raises(TenantError, match=r"the tenant_id of tenants\[1\] is blank"):
        tenants_of([{"tenant_id": " ", "name": "contoso"}], {}, {})
