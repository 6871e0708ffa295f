# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The initial directory of a tenant: from its short description to Graph's objects."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..state.clock import iso
from ..state.http_messages import Json
from ..state.tenant import DIRECTORY_ROLES, Tenant
from .directory import assign_role, make_eligible, new_user
from .partner import seed_customers

_NOT_PROPERTIES = ("licences", "directory_roles", "roles_in_units", "eligible_roles")


def seed_directory(tenant: Tenant, now: datetime) -> None:
    """The state for the description."""
    _seed_organization(tenant, now)
    for part_number, sku in tenant.description["skus"].items():
        if sku:
            tenant.store("subscribedSkus").add(f"{tenant.tenant_id}_{sku['id']}", _sku(tenant, part_number, sku))
    for name, template in DIRECTORY_ROLES.items():
        tenant.store("roleDefinitions").add(template, _role_definition(name, template))
    for nickname, described in tenant.description["users"].items():
        if described:
            _seed_user(tenant, nickname, described, now)
    for principal in tenant.service_principals.values():
        for role in principal.directory_roles:
            assign_role(tenant, principal.object_id, DIRECTORY_ROLES[role])
    seed_customers(tenant, now)


def _seed_user(tenant: Tenant, nickname: str, described: Json, now: datetime) -> None:
    address = f"{nickname}@{tenant.domain}"
    skus = tenant.description["skus"]
    licences = [{"skuId": skus[name]["id"], "disabledPlans": []} for name in described["licences"]]
    properties = {key: value for key, value in described.items() if key not in _NOT_PROPERTIES}
    user = new_user(
        tenant,
        tenant.uuid("user", nickname),
        {
            "userPrincipalName": address,
            "usageLocation": tenant.description["organization"]["countryLetterCode"],
            "assignedLicenses": licences,
            **properties,
        },
        now - timedelta(days=90),
    )
    tenant.store("users").add(user["id"], user)
    for role in described.get("directory_roles", []):
        assign_role(tenant, user["id"], DIRECTORY_ROLES[role])
    for role, unit in described.get("roles_in_units", {}).items():
        scope = f"/administrativeUnits/{tenant.uuid('administrativeUnit', unit)}"
        assign_role(tenant, user["id"], DIRECTORY_ROLES[role], scope)
    for role in described.get("eligible_roles", []):
        make_eligible(tenant, user["id"], DIRECTORY_ROLES[role], now - timedelta(days=90))


def _seed_organization(tenant: Tenant, now: datetime) -> None:
    plans = [
        (plan["id"], plan["service"])
        for sku in tenant.description["skus"].values()
        if sku
        for plan in sku["plans"].values()
    ]
    since = iso(now - timedelta(days=400))
    organization = {
        "id": tenant.tenant_id,
        "deletedDateTime": None,
        "displayName": tenant.display_name,
        "createdDateTime": since,
        "tenantType": "AAD",
        "partnerTenantType": None,
        "onPremisesLastSyncDateTime": None,
        "businessPhones": [],
        "marketingNotificationEmails": [],
        "assignedPlans": [
            {"assignedDateTime": since, "capabilityStatus": "Enabled", "service": service, "servicePlanId": plan}
            for plan, service in plans
        ],
        "provisionedPlans": [
            {"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": service}
            for _unused, service in plans
        ],
        "verifiedDomains": [
            {
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": name == tenant.domain,
                "isInitial": name != tenant.domain,
                "name": name,
                "type": "Managed",
            }
            for name in tenant.domains
        ],
        **tenant.description["organization"],
    }
    tenant.store("organization").add(tenant.tenant_id, organization)
    for name in tenant.domains:
        tenant.store("domains").add(name, _domain(name, default=name == tenant.domain))


def _domain(name: str, *, default: bool) -> Json:
    return {
        "id": name,
        "authenticationType": "Managed",
        "availabilityStatus": None,
        "isAdminManaged": True,
        "isDefault": default,
        "isInitial": not default,
        "isRoot": True,
        "isVerified": True,
        "supportedServices": ["Email", "OfficeCommunicationsOnline"],
    }


def _sku(tenant: Tenant, part_number: str, described: Json) -> Json:
    return {
        "id": f"{tenant.tenant_id}_{described['id']}",
        "accountId": tenant.tenant_id,
        "accountName": tenant.display_name,
        "appliesTo": "User",
        "capabilityStatus": described.get("status", "Enabled"),
        "prepaidUnits": {"enabled": described["units"], "suspended": 0, "warning": 0, "lockedOut": 0},
        "skuId": described["id"],
        "skuPartNumber": part_number,
        "subscriptionIds": [tenant.uuid("subscription", part_number)],
        "servicePlans": [
            {
                "appliesTo": "Company" if plan.get("company") else "User",
                "provisioningStatus": plan.get("status", "Success"),
                "servicePlanId": plan["id"],
                "servicePlanName": name,
                "_service": plan["service"],
                "_needs": plan.get("needs", []),
                "_excludes": plan.get("excludes", []),
            }
            for name, plan in described["plans"].items()
        ],
    }


def _role_definition(name: str, template: str) -> Json:
    return {
        "id": template,
        "description": f"Built-in role {name}.",
        "displayName": name,
        "isBuiltIn": True,
        "isEnabled": True,
        "resourceScopes": ["/"],
        "rolePermissions": [],
        "templateId": template,
        "version": "1",
    }
