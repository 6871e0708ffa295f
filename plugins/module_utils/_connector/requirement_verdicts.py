# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts on the data read from a tenant. Pure functions: no I/O, no clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from .._core.errors import TenantError
from .._core.read_result import ReadResult, attempt
from .._core.text import counted
from .._core.verdict import Verdict, met, unknown, unmet, unread
from .._http.claims import permissions
from .._rbac.cmdlet_access import CONNECTOR_CMDLETS
from .._rbac.cmdlet_access import judge_cmdlets as judge_access
from .account_lookup import BY_THE_ROLE, mailbox_plans, no_mailbox_licence, owner_of, shortcoming
from .connectors import INSTEAD, TYPE
from .service_plans import EXCHANGE_MAILBOX, INTUNE

# Template ids of directory roles that may use the Intune console (Microsoft Entra built-in roles).
CONSOLE_ROLES = {
    "3a2c62db-5318-420d-8d74-23affee5d9d5": "Intune Administrator",
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
}
_EXCHANGE_2013 = 15  # major version
_DIRECTORY_READ = {
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
}

# Graph permissions, least first; any one of a row is enough (Microsoft Graph permissions reference).
_WRITE = ("DeviceManagementServiceConfig.ReadWrite.All", "DeviceManagementConfiguration.ReadWrite.All")
_READ = ("DeviceManagementServiceConfig.Read.All", "DeviceManagementConfiguration.Read.All")
_GRAPH_PERMISSIONS = (
    ("Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
    ("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
    (
        "RoleManagement.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ),
)
_EXCHANGE_PERMISSIONS = ("Exchange.ManageAsApp", "Exchange.Manage")  # application, delegated

# What Exchange and the directory say about a missing account.
_ACCOUNT_FIRST = (
    "Create the account first, as connector_account says; Exchange Online knows a new one some minutes after it has "
    "its mailbox"
)
_NO_ACCOUNT = unknown(
    "account is not set",
    "Set account (connector_primary_smtp_address in playbooks and roles) to its address",
)


def connector_offered(connectors: list[dict[str, Any]]) -> Verdict:
    mine = [one for one in connectors if one.get("exchangeConnectorType") == TYPE]
    if mine:
        return met(f"{counted(len(mine), 'service-to-service connector')} listed")
    return met(
        "Intune lists its Exchange connectors (none of this type yet); "
        "whether it accepts a new one shows when it is created"
    )


def connector_not_offered(error: TenantError) -> Verdict:
    return unmet(str(error.answer), INSTEAD)


def exchange_online(skus: list[dict[str, Any]], exchange: ReadResult[Mapping[str, Any]]) -> Verdict:
    plans = active_plans(skus, EXCHANGE_MAILBOX)
    if not plans:  # then the response of Exchange means nothing
        return unmet(
            "no active subscription carries an Exchange Online mailbox plan",
            "Add an Exchange Online subscription to the tenant",
        )
    if exchange.error is not None:
        return unread(exchange.error)
    return met(f"the organization {exchange.value.get('Name')} answers; subscribed: {', '.join(plans)}")


def exchange_version(exchange: Mapping[str, Any]) -> Verdict:
    """AdminDisplayVersion reads like `15.20 (Build 5813.11)` or `0.20 (15.20.5813.11)`: 15 is Exchange 2013."""
    text = str(exchange.get("AdminDisplayVersion") or "")
    inner = re.search(r"\((\d+)\.\d+\.", text) or re.search(r"(\d+)\.\d+", text)
    if not inner:
        return unknown(f"the version cannot be read from {text!r}", "Report this text")
    if int(inner[1]) < _EXCHANGE_2013:
        return unmet(
            f"the organization runs {text}",
            "Wait for Microsoft to upgrade the organization, or move to one of version 15 or later",
        )
    return met(
        f"the organization runs {text}; a hybrid deployment may also have servers of version 2010, which this check "
        "cannot see"
    )


def intune_subscription(intune: Mapping[str, Any], skus: list[dict[str, Any]]) -> Verdict:
    state, plans = intune.get("subscriptionState"), active_plans(skus, INTUNE)
    if state not in (None, "active", "warning"):  # the property does not exist in the cloud of China
        return unmet(f"the Intune subscription is {state}", "Renew the Intune subscription")
    if not plans:
        return unmet("no active subscription carries an Intune plan", "Add an Intune subscription to the tenant")
    return met(f"Intune is {state or 'subscribed'}; subscribed: {', '.join(plans)}")


def no_intune(error: TenantError) -> Verdict:
    return unmet(str(error.answer), "Add an Intune subscription to the tenant")


def mdm_authority(authority: str) -> Verdict:
    if authority == "intune":
        return met("the authority is intune")
    means = {"office365": " (Basic Mobility and Security)", "sccm": " (Configuration Manager)"}.get(authority, "")
    return unmet(
        f"the authority is {authority}{means}",
        "Set the mobile device management authority to Intune in the Intune admin center; "
        "it cannot be undone and affects enrolled devices",
    )


def directory_sync(organization: Mapping[str, Any], wanted: str, claims: Mapping[str, Any]) -> Verdict:
    """`wanted`: required, optional, or auto, which lets a tenant be cloud-only."""
    enabled = organization.get("onPremisesSyncEnabled")
    if enabled:
        return met(f"synchronization is on; last run {organization.get('onPremisesLastSyncDateTime') or 'never'}")
    granted = permissions(claims)
    if enabled is None and granted and not granted & _DIRECTORY_READ:
        # Graph returns null, not an error, for what the caller may not see.
        return unknown(
            "Microsoft Graph does not show the synchronization to this sign-in", "Grant Organization.Read.All"
        )
    state = "was never set up" if enabled is None else "was set up once and is off now"
    if wanted == "optional" or (wanted == "auto" and enabled is None):
        return Verdict("not_applicable", f"synchronization {state}; the tenant is cloud-only")
    return unmet(
        f"synchronization {state}",
        "Set up Microsoft Entra Connect, or set directory_sync to optional if this tenant needs none",
    )


def _no_owner(error: TenantError) -> Verdict:
    """Several owners are a verdict; an account that is not shown is none."""
    return unread(error) if error.kind == "unexpected_answer" else unmet(error.problem, error.next_step)


def connector_account(account: str | None, users: list[dict[str, Any]] | None) -> Verdict:
    if account is None or users is None:
        return _NO_ACCOUNT
    owner = attempt(partial(owner_of, users, account))
    if owner.error is not None:
        return _no_owner(owner.error)
    plans, name = mailbox_plans(owner.value or {}), (owner.value or {}).get("userPrincipalName")
    found = shortcoming(owner.value, account) or (None if plans else no_mailbox_licence(name))
    if found:
        return unmet(found.reason, found.next_step)
    return met(f"{name} is enabled and owns the address; licence: {', '.join(plans)}")


def intune_console_access(
    account: str | None, users: list[dict[str, Any]] | None, assignments: list[dict[str, Any]]
) -> Verdict:
    if account is None or users is None:
        return _NO_ACCOUNT
    owner = attempt(partial(owner_of, users, account))
    if owner.error is not None:
        return _no_owner(owner.error)
    user = owner.value
    if user is None:
        return unmet(f"no account owns the address {account}", _ACCOUNT_FIRST)
    held = sorted(
        {
            CONSOLE_ROLES.get(str(one.get("roleDefinitionId")), "")
            for one in assignments
            if one.get("principalId") == user["id"]
        }
        - {""}
    )
    if held:
        return met(f"{user.get('userPrincipalName')} holds {', '.join(held)}")
    return unmet(
        f"{user.get('userPrincipalName')} holds no directory role that opens the Intune console "
        "(only active, direct assignments can be seen)",
        "Assign the directory role Intune Administrator with directory_roles of intune.exchange.connector_account, "
        f"{BY_THE_ROLE}",
    )


def no_such_account(error: TenantError) -> Verdict:
    """Exchange Online does not have the account, or not yet."""
    return unknown(f"could not {error.action}: {error.problem}", _ACCOUNT_FIRST)


def exchange_cmdlets(account: str | None, entries: list[dict[str, Any]] | None) -> Verdict:
    if account is None or entries is None:
        return _NO_ACCOUNT
    access = judge_access(entries, CONNECTOR_CMDLETS)
    lacking = [
        f"{cmdlet} (without {', '.join(one.missing_parameters)})" if one.missing_parameters else cmdlet
        for cmdlet, one in access.items()
        if not one.granted
    ]
    if lacking:
        return unmet(
            f"{len(lacking)} of {len(access)} cmdlets {'is' if len(lacking) == 1 else 'are'} not granted: "
            f"{', '.join(lacking)}",
            "Grant them by roles with the parents Organization Client Access, Recipient Policies and "
            f"View-Only Recipients, {BY_THE_ROLE}",
        )
    roles = sorted({role for one in access.values() for role in one.roles})
    return met(f"all {len(access)} cmdlets are granted through {', '.join(roles)}")


def api_permissions(graph: Mapping[str, Any], exchange: Mapping[str, Any], reading_is_enough: bool) -> Verdict:
    if not graph or not exchange:
        return unknown(
            "the tokens do not contain their permissions",
            "Compare the application's permissions with the documentation",
        )
    granted = permissions(graph)
    may_write = bool(granted & set(_WRITE))
    rows = ((*_READ, *_WRITE) if reading_is_enough else _WRITE, *_GRAPH_PERMISSIONS)
    missing = [row[0] for row in rows if not granted & set(row)]
    if not permissions(exchange) & set(_EXCHANGE_PERMISSIONS):
        missing.append(_EXCHANGE_PERMISSIONS[0])
    if missing:
        return unmet(
            f"missing: {', '.join(missing)}",
            "Grant them to the application and give admin consent, as a Privileged Role Administrator or Global "
            "Administrator",
        )
    if not may_write:
        return met(
            f"the tokens have all permissions that check mode needs; to configure the connector, {_WRITE[0]} is needed "
            "as well"
        )
    return met("all needed permissions are in the tokens")


def active_plans(skus: list[dict[str, Any]], plans: Mapping[str, str]) -> list[str]:
    """The plans, among those given, that a usable subscription includes."""
    return sorted(
        {
            plans[plan["servicePlanId"]]
            for sku in skus
            if sku.get("capabilityStatus") in ("Enabled", "Warning")
            for plan in sku.get("servicePlans") or []
            if plan.get("servicePlanId") in plans and plan.get("provisioningStatus") not in ("Disabled", "Error")
        }
    )
