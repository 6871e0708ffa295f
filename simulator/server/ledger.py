# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger: every request in order of arrival, never changed afterwards."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

from ..state.clock import iso
from ..state.http_messages import Answer, Call, Json, Purpose


@dataclass
class Entry:
    """One request. `status` stays null if no response was sent."""

    n: int
    at: str
    service: str
    connection: int
    call: Call
    purpose: Purpose
    status: int | None = None
    effect: bool = False
    fault: str | None = None
    behaviour: str | None = None
    too_early: bool = False
    parts: list[Entry] = field(default_factory=list)

    def row(self) -> Json:
        query = f"?{self.call.query}" if self.call.query else ""
        row: Json = {
            "n": self.n,
            "at": self.at,
            "service": self.service,
            "connection": self.connection,
            "tenant": self.purpose.tenant,
            "operation": self.purpose.operation,
            "method": self.call.method,
            "path": f"{self.call.path}{query}",
            "class": self.purpose.kind,
            "status": self.status,
            "effect": self.effect,
            "behaviour": self.behaviour,
            "client_request_id": self.call.headers.get("client-request-id"),
            "request_id": self.call.request_id,
        }
        if self.fault:
            row["fault"] = self.fault
        if self.too_early:
            row["too_early"] = True
        if self.parts:
            row["parts"] = [part.row() for part in self.parts]
        return row


class Ledger:
    """Entries, and until when each client must stay away from an operation."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._not_before: dict[tuple[str, str | None, str], float] = {}

    def rows(self) -> list[Json]:
        return [entry.row() for entry in self._entries]

    def reset(self) -> None:
        self._entries.clear()
        self._not_before.clear()

    def enter(self, service: str, connection: int, call: Call, purpose: Purpose, now: datetime) -> Entry:
        entry = self.judge(Entry(len(self._entries) + 1, iso(now), service, connection, call, purpose))
        self._entries.append(entry)
        return entry

    def judge(self, entry: Entry) -> Entry:
        """Mark a request that came before its Retry-After ended. Waiting takes real time."""
        entry.too_early = time.monotonic() < self._not_before.get(self._key(entry), 0)
        return entry

    def answered(self, entry: Entry, answer: Answer, now: datetime) -> None:
        entry.status = answer.status
        if "Retry-After" in answer.headers:
            wait = _seconds(answer.headers["Retry-After"], now)
            self._not_before[self._key(entry)] = time.monotonic() + wait

    def _key(self, entry: Entry) -> tuple[str, str | None, str]:
        return entry.service, entry.purpose.tenant, entry.purpose.operation


def _seconds(retry_after: str, now: datetime) -> float:
    """Seconds, or a date by the clock of the response; anything else means none."""
    try:
        return float(retry_after)
    except ValueError:
        pass
    try:
        return (parsedate_to_datetime(retry_after) - now).total_seconds()
    except (ValueError, TypeError):
        return 0
