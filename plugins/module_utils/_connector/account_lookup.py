# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the account that the connector is bound to, and what makes it unusable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .._client.graph import Read, odata, odata_text
from .._core.errors import Purpose, TenantError, usage
from .._core.resource import normalize_case
from .._core.targets import first_names, only
from .._engine.tenant import Tenant
from .service_plans import EXCHANGE_MAILBOX

READ_ACCOUNT = Purpose("read the connector account", "User.Read.All")
BY_THE_ROLE = "or let the role intune.exchange.connector do it with connector_manage_account=true"
_ADDRESS = re.compile(r"[^@\s\"<>,;:()\[\]\\]{1,64}@(?=.{4,255}\Z)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# Most are returned only on request.
_SELECT = "id,userPrincipalName,mail,proxyAddresses,accountEnabled,assignedPlans,userType"


def check_address(option: str, address: str) -> str:
    """`address` if it has the form of a mail address. Raises `TenantError`."""
    if not _ADDRESS.fullmatch(address):
        raise usage(f"{option} is not a mail address: {address}", "Specify it as name@domain")
    return address


def account_read(address: str) -> Read:
    """A read of the accounts with `address` as any of their addresses, or as their name."""
    is_address = f"proxyAddresses/any(address:address eq {odata_text(f'smtp:{address}')})"
    owns = f"{is_address} or userPrincipalName eq {odata_text(address)}"
    return Read(odata("users", filter=owns, select=_SELECT), READ_ACCOUNT)


def primary_address(user: Mapping[str, Any]) -> str:
    """The primary SMTP address: `SMTP:` in capitals marks it; `mail` repeats it."""
    marked = [one[5:] for one in user.get("proxyAddresses") or [] if one.startswith("SMTP:")]
    return marked[0] if marked else user.get("mail") or ""


def owner_of(users: list[dict[str, Any]], address: str) -> dict[str, Any] | None:
    """The account whose primary address it is, else the one with another such address. Several are an error.

    So is an account without the deciding properties: a missing property is unknown.
    """
    if any(not _addresses(user) for user in users):
        raise not_shown("the name and the addresses")
    having = [user for user in users if normalize_case(address) in _addresses(user)]
    primary = [user for user in having if normalize_case(primary_address(user)) == normalize_case(address)]
    owner: dict[str, Any] | None = only(
        primary or having,
        lambda user: f"{user.get('userPrincipalName')} ({user.get('id')})",
        f"account of {address}",
        next_step="Specify a primary SMTP address that only one account has",
    )
    if owner is not None and owner.get("accountEnabled") is None:
        raise not_shown("whether it is enabled")
    return owner


def not_shown(what: str) -> TenantError:
    """An account was returned without properties that were requested."""
    return TenantError(
        "unexpected_answer",
        f"Microsoft Graph found an account, but does not show {what}",
        READ_ACCOUNT.action,
        next_step=f"Grant {READ_ACCOUNT.permission}, give admin consent, and run again",
    )


def check_unused(tenant: Tenant, addresses: Iterable[str], user_id: str | None) -> None:
    """Refuse addresses that another account has as its name or as any of its addresses: kind `address_in_use`."""
    reads = {address: account_read(address) for address in addresses}
    for address, users in tenant.graph.batch(reads).items() if reads else ():
        others = [one for one in users.value if one.get("id") != user_id and normalize_case(address) in _addresses(one)]
        if others:
            named = first_names([f"{one.get('userPrincipalName')} ({one.get('id')})" for one in others])
            raise TenantError(
                "address_in_use",
                f"{address} belongs to another account, {named}; nothing was changed",
                "give the account its address",
                tenant.label,
                next_step="Choose another address, or remove this one from that account first",
            )


def _addresses(user: Mapping[str, Any]) -> set[str]:
    """Every address and name by which an account is found: responses are checked against them."""
    proxies = [str(one).partition(":")[2] for one in user.get("proxyAddresses") or []]
    return {normalize_case(one) for one in (*proxies, user.get("mail"), user.get("userPrincipalName")) if one}


class Shortcoming(NamedTuple):
    """Why the connector cannot be bound to an account, and the next step."""

    reason: str
    next_step: str


def mailbox_plans(user: Mapping[str, Any]) -> list[str]:
    """The mailbox plans that an account has and may use."""
    return sorted(
        EXCHANGE_MAILBOX[plan["servicePlanId"]]
        for plan in user.get("assignedPlans") or []
        if plan.get("servicePlanId") in EXCHANGE_MAILBOX and plan.get("capabilityStatus") in ("Enabled", "Warning")
    )


def shortcoming(user: Mapping[str, Any] | None, address: str) -> Shortcoming | None:
    """Why the connector cannot be bound to `address`; None if it can."""
    if user is None:
        domain = address.rpartition("@")[2]
        step = (
            f"Check that {domain} is a domain of this tenant, and create the account with "
            f"intune.exchange.connector_account, {BY_THE_ROLE}"
        )
        return Shortcoming(f"no account owns the address {address}", step)
    name, primary = user.get("userPrincipalName"), primary_address(user)
    if user.get("userType") == "Guest":
        return Shortcoming(f"the account {name} is a guest", "Use an account of this tenant")
    if not user.get("accountEnabled"):
        step = "Enable it, for example with account_enabled=true of intune.exchange.connector_account"
        return Shortcoming(f"the account {name} is disabled", step)
    if normalize_case(primary) == normalize_case(address):
        return None
    if primary:
        return Shortcoming(
            f"{address} is not the primary SMTP address of {name}, which is {primary}",
            f"Use {primary}, or make {address} its primary SMTP address",
        )
    if mailbox_plans(user):
        return Shortcoming(
            f"the account {name} has its licence, and no mailbox yet",
            "Wait until Exchange Online has created the mailbox, which takes some minutes, and run again",
        )
    return no_mailbox_licence(name)


def no_mailbox_licence(name: str | None) -> Shortcoming:
    return Shortcoming(
        f"{name} has no Exchange Online mailbox licence",
        f"Assign one with licenses of intune.exchange.connector_account, {BY_THE_ROLE} and connector_account_licenses",
    )


def check_account(tenant: Tenant, address: str) -> None:
    """Refuse an account that the connector cannot use, before anything is written. Raises `TenantError`."""
    read = account_read(address)
    users, _response = tenant.graph.list(read.path, read.purpose)
    found = shortcoming(owner_of(users, address), address)
    if found:
        action = "bind the connector to its account"
        raise TenantError("account", found.reason, action, tenant.label, next_step=found.next_step)
