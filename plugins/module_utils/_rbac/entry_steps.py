# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order in which the entries of a management role change. Pure rules: no I/O."""

from __future__ import annotations

from .._core.resource import normalize_case, normalized_set

Entries = dict[str, list[str]]  # parameters by cmdlet

_OF_ROLES = ("-managementroleentry", "-managementrole")
# The order of the steps that change these entries, by verb and entry. Each step needs the whole entry of its own
# cmdlet, VERB-ManagementRoleEntry: removals come before Remove-ManagementRoleEntry is trimmed, except for the two that
# the trimming itself needs.
_TURNS = {
    ("Remove", "get-managementroleentry"): 2,
    ("Set", "remove-managementroleentry"): 4,
    ("Set", "set-managementroleentry"): 5,
    ("Remove", "set-managementroleentry"): 6,
    ("Remove", "remove-managementroleentry"): 7,
}
_USUAL_TURNS = {"Add": 0, "Remove": 1, "Set": 3}


def steps_between(before: Entries, after: Entries) -> list[tuple[str, str]]:
    """The steps from one to the other, each with the verb of its cmdlet and the entry, removals first.

    The entries that allow changing roles come last, each once no later step needs it: otherwise a caller that changes
    its own role could not finish.
    """
    removed = [cmdlet for cmdlet in before if cmdlet not in after]
    other = [
        cmdlet
        for cmdlet in after
        if cmdlet in before and normalized_set(before[cmdlet]) != normalized_set(after[cmdlet])
    ]
    new = [cmdlet for cmdlet in after if cmdlet not in before]
    steps = [(verb, one) for verb, cmdlets in (("Remove", removed), ("Set", other), ("Add", new)) for one in cmdlets]
    needed = [(verb, one) for verb, one in steps if normalize_case(one).endswith(_OF_ROLES)]
    return [one for one in steps if one not in needed] + sorted(needed, key=_turn)


def _turn(step: tuple[str, str]) -> int:
    verb, cmdlet = step
    return _TURNS.get((verb, normalize_case(cmdlet)), _USUAL_TURNS[verb])
