# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule in the code names a row of the table of behaviours, and every row is used."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import simulator
from simulator._aadsts import ERRORS
from simulator._behaviour import ASSUMED, DOCUMENTED, SEEN
from simulator._behaviours import BEHAVIOURS, behaves
from simulator._cmdlet_table import NOUNS, OWN
from simulator._graph_table import RESOURCES, SPECIALS
from simulator._limits import LIMITS
from simulator._wire import Refusal

SOURCES = sorted(Path(simulator.__file__).parent.glob("*.py"))
# What takes the id of a behaviour as its first argument.
NAMING = {"Refusal", "behaves", "refused", "_refused", "_bad", "_bad_request", "Limit"}


def named() -> set[str]:
    """The ids that the code names."""
    found = {f"aadsts-{number}" for number in ERRORS}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "behaviour")]
                words = [word.value for word in given if isinstance(word, ast.Constant)]
                if node.func.id in NAMING or any(word.arg == "behaviour" for word in node.keywords):
                    found |= {word for word in words if isinstance(word, str) and "-" in word}
                    found |= {word for word in words if word in BEHAVIOURS}
    return found


def test_the_code_and_the_table_agree() -> None:
    used = named() | {noun.behaviour for noun in NOUNS.values()} | {one.behaviour for one in RESOURCES.values()}
    assert used - set(BEHAVIOURS) == set()
    assert set(BEHAVIOURS) - used == set()


def test_what_carries_out_a_rule_is_marked() -> None:
    for _unused, act in SPECIALS.values():
        assert act.behaviour in BEHAVIOURS  # type: ignore[attr-defined]
    for carry_out in OWN.values():
        assert carry_out.behaviour in BEHAVIOURS  # type: ignore[attr-defined]
    for resource in RESOURCES.values():
        for hook in (resource.create, resource.change, resource.delete, resource.view):
            assert hook.__module__ == "simulator._entities" or hook.behaviour in BEHAVIOURS  # type: ignore[union-attr]
    assert all(limit.behaviour in BEHAVIOURS for limit in LIMITS)


def test_nobody_invents_a_behaviour() -> None:
    with pytest.raises(KeyError):
        behaves("nonsense")
    with pytest.raises(KeyError):
        Refusal("nonsense", status=400, code="x", message="x")


def test_every_row_says_how_sure_it_is() -> None:
    for row in BEHAVIOURS.values():
        assert row.mark in (DOCUMENTED, SEEN, ASSUMED)
        assert row.what and row.source
    assert all(
        row.source.startswith("https://learn.microsoft.com")
        for row in BEHAVIOURS.values()
        if row.mark == DOCUMENTED and "blog" not in row.source
    )
