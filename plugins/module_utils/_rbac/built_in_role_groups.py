# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role groups that every organization has.

The names come from https://learn.microsoft.com/exchange/permissions-exo/permissions-exo and
https://learn.microsoft.com/defender-office-365/mdo-portal-permissions. They are the fallback: Exchange marks a built-in
role group with a WellKnownObject, and one whose members come from another service with Partner_Managed.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from .._core.resource import Record, normalize_case, normalized_set
from .._core.targets import visible

NAMES = normalized_set(
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
# Followed by a number or an id of the tenant.
PREFIXES = (
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
_ORGANIZATION_MANAGEMENT = "organization management"
GLOBAL_ADMINISTRATORS = "tenantadmins_"  # the group in which Exchange shows them


def is_built_in_name(name: Any) -> bool:
    """Whether a name belongs to the service, or looks like it: with other spaces or letter forms."""
    looks = " ".join(visible(unicodedata.normalize("NFKC", str(name))).split())
    return normalize_case(looks) in NAMES or normalize_case(looks).startswith(PREFIXES)


def is_built_in(group: Record) -> bool:
    """Whether a role group belongs to the service and not to the organization."""
    given = group.get("Capabilities") or ()
    # A list, or its members in one text, as Exchange writes a set of flags.
    names = given if isinstance(given, (list, tuple)) else [given]
    centrally = "partner_managed" in normalized_set(word.strip() for one in names for word in str(one).split(","))
    return bool(group.get("WellKnownObject")) or centrally or is_built_in_name(group.get("Name"))


def is_organization_management(group: Record) -> bool:
    names = (group.get("Name"), group.get("WellKnownObject"))
    return _ORGANIZATION_MANAGEMENT in {normalize_case(str(name)) for name in names}
