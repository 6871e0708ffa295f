# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connector account in the directory, under the names of the options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._client.graph import Read, odata, odata_text
from .._core.errors import Purpose, TenantError
from .._core.resource import EditedList, Field, Record, normalize_case, normalized_set
from .._core.targets import only
from .._engine.tenant import Tenant
from .account_lookup import not_shown, primary_address
from .licenses import Sku

READ_ACCOUNT = Purpose("read the account", "User.Read.All")
ASSIGNMENTS = "roleManagement/directory/roleAssignments"
_GLOBAL = "62e90394-69f5-4237-9190-012177145e10"  # Microsoft Entra built-in roles
_SELECT = (
    "id,displayName,userPrincipalName,mail,proxyAddresses,usageLocation,accountEnabled,assignedLicenses,userType,"
    "onPremisesSyncEnabled"
)

# The properties of the user in Graph.
PROPERTIES = (
    Field("display_name", "displayName"),
    Field("primary_smtp_address", "mail", normalize=normalize_case),
    Field("usage_location", "usageLocation", normalize=normalize_case),
    Field("account_enabled", "accountEnabled"),
)
# Properties from other resources of Graph, under our own names.
LICENSES = Field("licenses", "licenses", normalize=normalized_set)
ROLES = EditedList("directory_roles", "directoryRoles")


@dataclass(frozen=True)
class Facts:
    """The data read: the user or None, the subscriptions, the domains, and the directory roles by id."""

    user: dict[str, Any] | None
    skus: list[Sku]
    domains: list[str]
    role_names: dict[str, str]
    assignments: list[dict[str, Any]]

    def records(self) -> list[Record]:
        """The account, with its primary address, its licences and its directory roles by name; empty if none."""
        if self.user is None:
            return []
        names = {sku["skuId"]: sku["skuPartNumber"] for sku in self.skus}
        held = [names.get(one["skuId"], one["skuId"]) for one in self.user.get("assignedLicenses") or []]
        return [
            {
                **self.user,
                "mail": primary_address(self.user) or None,
                LICENSES.api: sorted(held),
                ROLES.api: sorted(self.role_names[one["roleDefinitionId"]] for one in self.assignments),
            }
        ]


def the_user(found: Sequence[dict[str, Any]], name: str, tenant: str = "") -> dict[str, Any] | None:
    """The user of this user principal name among those that the service returned, or None."""
    if any(not one.get("userPrincipalName") for one in found):
        raise not_shown("its user principal name")
    user: dict[str, Any] | None = only(
        [one for one in found if normalize_case(one.get("userPrincipalName")) == normalize_case(name)],
        lambda one: str(one.get("id")),
        f"account {name}",
        tenant,
    )
    return user


def roles_held(tenant: Tenant, user_id: str) -> list[str]:
    """The names of the directory roles of an account, in any scope."""
    purpose = Purpose("read the directory roles of the account", "RoleManagement.Read.Directory")
    held, _response = tenant.graph.list(odata(ASSIGNMENTS, filter=f"principalId eq '{user_id}'"), purpose)
    ids = {one["roleDefinitionId"] for one in held if normalize_case(one["principalId"]) == normalize_case(user_id)}
    if not ids:
        return []
    known, _response = tenant.graph.list(
        odata("roleManagement/directory/roleDefinitions", select="id,displayName"), purpose
    )
    names = {one["id"]: str(one["displayName"]) for one in known}
    return sorted(names.get(one, one) for one in ids)


def check_last_administrator(tenant: Tenant, user: Mapping[str, Any], action: str) -> None:
    """Refuse to remove or disable the last enabled user with a direct Global Administrator role: kind last_way_in.

    Roles through a group or Privileged Identity Management do not count.
    """
    purpose = Purpose("read who else is a Global Administrator", "RoleManagement.Read.Directory and User.Read.All")
    found, _response = tenant.graph.list(odata(ASSIGNMENTS, filter=f"roleDefinitionId eq '{_GLOBAL}'"), purpose)
    held = {normalize_case(one["principalId"]) for one in found if one.get("directoryScopeId") in (None, "/")}
    if normalize_case(user["id"]) not in held:
        return
    others = {one: Read(odata(f"users/{one}", select="id,accountEnabled"), purpose, False) for one in held}
    del others[normalize_case(user["id"])]
    for answer in tenant.graph.batch(others).values() if others else ():
        if answer.error is not None and answer.error.kind == "not_found":
            continue  # a group or an application
        if answer.value.get("accountEnabled"):
            return
    raise TenantError(
        "last_way_in",
        f"{user['userPrincipalName']} is the last enabled user who holds Global Administrator",
        action,
        tenant.label,
        next_step="Assign the role to another enabled account first",
    )


def by_name(name: str) -> str:
    return odata("users", filter=f"userPrincipalName eq {odata_text(name)}", select=_SELECT)


def read_facts(tenant: Tenant, params: Mapping[str, Any]) -> Facts:
    """Read user, subscriptions, domains and roles in one request; the role assignments in a second if needed."""
    reads = {
        "users": Read(by_name(params["user_principal_name"]), READ_ACCOUNT),
        "skus": Read("subscribedSkus", Purpose("read the subscriptions", "Organization.Read.All")),
        "organization": Read(
            odata("organization", select="id,verifiedDomains"), Purpose("read the domains", "Organization.Read.All")
        ),
    }
    wants_roles = params.get("directory_roles") is not None
    if wants_roles:
        definitions = odata("roleManagement/directory/roleDefinitions", select="id,displayName")
        reads["roles"] = Read(definitions, Purpose("read the directory roles", "RoleManagement.Read.Directory"))
    found = {name: result.value for name, result in tenant.graph.batch(reads).items()}
    user = the_user(found["users"], params["user_principal_name"], tenant.label)
    domains = [domain["name"] for one in found["organization"] for domain in one.get("verifiedDomains") or []]
    names = {one["id"]: one["displayName"] for one in found.get("roles", [])}
    assignments: list[dict[str, Any]] = []
    if wants_roles and user:
        path = odata(ASSIGNMENTS, filter=f"principalId eq '{user['id']}'")
        purpose = Purpose("read the directory roles of the account", "RoleManagement.Read.Directory")
        everywhere, _response = tenant.graph.list(path, purpose)
        # Assignments for a part of the tenant, or of newer custom roles, are not ours to manage.
        assignments = [
            one
            for one in everywhere
            if one.get("directoryScopeId") == "/"
            and one["roleDefinitionId"] in names
            and normalize_case(one["principalId"]) == normalize_case(user["id"])
        ]
    return Facts(user, found["skus"], domains, names, assignments)
