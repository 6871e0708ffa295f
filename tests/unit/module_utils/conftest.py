# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine over real HTTPS, against simulated tenants, with a clock on which waiting takes no time."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._client.token_memory import Token
from ansible_collections.intune.exchange.plugins.module_utils._core.connection import CONNECTION_SPEC
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose
from ansible_collections.intune.exchange.plugins.module_utils._core.redaction import Redactor
from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant, open_tenant
from ansible_collections.intune.exchange.plugins.module_utils._http.transport import Connections
from simulator import Simulator

TENANTS: list[str | Path] = [path.stem for path in (Path(__file__).parents[3] / "simulator" / "tenants").glob("*.yml")]
DEFAULTS = {option: spec.get("default") for option, spec in CONNECTION_SPEC.items()}

_CONNECTIONS = Connections()
_SIGN_INS: dict[str, Token] = {}


def shared(simulator: Simulator, tenant: str) -> dict[str, Any]:
    """State that tests share if it makes no difference, since a task takes three times as long without.

    With an active fault, each task opens its own connections, and signs in; if the tenant was changed, it signs in.
    Tests of connections and sign-ins do not use this: those of _client, and the conformance tests.
    """
    if not simulator.is_calm():
        return {}
    at_its_start = {"memory": _SIGN_INS} if simulator.is_at_its_start(tenant) else {}
    return {"connections": _CONNECTIONS, **at_its_start}


@pytest.fixture
def sharing(request: pytest.FixtureRequest) -> Callable[[Simulator, str], dict[str, Any]]:
    """The state that a task gets from earlier ones; empty if connections and sign-ins are tested."""
    return (lambda simulator, tenant: {}) if request.path.parent.name in ("_client", "_http") else shared


@dataclass
class Clock:
    """Real time, plus the time slept; `sleeps` are the waits in seconds. `machine` is the local date."""

    sleeps: list[float] = field(default_factory=list)
    machine: datetime | None = None

    def now(self) -> float:
        return time.monotonic() + sum(self.sleeps)

    @property
    def options(self) -> dict[str, Any]:
        machine = {"now": lambda: self.machine or datetime.now(UTC)}
        return {"clock": self.now, "sleep": self.sleeps.append, "random": lambda: 0.5, **machine}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def running() -> Iterator[Simulator]:
    """With pages large enough for most tenants. Tests about pages use `small_pages` instead."""
    with Simulator(tenants=TENANTS, page_size=50) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def small_pages() -> Iterator[Simulator]:
    """With one object per page: each is a request."""
    with Simulator(tenants=TENANTS, page_size=1) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.clear_faults()
    running.reset()
    return running


@pytest.fixture
def signed_in(simulator: Simulator, clock: Clock, sharing: Callable[..., dict[str, Any]]) -> Callable[..., Tenant]:
    """Opens a simulated tenant; options as of the modules."""

    def opened(name: str = "ready", **options: Any) -> Tenant:
        params = {**DEFAULTS, **simulator.options(name), **options}
        given = {**sharing(simulator, name), **clock.options}
        return open_tenant(params, Redactor(), lambda line: None, None, **given)

    return opened


@pytest.fixture
def tenant(signed_in: Callable[..., Tenant]) -> Tenant:
    return signed_in()


@pytest.fixture
def run(simulator: Simulator, clock: Clock, sharing: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Run a module like the in-process runner: its arguments validated, its result without secrets."""

    def carried_out(
        module: Any, check_mode: bool = False, tenant: str = "ready", application: str = "application", **options: Any
    ) -> dict[str, Any]:
        declaration: engine.Declaration = module.DECLARATION
        arguments = {**simulator.options(tenant, application=application), **options}
        validated = ArgumentSpecValidator(
            declaration.argument_spec, required_if=[list(one) for one in declaration.required_if]
        ).validate(arguments)
        assert not validated.error_messages, validated.error_messages
        given = {**sharing(simulator, tenant), **clock.options}
        return run_declaration(declaration, validated.validated_parameters, check_mode, **given)

    return carried_out


def run_declaration(
    declaration: engine.Declaration, params: Mapping[str, Any], check_mode: bool, **options: Any
) -> dict[str, Any]:
    """The result of a module, after a check of its form."""
    result = engine.run_declaration(declaration, params, check_mode, **options)
    check_form(result, params["tenant_id"])
    return result


def check_form(result: Mapping[str, Any], tenant: str) -> None:
    """The form of every result: whether it changed, or a whole sentence and the next step."""
    if not result.get("failed"):
        assert isinstance(result["changed"], bool)
        return
    kind, said = result["error"]["kind"], result["msg"]
    assert isinstance(kind, str) and re.fullmatch(r"[a-z_]+", kind), kind
    # For invalid options, the reason may say everything.
    step = "" if kind == "usage" else r"\. \S.+"
    which = re.escape(tenant)
    assert re.fullmatch(rf"Could not (?!{which})[a-z]+ .+ on tenant {which}: \S.+{step}\.", said, re.DOTALL), said
    assert "None" not in re.split(r"\W+", said), said


def hold(simulator: Simulator, role: str, tenant: str = "ready", application: str = "application") -> None:
    """Assign a directory role to an application, like an administrator. The id is from Microsoft's list of roles."""
    facts = simulator.facts(tenant, application)
    token = simulator.token("graph", tenant, {"RoleManagement.ReadWrite.Directory"})
    body = {"principalId": facts["object_id"], "roleDefinitionId": role, "directoryScopeId": "/"}
    answer = requests.post(
        f"{simulator.urls['graph_url']}/v1.0/roleManagement/directory/roleAssignments",
        json=body,
        headers={"Authorization": f"Bearer {token}"},
        verify=simulator.urls["ca_path"],
        timeout=20,
    )
    assert answer.status_code == 201, answer.text


def writes(simulator: Simulator) -> list[str]:
    """The writes that changed something, in order."""
    return [one["operation"] for one in simulator.requests() if one["effect"]]


@pytest.fixture
def admin(simulator: Simulator, signed_in: Callable[..., Tenant]) -> Callable[..., list[dict[str, Any]]]:
    """Run a cmdlet as somebody else."""

    def carried_out(cmdlet: str, **parameters: Any) -> list[dict[str, Any]]:
        return exchange_of(signed_in()).invoke(cmdlet, parameters, Purpose("try it")).values

    return carried_out
