# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The customers that a partner administers by granular delegated admin privileges (GDAP)."""

from __future__ import annotations

from collections.abc import Callable

from .._client.graph import odata
from .._core.errors import Purpose, one_line
from .._core.targets import is_guid
from .._engine.tenant import Tenant

# https://learn.microsoft.com/graph/api/tenantrelationship-list-delegatedadminrelationships: at most 300 in a page.
_PATH = odata("tenantRelationships/delegatedAdminRelationships", select="customer,status,accessDetails", top="300")
_READ = Purpose("list the customers of the partner", "DelegatedAdminRelationship.Read.All")
_USABLE = ("active", "expiring")
# Template ids, https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
_ROLES = {
    "3a2c62db-5318-420d-8d74-23affee5d9d5",  # Intune Administrator
    "29232cdf-9323-42fd-ade2-1d097af3e4de",  # Exchange Administrator
}


def customers(partner: Tenant, left_out: Callable[[str], None]) -> dict[str, str]:
    """The display name of every customer by tenant id, of whom usable relationships hold both roles.

    A partner may spread the roles over several relationships with one customer, and its people then have all of them:
    so the roles of a customer are those of its usable relationships together. One whose tenant id is not a GUID cannot
    be a host: without an id, its tasks would go to the tenant that the environment names. C(left_out) is called with
    the reason. Raises L(TenantError).
    """
    names: dict[str, str] = {}
    held: dict[str, set[str]] = {}
    refused: set[str] = set()
    relationships, _response = partner.graph.list(_PATH, _READ)
    for one in relationships:
        if one.get("status") in _USABLE and one.get("customer"):
            tenant_id = str(one["customer"].get("tenantId") or "").lower()
            if not is_guid(tenant_id):
                refused.add(
                    f"The tenantId of the customer {one_line(repr(one['customer'].get('displayName')), 80)} is "
                    f"{one_line(repr(tenant_id), 80)}, which is not a GUID."
                )
                continue
            names.setdefault(tenant_id, str(one["customer"].get("displayName") or tenant_id))
            roles = (one.get("accessDetails") or {}).get("unifiedRoles") or []
            held.setdefault(tenant_id, set()).update(str(role["roleDefinitionId"]).lower() for role in roles)
    for reason in sorted(refused):
        left_out(reason)
    return {tenant_id: name for tenant_id, name in names.items() if held[tenant_id] >= _ROLES}
