# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a read of the access check failed: what is missing, who can grant it, and the command that does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._core.errors import NEXT_STEPS, TenantError
from .._http.claims import DIRECTORY_ROLES, directory_roles, held, permissions

NO_ROLE = "no_role_in_exchange"  # kind of an error: Exchange does not list the cmdlet for the caller
SIGN_IN = "Exchange.ManageAsApp"
_DELEGATED_SIGN_IN = "Exchange.Manage"

_APPS = {"graph": "00000003-0000-0000-c000-000000000000", "exchange": "00000002-0000-0ff1-ce00-000000000000"}
_NAMES = {"graph": "Microsoft Graph", "exchange": "Office 365 Exchange Online"}
_READ_ALL = {"Exchange Administrator", "Global Administrator", "Global Reader"}  # read everything that is read here
_READER = {name: role for role, name in DIRECTORY_ROLES.items()}["Global Reader"]
# https://learn.microsoft.com/powershell/microsoftgraph/how-to-grant-revoke-api-permissions
_API = "$api = Get-MgServicePrincipal -Filter 'appId eq ''{api}'''; "
_GRANT = _API + (
    "New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId {caller} -PrincipalId {caller} "
    "-ResourceId $api.Id -AppRoleId ($api.AppRoles | Where-Object Value -eq '{permission}').Id"
)
_GRANT_DELEGATED = _API + (
    "$client = Get-MgServicePrincipal -Filter 'appId eq ''{client}'''; New-MgOauth2PermissionGrant "
    "-ClientId $client.Id -ConsentType AllPrincipals -ResourceId $api.Id -Scope {permission}"
)
_ASSIGN = (
    "New-MgRoleManagementDirectoryRoleAssignment -PrincipalId {caller} -RoleDefinitionId {role} -DirectoryScopeId /"
)
# https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent
_PRIVILEGED = "A Privileged Role Administrator or Global Administrator"
_CLOUD = "A Cloud Application Administrator"  # any permission except application permissions of Microsoft Graph
_NEWER = "Then run this again: only tokens issued after the change have it, which can take an hour"
_ROLE_TOO = (
    "It also needs a role in Exchange Online, such as the directory role Global Reader: assign that at the same time. "
)


@dataclass(frozen=True)
class Verdict:
    """The outcome of one read."""

    evidence: str
    status: str = "works"
    next_step: str = ""
    command: str = ""


def explain(service: str, needs: str, error: TenantError) -> Verdict:
    """Why a read failed. `needs` is the required permission of Microsoft Graph, or role of Exchange.

    By the token that was refused: meanwhile another read may have brought a newer one.
    """
    if error.kind == "not_offered":
        return Verdict(error.problem, "not_offered", error.next_step)
    if error.kind == "no_intune_licence":
        return _missing(error.problem, "Add an Intune subscription to the tenant; no permission helps")
    if error.kind == "no_licence" and not error.next_step:  # otherwise it is only likely
        return _missing(error.problem, "Add a Microsoft Entra ID P1 licence; no permission helps")
    known = error.claims
    if known and error.answer is not None and error.answer.status in (401, 403):
        if service == "graph" and not held(needs, known):
            return _not_granted(service, needs, error, known)
        if service == "exchange" and not permissions(known) & {SIGN_IN, _DELEGATED_SIGN_IN}:
            return _not_granted(service, SIGN_IN, error, known)
        if error.kind == NO_ROLE:
            return _no_role(needs, error, known)
    return _unknown(error)


def _missing(evidence: str, step: str, command: str = "") -> Verdict:
    return Verdict(evidence, "missing", step, command)


def no_token(service: str, error: TenantError) -> Verdict:
    if service == "exchange" and error.answer and error.answer.code == "AADSTS500011":
        step = (
            "Add an Exchange Online subscription to the tenant, or leave Exchange out. Check cloud and exchange_url if "
            "you set them"
        )
        return _missing(f"the tenant does not know Exchange Online ({error.answer})", step)
    return _unknown(error)


def _unknown(error: TenantError) -> Verdict:
    step = error.next_step or NEXT_STEPS.get(
        error.kind, "Retry; if the problem persists, report it with the output of -vvv"
    )
    return Verdict(f"could not {error.action or 'sign in'}: {error.problem}", "unknown", step)


def _no_role(role: str, error: TenantError, known: dict[str, Any]) -> Verdict:
    enough = sorted(directory_roles(known) & _READ_ALL)
    if enough:
        step = (
            f"The token already names the directory role {enough[0]}, which includes {role}: a new role can take an "
            "hour to count in Exchange Online. If the problem persists, quote the request id to Microsoft support"
        )
        return Verdict(f"could not {error.action}: {error.problem}", "unknown", step)
    step = (
        f"Assign the directory role Global Reader to the caller, or the Exchange role {role} through a role group. "
        f"{_PRIVILEGED} assigns the directory role. {_NEWER}"
    )
    evidence = f"the caller holds no role in Exchange Online with this cmdlet ({error.problem})"
    return _missing(evidence, step, _ASSIGN.format(caller=_caller(known), role=_READER))


def _not_granted(service: str, permission: str, error: TenantError, known: dict[str, Any]) -> Verdict:
    """For a person's token, the delegated permission is missing; for an application's, the application permission."""
    delegated = "scp" in known
    if delegated and permission == SIGN_IN:
        permission = _DELEGATED_SIGN_IN
    kind = "delegated" if delegated else "application"
    who = _CLOUD if delegated or service == "exchange" else _PRIVILEGED
    # Otherwise only the next run, an hour later, would report the missing role.
    role_too = _ROLE_TOO if permission == SIGN_IN and not directory_roles(known) & _READ_ALL else ""
    step = f"Grant the {kind} permission {permission} of {_NAMES[service]}. {who} grants it. {role_too}{_NEWER}"
    names = {"api": _APPS[service], "caller": _caller(known), "client": known.get("appid") or "CLIENT_ID"}
    command = (_GRANT_DELEGATED if delegated else _GRANT).format(permission=permission, **names)
    return _missing(f"the token has no {permission} ({error.problem})", step, command)


def _caller(known: dict[str, Any]) -> str:
    """The object id of the service principal or person named in the token."""
    return str(known.get("oid") or "OBJECT_ID")
