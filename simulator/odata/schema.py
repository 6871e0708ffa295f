# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate values against the schemas of an OpenAPI 3.0 document: the part of it that the contract uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..state.http_messages import Json

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}
_EDM = {"string": "Edm.String", "boolean": "Edm.Boolean", "integer": "Edm.Int32", "number": "Edm.Double"}


_SENTINEL = "unknownFutureValue"
_ZEROS: Json = {
    "string": "",
    "boolean": False,
    "integer": 0,
    "number": 0,
    "date-time": "0001-01-01T00:00:00Z",
    "duration": "PT0S",
    "uuid": "00000000-0000-0000-0000-000000000000",
}


class Schemas:
    """The named schemas of one document."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._merged: dict[int, Json] = {}

    def resolve(self, schema: Json) -> Json:
        """The schema behind a reference, with inherited properties flattened."""
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
        """All violations of the schema by the value, in the words of OData services."""
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

    def canonical(self, schema: Json, value: Any) -> Any:
        """The value with the schema's spelling of names; unknown ones unchanged."""
        schema = self.typed(schema, value)
        if isinstance(value, list) and "items" in schema:
            return [self.canonical(schema["items"], item) for item in value]
        if not isinstance(value, dict) or "properties" not in schema:
            return value
        known = {name.lower(): name for name in schema["properties"]}
        named = {known.get(name.lower(), name): content for name, content in value.items()}
        return {name: self.canonical(schema["properties"].get(name, {}), content) for name, content in named.items()}

    def completed(self, schema: Json, value: Any) -> Any:
        """The value with all properties of its type: null, empty or zero if unset."""
        schema = self.typed(schema, value)
        if isinstance(value, list):
            return [self.completed(schema["items"], item) for item in value]
        if not isinstance(value, dict) or "properties" not in schema:
            return value
        known = schema["properties"]
        absent = {name: spec for name, spec in known.items() if name not in value and not _left_out(name, spec)}
        return {
            **{name: self.completed(known.get(name, {}), content) for name, content in value.items()},
            **{name: self._empty(spec) for name, spec in absent.items()},
        }

    def hidden(self, schema: Json, value: Any) -> Any:
        """The value for a client that knows no enum members past the sentinel."""
        schema = self.typed(schema, value)
        if isinstance(value, list):
            return [self.hidden(schema["items"], item) for item in value]
        if isinstance(value, dict):
            known = schema.get("properties", {})
            return {name: self.hidden(known.get(name, {}), content) for name, content in value.items()}
        members = schema.get("enum", [])
        if _SENTINEL in members and value in members[members.index(_SENTINEL) :]:
            return _SENTINEL
        return value

    def typed(self, schema: Json, value: Any) -> Json:
        """The schema behind references and "or null", of the type that the value declares."""
        schema = self.resolve(schema)
        if "anyOf" in schema:
            schema = self.resolve(schema["anyOf"][0])
        named = value.get("@odata.type") if isinstance(value, dict) else None
        derived = schema.get("x-derived-types-in-slice", {}).get(named)
        return self.resolve({"$ref": derived}) if derived else schema

    def _empty(self, schema: Json) -> Any:
        schema = self.resolve(schema)
        if "anyOf" in schema or schema.get("nullable"):
            return None
        if "enum" in schema:
            return schema["enum"][0]
        if schema["type"] in ("object", "array"):
            return self.completed(schema, {}) if schema["type"] == "object" else []
        return _ZEROS.get(schema.get("format", "")) or _ZEROS[schema["type"]]

    def _at(self, reference: str) -> Json:
        found: Any = self._document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return dict(found) if not isinstance(found, dict) else found

    def _any_of(self, branches: list[Json], value: Any) -> Iterator[str]:
        """The form of "this type, or null" in the published document."""
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


def _left_out(name: str, schema: Json) -> bool:
    """Contained objects are not shown within an object; annotations are not properties."""
    return name.startswith("@") or (schema.get("type") == "array" and "x-ms-navigationProperty" in schema)


def _scalar(schema: Json, value: Any) -> Iterator[str]:
    members = value.split(",") if "x-ms-enum-flags" in schema else [value]
    if "enum" in schema and not set(members) <= set(schema["enum"]):
        yield f"Requested value '{value}' was not found."
    if "pattern" in schema and not re.match(schema["pattern"], value):
        yield f"Cannot convert the literal '{value}' to the expected type '{schema.get('format', 'string')}'."
    if isinstance(value, (int, float)) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"The value '{value}' is out of range."
