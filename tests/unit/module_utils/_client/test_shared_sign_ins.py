# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks share of their sign-ins never harms another task: no wrong document, no refused token, no storm."""

from __future__ import annotations

import base64
import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client import auth
from ansible_collections.intune.exchange.plugins.module_utils._client.service_token import ServiceToken
from ansible_collections.intune.exchange.plugins.module_utils._client.token_memory import Token, TokenMemory
from ansible_collections.intune.exchange.plugins.module_utils._core.redaction import Redactor
from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant, open_tenant
from ansible_collections.intune.exchange.plugins.modules import connector_info
from ansible_collections.intune.exchange.plugins.plugin_utils._shared_tokens import SharedTokens
from simulator import Simulator

from ..conftest import DEFAULTS, Clock

Info = Callable[..., dict[str, Any]]


@pytest.fixture(params=[TokenMemory, SharedTokens])
def memory(request: pytest.FixtureRequest) -> TokenMemory:
    shared: TokenMemory = request.param()
    return shared


@pytest.fixture
def info(simulator: Simulator, clock: Clock, memory: TokenMemory) -> Info:
    """Runs `connector_info` as one of the tasks that share the memory."""

    def run(method: str = "client_secret", tell: Any = None, **options: Any) -> dict[str, Any]:
        params = {**DEFAULTS, **simulator.options("ready", method), **options}
        more = {"tell": tell, "memory": memory, **clock.options}
        return engine.run_declaration(connector_info.DECLARATION, params, False, **more)

    return run


def requests(simulator: Simulator) -> Counter[str]:
    return Counter(one["operation"] for one in simulator.requests())


# With these, msal gets no further, the address is refused, and there is nothing.
WRONG: dict[str, Any] = {
    "no document": {"status": "maintenance"},
    "another host": {"token_endpoint": "https://foreign.example.invalid/a/token"},
    "nothing there": {"token_endpoint": "{root}/a/nothing"},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_discovery_document_ends_with_its_task(simulator: Simulator, info: Info, wrong: dict[str, str]) -> None:
    root = simulator.options("ready")["authority_url"]
    body = {name: value.format(root=root) for name, value in wrong.items()}
    if "token_endpoint" in body:
        body["authorization_endpoint"] = body["token_endpoint"]
    simulator.fault(match="openid-configuration", kind="status", status=200, body=body)
    assert info()["error"]["kind"] in ("sign_in", "protocol")
    assert not info().get("failed") and not info().get("failed")
    assert requests(simulator)["openid-configuration"] == 2


def test_a_shared_document_that_is_wrong_by_now_is_read_anew(
    simulator: Simulator, info: Info, memory: TokenMemory
) -> None:
    options = simulator.options("ready")
    root = f"{options['authority_url']}/{options['tenant_id']}"
    moved = {"token_endpoint": f"{root}/moved/token", "authorization_endpoint": f"{root}/moved"}
    memory.put_document(f"{root}/v2.0/.well-known/openid-configuration", json.dumps(moved))
    assert info()["error"]["kind"] == "sign_in" and requests(simulator)["openid-configuration"] == 0
    assert not info().get("failed") and requests(simulator)["openid-configuration"] == 1


def test_a_shared_document_without_what_a_method_needs_is_read_anew(
    simulator: Simulator, info: Info, memory: TokenMemory
) -> None:
    options = simulator.options("ready")
    root = f"{options['authority_url']}/{options['tenant_id']}"
    part = {f"{name}_endpoint": f"{root}/oauth2/v2.0/{name}" for name in ("token", "authorization")}
    memory.put_document(f"{root}/v2.0/.well-known/openid-configuration", json.dumps(part))
    assert "device authorization endpoint" in info("device_code", print)["msg"]
    assert not info("device_code", print).get("failed") and requests(simulator)["openid-configuration"] == 1


def test_an_answer_that_is_none_of_a_token_endpoint_ends_its_document(simulator: Simulator, info: Info) -> None:
    simulator.fault(match="token", kind="status", status=200, body={"status": "maintenance"})
    assert info()["error"]["kind"] == "sign_in"
    assert not info().get("failed") and requests(simulator)["openid-configuration"] == 2


def test_a_document_stays_where_entra_refuses_or_does_not_answer(simulator: Simulator, info: Info) -> None:
    assert info(client_secret="a-wrong-secret-canary")["error"]["kind"] == "sign_in"
    simulator.fault(match="token", kind="status", status=503, count=99)
    assert info(timeout=10).get("failed")
    simulator.clear_faults()
    assert not info().get("failed") and requests(simulator)["openid-configuration"] == 1


# Intune answers like this without a licence, or where the application lacks a right.
DENIED = {"match": "deviceManagement.ListExchangeConnectors", "kind": "status", "status": 401, "count": 99}
CLAIMS = json.dumps({"access_token": {"nbf": {"essential": True, "value": "1604106651"}}})
CHALLENGE = {"WWW-Authenticate": f'Bearer claims="{base64.b64encode(CLAIMS.encode()).decode()}"'}


def test_a_service_that_refuses_every_token_gets_one_new_token_of_each_task(simulator: Simulator, info: Info) -> None:
    simulator.fault(**DENIED)
    assert [info()["error"]["status"] for _task in range(4)] == [401] * 4
    assert requests(simulator)["token"] == 1 + 4  # the first one began without a token


def test_nobody_is_asked_for_a_code_again_because_of_a_refused_token(simulator: Simulator, info: Info) -> None:
    told: list[str] = []
    simulator.fault(**DENIED)
    assert [info("device_code", told.append)["error"]["status"] for _task in range(4)] == [401] * 4
    assert len(told) == 1
    simulator.clear_faults()
    simulator.fault(match="graph", kind="status", status=401, headers=CHALLENGE)
    assert not info("device_code", told.append).get("failed") and len(told) == 2


@pytest.fixture
def opened(simulator: Simulator, clock: Clock, memory: TokenMemory) -> Callable[[], Tenant]:
    """Opens the tenant for one of the tasks that share the memory."""
    params = {**DEFAULTS, **simulator.options("ready")}
    return lambda: open_tenant(params, Redactor(), lambda line: None, None, memory, **clock.options)


def test_a_task_with_many_requests_gets_one_new_token(simulator: Simulator, opened: Callable[[], Tenant]) -> None:
    opened().tokens.bearer("graph")
    tokens = opened().tokens
    for _request in range(5):
        tokens.refused("graph", tokens.bearer("graph"))
    assert requests(simulator)["token"] == 2


def test_a_token_as_new_as_any_stays_for_other_tasks(simulator: Simulator, opened: Callable[[], Tenant]) -> None:
    task, other = opened().tokens, opened().tokens
    new = task.bearer("graph")
    task.refused("graph", new)
    assert other.bearer("graph") == new != task.bearer("graph") and requests(simulator)["token"] == 2


def test_tasks_at_the_same_time_get_one_new_token(simulator: Simulator, opened: Callable[[], Tenant]) -> None:
    """Only one of them signed in for it, and none of the others drops it again."""
    tasks = [opened().tokens for _task in range(4)]
    revoked = {one.bearer("graph") for one in tasks}
    for _attempt in range(2):
        for one in tasks:
            one.refused("graph", one.bearer("graph"))
    renewed = {one.bearer("graph") for one in tasks}
    assert len(revoked) == len(renewed) == 1 and not revoked & renewed and requests(simulator)["token"] == 2


def test_tasks_that_are_denied_a_right_at_the_same_time_get_one_new_token(
    simulator: Simulator, opened: Callable[[], Tenant]
) -> None:
    opened().tokens.bearer("graph")
    tasks = [opened().tokens for _task in range(4)]
    [_old] = {one.bearer("graph") for one in tasks}
    assert [one.renew("graph", one.bearer("graph")) for one in tasks] == [True] * 4
    assert [one.renew("graph", one.bearer("graph")) for one in tasks] == [False] * 4
    assert requests(simulator)["token"] == 2


@pytest.fixture
def claims_of_sign_ins(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    asked: list[str | None] = []
    method = auth._METHODS["client_secret"]

    def spy(tokens: auth.Tokens, scope: str, fresh: bool, challenge: str | None) -> dict[str, Any]:
        asked.append(challenge)
        return method(tokens, scope, fresh, challenge)

    monkeypatch.setitem(auth._METHODS, "client_secret", spy)
    return asked


def test_a_claims_challenge_is_not_answered_with_the_token_of_another_task(
    opened: Callable[[], Tenant], claims_of_sign_ins: list[str | None]
) -> None:
    task, other = opened().tokens, opened().tokens
    challenged = task.bearer("graph")
    task.refused("graph", challenged, CLAIMS)
    assert other.bearer("graph") != challenged  # it signs in first, and without the claims
    answered = task.bearer("graph")
    assert answered not in (challenged, other.bearer("graph")) and claims_of_sign_ins == [None, None, CLAIMS]
    assert opened().tokens.bearer("graph") == answered
    task.refused("graph", answered, CLAIMS)  # the service does not accept what it demanded
    assert task.bearer("graph") == answered


def test_a_claims_challenge_is_not_lost_between_threads(
    opened: Callable[[], Tenant], claims_of_sign_ins: list[str | None]
) -> None:
    """The answers to requests with one token come in any order."""
    for before in (False, True):
        tokens = opened().tokens
        old = tokens.bearer("graph")
        tokens.refused("graph", old)
        if before:
            tokens.bearer("graph")
        tokens.refused("graph", old, CLAIMS)
        assert tokens.bearer("graph") != old and claims_of_sign_ins[-1] == CLAIMS
        known = len(claims_of_sign_ins)
        tokens.refused("graph", old, CLAIMS)
        tokens.bearer("graph")
        assert len(claims_of_sign_ins) == known


def test_a_challenge_outlives_a_sign_in_that_failed(
    simulator: Simulator, opened: Callable[[], Tenant], claims_of_sign_ins: list[str | None]
) -> None:
    tokens = opened().tokens
    tokens.refused("graph", tokens.bearer("graph"), CLAIMS)
    simulator.fault(match="token", kind="status", status=400, body={"error": "a", "error_description": "b"})
    with pytest.raises(auth.TenantError):
        tokens.bearer("graph")
    tokens.bearer("graph")
    assert claims_of_sign_ins == [None, CLAIMS, CLAIMS]


@pytest.mark.parametrize("by_person", [False, True])
def test_an_expired_token_is_always_replaced(by_person: bool) -> None:
    """A task may last longer than its tokens."""
    held = ServiceToken(by_person, own=True)
    for number in range(3):
        held.take(Token(f"token-{number}", time.time() + 3600))
        assert not held.helps_after_refusal(f"token-{number}", "") or (number == 0 and not by_person)
        held.take(Token(f"token-{number}", time.time() - 1))
        assert held.helps_after_refusal(f"token-{number}", "")
        held.let_go(f"token-{number}")


def test_a_denial_and_a_refusal_each_allow_a_new_token() -> None:
    held = ServiceToken()
    held.take(Token("shared", time.time() + 3600))
    assert held.helps_after_denial() and held.let_go() == "shared"
    held.own = True
    held.take(Token("with more rights", time.time() + 3600))
    assert not held.helps_after_denial() and held.helps_after_refusal("with more rights", "")
    held.let_go("with more rights")
    held.take(Token("new", time.time() + 3600))
    assert not held.helps_after_refusal("new", "")


def test_a_token_that_nobody_refused_stays_for_other_tasks() -> None:
    """The refusal of the one before it comes late, with claims that it may not have."""
    held = ServiceToken()
    held.take(Token("before", time.time() + 3600))
    assert held.let_go("before") == "before"
    held.take(Token("now", time.time() + 3600))
    assert held.helps_after_refusal("before", CLAIMS) and held.let_go("before", CLAIMS) == ""
    assert held.challenge == CLAIMS and held.token is None


def test_claims_that_were_demanded_are_those_of_the_next_token_alone() -> None:
    held = ServiceToken()
    held.take(Token("before", time.time() + 3600))
    assert held.helps_after_refusal("before", CLAIMS)
    held.let_go("before", CLAIMS)
    held.take(Token("with the claims", time.time() + 3600))
    assert held.claims == CLAIMS and not held.challenge
    assert held.accepts(Token("of another task", time.time() + 3600))
    assert not held.helps_after_refusal("with the claims", CLAIMS)  # it had them
    assert not held.helps_after_refusal("with the claims", "")
