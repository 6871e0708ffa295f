# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenarios of the roles: one line for each entry point that writes or judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Entry = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class RoleScenario:
    """`before` are the entry points that create the start state."""

    role: str
    entry_point: str
    tenant: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[Entry, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.role}-{self.entry_point}-{self.tenant}"


# Placeholders in braces depend on the tenant.
ACCOUNT = "svc-intune-connector@{domain}"
_CONNECTOR = {"connector_primary_smtp_address": ACCOUNT, "connector_wait_interval": 1}
_WITH_ACCOUNT = {
    **_CONNECTOR,
    "connector_manage_account": True,
    "connector_account_usage_location": "CH",
    "connector_account_licenses": ["ENTERPRISEPACK", "INTUNE_A"],
    "connector_account_password": "canary-Pa55word",
    "connector_allow_organization_customization": True,
}
_QUARANTINE = {"mobile_access_recent_devices": "leave", "mobile_access_max_affected": 3}

ROLE_SCENARIOS = (
    RoleScenario("connector", "main", "ready", _CONNECTOR),
    RoleScenario("connector", "main", "nothing", _WITH_ACCOUNT),
    RoleScenario("connector", "remove", "connected", {**_CONNECTOR, "connector_confirm_remove": True}),
    RoleScenario("connector", "validate", "connected", _CONNECTOR),
    RoleScenario(
        "mobile_access",
        "main",
        "phones",
        {
            "mobile_access_policies": [{"name": "Phones", "password_enabled": True, "min_password_length": 6}],
            "mobile_access_rules": [
                {"characteristic": "DeviceModel", "query_string": "iPad13C1", "access_level": "Block"}
            ],
            "mobile_access_settings": {"user_mail_insert": "Your device waits for approval."},
            "mobile_access_max_affected": 1,
        },
    ),
    RoleScenario("mobile_access", "quarantine", "phones", {"mobile_access_max_affected": 1}),
    RoleScenario(
        "mobile_access",
        "approve",
        "phones",
        {"mobile_access_confirm": True, "mobile_access_max_affected": 3},
        (("quarantine", _QUARANTINE),),
    ),
    RoleScenario(
        "mobile_access",
        "offboard",
        "phones",
        {"mobile_access_mailbox": "adele.vance@{domain}", "mobile_access_max_affected": 2},
    ),
    RoleScenario("mobile_access", "audit", "phones"),
    RoleScenario("mobile_access", "assess", "retired_with_holes"),
    RoleScenario(
        "mobile_access",
        "protect",
        "retired_with_holes",
        {
            "mobile_access_emergency_users": ["{person}"],
            "mobile_access_pilot_group": "{group}",
            "mobile_access_controls": ["compliantDevice"],
        },
    ),
)
