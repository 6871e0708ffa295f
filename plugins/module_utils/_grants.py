# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a token says that its owner may do, so that a message never asks for what is granted already."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

_PERMISSION = re.compile(r"\b[A-Z][A-Za-z-]+(?:\.[A-Z][A-Za-z]+)+\b")
# Template ids of directory roles, as the claim wids names them.
# https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
DIRECTORY_ROLES = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "29232cdf-9323-42fd-ade2-1d097af3e4de": "Exchange Administrator",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
}


def claims(token: str) -> dict[str, Any]:
    """What an access token says of itself, unverified; empty if it is opaque."""
    try:
        part = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def permissions(known: Mapping[str, Any]) -> set[str]:
    """What a token may do: application permissions in the claim roles, delegated ones in scp."""
    return {*(known.get("roles") or ()), *str(known.get("scp") or "").split()}


def directory_roles(known: Mapping[str, Any]) -> set[str]:
    """The directory roles that a token names, as far as they matter here."""
    return {DIRECTORY_ROLES[one] for one in known.get("wids") or () if one in DIRECTORY_ROLES}


def lacks(needs: str, token: str) -> bool:
    """Whether the token lacks what the text names: one of the permissions that it offers as alternatives.

    An opaque token is taken to lack it, since nobody knows better; of roles in Exchange a token says nothing.
    """
    if "Exchange role" in needs:
        return True
    named = set(_PERMISSION.findall(needs))
    granted = permissions(claims(token))
    covered = {one for one in named if one in granted or one.replace(".Read.", ".ReadWrite.") in granted}
    return not (granted and covered and (" or " in needs or covered == named))


def grant_step(needs: str, token: str) -> str:
    """The next step after a refusal."""
    if lacks(needs, token):
        return f"This needs {needs}: grant it to the application, give admin consent, and try again"
    return (
        f"The token has {needs} already, so something else refuses this: a directory role, a licence or a policy of "
        "the tenant. Quote the request id to Microsoft support if none of them explains it"
    )
