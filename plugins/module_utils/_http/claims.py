# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The claims of an access token, unverified: its tenant and its permissions.

They determine the next step after a refusal: a message never asks for a permission that the token has.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from .._core.strict_json import parse_json
from .._core.targets import is_guid

_PERMISSION = re.compile(r"\b[A-Z][\w-]*(?:\.[A-Z]\w*)+\b")
# Template ids of directory roles, as the claim wids names them.
# https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
DIRECTORY_ROLES = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "29232cdf-9323-42fd-ade2-1d097af3e4de": "Exchange Administrator",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
    "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
    "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
}


def claims(token: str) -> dict[str, Any]:
    """The claims of an access token; empty if it is opaque."""
    try:
        part = token.split(".")[1]
        found = parse_json(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def tenant_of(token: str) -> str:
    """The GUID of the tenant that a token is for; empty if the token does not name one."""
    found = claims(token).get("tid")
    return str(found).lower() if is_guid(found) else ""


def permissions(known: Mapping[str, Any]) -> set[str]:
    """The permissions of a token: application permissions in roles, delegated permissions in scp."""
    return {*_texts(known.get("roles")), *str(known.get("scp") or "").split()}


def directory_roles(known: Mapping[str, Any]) -> set[str]:
    """The directory roles that a token names, as far as they matter here."""
    return {DIRECTORY_ROLES[one] for one in _texts(known.get("wids")) if one in DIRECTORY_ROLES}


def _texts(values: Any) -> list[str]:
    return [str(one) for one in values] if isinstance(values, list) else []


def _sorted_out(needs: str, known: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The permissions that a text names: those in the token, and the others. Writing includes reading."""
    granted = permissions(known)
    named = _PERMISSION.findall(needs)
    found = [name for name in named if granted & _including(name)]
    return found, [name for name in named if name not in found]


def _including(name: str) -> set[str]:
    wider = {name, name.replace(".ReadBasic.", ".Read.")}
    return wider | {one.replace(".Read.", ".ReadWrite.") for one in wider}


def held(needs: str, known: Mapping[str, Any]) -> list[str]:
    """The permissions that a text names and the token has, if they suffice: any of "A or B", else all of them.

    Empty otherwise. An opaque token is assumed to have none; no token shows roles in Exchange.
    """
    found, missing = _sorted_out(needs, known)
    return [] if "Exchange role" in needs or (missing and " or " not in needs) else found


def grant_step(needs: str, known: Mapping[str, Any]) -> str:
    """The next step after a 403: never ask for a permission that the token has."""
    enough = held(needs, known)
    if enough:
        return (
            f"The token already holds {' and '.join(enough)}, so something else refuses this: check the licenses and "
            "policies of the tenant and the directory roles of the application or account. Quote the request id to "
            "Microsoft support if none of them explains it"
        )
    found, missing = _sorted_out(needs, known)
    asked = " and ".join(missing) if found and missing else needs
    return f"This needs {asked}: grant it to the application, give admin consent, and try again"
