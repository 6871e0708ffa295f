# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Standing in for the public names: one port that answers as each of them, for clients whose hosts are written in.

That the names lead here (a line in the hosts file) and that the client trusts our authority is its owner's part.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from .sockets import Handler

# By service: the name that clients have written in, then what else a token can be asked for.
PUBLIC_NAMES = {
    "login": "login.microsoftonline.com",
    "graph": "graph.microsoft.com",
    "exchange": "outlook.office365.com",
}
# Where organizations are sent on to, if their description says so: under the public names, and where there are none.
REGION = "eurprd01.outlook.office365.com"
REGION_PATH = "/eurprd01"
ALIASES = {
    "graph": ("00000003-0000-0000-c000-000000000000",),
    "exchange": ("00000002-0000-0ff1-ce00-000000000000", "https://outlook.office.com"),
}


def dispatching(handlers: Mapping[str, Handler]) -> Handler:
    """To each service what is sent to its public name."""
    by_name = {PUBLIC_NAMES[service]: handler for service, handler in handlers.items()}
    by_name[REGION] = handlers["exchange"]

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        handler = by_name.get(request.headers.get("Host", "").lower().partition(":")[0])
        return await handler(request) if handler else web.Response(status=421)

    return handle
