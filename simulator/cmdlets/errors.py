# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How InvokeCommand reports errors: three forms, meaningless bodies, and the rate headers."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

from ..behaviours.table import implements
from ..state.http_messages import Answer, Call, Json, Refusal
from ..state.response_forms import Forms

_ODATA = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"
_MODULE = ("exomanagementmodule", "exov3-module")
_WINDOW = timedelta(minutes=5)
_NULS = b"\x00" * 64


def failed(call: Call, refusal: Refusal, forms: Forms | None) -> Answer:
    """The forms of failures that public clients have seen."""
    headers = refusal.extra.get("headers", {})
    if refusal.extra.get("empty"):
        return Answer(refusal.status, _nothing_said(refusal, forms), headers, refusal.behaviour)
    if forms is None or refusal.extra.get("plain") or refusal.status == 401:
        body = {"error": {"code": refusal.code, "message": refusal.message}}
        return Answer(refusal.status, body, headers, refusal.behaviour)
    form = _form(call, forms)
    status = _status(refusal, forms)
    if form in ("json", "nested"):
        return Answer(status, _as_json(refusal, status, nested=form == "nested"), headers, refusal.behaviour)
    body = _as_pipe(refusal) if form == "pipe" else _as_internal(refusal)
    return Answer(status, body, headers | {"X-ExceptionType": refusal.code}, refusal.behaviour)


@implements("exchange-errors")
def _form(call: Call, forms: Forms) -> str:
    """The headers of Microsoft's module may decide: it gets the newer form."""
    if forms.errors != "by_client":
        return forms.errors
    by_module = call.headers.get("x-clientapplication", "").lower() in _MODULE
    return "json" if by_module or "x-serializationlevel" in call.headers else "pipe"


@implements("exchange-not-found-status")
def _status(refusal: Refusal, forms: Forms) -> int:
    """A status that was seen for an error stays; all others are 400."""
    missing = refusal.code.endswith("ManagementObjectNotFoundException")
    return forms.not_found if missing and refusal.status == 400 else refusal.status


@implements("exchange-errors-json")
def _as_json(refusal: Refusal, status: int, *, nested: bool) -> Json:
    """The details contain JSON as text, optionally with the real exception nested in another."""
    said: Json = {"Message": refusal.message, "TypeName": refusal.code, "StackTrace": "", "InnerError": None}
    if nested:
        outer = {"Message": "An exception was thrown by the cmdlet.", "TypeName": _ODATA, "StackTrace": ""}
        said = outer | {"InnerError": said | {"ClassName": said.pop("TypeName")}}
    return {
        "error": {
            "code": "NotFound" if status == 404 else "BadRequest",
            "message": "Error executing cmdlet",
            "details": [{"code": "Context", "target": "", "message": json.dumps(said)}],
        }
    }


@implements("exchange-errors-pipe")
def _as_pipe(refusal: Refusal) -> Json:
    error: Json = {
        "code": "BadRequest",
        "message": "Error executing cmdlet",
        "innererror": _inner(refusal),
    }
    if refusal.extra.get("details", True):
        number = hashlib.sha256(refusal.code.encode()).hexdigest()[:6].upper()
        text = f"Ex{number}|{refusal.code}|{refusal.message}"
        error["details"] = [{"code": "Context", "target": "", "message": text}]
    return {"error": error}


@implements("exchange-errors-internal")
def _as_internal(refusal: Refusal) -> Json:
    return {"error": {"code": "BadRequest", "message": "Invalid Operation", "innererror": _inner(refusal)}}


def _inner(refusal: Refusal) -> Json:
    return {
        "message": "Error executing cmdlet",
        "type": _ODATA,
        "internalexception": {"message": refusal.message, "type": refusal.code, "stacktrace": ""},
    }


@implements("exchange-denied-body")
def _nothing_said(refusal: Refusal, forms: Forms | None) -> bytes | None:
    """NUL bytes if a permission is missing."""
    return _NULS if refusal.status == 403 and forms is not None and forms.denied == "nul_bytes" else None


class Rates:
    """Calls by tenant, in windows of five minutes of simulated time."""

    def __init__(self) -> None:
        self._calls: Counter[tuple[str, int]] = Counter()

    @implements("exchange-rate-headers")
    def headers(self, tenant_id: str, limit: int, now: datetime) -> dict[str, str]:
        window = int(now.timestamp() // _WINDOW.total_seconds())
        self._calls[tenant_id, window] += 1
        ends = datetime.fromtimestamp((window + 1) * _WINDOW.total_seconds(), UTC)
        return {
            "Rate-Limit-Limit": str(limit),
            "Rate-Limit-Remaining": str(max(0, limit - self._calls[tenant_id, window])),
            "Rate-Limit-Reset": ends.strftime("%Y-%m-%dT%H:%M:%S.0000000Z"),
        }
