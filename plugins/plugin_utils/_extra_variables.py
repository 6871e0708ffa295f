# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unknown variables. Ansible ignores them, so a typing error would run with the default."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from ansible.module_utils.common.yaml import yaml_load

from ..module_utils._core.text import did_you_mean

_ROLES = Path(__file__).resolve().parents[2] / "roles"
_ROLE_OF = {"connector_": "connector", "mobile_access_": "mobile_access"}
_TWO_WORDS = ("check_access_", "check_requirements_", "mobile_access_")
_NEAR = 0.85  # of difflib: one wrong letter in a name of seven; and in one of six, by _edits
_SHOWN = 8
_EDITS = 2  # of a mistyped variable of a role
_LONG = 6  # letters after the prefix; in a shorter name, two others make another word


@cache
def argument_specs(path: Path) -> Any:
    """The argument specifications in a file, by entry point."""
    return yaml_load(path.read_text(encoding="utf-8"))["argument_specs"]


@cache
def role_variables(role: str) -> frozenset[str]:
    """The variables of a role of this collection, of all its entry points."""
    specs = argument_specs(_ROLES / role / "meta/argument_specs.yml")
    return frozenset(name for entry_point in specs.values() for name in entry_point["options"])


def unknown_variables(given: Iterable[str], known: Collection[str]) -> list[str]:
    """A sentence for each name that looks like a variable of the playbook but is not one.

    Every playbook accepts the variables of the roles, since one variables file may serve several.
    """
    unknown = set(given) - set(known)
    known = {
        *known,
        *(name for prefix in {*map(_prefix, unknown)} & {*_ROLE_OF} for name in role_variables(_ROLE_OF[prefix])),
    }
    prefixes = {*map(_prefix, known), *_ROLE_OF} - {""}
    sentences = []
    for name in sorted(unknown - known):
        near = difflib.get_close_matches(name, sorted(known), 1, _NEAR)
        near = near or [one for one in known if len(one) >= _LONG and one[0] == name[0] and _edits(name, one) == 1]
        if near or _prefix(name) in prefixes:
            sentences.append(f"{name} is not a variable of this playbook. {_next_step(name, known)}")
    return sentences


def mistyped_variables(names: Iterable[str], role: str) -> list[str]:
    """A sentence for each name that is a variable of the role but for a typing error.

    Others with the prefix of the role may be a user's own, such as mobile_access_baselines_strict.
    """
    known = role_variables(role)
    prefix = next(one for one, of in _ROLE_OF.items() if of == role)
    sentences = []
    for name in sorted(one for one in {*names} - known if str(one).startswith(prefix)):
        meant = next((one for one in sorted(known) if _is_typo(name, one, prefix)), "")
        if meant:
            sentences.append(f"{name} is not a variable of the role {role}. Did you mean {meant}?")
    return sentences


def _is_typo(name: str, meant: str, prefix: str) -> bool:
    given, right = name.removeprefix(prefix), meant.removeprefix(prefix)
    # A number or another word at its end is meant.
    if re.sub("[^0-9]", "", given) != re.sub("[^0-9]", "", right) or given.startswith(f"{right}_"):
        return False
    most = _EDITS if min(len(given), len(right)) >= _LONG else 1
    return abs(len(given) - len(right)) <= most and _edits(given, right) <= most


def _edits(one: str, other: str) -> int:
    """How many letters differ, are missing, are in excess, or are exchanged with the next one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, wanted in enumerate(other, 1):
            best = min(row[-1] + 1, before[j] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                best = min(best, above[j - 2] + 1)
            row.append(best)
    return row[-1]


def _next_step(name: str, known: Collection[str]) -> str:
    meant = did_you_mean([name], known, 0.7)
    if meant:
        return meant
    family = sorted(one for one in known if _prefix(one) == _prefix(name))
    more = f" and {len(family) - _SHOWN} more" if len(family) > _SHOWN else ""
    return f"It has {', '.join(family[:_SHOWN])}{more}."


def _prefix(name: str) -> str:
    """The prefix of this collection's variables; empty for names such as `before` and those of all playbooks."""
    if name.startswith("tenant_"):  # an inventory may have its own variables with this prefix
        return ""
    whole = [prefix for prefix in _TWO_WORDS if name.startswith(prefix)]
    first, underscore, _rest = name.partition("_")
    return whole[0] if whole else first + underscore if underscore else ""
