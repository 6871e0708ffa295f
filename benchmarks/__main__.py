# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m benchmarks`, or `make bench`: measure, and compare with the goals."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ._cases import GROUPS, Group, Settings
from ._figures import Result, goals
from ._measure import Failed, Sample, measure
from ._picture import picture
from ._report import machine, text
from ._tenants import ROOT, simulated


def main(arguments: list[str] | None = None) -> int:
    parsed = _parser().parse_args(arguments)
    settings = Settings(**{name: getattr(parsed, name) for name in asdict(Settings())})
    chosen = [group for group in GROUPS if group.name in (parsed.only or [group.name])]
    loads = [{"when": "At the start", **machine()}]
    results: list[Result] = []
    report = ""
    try:
        for group in chosen:
            for latency in settings.latencies[:1] if group.first_latency_only else settings.latencies:
                results += run(group, latency, settings, lambda line: print(line, file=sys.stderr, flush=True))
                loads.append({"when": f"After {group.title.lower()}, {latency} ms", **machine()})
                report = written(results, settings, loads, parsed.output)  # so far, in case it is ended
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    print(report, end="")
    return 0


def written(results: list[Result], settings: Settings, loads: list[dict[str, Any]], folder: Path) -> str:
    """Write the report in all its forms, and return the one for people."""
    aims = goals(results, settings)
    report = text(results, aims, settings, loads)
    facts = {
        "settings": asdict(settings),
        "machine": loads,
        "results": [result.facts() for result in results],
        "goals": [{**asdict(goal), "verdict": goal.verdict} for goal in aims],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {
        "report.txt": report,
        "report.json": json.dumps(facts, indent=2) + "\n",
        "report.svg": picture(results),
    }.items():
        (folder / name).write_text(content)
    return report


def run(group: Group, latency: int, settings: Settings, say: Callable[[str], None]) -> list[Result]:
    """All rounds of a group: in each, every case once, so that other load on the machine affects all alike."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as place:
        folder = Path(place)
        with simulated(folder, group.describe(folder, settings), latency) as tenants:
            cases = group.cases(tenants, settings)
            samples: dict[str, list[Sample]] = {case.name: [] for case in cases}
            for number in range(1, settings.rounds + 1):
                for case in cases:
                    before = len(tenants.requests()) if case.counted else 0
                    sample = measure(
                        case.command, {**_environment(folder), **tenants.names, **case.environment}, folder
                    )
                    if case.counted:
                        sent = tenants.requests()[before:]
                        sign_ins = sum(one["service"] == "login" for one in sent)
                        sample = replace(sample, requests=len(sent), sign_ins=sign_ins)
                    samples[case.name].append(sample)
                    say(f"{group.name}, {latency} ms, round {number}: {case.name} took {sample.wall:.2f} s")
            return [Result(group.name, latency, case, samples[case.name]) for case in cases]


def _environment(folder: Path) -> dict[str, str]:
    """The same for every case, and nothing of the user's."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "live"),
        "ANSIBLE_HOME": str(folder / ".ansible"),
        "ANSIBLE_INVENTORY_ENABLED": "intune.exchange.tenants,yaml",
    }


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(number) for number in text.split(",")))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure what this collection costs beside what people would write instead, on simulated tenants.",
    )
    standard = Settings()
    add = parser.add_argument
    add("--rounds", type=int, default=standard.rounds, metavar="N", help=f"runs of each case ({standard.rounds})")
    add("--only", action="append", choices=[group.name for group in GROUPS], help="measure this group; repeatable")
    add("--latencies", type=_numbers, default=standard.latencies, metavar="MS,MS", help="of each answer (0,150)")
    add("--tenants", type=int, default=standard.tenants, metavar="N", help=f"of the fleet ({standard.tenants})")
    add("--forks", type=int, default=standard.forks, metavar="N", help=f"of the fleet ({standard.forks})")
    add("--inventory", type=_numbers, default=standard.inventory, metavar="N,N", help="tenants (1,20,200,1000)")
    add("--sequential", type=int, default=standard.sequential, metavar="N", help="tenants of the script beside it (20)")
    add("--devices", type=_numbers, default=standard.devices, metavar="N,N", help="devices (1000,25000,100000)")
    add("--sign-ins", type=_numbers, default=standard.sign_ins, metavar="N,N", help="in a log (10000,100000)")
    add("--output", type=Path, default=ROOT / ".cache" / "bench", metavar="FOLDER", help="for report.txt, .json, .svg")
    return parser


if __name__ == "__main__":
    sys.exit(main())
