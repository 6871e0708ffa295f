# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A partner's customers: its delegated admin relationships, and the query options of their lists."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..behaviours.table import implements
from ..odata.entities import RequestContext
from ..state.clock import iso
from ..state.http_messages import Refusal
from ..state.tenant import DIRECTORY_ROLES, Tenant, organization_id

# https://learn.microsoft.com/graph/api/tenantrelationship-list-delegatedadminrelationships
_OPTIONS = {"$select", "$filter", "$top", "$orderby", "$count", "$skiptoken"}
_LONGEST_PAGE = 300


@implements("partner-query")
def gate_lists(scene: RequestContext) -> None:
    """The page names fewer query options than the metadata; a single object takes $select only."""
    for name in scene.options:
        if name.lower() not in (_OPTIONS if not scene.keys else {"$select"}):
            raise Refusal(
                "partner-query", status=400, code="BadRequest", message=f"Query option '{name}' is not supported."
            )
    top = scene.options.get("$top", "")
    if top.isdigit() and int(top) > _LONGEST_PAGE:
        raise Refusal(
            "partner-top",
            status=400,
            code="BadRequest",
            message=f"The limit of '{_LONGEST_PAGE}' for Top query has been exceeded.",
        )


@implements("partner-relationships")
def seed_customers(tenant: Tenant, now: datetime) -> None:
    """One relationship per entry of the description; several may be with one customer."""
    for number, described in enumerate(tenant.description["customers"]):
        domain = described.get("domain")
        customer_id = organization_id(domain) if domain else tenant.uuid("customer", described["name"])
        if tenant.store("delegatedAdminCustomers").get(customer_id) is None:
            tenant.store("delegatedAdminCustomers").add(
                customer_id, {"id": customer_id, "tenantId": customer_id, "displayName": described["name"]}
            )
        relationship = tenant.uuid("relationship", str(number))
        tenant.store("delegatedAdminRelationships").add(
            relationship,
            {
                "id": relationship,
                "displayName": f"{described['name']} administration {number}",
                "customer": {"tenantId": described.get("tenant_id", customer_id), "displayName": described["name"]},
                "accessDetails": {
                    "unifiedRoles": [{"roleDefinitionId": DIRECTORY_ROLES[role]} for role in described["roles"]]
                },
                "status": described.get("status", "active"),
                "duration": "P730D",
                "createdDateTime": iso(now - timedelta(days=30)),
                "endDateTime": iso(now + timedelta(days=described.get("ends_in_days", 700))),
                "autoExtendDuration": described.get("auto_extend", "PT0S"),
            },
        )
