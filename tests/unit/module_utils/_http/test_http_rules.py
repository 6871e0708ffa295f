# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content, time limits and failure message of one request: without a network, response by response."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import ErrorResponse, Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.retry import Deadline, Operation, Outcome
from ansible_collections.intune.exchange.plugins.module_utils._http.http import Http
from ansible_collections.intune.exchange.plugins.module_utils._http.origins import follow
from ansible_collections.intune.exchange.plugins.module_utils._http.service import Bearer, Request, Service
from ansible_collections.intune.exchange.plugins.module_utils._http.transport import RequestFailed

PURPOSE = Purpose("try it", "Some.Permission")
ROOT = "https://graph.example"


def reply(status: int = 200, body: Any = None, headers: Mapping[str, str] | None = None, missing: int = 0) -> Any:
    """A response from the transport; this many announced bytes of its body never come."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    stream = io.BytesIO(content)
    raw = SimpleNamespace(
        read1=lambda size, decode_content: stream.read(size), length_remaining=missing, headers={}, chunked=False
    )
    return SimpleNamespace(status_code=status, headers=dict(headers or {}), raw=raw, close=lambda: None)


@dataclass
class ScriptedServer:
    """Replaces the transport: the requests, and their responses."""

    replies: list[Any]
    sent: list[Any] = field(default_factory=list)
    new_connections: int = 0

    def prepare(self, method: str, url: str, **parts: Any) -> Any:
        return SimpleNamespace(method=method, url=url, headers=parts.pop("headers"), parts=parts)

    def send(self, prepared: Any, limit: Any, proxied: bool) -> Any:
        read = limit.seconds()
        limit.connecting = True
        self.sent.append(SimpleNamespace(**vars(prepared), connect=limit.seconds(), read=read, proxied=proxied))
        limit.connecting = False
        one = self.replies.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    def reconnect(self) -> None:
        self.new_connections += 1


@dataclass
class Tokens:
    """Returns token 1, token 2 and so on; a refused token is replaced."""

    refused: list[str] = field(default_factory=list)

    def bearer(self) -> Bearer:
        return Bearer(lambda: f"token-{len(self.refused) + 1}", lambda token, claims: self.refused.append(token))


class Trial:
    """A client whose clock advances only while it sleeps."""

    def __init__(self, *replies: Any, timeout: float = 300, **service: Any) -> None:
        self.slept: list[float] = []
        self.lines: list[str] = []
        self.http = Http(
            "contoso.com",
            timeout,
            clock=lambda: sum(self.slept),
            sleep=self.slept.append,
            random=lambda: 0.5,
            trace=self.lines.append,
        )
        self.wire = ScriptedServer(list(replies))
        self.http._transport = self.wire  # type: ignore[assignment]
        self.tokens = Tokens()
        self.service = Service("Graph", ROOT, **{"bearer": self.tokens.bearer(), **service})

    def send(self, operation: Operation = Operation.READ, method: str = "GET", path: str = "x", **more: Any) -> Any:
        return self.http.send(self.service, Request(operation, method, path, PURPOSE, **more))

    def failure(self, operation: Operation = Operation.READ, **more: Any) -> TenantError:
        with pytest.raises(TenantError) as caught:
            self.send(operation, **more)
        return caught.value


def test_what_is_sent() -> None:
    trial = Trial(reply(), reply())
    trial.send(
        Operation.IDEMPOTENT,
        "PATCH",
        "/users/1",
        body={"a": 1},
        form={"b": "2"},
        query={"c": "3"},
        headers={"X-D": "4"},
    )
    trial.send(path=f"{ROOT}/whole?link=1")
    first, second = trial.wire.sent
    assert (first.method, first.url) == ("PATCH", f"{ROOT}/users/1")
    assert first.parts == {"json": {"a": 1}, "data": {"b": "2"}, "params": {"c": "3"}}
    assert first.headers["X-D"] == "4" and first.headers["Accept"] == "application/json"
    assert first.headers["Authorization"] == "Bearer token-1" and first.proxied is True
    assert second.url == f"{ROOT}/whole?link=1" and second.parts == {"json": None, "data": None, "params": None}
    assert len({one.headers["client-request-id"] for one in (first, second)}) == 2
    without = Trial(reply(), bearer=None, proxied=False)
    without.send()
    assert "Authorization" not in without.wire.sent[0].headers and without.wire.sent[0].proxied is False


@pytest.mark.parametrize(
    ("operation", "replies", "may_have_changed"),
    [
        (Operation.IDEMPOTENT, [reply()], True),
        (Operation.CREATE, [reply(500)], True),
        (Operation.CREATE, [reply(body={}, missing=7)], True),
        (Operation.CREATE, [reply(409, {"error": {"code": "x"}})], False),
        (Operation.CREATE, [reply(403), reply(403)], False),
        (Operation.READ, [reply()], False),
    ],
)
def test_whether_a_task_may_have_changed_something(
    operation: Operation, replies: list[Any], may_have_changed: bool
) -> None:
    """Graph, "Handle errors": a 4xx was not processed, a 5xx and a response that breaks off may have been."""
    trial = Trial(*replies)
    assert trial.http.writes == 0
    with suppress(TenantError):
        trial.send(operation)
    assert bool(trial.http.writes) is may_have_changed
    sign_in = Trial(reply(), bearer=None)
    sign_in.send(Operation.IDEMPOTENT)
    assert sign_in.http.writes == 0


def test_how_long_it_may_take() -> None:
    """15 s to connect; the service's limit for bytes; a write leaves time to look for its effects."""
    for timeout, operation, connect, read in (
        (300, Operation.READ, 15, 100),
        (300, Operation.CREATE, 15, 100),
        (50, Operation.READ, 15, 50),
        (50, Operation.CREATE, 15, 30),
        (50, Operation.ACTION, 15, 30),
        (50, Operation.IDEMPOTENT, 15, 30),
        (10, Operation.READ, 10, 10),
    ):
        trial = Trial(reply(), timeout=timeout)
        trial.send(operation)
        assert (trial.wire.sent[0].connect, trial.wire.sent[0].read) == (connect, read)


def test_nothing_is_sent_when_the_time_is_over() -> None:
    trial = Trial(reply(), timeout=60)
    trial.http.deadline = Deadline(60, lambda: 0.0)
    trial.http.deadline.extend(-60)
    error = trial.failure()
    assert error.kind == "timeout" and str(error).startswith("Could not try it on tenant contoso.com: ")
    assert trial.wire.sent == []


def test_a_refused_token_is_replaced_once() -> None:
    trial = Trial(reply(401), reply(body={"a": 1}))
    assert trial.send(Operation.CREATE).json == {"a": 1}
    assert [one.headers["Authorization"] for one in trial.wire.sent] == ["Bearer token-1", "Bearer token-2"]
    assert trial.tokens.refused == ["token-1"] and trial.slept == []
    trial = Trial(reply(401), reply(401), reply())
    error = trial.failure()
    assert error.kind == "sign_in" and error.answer and error.answer.status == 401 and error.next_step
    assert trial.tokens.refused == ["token-1", "token-2"] and len(trial.wire.sent) == 2
    without = Trial(reply(401), bearer=None)
    assert without.failure().kind == "sign_in" and len(without.wire.sent) == 1


def test_what_is_known_of_the_last_answer() -> None:
    trial = Trial(
        reply(503, headers={"request-id": "one"}),
        reply(403, {"text": "no"}, {"request-id": "two", "client-request-id": "mine"}),
        explain=lambda response: ("Code", f"said {response.status}", "in the body"),
    )
    assert not trial.http.last
    error = trial.failure()
    assert error.answer == trial.http.last == ErrorResponse("Graph", 403, "Code", "said 403", "two", "mine")
    assert error.kind == "forbidden" and "Some.Permission" in error.next_step and error.tenant == "contoso.com"
    assert trial.wire.new_connections == 1
    trial = Trial(reply(409), explain=lambda response: ("Code", "said", "in the body"))
    answer = trial.failure().answer
    assert answer and answer.request_id == "in the body"
    assert answer.client_request_id == trial.wire.sent[0].headers["client-request-id"]


def test_a_refusal_may_be_looked_at() -> None:
    trial = Trial(reply(404, {"a": 1}))
    found = trial.http.fetch(trial.service, Request(Operation.READ, "GET", "x", PURPOSE))
    assert (found.status, found.json) == (404, {"a": 1})
    assert found.client_request_id == trial.wire.sent[0].headers["client-request-id"]


def test_what_a_service_calls_refused_is_refused_whatever_the_status() -> None:
    trial = Trial(reply(200, {"error": 1}), classify=lambda response: Outcome.FINAL)
    assert trial.failure().kind == "refused"


BROKEN = {"body": b"[", "missing": 3}
GONE = (Outcome.UNKNOWN, "network", "gone")


@pytest.mark.parametrize(
    ("operation", "answer", "kind", "sent"),
    [
        (Operation.CREATE, {"status": 500}, "outcome_unknown", 1),
        (Operation.ACTION, {"status": 504}, "outcome_unknown", 1),
        (Operation.CREATE, GONE, "outcome_unknown", 1),
        (Operation.CREATE, (Outcome.FINAL, "tls", "no trust"), "tls", 1),
        (Operation.CREATE, {"status": 400}, "refused", 1),
        (Operation.CREATE, {"status": 403}, "forbidden", 1),
        (Operation.CREATE, BROKEN, "outcome_unknown", 1),
        (Operation.CREATE, {"body": b"no json"}, "outcome_unknown", 1),
        (Operation.ACTION, {"status": 403, **BROKEN}, "protocol", 1),
        (Operation.CREATE, (Outcome.NOT_SENT, "network", "no way"), "network", 3),
        (Operation.READ, {"status": 500}, "unavailable", 6),
        (Operation.IDEMPOTENT, {"status": 500}, "unavailable", 6),
        (Operation.READ, GONE, "network", 6),
        (Operation.READ, BROKEN, "protocol", 3),
        (Operation.READ, {"body": b"no json"}, "protocol", 3),
    ],
)
def test_what_a_failure_is_called(operation: Operation, answer: Any, kind: str, sent: int) -> None:
    trial = Trial(
        *(RequestFailed(*answer) if isinstance(answer, tuple) else reply(**answer) for _number in range(sent))
    )
    error = trial.failure(operation)
    assert (error.kind, len(trial.wire.sent), len(trial.slept)) == (kind, sent, sent - 1)
    assert str(error).startswith("Could not try it on tenant contoso.com: ") and "None" not in str(error)


@pytest.mark.parametrize("answer", [{"status": 429}, {"status": 429, **BROKEN}])
@pytest.mark.parametrize("operation", [Operation.READ, Operation.CREATE])
def test_what_is_refused_for_now_is_tried_for_as_long_as_the_task_has_time(operation: Operation, answer: Any) -> None:
    trial = Trial(*(reply(**answer) for _number in range(60)))
    error = trial.failure(operation)
    assert error.kind == "throttled" and len(trial.slept) == len(trial.wire.sent) - 1 > 8
    assert 300 - 15 <= sum(trial.slept) <= 300  # the next wait, at most 15 s here, would have been too long


def test_the_reason_of_a_lost_answer_is_told() -> None:
    assert "no trust" in str(Trial(RequestFailed(Outcome.FINAL, "tls", "no trust")).failure())
    error = Trial(reply(200, b"[", {"request-id": "r-9"}, missing=3)).failure(Operation.CREATE)
    assert "3 bytes are missing" in error.problem and "request id r-9" in error.problem and error.answer is None
    trial = Trial(reply(201, b"<html>hello"))
    error = trial.failure(Operation.CREATE)
    assert "201" in error.problem and "<html>hello" in error.problem
    assert trial.wire.sent[0].headers["client-request-id"] in error.problem
    # At sign-in, the text may be a token.
    assert "hello" not in Trial(reply(200, b"<html>hello"), bearer=None).failure(Operation.CREATE).problem


def test_a_body_that_need_not_be_json() -> None:
    assert Trial(reply(200, b"PK\x03\x04")).send(wants_json=False).body == b"PK\x03\x04"
    assert Trial(reply(200, b" \n")).send().json is None
    error = Trial(reply(400, b"<html>no")).failure()
    assert error.kind == "refused" and "<html>no" in error.problem
    assert Trial(reply(299, {"a": 1})).send().json == {"a": 1}


def test_only_503_asks_for_a_new_connection() -> None:
    for status, anew in ((503, 1), (500, 0), (502, 0), (504, 0)):
        trial = Trial(reply(status), reply())
        trial.send()
        assert trial.wire.new_connections == anew


def test_the_rate_limit_is_told_to_who_watches() -> None:
    trial = Trial(reply(headers={"Rate-Limit-Remaining": "5"}), reply())
    trial.send()
    trial.send()
    assert trial.lines == ["Graph rate limit: remaining 5"]


@pytest.mark.parametrize(
    ("status", "headers", "kind", "words"),
    [
        (429, {"Retry-After": "400"}, "throttled", "asks to wait 400 s, but only 300 s of the 300 s"),
        (503, {"Retry-After": "400"}, "timeout", "asks to wait 400 s, but only 300 s of the 300 s"),
    ],
)
def test_a_wait_that_is_too_long(status: int, headers: dict[str, str], kind: str, words: str) -> None:
    trial = Trial(reply(status, headers=headers), explain=lambda response: ("Busy", "come back", ""))
    error = trial.failure()
    assert error.kind == kind and words in error.problem and "Busy: come back" in error.problem
    assert error.answer and error.answer.status == status and trial.slept == []
    assert str(error).startswith("Could not try it on tenant contoso.com: ")


def test_a_wait_of_its_own() -> None:
    trial = Trial()
    trial.http.pause(1, None, PURPOSE)
    trial.http.pause(2, 7.0, PURPOSE)
    assert trial.slept == [0.5, 7.1]  # half of the possible wait, and a tenth of that above the requested wait
    with pytest.raises(TenantError) as caught:
        trial.http.pause(1, 300.0, PURPOSE, service="Microsoft Graph")
    error = caught.value
    assert error.kind == "timeout" and "the service did not answer and asks to wait 300 s" in error.problem
    assert "only 292 s of the 300 s" in error.problem and error.answer is None
    trial.http.deadline.extend(-292.4)
    with pytest.raises(TenantError, match=r"the list was lost, but only 0 s of the 7\.6 s"):
        trial.http.pause(1, None, PURPOSE, problem="the list was lost")
    assert len(trial.slept) == 2


def test_redirects_stay_within_the_service_and_are_kept() -> None:
    there = {"Location": "https://eu.graph.example/x"}
    there = {"Location": "https://eu.graph.example/x"}
    trial = Trial(reply(307, headers=there), reply(body={"a": 1}), reply(), siblings=("graph.example",))
    trial.send(Operation.CREATE, "POST", body={"b": 1}, query={"c": "1"})
    trial.send()
    first, again, later = trial.wire.sent
    assert first.url == f"{ROOT}/x" and again.url == "https://eu.graph.example/x"
    assert again.method == "POST" and again.parts["json"] == {"b": 1} and again.parts["params"] is None
    assert later.url == "https://eu.graph.example/x" and trial.slept == []
    trial = Trial(*(reply(307, headers=there) for _number in range(6)), siblings=("graph.example",))
    error = trial.failure()
    assert error.kind == "protocol" and len(trial.wire.sent) == 6
    assert "a redirect to https://eu.graph.example/x, which is not followed" in error.problem
    for siblings, location in ((None, there), (("graph.example",), {"Location": "https://evil.example/"})):
        trial = Trial(reply(307, headers=location), siblings=siblings)
        assert trial.failure().kind == "protocol" and len(trial.wire.sent) == 1
    error = Trial(reply(302)).failure()
    assert "a redirect without an address" in error.problem
    # A response that is not a redirect keeps the words of the service.
    error = Trial(reply(400, headers=there), explain=lambda response: ("Code", "said", "")).failure()
    assert "Code: said" in error.problem and "redirect" not in error.problem


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("https://eu.graph.example", "https://eu.graph.example/v1.0/users?$top=5"),
        ("https://eu.graph.example/", "https://eu.graph.example/v1.0/users?$top=5"),
        ("https://eu.graph.example/#part", "https://eu.graph.example/v1.0/users?$top=5"),
        ("https://eu.graph.example/?a=1", "https://eu.graph.example/?a=1"),
        ("https://eu.graph.example/beta/users#part", "https://eu.graph.example/beta/users"),
        ("/v1.0/groups", "https://graph.example/v1.0/groups"),
        ("groups?x=1", "https://graph.example/v1.0/groups?x=1"),
        ("", ""),
        ("https://[", ""),
        ("https://evil.example/", ""),
        ("http://eu.graph.example/", ""),
    ],
)
def test_where_a_redirect_leads(location: str, leads_to: str) -> None:
    """As RFC 9110, section 10.2.2, resolves it; one that names only a host means the same path there."""
    sent = "https://graph.example/v1.0/users?$top=5"
    assert follow("https://graph.example", ("graph.example",), sent, location) == leads_to
