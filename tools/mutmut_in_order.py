# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mutmut with tests in the order of their files, for `make mutation`.

mutmut 3.8 runs the tests of a change in the order of a set, so that what the tests of a file share is set up anew for
nearly each of them. It also runs all of these tests once more before the first change, although it has just learned
what they reach, with the same code: that takes a quarter of an hour here.
"""

from __future__ import annotations

from collections.abc import Iterable

from mutmut.__main__ import cli
from mutmut.runners.harness import PytestRunner
from mutmut.workers.isolation import ForkRunner, ForkServerRunner

_arguments = PytestRunner._pytest_args_regular_run


def _in_order(runner: PytestRunner, tests: Iterable[str]) -> list[str]:
    return _arguments(runner, sorted(tests))


def _passed_before(_runner: object, tests: Iterable[str]) -> int:
    return 0


PytestRunner._pytest_args_regular_run = _in_order
ForkRunner.run_clean_tests = ForkServerRunner.run_clean_tests = _passed_before

if __name__ == "__main__":
    cli()
