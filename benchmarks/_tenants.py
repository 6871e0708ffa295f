# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated tenants in a process of their own, and the inventories that name them."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_PLACES = ("authority_url", "graph_url", "exchange_url", "ca_path")
_WHO = ("tenant_id", "client_id", "client_secret")
_STARTS_WITHIN = 300.0  # seconds


@dataclass(frozen=True)
class Tenants:
    """Where they answer: C(addresses) is what the simulator wrote, C(hosts) an inventory with a host for each."""

    folder: Path
    addresses: Path
    hosts: Path
    facts: dict[str, Any]

    def options(self, tenant: dict[str, Any]) -> dict[str, str]:
        return {**{name: self.facts[name] for name in _PLACES}, **{name: tenant[name] for name in _WHO}}

    def inventory(self, count: int) -> Path:
        """A file for the inventory plugin, with the first C(count) tenants."""
        path = self.folder / f"{count}.tenants.yml"
        tenants = [
            {"name": tenant["name"], "account": tenant["account"], **self.options(tenant)}
            for tenant in self.facts["tenants"][:count]
        ]
        path.write_text(json.dumps({"plugin": "intune.exchange.tenants", "tenants": tenants}))
        path.chmod(0o600)
        return path


@contextlib.contextmanager
def simulated(folder: Path, descriptions: Sequence[Path], latency: int) -> Iterator[Tenants]:
    """One simulator with these tenants, which answers after C(latency) milliseconds and refuses nobody for haste."""
    addresses = folder / "addresses.json"
    command = [sys.executable, "-m", "simulator", "--address-file", str(addresses)]
    command += ["--no-rate-limits", "--clock-step", "0", "--page-size", "1000"]
    command += [word for service in ("login", "graph", "exchange") for word in ("--latency", f"{service}={latency}")]
    command += [word for path in descriptions for word in ("--tenant", str(path))]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + _STARTS_WITHIN
            while not addresses.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the simulated tenants did not start")
                time.sleep(0.05)
            yield _tenants(folder, addresses)
        finally:
            process.terminate()


def _tenants(folder: Path, addresses: Path) -> Tenants:
    hosts = folder / "hosts.json"
    found = Tenants(folder, addresses, hosts, json.loads(addresses.read_text()))
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    named = {
        tenant["name"]: {**local, "account": tenant["account"], "tenant_options": found.options(tenant)}
        for tenant in found.facts["tenants"]
    }
    hosts.write_text(json.dumps({"tenants": {"hosts": named}}))
    hosts.chmod(0o600)
    return found


def connected(folder: Path, count: int) -> list[Path]:
    """So many tenants with a connector that works."""
    return [_described(folder, f"tenant-{number:04}", "extends: connected\n") for number in range(1, count + 1)]


def crowded(folder: Path, sizes: Sequence[int]) -> list[Path]:
    """A tenant for each number of devices."""
    users = "users: [adele.vance, alex.wilber, administrator, svc-intune-connector]"
    return [
        _described(
            folder,
            f"devices-{size}",
            f"extends: ready\nexchange: {{devices: [], crowd: {{devices: {size}, seed: 7, {users}}}}}\n",
        )
        for size in sizes
    ]


def _described(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yml"
    path.write_text(f"{text}domain: {name}.example\ndisplay_name: {name}\n")
    return path
