# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The customers that a partner administers by granular delegated admin privileges (GDAP)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from .._client.graph import odata
from .._core.errors import OF_ANSWERS, Purpose, one_line
from .._core.targets import is_guid
from .._engine.tenant import Tenant

# https://learn.microsoft.com/graph/api/tenantrelationship-list-delegatedadminrelationships: at most 300 in a page.
_PATH = odata(
    "tenantRelationships/delegatedAdminRelationships",
    select="customer,status,accessDetails,endDateTime,autoExtendDuration",
    top="300",
)
_READ = Purpose("list the customers of the partner", "DelegatedAdminRelationship.Read.All")
_USABLE = ("active", "expiring")
# Template ids, https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
_ROLES = {
    "3a2c62db-5318-420d-8d74-23affee5d9d5": "Intune Administrator",
    "29232cdf-9323-42fd-ade2-1d097af3e4de": "Exchange Administrator",
}
_SOON = timedelta(days=30)  # in this time a new relationship can still be agreed
_NEVER = datetime.max.replace(tzinfo=UTC)
_EXTENDED = ("P180D",)  # the only value of autoExtendDuration that is a duration
_NAMED = 20  # customers in a note


@dataclass
class _Customer:
    """A customer, and until when usable relationships hold each required role."""

    name: str
    until: dict[str, datetime] = field(default_factory=dict)

    @property
    def lacks(self) -> str:
        return " and ".join(name for role, name in _ROLES.items() if role not in self.until)


def customers(partner: Tenant, left_out: Callable[[str], None], note: Callable[[str], None]) -> dict[str, str]:
    """The display name of every customer, by tenant id, whose usable relationships hold both roles.

    A partner may spread the roles over several relationships with one customer, and its people then have all of them:
    so the roles of a customer are those of its usable relationships together. A customer whose tenant id is not a GUID
    cannot be a host: without an id, its tasks would go to the tenant of the environment. `left_out` is called with the
    reason; `note` with missing roles, and with relationships that end soon. Raises `TenantError`.
    """
    found: dict[str, _Customer] = {}
    refused: set[str] = set()
    relationships, _response = partner.graph.list(_PATH, _READ)
    for one in relationships:
        try:
            refused |= _add(found, one)
        except OF_ANSWERS as error:  # the roles of other customers are known all the same
            refused.add(
                f"A relationship with the customer {_name_of(one)} does not match its documented schema "
                f"({one_line(f'{type(error).__name__}: {error}', 80)})."
            )
    for reason in sorted(refused):
        left_out(reason)
    _note(found, partner.http.now(), note)
    return {tenant_id: one.name for tenant_id, one in found.items() if not one.lacks}


def _add(found: dict[str, _Customer], one: dict[str, Any]) -> set[str]:
    """Add the roles of a relationship to its customer in `found`; returns why the customer cannot be a host, if so."""
    if not isinstance(one["status"], str):
        raise TypeError("status is not text")
    if one["status"] not in _USABLE or not one.get("customer"):
        return set()
    tenant_id = str(one["customer"].get("tenantId") or "").lower()
    if not is_guid(tenant_id):
        return {
            f"The tenantId of the customer {_name_of(one)} is {one_line(repr(tenant_id), 80)}, which is not a GUID."
        }
    roles = [
        str(role["roleDefinitionId"]).lower() for role in (one.get("accessDetails") or {}).get("unifiedRoles") or []
    ]
    ends = _ends(one)
    known = found.setdefault(tenant_id, _Customer(str(one["customer"].get("displayName") or tenant_id)))
    for key in roles:
        if key in _ROLES:
            known.until[key] = max(known.until.get(key, ends), ends)
    return set()


def _name_of(relationship: Any) -> str:
    customer = relationship.get("customer") if isinstance(relationship, dict) else None
    return one_line(repr(customer.get("displayName") if isinstance(customer, dict) else None), 80)


def _ends(relationship: dict[str, Any]) -> datetime:
    """When it ends by itself; never if it is extended automatically, or has no end date."""
    if relationship.get("autoExtendDuration") in _EXTENDED or not relationship.get("endDateTime"):
        return _NEVER
    moment = datetime.fromisoformat(str(relationship["endDateTime"]))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _note(found: dict[str, _Customer], now: datetime, note: Callable[[str], None]) -> None:
    by_reason: dict[str, list[str]] = {}
    for tenant_id, one in found.items():
        who = f"{one_line(one.name, 80)} ({tenant_id})"
        ends = min(one.until.values(), default=_NEVER)
        if one.lacks:
            by_reason.setdefault(f"not in the inventory, since their relationships lack {one.lacks}", []).append(who)
        elif ends - now < _SOON:
            when = f"a host only until {ends:%Y-%m-%d}, when the relationship with a role that is needed ends"
            by_reason.setdefault(when, []).append(who)
    for reason, names in by_reason.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        are = "customer is" if len(names) == 1 else "customers are"
        note(f"{len(names)} {are} {reason}: {', '.join(names[:_NAMED])}{more}.")
