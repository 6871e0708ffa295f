# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary at the end of a run: how much of the contracts was tried, and how many differences there were."""

from __future__ import annotations

from collections import Counter
from typing import Any

REQUESTS, DIFFERENCES = "contract requests", "contract differences"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    totals: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, number in report.user_properties:
                if name in (REQUESTS, DIFFERENCES):
                    totals[name] += number
    if totals:
        terminalreporter.write_line(
            f"contracts of the simulated tenant: {totals[REQUESTS]} generated requests, "
            f"{totals[DIFFERENCES]} differences"
        )
