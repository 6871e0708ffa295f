# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requirements of the connector: first the reads, each made once; then pure functions from them to verdicts.

A failed read makes exactly the requirements that need it `unknown`, unless the failure itself is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from .._client.graph import Read, odata
from .._core.concurrent import gather
from .._core.errors import Purpose, TenantError, one_line
from .._core.read_result import ReadResult, attempt, check_any, judged
from .._core.verdict import Requirement, judge_all, shortfalls
from .._engine.exchange import exchange_of
from .._engine.tenant import Tenant
from .._http.claims import claims
from .._rbac.cmdlet_access import read_entries
from . import requirement_verdicts as judge
from .account_lookup import account_read, check_address
from .connectors import READ_CONNECTORS, offered, only_connector, readable
from .connectors import facts as connector_facts
from .organization import READ_ORGANIZATION, authority_of, authority_read, only_organization

READ_SUBSCRIPTIONS = Read("subscribedSkus", Purpose("read the subscriptions", "Organization.Read.All"))
_READS = {
    "connectors": READ_CONNECTORS,
    "organization": READ_ORGANIZATION,
    "intune": Read(
        odata("deviceManagement", select="id,subscriptionState"),
        Purpose("read the Intune subscription", "DeviceManagementServiceConfig.Read.All"),
        collection=False,
    ),
    "skus": READ_SUBSCRIPTIONS,
}
# All holders of the roles, so that the account need not be found first, which saves a round trip. A read for each role,
# since no known public client joins them by "or".
_ROLE_READS = {
    f"role {role}": Read(
        odata("roleManagement/directory/roleAssignments", filter=f"roleDefinitionId eq '{role}'"),
        Purpose("read the directory role assignments", "RoleManagement.Read.Directory"),
    )
    for role in judge.CONSOLE_ROLES
}
# A 403 shows that Exchange.ManageAsApp is granted: a role is missing.
_READ_EXCHANGE = Purpose("read the Exchange organization", "an Exchange role such as View-Only Configuration")

_DOCUMENT = "Configure the Intune service-to-service connector for Exchange Online (Microsoft, 2016)"

REQUIREMENTS = (
    Requirement(
        "connector_offered",
        "The tenant offers the service-to-service connector",
        ("connectors",),
        judge.connector_offered,
        "MicrosoftDocs/IntuneDocs, what's new, February 2019 (MC165575)",
        {"not_offered": judge.connector_not_offered},
    ),
    Requirement(
        "exchange_online",
        "Hosted Exchange is configured and running",
        ("skus",),
        judge.exchange_online,
        _DOCUMENT,
        may_fail=("exchange",),
    ),
    Requirement(
        "exchange_version", "Exchange is version 2013 or later", ("exchange",), judge.exchange_version, _DOCUMENT
    ),
    Requirement(
        "intune_subscription",
        "The tenant has an active Intune subscription",
        ("intune", "skus"),
        judge.intune_subscription,
        "Microsoft Graph, deviceManagement: an active Intune licence is required",
        {"no_intune_licence": judge.no_intune},
    ),
    Requirement(
        "mdm_authority",
        "The mobile device management authority is Intune",
        ("authority",),
        judge.mdm_authority,
        _DOCUMENT,
    ),
    Requirement(
        "directory_sync",
        "Directory synchronization is set up",
        ("organization", "directory_sync", "graph_claims"),
        judge.directory_sync,
        _DOCUMENT,
    ),
    Requirement(
        "connector_account", "The connector account is usable", ("account", "users"), judge.connector_account, _DOCUMENT
    ),
    Requirement(
        "intune_console_access",
        "The connector account may use the Intune console",
        ("account", "users", "console_roles"),
        judge.intune_console_access,
        _DOCUMENT,
    ),
    Requirement(
        "exchange_cmdlets",
        "The connector account may run the thirteen Exchange cmdlets",
        ("account", "entries"),
        judge.exchange_cmdlets,
        _DOCUMENT,
        {"not_found": judge.no_such_account},
    ),
    Requirement(
        "api_permissions",
        "This sign-in may do what the connector needs",
        ("graph_claims", "exchange_claims", "reading_is_enough"),
        judge.api_permissions,
        "Microsoft Graph permissions reference; app-only authentication for Exchange Online PowerShell",
    ),
)


def read_all(tenant: Tenant, account: str | None) -> dict[str, ReadResult[Any]]:
    """Read everything that the requirements need: by name, the value or the error of each read."""
    reads = {**_READS, **_ROLE_READS, **({"users": account_read(account)} if account else {})}
    # Sign-ins queue up. Exchange comes first, since the entries take two round trips after it and Graph one.
    calls: dict[str, Callable[[], Any]] = {"entries": lambda: read_entries(tenant, account)} if account else {}
    calls |= {
        "exchange": lambda: _exchange_organization(tenant),
        "exchange_claims": lambda: claims(tenant.tokens.bearer("exchange")),
        "graph": lambda: read_batch(tenant, reads),
        "graph_claims": lambda: claims(tenant.tokens.bearer("graph")),
    }
    found = gather(calls)
    graph = found.pop("graph")
    check_any((graph, found["exchange"]))
    nothing: ReadResult[Any] = ReadResult(None)
    facts = {
        "users": nothing,
        "entries": nothing,
        **graph.or_else(dict.fromkeys((*reads, "authority"), graph)),
        **found,
        "account": ReadResult(account),
    }
    roles = [facts.pop(name) for name in _ROLE_READS]
    facts["console_roles"] = attempt(lambda: [one for assignments in roles for one in assignments.value])
    return facts


def read_batch(tenant: Tenant, reads: Mapping[str, Read]) -> dict[str, ReadResult[Any]]:
    """The reads in one batch, with the organization and its authority as separate facts."""
    item = authority_read(tenant)
    found, now = tenant.graph.dated_batch({**reads, **({"authority": item} if item else {})})
    organization = found["organization"].map(partial(only_organization, tenant))
    return {
        **found,
        "now": ReadResult(now),
        "connectors": judged(partial(_connectors_read, tenant, found["connectors"]), READ_CONNECTORS.purpose.action),
        "organization": organization,
        "authority": judged(
            partial(authority_of, tenant, organization, found.get("authority")), READ_ORGANIZATION.purpose.action
        ),
    }


def _connectors_read(tenant: Tenant, found: ReadResult[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    try:
        return readable(offered(lambda: found.value))
    except TypeError as error:
        problem = f"Microsoft Graph listed a connector of which it is not known what it is: {one_line(error, 120)}"
        raise TenantError("protocol", problem, READ_CONNECTORS.purpose.action, tenant.label) from error


def _exchange_organization(tenant: Tenant) -> dict[str, Any]:
    select = ("Name", "AdminDisplayVersion", "IsDehydrated")
    values = exchange_of(tenant).invoke("Get-OrganizationConfig", {}, _READ_EXCHANGE, select).values
    if not values:
        raise TenantError("protocol", "Exchange Online returned no organization", _READ_EXCHANGE.action, tenant.label)
    return values[0]


SUMMARY = {"requirements": "status"}
OPTIONS: dict[str, dict[str, Any]] = {
    "account": {"type": "str"},
    "directory_sync": {"type": "str", "choices": ["auto", "required", "optional"], "default": "auto"},
}


def requirements(
    tenant: Tenant,
    params: Mapping[str, Any],
    check_mode: bool = False,
    failed: Callable[[TenantError], None] = lambda error: None,
) -> dict[str, Any]:
    """The ten requirements and whether all are met. Raises `TenantError` if nothing could be read.

    Check mode writes nothing, so it needs no permission to write. `failed` is called with the error of each failed
    read, also if that is the answer.
    """
    account = params.get("account")
    facts = {
        **read_all(tenant, account and check_address("account", account)),
        "directory_sync": ReadResult(params["directory_sync"]),
        "reading_is_enough": ReadResult(check_mode),
    }
    for fact in facts.values():
        if fact.error is not None:
            failed(fact.error)
    verdicts = judge_all(REQUIREMENTS, facts)
    if any(one["id"] == "api_permissions" and one["status"] == "unmet" for one in verdicts) and _renew(tenant, facts):
        verdicts = judge_all(REQUIREMENTS, facts)
    ready = all(one["status"] in ("met", "not_applicable") for one in verdicts)
    return {
        "changed": False,
        "requirements": verdicts,
        "ready": ready,
        "shortfalls": _shortfalls(verdicts),
        "organization_name": _name(facts["organization"]),
        **_connectors(facts),
    }


def _name(organization: ReadResult[dict[str, Any]]) -> str | None:
    """The tenant's own name; null if that was not read."""
    return organization.value.get("displayName") if organization.known else None


def _shortfalls(verdicts: list[dict[str, str]]) -> list[str]:
    """If the connector is not offered, its other shortfalls do not matter."""
    retired = [one for one in verdicts if one["id"] == "connector_offered" and one["status"] == "unmet"]
    return shortfalls(retired or verdicts)


def _renew(tenant: Tenant, facts: dict[str, ReadResult[Any]]) -> bool:
    """Whether there are newer claims: the token of an earlier task lacks newer grants."""
    before = [facts["graph_claims"], facts["exchange_claims"]]
    for service in ("graph", "exchange"):
        if facts[f"{service}_claims"].known:
            tenant.tokens.renew(service, tenant.tokens.bearer(service))
            facts[f"{service}_claims"] = ReadResult(claims(tenant.tokens.bearer(service)))
    return before != [facts["graph_claims"], facts["exchange_claims"]]


def _connectors(facts: Mapping[str, ReadResult[Any]]) -> dict[str, Any]:
    """The connectors as connector_info returns them, so that nobody reads them again; empty if unread."""
    read = facts["connectors"]
    if read.error is not None:
        if read.error.kind != "not_offered":
            return {}
        found = {"connectors": [], "offered": False}
    else:
        found = {"connectors": [connector_facts(one, facts["now"].value) for one in read.value], "offered": True}
    return {**found, "connector": only_connector(found)}
