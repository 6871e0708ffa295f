# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys under `exchange` in a tenant description."""

from __future__ import annotations

from .description_kinds import (
    BOOLEAN,
    COUNT,
    COUNT_FROM_1,
    SECONDS,
    TEXT,
    Fields,
    Listed,
    Name,
    Named,
    OrNull,
    Row,
    one_of,
)
from .response_forms import CHOICES

_DEVICE = Fields(
    {
        "user": Name("user"),
        "model": TEXT,
        "type": TEXT,
        "os": TEXT,
        "client": one_of("EAS", "Outlook", "MOWA", "REST"),
    },
    {
        "id": TEXT,
        "version": OrNull(TEXT),
        "user_agent": TEXT,
        "first_sync": SECONDS,
        "last_sync": SECONDS,
        "decided": OrNull(Row((("state", one_of("Allowed", "Blocked", "Quarantined")), ("reason", TEXT)))),
    },
)
EXCHANGE = Fields(
    {
        "version": TEXT,
        "dehydrated": BOOLEAN,
        **dict.fromkeys(
            (
                "customization_after",
                "delegation_after",
                "service_principal_after",
                "mailbox_after",
                "rights_after",
                "wipe_after",
            ),
            SECONDS,
        ),
        "roles": OrNull(Named(Fields({"parent": Name("built-in Exchange role"), "cmdlets": Listed(Name("cmdlet"))}))),
        "role_groups": OrNull(Named(Fields({"roles": Listed(TEXT), "members": Listed(Name("user"))}))),
        "organization_settings": Fields(
            {},
            {"DefaultAccessLevel": one_of("Allow", "Block", "Quarantine")},
            more="property of the ActiveSync organization settings",
        ),
        "mailbox_policies": OrNull(Named(Fields({}, more="property of a mobile device mailbox policy"))),
        "access_rules": OrNull(
            Listed(
                Row(
                    (
                        ("characteristic", one_of("DeviceType", "DeviceModel", "DeviceOS", "UserAgent", "XMSWLHeader")),
                        ("query string", TEXT),
                        ("access level", one_of("Allow", "Block", "Quarantine")),
                    )
                )
            )
        ),
        "forms": Fields(
            {**{name: one_of(*choices) for name, choices in CHOICES.items()}, "rate_limit": OrNull(COUNT_FROM_1)}
        ),
        "companion_after": SECONDS,
        "default_authentication_policy": OrNull(Name("authentication policy")),
        "authentication_policies": Named(Listed(Name("switch of an authentication policy"))),
        "modern_authentication": BOOLEAN,
        "ews_enabled": OrNull(BOOLEAN),
        "mailbox_plans": Named(Fields({}, more="property of a mailbox plan"), name=Name("mailbox plan")),
        "devices": OrNull(Listed(_DEVICE)),
    },
    {"crowd": OrNull(Fields({"devices": COUNT, "users": Listed(Name("user"))}, {"seed": COUNT}))},
)
