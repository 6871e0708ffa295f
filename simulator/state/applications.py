# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications in the directory, for sign-ins and for reads: Microsoft's own ids, and grants."""

from __future__ import annotations

from datetime import datetime

from .http_messages import Json
from .replication import arrived
from .tenant import Principal, Tenant

# https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
APIS = {
    "graph": ("00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
    "exchange": ("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"),
}
MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"  # the tenant that owns Microsoft's applications
GRAPH_TOOLS = "14d82eec-204b-4c2f-b7e8-296a70dab67e"  # Microsoft Graph Command Line Tools
EXCHANGE_TOOLS = "fb78d390-0c51-40cd-8e17-fdbfab77341b"  # Microsoft Exchange REST API Based PowerShell


def api_id(tenant: Tenant, service: str) -> str:
    """The object id of the service principal of a Microsoft API."""
    return tenant.uuid("service_principal", f"api {service}")


def registered(tenant: Tenant, client_id: str, now: datetime) -> Principal | None:
    """The application with this client id that currently has a service principal here."""
    for found in arrived(tenant.store("servicePrincipals"), now):
        is_ours = found["appOwnerOrganizationId"] != MICROSOFT and found["servicePrincipalType"] == "Application"
        if is_ours and found["appId"] == client_id.lower() and found["accountEnabled"]:
            return Principal(found["appId"], found["id"], found["displayName"], frozenset(), frozenset())
    return None


def granted(tenant: Tenant, principal_id: str, service: str, now: datetime) -> frozenset[str]:
    """The current application permissions of a service principal for an API."""
    resource = api_id(tenant, service)
    return frozenset(
        one["_permission"]
        for one in arrived(tenant.store("appRoleAssignments"), now)
        if one["principalId"] == principal_id and one["resourceId"] == resource
    )


def application_of(tenant: Tenant, client_id: str) -> Json | None:
    """The registration in this tenant, with the credentials that were added to it."""
    return tenant.store("applications").find("appId", client_id)
