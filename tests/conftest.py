# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings for all tests, and the command that repeats a failed run, at its end."""

from __future__ import annotations

import gc
import os
import random
import shlex
import subprocess
from pathlib import Path
from typing import Any

from hypothesis import settings

# The same examples on each machine, however slow it is.
settings.register_profile("everywhere", deadline=None, derandomize=True, database=None)
settings.load_profile("everywhere")

SEED = "GUARANTEES_SEED"
# On these depend which tests there are, and which cases they try.
CHOSEN = ("GUARANTEES", SEED, "FUZZ_MINUTES", "INTUNE_EXCHANGE_CONTRACT_EXAMPLES", "INTUNE_EXCHANGE_FORBID_SKIPS")


def pytest_configure() -> None:
    if SEED in os.environ:
        return
    # The same content is tried on the same cases by everybody, and a changed one on others.
    git = ["git", "-c", "safe.directory=*", "rev-parse", "HEAD^{tree}"]
    tree = subprocess.run(git, cwd=Path(__file__).parent, capture_output=True, text=True, check=False).stdout
    os.environ[SEED] = str(random.Random(tree).randrange(10**6))


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
        given = [one for one in CHOSEN if one in os.environ and (one != SEED or name.startswith("tests/guarantees/"))]
        chosen = "".join(f"{one}={shlex.quote(os.environ[one])} " for one in given)
        terminalreporter.write_line(f"  {chosen}.cache/test/bin/pytest {shlex.quote(name)}")
    terminalreporter.write_line("")
