# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The response forms of the tenants for the guarantees: as seen on live tenants, or as documented."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import yaml

from simulator import Simulator
from simulator.state.descriptions import describe

LIVE, DOCUMENTED = FORMS = ("live", "documented")


class Simulators:
    """One simulator for each form and set of tenants, started when it is first needed."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        self._started: dict[tuple[str, tuple[str, ...], int], Simulator] = {}

    def get(self, form: str, tenants: Sequence[str], page_size: int = 100) -> Simulator:
        key = form, tuple(tenants), page_size
        if key not in self._started:
            sources = [self._described(form, tenant) for tenant in tenants]
            simulator = Simulator(tenants=sources, page_size=page_size, rate_limits=False)
            self._started[key] = self._stack.enter_context(simulator)
        return self._started[key]

    def _described(self, form: str, tenant: str) -> str | Path:
        """A shipped tenant, or one of the same name that extends it with the older response forms."""
        if form == LIVE:
            return tenant
        ((_name, older),) = describe("documented_forms")
        path = self._folder / f"{tenant}.yml"
        path.write_text(yaml.safe_dump({"extends": tenant, "exchange": {"forms": older["exchange"]["forms"]}}))
        return path
