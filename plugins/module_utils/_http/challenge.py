# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service that refuses a token requires of the next one."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from .._core.retry import header

_CHALLENGE = re.compile(r"""(?<![\w-])claims[ \t]*=[ \t]*"([A-Za-z0-9+/_=-]+)\"""", re.ASCII | re.IGNORECASE)
_LONGEST_CHALLENGE = 16 * 1024  # characters


def claims_challenge(headers: Mapping[str, Any]) -> str:
    """The claims that a new token must have, as JSON; empty if the service requires none.

    https://learn.microsoft.com/entra/identity-platform/claims-challenge
    """
    found = _CHALLENGE.finditer(header(headers, "WWW-Authenticate")[:_LONGEST_CHALLENGE])
    return next((wanted for one in found if (wanted := _decoded(one[1]))), "")


def _decoded(claims: str) -> str:
    """The text of a JSON object; empty if it is none."""
    encoded = claims.replace("+", "-").replace("/", "_").rstrip("=")
    try:
        wanted = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
        return wanted if isinstance(json.loads(wanted), dict) else ""
    except (ValueError, RecursionError):
        return ""


def sign_in_step(headers: Mapping[str, Any]) -> str:
    """The next step if no other token helped."""
    if not claims_challenge(headers):
        return "Check that the token is for this tenant and cloud, and sign in again"
    return (
        "The service wants another token (a claims challenge), as after a revocation or by Conditional Access: sign in "
        "again, and see what blocks the application or person in the sign-in logs"
    )
