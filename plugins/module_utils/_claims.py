# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an access token says of itself, unverified: which tenant it is for and what it permits."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PERMISSION = re.compile(r"\b[A-Za-z][\w-]*(?:\.[A-Za-z]+)+\b")


def claims(token: str) -> dict[str, Any]:
    """The claims of an access token; empty if it is opaque."""
    try:
        part = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def is_guid(text: object) -> bool:
    return isinstance(text, str) and _GUID.fullmatch(text) is not None


def tenant_of(token: str) -> str:
    """The GUID of the tenant that a token is for; empty if the token does not say it."""
    found = claims(token).get("tid")
    return str(found).lower() if is_guid(found) else ""


def permissions(claims: Mapping[str, Any]) -> set[str]:
    """What a token permits: application permissions in roles, delegated permissions in scp."""
    roles = claims.get("roles")
    return {*(str(role) for role in (roles if isinstance(roles, list) else ())), *str(claims.get("scp") or "").split()}


def _missing(needs: str, claims: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The permissions named in needs that the token holds, and those that it does not; writing includes reading."""
    granted = permissions(claims)
    named = _PERMISSION.findall(needs)
    held = [name for name in named if granted & {name, name.replace(".Read.", ".ReadWrite.")}]
    return held, [name for name in named if name not in held]


def held(needs: str, claims: Mapping[str, Any]) -> list[str]:
    """The permissions named in needs that the token holds, if they are enough: any of "A or B", all of "A and B"."""
    found, missing = _missing(needs, claims)
    return [] if missing and (" and " in needs or not found) else found


def grant_step(needs: str, claims: Mapping[str, Any]) -> str:
    """What to do after a 403: never ask for a permission that the token holds."""
    found, missing = _missing(needs, claims)
    if held(needs, claims):
        return (
            f"The token already holds {' and '.join(found)}, so something else is missing: check the licenses of the "
            "tenant and the directory roles of the application or account"
        )
    asked = " and ".join(missing) if found else needs
    return f"This needs {asked}: grant it to the application, give admin consent, and try again"
