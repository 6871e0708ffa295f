# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases: groups of commands that do comparable work on the same tenants."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ._tenants import Tenants, busy, crowded

_BIN = Path(sys.executable).parent
_WORK = Path(__file__).parent / "work"


@dataclass(frozen=True)
class Settings:
    """The extent of the measurement."""

    rounds: int = 5
    latencies: tuple[int, ...] = (0, 150)  # milliseconds
    tenants: int = 50
    forks: int = 10
    inventory: tuple[int, ...] = (1, 20, 200, 1000)
    sequential: int = 20
    devices: tuple[int, ...] = (1000, 25000, 100000)
    sign_ins: tuple[int, ...] = (10000, 100000)


@dataclass(frozen=True)
class Case:
    """A command; `amount` is its number of tenants or devices. If it is `counted`, the ledger is read."""

    name: str
    title: str
    command: Sequence[str]
    amount: int = 1
    environment: dict[str, str] = field(default_factory=dict)
    counted: bool = False


@dataclass(frozen=True)
class Group:
    """Cases that are compared with one another, and with `reference` above all."""

    name: str
    title: str
    describe: Callable[[Path, Settings], list[str]]
    cases: Callable[[Tenants, Settings], list[Case]]
    reference: str
    first_latency_only: bool = False

    def reference_of(self, settings: Settings) -> str:
        return self.reference.format(devices=settings.devices, sign_ins=settings.sign_ins)


def _script(tenants: Tenants, count: int, *options: str) -> list[str]:
    return [sys.executable, str(_WORK / "script.py"), str(tenants.addresses), str(count), *options]


def _play(tenants: Tenants, book: str, *options: str) -> list[str]:
    return [str(_BIN / "ansible-playbook"), "-i", str(tenants.hosts), *options, str(_WORK / f"{book}.yml")]


def _one_tenant(tenants: Tenants, settings: Settings) -> list[Case]:
    sdk = [sys.executable, str(_WORK / "sdk.py"), str(tenants.addresses)]
    processes = {"INTUNE_EXCHANGE_IN_PROCESS": "false"}
    return [
        Case("start", "ansible-playbook, one assert: its own start", _play(tenants, "start")),
        Case("ping", "ansible.builtin.ping: the floor of a module process", _play(tenants, "ping")),
        Case("sequential", "bare script with requests, sequential", _script(tenants, 1)),
        Case("concurrent", "bare script with requests, concurrent", _script(tenants, 1, "--concurrent")),
        Case("sdk", "msgraph-sdk, the Graph part only", sdk),
        Case("uri", "playbook with ansible.builtin.uri", _play(tenants, "uri")),
        Case("processes", "our modules as processes", _play(tenants, "modules"), environment=processes),
        Case("worker", "our modules in the worker", _play(tenants, "modules")),
        Case("role", "role connector, second run", _play(tenants, "role"), counted=True),
        Case("requirements", "requirements_info alone", _play(tenants, "requirements_info")),
    ]


def _fleet(tenants: Tenants, settings: Settings) -> list[Case]:
    forks, count = ("--forks", str(settings.forks)), settings.tenants
    return [
        Case("fleet_uri", "playbook with ansible.builtin.uri", _play(tenants, "uri", *forks), count),
        Case("fleet_role", "role connector, second run", _play(tenants, "role", *forks), count, counted=True),
        Case("fleet_eight", "eight info tasks", _play(tenants, "eight", *forks), count, counted=True),
    ]


def _inventory(tenants: Tenants, settings: Settings) -> list[Case]:
    def shown(count: int) -> list[str]:
        return [str(_BIN / "ansible-inventory"), "-i", str(tenants.inventory(count)), "--graph"]

    few = settings.sequential
    return [
        Case("inventory_sequential", "bare script with requests, sequential", _script(tenants, few), few),
        *(Case(f"inventory_{count}", "inventory plugin tenants", shown(count), count) for count in settings.inventory),
    ]


def _devices(tenants: Tenants, settings: Settings) -> list[Case]:
    def read(count: int) -> list[str]:
        return _play(tenants, "mobile_device_info", "--limit", f"devices-{count}", "-e", f'{{"devices": {count}}}')

    def bare(count: int) -> list[str]:
        return [sys.executable, str(_WORK / "devices.py"), str(tenants.addresses), f"devices-{count}", str(count)]

    script = "bare script with requests, the same pages"
    return [
        *(Case(f"devices_{count}", "mobile_device_info", read(count), count) for count in settings.devices),
        *(Case(f"script_{count}", script, bare(count), count) for count in settings.devices),
    ]


def _rehearsal(tenants: Tenants, settings: Settings) -> list[Case]:
    def read(count: int) -> list[str]:
        return _play(tenants, "rehearsal", "--limit", f"sign-ins-{count}", "-e", f'{{"sign_ins": {count}}}')

    def bare(count: int) -> list[str]:
        return [sys.executable, str(_WORK / "sign_ins.py"), str(tenants.addresses), f"sign-ins-{count}", str(count)]

    title, script = "conditional_access_rehearsal_info", "bare script with requests, the same pages"
    return [
        Case("rehearsal_start", "ansible-playbook, one assert: its own start", _play(tenants, "start")),
        *(Case(f"rehearsal_{count}", title, read(count), count) for count in settings.sign_ins),
        *(Case(f"pages_{count}", script, bare(count), count) for count in settings.sign_ins),
    ]


def _masking(tenants: Tenants, settings: Settings) -> list[Case]:
    count = settings.devices[-1]
    ways = {
        "nothing": "a script that makes such a result",
        "replace": "str.replace of each secret",
        "forms": "str.replace of each form of each secret",
        "ours": "our masking",
    }

    def masked(way: str, *more: str) -> list[str]:
        return [sys.executable, str(_WORK / "masking.py"), way, str(count), *more]

    return [
        *(Case(f"masking_{way}", title, masked(way), count) for way, title in ways.items()),
        *(Case(f"escaped_{way}", f"{title}, escaped", masked(way, "escaped"), count) for way, title in ways.items()),
    ]


GROUPS = (
    Group("tenant", "One tenant", lambda folder, settings: ["connected*1"], _one_tenant, "uri"),
    Group(
        "fleet",
        "Many tenants by forks",
        lambda folder, settings: [f"connected*{settings.tenants}"],
        _fleet,
        "fleet_uri",
        first_latency_only=True,
    ),
    Group(
        "inventory",
        "The inventory",
        lambda folder, settings: [f"connected*{max(settings.inventory)}"],
        _inventory,
        "inventory_sequential",
    ),
    Group(
        "devices",
        "Mobile devices",
        lambda folder, settings: crowded(folder, settings.devices),
        _devices,
        "devices_{devices[0]}",
    ),
    Group(
        "rehearsal",
        "The rehearsal of policies on the sign-in log",
        lambda folder, settings: busy(folder, settings.sign_ins),
        _rehearsal,
        "pages_{sign_ins[0]}",
        first_latency_only=True,
    ),
    Group(
        "masking",
        "Secrets masked in a result",
        lambda folder, settings: ["connected*1"],  # which has no part in it
        _masking,
        "masking_replace",
        first_latency_only=True,
    ),
)
