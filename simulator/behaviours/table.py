# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All behaviours of the simulated services beyond the contract files, and how much is known about each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from . import access, applications, conditional_access, entra, exchange, exchange_variants, graph, intune, partner, twin
from .behaviour import Behaviour

Rule = TypeVar("Rule", bound=Callable[..., object])

SECTIONS: dict[str, dict[str, Behaviour]] = {
    **entra.SECTIONS,
    **applications.SECTIONS,
    **graph.SECTIONS,
    **partner.SECTIONS,
    **intune.SECTIONS,
    **access.SECTIONS,
    **conditional_access.SECTIONS,
    **exchange.SECTIONS,
    **exchange_variants.SECTIONS,
    **twin.SECTIONS,
}
BEHAVIOURS: dict[str, Behaviour] = {name: row for rows in SECTIONS.values() for name, row in rows.items()}


def known(behaviour: str) -> str:
    """The id, if it exists."""
    if behaviour not in BEHAVIOURS:
        raise KeyError(f"no behaviour {behaviour} in the table")
    return behaviour


def behaviour_of(rule: Callable[..., object]) -> str:
    """The behaviour that a marked function implements."""
    return str(rule.behaviour)  # type: ignore[attr-defined]


def implements(behaviour: str) -> Callable[[Rule], Rule]:
    """Marks the function that implements a behaviour."""
    known(behaviour)

    def mark(rule: Rule) -> Rule:
        rule.behaviour = behaviour  # type: ignore[attr-defined]
        return rule

    return mark
