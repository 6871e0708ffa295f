# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many generated requests against one simulator: the same ones in every run, counted."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

# The simplest request of each kind; for many: make contracts
EXAMPLES = int(os.environ.get("INTUNE_EXCHANGE_CONTRACT_EXAMPLES", "1"))
Record = Callable[[str, object], None]


def for_all(requests: SearchStrategy[Any], check: Callable[[Any], None], record: Record) -> None:
    """Check every generated request; a difference fails with the smallest request that shows it."""
    tried = 0

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests)
    def run(request: Any) -> None:
        nonlocal tried
        check(request)
        tried += 1

    try:
        run()
    except Exception:
        record("contract differences", 1)
        raise
    finally:
        record("contract requests", tried)
