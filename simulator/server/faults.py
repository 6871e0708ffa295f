# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Injected faults: a list that is processed in the same way in every run."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ..behaviours.table import implements
from ..state.http_messages import READ, Answer, Call, Json, Purpose

CONNECT, BEFORE_EFFECT, AFTER_EFFECT, MID_BODY = "connect", "before_effect", "after_effect", "mid_body"
PHASES = (CONNECT, BEFORE_EFFECT, AFTER_EFFECT, MID_BODY)
# What can replace the response, what happens to the connection, and what happens to the state.
ANSWERS = ("status", "intune_throttled", "bad_json", "html", "redirect", "foreign_next_link", "looping_next_link")
TRANSPORT = ("reset", "hang", "drip", "truncate")
STALE_READ, SECOND_WRITER = "stale_read", "second_writer"
STATE = (STALE_READ, SECOND_WRITER)
KINDS = ANSWERS + TRANSPORT + STATE
FOREIGN = "https://foreign.example.invalid"

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_REQUEST = {"method", "path", "body", "cmdlet", "parameters"}
# The errors of Graph and Exchange for these, unless the fault has its own body.
_ERROR_BODIES = {
    status: {"error": {"code": code, "message": message}}
    for status, code, message in (
        (401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid."),
        (429, "TooManyRequests", "Please retry again later."),
        (500, "InternalServerError", "An error has occurred."),
        (502, "BadGateway", "The gateway got no valid answer."),
        (503, "ServiceUnavailable", "The service is temporarily unavailable."),
        (504, "GatewayTimeout", "The gateway got no answer in time."),
    )
}

# Intune also throttles clients in this way (seen by rknightion/graph2otel, 2026-08).
_BROKER = {
    "error": {
        "code": "InternalServerError",
        "message": "Rate limit reached because of too many requests to query broker. Please try again later.",
    }
}


def _is_header(name: Any, value: Any) -> bool:
    return (
        isinstance(name, str)
        and isinstance(value, str)
        and _HEADER_NAME.fullmatch(name) is not None
        and not any(unicodedata.category(one) in ("Cc", "Cs") for one in value)
    )


@dataclass
class Fault:
    """From the `nth` matching request on, `count` times.

    `match` is a pattern (as for file names) for the name of a service (login, graph, exchange, identity, reports), an
    operation or cmdlet, or "METHOD /path". For connections only the service is known.

    `stale_read` responds to a read from the state before the last write; only reads with such a state count, so it is
    injected before the write. `second_writer` lets the tenant's administrator send a `request` before or after the
    matching one (`phase`): the same one, with another `method`, `path`, `body`, or `cmdlet`, `parameters`. Its status
    is in the ledger after the name of the fault.
    """

    match: str
    kind: str
    nth: int = 1
    count: int = 1
    phase: str = BEFORE_EFFECT
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    # seconds between two bytes of a dripping body
    interval: float = 0.2
    request: Json = field(default_factory=dict)
    seen: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._refuse_other_types()
        if self.kind not in KINDS:
            raise ValueError(f"no fault of kind {self.kind}: one of {', '.join(KINDS)}")
        if self.phase not in PHASES:
            raise ValueError(f"no phase {self.phase}: one of {', '.join(PHASES)}")
        if self.phase == CONNECT and self.kind not in ("reset", "hang"):
            raise ValueError("a connection can only be reset or left hanging")
        if self.phase == MID_BODY and self.kind not in TRANSPORT:
            raise ValueError("in the middle of a body only the transport can fail")
        if self.kind == STALE_READ and self.phase != BEFORE_EFFECT:
            raise ValueError("a read has no effect to be stale after")
        if set(self.request) - _REQUEST or (self.request and self.kind != SECOND_WRITER):
            raise ValueError(f"a request is what a second writer sends: {', '.join(sorted(_REQUEST))}")

    def _refuse_other_types(self) -> None:
        """They would break the requests that match the fault, and not the one that injects it."""
        if not isinstance(self.headers, Mapping) or not isinstance(self.request, Mapping):
            raise ValueError("headers and request are objects")
        of_request = [value for name, value in self.request.items() if name in ("method", "path", "cmdlet")]
        if not all(isinstance(one, str) for one in (self.match, self.kind, self.phase, *of_request)):
            raise ValueError("match, kind and phase are text, and so are method, path and cmdlet of a request")
        if not all(_is_header(name, value) for name, value in self.headers.items()):
            raise ValueError("headers are text without control characters, by names of HTTP")
        if not isinstance(self.request.get("parameters", {}), Mapping):
            raise ValueError("the parameters of a request are an object")
        # Half a surrogate pair cannot be sent.
        json.dumps([self.match, self.body, dict(self.request)], ensure_ascii=False, default=str).encode()
        numbers = (self.nth, self.count, self.status)
        if (
            not all(isinstance(one, int) and not isinstance(one, bool) for one in numbers)
            or not 200 <= self.status <= 999
        ):
            raise ValueError("nth, count and status are whole numbers, and status is one of HTTP")
        if not 0 <= self.interval < math.inf:
            raise ValueError("interval is a number of seconds")

    @property
    def on_transport(self) -> bool:
        return self.kind in TRANSPORT

    def strikes(self) -> bool:
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.count

    def label(self) -> str:
        return f"{self.phase}:{self.kind}"


class Faults:
    """The list. The first fault that matches and is due applies; each request gets at most one fault."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, **wanted: Any) -> None:
        self._faults.append(Fault(**wanted))

    def clear(self) -> None:
        self._faults.clear()

    @property
    def ordered(self) -> bool:
        return bool(self._faults)

    @property
    def need_older_states(self) -> bool:
        return any(fault.kind == STALE_READ for fault in self._faults)

    def on_connect(self, service: str) -> Fault | None:
        return self._first(lambda fault: fault.phase == CONNECT and fnmatchcase(service, fault.match))

    def on_call(
        self, service: str, call: Call, purpose: Purpose, *, in_batch: bool = False, is_behind: bool = False
    ) -> Fault | None:
        names = (service, purpose.operation, f"{call.method} {call.path}")
        return self._first(
            lambda fault: (
                fault.phase != CONNECT
                and (fault.kind not in STATE or purpose.tenant is not None)
                and (fault.kind != STALE_READ or (is_behind and purpose.kind == READ))
                and not (in_batch and (fault.on_transport or fault.match == service))
                and any(fnmatchcase(name.lower(), fault.match.lower()) for name in names)
            )
        )

    def _first(self, matches: Any) -> Fault | None:
        struck = [fault for fault in self._faults if matches(fault) and fault.strikes()]
        return struck[0] if struck else None


def replaced(fault: Fault, call: Call, url: str, genuine: Answer) -> Answer:
    """The replacement of the genuine response."""
    match fault.kind:
        case "status":
            body = _ERROR_BODIES.get(fault.status) if fault.body is None else fault.body
            return Answer(fault.status, body, fault.headers)
        case "intune_throttled":
            return _slowed_down(fault)
        case "bad_json":
            return Answer(genuine.status, b'{"value": [', genuine.headers)
        case "html":
            page = b"<!DOCTYPE html><html><body>We are sorry, something went wrong.</body></html>"
            return Answer(200, page, {"Content-Type": "text/html; charset=utf-8"})
        case "redirect":
            return Answer(307, None, {"Location": fault.headers.get("Location", f"{FOREIGN}{call.path}")})
        case "foreign_next_link":
            return _linked(genuine, f"{FOREIGN}{call.path}?$skiptoken=1")
        case "looping_next_link":
            return _linked(genuine, f"{url}{call.path}{f'?{call.query}' if call.query else ''}")
    return genuine


@implements("intune-throttled")
def _slowed_down(fault: Fault) -> Answer:
    return Answer(500, _BROKER, fault.headers, "intune-throttled")


def _linked(answer: Answer, link: str) -> Answer:
    body: Json = answer.body if isinstance(answer.body, dict) else {"value": []}
    return Answer(answer.status, body | {"@odata.nextLink": link}, answer.headers)
