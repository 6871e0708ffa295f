# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of many runs: medians, and their comparison with the goals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from ._cases import Case, Settings
from ._measure import Sample

_KIB = 1024


@dataclass(frozen=True)
class Result:
    """What a case took, at one latency (in milliseconds)."""

    group: str
    latency: int
    case: Case
    samples: list[Sample]

    @property
    def wall(self) -> float:
        return median(sample.wall for sample in self.samples)

    @property
    def cpu(self) -> float:
        return median(sample.cpu for sample in self.samples)

    @property
    def peak(self) -> float:
        return median(sample.peak for sample in self.samples)

    @property
    def requests(self) -> float:
        return median(sample.requests for sample in self.samples)

    @property
    def sign_ins(self) -> float:
        return median(sample.sign_ins for sample in self.samples)

    def facts(self) -> dict[str, Any]:
        return {
            "group": self.group,
            "latency_ms": self.latency,
            "name": self.case.name,
            "title": self.case.title,
            "amount": self.case.amount,
            "median": {"wall_s": self.wall, "cpu_s": self.cpu, "peak_bytes": self.peak},
            "samples": [
                {
                    "wall_s": sample.wall,
                    "cpu_s": sample.cpu,
                    "peak_bytes": sample.peak,
                    **({"requests": sample.requests, "sign_ins": sample.sign_ins} if self.case.counted else {}),
                }
                for sample in self.samples
            ],
        }


@dataclass(frozen=True)
class Goal:
    """The target, `at_most` this much, and the result; null if it was not measured."""

    what: str
    at_most: float
    figure: float | None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.figure is None:
            return "not measured"
        return "met" if self.figure <= self.at_most else f"missed by {self.figure / self.at_most - 1:.0%}"


def goals(results: Iterable[Result], settings: Settings) -> list[Goal]:
    """The goals of this collection, as ratios of medians in the same run."""
    known = {(result.case.name, result.latency): result for result in results}
    found: list[Goal] = []

    def judge(what: str, at_most: float, names: str, latency: int, figure: Any, note: Any = lambda *of: "") -> None:
        of = [known.get((name, latency)) for name in names.split()]
        if None in of:
            found.append(Goal(what, at_most, None))
        else:
            found.append(Goal(what, at_most, figure(*of), note(*of)))

    low, high = settings.latencies[0], settings.latencies[-1]
    judge("sign-in requests, role, second run", 2, "role", low, lambda role: role.sign_ins)
    judge("requests, role, second run", 8, "role", low, lambda role: role.requests)
    for latency, at_most in zip(settings.latencies, (0.2, 0.24), strict=False):
        judge(
            f"role, second run, one tenant, against the uri playbook, at {latency} ms",
            at_most,
            "role uri",
            latency,
            lambda role, uri: role.wall / uri.wall,
        )
    for name, title, at_most in (("worker", "in the worker", 0.2), ("processes", "as processes", 0.45)):
        judge(
            f"modules {title}, one tenant, against the uri playbook, at {high} ms",
            at_most,
            f"{name} uri",
            high,
            lambda ours, uri: ours.wall / uri.wall,
        )
    judge(
        f"CPU per tenant, {settings.tenants} tenants, {settings.forks} forks, against the uri playbook",
        0.09,
        "fleet_role fleet_uri",
        low,
        lambda role, uri: role.cpu / uri.cpu,
        lambda role, uri: f"{role.cpu / role.case.amount:.2f} s against {uri.cpu / uri.case.amount:.2f} s",
    )
    judge(
        f"sign-in requests per tenant, eight tasks, {settings.tenants} tenants",
        2,
        "fleet_eight",
        low,
        lambda eight: eight.sign_ins / eight.case.amount,
    )
    judge(
        f"requirements_info at {high} ms without Ansible's own start, against the concurrent bare script",
        1.0,
        "requirements start concurrent",
        high,
        lambda ours, start, script: (ours.wall - start.wall) / script.wall,
        lambda ours, start, script: f"Ansible's own start: {start.wall:.2f} s",
    )
    if len(settings.inventory) > 2:
        one, some, all_of_them = settings.inventory[0], *settings.inventory[-2:]
        judge(
            f"inventory of {some} tenants at {high} ms, against sequential",
            0.1,
            f"inventory_{some} inventory_sequential",
            high,
            lambda ours, script: (ours.wall / ours.case.amount) / (script.wall / script.case.amount),
            lambda ours, script: f"sequential: {script.case.amount} tenants, reckoned up to {ours.case.amount}",
        )
        judge(
            "inventory memory per additional tenant, KiB",
            64,
            f"inventory_{some} inventory_{all_of_them}",
            high,
            lambda fewer, more: (more.peak - fewer.peak) / (more.case.amount - fewer.case.amount) / _KIB,
        )
        for latency in settings.latencies:
            judge(
                f"growth from {some} to {all_of_them} tenants at {latency} ms, 1 being linear",
                1.2,
                f"inventory_{one} inventory_{some} inventory_{all_of_them}",
                latency,
                lambda least, fewer, more: _per_tenant(least, more) / _per_tenant(least, fewer),
            )
    if len(settings.devices) > 1:
        few, many = settings.devices[:2]
        judge(
            f"mobile_device_info, {many} devices, against the bare script, at {low} ms",
            1.5,
            f"devices_{many} script_{many}",
            low,
            lambda ours, script: ours.wall / script.wall,
        )
        judge(
            f"memory of mobile_device_info per additional device, from {few} to {many}, KiB",
            3,
            f"devices_{few} devices_{many}",
            low,
            lambda fewer, more: (more.peak - fewer.peak) / (more.case.amount - fewer.case.amount) / _KIB,
        )
    if len(settings.sign_ins) > 1:
        few, many = settings.sign_ins[0], settings.sign_ins[-1]
        judge(
            f"CPU of a rehearsal of {many} sign-ins without Ansible's own start, against the bare script",
            5,
            f"rehearsal_{many} rehearsal_start pages_{many}",
            low,
            lambda ours, start, script: (ours.cpu - start.cpu) / script.cpu,
            lambda ours, start, script: f"{ours.cpu - start.cpu:.1f} s against {script.cpu:.1f} s",
        )
        judge(
            f"memory of a rehearsal per additional sign-in, from {few} to {many}, KiB",
            0.2,
            f"rehearsal_{few} rehearsal_{many}",
            low,
            lambda fewer, more: (more.peak - fewer.peak) / (more.case.amount - fewer.case.amount) / _KIB,
        )
    return found


def _per_tenant(least: Result, more: Result) -> float:
    """Seconds for each tenant beyond the first, so that Ansible's own start does not count."""
    return (more.wall - least.wall) / (more.case.amount - least.case.amount)
