# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An assessment in sentences for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..module_utils._core.errors import one_line
from ..module_utils._core.text import counted

_EVIDENCE = 240  # characters of it that the terminal shows for a check
_WHOLE_EVIDENCE = (
    "The evidence in full is in mobile_access_assess_result, and with mobile_access_assess_folder in files."
)


def assess(result: Mapping[str, Any]) -> list[str]:
    """What replaces the connector, what is missing, and where Microsoft Entra evaluates policies differently."""
    gaps = [one for one in result["checks"] if one["status"] in ("unmet", "unknown")]
    is_long = any(len(str(one["evidence"])) > _EVIDENCE for one in gaps)
    counts = Counter(str(one["status"]).replace("_", " ") for one in result["checks"])
    return [
        f"{counted(len(result['checks']), 'check')}: {', '.join(f'{n} {name}' for name, n in counts.items())}.",
        *map(_answer, result["answers"]),
        *(line for one in gaps for line in _gap(one)),
        *([_WHOLE_EVIDENCE] if is_long else []),
        *(
            f"What If for {one['user']}, {one['client']} on {one['platform']}: {_difference(one)}."
            for one in result["what_if"]
            if not one["agrees"]
        ),
    ]


def _answer(one: Mapping[str, Any]) -> str:
    name = str(one["what"]).replace("_", " ").capitalize()
    covered = f"covered by {', '.join(map(str, one['covered_by']))}" if one["covered_by"] else "not covered"
    return f"{name}: {covered}." + (f" Missing: {one['gap']}." if one["gap"] else "")


def _gap(one: Mapping[str, Any]) -> list[str]:
    evidence = one_line(one["evidence"], _EVIDENCE)
    return [
        f"{one['status']}: {one['title']}.",
        f"  Evidence: {evidence}{'' if evidence.endswith(('.', '…')) else '.'}",
        f"  Next step: {one['next_step']}.",
    ]


def _difference(one: Mapping[str, Any]) -> str:
    names = ", ".join(str(other["policy"]) for other in one["differences"])
    return str(one["problem"] or f"Microsoft Entra evaluates these policies differently: {names}")
