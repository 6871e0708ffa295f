# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""msal's `http_client` over our session: the same trust, deadline, retries and origin."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.redaction import also_hide
from .._core.retry import Operation, header
from .._http.http import Http
from .._http.response import Response
from .._http.service import Request, Service
from .discovery import is_discovery, known_endpoints
from .token_memory import TokenMemory

_SIGN_IN = Purpose("sign in")
WAITING = ("authorization_pending", "slow_down")  # RFC 8628: the person has not entered the code yet
_USUAL_INTERVAL = 5  # seconds
_OF_ENDPOINT = ('"access_token"', '"error"', '"user_code"')  # one is in each answer of Entra
# The proof of identity that msal sends: made from the certificate, or found on the machine.
_SECRETS = ("authorization", "x-identity-header", "secret", "client_assertion", "client_secret", "refresh_token")


class _Reply:
    """A response in the form that msal reads."""

    def __init__(self, status: int, headers: Mapping[str, str], text: str) -> None:
        self.status_code, self.headers, self.text = status, dict(headers), text

    @classmethod
    def of(cls, response: Response) -> _Reply:
        """The response as it was read here: msal would parse the text again, without limits."""
        text = response.text if response.json is None else json.dumps(response.json)
        return cls(response.status, response.headers, text)

    def raise_for_status(self) -> None:
        """Failures of the transport were already raised."""


class MsalTransport:
    """Sends msal's requests to one `service`; `refused` makes an error of Entra's own words.

    Discovery documents are not read if documentation or an earlier task in `memory` already provides them. A document
    is for all tasks once the token endpoint in it has answered like one, until it does not.
    """

    def __init__(
        self,
        http: Http,
        service: Service,
        refused: Callable[[str, str, Any, int], TenantError],
        memory: TokenMemory,
    ) -> None:
        self._http, self._service, self._refused, self._memory = http, service, refused, memory
        self._document: tuple[str, str] | None = None  # that msal was given: its address and text

    def get(self, url: str, params: Any = None, headers: Any = None, **_unused: Any) -> _Reply:
        if not is_discovery(url):
            return self._get(url, params, headers)
        if known := known_endpoints(url):
            return _Reply(200, {}, known)
        known = self._memory.document(url)
        reply = _Reply(200, {}, known) if known else self._get(url, params, headers)
        if reply.status_code == 200:
            self._document = (url, reply.text)
        return reply

    def _get(self, url: str, params: Any, headers: Any) -> _Reply:
        return self._reply(Request(Operation.READ, "GET", url, _SIGN_IN, query=params, headers=dict(headers or {})))

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_unused: Any) -> _Reply:
        # A token request may be repeated: it changes nothing in the tenant.
        request = Request(
            Operation.IDEMPOTENT, "POST", url, _SIGN_IN, form=data, query=params, headers=dict(headers or {})
        )
        try:
            reply = self._reply(request)
        except TenantError as error:
            if error.kind in ("protocol", "sign_in"):  # a service that did not answer says nothing about its address
                self.judge_document(error.answer is not None and bool(error.answer.code))
            raise
        self.judge_document(any(name in reply.text for name in _OF_ENDPOINT))
        return reply

    def judge_document(self, works: bool) -> None:
        """Whether the discovery document led to an endpoint: then other tasks may use it, otherwise they may not."""
        if self._document is None:
            return
        if not works:
            self._memory.drop_document(*self._document)
        elif self._memory.document(self._document[0]) is None:
            self._memory.put_document(*self._document)

    def _reply(self, request: Request) -> _Reply:
        for name, value in (*request.headers.items(), *dict(request.form or {}).items()):
            if name.lower() in _SECRETS:
                also_hide(str(value).removeprefix("Basic "))
        response = self._http.fetch(self._service, request)
        said = response.json
        if response.status == 401 and header(response.headers, "WWW-Authenticate").lower().startswith("basic realm="):
            return _Reply.of(response)  # Azure Arc requires proof of running on this server, which msal provides
        if not isinstance(said, dict):
            # msal would log the whole response, and only report invalid JSON
            if response.status >= 300:
                raise self._refused("", response.text, None, response.status)
            problem = f"{self._service.name} returned {response.status} without a JSON object"
            raise TenantError("protocol", problem, _SIGN_IN.action, self._http.tenant)
        error = str(said.get("error"))
        if response.status >= 400 and "error_description" in said and error not in WAITING:
            # msal would drop the status, or replace Entra's words by its own guess
            raise self._refused(error, str(said["error_description"]), said.get("correlation_id"), response.status)
        return _Reply.of(response)

    def close(self) -> None:
        """The session belongs to the task."""


def interval_of(asked: Any) -> int:
    """Whole seconds between two polls for an entered code (RFC 8628, 3.2), whatever the response says.

    With less than one, msal never asks whether to stop, and polls without a pause.
    """
    try:
        seconds = float(asked)
        return math.ceil(seconds) if seconds >= 1 else _USUAL_INTERVAL
    except (TypeError, ValueError, OverflowError):
        return _USUAL_INTERVAL
