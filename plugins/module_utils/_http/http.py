# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP session for all requests of a task, sign-in included.

Trust, proxies and the bearer come from options only: no netrc, no REQUESTS_CA_BUNDLE, no proxy variables. A redirect is
followed only within the hosts of the same service.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from .._core.errors import ErrorResponse, Purpose, TenantError, kind_of, one_line
from .._core.retry import (
    Deadline,
    Operation,
    Outcome,
    delay,
    header,
    may_repeat,
    outcome_of_status,
    rate_limit,
)
from .._core.strict_json import parse_json
from .._core.text import counted
from .attempt import Attempt, answer_of, found_by
from .body import IncompleteBody, headers_of, read_body
from .challenge import claims_challenge, sign_in_step
from .claims import claims, grant_step
from .due import Due
from .origins import REDIRECTS, follow, moved, origin
from .response import Response, text_of
from .service import Request, Service
from .sockets import Limit
from .transport import Connections, RequestFailed, Transport

_CONNECT_TIMEOUT = 15.0  # seconds
_MOST_REDIRECTS = 5  # for one request
_WORTH_TELLING = 5.0  # seconds of a wait
_PATIENCE = 0.6  # of the remaining time, for the response to a write: the effects of a lost one must be looked for
_MAY_HAVE_CHANGED = (Outcome.DONE, Outcome.UNKNOWN, Outcome.BODY_LOST)


class Http:
    """Sends requests within one deadline. Clocks, sleep and random are parameters, so tests need no waiting.

    Tenants that are read together share one `deadline` and their `connections`.
    """

    def __init__(
        self,
        tenant: str,
        timeout: float,
        ca_path: str | None = None,
        proxy: str | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random.random,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        deadline: Deadline | None = None,
        connections: Connections | None = None,
        trace: Callable[[str], None] = lambda line: None,
        abandoned: Callable[[], bool] = lambda: False,
        waits: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.tenant = tenant
        self.deadline = deadline or Deadline(timeout, clock)
        self.clock, self.sleep, self.now = clock, sleep, now
        self._random, self.trace, self._abandoned, self._waits = random, trace, abandoned, waits
        self._waited = 0.0  # seconds, by all requests of the task
        self.due = Due(clock, random)
        self._places: dict[str, str] = {}  # by root: where a redirect led, for all further requests of this task
        self._transport = Transport(ca_path, proxy, connections)
        self.last: ErrorResponse | None = None  # the response to the last successful request
        self.writes = 0  # attempts of this task that changed something in the tenant, or may have

    def send(self, service: Service, request: Request) -> Response:
        """The response to `request`, repeated as its class allows; raises `TenantError` unless it succeeded."""
        attempt, response = self._settled(service, request)
        if outcome_of_status(response.status) is Outcome.DONE and service.classify(response) is Outcome.DONE:
            return response
        raise self._failure(service, request, attempt)

    def fetch(self, service: Service, request: Request) -> Response:
        """Like `send`, but also returns a response that refuses for good."""
        return self._settled(service, request)[1]

    def _settled(self, service: Service, request: Request) -> tuple[Attempt, Response]:
        """The last attempt and its response, once it succeeded or was refused for good."""
        attempts, redirects, renewed = 0, 0, False
        while True:
            attempt = self._try(service, request)
            response = attempt.response
            # A sign-in has no bearer, and changes nothing.
            if request.operation is not Operation.READ and service.bearer and attempt.outcome in _MAY_HAVE_CHANGED:
                self.writes += 1
            there = self._redirect(service, attempt)
            if there and redirects < _MOST_REDIRECTS:  # a redirect is not an attempt: nothing was done
                redirects += 1
                self._places[service.root] = origin(there)
                request = replace(request, path=there, query=None)
                continue
            attempts += 1
            if response is not None and response.status == 401 and service.bearer:
                service.bearer.refused(attempt.token, claims_challenge(response.headers))
                if not renewed:
                    renewed = True  # refused before anything happened: repeat with a new token
                    continue
            if response is not None and response.status == 403 and service.bearer and not renewed:
                renewed = True
                if service.bearer.renew(attempt.token):
                    continue
            if response is not None and attempt.outcome in (Outcome.DONE, Outcome.FINAL):
                self.last = answer_of(service, attempt)
                return attempt, response
            if not may_repeat(request.operation, attempt.outcome, attempts, bool(attempt.floor)):
                raise self._failure(service, request, attempt)
            throttled = attempt.outcome is Outcome.REFUSED
            problem = attempt.problem or "the service did not answer"
            answer = answer_of(service, attempt)
            self.pause(attempts, attempt.floor, request.purpose, answer, throttled, problem, service.name)

    def _redirect(self, service: Service, attempt: Attempt) -> str:
        """The address to repeat a request at; empty if the response is not a redirect, or leads outside the service."""
        response = attempt.response
        if response is None or response.status not in REDIRECTS or service.siblings is None:
            return ""
        return follow(service.root, service.siblings, attempt.url, header(response.headers, "Location"))

    def pause(
        self,
        attempts: int,
        floor: float | None,
        purpose: Purpose,
        answer: ErrorResponse | None = None,
        throttled: bool = False,
        problem: str = "the service did not answer",
        service: str = "",
    ) -> None:
        """Wait before the next attempt; fails at once if the wait would exceed the deadline.

        With the name of a `service`, that service requests a wait of `floor` seconds.
        """
        wait, left = delay(attempts, floor, self._random), self.deadline.remaining()
        if wait >= left:
            asked = f" and asks to wait {floor:g} s" if floor and service else ""
            tried = f" after {counted(attempts, 'attempt')} and {self._waited:.0f} s of waiting" if attempts else ""
            time_left = f"only {left:.0f} s of the {self.deadline} are left"
            raise TenantError(
                "throttled" if throttled else "timeout",
                f"{answer or problem}{asked}, but {time_left}{tried}",
                purpose.action,
                self.tenant,
                answer,
            )
        if service and (throttled or floor) and wait >= _WORTH_TELLING:
            why = "limits the requests" if throttled else "asks to wait"
            self._waits(f"{service} {why}: waiting {wait:.0f} s before attempt {attempts + 1}")
        self._waited += wait
        self.sleep(wait)

    def _wait_until_due(self, service: Service, purpose: Purpose) -> None:
        """The wait that a service requested applies to all further requests, even if this one is not repeated."""
        wait = self.due.left(service.root)
        if wait > 0:
            self.pause(0, wait, purpose, None, True, f"{service.name} refused an earlier request", service.name)

    def _left(self, purpose: Purpose) -> float:
        """The seconds that are left for the task. Raises `TenantError` if none are."""
        left = self.deadline.remaining()
        if left <= 0:
            problem = f"the task timed out: the {self.deadline} have passed"
            raise TenantError("timeout", problem, purpose.action, self.tenant)
        return left

    @contextmanager
    def _slot(self, service: Service, purpose: Purpose) -> Iterator[None]:
        """Hold a slot of the service, if it has any. Meanwhile, as in a sign-in, other threads may be asked to wait."""
        slots = service.slots
        while True:
            if slots and not slots.acquire(timeout=min(self._left(purpose), threading.TIMEOUT_MAX)):
                continue
            if self.due.left(service.root) <= 0:
                break
            if slots:
                slots.release()
            self._wait_until_due(service, purpose)
        try:
            yield
        finally:
            if slots:
                slots.release()

    def _try(self, service: Service, request: Request) -> Attempt:
        self._wait_until_due(service, request.purpose)  # before a sign-in: its token would age meanwhile
        self._left(request.purpose)
        mine, said = str(uuid.uuid4()), (request.purpose.action, self.tenant)
        headers = {"Accept": "application/json", "client-request-id": mine, **request.headers}
        try:
            prepared = self._transport.prepare(
                request.method,
                moved(service.url(request.path, *said), service.root, self._places.get(service.root, service.root)),
                headers=headers,
                params=request.query,
                data=request.form,
                json=request.body,
            )
        except RequestFailed as lost:
            return Attempt(lost.outcome, mine, None, str(lost), lost.kind)
        service.checked(prepared.url or "", *said)  # the actual URL, checked before the bearer is added
        token = service.bearer.token() if service.bearer else ""
        with self._slot(service, request.purpose):
            self._left(request.purpose)  # the slot may have come at the last moment
            if self._abandoned():  # as late as possible: signing in may take time
                raise TenantError(
                    "abandoned", "the ansible-playbook that started this task has ended; nothing more was sent", *said
                )
            if service.bearer:
                prepared.headers["Authorization"] = f"Bearer {token}"
            left = self.deadline.remaining()
            patience = left if request.operation is Operation.READ else left * _PATIENCE
            limit = Limit(self.deadline, _CONNECT_TIMEOUT, patience, service.read_timeout)
            try:
                raw = self._transport.send(prepared, limit, service.proxied)
            except RequestFailed as lost:
                return Attempt(lost.outcome, mine, None, str(lost), lost.kind)
            attempt = self._read(service, request, raw, mine, limit)
            floor = self.due.heed(service.root, raw.status_code, attempt.outcome, headers_of(raw))
            answered = replace(attempt.response, token=token) if attempt.response else None
            return replace(attempt, response=answered, token=token, url=prepared.url or "", floor=floor)

    def _read(self, service: Service, request: Request, raw: Any, mine: str, limit: Limit) -> Attempt:
        try:
            if raw.status_code < 200:  # an interim response, treated as final: what follows is unknown
                raise IncompleteBody(f"{raw.status_code} is not a final response")
            # For a read, a truncated empty body would mean that nothing exists.
            body = read_body(raw.raw, limit, request.operation is Operation.READ and raw.status_code < 300)
        except IncompleteBody as error:
            raw.close()
            outcome = Outcome.BODY_LOST if 200 <= raw.status_code < 300 else outcome_of_status(raw.status_code)
            kind = "throttled" if outcome is Outcome.REFUSED else "protocol"
            why = f"{error}; {found_by(raw, mine)}"
            return Attempt(outcome, mine, None, f"the answer of {service.name} broke off ({why})", kind)
        if calls_left := rate_limit(raw.headers):
            self.trace(f"{service.name} rate limit: {calls_left}")
        if raw.status_code == 503:
            self._transport.reconnect()  # Graph best practices: after 503, retry over a new connection
        try:
            data = parse_json(body, limit.check) if body.strip() else None
        except (ValueError, TimeoutError) as error:
            data = None
            if raw.status_code < 300 and request.wants_json:
                why = f"{one_line(error, 80)}; {found_by(raw, mine)}"
                problem = f"{service.name} returned {raw.status_code}, but no JSON ({why})"
                if service.bearer:  # at sign-in, the text may be a token
                    problem += f": {one_line(text_of(body), 80)}"
                return Attempt(Outcome.BODY_LOST, mine, None, problem, "protocol")
        response = Response(raw.status_code, raw.headers, body, data, mine)
        return Attempt(service.classify(response), mine, response)

    def _failure(self, service: Service, request: Request, attempt: Attempt) -> TenantError:
        answer = answer_of(service, attempt)
        kind, step = (kind_of(answer) if answer else attempt.kind), ""
        if attempt.outcome in (Outcome.UNKNOWN, Outcome.BODY_LOST) and request.operation in (
            Operation.CREATE,
            Operation.ACTION,
        ):
            kind = "outcome_unknown"
        if attempt.outcome is Outcome.REFUSED:
            kind = "throttled"
        if kind == "forbidden" and request.purpose.permission:
            step = grant_step(request.purpose.permission, claims(attempt.token))
        if kind == "sign_in":
            step = sign_in_step(attempt.response.headers if attempt.response else {})
        problem = str(answer) if answer else attempt.problem
        of_read = request.operation is Operation.READ
        return TenantError(
            kind, problem, request.purpose.action, self.tenant, answer, step, {}, claims(attempt.token), of_read
        )
