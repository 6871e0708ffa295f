# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane: commands for the simulator itself. Plain HTTP, loopback, off by default."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Protocol

from aiohttp import web

from ..state.http_messages import Json
from .sockets import Handler

_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_MOST_HOSTS = 100
_OWN_NAMES = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE | re.ASCII)


class Controlled(Protocol):
    """The available commands."""

    def requests(self) -> list[Json]:
        """Return the ledger."""

    def state(self, tenant: str) -> Json:
        """Return the state of a tenant."""

    def fault(self, **wanted: Any) -> None:
        """Make requests fail."""

    def clear_faults(self) -> None:
        """Stop making requests fail."""

    def advance(self, seconds: float) -> None:
        """Advance the clock."""

    def approve(self) -> None:
        """Approve pending device codes."""

    def reset(self) -> None:
        """Restore the initial state."""

    def stop_soon(self) -> None:
        """Stop after this request."""


def _foreign(request: web.BaseRequest) -> str | None:
    """Why a request is refused as foreign: a web page may have sent it, under a name that resolves to this machine."""
    # A whole address as the target replaces Host (RFC 9112, 3.2.2).
    if not (_OWN_NAMES.fullmatch(request.headers.get("Host", "")) and request.raw_path.startswith("/")):
        return "the control plane answers only under a loopback name"
    if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") != "none":
        return "the control plane answers no web page"
    return None


def _elsewhere(request: web.BaseRequest) -> str | None:
    """The host that a client wants to reach through this port, which it uses as a proxy."""
    target = request.raw_path
    if request.method != "CONNECT" and target.startswith("/"):
        return None
    host = target.partition("://")[2].partition("/")[0] if "://" in target else target
    host = host.rpartition("@")[2]
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name if _HOST.fullmatch(name) else "a host without a name"


def control_handler(controlled: Controlled) -> Handler:
    refused: dict[str, int] = {}  # by host, the requests to it as a proxy
    routes: dict[tuple[str, str], Callable[[str, Json], Any]] = {
        ("GET", "requests"): lambda argument, body: controlled.requests()[int(argument or 0) :],
        ("GET", "refused"): lambda argument, body: refused,
        ("GET", "state"): lambda argument, body: controlled.state(argument),
        ("POST", "faults"): lambda argument, body: controlled.fault(**body),
        ("DELETE", "faults"): lambda argument, body: controlled.clear_faults(),
        ("POST", "clock"): lambda argument, body: controlled.advance(float(body["advance"])),
        ("POST", "device_codes"): lambda argument, body: controlled.approve(),
        ("POST", "reset"): lambda argument, body: controlled.reset(),
        ("POST", "stop"): lambda argument, body: controlled.stop_soon(),
    }

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        if host := _elsewhere(request):
            if host in refused or len(refused) < _MOST_HOSTS:
                refused[host] = refused.get(host, 0) + 1
            words = f"The simulator is not a proxy: nothing was sent to {host}"
            return web.json_response({"error": words}, status=403, reason=words)
        if problem := _foreign(request):
            return web.json_response({"error": problem}, status=403)
        prefix, _unused, rest = request.path.lstrip("/").partition("/")
        what, _unused, argument = rest.partition("/")
        act = routes.get((request.method, what))
        if prefix != "_simulator" or act is None:
            known = sorted(f"{method} /_simulator/{name}" for method, name in routes)
            return web.json_response({"error": f"not known; there is {', '.join(known)}"}, status=404)
        sent = await request.read()
        if sent and request.content_type != "application/json":
            return web.json_response({"error": "a body needs Content-Type: application/json"}, status=415)
        try:
            body = json.loads(sent or b"{}")
            answer = act(argument, body)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as wrong:
            return web.json_response({"error": f"{type(wrong).__name__}: {wrong}"}, status=400)
        return web.json_response(answer) if answer is not None else web.Response(status=204)

    return handle
