# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms of InvokeCommand's responses: objects and warnings. A tenant's description chooses among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ..behaviours.table import implements
from ..state.http_messages import Answer, Json
from ..state.response_forms import Forms
from .contract import Cmdlet
from .exchange_types import CmdletCall

# The date from which .NET counts ticks of 100 nanoseconds.
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
MORE = (
    "There are more results available than are currently displayed. To view them, increase the value for the "
    "ResultSize parameter."
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_ANNOTATED = {"integer": "System.Int32", "guid": "System.Guid", "datetime": "System.DateTime"}
_ENDINGS = {"seven_digits": ".0000000Z", "offset": "+00:00", "seconds": "Z"}


@implements("exchange-result-size")
def limited(run: CmdletCall, objects: Sequence[Json]) -> tuple[Sequence[Json], bool]:
    """The first ResultSize objects, with a warning if there were more, and whether there is a link."""
    if "ResultSize" not in run.cmdlet.parameters:
        return objects, False
    size = run.given.get("ResultSize", run.cmdlet.parameters["ResultSize"]["default"])
    if size == "Unlimited" or len(objects) <= size:
        return objects, False
    run.warnings.append(MORE)
    return objects[:size], "ResultSize" in run.given and run.tenant.forms.result_size == "dead_link"


def shaped(cmdlet: Cmdlet, item: Json, names: list[str], forms: Forms) -> Json:
    """An object with the properties of its kind, and type annotations between them."""
    shaped: Json = {}
    for name in names:
        kind = cmdlet.output.get(name)
        if kind is None:
            continue
        held = item.get(name)
        is_time = isinstance(held, str) and held[-1:] == "Z" and bool(_TIME.fullmatch(held))
        value = _written(kind, held, forms, is_time=is_time)
        if kind == "boolean" and value is None and name in cmdlet.observed:
            value = False
        if kind.endswith("[]"):
            value = value or []
        if annotation := _annotation(kind, held, forms, is_time=is_time):
            shaped[f"{name}@{annotation[0]}"] = annotation[1]
        shaped[name] = value
    return shaped


@implements("exchange-annotations")
def _annotation(kind: str, value: Any, forms: Forms, *, is_time: bool) -> tuple[str, str] | None:
    """The type annotation of a value."""
    if forms.annotations == "odata_type":
        written = "#Collection(String)" if kind.endswith("[]") else "#Guid" if kind == "guid" and value else None
        return ("odata.type", written) if written else None
    if value is None:
        return None
    written = _ANNOTATED.get("datetime" if is_time and kind != "integer" else kind)
    return ("data.type", written) if written else None


@implements("exchange-times")
def _written(kind: str, value: Any, forms: Forms, *, is_time: bool) -> Any:
    if kind == "string" and isinstance(value, int):
        return str(value)
    if is_time:
        if kind == "integer":
            return (datetime.fromisoformat(value) - _FIRST) // timedelta(microseconds=1) * 10
        return value[:-1] + _ENDINGS[forms.times]
    return value


@implements("exchange-warnings")
def body_of(url: str, run: CmdletCall, value: list[Json], *, has_more: bool) -> Json:
    """A page. If there is a next page, it has the warning too, which means nothing then."""
    warned = has_more and run.tenant.forms.pages == "warned" and MORE not in run.warnings
    return {
        "@odata.context": f"{url}/adminapi/beta/{run.tenant.tenant_id}/$metadata#Collection(Exchange.GenericHashTable)",
        "adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": [*run.warnings, *([MORE] if warned else [])],
        "value": value,
    }


@implements("exchange-empty")
def emptied(body: Json, forms: Forms) -> Answer:
    """No objects, in one of the possible forms."""
    if forms.empty == "no_content" and not body["@adminapi.warnings"]:
        return Answer(204)
    if forms.empty == "null":
        return Answer(200, body | {"value": None})
    if forms.empty == "absent":
        return Answer(200, {name: content for name, content in body.items() if name != "value"})
    return Answer(200, body)
