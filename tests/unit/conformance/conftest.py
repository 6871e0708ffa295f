# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client against a plain server with the responses of live tenants."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import CONNECTION_SPEC
from ansible_collections.intune.exchange.plugins.module_utils._core.redaction import Redactor
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant, open_tenant

from .scripted_server import TENANT, ScriptedServer, token


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScriptedServer]:
    wire = ScriptedServer(tmp_path_factory.mktemp("wire"))
    yield wire
    wire.close()


@pytest.fixture
def wire(running: ScriptedServer) -> ScriptedServer:
    running.clear()
    return running


@dataclass
class Clock:
    """Real time, plus the time slept."""

    sleeps: list[float] = field(default_factory=list)

    def now(self) -> float:
        return time.monotonic() + sum(self.sleeps)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lines() -> list[str]:
    """The lines at -vvv."""
    return []


@pytest.fixture
def opened(wire: ScriptedServer, clock: Clock, lines: list[str]) -> Callable[..., Tenant]:
    """A tenant of the public cloud by its usual addresses, all of which lead here."""

    def open_it(**options: Any) -> Tenant:
        params = {
            **{option: spec.get("default") for option, spec in CONNECTION_SPEC.items()},
            "tenant_id": TENANT,
            "auth_method": "token",
            "graph_token": token(),
            "exchange_token": token(roles=["Exchange.ManageAsApp"]),
            "ca_path": str(wire.ca_path),
            "proxy": wire.proxy,
            **options,
        }
        return open_tenant(
            params,
            Redactor(),
            lambda line: None,
            None,
            clock=clock.now,
            sleep=clock.sleeps.append,
            random=lambda: 0.5,
            trace=lines.append,
        )

    return open_it


@pytest.fixture
def tenant(opened: Callable[..., Tenant]) -> Tenant:
    return opened()
