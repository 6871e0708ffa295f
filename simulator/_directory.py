# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory of a tenant as Graph shows it: organization, users, licences, roles."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ._clock import iso
from ._tenant import DIRECTORY_ROLES, Tenant
from ._wire import Json

# What `GET /users` gives without being asked for more. https://learn.microsoft.com/graph/api/user-get
USER_DEFAULTS = (
    "id businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname "
    "userPrincipalName"
).split()


def seed_directory(tenant: Tenant, now: datetime) -> None:
    """The state that the description asks for."""
    _seed_organization(tenant, now)
    for part_number, sku in tenant.description["skus"].items():
        if sku:
            tenant.store("subscribedSkus").add(f"{tenant.tenant_id}_{sku['id']}", _sku(tenant, part_number, sku))
    for name, template in DIRECTORY_ROLES.items():
        tenant.store("roleDefinitions").add(template, _role_definition(name, template))
    for nickname, described in tenant.description["users"].items():
        if described:
            _seed_user(tenant, nickname, described, now)
    for kind in ("application", "managed_identity"):
        for role in tenant.description["application"]["directory_roles"]:
            assign_role(tenant, tenant.principal(kind).object_id, DIRECTORY_ROLES[role])
    for customer in tenant.description["customers"]:
        _seed_customer(tenant, customer, now)


def assign_role(tenant: Tenant, principal_id: str, role_id: str, scope: str = "/") -> Json:
    assignment = tenant.uuid("roleAssignment", principal_id, role_id, scope)
    return tenant.store("roleAssignments").add(
        assignment,
        {
            "id": assignment,
            "principalId": principal_id,
            "roleDefinitionId": role_id,
            "directoryScopeId": scope,
            "appScopeId": None,
            "condition": None,
        },
    )


def plans_of(tenant: Tenant, user: Json) -> list[Json]:
    """The service plans that a user's licences switch on, each with its sku."""
    skus = {sku["skuId"]: sku for sku in tenant.store("subscribedSkus")}
    return [
        plan
        for licence in user["assignedLicenses"]
        for plan in skus[licence["skuId"]]["servicePlans"]
        if plan["servicePlanId"] not in licence["disabledPlans"]
    ]


def user_view(tenant: Tenant, user: Json, now: datetime) -> Json:
    """A user with what follows from the licences."""
    plans = plans_of(tenant, user)
    since = user["createdDateTime"]
    return user | {
        "assignedPlans": [
            {
                "assignedDateTime": since,
                "capabilityStatus": "Enabled",
                "service": plan["_service"],
                "servicePlanId": plan["servicePlanId"],
            }
            for plan in plans
        ],
        "provisionedPlans": [
            {"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": plan["_service"]}
            for plan in plans
        ],
        "licenseAssignmentStates": [
            {
                "assignedByGroup": None,
                "disabledPlans": licence["disabledPlans"],
                "error": "None",
                "lastUpdatedDateTime": since,
                "skuId": licence["skuId"],
                "state": "Active",
            }
            for licence in user["assignedLicenses"]
        ],
    }


def sku_view(tenant: Tenant, sku: Json, now: datetime) -> Json:
    """A subscription with the units that users hold of it."""
    used = sum(
        licence["skuId"] == sku["skuId"] for user in tenant.store("users") for licence in user["assignedLicenses"]
    )
    return sku | {"consumedUnits": used}


def licence_details(tenant: Tenant, user: Json) -> list[Json]:
    skus = {sku["skuId"]: sku for sku in tenant.store("subscribedSkus")}
    held = [skus[licence["skuId"]] for licence in user["assignedLicenses"]]
    return [
        {
            "id": tenant.uuid("licence", user["id"], sku["skuId"]),
            "skuId": sku["skuId"],
            "skuPartNumber": sku["skuPartNumber"],
            "servicePlans": sku["servicePlans"],
        }
        for sku in held
    ]


def organization_view(tenant: Tenant, organization: Json, now: datetime) -> Json:
    """The organization; a directory that is synchronised was so within the last half hour."""
    if not organization["onPremisesSyncEnabled"]:
        return organization
    return organization | {"onPremisesLastSyncDateTime": iso(now - timedelta(minutes=20))}


def new_user(tenant: Tenant, user_id: str, properties: Json, now: datetime) -> Json:
    """A user with all properties that this tenant keeps of one."""
    principal_name = properties["userPrincipalName"]
    empty: dict[str, Any] = dict.fromkeys(USER_DEFAULTS) | {
        "businessPhones": [],
        "deletedDateTime": None,
        "accountEnabled": True,
        "assignedLicenses": [],
        "createdDateTime": iso(now),
        "mailNickname": principal_name.partition("@")[0],
        "onPremisesSyncEnabled": None,
        "otherMails": [],
        "passwordPolicies": None,
        "proxyAddresses": [],
        "usageLocation": None,
        "userType": "Member",
    }
    return empty | properties | {"id": user_id}


def _seed_user(tenant: Tenant, nickname: str, described: Json, now: datetime) -> None:
    address = f"{nickname}@{tenant.domain}"
    skus = tenant.description["skus"]
    licences = [{"skuId": skus[name]["id"], "disabledPlans": []} for name in described["licences"]]
    mailbox = any(has_mailbox(plan) for name in described["licences"] for plan in skus[name]["plans"])
    properties = {key: value for key, value in described.items() if key not in ("licences", "directory_roles")}
    user = new_user(
        tenant,
        tenant.uuid("user", nickname),
        {
            "userPrincipalName": address,
            "mail": address if mailbox else None,
            "proxyAddresses": [f"SMTP:{address}"] if mailbox else [],
            "usageLocation": tenant.description["organization"]["countryLetterCode"],
            "assignedLicenses": licences,
            **properties,
        },
        now - timedelta(days=90),
    )
    tenant.store("users").add(user["id"], user)
    for role in described.get("directory_roles", []):
        assign_role(tenant, user["id"], DIRECTORY_ROLES[role])


def has_mailbox(plan_name: str) -> bool:
    """Whether a service plan comes with an Exchange mailbox; the foundation and archive plans do not."""
    return plan_name.startswith("EXCHANGE_") and not plan_name.startswith(("EXCHANGE_S_FOUNDATION", "EXCHANGE_S_ARCH"))


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
            for _, service in plans
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


def _seed_customer(tenant: Tenant, described: Json, now: datetime) -> None:
    customer_id = tenant.uuid("customer", described["name"])
    tenant.store("delegatedAdminCustomers").add(
        customer_id, {"id": customer_id, "tenantId": customer_id, "displayName": described["name"]}
    )
    relationship = tenant.uuid("relationship", described["name"])
    tenant.store("delegatedAdminRelationships").add(
        relationship,
        {
            "id": relationship,
            "displayName": f"{described['name']} administration",
            "customer": {"tenantId": customer_id, "displayName": described["name"]},
            "accessDetails": {
                "unifiedRoles": [{"roleDefinitionId": DIRECTORY_ROLES[role]} for role in described["roles"]]
            },
            "status": described.get("status", "active"),
            "duration": "P730D",
            "createdDateTime": iso(now - timedelta(days=30)),
            "endDateTime": iso(now + timedelta(days=700)),
        },
    )
