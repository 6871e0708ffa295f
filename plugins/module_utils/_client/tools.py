# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft's own tools, to which a person signs in as long as the tenant has no application. No I/O.

https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GRAPH_TOOLS = "14d82eec-204b-4c2f-b7e8-296a70dab67e"  # Microsoft Graph Command Line Tools
EXCHANGE_TOOLS = "fb78d390-0c51-40cd-8e17-fdbfab77341b"  # Microsoft Exchange REST API Based PowerShell
# The permissions for the first contact. This tool has none until it requests them by name.
_SCOPES = ("Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All")


def scope_of(params: Mapping[str, Any], method: str, service: str, resource: str) -> str:
    """The scope of a sign-in: everything granted to the application, or permissions by name."""
    client_id = str(params.get("client_id") or "").lower()
    if method == "device_code" and service == "graph" and client_id == GRAPH_TOOLS:
        return " ".join(f"{resource}/{name}" for name in _SCOPES)
    return f"{resource}/.default"
