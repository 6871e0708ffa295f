# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role groups that every organization has, and objects that carry the marker of who made them.

The names come from https://learn.microsoft.com/exchange/permissions-exo/permissions-exo and
https://learn.microsoft.com/defender-office-365/mdo-portal-permissions. They are the second line: Exchange marks a
built-in role group with a WellKnownObject, and one whose members come from another service with Partner_Managed.
"""

from __future__ import annotations

from typing import Any

from ._errors import TenantError
from ._resource import Record, fold, folded_set

_NAMES = folded_set(
    (
        "Compliance Administrator",
        "Compliance Management",
        "Discovery Management",
        "Help Desk",
        "Hygiene Management",
        "Organization Management",
        "Recipient Management",
        "Records Management",
        "Security Administrator",
        "Security Operator",
        "Security Reader",
        "UM Management",
        "View-Only Organization Management",
    )
)
# A number or an id of the tenant follows.
_PREFIXES = (
    "complianceadmins_",
    "exchangeserviceadmins_",
    "globalreaders_",
    "helpdeskadmins_",
    "isvmailboxusers_",
    "rim-mailboxadmins",
    "securityadmins_",
    "securityreaders_",
    "tenantadmins_",
)
_STEPS = {
    "role group": "Choose another name. If this group is really meant, leave marker out, which for the role "
    "intune.exchange.connector means to set connector_adopt_role_group to true",
    "management role": "Choose another name (connector_role_group, for the role intune.exchange.connector), or remove "
    "this management role first",
}
_ORGANIZATION_MANAGEMENT = "organization management"
GLOBAL_ADMINISTRATORS = "tenantadmins_"  # the group in which Exchange shows them


def is_built_in_name(name: Any) -> bool:
    return fold(str(name)) in _NAMES or fold(str(name)).startswith(_PREFIXES)


def is_built_in(group: Record) -> bool:
    """Whether a role group belongs to the service and not to the organization."""
    centrally = "partner_managed" in folded_set(group.get("Capabilities"))
    return bool(group.get("WellKnownObject")) or centrally or is_built_in_name(group.get("Name"))


def is_organization_management(group: Record) -> bool:
    names = (group.get("Name"), group.get("WellKnownObject"))
    return _ORGANIZATION_MANAGEMENT in {fold(str(name)) for name in names}


def check_marker(record: Record | None, marker: str | None, what: str, tenant: str) -> None:
    """Refuse an object that does not carry the marker of who made it. Raises L(TenantError)."""
    if record is None or marker is None or fold(marker) in fold(str(record.get("Description") or "")):
        return
    raise TenantError(
        "not_ours",
        f'the description of the {what} {record["Name"]} does not hold the text "{marker}", so somebody else made it',
        f"change the {what}",
        tenant,
        next_step=_STEPS[what],
    )
