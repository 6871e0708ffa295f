# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Graph's $batch: up to 20 requests in one. https://learn.microsoft.com/graph/json-batching"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..behaviours.table import implements
from ..state.http_messages import ACTION, CREATE, IDEMPOTENT, READ, Answer, Call, Json, Refusal

_STRENGTH = (READ, IDEMPOTENT, ACTION, CREATE)


def strongest(kinds: list[str]) -> str:
    """The class of a batch: that of its most consequential part."""
    return max(kinds, key=_STRENGTH.index, default=READ)


def parts_of(call: Call, version: str) -> list[Call]:
    """The requests in a batch, as far as it can be parsed."""
    try:
        requests = call.json()["requests"]
        return [_part(call, request, version) for request in requests]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


@implements("graph-batch")
def run_batch(call: Call, body: Json, version: str, respond: Callable[[Call], Answer]) -> Answer:
    """Every part gets its own response; a part that depends on a failed one is not tried."""
    requests: list[Json] = body["requests"]
    _check_requests(requests)
    statuses: dict[str, int] = {}
    responses = []
    for request in requests:
        needed = request.get("dependsOn", [])
        if any(identifier not in statuses for identifier in needed):
            raise _invalid("dependsOn names a request that does not come before.")
        if any(statuses[identifier] >= 400 for identifier in needed):
            answer = _failed(424, "FailedDependency", "A dependency failed.")
        elif "body" in request and "content-type" not in {name.lower() for name in request.get("headers", {})}:
            answer = _failed(400, "BadRequest", "A body needs a Content-Type header.")
        elif request["url"].lstrip("/").lower().startswith("$batch"):
            answer = _failed(400, "BadRequest", "A batch cannot hold another one.")
        else:
            answer = respond(_part(call, request, version))
        statuses[request["id"]] = answer.status
        responses.append(_response(request["id"], answer))
    # The order of the responses is not that of the requests, and clients must not rely on it.
    return Answer(200, {"responses": responses[::-1]})


def _failed(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": message}}, behaviour="graph-batch")


def _part(call: Call, request: Json, version: str) -> Call:
    path, _unused, query = request["url"].partition("?")
    own = {name.lower(): value for name, value in request.get("headers", {}).items()}
    body = request.get("body")
    return replace(
        call,
        method=request["method"].upper(),
        path=f"{version}/{path.lstrip('/')}",
        query=query,
        headers={"authorization": call.headers.get("authorization", "")} | own,
        body=b"" if body is None else json.dumps(body).encode(),
        request_id=str(uuid.uuid4()),
    )


def _response(identifier: str, answer: Answer) -> Json:
    body: Any = answer.body
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    response = {"id": identifier, "status": answer.status, "headers": _headers(answer), "body": body}
    return {name: value for name, value in response.items() if value is not None}


def _headers(answer: Answer) -> Json:
    """In lower case, and the wait as a number: both were seen, and clients must not rely on either."""
    own: Json = {name.lower(): value for name, value in answer.headers.items() if name in ("Retry-After", "request-id")}
    if own.get("retry-after", "").isdigit():
        own["retry-after"] = int(own["retry-after"])
    return own | ({"content-type": "application/json"} if answer.body is not None else {})


def _check_requests(requests: list[Json]) -> None:
    identifiers = [request["id"].lower() for request in requests]
    if len(set(identifiers)) != len(identifiers):
        raise _invalid("Every request in a batch needs an id of its own.")
    headers = [value for request in requests for value in request.get("headers", {}).values()]
    if not all(isinstance(value, str) for value in headers):
        raise _invalid("Every header of a request in a batch is a text.")


def _invalid(text: str) -> Refusal:
    return Refusal("graph-batch-invalid", status=400, code="BadRequest", message=text)
