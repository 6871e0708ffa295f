# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole plays against the response forms seen on live tenants: the real names, a plain server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator import Simulator
from tests.unit.conformance.scripted_server import EXCHANGE, LOGIN, REGION, TENANT, Reply, ScriptedServer, token

from .conftest import Play
from .warm import ansible

DOMAIN = "contoso.com"
MORE = "There are more results available than are currently displayed."
BUSY = "Rate limit reached because of too many requests to query broker."
CONNECTORS: dict[str, Any] = {"intune.exchange.connector_info": {}}


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScriptedServer]:
    wire = ScriptedServer(tmp_path_factory.mktemp("wire"))
    yield wire
    wire.close()


@pytest.fixture
def environment(wire: ScriptedServer) -> dict[str, str]:
    return {
        "AZURE_TENANT_ID": DOMAIN,
        "INTUNE_EXCHANGE_AUTH_METHOD": "token",
        "INTUNE_EXCHANGE_GRAPH_TOKEN": token(roles=["DeviceManagementServiceConfig.Read.All"]),
        "INTUNE_EXCHANGE_EXCHANGE_TOKEN": token(roles=["Exchange.ManageAsApp"]),
        "INTUNE_EXCHANGE_PROXY": wire.proxy,
        "INTUNE_EXCHANGE_CA_PATH": str(wire.ca_path),
    }


def devices(*names: str, **more: Any) -> Reply:
    limits = {"Rate-Limit-Limit": "3000", "Rate-Limit-Remaining": "2998"}
    return Reply({"@adminapi.warnings": [], "value": [{"Name": one} for one in names], **more}, headers=limits)


def test_a_first_play_on_a_tenant_that_redirects_throttles_and_pages(
    play: Play, wire: ScriptedServer, environment: dict[str, str]
) -> None:
    link = f"https://{REGION}:446/adminapi/beta/{TENANT}/InvokeCommand?$skiptoken=1"
    wire.clear()
    wire.answer(
        Reply(b"", 302, {"Location": f"https://{REGION}:446/adminapi/beta/{TENANT}/InvokeCommand"}),
        Reply(b"{", 429, {"Retry-After": "2"}, lost=9),
        devices("a", **{"@odata.nextLink": link, "@adminapi.warnings": [MORE]}),
        devices("b"),
        Reply(status=204),  # the second task: no objects
        Reply(b"\0" * 64, 403),
        Reply({"error": {"code": "InternalServerError", "message": BUSY}}, 500),
        Reply({"error": {"code": "NotSupported", "message": "Not supported."}}, 501),
    )
    read = {"cmdlet": "Get-MobileDevice", "parameters": {"resultsize": "Unlimited"}}
    done = play(
        {"intune.exchange.exchange_cmdlet": read},
        {"intune.exchange.exchange_cmdlet": read},
        {"intune.exchange.exchange_cmdlet": read, "ignore_errors": True},
        {**CONNECTORS, "ignore_errors": True},
        environment=environment,
        arguments=("-vvv",),
    )
    assert done.code == 0, done.output
    assert done.results["task0"]["objects"] == [{"Name": "a"}, {"Name": "b"}]
    assert done.results["task0"]["cmdlet_warnings"] == []
    assert done.results["task1"]["objects"] == []
    refused = done.results["task2"]
    assert refused["error"]["kind"] == "forbidden" and "an Exchange role" in refused["msg"]
    assert "ManageAsApp" not in refused["msg"]
    assert done.results["task3"]["offered"] is False
    assert "Exchange Online rate limit: remaining 2998, limit 3000" in done.output
    assert [one.host for one in wire.asked[:4]] == [EXCHANGE, REGION, REGION, REGION]
    assert wire.asked[2].at - wire.asked[1].at >= 2
    assert {one.path.split("/")[3] for one in wire.asked if "adminapi" in one.path} == {TENANT}


def test_an_application_that_the_customer_has_not_consented_to(
    play: Play, wire: ScriptedServer, environment: dict[str, str]
) -> None:
    answer = {
        "error": "unauthorized_client",
        "error_description": "AADSTS7000229: The client application 'app' is missing service principal in the tenant.",
        "error_codes": [7000229],
    }
    wire.clear()
    wire.answer(Reply(answer, 401))
    secret = {
        "INTUNE_EXCHANGE_AUTH_METHOD": "client_secret",
        "AZURE_CLIENT_ID": "app",
        "AZURE_CLIENT_SECRET": "s3cret-x",
    }
    done = play({"intune.exchange.connector_info": {}}, environment={**environment, **secret})
    assert done.code == 2, done.output
    assert f"open https://{LOGIN}/{DOMAIN}/adminconsent?client_id=app" in done.failed["msg"]
    assert "proxy may have" not in done.failed["msg"]


def test_cmdlets_as_powershell_takes_them(play: Play, simulator: Simulator) -> None:
    """WhatIf changes nothing; one value for a list; names in any case; cmdlets that only a live tenant has are sent."""
    mailbox = {"Identity": "adele.vance"}

    def cmdlet(name: str, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"intune.exchange.exchange_cmdlet": {"cmdlet": name, "parameters": parameters, **more}}

    done = play(
        cmdlet("Set-CASMailbox", {**mailbox, "ImapEnabled": False, "whatif": True}),
        cmdlet("Set-CASMailbox", {**mailbox, "activesyncblockeddeviceids": "ABC"}),
        cmdlet("Get-CASMailbox", mailbox, select=["ImapEnabled", "ActiveSyncBlockedDeviceIDs"]),
        {**cmdlet("Get-CASMailbox", {**mailbox, "Everything": True}), "ignore_errors": True},
        {**cmdlet("Get-CASMailbox", {**mailbox, "Everything": True}, allow_unknown=True), "ignore_errors": True},
        {"intune.exchange.management_role_info": {"parent": "Organization Client Access", "cmdlet": "Get-CASMailbox"}},
        {"intune.exchange.management_role_info": {"parent": "Organization Client Access"}},
    )
    assert done.code == 0, done.output
    assert [done.results[f"task{number}"]["changed"] for number in range(3)] == [False, True, False]
    assert done.results["task2"]["objects"] == [{"ImapEnabled": True, "ActiveSyncBlockedDeviceIDs": ["ABC"]}]
    assert done.results["task3"]["error"]["kind"] == "usage"
    assert done.results["task4"]["error"]["kind"] != "usage"  # it was sent, and the service decided
    children = done.results["task6"]["management_roles"]
    assert all(one in children for one in done.results["task5"]["management_roles"])


HALF = json.dumps({"value": [{"Name": "half \ud83d", "DeviceModel": "x\u202ey\u0000"}]}).encode()


def test_both_ways_give_the_same_of_text_that_no_file_can_hold(
    play: Play, wire: ScriptedServer, environment: dict[str, str]
) -> None:
    wire.clear()
    wire.answer(Reply(HALF))
    read = {"intune.exchange.exchange_cmdlet": {"cmdlet": "Get-MobileDevice"}}
    done = play(read, {**read, "environment": {"INTUNE_EXCHANGE_IN_PROCESS": "false"}}, environment=environment)
    assert done.code == 0, done.output
    assert [done.results[f"task{number}"]["objects"] for number in range(2)] == [
        [{"Name": "half \ufffd", "DeviceModel": "x\ufffdy\ufffd"}]
    ] * 2


def test_an_inventory_keeps_a_customer_whose_name_no_file_can_hold(
    wire: ScriptedServer, environment: dict[str, str], tmp_path: Path
) -> None:
    roles = ("3a2c62db-5318-420d-8d74-23affee5d9d5", "29232cdf-9323-42fd-ade2-1d097af3e4de")
    relationship = {
        "status": "active",
        "customer": {"tenantId": TENANT, "displayName": "half \ud83d"},
        "accessDetails": {"unifiedRoles": [{"roleDefinitionId": role} for role in roles]},
    }
    wire.clear()
    wire.answer(Reply(json.dumps({"value": [relationship]}).encode()))
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": "kept"}
    content = {"plugin": "intune.exchange.tenants", "partner_tenant_id": TENANT, "gather": [], **kept}
    (tmp_path / "x.tenants.yml").write_text(json.dumps(content))
    for _run in range(2):
        done = ansible("ansible-inventory", "-i", "x.tenants.yml", "--list", folder=tmp_path, environment=environment)
        hosts = json.loads(done.stdout)["_meta"]["hostvars"]
        assert list(hosts) == [TENANT], done.stderr
        assert "half \ufffd" in str(hosts[TENANT]["tenant_name"])
    assert len(wire.asked) == 1  # the second one is from the cache
