# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mutmut with tests in the order in which they passed, for `make mutation`.

mutmut 3.8 runs the tests of a change in the order of a set, so that what the tests of a file share is set up anew for
nearly each of them. It also runs all of these tests once more before the first change, although it has just learned
what they reach, with the same code: that takes a quarter of an hour here. They pass in this order then. Whether they
also do in the processes that try the changes is what a run with WITHOUT_CHANGES=1 shows: it makes none of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from mutmut.__main__ import cli
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.runners.harness import PytestRunner
from mutmut.workers.isolation import ForkRunner, ForkServerRunner

_arguments = PytestRunner._pytest_args_regular_run
_run_tests = PytestRunner.run_tests


@cache
def _places() -> dict[str, int]:
    """The place of each test among those that passed while mutmut learned what they reach."""
    stats = next(one for one in (Path("mutmut-stats.json"), Path("mutants/mutmut-stats.json")) if one.exists())
    return {name: place for place, name in enumerate(json.loads(stats.read_text("utf-8"))["duration_by_test"])}


def _in_order(runner: PytestRunner, tests: Iterable[str]) -> list[str]:
    return _arguments(runner, sorted(tests, key=lambda name: (_places().get(name, 0), name)))


def _passed_before(_runner: object, tests: Iterable[str]) -> int:
    return 0


def _without_the_change(runner: PytestRunner, *, mutant_name: str | None, tests: Iterable[str]) -> int:
    if mutant_name is not None:
        set_mutant_under_test("")
    return _run_tests(runner, mutant_name=mutant_name, tests=tests)


PytestRunner._pytest_args_regular_run = _in_order
if os.environ.get("WITHOUT_CHANGES"):
    PytestRunner.run_tests = _without_the_change
ForkRunner.run_clean_tests = ForkServerRunner.run_clean_tests = _passed_before

if __name__ == "__main__":
    cli()
