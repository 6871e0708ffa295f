# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory of a tenant as Graph shows it: organization, users, licences, roles."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ..behaviours.table import implements
from ..state.clock import iso
from ..state.http_messages import Json
from ..state.tenant import Tenant

# The default properties of `GET /users`. https://learn.microsoft.com/graph/api/user-get
USER_DEFAULTS = (
    "id",
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
)


@implements("directory-role-assignment")
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


@implements("role-eligibility")
def make_eligible(tenant: Tenant, principal_id: str, role_id: str, since: datetime, scope: str = "/") -> Json:
    """A role that somebody may activate, and does not hold."""
    eligibility = tenant.uuid("roleEligibility", principal_id, role_id, scope)
    return tenant.store("roleEligibilities").add(
        eligibility,
        {
            "id": eligibility,
            "principalId": principal_id,
            "roleDefinitionId": role_id,
            "directoryScopeId": scope,
            "appScopeId": None,
            "memberType": "Direct",
            "roleEligibilityScheduleId": eligibility,
            "startDateTime": iso(since),
            "endDateTime": None,
        },
    )


def plans_of(tenant: Tenant, user: Json) -> list[Json]:
    """The service plans of a user's licences, each with its sku."""
    skus = {sku["skuId"]: sku for sku in tenant.store("subscribedSkus")}
    return [
        plan
        for licence in user["assignedLicenses"]
        if licence["skuId"] in skus  # a copy may lack subscriptions
        for plan in skus[licence["skuId"]]["servicePlans"]
        if plan["servicePlanId"] not in licence["disabledPlans"]
    ]


@implements("directory-plans")
def user_view(tenant: Tenant, user: Json, now: datetime) -> Json:
    """A user with the properties that follow from the licences."""
    plans = plans_of(tenant, user)
    since = user["createdDateTime"]
    return addressed(tenant, user, now) | {
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


@implements("directory-units")
def sku_view(tenant: Tenant, sku: Json, now: datetime) -> Json:
    """A subscription with the number of units that users hold."""
    used = sum(
        licence["skuId"] == sku["skuId"] for user in tenant.store("users") for licence in user["assignedLicenses"]
    )
    return sku | {"consumedUnits": used + sku.get("_other_units", 0)}


def licence_details_of(tenant: Tenant, user: Json) -> list[Json]:
    skus = {sku["skuId"]: sku for sku in tenant.store("subscribedSkus")}
    held = [skus[licence["skuId"]] for licence in user["assignedLicenses"] if licence["skuId"] in skus]
    return [
        {
            "id": tenant.uuid("licence", user["id"], sku["skuId"]),
            "skuId": sku["skuId"],
            "skuPartNumber": sku["skuPartNumber"],
            "servicePlans": sku["servicePlans"],
        }
        for sku in held
    ]


@implements("directory-sync")
def organization_view(tenant: Tenant, organization: Json, now: datetime) -> Json:
    """The organization; a synchronized directory was last synchronized within half an hour."""
    if not organization["onPremisesSyncEnabled"]:
        return organization
    return organization | {"onPremisesLastSyncDateTime": iso(now - timedelta(minutes=20))}


@implements("mdm-authority-left-out")
def organization_view_v1(tenant: Tenant, organization: Json, now: datetime) -> Json:
    """The same, without the authority if only beta has it according to the description."""
    shown = organization_view(tenant, organization, now)
    if tenant.intune["authority_in"] == "beta":
        return {name: value for name, value in shown.items() if name != "mobileDeviceManagementAuthority"}
    return shown


def new_user(tenant: Tenant, user_id: str, properties: Json, now: datetime) -> Json:
    """A user with all properties that this tenant stores."""
    principal_name = properties["userPrincipalName"]
    empty: dict[str, Any] = dict.fromkeys(USER_DEFAULTS) | {
        "businessPhones": [],
        "deletedDateTime": None,
        "accountEnabled": True,
        "assignedLicenses": [],
        "createdDateTime": iso(now),
        "creationType": None,
        "externalUserState": None,
        "mailNickname": principal_name.partition("@")[0],
        "onPremisesSyncEnabled": None,
        "otherMails": [],
        "passwordPolicies": None,
        "proxyAddresses": [],
        "usageLocation": None,
        "userType": "Member",
        # when a mailbox plan starts to give a mailbox
        "_mailbox_from": now,
    }
    return empty | properties | {"id": user_id}


def mailbox_licensed(tenant: Tenant, user: Json) -> bool:
    """Whether a licence includes an Exchange mailbox; the foundation and archive plans do not."""
    names = [plan["servicePlanName"] for plan in plans_of(tenant, user)]
    without = ("EXCHANGE_S_FOUNDATION", "EXCHANGE_S_ARCHIVE")
    return any(name.startswith("EXCHANGE_") and not name.startswith(without) for name in names)


@implements("mailbox-licence")
def has_mailbox(tenant: Tenant, user: Json, now: datetime) -> bool:
    return "_recipient" in user or (mailbox_licensed(tenant, user) and bool(user["_mailbox_from"] <= now))


@implements("mailbox-address")
def addressed(tenant: Tenant, user: Json, now: datetime) -> Json:
    """A user with addresses: the one that was set, else the one of the mailbox."""
    mail = user["mail"] or (user["userPrincipalName"] if has_mailbox(tenant, user, now) else None)
    addresses = user.get("_proxies") or ([f"SMTP:{mail}"] if mail else [])
    return user | {"mail": mail, "proxyAddresses": addresses}
