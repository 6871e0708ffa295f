# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records the requests of the product's engine and their responses, and stops forbidden writes."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._engine import tenant as tenant_module
from ansible_collections.intune.exchange.plugins.module_utils._http.claims import claims
from ansible_collections.intune.exchange.plugins.module_utils._http.http import Http, Response
from ansible_collections.intune.exchange.plugins.module_utils._http.service import Request, Service

from .operations import BATCH, EXCHANGE, Asked, asked_of_exchange, asked_of_graph, strays
from .response_shapes import Observed

Key = tuple[str, str, str]
_ASKED = {"Microsoft Graph": asked_of_graph, "Exchange Online": asked_of_exchange}
NO_ANSWER = 0  # in place of a status


@dataclass
class Recorder:
    """The responses of one side. `writes_to`: the id of the only tenant that may be written to, None for none."""

    writes_to: str | None = None
    observed: dict[Key, Observed] = field(default_factory=lambda: defaultdict(Observed))
    values: set[str] = field(default_factory=set)
    held_back: set[str] = field(default_factory=set)
    _lock: Any = field(default_factory=threading.RLock, repr=False)  # modules read several objects concurrently

    def check(self, asked: Asked, service: Service) -> None:
        """Raises before anything is sent. The token names its tenant; one that does not is for none."""
        if asked.reads:
            return
        token = service.bearer.token() if service.bearer else ""
        tenant = str(claims(token).get("tid") or "").casefold()
        if asked.ours and self.writes_to and tenant == self.writes_to.casefold():
            return
        self.held_back.add(asked.operation)
        raise TenantError("held_back", f"{asked.operation} would write, which this run must not", "write")

    def take(self, asked: Asked, service: Service, request: Request, response: Response | None) -> None:
        """The response to a request; None if no response came."""
        with self._lock:
            if response is None:
                self.observed[asked.key].transient[NO_ANSWER, ""] += 1
                return
            self._add(asked, service, response)
            if asked.operation == BATCH and response.status < 300:
                self._add_parts(request, service, response)

    def _add(self, asked: Asked, service: Service, response: Response, sort: str = "answer") -> None:
        seen = self.observed[asked.key]
        good = response.status < 300
        if asked.service == EXCHANGE and isinstance(response.json, dict) and response.json.get("@adminapi.errors"):
            good = False
        seen.add_outcome(response.status, "" if good else str(service.explain(response)[0]))
        seen.add_headers(f"{sort} {'done' if good else 'refused'}", response.headers)
        if not good:
            return
        if asked.operation != BATCH:
            seen.add_body(response.json, self.values)
            seen.strays |= strays(asked, response.json)

    def _add_parts(self, request: Request, service: Service, response: Response) -> None:
        """The parts of a batch, each as a separate response."""
        urls = {str(one["id"]): one["url"] for one in request.body["requests"]}
        answers = response.json.get("responses") if isinstance(response.json, dict) else None
        for part in answers if isinstance(answers, list) else ():
            if isinstance(part, dict) and str(part.get("id")) in urls:
                asked = asked_of_graph("GET", urls[str(part["id"])])
                headers = part.get("headers") or {}
                self._add(asked, service, Response(int(part.get("status", 0)), headers, b"", part.get("body")), "part")


def _query(request: Request) -> str:
    return "?" + "&".join(f"{name}={value}" for name, value in request.query.items()) if request.query else ""


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """In this block, every opened tenant sends through `recorder`."""

    class Recorded(Http):
        def _try(self, service: Service, request: Request) -> Any:
            if service.name not in _ASKED:  # sign-in, and files on other hosts
                return super()._try(service, request)
            asked = _ASKED[service.name](request.method, request.path + _query(request), request.body)
            recorder.check(asked, service)
            attempt = super()._try(service, request)
            recorder.take(asked, service, request, attempt.response)
            return attempt

    before = tenant_module.Http
    tenant_module.Http = Recorded  # type: ignore[misc]
    try:
        yield
    finally:
        tenant_module.Http = before  # type: ignore[misc]
