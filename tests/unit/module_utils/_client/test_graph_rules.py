# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests of each kind of Graph call and the handling of their responses, without a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Graph, Read
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.read_result import ReadResult

from .._http.test_http_rules import ROOT, Trial, reply

PURPOSE = Purpose("try it", "Some.Permission")
# "Handling future members in evolvable enumerations"
PREFER = ("Prefer", "include-unknown-enum-members")


def trial(*answers: Any) -> tuple[Trial, Graph]:
    client = Trial(*answers)
    return client, Graph(client.http, ROOT, client.tokens.bearer())


def failure(call: Callable[..., Any], *arguments: Any) -> TenantError:
    with pytest.raises(TenantError) as caught:
        call(*arguments)
    assert str(caught.value).startswith("Could not try it on tenant contoso.com: ") and "None" not in str(caught.value)
    return caught.value


def test_what_each_call_sends() -> None:
    whole, page = reply(body={"id": "1", "a": 2}), {"value": [{"id": "1"}]}
    client, graph = trial(
        whole,
        reply(body={"id": "2"}),
        reply(body=page),
        reply(body=page),
        reply(201, {"id": "3"}),
        reply(body={"id": "4"}),
        reply(204),
        reply(204),
        reply(200, {"value": True}),
        reply(204),
        reply(200, {"@odata.context": "c"}),
        reply(body=page),
        reply(body=page),
    )
    assert graph.get("users/1", PURPOSE)[0] == {"id": "1", "a": 2}
    assert graph.get("users/1", PURPOSE, "beta")[1].json == {"id": "2"}
    assert graph.list("users", PURPOSE)[0] == [{"id": "1"}]
    assert graph.list("users", PURPOSE, "beta")[1].json == page
    assert graph.create("users", {"b": 1}, PURPOSE) == {"id": "3"}
    assert graph.update("users/4", {"c": None}, PURPOSE) == {"id": "4"}
    assert graph.update("users/4", {"c": None}, PURPOSE) == {}
    graph.delete("users/4", PURPOSE)
    assert graph.action("users/4/do", {"d": 1}, PURPOSE) == {"value": True}
    assert graph.action("users/4/do", None, PURPOSE) is None
    assert graph.set("users/4/put", {"e": 1}, PURPOSE) == {"@odata.context": "c"}
    assert graph.ask("users/who", {"f": 1}, PURPOSE) == [{"id": "1"}]
    assert graph.ask("users/who", {"f": 1}, PURPOSE, "beta") == [{"id": "1"}]
    assert [(one.method, one.url.removeprefix(ROOT), one.parts["json"]) for one in client.wire.sent] == [
        ("GET", "/v1.0/users/1", None),
        ("GET", "/beta/users/1", None),
        ("GET", "/v1.0/users", None),
        ("GET", "/beta/users", None),
        ("POST", "/v1.0/users", {"b": 1}),
        ("PATCH", "/v1.0/users/4", {"c": None}),
        ("PATCH", "/v1.0/users/4", {"c": None}),
        ("DELETE", "/v1.0/users/4", None),
        ("POST", "/v1.0/users/4/do", {"d": 1}),
        ("POST", "/v1.0/users/4/do", None),
        ("POST", "/v1.0/users/4/put", {"e": 1}),
        ("POST", "/v1.0/users/who", {"f": 1}),
        ("POST", "/beta/users/who", {"f": 1}),
    ]
    assert [PREFER[0] in one.headers for one in client.wire.sent] == [one.method == "GET" for one in client.wire.sent]


@pytest.mark.parametrize(
    ("call", "sent"),
    [
        (lambda graph: graph.get("x", PURPOSE), 6),
        (lambda graph: graph.list("x", PURPOSE), 6),
        (lambda graph: graph.update("x", {}, PURPOSE), 6),
        (lambda graph: graph.delete("x", PURPOSE), 6),
        (lambda graph: graph.set("x", {}, PURPOSE), 6),
        (lambda graph: graph.ask("x", {}, PURPOSE), 6),
        (lambda graph: graph.batch({"a": Read("x", PURPOSE)}), 6),
        (lambda graph: graph.download("x", PURPOSE), 6),
        (lambda graph: graph.create("x", {}, PURPOSE), 1),
        (lambda graph: graph.action("x", {}, PURPOSE), 1),
    ],
)
def test_what_may_have_happened_is_repeated_where_that_is_harmless(call: Callable[[Graph], Any], sent: int) -> None:
    client, graph = trial(*(reply(504) for _number in range(sent)))
    error = failure(call, graph)
    assert len(client.wire.sent) == sent and error.kind == ("unavailable" if sent > 1 else "outcome_unknown")


@pytest.mark.parametrize("body", [{}, [], None, {"id": ""}])
def test_a_creation_without_an_id_may_have_happened(body: Any) -> None:
    error = failure(trial(reply(201, body, {"request-id": "r-1"}))[1].create, "users", {}, PURPOSE)
    assert error.kind == "outcome_unknown" and "r-1" in error.problem


@pytest.mark.parametrize(
    "body",
    [
        {"status": "error", "message": "Blocked"},
        {"error": "Timeout", "id": "1"},
        {"id": "1", "message": "Blocked"},
        {},
        [],
        "Blocked",
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        lambda graph: graph.update("x", {}, PURPOSE),
        lambda graph: graph.upsert("x", {}, PURPOSE),
        lambda graph: graph.delete("x", PURPOSE),
        lambda graph: graph.remove("x", PURPOSE),
        lambda graph: graph.action("x", {}, PURPOSE),
        lambda graph: graph.set("x", {}, PURPOSE),
        lambda graph: graph.create("x", {}, PURPOSE),
    ],
)
def test_what_a_gateway_returns_for_a_write_is_no_success(call: Callable[[Graph], Any], body: Any) -> None:
    client, graph = trial(reply(200, body, {"request-id": "r-1"}))
    error = failure(call, graph)
    assert error.kind == "outcome_unknown" and "r-1" in error.problem and len(client.wire.sent) == 1


def test_nor_is_it_an_object_or_a_list() -> None:
    error = failure(trial(reply(200, {"status": "error"}))[1].get, "x", PURPOSE)
    assert error.kind == "protocol" and "nothing in the response says that it is from Microsoft Graph" in error.problem
    assert failure(trial(reply(200, {"id": "1", "message": "Blocked"}))[1].get, "x", PURPOSE).kind == "protocol"
    for said in ("error", "errors"):
        assert failure(trial(reply(200, {said: ["Timeout"], "value": []}))[1].list, "x", PURPOSE).kind == "protocol"


def test_an_annotated_object_may_have_a_message() -> None:
    body = {"@odata.context": f"{ROOT}/v1.0/$metadata#x", "id": "1", "message": "Hello"}
    assert trial(reply(200, body))[1].get("x", PURPOSE)[0] == body


def test_the_user_whose_licences_changed_has_no_id_in_the_documentation() -> None:
    """Microsoft Graph v1.0, user: assignLicense, its example of a response."""
    body = {"accountEnabled": True, "assignedLicenses": [], "assignedPlans": [], "city": "Nairobi"}
    assert trial(reply(200, body))[1].set("users/1/assignLicense", {}, PURPOSE) == body


@pytest.mark.parametrize("body", [[], None, "text", {"status": "error"}])
def test_an_answer_that_is_no_object_is_an_error(body: Any) -> None:
    assert failure(trial(reply(body=body))[1].get, "users/1", PURPOSE).kind == "protocol"


@pytest.mark.parametrize("body", [[], None, {"value": {}}, {"other": []}, {"value": [], "@odata.nextLink": 1}])
def test_an_answer_that_is_no_collection_is_an_error(body: Any) -> None:
    assert failure(trial(reply(body=body))[1].list, "users", PURPOSE).kind == "protocol"


def test_pages_until_the_last_one() -> None:
    pages = [{"value": [number], "@odata.nextLink": f"{ROOT}/v1.0/users?page={number}"} for number in range(3)]
    client, graph = trial(*(reply(body=page) for page in pages), reply(body={"value": [9], "@odata.nextLink": ""}))
    found: list[Any] = graph.list("users", PURPOSE)[0]
    assert found == [0, 1, 2, 9]
    assert [one.url.rpartition("/")[2] for one in client.wire.sent] == [
        "users",
        "users?page=0",
        "users?page=1",
        "users?page=2",
    ]
    assert all(one.headers["Prefer"] == PREFER[1] and one.method == "GET" for one in client.wire.sent)
    for link in (f"{ROOT}/v1.0/users", f"{ROOT}/v1.0/%75sers"):
        error = failure(trial(reply(body={"value": [], "@odata.nextLink": link}))[1].list, "users", PURPOSE)
        assert error.kind == "truncated"
    again = {"value": [1], "@odata.nextLink": f"{ROOT}/v1.0/users?page=1"}
    error = failure(
        trial(reply(body=again), reply(body=again, headers={"request-id": "r-2"}))[1].list, "users", PURPOSE
    )
    assert error.kind == "truncated" and "r-2" in error.problem


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, "truncated"), (410, "truncated"), (501, "truncated"), (403, "forbidden"), (400, "refused")],
)
def test_a_page_that_is_not_served_makes_a_list_incomplete(status: int, kind: str) -> None:
    first = reply(body={"value": [1], "@odata.nextLink": f"{ROOT}/v1.0/users?page=1"})
    error = failure(trial(first, reply(status, {"error": {"code": "X", "message": "m"}}))[1].list, "users", PURPOSE)
    assert error.kind == kind and str(status) in error.problem


def part(name: str, status: int = 200, body: Any = None, **headers: str) -> dict[str, Any]:
    return {"id": name, "status": status, "body": body, "headers": headers}


def batch(*parts: dict[str, Any], **headers: str) -> Any:
    return reply(body={"responses": list(parts)}, headers=headers)


def ended(graph: Graph, path: str = "a", collection: bool = True) -> TenantError:
    """The error of the only read of a batch."""
    error = graph.batch({"a": Read(path, PURPOSE, collection)})["a"].error
    assert error is not None
    return error


PAGE = {"value": [{"id": "1"}]}


def test_a_batch_has_twenty_parts_at_most() -> None:
    reads = {f"read-{number}": Read(f"users/{number}", PURPOSE, collection=False) for number in range(21)}
    names = list(reads)
    client, graph = trial(
        batch(*(part(name, body={"id": name}) for name in reversed(names[:20]))),
        batch(part("read-20", body={"id": "read-20"})),
    )
    assert graph.batch(reads) == {name: ReadResult({"id": name}) for name in names}
    assert list(graph.batch({})) == [] and len(client.wire.sent) == 2
    first, second = (one.parts["json"]["requests"] for one in client.wire.sent)
    assert [one["id"] for one in first] == names[:20] and [one["id"] for one in second] == ["read-20"]
    assert first[3] == {"id": "read-3", "method": "GET", "url": "/users/3", "headers": dict([PREFER])}
    assert all((one.method, one.url) == ("POST", f"{ROOT}/v1.0/$batch") for one in client.wire.sent)


def test_what_of_a_batch_is_repeated() -> None:
    reads = {name: Read(name, Purpose(f"read {name}", "Some.Permission")) for name in ("a", "b", "c")}
    client, graph = trial(
        batch(part("a", body=PAGE), part("b", 429, **{"Retry-After": "7"}), part("c", 503, **{"retry-after": "3"})),
        batch(part("b", body=PAGE), part("c", 404, {"error": {"code": "X", "message": "m"}}, **{"request-id": "r-c"})),
    )
    found = graph.batch(reads)
    assert list(found) == ["a", "b", "c"] and found["a"].value == found["b"].value == PAGE["value"]
    error = found["c"].error
    assert error is not None and error.answer is not None
    assert error.kind == "not_found" and error.answer.request_id == "r-c" and error.tenant == "contoso.com"
    assert str(error).startswith("Could not read c on tenant contoso.com: Microsoft Graph returned 404 X: m")
    assert client.slept == [7.05]  # at least the longest wait that was asked for, and a tenth of half a second more
    assert [one["id"] for one in client.wire.sent[1].parts["json"]["requests"]] == ["b", "c"]


def test_a_batch_that_never_ends_well() -> None:
    client, graph = trial(*(batch(part("a", 504)) for _number in range(6)))
    error = ended(graph)
    assert error.kind == "unavailable" and len(client.wire.sent) == 6 and len(client.slept) == 5
    # Temporary refusals are retried as long as there is time.
    client, graph = trial(*(batch(part("a", 429)) for _number in range(12)), batch(part("a", body=PAGE)))
    assert graph.batch({"a": Read("a", PURPOSE)})["a"].value == PAGE["value"] and len(client.slept) == 12
    client, graph = trial(*(batch(part("a", 429)) for _number in range(99)))  # until the task times out
    error = failure(graph.batch, {"a": Read("a", PURPOSE)})
    assert error.kind == "throttled" and f"after {len(client.wire.sent)} attempts" in error.problem
    assert len(client.wire.sent) == len(client.slept) + 1 > 8
    client, graph = trial(batch(part("a", 429, **{"Retry-After": "999"})))
    error = failure(graph.batch, {"a": Read("a", PURPOSE)})
    assert (
        error.kind == "throttled" and "Microsoft Graph refused parts of a batch and asks to wait 999 s" in error.problem
    )
    client, graph = trial(batch(part("a", 503, **{"Retry-After": "999"})))
    assert failure(graph.batch, {"a": Read("a", PURPOSE)}).kind == "timeout"


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [part("b")],
        [part("a"), part("a")],
        [part("a"), part("b")],
        [{"id": "a"}],
        [{"id": "a", "status": "x"}],
        ["a"],
    ],
)
def test_the_answers_of_a_batch_are_those_of_its_requests(parts: list[Any]) -> None:
    error = failure(trial(batch(*parts))[1].batch, {"a": Read("a", PURPOSE)})
    assert error.kind == "protocol"


def test_how_a_part_fails() -> None:
    refused = {"error": {"code": "Forbidden", "message": "no", "innerError": {"request-id": "inner"}}}
    error = ended(trial(batch(part("a", 403, refused), **{"request-id": "envelope"}))[1])
    assert error.answer is not None
    assert error.kind == "forbidden" and error.answer.request_id == "inner" and "Some.Permission" in error.next_step
    error = ended(trial(batch(part("a", 400, {"error": {"code": "X"}}), **{"request-id": "envelope"}))[1])
    assert error.answer is not None
    assert error.kind == "refused" and error.answer.request_id == "envelope" and not error.next_step
    for body in (None, {"other": 1}):
        assert ended(trial(batch(part("a", body=body)))[1]).kind == "protocol"
    assert ended(trial(batch(part("a", body=[])))[1], collection=False).kind == "protocol"
    # An empty body is an empty collection only where Intune was seen to say so.
    for path, empty in (("deviceManagement/x", True), ("deviceAppManagement/x", True), ("users", False)):
        found = trial(batch(part("a", 200)))[1].batch({"a": Read(path, PURPOSE)})["a"]
        assert (found == ReadResult([])) is empty
        _client, graph = trial(reply(200))
        if empty:
            assert graph.list(path, PURPOSE)[0] == []
        else:
            assert failure(graph.list, path, PURPOSE).kind == "protocol"
    assert ended(trial(batch(part("a", 202)))[1], "deviceManagement/x").kind == "protocol"


def test_a_removal_asks_whether_it_is_there() -> None:
    nothing = {"error": {"code": "ResourceNotFound", "message": "m"}}
    client, graph = trial(reply(404, nothing), reply(404, nothing))
    graph.delete("users/1", PURPOSE)
    assert [(one.method, one.url) for one in client.wire.sent] == [
        ("DELETE", f"{ROOT}/v1.0/users/1"),
        ("GET", f"{ROOT}/v1.0/users/1"),
    ]
    client, graph = trial(reply(404, nothing), reply(403, nothing))
    assert failure(graph.delete, "users/1", PURPOSE).kind == "forbidden"
    client, graph = trial(reply(404, nothing), reply(body={"id": "1"}), reply(204))
    graph.delete("users/1", PURPOSE)
    assert len(client.wire.sent) == 3 and len(client.slept) == 1


def test_a_file_comes_from_a_host_that_does_not_see_the_token() -> None:
    there = {"Location": "https://files.example/report?sig=1"}
    client, graph = trial(reply(302, headers=there), reply(200, b"a,b"))
    assert graph.download("reports/x", PURPOSE) == b"a,b"
    first, second = client.wire.sent
    assert (first.url, second.url) == (f"{ROOT}/v1.0/reports/x", there["Location"])
    assert "Authorization" in first.headers and "Authorization" not in second.headers
    for status, headers, kind in (
        (302, {}, "protocol"),
        (302, {"Location": "http://files.example/x"}, "protocol"),
        (302, {"Location": "https:///x"}, "protocol"),
        (302, {"Location": "https://[x"}, "protocol"),
        (200, there, "protocol"),
        (403, {}, "forbidden"),
        (404, there, "protocol"),
    ):
        client, graph = trial(reply(status, b"", headers))
        assert failure(graph.download, "reports/x", PURPOSE).kind == kind
        assert len(client.wire.sent) == 1
