# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values against the schemas of an OpenAPI 3.0 document: the part of it that the contract slice uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ._wire import Json

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}
_EDM = {"string": "Edm.String", "boolean": "Edm.Boolean", "integer": "Edm.Int32", "number": "Edm.Double"}


class Schemas:
    """The named schemas of one document."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._merged: dict[int, Json] = {}

    def resolve(self, schema: Json) -> Json:
        """The schema behind a reference, with what it inherits laid flat."""
        while "$ref" in schema:
            schema = self._at(schema["$ref"])
        if "allOf" not in schema:
            return schema
        if id(schema) not in self._merged:
            parts = [self.resolve(part) for part in schema["allOf"]]
            flat: Json = {"type": "object", "properties": {}}
            for part in parts:
                flat["properties"].update(part.get("properties", {}))
                flat["title"] = part.get("title", flat.get("title"))
            if "x-derived-types-in-slice" in schema:
                flat["x-derived-types-in-slice"] = schema["x-derived-types-in-slice"]
            self._merged[id(schema)] = flat
        return self._merged[id(schema)]

    def properties(self, schema: Json) -> Json:
        found: Json = self.resolve(schema).get("properties", {})
        return found

    def problems(self, schema: Json, value: Any) -> Iterator[str]:
        """Everything about the value that the schema does not allow, in the words of OData services."""
        schema = self.resolve(schema)
        if "anyOf" in schema:
            yield from self._any_of(schema["anyOf"], value)
            return
        if value is None:
            if not schema.get("nullable") and "type" in schema:
                expected = schema.get("title", schema["type"])
                yield f"A null value was found where a value of type '{expected}' is expected."
            return
        kind = schema.get("type")
        if kind is None:
            return
        if not isinstance(value, _TYPES[kind]) or (kind in ("integer", "number") and isinstance(value, bool)):
            yield f"Cannot convert the literal '{value}' to the expected type '{_EDM.get(kind, kind)}'."
        elif isinstance(value, dict):
            yield from self._object(schema, value)
        elif isinstance(value, list):
            yield from self._array(schema, value)
        else:
            yield from _scalar(schema, value)

    def _at(self, reference: str) -> Json:
        found: Any = self._document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return dict(found) if not isinstance(found, dict) else found

    def _any_of(self, branches: list[Json], value: Any) -> Iterator[str]:
        """How the published document writes "this type, or null"."""
        if value is None:
            if not any(self.resolve(branch).get("nullable") for branch in branches):
                yield "A null value was found where a value is expected."
            return
        yield from self.problems(branches[0], value)

    def _object(self, schema: Json, value: Json) -> Iterator[str]:
        derived = schema.get("x-derived-types-in-slice", {}).get(value.get("@odata.type"))
        if derived:
            schema = self.resolve({"$ref": derived})
        properties = schema.get("properties")
        for name in schema.get("required", []):
            if name not in value:
                yield f"The required property '{name}' is missing."
        if properties is None:
            return
        for name, content in value.items():
            if name in properties:
                yield from self.problems(properties[name], content)
            elif "@" not in name:
                yield (
                    f"The property '{name}' does not exist on type 'microsoft.graph.{schema.get('title', 'object')}'. "
                    "Make sure to only use property names that are defined by the type."
                )

    def _array(self, schema: Json, value: list[Any]) -> Iterator[str]:
        if len(value) > schema.get("maxItems", len(value)) or len(value) < schema.get("minItems", 0):
            yield f"The number of items, {len(value)}, is outside the permitted range."
        for item in value:
            yield from self.problems(schema["items"], item)


def _scalar(schema: Json, value: Any) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"Requested value '{value}' was not found."
    if "pattern" in schema and not re.match(schema["pattern"], value):
        yield f"Cannot convert the literal '{value}' to the expected type '{schema.get('format', 'string')}'."
    if isinstance(value, (int, float)) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"The value '{value}' is out of range."
