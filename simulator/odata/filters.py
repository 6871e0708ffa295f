# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of a Graph list: documented properties and operators, advanced queries with their header."""

from __future__ import annotations

from typing import Protocol

from ..behaviours.table import implements
from ..state.http_messages import Json, Refusal
from .query import Filter


class Asked(Protocol):
    """The parts of a request that decide whether a query is an advanced one."""

    @property
    def consistent(self) -> bool:
        """Whether a read sees what was just written."""

    @property
    def options(self) -> dict[str, str]:
        """The query options of the request."""

    @property
    def cast(self) -> str:
        """The type that the path of the request casts to, if any."""


@implements("graph-cast")
def of_type(asked: Asked, items: list[Json]) -> list[Json]:
    """Only objects of the type at the end of the path, which then need no type annotation."""
    if not asked.cast:
        return items
    kind = f"#{asked.cast}".lower()
    chosen = [item for item in items if str(item.get("@odata.type")).lower() == kind]
    return [{name: value for name, value in item.items() if name != "@odata.type"} for item in chosen]


@implements("graph-filter")
def refuse_undocumented(wanted: Filter, filters: dict[str, frozenset[str]] | None) -> None:
    documented = {name.lower(): operators for name, operators in (filters or {}).items()}
    for name, operator in wanted.used if filters is not None else []:
        if name and operator not in documented.get(name.lower(), ()):
            raise Refusal(
                "graph-filter",
                status=400,
                code="BadRequest",
                message=f"Invalid filter clause: '{operator}' is not supported on the property '{name}'.",
            )


@implements("graph-advanced")
def refuse_simple(wanted: Filter, asked: Asked, *, is_directory: bool) -> None:
    """For directory objects, advanced queries are refused without their header and $count=true."""
    advanced = {operator for _unused, operator in wanted.used} & {"endswith", "ne", "not"}
    if advanced and is_directory and not (asked.consistent and asked.options.get("$count") == "true"):
        raise Refusal(
            "graph-advanced",
            status=400,
            code="Request_UnsupportedQuery",
            message=(
                f"Operator '{min(advanced)}' is not supported because the required parameters might be missing. Try "
                "adding $count=true query parameter and ConsistencyLevel:eventual header."
            ),
        )
