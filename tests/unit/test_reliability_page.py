# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page on reliability names existing tests, and is up to date."""

from __future__ import annotations

import ast

import pytest

from tools import guarantees


def test_the_page_is_current() -> None:
    assert guarantees.PAGE.read_text(encoding="utf-8") == guarantees.page(), "run python tools/guarantees.py"


@pytest.mark.parametrize("number", range(1, 23))
def test_every_guarantee_has_tests_and_a_mutant(number: int) -> None:
    _guarantee, tests = guarantees.GUARANTEES[number]
    assert tests and guarantees.mutants(number)
    for test in tests:
        file, function = test.split("::")
        tree = ast.parse((guarantees.ROOT / file).read_text(encoding="utf-8"))
        assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, test
