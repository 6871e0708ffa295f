# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account that the connector is bound to: user, licences and directory roles, in Microsoft Graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.read_result import attempt
from .._core.resource import Field, Record, Resource, clearing, normalize_case
from .._engine.ensure import ensure
from .._engine.tenant import Tenant
from .._engine.undo import of_change, of_removal
from .account_checks import check_mailbox_is_possible, check_removal, check_with_names, check_write, role_names
from .account_facts import LICENSES, PROPERTIES, ROLES
from .account_lookup import check_address, primary_address
from .account_writes import Accounts, sets_password, wait_for_address
from .licenses import candidates, resolve

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


@dataclass(frozen=True)
class _Account(Resource):
    """`accounts` has the subscriptions and directory roles that the options name."""

    accounts: Accounts = field(kw_only=True)

    def changes(self, params: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        changes = super().changes(self._with_names(params, before), before)
        if ROLES.option in changes:
            changes[ROLES.option] = sorted(changes[ROLES.option])
        return changes if before else {**_defaults(params["user_principal_name"]), **changes}

    def _with_names(self, params: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        """The options, with licences by part number and directory roles by display name. Raises `TenantError`."""
        facts = self.accounts.facts
        licenses = attempt(lambda: self._licenses(params, before))
        roles = attempt(lambda: self._roles(params))
        wanted = {**params, LICENSES.option: licenses.or_else(None), ROLES.option: roles.or_else(None)}
        if not (licenses.known and roles.known):
            start = before or _defaults(params["user_principal_name"])
            check_with_names(params, facts, before, {**start, **super().changes(wanted, before)}, licenses, roles)
        return wanted

    def _licenses(self, params: Mapping[str, Any], before: Mapping[str, Any]) -> list[str] | None:
        if params.get(LICENSES.option) is None:
            return None
        named = {sku["skuPartNumber"] for sku in resolve(self.accounts.facts.skus, params[LICENSES.option])}
        kept = set() if params["licenses_state"] == "exact" else set(before.get(LICENSES.option, ()))
        return sorted(named | kept)

    def _roles(self, params: Mapping[str, Any]) -> dict[str, Any] | None:
        edits = params.get(ROLES.option)
        if edits is None:
            return None
        return {edit: role_names(self.accounts.facts, names) if names else names for edit, names in edits.items()}

    def sets_write_only(self, params: Mapping[str, Any], record: Record | None) -> bool:
        return record is not None and sets_password(params)


def undo(params: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """How a change or removal can be undone; nobody can read a password before it is replaced."""
    if params["state"] == "present" and result["diff"]["before"] and sets_password(params):
        return f"The earlier password cannot be brought back. {of_change(params, result)}".strip()
    return of_removal(UNDO)(params, result)


def _defaults(name: str) -> dict[str, Any]:
    """Defaults for a new account."""
    return {
        "user_principal_name": name,
        "display_name": name.partition("@")[0],
        "primary_smtp_address": None,
        "usage_location": None,
        "account_enabled": True,
        "licenses": [],
        "directory_roles": [],
    }


def connector_account(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring the account to the desired state. Raises `TenantError`."""
    for option in ("user_principal_name", "primary_smtp_address"):
        if params.get(option):
            check_address(option, params[option])
    accounts = Accounts(params)

    def before_write(tenant: Tenant, params: Mapping[str, Any], record: Record | None) -> None:
        before = account.view(record)
        if record and params["state"] == "absent":
            check_removal(tenant, params, record, before)
        else:
            check_write(tenant, params, accounts.facts, before, {**before, **account.changes(params, before)})

    account = _Account(
        "connector_account",
        accounts,
        (*PROPERTIES, LICENSES, ROLES),
        (Field("user_principal_name", "userPrincipalName", normalize=normalize_case),),
        before_write=before_write,
        name_is_unique=True,
        several_writes=True,
        accounts=accounts,
    )
    result = ensure(account, tenant, params, check_mode)
    after = result["diff"]["after"]
    if not after:
        return {**result, "license_candidates": []}
    check_mailbox_is_possible(params, accounts.facts, after)
    shown = {"id": result["connector_account"].get("id"), **after}
    if params["wait"] and not check_mode:  # Exchange chooses the address if no option does
        user = wait_for_address(tenant, after, params["wait_timeout"])
        shown["primary_smtp_address"] = primary_address(user)
    open_choice = [] if after["licenses"] else candidates(accounts.facts.skus)
    return {**result, "connector_account": shown, "license_candidates": open_choice}
