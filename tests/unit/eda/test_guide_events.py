# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide for events: its samples equal the events of a simulated tenant."""

from __future__ import annotations

import asyncio
import json
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.modules import activesync_organization_settings, connector
from ansible_collections.intune.exchange.plugins.plugin_utils._watch import watch
from simulator import Simulator

GUIDE = (Path(__file__).parents[3] / "docs/docsite/rst/guide_events.rst").read_text(encoding="utf-8")
# The tenant on which a reader tries it, with its rights.
[DESCRIBED] = re.findall(r":caption: contoso\.yml\n\n((?:   .*\n|\n)+)", GUIDE)
QUARANTINE = {"default_access_level": "Quarantine", "accept_impact": True}
Event = dict[str, Any]


class Over(Exception):
    """The sequence has ended."""


def done(simulator: Simulator, module: Any, **options: Any) -> None:
    """An administrator's change, made with a module."""
    spec = module.DECLARATION.argument_spec
    params = ArgumentSpecValidator(spec).validate({**simulator.options(), **options}).validated_parameters
    result = engine.run_declaration(module.DECLARATION, params, False)
    assert result.get("changed"), result


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Event]:
    """One event of each type, from polls between which the tenant changes."""
    path = tmp_path_factory.mktemp("tenant") / "contoso.yml"
    path.write_text(textwrap.dedent(DESCRIBED))
    events: list[Event] = []
    with Simulator(tenants=[path], clock_step=0) as simulator:
        refusal = {"error": {"code": "Forbidden", "message": "Access is denied."}}
        fault = {"match": "Get-MobileDevice", "kind": "status", "status": 403, "body": refusal, "count": 4}
        happens: list[Callable[[], None]] = [
            lambda: simulator.advance(1700),
            lambda: simulator.advance(200),
            lambda: done(simulator, activesync_organization_settings, **QUARANTINE),
            lambda: simulator.fault(**fault),
            lambda: None,
            lambda: None,
            lambda: done(simulator, connector, state="absent"),
        ]

        async def take(event: Event) -> None:
            events.append(event)

        now = 0.0

        async def sleep(seconds: float) -> None:
            nonlocal now
            now += seconds
            if not happens:
                raise Over
            happens.pop(0)()

        given = {
            **simulator.options(),
            "max_sync_age": 7000,  # the simulated connector synchronizes every 7200 s, last 5400 s ago
            "tenants": [{"tenant_id": simulator.facts()["tenant_id"], "name": "contoso"}],
        }
        with pytest.raises(Over):
            asyncio.run(watch(given, take, clock=lambda: now, sleep=sleep))
    return {event["type"]: event for event in events}


def shown() -> dict[str, Event]:
    blocks = re.findall(r"^\.\. code-block:: json\n\n((?:   .*\n|\n)+)", GUIDE, re.MULTILINE)
    samples = [json.loads(textwrap.dedent(block)) for block in blocks]
    return {sample["type"]: sample for sample in samples}


def form(value: Any) -> Any:
    """The names and types of a value, without values of this tenant and time."""
    lasting = ("type", "old", "new", "kind", "failures", "next_look_seconds", "max_sync_age", "evidence")
    if isinstance(value, dict):
        return {name: value[name] if name in lasting else form(value[name]) for name in value}
    return type(value).__name__


def test_the_samples_are_real(made: dict[str, Event]) -> None:
    samples = shown()
    assert set(samples) == set(made)
    for kind, sample in samples.items():
        real = {name: value for name, value in made[kind].items() if name != "tenant_options"}
        options = sample.pop("tenant_options", {})  # the real ones also say where the simulated tenant is
        assert set(options) <= set(made[kind]["tenant_options"]), kind
        assert form(sample) == form(real), kind


def test_the_guide_names_every_type(made: dict[str, Event]) -> None:
    for kind in made:
        assert f"``{kind}``" in GUIDE


def test_a_reader_makes_the_changes_that_cause_these_events() -> None:
    options = " ".join(f"{name}={str(value).lower() if value is True else value}" for name, value in QUARANTINE.items())
    assert f'ansible localhost -m intune.exchange.activesync_organization_settings -a "{options}"\n' in GUIDE
    assert 'ansible localhost -m intune.exchange.connector -a "state=absent"\n' in GUIDE
