# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Graph contract as operations: which exist, the parameters of each, the permissions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..state.http_messages import ACTION, CREATE, IDEMPOTENT, READ, Json
from .schema import Schemas

CONTRACTS = Path(__file__).parents[1] / "contracts"
# A name with its namespace: of an action or function, or of the type to which a list of several types is cast.
_NAMESPACE = re.compile(r"/((?:microsoft\.)?graph\.)(\w+)(?=\(|/\$count$|$)", re.IGNORECASE)
_CAST = ("members", "transitivemembers", "memberof", "transitivememberof", "owners")
_QUOTED_KEY = re.compile(r"(?<=[a-zA-Z])\('([^'/]*)'\)")


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    template: str
    options: frozenset[str]
    permissions: Json
    body: Json | None
    answer: Json | None
    success: int
    action: bool
    # the other possible status of a success
    also: int | None = None

    @property
    def intune(self) -> bool:
        return self.template.startswith(("/deviceManagement", "/deviceAppManagement"))

    @property
    def kind(self) -> str:
        if self.method == "GET":
            return READ
        if self.method == "POST":
            return ACTION if self.action else CREATE
        return IDEMPOTENT

    def allowed(self, granted: frozenset[str], *, delegated: bool) -> bool:
        """Whether these permissions suffice: one of the listed ones, or a whole combination."""
        listed = self.permissions.get("delegated" if delegated else "application", {})
        if "combination" in listed:
            return granted.issuperset(listed["combination"])
        return bool(granted.intersection(listed.get("least", []) + listed.get("other", [])))


def graph_document(directory: Path = CONTRACTS) -> Json:
    """contracts/graph-v1.0.json with the further paths of contracts/graph-more-paths.json, which come first."""
    document: Json = json.loads((directory / "graph-v1.0.json").read_text())
    more = json.loads((directory / "graph-more-paths.json").read_text())
    document["paths"] = more["paths"] | document["paths"]
    for kind, parts in more["components"].items():
        document["components"][kind] |= parts
    return document


class Contract:
    """The Graph contract, parsed for look-ups."""

    def __init__(self, directory: Path = CONTRACTS) -> None:
        document = graph_document(directory)
        self.schemas = Schemas(document)
        self._routes: list[tuple[re.Pattern[str], str, dict[str, Operation]]] = []
        for template, methods in document["paths"].items():
            operations = {
                method.upper(): self._operation(template, method.upper(), described)
                for method, described in methods.items()
                if method != "parameters"
            }
            self._routes.append((_pattern(template), template, operations))

    def operations(self) -> list[Operation]:
        return [operation for *_unused, methods in self._routes for operation in methods.values()]

    def delegated(self) -> frozenset[str]:
        """All permissions that a person can delegate to an application."""
        listed = [operation.permissions.get("delegated", {}) for operation in self.operations()]
        return frozenset(scope for one in listed for scopes in one.values() for scope in scopes)

    def application(self) -> frozenset[str]:
        """All application permissions."""
        listed = [operation.permissions.get("application", {}) for operation in self.operations()]
        return frozenset(scope for one in listed for scopes in one.values() for scope in scopes)

    def match(self, path: str) -> tuple[dict[str, Operation], list[str]] | None:
        """The operations on a path by method, and the values in place of keys."""
        # msgraph-sdk sends /v1.0//users, so empty segments are ignored.
        path = re.sub("/{2,}", "/", _QUOTED_KEY.sub(r"/\1", path)).rstrip("/")
        for candidate in (path, _NAMESPACE.sub(r"/\2", path), _without_cast(path)):
            for pattern, _unused, operations in self._routes:
                if found := pattern.fullmatch(candidate):
                    return operations, list(found.groups())
        return None

    def _operation(self, template: str, method: str, described: Json) -> Operation:
        parameters = [self.schemas.resolve(parameter) for parameter in described.get("parameters", [])]
        answer = self.schemas.resolve(described["responses"]["2XX"])
        return Operation(
            id=described["operationId"],
            method=method,
            template=template,
            options=frozenset(parameter["name"] for parameter in parameters if parameter["in"] == "query"),
            permissions=described.get("x-permissions", {}),
            body=_content(described.get("requestBody", {})),
            answer=_content(answer),
            success=described["x-documented-success"]["status"],
            action=described["x-ms-docs-operation-type"] == "action",
            also=described["x-documented-success"].get("also"),
        )


def cast_of(path: str) -> str:
    """The type at the end of a path if it casts a list of several types; else empty."""
    path = path.rstrip("/")
    found = _NAMESPACE.search(path)
    if not found or _without_cast(path) == path:
        return ""
    return f"microsoft.graph.{found[2][:1].lower()}{found[2][1:]}"


def _without_cast(path: str) -> str:
    found = _NAMESPACE.search(path)
    is_list = found is not None and path[: found.start()].rpartition("/")[2].lower() in _CAST
    return _NAMESPACE.sub("", path) if is_list else path


@lru_cache
def shipped_contract() -> Contract:
    """The contract that all simulators of a process share."""
    return Contract()


def _content(part: Json) -> Json | None:
    found: Json | None = part.get("content", {}).get("application/json", {}).get("schema")
    return found


def _pattern(template: str) -> re.Pattern[str]:
    pieces = re.split(r"\{[^}]*\}", template)
    return re.compile("([^/'$][^/']*)".join(re.escape(piece) for piece in pieces), re.IGNORECASE)
