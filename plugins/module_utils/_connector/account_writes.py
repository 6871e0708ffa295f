# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the connector account, in steps from which the run after an interrupted one continues."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.read_result import attempt
from .._core.resource import Record, normalize_case, normalized_set
from .._engine.tenant import Tenant
from .._http.claims import claims, directory_roles, held
from .._http.poll import Attempts, Within, poll, waiting
from .account_checks import refuse_guest
from .account_facts import (
    ASSIGNMENTS,
    LICENSES,
    PROPERTIES,
    READ_ACCOUNT,
    ROLES,
    Facts,
    by_name,
    read_facts,
    the_user,
)
from .account_lookup import primary_address

WRITE_ACCOUNT = Purpose("write the account", "User.ReadWrite.All")
_LICENSE = Purpose("assign licences to the account", "LicenseAssignment.ReadWrite.All")
_ROLE = Purpose("assign directory roles to the account", "RoleManagement.ReadWrite.Directory")
# Microsoft Graph, "Who can perform sensitive actions"
_PASSWORD = Purpose("set the password of the account", "User-PasswordProfile.ReadWrite.All")
_REMOVE = Purpose("remove the account", "User.ReadWrite.All")
# https://learn.microsoft.com/graph/api/resources/users#who-can-perform-sensitive-actions
_PRIVILEGED = "Privileged Authentication Administrator"
_FOR_PASSWORDS = "User Administrator"
_ABOVE = {"Global Administrator", _PRIVILEGED}
_MAX_POLLS = 8  # how often to retry a write right after creation: the directory is eventually consistent
_PAUSES = 2.0, 30.0  # seconds between reads for the mailbox address


class Accounts:
    """The account that the options name. `facts` is the latest data about it."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._params = params
        self.facts = Facts(None, [], [], {}, [])

    def id_of(self, record: Record) -> str:
        return str(record["id"])

    def list(self, tenant: Tenant) -> list[Record]:
        self.facts = read_facts(tenant, self._params)
        refuse_guest(self.facts)
        return self.facts.records()

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        user = _create(tenant, values, str(self._params["password"]))
        self._set_properties(tenant, user, values)
        self._assign(tenant, user, values)
        return {**user, **values}

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        self._set_properties(tenant, record, values)
        if sets_password(self._params):
            # Separately, since it needs another permission; before a directory role makes the account a protected one.
            password = {"password": self._params["password"], "forceChangePasswordNextSignIn": False}
            _change(tenant, record["id"], {"passwordProfile": password}, _PASSWORD)
        self._assign(tenant, record, values)
        return {**record, **values}

    def delete(self, tenant: Tenant, record: Record) -> None:
        try:
            tenant.graph.delete(f"users/{record['id']}", _REMOVE)
        except TenantError as error:
            raise _explained(tenant, error, _REMOVE) from error.__cause__

    def _set_properties(self, tenant: Tenant, user: Record, values: Mapping[str, Any]) -> None:
        wanted = {one.api: values[one.api] for one in PROPERTIES if values.get(one.api) is not None}
        changes = {name: value for name, value in wanted.items() if user.get(name) != value}
        if changes:
            _change(tenant, user["id"], changes, WRITE_ACCOUNT)

    def _assign(self, tenant: Tenant, user: Record, values: Mapping[str, Any]) -> None:
        had = set(user.get(LICENSES.api, ()))
        has = set(values.get(LICENSES.api, had))
        if had != has:
            ids = {sku["skuPartNumber"]: sku["skuId"] for sku in self.facts.skus}
            body = {
                "addLicenses": [{"skuId": ids[one], "disabledPlans": []} for one in sorted(has - had)],
                "removeLicenses": [ids.get(one, one) for one in sorted(had - has)],  # its id if it has no name
            }
            _settled(tenant, lambda: tenant.graph.set(f"users/{user['id']}/assignLicense", body, _LICENSE), _LICENSE)
        if ROLES.api in values:
            _write_roles(tenant, self.facts, user["id"], normalized_set(values[ROLES.api]))


def sets_password(params: Mapping[str, Any]) -> bool:
    """Whether to set the password of an existing account: it is never returned, so it cannot be compared."""
    return params.get("password") is not None and params["update_password"] == "always"


def _change(tenant: Tenant, user_id: str, changes: Mapping[str, Any], purpose: Purpose) -> None:
    try:
        _settled(tenant, lambda: tenant.graph.update(f"users/{user_id}", changes, purpose), purpose)
    except TenantError as error:
        if "accountEnabled" in changes or purpose is _PASSWORD:
            raise _about_password(_explained(tenant, error, purpose)) from error.__cause__
        raise


def _about_password(error: TenantError) -> TenantError:
    """Entra decides about passwords, by rules and a list of its own. Another password helps, no support case."""
    if error.kind != "refused" or error.answer is None or "password" not in normalize_case(error.answer.message):
        return error
    return error.but(
        next_step="Choose a longer password with upper and lower case letters, digits and symbols, without common words"
    )


def _explained(tenant: Tenant, error: TenantError, purpose: Purpose) -> TenantError:
    """These writes need a permission and a directory role: the next step names what the token lacks."""
    if error.kind != "forbidden":
        return error
    known = claims(tenant.tokens.bearer("graph"))
    roles = directory_roles(known)
    missing = [f"the application permission {purpose.permission}"] if not held(purpose.permission, known) else []
    if not roles & _ABOVE:
        if purpose is _PASSWORD and _FOR_PASSWORDS not in roles:
            missing.append(
                f"the directory role {_FOR_PASSWORDS} ({_PRIVILEGED} if the account holds an administrator role)"
            )
        else:
            missing.append(f"the directory role {_PRIVILEGED} if the account holds an administrator role")
    if missing:
        step = f"The application also needs {' and '.join(missing)}; it counts in tokens that are newer"
    else:
        step = "The token has the permission and the directory role for this; quote the request id to Microsoft support"
    return error.but(next_step=step)


def _create(tenant: Tenant, values: Mapping[str, Any], secret: str) -> Record:
    name = values["userPrincipalName"]
    body = {
        "accountEnabled": values["accountEnabled"],
        "displayName": values["displayName"],
        "mailNickname": name.partition("@")[0][:64],
        "userPrincipalName": name,
        "passwordProfile": {"password": secret, "forceChangePasswordNextSignIn": False},
        # A service account, whom nobody reminds to change its password.
        "passwordPolicies": "DisablePasswordExpiration",
        **({"usageLocation": values["usageLocation"]} if values["usageLocation"] else {}),
    }
    try:
        return tenant.graph.create("users", body, WRITE_ACCOUNT)
    except TenantError as error:
        # The name is unique in a tenant: an account that exists now was created by this run or a concurrent one.
        if error.kind != "outcome_unknown" and "already exists" not in (error.answer.message if error.answer else ""):
            raise _about_password(error) from error.__cause__
        found, _response = tenant.graph.list(by_name(name), READ_ACCOUNT)
        user = the_user(found, name, tenant.label)
        if user is None:
            raise
        return user


def _write_roles(tenant: Tenant, facts: Facts, user_id: str, wanted: frozenset[str]) -> None:
    ids = {normalize_case(name): role for role, name in facts.role_names.items()}
    held = {normalize_case(facts.role_names[one["roleDefinitionId"]]): one["id"] for one in facts.assignments}
    for name in sorted(wanted - set(held)):
        body = {
            "@odata.type": "#microsoft.graph.unifiedRoleAssignment",
            "roleDefinitionId": ids[name],
            "principalId": user_id,
            "directoryScopeId": "/",
        }
        _settled(tenant, functools.partial(tenant.graph.create, ASSIGNMENTS, body, _ROLE), _ROLE)
    for name in sorted(set(held) - wanted if facts.role_names else ()):
        tenant.graph.delete(f"{ASSIGNMENTS}/{held[name]}", _ROLE)


def _settled(tenant: Tenant, write: Callable[[], Any], purpose: Purpose) -> Any:
    """A write to an account that the service may not show everywhere yet."""
    written, _done = poll(
        lambda: attempt(write),
        lambda result: result.error is None or result.error.kind != "not_found",
        Attempts(tenant.http, _MAX_POLLS, purpose),
    )
    return written.value


def wait_for_address(tenant: Tenant, after: Mapping[str, Any], seconds: int) -> dict[str, Any]:
    """The account once it owns its mailbox address, which takes a while after the licence."""
    wanted, name = after["primary_smtp_address"], after["user_principal_name"]

    def read() -> dict[str, Any]:
        found, _response = tenant.graph.list(by_name(name), READ_ACCOUNT)
        return the_user(found, name, tenant.label) or {}

    def has_address(user: dict[str, Any]) -> bool:
        address = primary_address(user) if user else ""
        return bool(address) and (wanted is None or normalize_case(address) == normalize_case(wanted))

    def missing(user: dict[str, Any]) -> str:
        return f"the mailbox address of {name}: now {(primary_address(user) if user else '') or 'none'}"

    user, done = poll(read, has_address, Within(tenant.http, seconds, _PAUSES), waiting(tenant.progress, missing))
    if not done:
        raise TenantError(
            "timeout",
            f"{name} had no address {wanted or ''} after {seconds} s (wait_timeout)".replace("  ", " "),
            "wait for the mailbox address",
            tenant.label,
            next_step="Run again later, since a new mailbox can take a long time; check that the licence includes a "
            "mailbox plan",
        )
    return user
