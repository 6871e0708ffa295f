# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unknown variables from -e. Ansible ignores them, so a typing error would run with the default."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

from ansible.module_utils.common.yaml import yaml_load

from ..module_utils._core.text import did_you_mean

_ROLES = Path(__file__).resolve().parents[2] / "roles"
_ROLE_OF = {"connector_": "connector", "mobile_access_": "mobile_access"}
_TWO_WORDS = ("check_access_", "mobile_access_")
_NEAR = 0.85  # of difflib: one wrong letter in a name of seven
_SHOWN = 8


@cache
def role_variables(role: str) -> frozenset[str]:
    """The variables of a role of this collection, of all its entry points."""
    specs = yaml_load((_ROLES / role / "meta/argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
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
        if near or _prefix(name) in prefixes:
            sentences.append(f"{name} is not a variable of this playbook. {_next_step(name, known)}")
    return sentences


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
