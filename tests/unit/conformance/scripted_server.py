# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain HTTPS server with the response forms that public projects saw on live tenants.

It is not the simulated tenant and shares nothing with it but the generation of certificates. The client calls the real
names of the services: a proxy on loopback redirects all of them to this server, and records the requested hosts.
"""

from __future__ import annotations

import base64
import http.server
import json
import select
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from simulator.server.address import Address
from simulator.server.tls import server_context

GRAPH, EXCHANGE = "graph.microsoft.com", "outlook.office365.com"
REGION = "eurprd01.outlook.office365.com"
ELSEWHERE = ("outlook.office365.com.evil.example", "eviloutlook.office365.com", "evil.example")
LOGIN = "login.microsoftonline.com"
GITHUB = "run-actions-1.actions.githubusercontent.com"
NAMES = (GITHUB, LOGIN, GRAPH, EXCHANGE, REGION, "region.office365.us", "outlook.office365.us", *ELSEWHERE)
TENANT = "11111111-2222-3333-4444-555555555555"
DOMAIN = "contoso.com"
DISCOVERY = "/v2.0/.well-known/openid-configuration"


def token(**claims: Any) -> str:
    """An access token that nobody signed."""
    payload = base64.urlsafe_b64encode(json.dumps({"tid": TENANT, **claims}).encode()).decode().rstrip("=")
    return f"e30.{payload}.x"


@dataclass(frozen=True)
class Asked:
    """A request as it arrived; the names of headers are in lower case."""

    host: str
    method: str
    path: str
    headers: dict[str, str]
    body: Any
    at: float = field(default_factory=time.monotonic)

    @property
    def cmdlet(self) -> str:
        return str(self.body["CmdletInput"]["CmdletName"])


@dataclass(frozen=True)
class Reply:
    """A response: its body as it is, or as JSON. If lost is not 0, this many announced bytes never come."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    lost: int = 0

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


OF_THE_TENANT = Reply({"issuer": f"https://{LOGIN}/{TENANT}/v2.0"})


class ScriptedServer:
    """The server and the proxy in front of it. Responses come from the queue, the last one repeatedly."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[Asked] = []
        self.connected: list[str] = []  # host:port that the proxy was asked for
        self.replies: list[Reply] = []
        self.domains: list[str] = []  # whose tenant was asked for
        self.discovery = OF_THE_TENANT
        self._lock = threading.Lock()
        contexts: dict[str, ssl.SSLContext] = {}
        trusted = b""
        for name in NAMES:
            place = folder / name
            place.mkdir()
            contexts[name], authority = server_context(place, Address("127.0.0.1", name))
            trusted += authority.read_bytes()
        self.ca_path = folder / "ca.pem"
        self.ca_path.write_bytes(trusted)
        first = contexts[EXCHANGE]

        def choose(connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
            connection.context = contexts.get(name or "", first)

        first.sni_callback = choose
        self._server = _serve(_handler(self))
        self._server.socket = first.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._proxy = _serve(_proxy(self, self._server.server_address[1]))
        for server in (self._server, self._proxy):
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.proxy = f"http://127.0.0.1:{self._proxy.server_address[1]}"

    def answer(self, *replies: Reply) -> None:
        self.replies = list(replies)

    def next(self, asked: Asked) -> Reply:
        if asked.host == LOGIN and asked.path.endswith(DISCOVERY):
            self.domains.append(asked.path.removesuffix(DISCOVERY).strip("/"))
            return self.discovery
        with self._lock:
            self.asked.append(asked)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def clear(self) -> None:
        self.asked.clear()
        self.domains.clear()
        self.discovery = OF_THE_TENANT
        self.connected.clear()
        self.replies = []

    def close(self) -> None:
        for server in (self._server, self._proxy):
            server.shutdown()
            server.server_close()


def _serve(handler: type[http.server.BaseHTTPRequestHandler]) -> http.server.ThreadingHTTPServer:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    return server


def _handler(wire: ScriptedServer) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        # Else the body of each answer would wait 40 ms for the acknowledgement of its headers.
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            content = self.rfile.read(length)
            asked = Asked(
                (self.headers.get("Host") or "").lower(),
                self.command,
                unquote(self.path),
                {name.lower(): value for name, value in self.headers.items()},
                json.loads(content) if content[:1] in (b"{", b"[") else content.decode() or None,
            )
            reply = wire.next(asked)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(reply.content) + reply.lost))
            self.end_headers()
            self.wfile.write(reply.content)
            if reply.lost:
                self.close_connection = True

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _answer

        def log_message(self, *_arguments: Any) -> None:
            pass

    return Handler


def _proxy(wire: ScriptedServer, port: int) -> type[http.server.BaseHTTPRequestHandler]:
    class Proxy(http.server.BaseHTTPRequestHandler):
        disable_nagle_algorithm = True

        def do_CONNECT(self) -> None:
            wire.connected.append(self.path)
            with socket.create_connection(("127.0.0.1", port)) as there:
                there.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
                self.send_response(200)
                self.end_headers()
                pairs = {self.connection: there, there: self.connection}
                while True:
                    for ready in select.select(list(pairs), [], [], 30)[0] or [None]:
                        data = ready.recv(65536) if ready else b""
                        if not data:
                            return
                        pairs[ready].sendall(data)

        def log_message(self, *_arguments: Any) -> None:
            pass

    return Proxy
