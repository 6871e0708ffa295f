# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of one request. Each kind is data for the simulator's faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .harness import Point

BEFORE, AFTER, MIDDLE = "before_effect", "after_effect", "mid_body"


@dataclass(frozen=True)
class Kind:
    """A fault on the transport cannot hit a part of a batch."""

    name: str
    fault: dict[str, Any] = field(default_factory=dict)
    service: str = ""  # the only one that does this

    @property
    def hangs(self) -> bool:
        return self.fault["kind"] == "hang"

    def fits(self, point: Point) -> bool:
        if self.service not in ("", point.service):
            return False
        return not point.part or self.fault["kind"] not in ("reset", "hang", "drip", "truncate")


def status(code: int, phase: str, name: str = "", service: str = "", **more: Any) -> Kind:
    when = "lost" if phase == AFTER else "refused"
    return Kind(name or f"{code}-{when}", {"kind": "status", "status": code, "phase": phase, **more}, service)


def _each(kinds: tuple[str, ...], phases: tuple[str, ...]) -> tuple[Kind, ...]:
    return tuple(Kind(f"{kind}-{phase}", {"kind": kind, "phase": phase}) for kind in kinds for phase in phases)


def _exchange(words: str) -> dict[str, Any]:
    return {"error": {"code": "BadRequest", "message": "Error", "details": [{"code": "Context", "message": words}]}}


_BUSY = "Ex1|Microsoft.Exchange.Data.Directory.ServerBusyException|The server is busy."
SINGLE = (
    *(status(code, BEFORE) for code in (400, 401, 403, 404, 408, 409, 412, 429, 500, 502, 503, 504)),
    *(status(code, AFTER) for code in (408, 500, 502, 503, 504)),
    status(429, BEFORE, "429-in-7-seconds", headers={"Retry-After": "7"}),
    status(429, BEFORE, "429-in-an-hour", headers={"Retry-After": "3600"}),
    status(503, BEFORE, "503-in-20-seconds", headers={"Retry-After": "20"}),
    status(400, BEFORE, "exchange-busy", "exchange", body=_exchange(_BUSY)),
    status(400, AFTER, "exchange-busy-afterwards", "exchange", body=_exchange(_BUSY)),
    status(200, BEFORE, "error-with-200", "exchange", body={"@adminapi.errors": ["Something went wrong."]}),
    status(200, BEFORE, "gateway-with-200", body={"status": "error", "message": "Blocked by the gateway"}),
    status(200, BEFORE, "gateway-error-with-200", body={"error": "Blocked by the gateway"}),
    *_each(("reset", "hang"), (BEFORE, AFTER, MIDDLE)),
    *_each(("truncate",), (MIDDLE,)),
    Kind("truncate-after_effect", {"kind": "truncate", "phase": AFTER}),
    Kind("drip", {"kind": "drip", "phase": AFTER, "interval": 0}),
    *_each(("html", "redirect"), (BEFORE, AFTER)),
    Kind("bad_json", {"kind": "bad_json", "phase": AFTER}),
    Kind("foreign_next_link", {"kind": "foreign_next_link", "phase": AFTER}),
    Kind("looping_next_link", {"kind": "looping_next_link", "phase": AFTER}),
)
# Faults of a connection before anything is sent over it, by service.
CONNECTION = tuple(Kind(f"connect-{kind}", {"kind": kind, "phase": "connect"}) for kind in ("reset", "hang"))
