# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make mutants`: break the product in one place after another, and verify that the guarantee's tests detect it.

Each patch in tests/mutants has three lines before its diff: `Guarantee:`, a number or a word; `Tests:`, the arguments
that pytest gets; `Why:`, what is broken. The tests have to pass without the patch and to fail with it. All of them take
many hours; for some: `.cache/test/bin/python -m tools.mutants PATCH...`. What pytest says is in .cache/logs/mutants.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from tools.checkout import ROOT, copy_checkout

LOGS = ROOT / ".cache" / "logs" / "mutants"
_PASSED, _FAILED = 0, 1  # of pytest; any other means that it ran no test, or was interrupted
_NOT_APPLIED, _ENDLESS = -1, -2
_LONGEST = 2 * 60 * 60  # seconds


@dataclass(frozen=True)
class Mutant:
    path: Path
    guarantee: str
    tests: tuple[str, ...]
    why: str


def read(path: Path) -> Mutant:
    """Raises `ValueError` if a line is missing."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = dict(line.split(": ", 1) for line in lines[:3] if ": " in line)
    missing = [name for name in ("Guarantee", "Tests", "Why") if name not in head]
    if missing:
        raise ValueError(f"{path.name} does not begin with {', '.join(missing)}")
    return Mutant(path, head["Guarantee"], tuple(shlex.split(head["Tests"])), head["Why"])


def tried(mutant: Mutant | None, tests: tuple[str, ...], root: Path) -> int:
    """The exit code of pytest on a copy of the checkout, with the patch if any, or why there is none."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as place:
        copy = Path(place) / "checkout"
        copy_checkout(copy, root)
        live = copy / ".cache" / "live" / "ansible_collections" / "intune"
        live.mkdir(parents=True)
        (live / "exchange").symlink_to(copy)
        if mutant:
            alone = {**os.environ, "GIT_CEILING_DIRECTORIES": place}  # the copy is not a repository, nor in one
            apply = ["git", "apply", str(mutant.path.resolve())]
            if subprocess.run(apply, cwd=copy, env=alone, capture_output=True, check=False).returncode:
                return _NOT_APPLIED
        command = [sys.executable, "-m", "pytest", "-q", "-x", *tests]
        # Every case: a sample may omit the one that detects it.
        environment = {**os.environ, "GUARANTEES": "all", "HOME": place}
        LOGS.mkdir(parents=True, exist_ok=True)
        with log_of(mutant, tests).open("wb") as log, suppress(subprocess.TimeoutExpired):
            return subprocess.run(
                command,
                cwd=copy,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
                timeout=_LONGEST,
            ).returncode
        return _ENDLESS


def log_of(mutant: Mutant | None, tests: tuple[str, ...]) -> Path:
    """Where the output of the tests goes, with the patch or without any."""
    return LOGS / f"{mutant.path.stem if mutant else f'without-{crc32(shlex.join(tests).encode())}'}.log"


def verdict(mutant: Mutant, clean: int, broken: int) -> str:
    """Empty if the tests detect the patch."""
    if clean != _PASSED:
        return "its tests do not pass without it"
    if broken == _NOT_APPLIED:
        return "it does not apply"
    if broken == _ENDLESS:
        return f"its tests did not end in {_LONGEST} s"
    if broken == _FAILED:
        return ""
    return "it survives" if broken == _PASSED else f"its tests did not run (pytest returned {broken})"


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="See that tests notice a product that is broken on purpose.")
    cores = len(os.sched_getaffinity(0))
    parser.add_argument("--at-once", type=int, default=cores, help=f"how many copies are tried at once ({cores})")
    parser.add_argument("patches", nargs="*", type=Path, help="patches; without any, those in tests/mutants")
    parsed = parser.parse_args(None if arguments is None else list(arguments))
    mutants = [read(path) for path in parsed.patches or sorted((ROOT / "tests" / "mutants").glob("*.patch"))]
    if not mutants:
        print("There is no patch.", file=sys.stderr)
        return 1
    with ThreadPoolExecutor(parsed.at_once) as pool:
        clean = {tests: pool.submit(tried, None, tests, ROOT) for tests in {one.tests for one in mutants}}
        broken = [pool.submit(tried, one, one.tests, ROOT) for one in mutants]
        wrong = 0
        for mutant, run in zip(mutants, broken, strict=True):
            trouble = verdict(mutant, clean[mutant.tests].result(), run.result())
            wrong += bool(trouble)
            print(f"{trouble or 'noticed':40} {mutant.path.name}: {mutant.why}", flush=True)
            if trouble:
                logs = [log_of(one, mutant.tests) for one in (None, mutant)]
                print(f"  What its tests said, without it and with it: {logs[0]}, {logs[1]}")
                print(f"  To repeat it: .cache/test/bin/python -m tools.mutants {shlex.quote(str(mutant.path))}")
    print(f"{len(mutants) - wrong} of {len(mutants)} mutants were noticed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
