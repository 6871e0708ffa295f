# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps to a working application, and the directory role that a person needs for each.

https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent
https://learn.microsoft.com/entra/identity/role-based-access-control/delegate-by-task
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from .._core.errors import TenantError
from .._engine.tenant import Tenant
from .._http.claims import DIRECTORY_ROLES, claims, permissions

Result = TypeVar("Result")
ROUNDS = 6  # how often a write is repeated while the directory does not find a new application
CONFLICTS = 3  # how often a write is repeated after somebody else changed the object first
_GLOBAL = "Global Administrator"
_CLOUD = ("Cloud Application Administrator", "Application Administrator", _GLOBAL)
_PRIVILEGED = ("Privileged Role Administrator", _GLOBAL)


@dataclass(frozen=True)
class Step:
    """A step in words, the permission that its token needs, and the directory roles that a person needs.

    Any one of the roles is enough; the least privileged comes first. An application needs only the permission.
    """

    action: str
    permission: str
    roles: tuple[str, ...]


REGISTER = Step("register the application", "Application.ReadWrite.All", _CLOUD)
CREDENTIAL = Step("change the credentials of the application", "Application.ReadWrite.All", _CLOUD)
CONSENT_GRAPH = Step("grant application permissions of Microsoft Graph", "AppRoleAssignment.ReadWrite.All", _PRIVILEGED)
CONSENT_OTHER = Step(
    "grant application permissions of Office 365 Exchange Online",
    "AppRoleAssignment.ReadWrite.All",
    (*_CLOUD, _PRIVILEGED[0]),
)


def roles_needed(tenant: Tenant, steps: Mapping[Step, bool]) -> list[dict[str, Any]]:
    """For the result: each required step, the roles that allow it, and whether the caller's token names one.

    This is unknown for an application, which needs no role, and for a token that does not name roles.
    """
    known = claims(tenant.tokens.bearer("graph"))
    named = known.get("wids")
    held = {DIRECTORY_ROLES[one] for one in named if one in DIRECTORY_ROLES} if isinstance(named, list) else set()
    is_person = "scp" in known and isinstance(named, list)
    return [
        {"step": step.action, "roles": list(step.roles), "held": bool(held & set(step.roles)) if is_person else None}
        for step, needed in steps.items()
        if needed
    ]


def may_repeat(error: TenantError, attempt: int) -> bool:
    """Whether to repeat a write: a new application is not found everywhere at once, which takes longer."""
    most = {"not_found": ROUNDS, "outcome_unknown": ROUNDS, "conflict": CONFLICTS}
    return attempt < most.get(error.kind, 0)


def carried_out(tenant: Tenant, step: Step, act: Callable[[], Result]) -> Result:
    """Run a step. A person without the role is told which one, since the permission is already granted."""
    try:
        return act()
    except TenantError as error:
        known = claims(tenant.tokens.bearer("graph"))
        if error.kind != "forbidden" or "scp" not in known or step.permission not in permissions(known):
            raise
        names = " or ".join(step.roles)
        raise error.but(
            next_step=f"To {step.action}, the person needs the directory role {names}: sign in as somebody who has one"
        ) from error.__cause__
