# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tenants, some of which never respond, in every reader: the others are read, and each failure has its reason.

The tests take as long as tenants hang. test_three_hundred.py has the inventory of three hundred.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.plugin_utils._watch import watch
from simulator import Simulator

from .test_tenants_inventory import bare
from .warm import ansible

pytestmark = pytest.mark.more
MANY, SOME, WATCHED = 100, 40, 300  # tenants of the inventory, the playbooks and the event source
READS = ("deviceManagement.ListExchangeConnectors", "Get-OrganizationConfig")
HANGING = 3  # at each of these
UNTIL = 15  # seconds for a tenant; a busy machine needs some of them for one that responds


@pytest.fixture(scope="module")
def many() -> Iterator[Simulator]:
    with Simulator(tenants=[f"connected*{WATCHED}"], rate_limits=False) as simulator:
        yield simulator


@pytest.fixture
def simulator(many: Simulator) -> Simulator:
    many.clear_faults()
    many.reset()
    return many


def names(number: int) -> list[str]:
    return [f"connected-{one}" for one in range(1, number + 1)]


def hung(simulator: Simulator) -> set[str]:
    return {str(one["tenant"]) for one in simulator.requests() if str(one.get("fault")).endswith(":hang")}


def hang_at_sign_in(simulator: Simulator, tenants: list[str]) -> None:
    """At every sign-in: a sign-in that hung once is retried."""
    for name in tenants:
        place = f"POST /{simulator.facts(name)['tenant_id']}/oauth2/v2.0/token"
        simulator.fault(match=place, kind="hang", count=1000)


def entries(simulator: Simulator, number: int) -> list[dict[str, Any]]:
    own = ("tenant_id", "client_id", "client_secret")
    return [{"name": name, **{option: simulator.options(name)[option] for option in own}} for name in names(number)]


def places(simulator: Simulator) -> dict[str, str]:
    return {name: simulator.urls[name] for name in ("authority_url", "graph_url", "exchange_url", "ca_path")}


def test_an_inventory_of_a_hundred_of_which_forty_hang_at_the_sign_in(tmp_path: Path, simulator: Simulator) -> None:
    content = {
        "plugin": "intune.exchange.tenants",
        "tenants": entries(simulator, MANY),
        "gather": ["connector"],
        "timeout": 60,
        "concurrency": 32,
        **places(simulator),
    }
    (tmp_path / "x.tenants.yml").write_text(yaml.safe_dump(content))
    hang_at_sign_in(simulator, names(40))
    done = ansible("ansible-inventory", "-i", "x.tenants.yml", "--list", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    hanging = hung(simulator)
    assert hanging == set(names(40))
    assert set(found["tenant_unreadable"]["hosts"]) == hanging
    assert set(found["connector_connected"]["hosts"]) == set(names(MANY)) - hanging
    messages = [bare(found["_meta"]["hostvars"][name])["tenant_error"]["message"] for name in hanging]
    assert all("that this tenant has of the 60 s" in one and "never asked" not in one for one in messages), messages
    said = " ".join(done.stderr.split())
    assert re.search(r"\d+ of 100 tenants done.*; waiting for connected-\d+", said)
    assert all(name in said for name in hanging)


def inventory(simulator: Simulator, folder: Path) -> None:
    hosts = {
        name: {
            "tenant_options": {**simulator.options(name), "timeout": UNTIL},
            "connector_primary_smtp_address": simulator.facts(name)["account"],
        }
        for name in names(SOME)
    }
    (folder / "inventory.yml").write_text(yaml.safe_dump({"tenants": {"hosts": hosts}}))


def played(simulator: Simulator, folder: Path, playbook: str, *arguments: str) -> Any:
    inventory(simulator, folder)
    hang_at_sign_in(simulator, names(HANGING))
    for place in READS:
        simulator.fault(match=place, kind="hang", nth=5, count=HANGING)
    common = ("-i", "inventory.yml", "-f", "10", f"intune.exchange.{playbook}", "-e", "target=tenants")
    return ansible("ansible-playbook", *common, *arguments, folder=folder)


def test_a_report_on_tenants_of_which_some_hang(tmp_path: Path, simulator: Simulator) -> None:
    done = played(simulator, tmp_path, "report", "-e", "report_folder=made")
    assert done.returncode == 0, done.stdout + done.stderr
    tenants = {one["name"]: one for one in json.loads((tmp_path / "made/report.json").read_text())["tenants"]}
    hanging = hung(simulator)
    assert set(tenants) == set(names(SOME)) and HANGING < len(hanging) <= HANGING * (1 + len(READS))
    for name in hanging:
        said = json.dumps([tenants[name]["not_read"], tenants[name]["actions"], tenants[name]["requirements"]])
        assert re.search("did not respond|timed out|timeout", said), said
    assert {tenants[name]["state"] for name in hanging} <= {"unread", "partly_read"}
    assert {one["state"] for name, one in tenants.items() if name not in hanging} == {"in_order"}


def test_a_role_on_tenants_of_which_some_hang(tmp_path: Path, simulator: Simulator) -> None:
    done = played(simulator, tmp_path, "validate")
    recap = done.stdout.partition("PLAY RECAP")[2].splitlines()[1:]
    failed = {line.split()[0] for line in recap if line.strip() and "failed=0" not in line}
    hanging = hung(simulator)
    assert done.returncode == 2 and failed <= hanging and len(failed) >= HANGING
    assert {line.split()[0] for line in recap if line.strip()} == set(names(SOME))
    # A check without a response fails the tenant, or is reported as unknown.
    assert len(re.findall("did not respond|timed out|not known", done.stdout)) >= len(hanging)


def test_an_event_source_of_three_hundred_of_which_some_hang(simulator: Simulator) -> None:
    """Each has its event, and those that hang delay no other."""
    events: list[dict[str, Any]] = []
    hang_at_sign_in(simulator, names(HANGING))
    for place in ("deviceManagement.ListExchangeConnectors", "Get-MobileDevice"):
        simulator.fault(match=place, kind="hang", nth=20, count=HANGING)
    options = {
        "tenants": entries(simulator, WATCHED),
        "timeout": UNTIL,
        "interval": 3600,
        "failures": 1,
        "report_present": True,
        **places(simulator),
    }

    async def until_all_are_told() -> None:
        enough = asyncio.Event()

        async def take(event: dict[str, Any]) -> None:
            events.append(event)
            if len({one["tenant"] for one in events}) == WATCHED:
                enough.set()

        watching = asyncio.ensure_future(watch(options, take))
        done, _pending = await asyncio.wait(
            [watching, asyncio.ensure_future(enough.wait())], timeout=600, return_when=asyncio.FIRST_COMPLETED
        )
        assert enough.is_set(), (len(events), [one.exception() for one in done])
        watching.cancel()

    asyncio.run(until_all_are_told())
    unreadable = {one["tenant"] for one in events if one["type"] == "tenant_unreadable"}
    hanging = hung(simulator)
    assert unreadable <= hanging and unreadable > set(names(HANGING))
    readable = {one["tenant"] for one in events if one["type"] == "connector_state_changed"}
    assert readable >= set(names(WATCHED)) - hanging
