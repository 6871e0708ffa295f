# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory's rules for writing users and role assignments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..behaviours.table import implements
from ..odata.entities import RequestContext, Resource, not_found
from ..state.http_messages import Answer, Json, Refusal
from ..state.replication import arrived, arriving
from ..state.snapshots import refuse_unheld
from ..state.tenant import Tenant
from .directory import USER_DEFAULTS, addressed, new_user
from .protected_users import refuse_password, refuse_sensitive, refuse_synchronized

_READ_ONLY = (
    "id",
    "assignedLicenses",
    "assignedPlans",
    "createdDateTime",
    "licenseAssignmentStates",
    "provisionedPlans",
    "proxyAddresses",
)


@implements("directory-value")
def create_user(scene: RequestContext, user_id: str) -> Json:
    required = ("accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile")
    missing = [name for name in required if scene.body.get(name) is None]
    name = scene.body.get("userPrincipalName") or ""
    if missing:
        raise _invalid_value(f"A value is required for property '{missing[0]}' of resource 'User'.")
    if name.rpartition("@")[2].lower() not in scene.tenant.domains:
        raise _invalid_value("The domain portion of the userPrincipalName property is invalid.")
    if scene.tenant.store("users").find("userPrincipalName", name):
        raise _invalid_value("Another object with the same value for property userPrincipalName already exists.")
    _refuse_read_only(scene)
    _refuse_address_of_another(scene, "")
    _refuse_weak_password(scene)
    properties = {key: value for key, value in scene.body.items() if key != "passwordProfile" and "@" not in key}
    return arriving(scene.tenant, new_user(scene.tenant, user_id, properties, scene.now), scene.now)


@implements("directory-value")
def delete_user(scene: RequestContext, user: Json) -> None:
    refuse_sensitive(scene, user)
    assignments = scene.tenant.store("roleAssignments")
    for assignment in assignments:
        if assignment["principalId"] == user["id"]:
            assignments.remove(assignment["id"])


@implements("directory-value")
def change_user(scene: RequestContext, user: Json) -> Json:
    _refuse_read_only(scene)
    _refuse_address_of_another(scene, user["id"])
    _refuse_weak_password(scene)
    refuse_synchronized(scene, user)
    refuse_password(scene)
    refuse_sensitive(scene, user)
    return {name: value for name, value in scene.body.items() if name != "passwordProfile"}


@implements("directory-password")
def _refuse_weak_password(scene: RequestContext) -> None:
    """Eight characters, of three kinds out of four."""
    password = (scene.body.get("passwordProfile") or {}).get("password")
    kinds = (str.islower, str.isupper, str.isdigit, lambda character: not character.isalnum())
    if password is not None and (len(password) < 8 or sum(any(map(kind, password)) for kind in kinds) < 3):
        raise Refusal(
            "directory-password",
            status=400,
            code="Request_BadRequest",
            message=(
                "The specified password does not comply with password complexity requirements. Please provide a "
                "different password."
            ),
        )


def _refuse_read_only(scene: RequestContext) -> None:
    for name in _READ_ONLY:
        if name in scene.body:
            raise _invalid_value(f"Property '{name}' is read-only and cannot be set.")


@implements("directory-address-in-use")
def _refuse_address_of_another(scene: RequestContext, user_id: str) -> None:
    if not scene.body.get("mail"):
        return
    wanted = f"SMTP:{scene.body['mail']}".lower()
    for user in scene.tenant.store("users"):
        proxies = addressed(scene.tenant, user, scene.now)["proxyAddresses"]
        if user["id"] != user_id and wanted in (one.lower() for one in proxies):
            raise Refusal(
                "directory-address-in-use",
                status=400,
                code="Request_BadRequest",
                message="Another object with the same value for property proxyAddresses already exists.",
            )


@implements("directory-role-assignment")
def create_role_assignment(scene: RequestContext, assignment_id: str) -> Json:
    body: Json = {"directoryScopeId": None, "appScopeId": None, "condition": None} | scene.body
    role, principal = body.get("roleDefinitionId") or "", body.get("principalId") or ""
    tenant = scene.tenant
    if not tenant.store("roleDefinitions").get(role):
        refuse_unheld(tenant, "roleDefinitions", role)
        raise not_found(scene, role)
    applications = {known["id"] for known in arrived(tenant.store("servicePrincipals"), scene.now)}
    if principal not in applications | {user["id"] for user in arrived(tenant.store("users"), scene.now)}:
        refuse_unheld(tenant, "groups", principal)
        raise not_found(scene, principal)
    if not (body["directoryScopeId"] or body["appScopeId"]):
        raise _invalid_value("Either directoryScopeId or appScopeId is required.")
    same = ("principalId", "roleDefinitionId", "directoryScopeId")
    if any(all(held[name] == body[name] for name in same) for held in tenant.store("roleAssignments")):
        raise _invalid_value("A conflicting object with one or more of the specified property values is present.")
    return {name: value for name, value in body.items() if "@" not in name} | {"id": assignment_id}


# https://learn.microsoft.com/graph/api/organization-update names these and no others.
_OF_AN_ORGANIZATION = frozenset(
    {
        "marketingNotificationEmails",
        "privacyProfile",
        "securityComplianceNotificationMails",
        "securityComplianceNotificationPhones",
        "technicalNotificationMails",
    }
)


@implements("organization-update")
def change_organization(scene: RequestContext, organization: Json) -> Json:
    """The notification address, and the privacy profile; everything else is read-only."""
    fixed = sorted(name for name in scene.body if "@" not in name and name not in _OF_AN_ORGANIZATION)
    if fixed:
        raise Refusal(
            "organization-update",
            status=400,
            code="Request_BadRequest",
            message=f"Property '{fixed[0]}' is read-only and cannot be set.",
        )
    return scene.body


@implements("directory-tenant-information")
def tenant_information(scene: RequestContext, resource: Resource) -> Answer:
    key = scene.keys[0]
    found = next((tenant for tenant in scene.tenants.values() if tenant.called(key)), None)
    if found is None:
        raise not_found(scene, key)
    return Answer(
        200,
        {
            "tenantId": found.tenant_id,
            "displayName": found.display_name,
            "defaultDomainName": found.domain,
            "federationBrandName": None,
        },
    )


def _invalid_value(text: str) -> Refusal:
    return Refusal("directory-value", status=400, code="Request_BadRequest", message=text)


@implements("role-eligibility-licence")
def gate_eligibility(scene: RequestContext) -> None:
    if not scene.tenant.has_plan("AAD_PREMIUM_P2"):
        raise Refusal(
            "role-eligibility-licence",
            status=400,
            code="AadPremiumLicenseRequired",
            message="The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
        )


@implements("directory-role-assignment")
def assigned_role(tenant: Tenant, assignment: Json) -> Json | None:
    return tenant.store("roleDefinitions").get(assignment["roleDefinitionId"])


@implements("directory-role-assignment")
def assigned_principal(tenant: Tenant, assignment: Json) -> Json:
    user = tenant.store("users").get(assignment["principalId"])
    shown = {name: user[name] for name in USER_DEFAULTS} if user else {"id": assignment["principalId"]}
    group = tenant.store("groups").get(assignment["principalId"])
    kind = "user" if user else "group" if group else "servicePrincipal"
    return {"@odata.type": assignment.get("_type") or f"#microsoft.graph.{kind}"} | shown


_SHOWN: dict[str, Callable[[Tenant, Json], Any]] = {"roleDefinition": assigned_role, "principal": assigned_principal}
ROLE_ASSIGNMENTS = Resource(
    "roleAssignments", "microsoft.graph.unifiedRoleAssignment", create=create_role_assignment, expands=_SHOWN
)
ROLE_ELIGIBILITIES = Resource(
    "roleEligibilities",
    "microsoft.graph.unifiedRoleEligibilityScheduleInstance",
    gate=gate_eligibility,
    expands=_SHOWN,
    behaviour="role-eligibility",
)
