# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms in which Microsoft Graph and Intune report errors."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from .._core.errors import NOT_IN_SNAPSHOT, TenantError, one_line
from .._core.retry import Outcome, outcome_of_status
from .._core.strict_json import parse_inner
from .._core.text import plain_text
from .._http.claims import held
from .._http.response import Response

# How Graph says that it does not serve something: 501 was seen in 2026, the others are the statuses of HTTP for it.
NOT_SERVED = (404, 405, 410, 501)
# The only known sign of a tenant without Intune (msgraph-beta-sdk-go issue 198); Graph has no code for it.
_NO_INTUNE = "request not applicable to target tenant"
_NO_LICENCE = "tenant is not licensed for this feature"  # Conditional Access without Entra ID P1, with 403
_QUERY_BROKER = "rate limit reached because of too many requests to query broker"  # Intune's throttling, with 500


def classify(response: Response) -> Outcome:
    """Intune was seen to throttle with 500; only the text distinguishes it from a fault."""
    if response.status == 500 and _QUERY_BROKER in explain(response)[1].lower():
        return Outcome.REFUSED
    if response.status < 300 and isinstance(response.json, dict) and isinstance(response.json.get("error"), dict):
        return Outcome.FINAL  # beside other content of the response
    return outcome_of_status(response.status)


def explain(response: Response) -> tuple[str, str, str]:
    """Code, message and request id of an error body; Intune puts its own error into the message as JSON text."""
    error = response.json.get("error") if isinstance(response.json, dict) else None
    if not isinstance(error, dict):
        return "", one_line(response.text, 120), ""
    code, message = plain_text(error.get("code")), plain_text(error.get("message"))
    inner = error.get("innerError") or error.get("innererror")
    request_id = plain_text(inner.get("request-id")) if isinstance(inner, dict) else ""
    if message.lstrip().startswith("{"):
        with contextlib.suppress(ValueError, AttributeError):
            own = parse_inner(message)
            message = plain_text(own.get("Message")) or message
            own_code = plain_text(own.get("ErrorCode"))
            if code == "UnknownError" and own_code:
                code = f"{code} ({own_code})"
    return code, message.partition(" - Operation ID")[0], request_id


def parts_of(envelope: Response) -> dict[str, Response] | None:
    """The responses in a batch by their ids; None if one of them is invalid or a duplicate."""
    given = envelope.json.get("responses") if isinstance(envelope.json, dict) else None
    parts: dict[str, Response] = {}
    for part in given if isinstance(given, list) else [None]:
        if not isinstance(part, Mapping) or not isinstance(part.get("id"), str) or part["id"] in parts:
            return None
        status, headers, body = str(part.get("status")), part.get("headers") or {}, part.get("body")
        if not (status.isdecimal() and 100 <= int(status) < 600 and isinstance(headers, Mapping)):
            return None
        content = b"" if body is None or body == "" else json.dumps(body).encode()
        data = body if content else None
        parts[part["id"]] = Response(int(status), headers, content, data, envelope.handle, envelope.token)
    return parts


# Of objects, credentials, collections and single properties, and of the user whose licences change: what the
# documentation shows without OData's annotations.
_OF_GRAPH = ("id", "keyId", "value", "assignedLicenses")
_OF_GATEWAY = ("message", "detail", "errors")


def is_of_graph(data: Any) -> bool:
    """Whether a successful response is Graph's own, and not that of a gateway in its place: its JSON has an annotation,
    as nearly always, or looks like one that is documented. A text as `error` is a gateway's; without an annotation, a
    message is too.
    """
    if not isinstance(data, dict):
        return data is None
    if data.get("error"):
        return False
    annotated = any(name.startswith("@odata.") for name in data)
    return annotated or (any(name in data for name in _OF_GRAPH) and not any(name in data for name in _OF_GATEWAY))


def not_served(error: TenantError) -> bool:
    """Whether Microsoft Graph itself does not serve the resource. A missing page is not a missing collection."""
    answer = error.answer
    return (
        error.kind != "truncated"
        and answer is not None
        and answer.code != ""  # otherwise a proxy may have responded
        and answer.status in NOT_SERVED
    )


def page_of(data: Any) -> tuple[list[Any], str] | None:
    """The members of a page and the link to the next one; None if it is not a page."""
    if not is_of_graph(data) or data is None or not isinstance(data.get("value"), list):
        return None
    link = data.get("@odata.nextLink") or ""
    return (data["value"], link) if isinstance(link, str) else None


def refine(error: TenantError, needs: str) -> TenantError:
    """The kind of an error by its text as well as its status: a missing license is not a missing permission."""
    answer = error.answer
    if answer is None or answer.code == NOT_IN_SNAPSHOT:
        return error
    text = answer.message.lower()
    if answer.status == 400 and _NO_INTUNE in text:
        return error.but(kind="no_intune_licence", problem=f"the tenant has no active Intune licence ({answer})")
    if answer.status == 403 and _NO_LICENCE in text:
        return error.but(kind="no_licence", problem=f"the tenant has no licence for this ({answer})", next_step="")
    if answer.status == 401 and "UnknownError" in answer.code and "forbidden" in f"{answer.code} {text}".lower():
        granted = " and ".join(held(needs, error.claims))
        if granted:
            step = f"The token holds {granted}, so the tenant or the account most likely lacks an Intune licence"
            return error.but(kind="no_licence", next_step=f"{step}: check that")
        step = f"Intune returns this without an Intune licence and without {needs or 'the permission'}: check both"
        return error.but(kind="forbidden", next_step=step)
    return error
