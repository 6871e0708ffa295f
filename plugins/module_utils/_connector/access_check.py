# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One read of each kind: whether it works, what is missing, and the command that grants it.

It only reads, and little: it is the first thing that people run on a real tenant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._client.graph import odata
from .._core.concurrent import gather
from .._core.errors import OF_ANSWERS, Purpose, TenantError, one_line
from .._core.read_result import ReadResult, check_any
from .._core.resource import normalize_case, normalized_set
from .._core.text import counted
from .._engine.exchange import exchange_of
from .._engine.tenant import Tenant
from .._http.claims import claims, directory_roles, permissions
from .access_causes import NO_ROLE, SIGN_IN, Verdict, explain, no_token
from .connectors import read_connectors
from .organization import authority_of

Read = Callable[[Tenant], str]  # the result in words; raises `TenantError`
_PAGE = 25  # every organization has more management roles than this


@dataclass(frozen=True)
class Check:
    """One read of a service. `needs` is the permission of Microsoft Graph, or the role of Exchange."""

    id: str
    title: str
    service: str
    needs: str
    read: Read


def _organization(tenant: Tenant) -> str:
    purpose = Purpose("read the organization", "Organization.Read.All")
    found, _response = tenant.graph.list(odata("organization", select="id,displayName"), purpose)
    if len(found) != 1:
        raise TenantError("protocol", f"Microsoft Graph listed {len(found)} organizations", purpose.action)
    return f"the organization is {found[0].get('displayName')}"


def _connectors(tenant: Tenant) -> str:
    found, _date = read_connectors(tenant)
    return f"Exchange connectors listed: {len(found)}"


def _authority(tenant: Tenant) -> str:
    """One property of one item: Microsoft Graph returns it in no other way."""
    return f"the authority is {authority_of(tenant)}"


def _conditional_access(tenant: Tenant) -> str:
    purpose = Purpose("read the Conditional Access policies", "Policy.Read.All")
    found, _response = tenant.graph.list("identity/conditionalAccess/policies", purpose)
    return f"policies listed: {len(found)}"


def _invoke(
    tenant: Tenant, cmdlet: str, parameters: Mapping[str, Any], purpose: Purpose, **options: Any
) -> list[dict[str, Any]]:
    """The result of the cmdlet. A refusal is of kind no_role if Exchange does not list the cmdlet for the caller."""
    try:
        return exchange_of(tenant).invoke(cmdlet, parameters, purpose, **options).values
    except TenantError as error:
        if error.kind == "forbidden" and not _holds(tenant, cmdlet, purpose):
            raise error.but(kind=NO_ROLE) from error.__cause__
        raise


def _holds(tenant: Tenant, cmdlet: str, purpose: Purpose) -> bool:
    """Whether the caller may run the cmdlet. Exchange refuses to list the cmdlets of a caller who has none."""
    try:
        return normalize_case(cmdlet) in normalized_set(exchange_of(tenant).own_cmdlets(purpose))
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
        matches = counted(len(found), "device matches", "devices match")
        raise TenantError("unexpected_answer", f"{matches} an id that no device has", purpose.action)
    return "a response without objects is handled correctly"


def _pages(tenant: Tenant) -> str:
    purpose = Purpose("read a list of several pages", "the Exchange role View-Only Configuration")
    found = _invoke(tenant, "Get-ManagementRole", {}, purpose, select=("Name",), page_size=_PAGE)
    if not found:
        raise TenantError(
            "unexpected_answer", "no management role was returned, but every organization has some", purpose.action
        )
    roles = counted(len(found), "management role was", "management roles were")
    if len(found) <= _PAGE:
        return f"{roles} returned on one page, so no link to a next page was tested"
    return f"{roles} returned on pages of at most {_PAGE}"


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


def check_access(tenant: Tenant, new_token: bool = False) -> dict[str, Any]:
    """Each check with its status. Raises `TenantError` if nobody could sign in to either service."""
    bearer = tenant.new_token if new_token else tenant.tokens.bearer
    tokens = gather({service: partial(bearer, service) for service in ("graph", "exchange")})
    check_any(tokens.values())
    found = gather({one.id: partial(_read, tenant, one) for one in CHECKS if tokens[one.service].known})
    checks = [_judged(one, found.get(one.id, tokens[one.service]), tokens[one.service]) for one in CHECKS]
    # The reads may have renewed them, or tried in vain.
    latest = gather({name: partial(tenant.tokens.bearer, name) for name, token in tokens.items() if token.known})
    tokens |= {service: token for service, token in latest.items() if token.known}
    known = {service: token.map(claims).or_else({}) for service, token in tokens.items()}
    return {
        "changed": False,
        "tenant_id": str(known["graph"].get("tid") or known["exchange"].get("tid") or ""),
        "checks": checks,
        "ok": all(one["status"] in ("works", "not_offered") for one in checks),
        "microsoft_graph": sorted(permissions(known["graph"])),
        "office_365_exchange_online": sorted(permissions(known["exchange"])),
        "directory_roles": sorted(directory_roles(known["graph"]) | directory_roles(known["exchange"])),
    }


def _read(tenant: Tenant, check: Check) -> str:
    try:
        return check.read(tenant)
    except OF_ANSWERS as error:  # one unreadable response must not stop the other checks
        problem = f"the response does not match its documented schema ({one_line(error, 120)})"
        raise TenantError("unexpected_answer", problem, check.title) from error


def _judged(check: Check, found: ReadResult[str], token: ReadResult[str]) -> dict[str, str]:
    if token.error is not None:
        verdict = no_token(check.service, token.error)
    elif found.error is not None:
        verdict = explain(check.service, check.needs, found.error)
    else:
        verdict = Verdict(found.value)
    return {
        "id": check.id,
        "title": check.title,
        "status": verdict.status,
        "evidence": verdict.evidence,
        "needs": check.needs if check.service == "graph" else f"{SIGN_IN} and {check.needs}",
        "next_step": verdict.next_step,
        "command": verdict.command,
    }


def access_check(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """The result of the module."""
    return check_access(tenant, params["new_token"])
