# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms in which InvokeCommand of Exchange Online answers: objects, warnings, failures."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ._behaviours import behaves
from ._cmdlets import Cmdlet
from ._nouns import Run
from ._tenant import Tenant
from ._wire import Answer, Json, Refusal

# What .NET counts ticks of 100 nanoseconds from.
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_MORE = (
    "There are more results available than are currently displayed. To view them, increase the value for the "
    "ResultSize parameter."
)


@behaves("exchange-result-size")
def limited(run: Run, objects: Sequence[Json]) -> Sequence[Json]:
    """The first ResultSize objects, and a warning when there were more."""
    if "ResultSize" not in run.cmdlet.parameters:
        return objects
    size = run.given.get("ResultSize", run.cmdlet.parameters["ResultSize"]["default"])
    if size == "Unlimited" or len(objects) <= size:
        return objects
    run.warnings.append(_MORE)
    return objects[:size]


@behaves("exchange-annotations")
def shaped(cmdlet: Cmdlet, item: Json, names: list[str]) -> Json:
    """An object with the properties of its kind, and the type annotations that come between them."""
    shaped: Json = {}
    for name in names:
        kind = cmdlet.output.get(name)
        if kind is None:
            continue
        value = item.get(name)
        if kind.endswith("[]"):
            value = value or []
            shaped[f"{name}@odata.type"] = "#Collection(String)"
        elif kind == "guid" and value is not None:
            shaped[f"{name}@odata.type"] = "#Guid"
        shaped[name] = _written(kind, value)
    return shaped


@behaves("exchange-times")
def _written(kind: str, value: Any) -> Any:
    if kind == "string" and isinstance(value, int):
        return str(value)
    if kind == "integer" and isinstance(value, str) and value.endswith("Z"):
        return (datetime.fromisoformat(value) - _FIRST) // timedelta(microseconds=1) * 10
    return value


def body_of(url: str, tenant: Tenant, value: list[Json], warnings: list[str]) -> Json:
    return {
        "@odata.context": f"{url}/adminapi/beta/{tenant.tenant_id}/$metadata#Collection(Exchange.GenericHashTable)",
        "adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": warnings,
        "value": value,
    }


@behaves("exchange-errors")
def failed(refusal: Refusal) -> Answer:
    """The forms in which public clients have met failures."""
    headers = refusal.extra.get("headers", {})
    if refusal.extra.get("empty"):
        return Answer(refusal.status, None, headers, refusal.behaviour)
    if refusal.extra.get("plain") or refusal.status == 401:
        return Answer(
            refusal.status, {"error": {"code": refusal.code, "message": refusal.message}}, headers, refusal.behaviour
        )
    error: Json = {
        "code": "BadRequest",
        "message": "Error executing cmdlet",
        "innererror": {
            "message": "Error executing cmdlet",
            "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
            "internalexception": {"message": refusal.message, "type": refusal.code, "stacktrace": ""},
        },
    }
    if refusal.extra.get("details", True):
        number = hashlib.sha256(refusal.code.encode()).hexdigest()[:6].upper()
        text = f"Ex{number}|{refusal.code}|{refusal.message}"
        error["details"] = [{"code": "Context", "target": "", "message": text}]
    return Answer(refusal.status, {"error": error}, headers | {"X-ExceptionType": refusal.code}, refusal.behaviour)
