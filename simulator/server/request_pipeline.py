# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a call to a response: the clock, the ledger and the faults around a service."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Protocol

from ..behaviours.table import known
from ..state.clock import Clock, http_date
from ..state.http_messages import READ, Answer, Call, Purpose
from ..state.tenant import Tenant
from .faults import AFTER_EFFECT, BEFORE_EFFECT, SECOND_WRITER, STALE_READ, STATE, Fault, Faults, replaced
from .interference import Interference
from .ledger import Entry, Ledger

# Signing in does not advance the simulated clock; using the APIs does.
_TIMED = ("graph", "exchange")


class Service(Protocol):
    """The service on a port."""

    name: str
    url: str

    def purpose(self, call: Call) -> Purpose:
        """What the request is for."""

    def respond(self, call: Call) -> Answer:
        """The answer to the request."""


@dataclass(frozen=True)
class Conclusion:
    """The response to send, and what happens to it on the way."""

    answer: Answer
    fault: Fault | None


class RequestPipeline:
    """One for all services; everything it does happens between two awaits, so calls never mix."""

    def __init__(
        self, tenants: dict[str, Tenant], clock: Clock, ledger: Ledger, faults: Faults, interference: Interference
    ) -> None:
        self._revisions = [tenant.revision for tenant in tenants.values()]
        self._clock = clock
        self._ledger = ledger
        self._faults = faults
        self._interference = interference
        self._current: Entry | None = None

    def conduct(self, service: Service, call: Call, connection: int) -> Conclusion:
        purpose = service.purpose(call)
        clock = self._clock.of(purpose.tenant)
        if service.name in _TIMED:
            clock.tick()
        entry = self._ledger.enter(service.name, connection, call, purpose, clock.now())
        is_behind = self._interference.is_behind(purpose.tenant)
        fault = self._faults.on_call(service.name, call, purpose, is_behind=is_behind)
        self._current = entry
        try:
            answer = self._answer(service, call, entry, fault)
        finally:
            self._current = None
        if fault is None or not fault.on_transport:
            self._ledger.answered(entry, answer, clock.now())
        if service.name in _TIMED:
            answer = replace(answer, headers={"Date": http_date(clock.now())} | dict(answer.headers))
        return Conclusion(answer, fault)

    def conduct_part(self, service: Service, call: Call) -> Answer:
        """One part of a batch; in the ledger it is within its batch."""
        if self._current is None:
            raise RuntimeError("a part of a batch without its batch")
        outer = self._current
        entry = Entry(len(outer.parts) + 1, outer.at, service.name, outer.connection, call, service.purpose(call))
        outer.parts.append(self._ledger.judge(entry))
        is_behind = self._interference.is_behind(entry.purpose.tenant)
        fault = self._faults.on_call(service.name, call, entry.purpose, in_batch=True, is_behind=is_behind)
        answer = self._answer(service, call, entry, fault)
        self._ledger.answered(entry, answer, self._clock.of(entry.purpose.tenant).now())
        return answer

    def _answer(self, service: Service, call: Call, entry: Entry, fault: Fault | None) -> Answer:
        """The response of the service or the fault, with the changes noted."""
        if fault is not None:
            entry.fault = fault.label()
            if fault.phase == BEFORE_EFFECT and fault.kind not in STATE:
                return replaced(fault, call, service.url, Answer(200, {"value": []}))
            if fault.phase == BEFORE_EFFECT:
                self._interfere(service, call, entry, fault)
        before = self._revision()
        with self._state(entry.purpose, fault):
            answer = service.respond(call)
        entry.effect = self._revision() != before
        entry.behaviour = known(answer.behaviour or "")
        if fault is not None and fault.phase == AFTER_EFFECT:
            self._interfere(service, call, entry, fault)
            return replaced(fault, call, service.url, answer)
        return answer

    def _interfere(self, service: Service, call: Call, entry: Entry, fault: Fault) -> None:
        if fault.kind == SECOND_WRITER and entry.purpose.tenant is not None:
            other = self._interference.write(entry.purpose.tenant, service.name, call, fault.request, service.respond)
            entry.fault = f"{fault.label()}:{other.status}"

    def _state(self, purpose: Purpose, fault: Fault | None) -> AbstractContextManager[None]:
        """The state for the service: current, or older; a write is remembered if a fault needs that."""
        if fault is not None and fault.kind == STALE_READ and purpose.tenant is not None:
            return self._interference.behind(purpose.tenant)
        if purpose.kind != READ and self._faults.need_older_states:
            return self._interference.remembering(purpose.tenant)
        return nullcontext()

    def _revision(self) -> int:
        return sum(revision.number for revision in self._revisions)
