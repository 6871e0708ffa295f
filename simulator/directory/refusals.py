# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory's refusals to write an application."""

from __future__ import annotations

from ..state.http_messages import Refusal


def forbidden(behaviour: str) -> Refusal:
    return Refusal(
        behaviour,
        status=403,
        code="Authorization_RequestDenied",
        message="Insufficient privileges to complete the operation.",
    )


def invalid(behaviour: str, text: str, status: int = 400, code: str = "Request_BadRequest") -> Refusal:
    return Refusal(behaviour, status=status, code=code, message=text)
