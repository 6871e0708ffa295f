# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings for all tests, and the command that repeats a failed run, at its end."""

from __future__ import annotations

import gc
import os
import shlex
from typing import Any

from hypothesis import settings

# The same examples on each machine, however slow it is.
settings.register_profile("everywhere", deadline=None, derandomize=True, database=None)
settings.load_profile("everywhere")

ALL, SEED = "GUARANTEES", "GUARANTEES_SEED"  # which cases of the guarantees are tried


def pytest_collection_finish() -> None:
    # The tests and their libraries live to the end: exclude them from garbage collection.
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    stats = terminalreporter.stats
    # Both a test and its teardown can fail.
    names = dict.fromkeys(report.nodeid for kind in ("failed", "error") for report in stats.get(kind, []))
    if not names:
        return
    terminalreporter.write_line("")
    terminalreporter.write_line("To repeat what failed:")
    for name in names:
        given = [one for one in (ALL, SEED) if one in os.environ] if name.startswith("tests/guarantees/") else []
        chosen = "".join(f"{one}={shlex.quote(os.environ[one])} " for one in given)
        terminalreporter.write_line(f"  {chosen}.cache/test/bin/pytest {shlex.quote(name)}")
    terminalreporter.write_line("")
