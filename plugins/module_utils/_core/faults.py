# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several checks of one task, which report all faults in one failure instead of one fault per run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .errors import NEXT_STEPS
from .read_result import attempt
from .text import counted


def check_all(checks: Iterable[Callable[[], Any]]) -> None:
    """Run every check, each of which may raise `TenantError` and sends nothing. A single fault is raised unchanged.

    Several become one error: its kind is that of the first, and its details list all as `faults`.
    """
    found = [error for check in checks if (error := attempt(check).error) is not None]
    if not found:
        return
    if len(found) == 1:
        raise found[0]
    steps = [one.next_step or NEXT_STEPS.get(one.kind, "") for one in found]
    raise found[0].but(
        problem=f"{counted(len(found), 'thing is', 'things are')} wrong: {_numbered([one.problem for one in found])}",
        next_step=_numbered(steps),
        details={
            "faults": [
                {"kind": one.kind, "problem": one.problem, "next_step": step, **one.details}
                for one, step in zip(found, steps, strict=True)
            ]
        },
    )


def _numbered(texts: list[str]) -> str:
    return " ".join(f"({number}) {text.rstrip('.')}." for number, text in enumerate(texts, 1) if text)
