# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users with restricted changes: those with an admin role, and those synchronized from elsewhere."""

from __future__ import annotations

from ..behaviours.table import implements
from ..odata.entities import RequestContext
from ..state.http_messages import Json, Refusal

# https://learn.microsoft.com/graph/api/resources/users#sensitive-actions
_SENSITIVE = frozenset(
    {
        "accountEnabled",
        "businessPhones",
        "mobilePhone",
        "onPremisesImmutableId",
        "otherMails",
        "passwordProfile",
        "userPrincipalName",
    }
)
_ENTITLED = frozenset({"Global Administrator", "Privileged Authentication Administrator"})
# https://learn.microsoft.com/graph/api/user-update: passwordProfile
_PASSWORD = frozenset({"User-PasswordProfile.ReadWrite.All", "Directory.AccessAsUser.All"})
_FOR_PASSWORDS = _ENTITLED | {"User Administrator"}
# The properties that synchronization does not bring from the on-premises directory, as far as users here have them.
_OWN = frozenset({"usageLocation"})


@implements("directory-sensitive")
def refuse_sensitive(scene: RequestContext, user: Json) -> None:
    """Deleting is sensitive as a whole, changing by property."""
    if scene.tenant.description["sensitive_actions"] != "guarded" or not scene.tenant.directory_roles(user["id"]):
        return
    asked = scene.operation.method == "DELETE" or _SENSITIVE & scene.body.keys()
    if asked and not _ENTITLED & set(scene.tenant.directory_roles(scene.caller)):
        raise _denied("directory-sensitive")


@implements("directory-password-right")
def refuse_password(scene: RequestContext) -> None:
    """A password change takes its own permission, and a role in the directory as well."""
    if "passwordProfile" not in scene.body or scene.tenant.description["sensitive_actions"] != "guarded":
        return
    roles = set(scene.tenant.directory_roles(scene.caller))
    if not (scene.granted & _PASSWORD and roles & _FOR_PASSWORDS):
        raise _denied("directory-password-right")


def _denied(behaviour: str) -> Refusal:
    return Refusal(
        behaviour,
        status=403,
        code="Authorization_RequestDenied",
        message="Insufficient privileges to complete the operation.",
    )


@implements("directory-mastered")
def refuse_synchronized(scene: RequestContext, user: Json) -> None:
    if user["onPremisesSyncEnabled"] and {name for name in scene.body if "@" not in name} - _OWN:
        raise Refusal(
            "directory-mastered",
            status=400,
            code="Request_BadRequest",
            message=(
                "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects "
                "currently undergoing migration."
            ),
        )
