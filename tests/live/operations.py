# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operation of a request in the simulator's contracts: the name under which both sides are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from simulator.cmdlets.contract import load_cmdlets
from simulator.odata.contract import Contract
from simulator.state.http_messages import READ

GRAPH, EXCHANGE = "graph", "exchange"
BATCH = "x.batch"
UNKNOWN = "(not in the contract)"
_CONTRACT = Contract()
_CMDLETS = load_cmdlets()
_SHAPING = ("$select", "$expand")  # which determines the returned properties
_MADE = ("ActiveSyncDeviceAccessRule", "MobileDeviceMailboxPolicy")
_WHAT_IF = "identity.conditionalAccess.evaluate"  # an action that changes nothing
_POLICIES = "/identity/conditionalAccess/policies"


@dataclass(frozen=True)
class Asked:
    """`reads`: it changes nothing. `ours`: it writes one of the three objects that may be created for a comparison."""

    service: str
    operation: str
    shaping: str = ""
    reads: bool = False
    ours: bool = False
    schema: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> tuple[str, str, str]:
        return self.service, self.operation, self.shaping


def asked_of_graph(method: str, url: str, body: Any = None) -> Asked:
    """`url`: with or without host and version."""
    parts = urlsplit(url)
    path = "/" + unquote(parts.path).lstrip("/").removeprefix("v1.0/").removeprefix("beta/")
    found = _CONTRACT.match(path)
    operation = found[0].get(method) if found else None
    if operation is None:
        return Asked(GRAPH, UNKNOWN, reads=method == "GET")
    reads = operation.kind == READ or operation.id == _WHAT_IF
    if operation.id == BATCH:
        reads = all(one["method"] == "GET" for one in body["requests"])
    ours = operation.template.startswith(_POLICIES)
    return Asked(GRAPH, operation.id, _shaping(parts.query), reads, ours, operation.answer)


def asked_of_exchange(method: str, url: str, body: Any = None) -> Asked:
    parts = urlsplit(url)
    if not isinstance(body, dict):
        return Asked(EXCHANGE, f"{method} {parts.path.rpartition('/')[2]}", reads=method == "GET")
    name = body["CmdletInput"]["CmdletName"]
    known = _CMDLETS.get(name.lower())
    if known is None:
        return Asked(EXCHANGE, name, _shaping(parts.query))
    return Asked(EXCHANGE, name, _shaping(parts.query), known.kind == READ, known.noun in _MADE)


def _shaping(query: str) -> str:
    given = dict(parse_qsl(query))
    return "&".join(f"{name}={','.join(sorted(given[name].split(',')))}" for name in _SHAPING if name in given)


def strays(asked: Asked, body: Any) -> set[tuple[str, ...]]:
    """The places of values that the contract does not list for their enumeration."""
    if asked.service == EXCHANGE:
        listed = _listed(asked.operation)
        objects = body.get("value") if isinstance(body, dict) else None
        return {
            ("value", "[]", name)
            for one in (objects if isinstance(objects, list) else ())
            for name, value in (one.items() if isinstance(one, dict) else ())
            if name in listed and isinstance(value, str) and value and value.casefold() not in listed[name]
        }
    return set(_strays(asked.schema, body, ())) if asked.schema else set()


def _listed(cmdlet: str) -> dict[str, set[str]]:
    """The values that parameters of New- and Set- accept, the only source for properties of the same name."""
    noun = cmdlet.partition("-")[2].lower()
    return {
        name: {str(one).casefold() for one in spec["allowed_values"]}
        for verb in ("new", "set")
        if (known := _CMDLETS.get(f"{verb}-{noun}"))
        for name, spec in known.parameters.items()
        if spec.get("allowed_values")
    }


def _strays(schema: Any, value: Any, place: tuple[str, ...]) -> list[tuple[str, ...]]:
    if value is None:
        return []
    schema = _CONTRACT.schemas.typed(schema, value)
    if isinstance(value, list):
        return [one for item in value for one in _strays(schema.get("items", {}), item, (*place, "[]"))]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        return [
            one for name in known.keys() & value.keys() for one in _strays(known[name], value[name], (*place, name))
        ]
    members = str(value).split(",") if "x-ms-enum-flags" in schema else [value]
    listed = schema.get("enum")
    return [place] if listed and isinstance(value, str) and not set(members) <= set(listed) else []
