# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of every service: an incoming call, an outgoing response, a refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from ..behaviours.table import known

READ, IDEMPOTENT, CREATE, ACTION = "READ", "IDEMPOTENT", "CREATE", "ACTION"

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One complete request. Header names are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    request_id: str

    @property
    def client_request_id(self) -> str:
        return self.headers.get("client-request-id") or self.request_id

    @property
    def bearer(self) -> str:
        kind, _unused, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""

    def options(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """The response of a service; a body that is not text or bytes is sent as JSON."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    # The row of the table of behaviours behind this response.
    behaviour: str | None = None

    def content(self) -> bytes:
        if self.body is None:
            return b""
        if isinstance(self.body, str):
            return self.body.encode()
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Purpose:
    """The purpose of a call, known before it is handled: faults and the ledger use it."""

    operation: str
    kind: str
    tenant: str | None = None


class Refusal(Exception):
    """A call that the service refuses, and the behaviour (see behaviours/) behind it."""

    def __init__(self, behaviour: str, *, status: int, code: str, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.behaviour = known(behaviour)
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra
