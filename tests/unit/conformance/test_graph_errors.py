# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft Graph's responses as seen on live tenants, and the client's requests.

G2O is rknightion/graph2otel @dfd9ef7, TP TenantPulse; where nothing else is said, a form is documented.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Read
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access import what_if
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.people import read_people
from ansible_collections.intune.exchange.plugins.module_utils._connector import organization, requirements
from ansible_collections.intune.exchange.plugins.module_utils._connector.connectors import read_connectors
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.read_result import ReadResult
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant

from .conftest import Clock
from .scripted_server import GRAPH, TENANT, Asked, Reply, ScriptedServer, token

NEEDS = "DeviceManagementServiceConfig.Read.All"
PURPOSE = Purpose("try it", NEEDS)
DEVICES = "deviceManagement/managedDevices"
Call = Callable[[Tenant], Any]

# Every way in which the client calls Graph.
CALLS: dict[str, Call] = {
    "list": lambda tenant: tenant.graph.list(DEVICES, PURPOSE)[0],
    "get": lambda tenant: tenant.graph.get("deviceManagement", PURPOSE),
    "create": lambda tenant: tenant.graph.create(DEVICES, {"a": 1}, PURPOSE),
    "update": lambda tenant: tenant.graph.update(f"{DEVICES}/x", {"a": 1}, PURPOSE),
    "delete": lambda tenant: tenant.graph.delete(f"{DEVICES}/x", PURPOSE),
    "action": lambda tenant: tenant.graph.action(f"{DEVICES}/x/sync", None, PURPOSE),
    "set": lambda tenant: tenant.graph.set(f"{DEVICES}/x/assign", {"a": 1}, PURPOSE),
    "ask": lambda tenant: tenant.graph.ask("identity/conditionalAccess/evaluate", {}, PURPOSE),
}


def failed(call: Call, tenant: Tenant) -> TenantError:
    with pytest.raises(TenantError) as caught:
        call(tenant)
    return caught.value


def error(code: str, message: str, status: int, **headers: str) -> Reply:
    return Reply({"error": {"code": code, "message": message, "innerError": {"request-id": "r-1"}}}, status, headers)


def part(name: str, status: int, body: Any = None, **headers: Any) -> dict[str, Any]:
    return {"id": name, "status": status, "headers": headers, **({} if body is None else {"body": body})}


def parts(*found: dict[str, Any]) -> Reply:
    return Reply({"responses": list(found)})


# ---- licences and permissions ------------------------------------------------------------------------------------

UNLICENSED = error("AccessDenied", "Your tenant is not licensed for this feature.", 403)
BROKER = error("InternalServerError", "Rate limit reached because of too many requests to query broker. Try later", 500)
WRAPPED = error("UnknownError", json.dumps({"ErrorCode": "Forbidden", "Message": "Forbidden", "Target": None}), 401)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_feature_without_its_licence(wire: ScriptedServer, opened: Callable[..., Tenant], call: Call) -> None:
    """Conditional Access without Entra ID P1, in two public traces."""
    wire.answer(UNLICENSED)
    failure = failed(call, opened(graph_token=token(roles=[])))
    assert failure.kind == "no_licence" and "no licence for this" in str(failure)
    assert "Add a subscription" in str(failure) and "grant it" not in str(failure)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_intune_refusal_says_both_possibilities(
    wire: ScriptedServer, opened: Callable[..., Tenant], call: Call
) -> None:
    """401 UnknownError around Forbidden was seen with the permission granted, in two public traces."""
    wire.answer(WRAPPED)
    failure = failed(call, opened(graph_token=token(roles=["Other.Read.All"])))
    assert failure.kind == "forbidden"
    assert "Intune licence" in failure.next_step and NEEDS in failure.next_step
    failure = failed(call, opened(graph_token=token(roles=["DeviceManagementServiceConfig.ReadWrite.All"])))
    assert failure.kind == "no_licence"
    assert "The token holds" in failure.next_step and "lacks an Intune licence" in failure.next_step


@pytest.mark.parametrize(
    ("needs", "roles", "asked", "never"),
    [
        ("A.Read.All", [], "This needs A.Read.All: grant it", "already"),
        ("A.Read.All", ["A.Read.All"], "already holds A.Read.All", "grant it"),
        ("A.Read.All", ["A.ReadWrite.All"], "already holds A.Read.All", "grant it"),
        ("A.Read.All or B.Read.All", ["B.Read.All"], "already holds B.Read.All", "grant it"),
        ("A.Read.All and B.Read.All", ["A.Read.All"], "This needs B.Read.All: grant it", "A.Read.All"),
        ("the directory role User Administrator", ["A.Read.All"], "This needs the directory role", "already"),
    ],
)
def test_what_the_token_holds_is_never_asked_for(
    wire: ScriptedServer, opened: Callable[..., Tenant], needs: str, roles: list[str], asked: str, never: str
) -> None:
    tenant = opened(graph_token=token(roles=roles))
    forbidden = error("Authorization_RequestDenied", "Insufficient privileges.", 403)
    wire.answer(forbidden)
    alone = failed(lambda tenant: tenant.graph.list("users", Purpose("try it", needs)), tenant)
    wire.answer(parts(part("a", 403, forbidden.body)))
    batched = tenant.graph.batch({"a": Read("users", Purpose("try it", needs))})["a"].error
    for failure in (alone, batched):
        assert failure is not None
        assert failure.kind == "forbidden" and asked in failure.next_step and never not in failure.next_step


# ---- throttling --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["list", "get", "update", "delete", "set", "ask"])
def test_throttling_that_is_called_an_error_is_waited_out(
    wire: ScriptedServer, clock: Clock, tenant: Tenant, call: str
) -> None:
    """G2O: Intune throttles with 500."""
    wire.answer(BROKER, BROKER, Reply({"value": []}))
    CALLS[call](tenant)
    assert len(wire.asked) == 3 and len(clock.sleeps) == 2


@pytest.mark.parametrize("call", ["create", "action"])
def test_it_was_refused_and_nothing_else(wire: ScriptedServer, clock: Clock, tenant: Tenant, call: str) -> None:
    wire.answer(BROKER, Reply({"id": "x"}))
    CALLS[call](tenant)
    assert len(wire.asked) == 2
    wire.answer(error("InternalServerError", "Something else", 500))
    assert failed(CALLS[call], tenant).kind == "outcome_unknown" and len(wire.asked) == 3


def test_it_is_named_throttling(wire: ScriptedServer, tenant: Tenant) -> None:
    wire.answer(BROKER)
    assert failed(CALLS["list"], tenant).kind == "throttled"
    wire.answer(parts(part("a", 500, BROKER.body)))
    # It is retried until the task times out, and then nothing more can be read.
    assert failed(lambda tenant: tenant.graph.batch({"a": Read(DEVICES, PURPOSE)}), tenant).kind == "throttled"


@pytest.mark.parametrize("headers", [{"retry-after": "4"}, {"Retry-After": 4}, {"RETRY-AFTER": 4.0}])
def test_the_wait_of_a_part_in_any_case_and_as_a_number(
    wire: ScriptedServer, clock: Clock, tenant: Tenant, headers: dict[str, Any]
) -> None:
    """G2O: names of headers in any case, numbers among their values."""
    wire.answer(parts(part("a", 429, None, **headers)), parts(part("a", 200, {"value": []})))
    assert tenant.graph.batch({"a": Read("users", PURPOSE)})["a"].value == []
    assert len(clock.sleeps) == 1 and clock.sleeps[0] >= 4


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_wait_counts_although_the_body_breaks_off(
    wire: ScriptedServer, clock: Clock, tenant: Tenant, call: Call
) -> None:
    wire.answer(Reply(b"{", 429, {"Retry-After": "8"}, lost=9), Reply({"id": "x", "value": []}))
    call(tenant)
    assert len(clock.sleeps) == 1 and clock.sleeps[0] >= 8


def test_parts_in_any_order(wire: ScriptedServer, tenant: Tenant) -> None:
    """G2O."""
    wire.answer(parts(part("b", 200, {"value": [2]}), part("c", 404, {}), part("a", 200, {"value": [1]})))
    found = tenant.graph.batch({name: Read("users", PURPOSE) for name in "abc"})
    assert list(found) == ["a", "b", "c"] and (found["a"].value, found["b"].value) == ([1], [2])


# ---- collections -------------------------------------------------------------------------------------------------

EMPTY = [Reply(b""), Reply(b"\r\n"), Reply(status=204)]


@pytest.mark.parametrize("reply", EMPTY)
def test_an_empty_body_is_an_empty_collection_in_intune_alone(
    wire: ScriptedServer, tenant: Tenant, reply: Reply
) -> None:
    """G2O: deprecated collections of Intune."""
    wire.answer(reply)
    for path in (DEVICES, "deviceAppManagement/iosManagedAppProtections"):
        assert tenant.graph.list(path, PURPOSE)[0] == []
    assert failed(lambda tenant: tenant.graph.list("users", PURPOSE), tenant).kind == "protocol"
    assert failed(CALLS["get"], tenant).kind == "protocol"


@pytest.mark.parametrize("more", [{}, {"body": None}, {"body": ""}])
def test_an_empty_part_is_an_empty_collection_in_intune_alone(
    wire: ScriptedServer, tenant: Tenant, more: dict[str, Any]
) -> None:
    wire.answer(parts({**part("a", 200), **more}, {**part("b", 204), **more}))
    found = tenant.graph.batch({"a": Read(DEVICES, PURPOSE), "b": Read("users", PURPOSE)})
    error = found["b"].error
    assert found["a"].value == [] and error is not None and error.kind == "protocol"


def test_an_empty_page_after_the_first_is_no_end(wire: ScriptedServer, tenant: Tenant) -> None:
    wire.answer(Reply({"value": [1], "@odata.nextLink": f"https://{GRAPH}:443/v1.0/{DEVICES}?x"}), Reply(b""))
    assert failed(CALLS["list"], tenant).kind == "protocol"
    assert len(wire.asked) == 2  # the default port is not another place


@pytest.mark.parametrize(
    ("status", "code"), [(501, "NotSupported"), (404, "ResourceNotFound"), (405, "UnknownError"), (410, "Gone")]
)
def test_the_connector_that_is_not_offered(wire: ScriptedServer, tenant: Tenant, status: int, code: str) -> None:
    """G2O, 2026-07: 501 NotSupported."""
    wire.answer(error(code, "Not supported.", status))
    assert failed(read_connectors, tenant).kind == "not_offered"
    assert len(wire.asked) == 1


# ---- what is asked for -------------------------------------------------------------------------------------------


def answering(wire: ScriptedServer, reply: Callable[[Asked], Reply]) -> None:
    """Responses that depend on the request, instead of the queue."""

    def answer(asked: Asked) -> Reply:
        wire.asked.append(asked)
        return reply(asked)

    wire.next = answer  # type: ignore[method-assign]


@pytest.fixture
def answer(wire: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Asked], Reply]], None]:
    monkeypatch.setattr(wire, "next", wire.next)
    return lambda reply: answering(wire, reply)


ITEM = f"/v1.0/organization/{TENANT}?$select=mobileDeviceManagementAuthority"
AUTHORITY = Reply({"@odata.context": "x", "mobileDeviceManagementAuthority": "office365"})


def test_the_authority_is_one_property_of_one_item(wire: ScriptedServer, tenant: Tenant) -> None:
    """TP: never in the collection's answer; that property alone, of the item, works on v1.0."""
    wire.answer(AUTHORITY)
    assert organization.authority_of(tenant) == "office365"
    assert [one.path for one in wire.asked] == [ITEM]


def test_without_a_tenant_in_the_token_the_item_is_looked_up(
    wire: ScriptedServer, opened: Callable[..., Tenant]
) -> None:
    wire.answer(Reply({"value": [{"id": TENANT}]}), AUTHORITY)
    assert organization.authority_of(opened(graph_token="opaque")) == "office365"
    assert wire.asked[0].path.startswith("/v1.0/organization?") and wire.asked[1].path == ITEM
    assert "mobileDeviceManagementAuthority" not in wire.asked[0].path


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error("Forbidden", "no", 403), "forbidden", NEEDS),
        (Reply({"@odata.context": "x"}), "protocol", "Tenant status"),
        (Reply({"@odata.context": "x", "mobileDeviceManagementAuthority": None}), "protocol", "Tenant status"),
    ],
)
@pytest.mark.parametrize("accepted", [False, True])
def test_an_authority_that_cannot_be_read_is_never_switched(
    wire: ScriptedServer, opened: Callable[..., Tenant], reply: Reply, kind: str, words: str, accepted: bool
) -> None:
    tenant = opened(graph_token=token(roles=["Organization.Read.All"]))
    wire.answer(reply)
    params = {"authority": "intune", "accept_irreversible": accepted}
    failure = failed(lambda tenant: organization.set_authority(tenant, params, False), tenant)
    assert failure.kind == kind and words in str(failure)
    assert "accept_irreversible" not in str(failure) and "Organization.Read.All" not in failure.next_step
    assert {one.method for one in wire.asked} == {"GET"}


def test_the_requirements_ask_as_live_tenants_answer(
    wire: ScriptedServer, opened: Callable[..., Tenant], answer: Callable[[Callable[[Asked], Reply]], None]
) -> None:
    """The authority alone, role by role without "or"; a refused read makes only its own requirement unknown."""
    asked_for: list[str] = []

    def reply(asked: Asked) -> Reply:
        if not asked.path.endswith("$batch"):
            return Reply({"value": [{"Name": "contoso", "AdminDisplayVersion": "15.20 (Build 1)"}]})
        asked_for.extend(one["url"] for one in asked.body["requests"])
        found = {"organization": {"value": [{"id": TENANT, "onPremisesSyncEnabled": True}]}}
        return parts(
            *(
                part(one["id"], 403, error("Forbidden", "no", 403).body)
                if one["id"] == "authority"
                else part(one["id"], 200, found.get(one["id"], {"value": []}))
                for one in reversed(asked.body["requests"])
            )
        )

    answer(reply)
    tenant = opened(graph_token=token(roles=["Organization.Read.All"]))
    done = requirements.requirements(tenant, {"account": None, "directory_sync": "auto"})
    by_id = {one["id"]: one for one in done["requirements"]}
    assert by_id["directory_sync"]["status"] == "met"
    assert by_id["mdm_authority"]["status"] == "unknown" and NEEDS in by_id["mdm_authority"]["next_step"]
    assert len([one for one in asked_for if "roleAssignments" in one]) == 2
    assert not [one for one in asked_for if "%20or%20" in one or " or " in one]
    assert [one for one in asked_for if "Authority" in one] == [ITEM.removeprefix("/v1.0")]


def test_members_come_a_thousand_a_page(
    wire: ScriptedServer, tenant: Tenant, answer: Callable[[Callable[[Asked], Reply]], None]
) -> None:
    """Documented: 100 a page unless $top says otherwise."""
    asked_for: list[str] = []

    def reply(asked: Asked) -> Reply:
        asked_for.extend(one["url"] for one in asked.body["requests"])
        return parts(*(part(one["id"], 200, {"value": []}) for one in asked.body["requests"]))

    answer(reply)
    read_people(tenant, [{"conditions": {"users": {"includeGroups": ["g"]}}}])
    (members,) = [one for one in asked_for if "transitiveMembers" in one]
    assert "$top=999" in members


@pytest.mark.parametrize("reply", [error("BadRequest", "Resource not found for the segment", 400), Reply(b"", 404)])
def test_what_if_is_asked_of_beta_where_v1_refuses(
    wire: ScriptedServer, tenant: Tenant, answer: Callable[[Callable[[Asked], Reply]], None], reply: Reply
) -> None:
    """Two public projects call beta only, although the metadata of v1.0 has it."""
    answer(lambda asked: reply if asked.path.startswith("/v1.0") else Reply({"value": []}))
    person = Person("u", frozenset(), frozenset(), "member")
    rows = what_if.what_if(tenant, [], {"a": ReadResult(person)})
    assert rows and not any(row["problem"] for row in rows)
    assert [one.path.split("/")[1] for one in wire.asked] == ["v1.0", *["beta"] * len(rows)]


@pytest.mark.parametrize("status", [401, 403])
def test_what_if_that_is_not_permitted_is_not_asked_twice(wire: ScriptedServer, tenant: Tenant, status: int) -> None:
    wire.answer(error("Forbidden", "no", status))
    person = Person("u", frozenset(), frozenset(), "member")
    rows = what_if.what_if(tenant, [], {"a": ReadResult(person)})
    assert all(row["problem"] for row in rows)
    assert not [one for one in wire.asked if one.path.startswith("/beta")]
