# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One attempt of a request, and what messages say of its response. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .._core.errors import ErrorResponse, Purpose, TenantError, one_line
from .._core.retry import Outcome, header
from .response import Response
from .service import Service


@dataclass(frozen=True)
class Attempt:
    outcome: Outcome
    client_request_id: str
    response: Response | None = None
    problem: str = ""
    kind: str = "network"
    token: str = field(default="", repr=False)
    url: str = ""
    floor: float | None = None  # seconds to wait before the next attempt, if the response asks for that


def answer_of(service: Service, attempt: Attempt) -> ErrorResponse | None:
    """The response as messages quote it."""
    response = attempt.response
    if response is None:
        return None
    # A success needs no explanation, and may be a page of a thousand devices.
    done = attempt.outcome is Outcome.DONE
    code, message, request_id = ("", "", "") if done else service.explain(response)
    if 300 <= response.status < 400:
        where = header(response.headers, "Location")
        message = f"a redirect {f'to {where}' if where else 'without an address'}, which is not followed"
    request_id = response.headers.get("request-id") or request_id
    mine = response.headers.get("client-request-id") or attempt.client_request_id
    return ErrorResponse(service.name, response.status, code, message, request_id, mine)


def found_by(raw: Any, mine: str) -> str:
    """How Microsoft's support finds a response that could not be read."""
    return f"request id {one_line(Response(raw.status_code, raw.headers, b'', None, mine).handle, 80)}"


def foreign(service: str, response: Response, purpose: Purpose, tenant: str) -> TenantError:
    """The failure for a success with nothing of the service in it: a gateway may have answered in its place."""
    said = f"nothing in the response says that it is from {service} (request id {response.handle})"
    return TenantError("outcome_unknown", said, purpose.action, tenant)
