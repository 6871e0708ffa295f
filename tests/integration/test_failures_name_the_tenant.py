# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures of the roles name their tenant, or the host if the inventory does not name the tenant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .conftest import player

LEAVER = {"mobile_access_mailbox": "adele.vance", "mobile_access_max_affected": 0}
# By role and entry point: variables that make it fail, and the failure's text after the tenant.
FAILING: list[tuple[str, str, dict[str, Any], str]] = [
    ("mobile_access", "offboard", LEAVER, "adele.vance"),
    (
        "mobile_access",
        "audit",
        {"mobile_access_fail_on_findings": True},
        "Mobile access does not comply with the baselines.",
    ),
    ("connector", "validate", {"connector_primary_smtp_address": "x@y.example"}, "The connector is not as described."),
    ("connector", "remove", {}, "The connector was not removed"),
    ("connector", "configure", {"connector_primary_smtp_address": " "}, "connector_primary_smtp_address is blank"),
]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=["phones"]) as simulator:
        yield simulator


def test_failures_name_the_tenant(tmp_path: Path, running: Simulator) -> None:
    tenant = running.facts("phones")["tenant_id"]
    for options, place in ({"tenant_options": {"tenant_id": tenant}}, f"Tenant {tenant}: "), ({}, "Host localhost: "):
        cases = FAILING if options else FAILING[-2:]
        tasks = [
            {
                "block": [
                    {
                        "ansible.builtin.include_role": {"name": f"intune.exchange.{role}", "tasks_from": entry_point},
                        "vars": variables,
                    }
                ],
                "rescue": [
                    {
                        "ansible.builtin.debug": {
                            "msg": f"CASE{number} {{{{ ansible_failed_result.msg | default('') }}}} END"
                        }
                    }
                ],
            }
            for number, (role, entry_point, variables, _words) in enumerate(cases)
        ]
        (tmp_path / "cases.yml").write_text(yaml.safe_dump(tasks))
        included = {"ansible.builtin.include_tasks": str(tmp_path / "cases.yml")}
        done = player(tmp_path, running)(included, tenant="phones", vars=options)
        output = " ".join(done.output.split())
        for number, (_role, _entry_point, _variables, words) in enumerate(cases):
            said = output.partition(f"CASE{number} ")[2].partition(" END")[0]
            assert said.startswith(place + words), (said, done.output)
