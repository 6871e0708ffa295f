# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions and roles granted after a token was issued are only in newer ones: a request that is denied with
a token of an earlier task is repeated once with a new one, and no other request is.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Graph, Read
from ansible_collections.intune.exchange.plugins.module_utils._client.token_memory import Token
from ansible_collections.intune.exchange.plugins.module_utils._core.retry import Operation
from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.module_utils._http.claims import claims
from ansible_collections.intune.exchange.plugins.module_utils._http.service import Bearer
from ansible_collections.intune.exchange.plugins.modules import access_check_info, connector_info, requirements_info
from simulator import Simulator

from .._http.test_http_rules import ROOT, Trial, reply
from ..conftest import DEFAULTS, Clock
from .test_graph_rules import PURPOSE, batch, part

FORBIDDEN = {"error": {"code": "Forbidden", "message": "no"}}


def trial(*answers: Any, tokens: int = 2) -> Trial:
    """A client with this many tokens: the first one is from an earlier task."""
    current = ["token-1"]

    def renew(token: str) -> bool:
        assert token == current[0]
        newer = len(current) < tokens
        current.insert(0, f"token-{len(current) + 1}") if newer else None
        return newer

    return Trial(*answers, bearer=Bearer(lambda: current[0], lambda token, claims: None, renew))


def used(client: Trial) -> list[str]:
    return [one.headers["Authorization"].removeprefix("Bearer ") for one in client.wire.sent]


@pytest.mark.parametrize("operation", list(Operation))
def test_what_is_denied_to_an_old_token_is_asked_for_once_more(operation: Operation) -> None:
    client = trial(reply(403, FORBIDDEN), reply(200, {}))
    assert client.send(operation, "POST").status == 200
    assert used(client) == ["token-1", "token-2"] and not client.slept


def test_what_is_denied_twice_is_denied() -> None:
    client = trial(reply(403, FORBIDDEN), reply(403, FORBIDDEN), tokens=9)
    assert client.failure().kind == "forbidden" and used(client) == ["token-1", "token-2"]
    client = trial(reply(403, FORBIDDEN), tokens=1)
    assert client.failure().kind == "forbidden" and used(client) == ["token-1"]


def test_a_batch_asks_once_more_as_well() -> None:
    reads = {"a": Read("a", PURPOSE, collection=False), "b": Read("b", PURPOSE, collection=False)}
    found = {"id": "1"}
    denied, allowed = part("a", 403, FORBIDDEN), part("a", 200, found)
    client = trial(batch(denied, part("b", 200, found)), batch(allowed))
    result = Graph(client.http, ROOT, client.service.bearer or Bearer(str, print)).batch(reads)
    assert [result[name].value for name in reads] == [found, found]
    assert used(client) == ["token-1", "token-2"]
    client = trial(batch(denied, part("b", 200, found)), batch(part("a", 403, FORBIDDEN)), tokens=9)
    result = Graph(client.http, ROOT, client.service.bearer or Bearer(str, print)).batch(reads)
    assert result["a"].error is not None and result["a"].error.kind == "forbidden"
    assert result["b"].value == found and used(client) == ["token-1", "token-2"]


def test_a_batch_says_which_token_was_refused() -> None:
    """The one that it was sent with, which the whole batch may just have received; and nothing about a newer one."""
    refused: list[str] = []
    tokens = iter(["token-1", "token-2", "token-3", "token-4"])
    current = [next(tokens)]

    def refuse(token: str, challenge: str) -> None:
        refused.append(token)
        if token == current[0]:
            current[0] = next(tokens)

    bearer = Bearer(lambda: current[0], refuse, lambda token: False)
    expired, found = part("a", 401, {"error": {"code": "InvalidAuthenticationToken", "message": "no"}}), {"id": "1"}
    client = Trial(reply(401), batch(expired), batch(part("a", 200, found)), bearer=bearer)
    answered = client.wire.send

    def send(*arguments: Any) -> Any:
        answer = answered(*arguments)
        if len(client.wire.sent) == 2:
            current[0] = next(tokens)  # another thread renewed it meanwhile
        return answer

    client.wire.send = send  # type: ignore[method-assign,assignment]
    result = Graph(client.http, ROOT, bearer).batch({"a": Read("a", PURPOSE, collection=False)})
    assert result["a"].value == found and refused == ["token-1", "token-2"]
    assert used(client) == ["token-1", "token-2", "token-3"]


def test_only_the_token_of_an_earlier_task_is_renewed(simulator: Simulator, clock: Clock) -> None:
    params = {**DEFAULTS, **simulator.options("ready")}
    memory: dict[str, Token] = {}

    def run() -> dict[str, Any]:
        return engine.run_declaration(connector_info.DECLARATION, params, False, memory=memory, **clock.options)

    simulator.fault(match="graph", kind="status", status=403)
    assert run()["error"]["kind"] == "forbidden"  # its own token is as new as any
    simulator.fault(match="graph", kind="status", status=403)
    assert not run().get("failed")
    simulator.fault(match="graph", kind="status", status=403, count=2)
    assert run()["error"]["kind"] == "forbidden"
    counted = Counter(one["operation"] for one in simulator.requests())
    assert counted["token"] == 3 and counted["deviceManagement.ListExchangeConnectors"] == 5


def test_nobody_enters_a_code_once_more(simulator: Simulator, clock: Clock) -> None:
    params, told = {**DEFAULTS, **simulator.options("ready", "device_code")}, []  # type: ignore[var-annotated]
    more = {"tell": told.append, "memory": {}, **clock.options}
    results: list[dict[str, Any]] = []
    for _task in range(3):
        if len(results) == 2:
            simulator.fault(match="graph", kind="status", status=403)
        results.append(engine.run_declaration(connector_info.DECLARATION, params, False, **more))
    assert [bool(one.get("failed")) for one in results] == [False, False, True], results
    assert len(told) == 1


def test_a_permission_that_was_granted_since_is_no_shortfall(simulator: Simulator, clock: Clock) -> None:
    params = {**DEFAULTS, **simulator.options("ready"), "account": None, "directory_sync": "auto"}
    memory: dict[str, Token] = {}

    def status() -> str:
        result = engine.run_declaration(requirements_info.DECLARATION, params, False, memory=memory, **clock.options)
        return next(str(one["status"]) for one in result["requirements"] if one["id"] == "api_permissions")

    assert status() == "met"
    [graph] = [key for key, one in memory.items() if "Organization.Read.All" in claims(one.text).get("roles", [])]
    # As if it had been issued before the grant.
    memory[graph] = Token(simulator.token("graph", "ready", application="restricted"), memory[graph].expires)
    assert status() == "met"
    assert "Organization.Read.All" in claims(memory[graph].text)["roles"]


def test_a_check_is_judged_by_the_token_that_was_refused(simulator: Simulator, clock: Clock) -> None:
    """Another check may have renewed the token in which a permission was missing."""
    params = {**DEFAULTS, **simulator.options("ready"), "new_token": False}
    memory: dict[str, Token] = {}

    def run() -> dict[str, Any]:
        return engine.run_declaration(access_check_info.DECLARATION, params, False, memory=memory, **clock.options)

    granted = run()["microsoft_graph"]
    [graph] = [key for key, one in memory.items() if "Organization.Read.All" in claims(one.text).get("roles", [])]
    memory[graph] = Token(simulator.token("graph", "ready", application="restricted"), memory[graph].expires)
    simulator.fault(match="deviceManagement.ListExchangeConnectors", kind="status", status=403, body=FORBIDDEN, count=2)
    result = run()
    [connectors] = [one for one in result["checks"] if one["id"] == "intune_connectors"]
    assert (connectors["status"], connectors["command"]) == ("unknown", "")
    assert "already holds DeviceManagementServiceConfig.Read.All" in connectors["next_step"]
    assert result["microsoft_graph"] == granted


def test_what_a_token_permits_stays_known_if_nobody_can_sign_in_again(
    run: Any, simulator: Simulator, tmp_path: Path
) -> None:
    """As where a client secret expired since: a refused check asks for a newer token."""
    kept = {"token_cache": str(tmp_path / "tokens")}
    known = ("tenant_id", "microsoft_graph", "office_365_exchange_online")
    before = run(access_check_info, **kept)
    assert all(before[name] for name in known)
    expired = {"error": "invalid_client", "error_description": "AADSTS7000222: The provided secret expired."}
    simulator.fault(match="token", kind="status", status=401, body=expired, count=99)
    after = run(access_check_info, **kept)
    unknown = {one["id"]: one["evidence"] for one in after["checks"] if one["status"] == "unknown"}
    assert set(unknown) == {"conditional_access"} and "AADSTS7000222" in unknown["conditional_access"]
    assert {name: after[name] for name in known} == {name: before[name] for name in known}
