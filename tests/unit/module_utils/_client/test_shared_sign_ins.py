# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks share of their sign-ins never harms another task: no wrong document, no refused token, no storm."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.token_cache import TokenMemory
from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
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
