# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated Microsoft 365 tenant on loopback: Entra ID sign-in, Microsoft Graph and Exchange's InvokeCommand.

It responds from machine-readable contracts (contracts/) and readable tenant descriptions (tenants/); every behaviour
beyond those is in behaviours/, with what is known about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._simulator import Simulator

__all__ = ["Simulator"]


def __getattr__(name: str) -> Any:
    """Import on first use, so that the command can say which package it lacks."""
    if name != "Simulator":
        raise AttributeError(f"module {__name__} has no attribute {name}")
    from ._simulator import Simulator

    return Simulator
