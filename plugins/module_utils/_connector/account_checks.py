# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals before the connector account is written: changes that the directory would refuse, or that would lose it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import TenantError, usage
from .._core.faults import check_all
from .._core.read_result import ReadResult, attempt
from .._core.resource import Record, normalize_case, normalized_set, recognized
from .._engine.tenant import Tenant
from .account_facts import PROPERTIES, Facts, check_last_administrator, roles_held
from .account_lookup import check_unused
from .licenses import check_units, describe


def check_write(
    tenant: Tenant, params: Mapping[str, Any], facts: Facts, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Refuse what the directory would refuse, or what would leave the account useless. Raises `TenantError`."""
    user = facts.user
    unused = attempt(lambda: check_unused(tenant, _new_addresses(before, after), (user or {}).get("id")))
    if unused.error is not None and unused.error.kind != "address_in_use":
        raise unused.error
    check_all((*_checks(params, facts, before, after), lambda: unused.value))
    disabled = before.get("account_enabled") and not after["account_enabled"]
    if user and (disabled or set(before["directory_roles"]) - set(after["directory_roles"])):
        check_last_administrator(tenant, user, "take the account out of use" if disabled else "take its roles away")


def check_with_names(
    params: Mapping[str, Any],
    facts: Facts,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    licenses: ReadResult[Any],
    roles: ReadResult[Any],
) -> None:
    """Refuse licences and roles that the tenant does not have, and other faults with them. Raises `TenantError`."""
    others = _checks(params, facts, before, after, licenses.known)
    check_all((lambda: licenses.value, lambda: roles.value, *others))


def check_removal(tenant: Tenant, params: Mapping[str, Any], user: Record, before: Mapping[str, Any]) -> None:
    """Graph does not show what a mailbox or a role is used for, so `force_delete` has to. Raises `TenantError`."""
    if params["force_delete"]:
        check_last_administrator(tenant, user, "remove the account")
        return
    if before["primary_smtp_address"]:
        raise TenantError(
            "has_mailbox",
            f"{user['userPrincipalName']} has the mailbox {before['primary_smtp_address']}, "
            "which would be lost with it",
            "remove the account",
            tenant.label,
            next_step="Set force_delete to true if nobody else uses the mailbox",
        )
    roles = roles_held(tenant, user["id"])
    if roles:
        raise TenantError(
            "has_roles",
            f"{user['userPrincipalName']} holds the directory roles {', '.join(roles)}, so it may be an "
            "administrator's account",
            "remove the account",
            tenant.label,
            next_step="Remove the roles first, or set force_delete to true if this is the right account",
            details={"directory_roles": roles},
        )


def refuse_guest(facts: Facts) -> None:
    """A guest belongs to another tenant. Raises `TenantError`."""
    if (facts.user or {}).get("userType") == "Guest":
        raise TenantError(
            "guest",
            f"{(facts.user or {})['userPrincipalName']} is a guest",
            next_step="Use an account of this tenant",
        )


def _checks(
    params: Mapping[str, Any],
    facts: Facts,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    licenses_known: bool = True,
) -> list[Callable[[], None]]:
    """The checks without requests."""
    added = set(after["licenses"]) - set(before.get("licenses", ()))
    checks: list[tuple[bool, Callable[[], None]]] = [
        (facts.user is None, lambda: _check_domain(params, facts)),
        (facts.user is None, lambda: _check_password(params)),
        (facts.user is not None, lambda: _refuse_synchronized(params, facts.user or {}, before, after)),
        (True, lambda: check_units([sku for sku in facts.skus if sku["skuPartNumber"] in added], facts.skus)),
        (bool(added) or not licenses_known, lambda: _check_usage_location(after)),
        (licenses_known, lambda: check_mailbox_is_possible(params, facts, after)),
    ]
    return [check for applies, check in checks if applies]


def _check_domain(params: Mapping[str, Any], facts: Facts) -> None:
    name = params["user_principal_name"]
    if normalize_case(name.partition("@")[2]) not in normalized_set(facts.domains):
        raise TenantError(
            "unverified_domain",
            f"the domain of {name} is not verified in this tenant",
            next_step=f"Use one of {', '.join(facts.domains)}",
        )


def _check_password(params: Mapping[str, Any]) -> None:
    if not params.get("password"):
        raise usage(
            "password is needed to create the account",
            "Set password (connector_account_password of the role), best from a vault",
        )


def _refuse_synchronized(
    params: Mapping[str, Any], user: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """On-premises Active Directory would revert changes of the properties that it masters."""
    changed = [one.option for one in PROPERTIES if before and before[one.option] != after[one.option]]
    if user.get("onPremisesSyncEnabled") and set(changed) - {"usage_location"}:
        raise TenantError(
            "synchronized",
            f"{params['user_principal_name']} is synchronized from on-premises, so {', '.join(changed)} cannot be "
            "changed here",
            next_step="Change it in the on-premises Active Directory, or use a cloud-only account",
        )


def _check_usage_location(after: Mapping[str, Any]) -> None:
    if not after["usage_location"]:
        raise usage("usage_location is needed before a licence can be assigned", "Set it to a country code, such as CH")


def check_mailbox_is_possible(params: Mapping[str, Any], facts: Facts, after: Mapping[str, Any]) -> None:
    """Refuse to wait for the mailbox of an account without a licence. Raises `TenantError`."""
    if params["wait"] and not after["licenses"]:
        raise TenantError(
            "no_license",
            f"{params['user_principal_name']} has no licence, so it would never get a mailbox",
            next_step="Specify one or more in licenses (connector_account_licenses of the role), from those with free "
            f"units: {describe(facts.skus)}",
        )


def role_names(facts: Facts, wanted: list[str]) -> list[str]:
    """The display names of roles given by name or id. Raises `TenantError` for an unknown one."""
    known = {key: name for role, name in facts.role_names.items() for key in (role, name)}
    found, unknown = recognized(known, wanted)
    if unknown:
        raise TenantError(
            "unknown_role",
            f"there is no directory role {', '.join(unknown)}",
            next_step="Specify its name as in the Microsoft Entra admin center, or its template id",
        )
    return found


def _new_addresses(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The addresses that the account would gain: owners are looked up only for these."""
    return list(
        {
            normalize_case(after[option]): after[option]
            for option in ("user_principal_name", "primary_smtp_address")
            if after[option] and normalize_case(after[option]) != normalize_case(before.get(option))
        }.values()
    )
