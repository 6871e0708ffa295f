# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The properties of a type of Graph as kinds of values in a tenant description."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..state.description_kinds import Kind, Scope, meant, shown
from ..state.http_messages import Json
from .schema import Schemas

_WORDS = {"string": "text", "boolean": "true or false", "integer": "a whole number", "number": "a number"}


@dataclass(frozen=True)
class Property:
    """A value as Graph has it, by the schema of the contract."""

    schemas: Schemas
    schema: Json

    @property
    def words(self) -> str:
        return "as in Microsoft Graph"

    def problems(self, value: Any, path: str, scope: Scope) -> Iterator[str]:
        schema = self.schemas.typed(self.schema, value)
        kind = schema.get("type")
        if value is None:
            if any(self.schemas.problems(self.schema, None)):
                yield f"{path} must not be null"
        elif kind == "array":
            if not isinstance(value, list):
                yield f"{path} must be a list, not {shown(value)}"
                return
            for number, item in enumerate(value):
                yield from Property(self.schemas, schema["items"]).problems(item, f"{path}[{number}]", scope)
        elif kind == "object":
            yield from self._object(schema, value, path, scope)
        elif kind and any(self.schemas.problems(schema, value)):
            if isinstance(value, str) and "enum" in schema:
                yield f"{path} is {shown(value)}. {meant(value, [str(one) for one in schema['enum']])}"
            else:
                yield f"{path} must be {_WORDS[kind]}, not {shown(value)}"

    def _object(self, schema: Json, value: Any, path: str, scope: Scope) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path} must be a mapping, not {shown(value)}"
            return
        known = schema.get("properties")
        for name, content in value.items():
            if known is None or (isinstance(name, str) and "@" in name):
                continue
            if name in known:
                yield from Property(self.schemas, known[name]).problems(content, f"{path}.{name}", scope)
            else:
                yield f"there is no key {path}.{name}. {meant(str(name), (one for one in known if '@' not in one))}"


def property_kinds(schemas: Schemas, type_name: str) -> dict[str, Kind]:
    """The properties of a type by name."""
    schema = {"$ref": f"#/components/schemas/microsoft.graph.{type_name}"}
    return {name: Property(schemas, found) for name, found in schemas.properties(schema).items()}


def values_of(schemas: Schemas, type_name: str) -> list[str]:
    """The values of an enumeration."""
    return list(schemas.resolve({"$ref": f"#/components/schemas/microsoft.graph.{type_name}"})["enum"])
