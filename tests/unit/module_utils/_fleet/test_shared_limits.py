# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Effects of many tenants or long runs: a limit across tenants, tokens that expire in between, different clocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._engine.run import run_declaration
from ansible_collections.intune.exchange.plugins.module_utils._fleet.fleet import read_fleet
from ansible_collections.intune.exchange.plugins.modules import connector_info
from simulator import Simulator

from ..conftest import DEFAULTS

LIFETIME = 600


class Clock:
    """Sleeping advances the clock of the task and those of the tenants."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator, self.slept = simulator, [0.0]

    @property
    def options(self) -> dict[str, Any]:
        return {"clock": lambda: sum(self.slept), "sleep": self.sleep, "random": lambda: 0.5}

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._simulator.advance(seconds)


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    folder = tmp_path_factory.mktemp("tenants")
    limited = {"extends": "connected", "domain": "limited.example", "shared_limit": {"requests": 3, "seconds": 20}}
    short = {"extends": "connected", "domain": "short.example", "token_lifetime": LIFETIME}
    for name, description in (("limited", limited), ("short", short)):
        (folder / f"{name}.yml").write_text(yaml.safe_dump(description))
    tenants: list[str | Path] = [f"{folder}/limited.yml*6", folder / "short.yml"]
    with Simulator(tenants=tenants) as running:
        yield running


def test_a_limit_over_all_tenants_is_waited_for(simulator: Simulator) -> None:
    clock = Clock(simulator)
    places = {name: value for name, value in simulator.urls.items() if name.endswith(("_url", "ca_path"))}
    shared = {**DEFAULTS, **places, "account": None, "directory_sync": "auto"}
    entries = []
    for number in range(1, 7):
        found = simulator.options(f"limited-{number}")
        entries.append({name: found[name] for name in ("tenant_id", "client_id", "client_secret")})
    hosts = read_fleet(entries, None, shared, ("connector",), 1, 300, **clock.options)
    assert [host["group"] for host in hosts] == ["connector_connected"] * 6
    refused = [one for one in simulator.requests() if one["status"] == 429]
    assert len(refused) == 1 and 19 <= sum(clock.slept) <= 40  # three tenants, a wait, three more
    assert not any(one.get("early") for one in simulator.requests())


def test_a_token_that_ends_in_the_middle_of_a_run_is_renewed(simulator: Simulator) -> None:
    simulator.reset()
    clock, memory = Clock(simulator), {}  # type: ignore[var-annotated]
    params = {**DEFAULTS, **simulator.options("short")}

    def read() -> dict[str, Any]:
        return run_declaration(connector_info.DECLARATION, params, False, memory=memory, **clock.options)

    assert not read().get("failed")
    simulator.advance(LIFETIME + 1)
    assert not read().get("failed")
    answered = [(one["operation"], one["status"]) for one in simulator.requests()]
    assert [status for name, status in answered if name == "deviceManagement.ListExchangeConnectors"] == [200, 401, 200]
    assert len([name for name, _status in answered if name == "token"]) == 2


def test_the_requests_of_one_tenant_do_not_move_the_clock_of_another(simulator: Simulator) -> None:
    simulator.reset()
    clock = Clock(simulator)

    def at(tenant: str) -> Any:
        params = {**DEFAULTS, **simulator.options(tenant)}
        assert not run_declaration(connector_info.DECLARATION, params, False, **clock.options).get("failed")
        return simulator.requests()[-1]["at"]

    first = at("short")
    for number in range(1, 4):
        at(f"limited-{number}")
    assert at("short") > first
    from_first = [one["at"] for one in simulator.requests() if one["service"] == "graph" and one["tenant"] == "short"]
    others = [one["at"] for one in simulator.requests() if one["service"] == "graph" and one["tenant"] != "short"]
    assert max(others) < from_first[-1]  # each has made one request, this one two
