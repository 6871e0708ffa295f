# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One read of each kind, and for each whether it works, what is missing, and the command that grants it.

It only reads, and little: it is what people run first on a real tenant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ._claims import DIRECTORY_ROLES, claims, directory_roles, held, permissions
from ._concurrent import gather
from ._connectors import READ_CONNECTORS, not_offered
from ._errors import NEXT_STEPS, Purpose, TenantError
from ._graph import odata
from ._resource import fold, folded_set
from ._tenant import Tenant

Read = Callable[[Tenant], str]  # what was seen, in words; raises L(TenantError)
_NO_ROLE = "no_role_in_exchange"
_PAGE = 25  # there are more management roles than this in every organization

_GRAPH_APP, _EXCHANGE_APP = "00000003-0000-0000-c000-000000000000", "00000002-0000-0ff1-ce00-000000000000"
_SIGN_IN = "Exchange.ManageAsApp"
_READER = {name: role for role, name in DIRECTORY_ROLES.items()}["Global Reader"]
# https://learn.microsoft.com/powershell/microsoftgraph/how-to-grant-revoke-api-permissions
_GRANT = (
    "$api = Get-MgServicePrincipal -Filter 'appId eq ''{api}'''; New-MgServicePrincipalAppRoleAssignment "
    "-ServicePrincipalId {caller} -PrincipalId {caller} -ResourceId $api.Id "
    "-AppRoleId ($api.AppRoles | Where-Object Value -eq '{permission}').Id"
)
_ASSIGN = (
    "New-MgRoleManagementDirectoryRoleAssignment -PrincipalId {caller} -RoleDefinitionId {role} -DirectoryScopeId /"
)
_CONSENT = "A Privileged Role Administrator or Global Administrator grants it"
_NEWER = "Then sign in again: a right counts in tokens that are newer, which can take an hour"


@dataclass(frozen=True)
class Check:
    """One read of a service. C(needs) is the permission of Microsoft Graph, or the role of Exchange."""

    id: str
    title: str
    service: str
    needs: str
    read: Read


def _organization(tenant: Tenant) -> str:
    purpose = Purpose("read the organization", "Organization.Read.All")
    found, _response = tenant.graph.list(odata("organization", select="id,displayName"), purpose)
    if len(found) != 1:
        raise TenantError("protocol", f"Microsoft Graph listed {len(found)} organizations", purpose.attempted)
    return f"the organization is {found[0].get('displayName')}"


def _connectors(tenant: Tenant) -> str:
    try:
        found, _response = tenant.graph.list(READ_CONNECTORS.path, READ_CONNECTORS.purpose)
    except TenantError as error:
        raise not_offered(error, "GET") from error.__cause__
    return f"Exchange connectors listed: {len(found)}"


def _authority(tenant: Tenant) -> str:
    """One property of one item: only so does v1.0 tell it."""
    purpose = Purpose("read the mobile device management authority", "DeviceManagementServiceConfig.Read.All")
    organization = claims(tenant.tokens.bearer("graph")).get("tid") or tenant.label
    name = "mobileDeviceManagementAuthority"
    found, _response = tenant.graph.get(odata(f"organization/{organization}", select=name), purpose)
    if not found.get(name):
        raise TenantError(
            "unexpected_answer",
            "Microsoft Graph answered without the authority",
            purpose.attempted,
            next_step="Look it up in the Intune admin center under Tenant status",
        )
    return f"the authority is {found[name]}"


def _conditional_access(tenant: Tenant) -> str:
    purpose = Purpose("read the Conditional Access policies", "Policy.Read.All")
    found, _response = tenant.graph.list("identity/conditionalAccess/policies", purpose)
    return f"policies listed: {len(found)}"


def _invoke(
    tenant: Tenant, cmdlet: str, given: Mapping[str, Any], purpose: Purpose, **how: Any
) -> list[dict[str, Any]]:
    """What the cmdlet gives. A refusal is of the kind no_role if Exchange does not list the cmdlet for the caller."""
    try:
        return tenant.exchange.invoke(cmdlet, given, purpose, **how).values
    except TenantError as error:
        if error.kind == "forbidden" and not _holds(tenant, cmdlet, purpose):
            error.kind = _NO_ROLE
        raise


def _holds(tenant: Tenant, cmdlet: str, purpose: Purpose) -> bool:
    """Whether the caller may run the cmdlet. The list of the own cmdlets is refused to whoever has none."""
    try:
        return fold(cmdlet) in folded_set(tenant.exchange.own_cmdlets(purpose))
    except TenantError as error:
        return error.kind != "forbidden"


def _devices(tenant: Tenant) -> str:
    purpose = Purpose("read one mobile device", "the Exchange role View-Only Recipients")
    found = _invoke(tenant, "Get-MobileDevice", {"ResultSize": 1}, purpose)
    return "one device was read" if found else "the tenant has no mobile device, so no object was seen"


def _nothing(tenant: Tenant) -> str:
    purpose = Purpose("read a list without objects", "the Exchange role View-Only Recipients")
    asked = {"Filter": "DeviceId -eq 'INTUNE.EXCHANGE.NO.SUCH.DEVICE'"}
    found = _invoke(tenant, "Get-MobileDevice", asked, purpose)
    if found:
        raise TenantError("unexpected_answer", f"{len(found)} devices match an id that none has", purpose.attempted)
    return "an answer without objects is understood"


def _pages(tenant: Tenant) -> str:
    purpose = Purpose("read a list of several pages", "the Exchange role View-Only Configuration")
    found = _invoke(tenant, "Get-ManagementRole", {}, purpose, select=("Name",), page_size=_PAGE)
    if len(found) <= _PAGE:
        return f"{len(found)} management roles came on one page, so that page links were not tried"
    return f"{len(found)} management roles came in pages of at most {_PAGE}"


CHECKS = (
    Check("organization", "Microsoft Graph: the organization", "graph", "Organization.Read.All", _organization),
    Check(
        "intune_connectors",
        "Intune: the Exchange connectors",
        "graph",
        "DeviceManagementServiceConfig.Read.All",
        _connectors,
    ),
    Check(
        "mdm_authority",
        "Intune: the mobile device management authority",
        "graph",
        "DeviceManagementServiceConfig.Read.All",
        _authority,
    ),
    Check("conditional_access", "Conditional Access: the policies", "graph", "Policy.Read.All", _conditional_access),
    Check("exchange_objects", "Exchange Online: a mobile device", "exchange", "View-Only Recipients", _devices),
    Check(
        "exchange_no_objects", "Exchange Online: a list without objects", "exchange", "View-Only Recipients", _nothing
    ),
    Check("exchange_pages", "Exchange Online: a list of several pages", "exchange", "View-Only Configuration", _pages),
)


def check_access(tenant: Tenant) -> dict[str, Any]:
    """Each check with its status. Raises L(TenantError) if nobody could sign in to either service."""
    tokens = gather({service: _token(tenant, service) for service in ("graph", "exchange")})
    if all(isinstance(token, TenantError) for token in tokens.values()):
        raise tokens["graph"]
    found = gather({one.id: _reader(tenant, one, tokens[one.service]) for one in CHECKS})
    checks = [_judged(one, found[one.id], tokens[one.service]) for one in CHECKS]
    known = {service: {} if isinstance(token, TenantError) else claims(token) for service, token in tokens.items()}
    return {
        "changed": False,
        "checks": checks,
        "ok": all(one["status"] in ("works", "not_offered") for one in checks),
        "microsoft_graph": sorted(permissions(known["graph"])),
        "office_365_exchange_online": sorted(permissions(known["exchange"])),
        "directory_roles": sorted(directory_roles(known["graph"]) | directory_roles(known["exchange"])),
    }


def _token(tenant: Tenant, service: str) -> Callable[[], str]:
    return lambda: tenant.tokens.bearer(service)


def _reader(tenant: Tenant, check: Check, token: Any) -> Callable[[], str]:
    def read() -> str:
        if isinstance(token, TenantError):
            raise token
        return check.read(tenant)

    return read


def _judged(check: Check, found: Any, token: Any) -> dict[str, str]:
    verdict = _failure(check, found, token) if isinstance(found, TenantError) else ("works", found, "", "")
    status, evidence, step, command = verdict
    return {
        "id": check.id,
        "title": check.title,
        "status": status,
        "evidence": evidence,
        "needs": check.needs if check.service == "graph" else f"{_SIGN_IN} and {check.needs}",
        "next_step": step,
        "command": command,
    }


def _failure(check: Check, error: TenantError, token: Any) -> tuple[str, str, str, str]:
    """Status, evidence, next step and command for a read that failed."""
    if isinstance(token, TenantError):
        return _no_token(check, token)
    if error.kind == "not_offered":
        return "not_offered", error.problem, error.next_step, ""
    if error.kind == "no_intune_licence":
        return "missing", error.problem, "Add an Intune subscription to the tenant; no permission helps", ""
    if error.kind == "no_licence" and not error.next_step:  # otherwise it is only likely
        return "missing", error.problem, "Add a Microsoft Entra ID P1 licence; no permission helps", ""
    if error.answer is not None and error.answer.status in (401, 403):
        if check.service == "graph" and not held(check.needs, claims(token)):
            return _not_granted(error, token, check.needs, _GRAPH_APP, "Microsoft Graph")
        if check.service == "exchange" and not permissions(claims(token)) & {_SIGN_IN, "Exchange.Manage"}:
            return _not_granted(error, token, _SIGN_IN, _EXCHANGE_APP, "Office 365 Exchange Online")
        if error.kind == _NO_ROLE:
            return _no_role(check, error, token)
    return _unknown(error)


def _no_token(check: Check, error: TenantError) -> tuple[str, str, str, str]:
    if check.service == "exchange" and error.answer and error.answer.code == "AADSTS500011":
        step = "Add an Exchange Online subscription to the tenant, or leave Exchange out"
        return "missing", f"the tenant does not know Exchange Online ({error.answer})", step, ""
    return _unknown(error)


def _unknown(error: TenantError) -> tuple[str, str, str, str]:
    step = error.next_step or NEXT_STEPS.get(error.kind, "Run again")
    return "unknown", f"could not {error.attempted or 'sign in'}: {error.problem}", step, ""


def _no_role(check: Check, error: TenantError, token: str) -> tuple[str, str, str, str]:
    command = _ASSIGN.format(caller=_caller(token), role=_READER)
    step = (
        f"Give it the directory role Global Reader, or the Exchange role {check.needs} through a role group. "
        f"A Privileged Role Administrator or Global Administrator assigns the directory role. {_NEWER}"
    )
    return "missing", f"the caller holds no role in Exchange Online with this cmdlet ({error.problem})", step, command


def _not_granted(error: TenantError, token: str, permission: str, api: str, name: str) -> tuple[str, str, str, str]:
    evidence = f"the token has no {permission} ({error.problem})"
    known = claims(token)
    if "scp" in known:
        step = (
            f"Add the delegated permission {permission.replace('ManageAsApp', 'Manage')} of {name} to the application"
        )
        return "missing", evidence, f"{step} and grant consent. {_NEWER}", ""
    command = _GRANT.format(api=api, caller=_caller(token), permission=permission)
    return (
        "missing",
        evidence,
        f"Grant the application permission {permission} of {name}. {_CONSENT}. {_NEWER}",
        command,
    )


def _caller(token: str) -> str:
    """The object id of the service principal, as the token names it."""
    return str(claims(token).get("oid") or "OBJECT_ID")


def access_check(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """What the module returns."""
    return check_access(tenant)
