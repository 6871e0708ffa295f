# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connector's life, the simulated clock, and the properties of each shipped tenant."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path

import pytest
import requests
import yaml

from simulator import Simulator
from simulator.state import descriptions
from simulator.state.descriptions import describe
from simulator.state.tenant import Past

from .conftest import CONNECTORS, Client, MakeClient

NEVER = "0001-01-01T00:00:00Z"


def last_sync(client: Client, connector: str) -> datetime:
    return datetime.fromisoformat(client.get(f"{CONNECTORS}/{connector}")["lastSyncDateTime"])


def test_each_request_takes_simulated_time(client: Client, simulator: Simulator) -> None:
    dates = [parsedate_to_datetime(client.graph("GET", "/organization").headers["Date"]) for _unused in range(3)]
    # Real time passes too, and counts.
    assert all(timedelta(seconds=60) <= later - earlier for earlier, later in pairwise(dates))
    simulator.advance(3600)
    later = parsedate_to_datetime(client.invoke("Get-OrganizationConfig").headers["Date"])
    assert later - dates[-1] >= timedelta(seconds=3660)
    with pytest.raises(ValueError, match="forward"):
        simulator.advance(-1)


def test_signing_in_takes_none(client: Client, simulator: Simulator) -> None:
    url = f"{client.urls['authority_url']}/{client.facts['domain']}/v2.0/.well-known/openid-configuration"
    before = datetime.fromisoformat(simulator.state()["at"])
    client.send("GET", url)
    assert datetime.fromisoformat(simulator.state()["at"]) - before < timedelta(seconds=5)


def test_a_connector_becomes_connected_and_synchronizes(client: Client, simulator: Simulator) -> None:
    created = client.create_connector()
    assert (created["status"], created["lastSyncDateTime"]) == ("connectionPending", NEVER)
    path = f"{CONNECTORS}/{created['id']}"
    simulator.advance(300)
    assert client.get(path)["status"] == "connected"
    simulator.advance(120)
    first = last_sync(client, created["id"])
    simulator.advance(1800)
    assert last_sync(client, created["id"]) == first
    simulator.advance(7200)
    assert last_sync(client, created["id"]) - first == timedelta(hours=2)


def test_a_synchronization_on_request(client_of: MakeClient, simulator: Simulator) -> None:
    client = client_of("connected")
    # Well after a scheduled one, and long before the next, however long these tests have been running.
    simulator.advance(1800)
    (connector,) = client.values(CONNECTORS)
    path = f"{CONNECTORS}/{connector['id']}/sync"
    assert client.graph("POST", path, json={"syncType": "someSync"}).status_code == 400
    assert client.graph("POST", path, json={}).status_code == 400
    before = last_sync(client, connector["id"])
    assert client.graph("POST", path, json={"syncType": "deltaSync"}).status_code == 204
    assert last_sync(client, connector["id"]) == before
    simulator.advance(120)
    assert last_sync(client, connector["id"]) > before
    entry = next(row for row in simulator.requests() if row["path"].endswith("/sync") and row["status"] == 204)
    assert (entry["class"], entry["effect"]) == ("ACTION", True)


def test_another_address_connects_anew(client_of: MakeClient) -> None:
    client = client_of("connected")
    (connector,) = client.values(CONNECTORS)
    path = f"{CONNECTORS}/{connector['id']}"
    same = client.graph("PATCH", path, json={"primarySmtpAddress": connector["primarySmtpAddress"].upper()})
    assert same.json()["status"] == "connected"
    kept = client.graph("PATCH", path, json={"status": "none", "id": "other", "version": "1"}).json()
    assert (kept["status"], kept["id"], kept["version"]) == ("connected", connector["id"], None)
    other = client.graph("PATCH", path, json={"primarySmtpAddress": f"administrator@{client.facts['domain']}"})
    assert other.json()["status"] == "connectionPending"


def test_the_address_must_be_somebodys(client_of: MakeClient) -> None:
    body = {"exchangeConnectorType": "serviceToService", "primarySmtpAddress": "nobody@contoso.example"}
    answer = client_of().graph("POST", CONNECTORS, json=body)
    assert answer.status_code == 400 and "nobody@contoso.example" in answer.text
    missing = client_of("account_missing")
    body["primarySmtpAddress"] = missing.facts["account"]
    assert missing.graph("POST", CONNECTORS, json=body).status_code == 400
    on_premises = {"exchangeConnectorType": "onPremises", "serverName": "EX01"}
    assert missing.graph("POST", CONNECTORS, json=on_premises).status_code == 201


def test_the_service_takes_a_second_connector(client: Client, simulator: Simulator) -> None:
    first, second = client.create_connector(), client.create_connector()
    assert [item["id"] for item in client.values(CONNECTORS)] == [first["id"], second["id"]]
    assert client.graph("DELETE", f"{CONNECTORS}/{first['id']}").status_code == 204
    assert [item["id"] for item in simulator.state()["exchangeConnectors"]] == [second["id"]]


def test_reset_makes_everything_as_new(client: Client, simulator: Simulator) -> None:
    client.create_connector()
    simulator.fault(match="graph", kind="reset")
    simulator.advance(99999)
    simulator.reset()
    assert simulator.requests() == []
    assert client.values(CONNECTORS) == []
    assert abs(datetime.now(UTC) - datetime.fromisoformat(simulator.state()["at"])) < timedelta(minutes=5)


def test_no_intune_licence(client_of: MakeClient) -> None:
    client = client_of("no_intune_licence")
    for path in ("/deviceManagement", CONNECTORS):
        error = client.graph("GET", path).json()["error"]
        assert (error["code"], error["message"]) == ("BadRequest", "Request not applicable to target tenant.")
    assert "INTUNE_A" not in [sku["skuPartNumber"] for sku in client.values("/subscribedSkus")]


def test_connector_not_offered(client_of: MakeClient) -> None:
    client = client_of("connector_not_offered")
    for method, path in (("GET", CONNECTORS), ("GET", f"{CONNECTORS}/x"), ("POST", CONNECTORS)):
        answer = client.graph(method, path, json={} if method == "POST" else None)
        assert (answer.status_code, answer.json()["error"]["code"]) == (501, "NotSupported")
        assert json.loads(answer.json()["error"]["message"])["_version"] == 3
    assert client.get("/deviceManagement")["subscriptionState"] == "active"


def test_connector_refused(client_of: MakeClient) -> None:
    client = client_of("connector_refused")
    assert client.values(CONNECTORS) == []
    body = {"exchangeConnectorType": "serviceToService", "primarySmtpAddress": client.facts["account"]}
    answer = client.graph("POST", CONNECTORS, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")
    assert "no longer supported" in json.loads(answer.json()["error"]["message"])["Message"]


def test_connectors_that_are_there_from_the_start(client_of: MakeClient) -> None:
    (connected,) = client_of("connected").values(CONNECTORS)
    assert connected["status"] == "connected" and connected["lastSyncDateTime"] > "2020"
    assert len(client_of("two_connectors").values(CONNECTORS)) == 2
    (local,) = client_of("hybrid_exchange_2010").values(CONNECTORS)
    assert (local["exchangeConnectorType"], local["version"][:3]) == ("onPremises", "14.")


@pytest.mark.parametrize(
    ("tenant", "synchronized", "authority"),
    [
        ("ready", True, "intune"),
        ("no_directory_sync", False, "intune"),
        ("cloud_only", None, "intune"),
        ("mdm_authority_unset", True, "unknown"),
        ("mdm_authority_office365", True, "office365"),
    ],
)
def test_organizations(client_of: MakeClient, tenant: str, synchronized: bool | None, authority: str) -> None:
    client = client_of(tenant)
    path = f"/organization/{client.facts['tenant_id']}"
    found = client.get(f"{path}?$select=onPremisesSyncEnabled,onPremisesLastSyncDateTime")
    assert found["onPremisesSyncEnabled"] is synchronized
    assert (found["onPremisesLastSyncDateTime"] is not None) == bool(synchronized)
    alone = "mobileDeviceManagementAuthority"
    assert client.get(f"{path}?$select={alone}")[alone] == authority


@pytest.mark.parametrize(
    ("tenant", "enabled", "mailbox", "roles"),
    [
        ("ready", True, True, 1),
        ("account_disabled", False, True, 1),
        ("account_without_licence", True, False, 1),
        ("account_without_console_role", True, True, 0),
    ],
)
def test_accounts(client_of: MakeClient, tenant: str, enabled: bool, mailbox: bool, roles: int) -> None:
    client = client_of(tenant)
    account = client.get(f"/users/{client.facts['account']}?$select=id,accountEnabled,mail")
    assert account["accountEnabled"] is enabled
    assert (account["mail"] is not None) == mailbox
    assert bool(client.values(f"/users/{account['id']}/licenseDetails")) == mailbox
    held = client.values(f"/roleManagement/directory/roleAssignments?$filter=principalId eq '{account['id']}'")
    assert len(held) == roles
    assert client.invoke("Get-Mailbox", {"Identity": client.facts["account"]}).ok == mailbox


def test_a_tenant_without_exchange(client_of: MakeClient) -> None:
    client = client_of("no_exchange")
    plans = [plan["servicePlanName"] for sku in client.values("/subscribedSkus") for plan in sku["servicePlans"]]
    assert not [plan for plan in plans if plan.startswith("EXCHANGE_") and "FOUNDATION" not in plan]


def test_versions_of_exchange(client_of: MakeClient) -> None:
    (old,) = client_of("old_exchange").run("Get-OrganizationConfig")
    (current,) = client_of("ready").run("Get-OrganizationConfig")
    assert "(14." in old["AdminDisplayVersion"] and "(15.20." in current["AdminDisplayVersion"]


def test_descriptions_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "base.yml").write_text("extends: ready\ndomain: base.example\ndisplay_name: Base\n")
    own = tmp_path / "own.yml"
    own.write_text("extends: base.yml\ndomain: own.example\nusers: {adele.vance: null}\n")
    with Simulator(tenants=[own]) as simulator:
        client = Client(simulator, "own")
        assert client.facts["account"] == "svc-intune-connector@own.example"
        assert [user["displayName"] for user in client.values("/users?$filter=startswith(displayName,'A')")] == [
            "Alex Wilber"
        ]
        (organization,) = client.values("/organization")
        assert organization["displayName"] == "Base"
    with pytest.raises(ValueError, match="neither a file nor one of"):
        Simulator(tenants=["nobody"])


CUSTOMERS = "/tenantRelationships/delegatedAdminCustomers"
RELATIONSHIPS = "/tenantRelationships/delegatedAdminRelationships"


def test_a_partner_sees_its_customers(client_of: MakeClient) -> None:
    client = client_of("partner")
    customers = client.values(CUSTOMERS)
    assert [one["displayName"] for one in customers] == ["Customer 1", "Customer 2", "Customer 3", "Customer 4"]
    first, *others = client.values(f"{RELATIONSHIPS}?$filter=status eq 'active'&$top=300")
    assert first["customer"] == {"tenantId": customers[0]["tenantId"], "displayName": "Customer 1"}
    assert first["accessDetails"]["unifiedRoles"] == [{"roleDefinitionId": "3a2c62db-5318-420d-8d74-23affee5d9d5"}]
    assert len(others) == 3
    [one] = client.values(f"{RELATIONSHIPS}?$filter=status eq 'expiring'&$select=id,status")
    assert client.get(f"{RELATIONSHIPS}/{one['id']}")["status"] == one["status"] == "expiring"


@pytest.mark.parametrize("query", ["$skip=1", "$search=Customer", "$expand=accessAssignments", "$top=301"])
def test_lists_of_a_partner_take_what_their_page_names(client_of: MakeClient, query: str) -> None:
    for path in (CUSTOMERS, RELATIONSHIPS):
        assert client_of("partner").graph("GET", f"{path}?{query}").status_code == 400


def test_lists_of_a_partner_need_their_permission(client_of: MakeClient) -> None:
    answer = client_of("ready").graph("GET", RELATIONSHIPS)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Authorization_RequestDenied")


def sign_in(simulator: Simulator, tenant: str, client: str) -> requests.Response:
    who, where = simulator.facts(client), simulator.urls
    form = {
        "grant_type": "client_credentials",
        "client_id": who["client_id"],
        "client_secret": who["client_secret"],
        "scope": f"{where['graph_url']}/.default",
    }
    url = f"{where['authority_url']}/{simulator.facts(tenant)['tenant_id']}/oauth2/v2.0/token"
    return requests.post(url, form, verify=where["ca_path"], timeout=20)


def test_the_application_of_a_partner_signs_in_where_it_is_consented() -> None:
    with Simulator(tenants=["partner", "customer*2", "ready"]) as simulator:
        assert simulator.facts("customer-2")["domain"] == "customer-2.example"
        assert simulator.facts("customer-1")["tenant_id"] != simulator.facts("customer-2")["tenant_id"]
        assert sign_in(simulator, "customer-2", "partner").status_code == 200
        refused = sign_in(simulator, "ready", "partner")
        assert refused.status_code == 400 and "AADSTS700016" in refused.json()["error_description"]
        listed = {one["tenantId"] for one in Client(simulator, "partner").values(CUSTOMERS)}
        assert {simulator.facts(f"customer-{number}")["tenant_id"] for number in (1, 2)} < listed


def test_many_tenants_of_one_kind() -> None:
    with Simulator(tenants=["connected*3"]) as simulator:
        assert [one["name"] for one in simulator.tenants] == ["connected-1", "connected-2", "connected-3"]
        assert len({one["tenant_id"] for one in simulator.tenants}) == 3
        assert len({(one["client_id"], one["client_secret"]) for one in simulator.tenants}) == 1
        [connector] = Client(simulator, "connected-2").values(CONNECTORS)
        assert connector["primarySmtpAddress"] == "svc-intune-connector@connected-2.example"
    for wrong in ("ready*", "ready*0", "ready*many"):
        with pytest.raises(ValueError, match=r"must end in \*N"):
            Simulator(tenants=[wrong])


def test_sign_in_facts_in_both_forms(simulator: Simulator) -> None:
    options = simulator.options("connected", "pfx")
    assert options["certificate_path"].endswith("connected.pfx") and options["certificate_password"]
    environment = simulator.environment(method="managed_identity")
    assert environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] == simulator.urls["managed_identity_url"]
    assert "AZURE_CLIENT_SECRET" not in environment
    assert simulator.environment(method="token")["INTUNE_EXCHANGE_GRAPH_TOKEN"].count(".") == 2
    assert set(simulator.options(method="device_code")) == {
        "authority_url",
        "graph_url",
        "exchange_url",
        "ca_path",
        "tenant_id",
        "client_id",
        "auth_method",
    }
    for wrong in ({"method": "guessing"}, {"tenant": "nobody"}):
        with pytest.raises(ValueError, match=r"one of|no tenant"):
            simulator.environment(**wrong)


def test_a_reset_makes_anew_what_is_old(simulator: Simulator) -> None:
    """In a long session, events at times that count from the start must not come nearer."""
    environment = simulator._environment
    tenant = environment.tenant("connected")
    seeded = environment._seeded[tenant.tenant_id]
    number, when = seeded.revision, seeded.at
    simulator.reset()
    assert tenant.revision.number == number
    seeded.at = when - timedelta(minutes=2)
    simulator.reset()
    assert tenant.revision.number > number
    assert environment._seeded[tenant.tenant_id].at >= when


@pytest.mark.parametrize("name", ["ready", "connected", "rights_lag", "retired_covered"])
def test_a_reset_puts_back_what_changed(simulator: Simulator, name: str) -> None:
    """Every kind of change is undone, through a store or in a stored object."""
    tenant = simulator._environment.tenant(name)
    simulator._environment._seeded[tenant.tenant_id].at = datetime.now(UTC)  # on a slow machine as well

    def held() -> list[tuple[str, list[tuple[str, object]]]]:
        kinds = simulator.objects()[name]
        return [(kind, list(items.items())) for kind, items in kinds.items() if items]  # in their order

    before = held()
    for store in list(tenant.stores.values()):
        for key, item in store.items().items():
            if "_members" in item:
                item["_members"].append("somebody")
            store.update(key, {"something": "else"})
    role = next(iter(tenant.store("ManagementRole").items()))
    tenant.store("ManagementRole").remove(role)
    tenant.past.append(Past(datetime.now(UTC), {}))
    assert held() != before
    simulator.reset()
    assert held() == before
    assert not tenant.past


@pytest.mark.parametrize("content", [b"\xff\xfea\x00", b"a: [1\n", b"- 1\n", b"", b"domain: contoso.example\n"])
def test_a_file_without_a_description_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "contoso.yml"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(f"{file} is not a description of a tenant")):
        Simulator(tenants=[file])


def test_a_description_that_is_too_large_is_named_before_it_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "contoso.yml"
    file.write_bytes(b"extends: ready\n")
    with file.open("r+b") as handle:
        handle.truncate(2**33)  # with holes, and more than memory may have
    parse = descriptions._parsed
    monkeypatch.setattr(
        descriptions, "_parsed", lambda text: parse(text) if len(text) < 2**20 else pytest.fail("parsed")
    )
    with pytest.raises(ValueError, match=re.escape(f"{file} has more than 4194304 bytes, and no description")):
        Simulator(tenants=[file])


@pytest.mark.parametrize(
    ("kind", "objects"),
    [
        ("users", [{"id": "u1"}, {"id": "U1"}]),
        ("mailboxes", [{"Guid": "1", "ExternalDirectoryObjectId": "u1"}, {"Guid": "u1"}]),
        ("role_groups", [{"Guid": "u1", "Name": "a"}, {"Guid": "u1", "Name": "b"}]),
        ("service_principals", [{"ObjectId": "u1"}, {"ObjectId": "u1"}]),
    ],
)
def test_a_snapshot_with_an_object_twice_is_named(tmp_path: Path, kind: str, objects: list[dict[str, str]]) -> None:
    whole = {"format": "intune.exchange.snapshot", "version": 1, "tenant": {"id": "t"}, "not_read": {}}
    file = tmp_path / "contoso.yml"
    for some in (objects[:1], objects):
        file.write_text(yaml.safe_dump({**whole, "objects": {kind: some}, "end_of_snapshot": True}))
        if some is not objects:
            assert describe(file)
    with pytest.raises(
        ValueError, match=re.escape(f"{file}: the snapshot has the object u1 twice under objects.{kind}")
    ):
        describe(file)
