# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated tenants in a process of their own, and the inventories that name them."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_PLACES = ("authority_url", "graph_url", "exchange_url", "ca_path")
_WHO = ("tenant_id", "client_id", "client_secret")
_STARTS_WITHIN = 300.0  # seconds
_LIVES = 4 * 3600  # seconds, in case nobody stops it


@dataclass(frozen=True)
class Tenants:
    """Their addresses: `addresses` is the simulator's file, `hosts` an inventory with a host for each.

    `names` is what a process needs in its environment to find the simulator under Microsoft's names.
    """

    folder: Path
    addresses: Path
    hosts: Path
    facts: dict[str, Any]
    names: dict[str, str]

    def options(self, tenant: dict[str, Any]) -> dict[str, str]:
        return {**{name: self.facts[name] for name in _PLACES}, **{name: tenant[name] for name in _WHO}}

    def requests(self) -> list[dict[str, Any]]:
        """All requests so far, by the ledger."""
        with urllib.request.urlopen(f"{self.facts['control_url']}/_simulator/requests") as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found

    def inventory(self, count: int) -> Path:
        """A file for the inventory plugin, with the first `count` tenants; an unreadable one makes it fail."""
        path = self.folder / f"{count}.tenants.yml"
        tenants = [
            {"name": tenant["name"], "tenant_id": tenant["tenant_id"], "account": tenant["account"]}
            for tenant in self.facts["tenants"][:count]
        ]
        shared = {**self.options(self.facts["tenants"][0]), "timeout": 3600, "strict_tenants": True}
        del shared["tenant_id"]
        path.write_text(json.dumps({"plugin": "intune.exchange.tenants", **shared, "tenants": tenants}))
        path.chmod(0o600)
        return path


@contextlib.contextmanager
def simulated(folder: Path, descriptions: Sequence[str], latency: int) -> Iterator[Tenants]:
    """One simulator with these tenants, which responds after `latency` milliseconds and throttles nobody.

    It has the names of the worldwide cloud, as nearly all tenants do: with other addresses, each first sign-in of ours
    would also read a discovery document.
    """
    addresses = folder / "addresses.json"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "simulator", "--address-file", str(addresses)]
    command += [
        "--control",
        "--public-port",
        port,
        "--no-rate-limits",
        "--clock-step",
        "0",
        "--page-size",
        "1000",
        "--stop-after",
        str(_LIVES),
    ]
    command += [word for service in ("login", "graph", "exchange") for word in ("--latency", f"{service}={latency}")]
    command += [word for one in descriptions for word in ("--tenant", one)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + _STARTS_WITHIN
            while not addresses.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the simulated tenants did not start")
                time.sleep(0.05)
            yield _tenants(folder, addresses, port)
        finally:
            process.terminate()


def _tenants(folder: Path, addresses: Path, port: str) -> Tenants:
    hosts, names = folder / "hosts.json", {"PYTHONPATH": str(ROOT / "benchmarks" / "names"), "BENCHMARK_PORT": port}
    found = Tenants(folder, addresses, hosts, json.loads(addresses.read_text()), names)
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    named = {
        tenant["name"]: {**local, "account": tenant["account"], "tenant_options": found.options(tenant)}
        for tenant in found.facts["tenants"]
    }
    hosts.write_text(json.dumps({"tenants": {"hosts": named}}))
    hosts.chmod(0o600)
    return found


def crowded(folder: Path, sizes: Sequence[int]) -> list[str]:
    """A description for each number of devices, of a tenant with that many."""
    users = "[adele.vance, alex.wilber, administrator, svc-intune-connector]"
    paths = {size: folder / f"devices-{size}.yml" for size in sizes}
    for size, path in paths.items():
        path.write_text(
            f"extends: ready\ndomain: {path.stem}.example\n"
            f"exchange: {{devices: [], crowd: {{devices: {size}, seed: 7, users: {users}}}}}\n"
        )
    return [str(path) for path in paths.values()]


def busy(folder: Path, sizes: Sequence[int]) -> list[str]:
    """A description for each number of sign-ins, of a tenant with a thousand people and that many in its log."""
    users = {f"person{number}": {"displayName": f"Person {number}", "licences": []} for number in range(1000)}
    everybody = {"includeUsers": ["All"]}
    policies = [
        {
            "displayName": name,
            "state": state,
            "conditions": {
                "clientAppTypes": clients,
                "applications": {"includeApplications": ["All"]},
                "users": everybody,
                **more,
            },
            "grantControls": {"operator": "OR", "builtInControls": controls},
        }
        for name, state, clients, controls, more in (
            ("Factor", "enabled", ["all"], ["mfa", "compliantDevice"], {"locations": {"includeLocations": ["All"]}}),
            ("Legacy", "enabled", ["other"], ["block"], {}),
            ("Devices", "enabledForReportingButNotEnforced", ["all"], ["compliantDevice"], {}),
            (
                "Elsewhere",
                "enabledForReportingButNotEnforced",
                ["browser"],
                ["block"],
                {"locations": {"includeLocations": ["All"], "excludeLocations": ["Where we work"]}},
            ),
        )
    ]
    paths = {size: folder / f"sign-ins-{size}.yml" for size in sizes}
    for size, path in paths.items():
        path.write_text(
            json.dumps(
                {
                    "extends": "retired_covered",
                    "domain": f"{path.stem}.example",
                    "users": users,
                    "groups": {"Crowd": {"members": list(users)}},
                    "conditional_access": {"policies": policies},
                    "sign_ins": [],
                    "sign_in_crowd": {"sign_ins": size, "seed": 7},
                }
            )
        )
    return [str(path) for path in paths.values()]
