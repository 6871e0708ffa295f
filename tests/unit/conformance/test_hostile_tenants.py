# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tenants, one of which responds in an undocumented form: the others are read all the same."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import CONNECTION_SPEC
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.module_utils._fleet.fleet import read_fleet
from ansible_collections.intune.exchange.plugins.module_utils._fleet.partner import customers
from ansible_collections.intune.exchange.plugins.module_utils._fleet.tenant_list import UNREADABLE

from .conftest import Clock
from .scripted_server import DOMAIN, Reply, ScriptedServer, token

CONNECTOR = {"id": "1", "exchangeConnectorType": "serviceToService", "status": "connected"}
# https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
ROLES = [
    {"roleDefinitionId": "3a2c62db-5318-420d-8d74-23affee5d9d5"},
    {"roleDefinitionId": "29232cdf-9323-42fd-ade2-1d097af3e4de"},
]
OTHER = {"tenantId": "22222222-2222-2222-2222-222222222222", "displayName": "Other"}


@pytest.mark.parametrize(
    "change",
    [
        {"status": ["connected"]},
        {"status": {"value": "connected"}},
        {"exchangeConnectorType": None},
        {"exchangeConnectorType": ["serviceToService"]},
        {"lastSyncDateTime": "yesterday"},
    ],
)
def test_a_connector_in_no_documented_form_spoils_no_other_tenant(
    wire: ScriptedServer, clock: Clock, change: dict[str, Any]
) -> None:
    """Nor does it count as missing, which would be reported as an event."""
    wire.answer(Reply({"value": [{**CONNECTOR, **change}]}), Reply({"value": [CONNECTOR]}))
    shared = {
        **{option: spec.get("default") for option, spec in CONNECTION_SPEC.items()},
        "auth_method": "token",
        "graph_token": token(),
        "exchange_token": token(),
        "ca_path": str(wire.ca_path),
        "proxy": wire.proxy,
        "account": None,
        "directory_sync": "auto",
    }
    entries = [{"tenant_id": DOMAIN}, {"tenant_id": f"other.{DOMAIN}"}]
    options: dict[str, Any] = {"clock": clock.now, "sleep": clock.sleeps.append, "random": lambda: 0.5}
    first, second = read_fleet(entries, None, shared, ("connector",), 1, 300, **options)
    assert (first["group"], first["variables"]["tenant_error"]["kind"]) == (UNREADABLE, "unexpected_answer")
    assert second["group"] == "connector_connected"


@pytest.mark.parametrize(
    "relationship",
    [
        "a text",
        {"status": ["active"]},
        {"customer": OTHER},
        {"status": "active", "customer": "Other"},
        {"status": "active", "customer": OTHER, "accessDetails": {"unifiedRoles": [{}]}},
        {"status": "active", "customer": OTHER, "accessDetails": {"unifiedRoles": ROLES}, "endDateTime": "never"},
        {"status": "active", "customer": OTHER, "accessDetails": {"unifiedRoles": ROLES}, "endDateTime": 5},
    ],
)
def test_a_relationship_in_no_documented_form_hides_no_other_customer(
    wire: ScriptedServer, tenant: Tenant, relationship: Any
) -> None:
    good = {"tenantId": "11111111-1111-1111-1111-111111111111", "displayName": "Good"}
    fine = {"status": "active", "customer": good, "accessDetails": {"unifiedRoles": ROLES}}
    wire.answer(Reply({"value": [relationship, fine]}))
    reasons: list[str] = []
    assert customers(tenant, reasons.append, reasons.append) == {good["tenantId"]: "Good"}
    [reason] = reasons
    assert reason.startswith("A relationship with the customer ") and "its documented schema" in reason
