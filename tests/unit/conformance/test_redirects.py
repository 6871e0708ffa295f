# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redirects: followed within the hosts of Exchange Online; not a single byte goes anywhere else.

Seen: some tenants are sent to a host of their region, also with port 446 in the address; cisagov/ScubaGear and
terraprovider/go-exoscc send method, body and token there again, replace 446 by 443 and keep host and cookies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant

from .scripted_server import ELSEWHERE, EXCHANGE, GRAPH, REGION, TENANT, Reply, ScriptedServer

PURPOSE = Purpose("try it", "Some.Permission")
PATH = f"/adminapi/beta/{TENANT}/InvokeCommand"
FOUND = Reply({"value": [{"Name": "a"}]})
CALLS: dict[str, dict[str, Any]] = {
    "Get-MobileDevice": {},
    "New-RoleGroup": {"Name": "x"},
    "Set-CASMailbox": {"Identity": "x"},
    "Clear-MobileDevice": {"Identity": "x", "AccountOnly": True},
}


def to(location: str, status: int = 302, **headers: str) -> Reply:
    return Reply(b"<html>moved</html>", status, {"Location": location, **headers})


def invoke(tenant: Tenant, cmdlet: str = "Get-MobileDevice") -> list[dict[str, Any]]:
    return exchange_of(tenant).invoke(cmdlet, CALLS[cmdlet], PURPOSE).values


@pytest.mark.parametrize("status", [302, 307, 308])
@pytest.mark.parametrize("place", [REGION, f"{REGION}:443", f"{REGION}:446"])
@pytest.mark.parametrize("cmdlet", CALLS)
def test_the_request_is_sent_again_unchanged(
    wire: ScriptedServer, tenant: Tenant, cmdlet: str, place: str, status: int
) -> None:
    wire.answer(to(f"https://{place}{PATH}", status), FOUND)
    assert invoke(tenant, cmdlet) == [{"Name": "a"}]
    first, again = wire.asked
    assert (first.host, again.host.removesuffix(":443")) == (EXCHANGE, REGION)
    assert (first.method, first.path, first.body) == (again.method, again.path, again.body)
    assert first.method == "POST" and again.headers["authorization"] == first.headers["authorization"]
    assert wire.connected == [f"{EXCHANGE}:443", f"{REGION}:443"]


def test_the_host_and_its_cookies_are_kept_for_the_task(wire: ScriptedServer, tenant: Tenant) -> None:
    cookie = {"Set-Cookie": "X-BackEndCookie=abc; path=/; secure; HttpOnly"}
    wire.answer(to(f"https://{REGION}:446/"), Reply({"value": []}, headers=cookie), FOUND)
    invoke(tenant)
    assert invoke(tenant, "Set-CASMailbox") == [{"Name": "a"}]
    assert [one.host for one in wire.asked] == [EXCHANGE, REGION, REGION]
    assert wire.asked[1].path == PATH  # an address that names only the host means the same path there
    assert wire.asked[2].headers["cookie"] == "X-BackEndCookie=abc"


def test_five_redirects_and_no_more(wire: ScriptedServer, tenant: Tenant) -> None:
    wire.answer(*[to(f"https://{host}{PATH}") for host in (REGION, EXCHANGE) * 2], to(f"https://{REGION}{PATH}"), FOUND)
    assert invoke(tenant) == [{"Name": "a"}] and len(wire.asked) == 6
    wire.clear()
    wire.answer(to(f"https://{REGION}{PATH}"))
    with pytest.raises(TenantError) as caught:
        invoke(tenant)
    assert caught.value.kind == "protocol" and len(wire.asked) == 6


OUTSIDE = [
    *(f"https://{host}{PATH}" for host in ELSEWHERE),
    f"https://{EXCHANGE}@evil.example{PATH}",
    f"https://evil.example\\@{EXCHANGE}{PATH}",
    f"https://{EXCHANGE}:8443{PATH}",
    f"http://{REGION}{PATH}",
    f"http://{EXCHANGE}{PATH}",
    f"//evil.example{PATH}",
    f"https://region.office365.us{PATH}",
    "https://[broken",
    "",
]


@pytest.mark.parametrize("location", OUTSIDE)
@pytest.mark.parametrize("cmdlet", CALLS)
def test_nothing_goes_elsewhere(wire: ScriptedServer, tenant: Tenant, cmdlet: str, location: str) -> None:
    wire.answer(to(location), FOUND)
    with pytest.raises(TenantError) as caught:
        invoke(tenant, cmdlet)
    assert caught.value.kind == "protocol" and "which is not followed" in str(caught.value)
    assert wire.connected == [f"{EXCHANGE}:443"] and len(wire.asked) == 1


@pytest.mark.parametrize("status", [300, 301, 303])
def test_redirects_that_change_the_request_are_not_followed(wire: ScriptedServer, tenant: Tenant, status: int) -> None:
    wire.answer(to(f"https://{REGION}{PATH}", status), FOUND)
    with pytest.raises(TenantError) as caught:
        invoke(tenant)
    assert caught.value.kind == "protocol" and len(wire.asked) == 1


def test_each_cloud_has_its_own_hosts(wire: ScriptedServer, opened: Callable[..., Tenant]) -> None:
    tenant = opened(cloud="us_government")
    wire.answer(to(f"https://region.office365.us{PATH}"), FOUND)
    assert invoke(tenant) == [{"Name": "a"}]
    assert wire.connected == ["outlook.office365.us:443", "region.office365.us:443"]
    wire.clear()
    wire.answer(to(f"https://{REGION}{PATH}"), FOUND)
    with pytest.raises(TenantError):
        invoke(tenant)
    assert REGION not in "".join(wire.connected)


def test_a_host_of_ones_own_is_that_host_alone(wire: ScriptedServer, opened: Callable[..., Tenant]) -> None:
    tenant = opened(exchange_url=f"https://{EXCHANGE}")
    wire.answer(to(f"https://{EXCHANGE}:446{PATH}?there=1"), FOUND)
    assert invoke(tenant) == [{"Name": "a"}] and [one.host for one in wire.asked] == [EXCHANGE] * 2
    wire.clear()
    wire.answer(to(f"https://{REGION}{PATH}"), FOUND)
    with pytest.raises(TenantError):
        invoke(tenant)
    assert [one.host for one in wire.asked] == [EXCHANGE]


def test_the_list_of_commands_is_redirected_as_well(wire: ScriptedServer, tenant: Tenant) -> None:
    wire.answer(
        to(f"https://{REGION}:446/adminapi/v1.0/{TENANT}/EXOModuleFile?Version=3.9.2"),
        Reply({"value": [{"exportedCmdlets": "Get-A,Get-B"}]}),
    )
    assert exchange_of(tenant).own_cmdlets(PURPOSE) == ["Get-A", "Get-B"]
    assert wire.asked[1].headers["commandname"] == "*"


@pytest.mark.parametrize("reply", [Reply(b""), Reply(status=204), Reply({}), Reply({"value": None})])
def test_a_list_of_commands_that_is_not_there_is_no_empty_one(
    wire: ScriptedServer, tenant: Tenant, reply: Reply
) -> None:
    wire.answer(reply)
    with pytest.raises(TenantError) as caught:
        exchange_of(tenant).own_cmdlets(PURPOSE)
    assert caught.value.kind == "protocol"


@pytest.mark.parametrize("location", [f"https://{GRAPH}/v1.0/other", "https://evil.example/v1.0/users"])
def test_graph_is_never_redirected(wire: ScriptedServer, tenant: Tenant, location: str) -> None:
    for call in (
        lambda: tenant.graph.list("users", PURPOSE),
        lambda: tenant.graph.create("users", {}, PURPOSE),
        lambda: tenant.graph.batch({}) or tenant.graph.action("users/x/act", None, PURPOSE),
        lambda: tenant.graph.update("users/x", {}, PURPOSE),
        lambda: tenant.graph.delete("users/x", PURPOSE),
    ):
        wire.answer(to(location, 307), FOUND)
        with pytest.raises(TenantError) as caught:
            call()
        assert caught.value.kind == "protocol"
    assert set(wire.connected) == {f"{GRAPH}:443"} and len(wire.asked) == 5
