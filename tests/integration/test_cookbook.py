# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipes of the cookbook, in their order: those for one tenant in one play."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from simulator import Simulator

from .test_examples import ROOT, Reader, of_page

pytestmark = pytest.mark.more

PAGE = ROOT / "docs/docsite/rst/cookbook.rst"
# Recipes that need another tenant than `phones`.
TENANTS = {18: "connected", 19: "deadlines"}


@pytest.fixture(scope="module")
def tenants() -> Iterator[Simulator]:
    with Simulator(tenants=["phones", *TENANTS.values()], clock_step=900, control=True) as simulator:
        yield simulator


def test_there_are_twenty() -> None:
    headings = re.findall(r"^(\d+)\. .+\n\^+$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == [str(number) for number in range(1, 21)]
    assert len(of_page(PAGE)) == 20


@pytest.mark.parametrize("tenant", ["phones", *TENANTS.values()])
def test_the_recipes_run(tenants: Simulator, tmp_path: Path, tenant: str) -> None:
    reader = Reader(tenants, tenant, tmp_path)
    chosen = [block for number, block in enumerate(of_page(PAGE), 1) if TENANTS.get(number, "phones") == tenant]
    tasks = [task for block in chosen for task in yaml.safe_load(reader.own(block.text))]
    reader.play([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
