# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft's own tools, to which a person signs in before the tenant has an application."""

from __future__ import annotations

from dataclasses import replace

from ..behaviours.table import implements
from ..state.applications import EXCHANGE_TOOLS, GRAPH_TOOLS
from ..state.tenant import Principal, Tenant
from .aadsts import refused
from .requests import OWN_SCOPES

TOOLS = {EXCHANGE_TOOLS: "exchange", GRAPH_TOOLS: "graph"}
_MAY_CONSENT = {
    "Application Administrator",
    "Cloud Application Administrator",
    "Global Administrator",
    "Privileged Role Administrator",
}


@implements("login-tools")
def person_with_tool(
    tenant: Tenant, person: Principal, client_id: str, service: str, wanted: frozenset[str]
) -> Principal:
    """The person, with the permissions of the tool: in Graph what it requests and the person may consent to."""
    if TOOLS[client_id] != service:
        raise refused(65002, name=client_id, resource=service)
    asked = wanted - OWN_SCOPES
    if asked and not _MAY_CONSENT & set(tenant.directory_roles(person.object_id)):
        raise refused(90094, name=client_id)
    exchange = frozenset({"Exchange.Manage"}) if service == "exchange" else frozenset[str]()
    return replace(person, client_id=client_id, graph=asked | OWN_SCOPES, exchange=exchange)
