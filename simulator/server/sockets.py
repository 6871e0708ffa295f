# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets: one port per service, TLS as in the real service, faults that affect the connection."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import uuid
from collections.abc import Awaitable, Callable, Coroutine

from aiohttp import web

from ..state.http_messages import Answer, Call
from .faults import MID_BODY, Fault, Faults
from .request_pipeline import RequestPipeline, Service

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Listener:
    """Accepts connections itself, so that a fault can end one before TLS or HTTP begins."""

    def __init__(
        self, handler: Handler, context: ssl.SSLContext | None, on_connect: Callable[[], Fault | None]
    ) -> None:
        self._server = web.Server(handler, access_log=None, handler_cancellation=True, keepalive_timeout=60)
        self._context = context
        self._on_connect = on_connect
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._hanging: list[socket.socket] = []

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def open(self, address: str, port: int = 0) -> None:
        self._socket.bind((address, port))
        self._socket.listen(256)
        self._socket.setblocking(False)
        self._spawn(self._accept())

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._socket.close()
        for connection in self._hanging:
            connection.close()
        await self._server.shutdown(timeout=0.2)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _unused = await loop.sock_accept(self._socket)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            fault = self._on_connect()
            if fault is None:
                self._spawn(self._serve(connection))
            elif fault.kind == "hang":
                self._hanging.append(connection)
            else:
                _reset_on_close(connection)
                connection.close()

    async def _serve(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        # A client that does not trust us, or that disconnects, is not our problem.
        with contextlib.suppress(OSError, ssl.SSLError):
            await loop.connect_accepted_socket(self._server, connection, ssl=self._context)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def service_listener(
    service: Service, pipeline: RequestPipeline, faults: Faults, context: ssl.SSLContext | None, latency: float
) -> Listener:
    handler = service_handler(service, pipeline, latency)
    return Listener(handler, context, lambda: faults.on_connect(service.name))


def service_handler(service: Service, pipeline: RequestPipeline, latency: float) -> Handler:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        call = await _read(request)
        conclusion = pipeline.conduct(service, call, _connection(request))
        await asyncio.sleep(latency)
        if conclusion.fault is not None and conclusion.fault.on_transport:
            return await _broken(request, conclusion.answer, conclusion.fault)
        return _response(conclusion.answer)

    return handle


def _connection(request: web.BaseRequest) -> int:
    """The client's port: the same for as long as the connection lasts."""
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return int(peer[1]) if peer else 0


async def _read(request: web.BaseRequest) -> Call:
    body = await request.read()
    return Call(
        method=request.method,
        path=request.rel_url.raw_path,
        query=request.rel_url.raw_query_string,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        request_id=str(uuid.uuid4()),
    )


def _headers(answer: Answer) -> dict[str, str]:
    if answer.body is None:
        return dict(answer.headers)
    kind = "text/plain" if isinstance(answer.body, str) else "application/json"
    return {"Content-Type": f"{kind}; charset=utf-8"} | dict(answer.headers)


def _response(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, body=answer.content(), headers=_headers(answer))


async def _broken(request: web.BaseRequest, answer: Answer, fault: Fault) -> web.StreamResponse:
    """A response that does not arrive, or not completely."""
    content = answer.content() or b" "
    sent = 0 if fault.phase != MID_BODY else max(1, len(content) // 2)
    response = web.StreamResponse(status=answer.status, headers=_headers(answer))
    if fault.phase == MID_BODY or fault.kind in ("drip", "truncate"):
        response.content_length = len(content)
        await response.prepare(request)
        sent = sent or len(content) // 2
        await response.write(content[:sent])
    match fault.kind:
        case "hang":
            await asyncio.Event().wait()
        case "drip":
            for byte in content[sent:]:
                await asyncio.sleep(fault.interval)
                await response.write(bytes([byte]))
            await response.write_eof()
            return response
        case "reset":
            _abort(request)
        case "truncate":
            if request.transport is not None:
                request.transport.close()
    raise ConnectionResetError("as ordered")


def _abort(request: web.BaseRequest) -> None:
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            _reset_on_close(connection)
        transport.abort()


def _reset_on_close(connection: socket.socket) -> None:
    """Ends in RST rather than FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
