# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account that the connector is bound to: user, licences and directory roles, kept by Microsoft Graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import Purpose, TenantError, usage
from .._core.faults import check_all
from .._core.read_result import attempt
from .._core.resource import EditedList, clearing, normalize_case, normalized_set
from .._engine.tenant import Tenant
from .account_facts import PROPERTIES, Facts, check_last_administrator, read_facts, roles_held
from .account_lookup import check_address, check_unused, primary_address
from .account_writes import remove_account, wait_for_address, write_account
from .licenses import candidates, check_units, describe, resolve

_MAX_RETRIES = 3  # how often a change is worked out anew after an answer was lost or somebody else was faster
ROLES = EditedList("directory_roles", "directoryRoles")
UNDO = (
    "Restore the user in the Microsoft Entra admin center (Users, Deleted users) within 30 days, and run the task "
    "again with state=present"
)
OPTIONS: dict[str, Any] = {
    "user_principal_name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "display_name": {"type": "str"},
    "primary_smtp_address": {"type": "str"},
    "usage_location": {"type": "str"},
    "account_enabled": {"type": "bool"},
    "password": {"type": "str", "no_log": True},
    "update_password": {"type": "str", "choices": ["on_create", "always"], "default": "on_create", "no_log": False},
    "licenses": {"type": "list", "elements": "str"},
    "licenses_state": {"type": "str", "choices": ["present", "exact"], "default": "present"},
    "directory_roles": {**ROLES.spec},
    "force_delete": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 1800},
}
CLEARS = clearing((ROLES,)) | {"licenses"}


def connector_account(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring the account to the wanted state. Raises `TenantError`."""
    for option in ("user_principal_name", "primary_smtp_address"):
        if params.get(option):
            check_address(option, params[option])
    ensure = _absent if params["state"] == "absent" else _present
    facts = read_facts(tenant, params)
    start = facts.view()
    for round_number in range(1, _MAX_RETRIES):
        try:
            return ensure(tenant, params, facts, start, check_mode)
        except TenantError as error:  # every step starts from what is there, so it can be worked out anew
            if error.kind not in ("conflict", "outcome_unknown"):
                raise
            tenant.http.pause(round_number, None, Purpose(error.action))
        facts = read_facts(tenant, params)
    return ensure(tenant, params, facts, start, check_mode)


def _present(
    tenant: Tenant, params: Mapping[str, Any], facts: Facts, start: Mapping[str, Any], check_mode: bool
) -> dict[str, Any]:
    before = facts.view()
    _refuse_guest(params, facts)
    licenses = attempt(lambda: _licenses(params, facts, before))
    roles = attempt(lambda: _roles(params, facts, before))
    after = _wanted(params, before)
    after |= {
        "licenses": licenses.or_else(after["licenses"]),
        "directory_roles": roles.or_else(after["directory_roles"]),
    }
    secret = params.get("password") if facts.user is None or params["update_password"] == "always" else None
    user = facts.user
    unused = attempt(lambda: check_unused(tenant, _new_addresses(before, after), (user or {}).get("id")))
    if unused.error is not None and unused.error.kind != "address_in_use":
        raise unused.error
    # What the directory would refuse, or what would leave the account useless, before anything is written.
    check_all(
        (
            lambda: licenses.value,
            lambda: roles.value,
            *_checks(params, facts, before, after, licenses.known),
            lambda: unused.value,
        )
    )
    disabled = before.get("account_enabled") and not after["account_enabled"]
    if user and (disabled or set(before["directory_roles"]) - set(after["directory_roles"])):
        check_last_administrator(tenant, user, "take the account out of use" if disabled else "take its roles away")
    if (before != after or secret is not None) and not check_mode:
        user = write_account(tenant, facts, before, after, secret)
    given = {}
    if params["wait"] and not check_mode:
        user = wait_for_address(tenant, after, params["wait_timeout"])
        given = {"primary_smtp_address": primary_address(user)}  # Exchange chooses it where no option does
    return {
        "changed": start != after or secret is not None,
        "diff": {"before": start, "after": after},
        "connector_account": {"id": (user or {}).get("id"), **after, **given},
        "license_candidates": [] if after["licenses"] else candidates(facts.skus),
    }


def _new_addresses(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The addresses that the account would get: without a change nobody is asked whose they are."""
    return list(
        {
            normalize_case(after[option]): after[option]
            for option in ("user_principal_name", "primary_smtp_address")
            if after[option] and normalize_case(after[option]) != normalize_case(before.get(option))
        }.values()
    )


def _wanted(params: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The view that the options ask for, apart from licences and directory roles."""
    name = params["user_principal_name"]
    defaults = {
        "user_principal_name": name,
        "display_name": name.partition("@")[0],
        "primary_smtp_address": None,
        "usage_location": None,
        "account_enabled": True,
        "licenses": [],
        "directory_roles": [],
    }
    after = {**defaults, **before}
    for one in PROPERTIES:
        given = params.get(one.option)
        if given is not None and one.normalize(given) != one.normalize(after[one.option]):
            after[one.option] = given
    return after


def _licenses(params: Mapping[str, Any], facts: Facts, before: Mapping[str, Any]) -> list[str]:
    held: list[str] = before.get("licenses", [])
    if params.get("licenses") is None:
        return held
    named = {sku["skuPartNumber"] for sku in resolve(facts.skus, params["licenses"])}
    return sorted(named | (set() if params["licenses_state"] == "exact" else set(held)))


def _roles(params: Mapping[str, Any], facts: Facts, before: Mapping[str, Any]) -> list[str]:
    held: list[str] = before.get("directory_roles", [])
    if params.get("directory_roles") is None:
        return held
    given = {key: _role_names(facts, names) for key, names in params["directory_roles"].items() if names}
    wanted = ROLES.target(held, {**params["directory_roles"], **given})
    return held if normalized_set(wanted) == normalized_set(held) else sorted(wanted)


def _role_names(facts: Facts, wanted: list[str]) -> list[str]:
    """The display names of roles given by name or id. Raises `TenantError` for an unknown one."""
    known = {normalize_case(key): name for role, name in facts.role_names.items() for key in (role, name)}
    unknown = [one for one in wanted if normalize_case(one) not in known]
    if unknown:
        raise TenantError(
            "unknown_role",
            f"there is no directory role {', '.join(unknown)}",
            next_step="Give names as in the Microsoft Entra admin center, or template ids",
        )
    return [known[normalize_case(one)] for one in wanted]


def _refuse_guest(params: Mapping[str, Any], facts: Facts) -> None:
    if (facts.user or {}).get("userType") == "Guest":
        name = params["user_principal_name"]
        raise TenantError("guest", f"{name} is a guest", next_step="Use an account of this tenant")


def _checks(
    params: Mapping[str, Any], facts: Facts, before: Mapping[str, Any], after: Mapping[str, Any], resolved: bool
) -> list[Callable[[], None]]:
    """The checks that need no request; `resolved` says whether the licences of the options are known."""
    added = set(after["licenses"]) - set(before.get("licenses", ()))
    checks: list[tuple[bool, Callable[[], None]]] = [
        (facts.user is None, lambda: _check_domain(params, facts)),
        (facts.user is None, lambda: _check_password(params)),
        (facts.user is not None, lambda: _refuse_synchronised(params, facts.user or {}, before, after)),
        (True, lambda: check_units([sku for sku in facts.skus if sku["skuPartNumber"] in added], facts.skus)),
        (bool(added) or not resolved, lambda: _check_usage_location(after)),
        (resolved and params["wait"], lambda: _check_licensed(params, facts, after)),
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
        raise usage("password is needed to create the account", "Set password, best from a vault")


def _refuse_synchronised(
    params: Mapping[str, Any], user: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """What on-premises Active Directory keeps, it would set back."""
    changed = [one.option for one in PROPERTIES if before and before[one.option] != after[one.option]]
    if user.get("onPremisesSyncEnabled") and set(changed) - {"usage_location"}:
        raise TenantError(
            "synchronised",
            f"{params['user_principal_name']} is synchronised from on-premises, so {', '.join(changed)} cannot be "
            "changed here",
            next_step="Change it in the on-premises Active Directory, or use a cloud-only account",
        )


def _check_usage_location(after: Mapping[str, Any]) -> None:
    if not after["usage_location"]:
        raise usage("usage_location is needed before a licence can be assigned", "Give a country code, such as CH")


def _check_licensed(params: Mapping[str, Any], facts: Facts, after: Mapping[str, Any]) -> None:
    if not after["licenses"]:
        raise TenantError(
            "no_license",
            f"{params['user_principal_name']} has no licence, so it would never get a mailbox",
            next_step=f"Specify one or more in licenses, from those with free units: {describe(facts.skus)}",
        )


def _absent(
    tenant: Tenant, params: Mapping[str, Any], facts: Facts, start: Mapping[str, Any], check_mode: bool
) -> dict[str, Any]:
    """Remove the account. Graph cannot tell what a mailbox is used for, so one with a mailbox needs to be forced."""
    before = facts.view()
    if facts.user is not None:
        _refuse_guest(params, facts)
        if before["primary_smtp_address"] and not params["force_delete"]:
            raise TenantError(
                "has_mailbox",
                f"{facts.user['userPrincipalName']} has the mailbox {before['primary_smtp_address']}, "
                "which would be lost with it",
                "remove the account",
                tenant.label,
                next_step="Set force_delete to true if nobody else uses the mailbox",
            )
        roles = [] if params["force_delete"] else roles_held(tenant, facts.user["id"])
        if roles:
            raise TenantError(
                "has_roles",
                f"{facts.user['userPrincipalName']} holds the directory roles {', '.join(roles)}, so it may be an "
                "administrator's account",
                "remove the account",
                tenant.label,
                next_step="Remove the roles first, or set force_delete to true if this is the right account",
                details={"directory_roles": roles},
            )
        if params["force_delete"]:
            check_last_administrator(tenant, facts.user, "remove the account")
        if not check_mode:
            remove_account(tenant, facts.user["id"])
    return {
        "changed": bool(start),
        "diff": {"before": start, "after": {}},
        "connector_account": {},
        "license_candidates": [],
    }
