# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tenants at once: each with its own state and facts, or with the reason why it cannot be read."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._connector.connectors import STATES, state
from ansible_collections.intune.exchange.plugins.module_utils._core.concurrent import gather
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.retry import Deadline, Outcome
from ansible_collections.intune.exchange.plugins.module_utils._fleet import fleet as fleet_module
from ansible_collections.intune.exchange.plugins.module_utils._fleet.fleet import FACTS, _Progress, read_fleet
from ansible_collections.intune.exchange.plugins.module_utils._fleet.tenant_list import GROUPS, resolve_tenants
from ansible_collections.intune.exchange.plugins.module_utils._fleet.time_shares import Shares
from ansible_collections.intune.exchange.plugins.module_utils._http import http
from ansible_collections.intune.exchange.plugins.module_utils._http.transport import RequestFailed
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
    """With pages of the usual length, for tests that count requests."""
    with Simulator(tenants=TENANTS) as simulator:
        yield simulator


def options(simulator: Simulator, tenant: str) -> dict[str, Any]:
    """A tenant of a list, under the name of its description."""
    facts, found = simulator.facts(tenant), simulator.options(tenant)
    own = {name: found[name] for name in ("tenant_id", "client_id", "client_secret")}
    return {**own, "name": tenant, "account": facts["account"]}


@pytest.fixture
def fleet(simulator: Simulator, clock: Clock) -> Fleet:
    """Read these tenants; `shared` options are those of the simulator's first one."""

    def read(
        *tenants: str,
        wanted: tuple[str, ...] = ("connector", "requirements"),
        concurrency: int = 8,
        known: Any = None,
        **changed: Any,
    ) -> dict[str, Host]:
        places = {name: value for name, value in simulator.urls.items() if name.endswith(("_url", "ca_path"))}
        shared = {**DEFAULTS, **places, "account": None, "directory_sync": "auto", **changed}
        entries = [options(simulator, tenant) for tenant in tenants]
        hosts = read_fleet(entries, None, shared, wanted, concurrency, 300, known=known, **clock.options)
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
        "retired_covered": "connector_not_offered",
        "hybrid_exchange_2010": "connector_missing",
        "no_intune_licence": "tenant_unreadable",
    }
    hosts = fleet(*groups)
    assert {name: host["group"] for name, host in hosts.items()} == groups
    unreadable = hosts["no_intune_licence"]["variables"]
    assert unreadable["tenant_error"]["kind"] == "no_intune_licence"
    assert unreadable["tenant_error"]["message"].startswith("Could not read the Exchange connectors on tenant")
    assert "intune_connector" not in unreadable
    assert len(unreadable["intune_requirements"]["requirements"]) == 10  # the readable data is there


def settled(result: dict[str, Any]) -> str:
    """A result without values that differ in each call: request ids, times and ages."""
    return re.sub(r"request id [0-9a-f-]+|\d{4}-\d\d-\d\dT[\d:]+Z|_seconds\": \d+", "", json.dumps(result))


@pytest.mark.parametrize("name", ["connected", "retired_covered", "cloud_only", "account_missing"])
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


def test_each_tenant_has_a_share_of_the_time(fleet: Fleet, simulator: Simulator) -> None:
    """The first gets a third, the second half of the rest; the last may use what they do not need."""
    simulator.fault(match=LIST, kind="status", status=429, count=9, headers={"Retry-After": "149"})
    hosts = fleet("ready", "connected", "cloud_only", wanted=("connector",), concurrency=1)
    errors = [host["variables"]["tenant_error"] for host in hosts.values()]
    assert [one["kind"] for one in errors] == ["throttled"] * 3
    tries = Counter(one["tenant"] for one in simulator.requests() if one["operation"] == LIST)
    assert tries == {"ready": 1, "connected": 1, "cloud_only": 1}  # equal shares of 100 s: no wait is begun
    assert all(
        re.search(r"s of the \d+ s that this tenant has of the 300 s of the option", one["message"]) for one in errors
    )


def hanging(simulator: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch, hangs: dict[str, str]) -> None:
    """These tenants never respond at a part of their addresses, until the task times out."""
    ids = {simulator.facts(tenant)["tenant_id"]: place for tenant, place in hangs.items()}
    genuine = http.Transport.send

    def send(self: Any, prepared: Any, limit: Any, proxied: bool) -> Any:
        url = prepared.url + str(prepared.headers.get("X-AnchorMailbox", ""))
        tenant = next((one for one in ids if one in url or one == self.tenant), None)
        if tenant and ids[tenant] in prepared.url:
            with contextlib.suppress(TimeoutError):  # there was no time left to begin with
                clock.sleeps.append(limit.seconds())
            raise RequestFailed(Outcome.UNKNOWN, "network", "it did not respond in time")
        return genuine(self, prepared, limit, proxied)

    class Named(http.Transport):
        """A client that knows its tenant, which is not in every address."""

        tenant = ""

    opened = http.Http.__init__

    def init(self: Any, tenant: str, *rest: Any, **more: Any) -> None:
        opened(self, tenant, *rest, **more)
        self._transport.tenant = tenant

    monkeypatch.setattr(http, "Transport", Named)
    monkeypatch.setattr(Named, "send", send)
    monkeypatch.setattr(http.Http, "__init__", init)


@pytest.mark.parametrize("place", ["openid-configuration", "/token", "exchangeConnectors", "InvokeCommand"])
def test_those_that_hang_leave_the_others_their_time(
    fleet: Fleet, simulator: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    hanging(simulator, clock, monkeypatch, dict.fromkeys(("ready", "cloud_only"), place))
    wanted = ("connector", "mobile_access")
    hosts = fleet("ready", "cloud_only", "connected", "account_disabled", wanted=wanted, concurrency=1)
    assert [host["group"] == "tenant_unreadable" for host in hosts.values()] == [True, True, False, False]
    for host in list(hosts.values())[:2]:
        message = host["variables"]["tenant_error"]["message"]
        assert host["variables"]["tenant_error"]["kind"] in ("timeout", "network"), message
    assert sum(clock.sleeps) <= 300


def test_one_that_was_never_asked_is_told_so(fleet: Fleet, simulator: Simulator, clock: Clock) -> None:
    """As after the machine slept: no time is left for the second one."""
    simulator.fault(match=LIST, kind="status", status=503, headers={"Retry-After": "1"})
    clock.sleeps = Jump()
    hosts = fleet("ready", "connected", wanted=("connector",), concurrency=1)
    error = hosts["connected"]["variables"]["tenant_error"]
    assert error["kind"] == "timeout" and "it was never asked" in error["message"]
    assert not [one for one in simulator.requests() if one["tenant"] == "connected"]


class Jump(list[float]):
    """Whoever sleeps on this wakes up an hour later."""

    def append(self, seconds: float) -> None:
        super().append(seconds + 3600)


def test_a_share_is_what_is_left_for_the_rounds_that_are_left() -> None:
    now = [0.0]
    shares = Shares(Deadline(60, lambda: now[0]), 100, 32, lambda: now[0])
    first = [shares.take() for _tenant in range(32)]
    assert all(one and 15 <= one.seconds <= 20 for one in first)
    now[0] = 20
    assert (second := shares.take()) and 13 < second.seconds < 14
    for _tenant in range(66):
        shares.take()
    assert (last := shares.take()) and last.seconds == 40 and "40 s that this tenant has of the 60 s" in str(last)
    whole = Deadline(300, lambda: now[0])
    now[0] += 0.0008  # before it is the turn of the only one
    alone = Shares(whole, 1, 32, lambda: now[0]).take()
    assert alone and str(alone) == "300 s of the option timeout"
    # If many wait, the last ones do not delay everybody until the end of the time.
    late = Shares(Deadline(300, lambda: now[0]), 300, 32, lambda: now[0])
    shared = [late.take() for _tenant in range(300)]
    assert shared[0] and shared[0].seconds == 30 and shared[-1] and shared[-1].seconds == 60


def test_a_failure_says_how_long_any_service_asks_to_wait(fleet: Fleet, simulator: Simulator) -> None:
    """Also if the failure that is shown is another one, with which no service asks for anything."""
    wanted = ("connector", "quarantine")
    simulator.fault(match=LIST, kind="status", status=403, count=9)
    assert "retry_after_seconds" not in fleet("ready", wanted=wanted)["ready"]["variables"]["tenant_error"]
    headers = {"Retry-After": "900"}
    simulator.fault(match="Get-MobileDevice", kind="status", status=429, headers=headers, count=9)
    error = fleet("ready", wanted=wanted)["ready"]["variables"]["tenant_error"]
    assert error["kind"] == "forbidden" and 800 < error["retry_after_seconds"] <= 900


def test_what_is_known_is_not_read_again(fleet: Fleet, simulator: Simulator, clock: Clock) -> None:
    known = fleet("ready", "connected", wanted=("connector",))
    simulator.reset()
    known["connected"]["variables"]["tenant_id"] = "another"  # the same name stands for another tenant by now
    hosts = fleet("ready", "connected", "cloud_only", wanted=("connector",), known=known)
    assert hosts["ready"] == known["ready"] and list(hosts) == ["ready", "connected", "cloud_only"]
    assert {one["tenant"] for one in simulator.requests()} == {"connected", "cloud_only"}


def test_of_what_is_known_only_the_facts_count(fleet: Fleet, simulator: Simulator) -> None:
    """The options are those of now, whatever was known: they decide where the secret of a tenant goes."""
    known = fleet("ready", wanted=("connector",))
    true, changed = known["ready"]["variables"], json.loads(json.dumps(known))
    elsewhere = {"tenant_id": "fabrikam", "authority_url": "https://elsewhere.example", "ca_path": "/elsewhere"}
    changed["ready"]["variables"] |= {
        "tenant_options": elsewhere,
        "tenant_name": "fabrikam",
        "connector_primary_smtp_address": "somebody@elsewhere.example",
        "ansible_connection": "ssh",
        "tenant_read_at": "2026-11-29T12:00:00Z",
    }
    simulator.reset()
    [host] = fleet("ready", wanted=("connector",), known=changed).values()
    assert host["variables"] == {**true, "tenant_read_at": "2026-11-29T12:00:00Z"}
    [host] = fleet("ready", wanted=("connector",), known=known, authority_url="https://login.example").values()
    assert host["variables"]["tenant_options"] == {**true["tenant_options"], "authority_url": "https://login.example"}
    assert simulator.requests() == []


def test_people_who_wait_see_for_whom() -> None:
    lines: list[str] = []
    progress = _Progress(lines.append, 300, 12)
    with progress.reading("done") as failed:
        failed()
    with ExitStack() as stack:
        for number in range(12):
            stack.enter_context(progress.reading(f"t{number}"))
        progress.show()
    assert lines == [
        "13 of 300 tenants done, 1 of them could not be read; "
        "waiting for t0, t1, t2, t3, t4, t5, t6, t7, t8, t9 and 2 more"
    ]


def test_they_see_it_while_a_tenant_is_read(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tenant responds only after a line was shown."""
    lines: list[str] = []
    seen = threading.Event()

    def show(line: str) -> None:
        lines.append(line)
        seen.set()

    def slow(_tenant: Any, _params: Any) -> dict[str, Any]:
        return {"connectors": [], "offered": seen.wait(5)}

    monkeypatch.setattr(fleet_module, "gather", partial(gather, every=0.01))
    monkeypatch.setitem(FACTS, "connector", ("intune_connector", slow))
    places = {name: value for name, value in simulator.urls.items() if name.endswith(("_url", "ca_path"))}
    entries = [options(simulator, "connected")]
    [host] = read_fleet(entries, None, {**DEFAULTS, **places}, ("connector",), 8, 300, progress=show)
    assert host["variables"]["intune_connector"]["offered"] is True
    assert lines[0] == "0 of 1 tenant done; waiting for connected"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"concurrency": 0}, "concurrency must be at least 1"),
        ({"timeout": 0}, r"timeout \(INTUNE_EXCHANGE_TIMEOUT\) must be more than 0 seconds"),
        ({"entries": None}, r"tenants, partner_tenant_id and tenant_id \(AZURE_TENANT_ID\) are all missing"),
        ({"shared": {"tenant_id": "a\ud800"}}, r"the option tenant_id holds the character U\+D800"),
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


AN_HOUR = {"Retry-After": "3600"}


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"match": "Get-OrganizationConfig", "kind": "status", "status": 503}, "unavailable"),
        ({"match": "Get-OrganizationConfig", "kind": "status", "status": 429, "headers": AN_HOUR}, "throttled"),
        ({"match": "Get-OrganizationConfig", "kind": "reset"}, "network"),
        ({"match": "*ubscribedSku*", "kind": "status", "status": 503}, "unavailable"),
    ],
)
def test_requirements_that_a_passing_fault_hides_are_a_failure(
    fleet: Fleet, simulator: Simulator, fault: dict[str, Any], kind: str
) -> None:
    """Although the rest of the tenant is there: a cache would keep what is unknown."""
    simulator.fault(count=99, **fault)
    [host] = fleet("ready", wanted=("connector", "requirements")).values()
    assert (host["group"], host["variables"]["tenant_error"]["kind"]) == ("tenant_unreadable", kind)
    found = host["variables"]["intune_requirements"]
    assert "unknown" in {one["status"] for one in found["requirements"]} and "failure" not in found
    assert host["variables"]["intune_connector"]["offered"] is True


def test_a_requirement_that_a_missing_permission_hides_is_no_failure(fleet: Fleet) -> None:
    """It stays so until somebody grants it, and the other requirements are known."""
    [host] = fleet("missing_permission", wanted=("connector", "requirements")).values()
    assert host["group"] == "connector_missing" and "tenant_error" not in host["variables"]
    assert "unknown" in {one["status"] for one in host["variables"]["intune_requirements"]["requirements"]}


def test_mobile_access(fleet: Fleet) -> None:
    [host] = fleet("ready", wanted=("mobile_access",)).values()
    assert host["group"] is None  # the connector was not requested
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


def described(tmp_path: Path, clock: Clock, *customers: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The host names of a partner with these customers, and the messages about them."""
    own = tmp_path / "described.yml"
    own.write_text(yaml.safe_dump({"extends": "partner", "customers": list(customers)}))
    notes: list[str] = []
    with Simulator(tenants=[own]) as simulator:
        shared = {**DEFAULTS, **simulator.options("described"), "account": None, "directory_sync": "auto"}
        partner_id = simulator.facts("described")["tenant_id"]
        hosts = read_fleet([], partner_id, shared, (), 4, 300, note=notes.append, **clock.options)
    return [host["variables"]["tenant_name"] for host in hosts], notes


BOTH = ["Intune Administrator", "Exchange Administrator"]


def test_customers_that_lack_a_role_are_named(tmp_path: Path, clock: Clock) -> None:
    names, notes = described(
        tmp_path,
        clock,
        {"name": "Split", "roles": BOTH[:1]},
        {"name": "Split", "roles": BOTH[1:]},
        {"name": "Reader", "roles": ["Global Reader"]},
        {"name": "Other reader", "roles": ["Global Reader"]},
        {"name": "Half", "roles": BOTH[1:]},
        {"name": "Former", "roles": BOTH, "status": "terminated"},
    )
    assert names == ["Split"]
    lacking = "not in the inventory, since their relationships lack"
    assert re.fullmatch(
        rf"2 customers are {lacking} Intune Administrator and Exchange Administrator: "
        r"Reader \([0-9a-f-]{36}\), Other reader \([0-9a-f-]{36}\)\.",
        notes[0],
    ), notes
    assert notes[1].startswith(f"1 customer is {lacking} Intune Administrator: Half (") and len(notes) == 2


def test_a_relationship_that_ends_soon_is_named_with_its_date(tmp_path: Path, clock: Clock) -> None:
    names, notes = described(
        tmp_path,
        clock,
        {"name": "Soon", "roles": BOTH, "ends_in_days": 12},
        {"name": "Half soon", "roles": BOTH[:1], "ends_in_days": 12},
        {"name": "Half soon", "roles": BOTH},
        {"name": "Later", "roles": BOTH, "ends_in_days": 45},
        {"name": "By itself", "roles": BOTH, "ends_in_days": 12, "auto_extend": "P180D"},
    )
    assert names == ["Soon", "Half soon", "Later", "By itself"]
    day = f"{datetime.now(UTC) + timedelta(days=12):%Y-%m-%d}"
    [note] = notes
    assert note.startswith(f"1 customer is a host only until {day}, when the relationship with a role that is needed")
    assert "Soon (" in note and "Half soon" not in note


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
    with pytest.raises(TenantError, match="a tenant cannot be named") as caught:
        resolve_tenants([{"tenant_id": "contoso.example", "name": name}], {}, {})
    assert caught.value.kind == "usage"
    assert list(resolve_tenants([{"tenant_id": "contoso.example", "name": "Contoso AG - Zürich_1"}], {}, {}))


def test_a_blank_tenant_is_refused() -> None:
    with pytest.raises(TenantError, match=r"the tenant_id of tenants\[1\] is blank"):
        resolve_tenants([{"tenant_id": " ", "name": "contoso"}], {}, {})
