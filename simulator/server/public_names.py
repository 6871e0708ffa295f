# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve the public host names: one port for all of them, for clients with hard-coded hosts.

Resolving the names to this machine (hosts file) and trusting our authority is up to the client's owner.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from .sockets import Handler

# By service: the hard-coded name, then further audiences of tokens.
PUBLIC_NAMES = {
    "login": "login.microsoftonline.com",
    "graph": "graph.microsoft.com",
    "exchange": "outlook.office365.com",
}
# The regional address of organizations that are redirected: under the public names, and without them.
REGION = "eurprd01.outlook.office365.com"
REGION_PATH = "/eurprd01"
ALIASES = {
    "graph": ("00000003-0000-0000-c000-000000000000",),
    "exchange": ("00000002-0000-0ff1-ce00-000000000000", "https://outlook.office.com"),
}


def dispatching(handlers: Mapping[str, Handler]) -> Handler:
    """Dispatch each request to the service of its host name."""
    by_name = {PUBLIC_NAMES[service]: handler for service, handler in handlers.items()}
    by_name[REGION] = handlers["exchange"]

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        handler = by_name.get(request.headers.get("Host", "").lower().partition(":")[0])
        return await handler(request) if handler else web.Response(status=421)

    return handle
