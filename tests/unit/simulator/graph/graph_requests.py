# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Graph contract, completed for generating requests: it says less than OData and the service's pages.

Only this is added: properties that pages require are required; types are closed, and named where a name is needed;
"this type, or an object that may be null" means the type, or null; `$select` and `$orderby` name properties of the
listed type, `$filter` compares them; keys in paths are those of existing objects, or plain words. `$search`, which is
refused without its header, and `$expand` of what the simulator does not expand, are left out.
"""

from __future__ import annotations

import copy
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from openapi_schema_validator import OAS30Validator

from simulator.graph.table import RESOURCES

Json = dict[str, Any]
_TYPE = "microsoft.graph."
# The expansions of the simulator, and its documented $filters: by type, from its table of resources.
EXPANDED = {one.type.removeprefix(_TYPE): sorted({*one.expands, *one.contains}) for one in RESOURCES.values()}
FILTERED = {one.type.removeprefix(_TYPE): one.filters for one in RESOURCES.values() if one.filters is not None}
# Properties that the pages of these operations require, and the metadata does not.
_OBJECT = {"type": "object"}
REQUIRED: dict[str, Json] = {
    "identity.conditionalAccess.CreatePolicies": {
        "required": ["conditions", "displayName", "grantControls", "state"],
        "properties": {
            "conditions": _OBJECT | {"required": ["applications", "clientAppTypes", "users"]},
            "grantControls": _OBJECT,
        },
    },
    "identity.conditionalAccess.evaluate": {
        "required": ["signInConditions", "signInContext", "signInIdentity"],
        "properties": {
            "signInConditions": _OBJECT | {"minProperties": 1},
            "signInContext": _OBJECT,
            "signInIdentity": _OBJECT,
        },
    },
}


class Prepared:
    """The document with the schemas of requests laid flat and closed."""

    def __init__(self, document: Json, keys: dict[str, list[str]]) -> None:
        self._document = document
        self._keys = keys
        self._flat: Json = {}
        self.document = self._prepared()

    def forbids(self, template: str, method: str, url: str, body: bytes | str | None) -> bool:
        """Whether the document forbids a request as it was sent."""
        operation = self.document["paths"][template][method.lower()]
        known = {parameter["name"]: parameter["schema"] for parameter in operation["parameters"]}
        query = parse_qs(urlsplit(url).query, keep_blank_values=True)
        if any(name not in known or not _is(known[name], values[-1]) for name, values in query.items()):
            return True
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return False
        wanted = {"allOf": [content["schema"]], "components": self.document["components"]}
        try:
            return not body or not OAS30Validator(wanted).is_valid(json.loads(body))
        except ValueError:
            return True

    def _prepared(self) -> Json:
        prepared = copy.deepcopy(self._document)
        for template, methods in prepared["paths"].items():
            for method, operation in methods.items():
                if method != "parameters":
                    self._prepare(template, operation)
            methods["parameters"] = [self._key(parameter) for parameter in methods.get("parameters", [])]
        prepared["components"]["schemas"] |= self._flat
        return prepared

    def _prepare(self, template: str, operation: Json) -> None:
        properties = self._listed(operation)
        found = [self._query(self._resolved(one), properties) for one in operation.get("parameters", [])]
        operation["parameters"] = [one for one in found if one is not None]
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            body["schema"] = self._closed(body["schema"])
            if operation["operationId"] in REQUIRED:
                body["schema"] = {"allOf": [body["schema"], _OBJECT | REQUIRED[operation["operationId"]]]}

    def _key(self, parameter: Json) -> Json:
        known = self._keys.get(parameter["name"], [])
        schema = {"type": "string", "enum": [*known, "nothing", "00000000-0000-0000-0000-000000000000"]}
        return parameter | {"schema": schema}

    def _query(self, parameter: Json, listed: tuple[str, Json]) -> Json | None:
        title, properties = listed
        names = sorted(name for name in properties if "@" not in name)
        items: list[str] | None = None
        match parameter["name"]:
            case "$select":
                items = names
            case "$orderby":
                items = [*names, *(f"{name} desc" for name in names)]
            case "$expand":
                items = EXPANDED.get(title, [])
            case "$filter":
                return parameter | {"schema": {"type": "string", "enum": _filters(title, properties)}}
            case "$search":
                return None
        if items is None:
            return parameter
        schema = {"type": "array", "uniqueItems": True, "minItems": 1, "items": {"type": "string", "enum": items}}
        return parameter | {"schema": schema} if items else None

    def _listed(self, operation: Json) -> tuple[str, Json]:
        """The type of the objects that an operation returns, and their properties."""
        answer = self._resolved(operation["responses"]["2XX"])
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        properties = self._properties(schema)
        if "value" in properties and "items" in properties["value"]:
            schema = properties["value"]["items"]
        return self._resolved(schema).get("title") or self._title(schema), self._properties(schema)

    def _title(self, schema: Json) -> str:
        return next((part["title"] for part in self._resolved(schema).get("allOf", []) if "title" in part), "")

    def _properties(self, schema: Json) -> Json:
        schema = self._resolved(schema)
        found: Json = dict(schema.get("properties", {}))
        for part in schema.get("allOf", []):
            found |= self._properties(part)
        return found

    def _resolved(self, part: Json) -> Json:
        while "$ref" in part:
            found: Any = self._document
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return part

    def _closed(self, schema: Json) -> Json:
        """The schema without inheritance, and without additional properties."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if f"closed.{name}" not in self._flat:
                self._flat[f"closed.{name}"] = {}
                self._flat[f"closed.{name}"].update(self._closed(self._resolved(schema)))
            return {"$ref": f"#/components/schemas/closed.{name}"}
        if "anyOf" in schema:
            return {"anyOf": [self._closed(schema["anyOf"][0]), {"type": "string", "enum": [None], "nullable": True}]}
        if "items" in schema:
            return schema | {"items": self._closed(schema["items"])}
        properties = self._properties(schema)
        if set(properties) == {"@odata.type"} and "x-derived-types-in-slice" in schema:
            return {"anyOf": [self._named(*one) for one in sorted(schema["x-derived-types-in-slice"].items())]}
        if not properties:
            return schema
        closed = {name: self._closed(content) for name, content in properties.items() if "@" not in name}
        kept: Json = {name: schema[name] for name in ("required", "nullable") if name in schema}
        return {"type": "object", "properties": closed, "additionalProperties": False, **kept}

    def _named(self, name: str, reference: str) -> Json:
        """A type that replaces one without its own properties, and must have its name."""
        closed = self._closed(self._resolved({"$ref": reference}))
        closed["properties"]["@odata.type"] = {"type": "string", "enum": [name]}
        return closed | {"required": ["@odata.type"]}


def _is(schema: Json, text: str) -> bool:
    """Whether a query option has a value that its schema allows."""
    match schema["type"]:
        case "boolean":
            return text in ("true", "false")
        case "integer":
            return text.isdigit()
        case "array":
            items = text.split(",")
            return len(set(items)) == len(items) and all(item in schema["items"]["enum"] for item in items)
    return text in schema["enum"]


def _filters(title: str, properties: Json) -> list[str]:
    """Documented comparisons; without a list of them, those of directory objects, of plain text and flags."""
    if title in FILTERED:
        return [_comparison(name, operator) for name, known in FILTERED[title].items() for operator in sorted(known)]
    texts = [name for name, spec in properties.items() if spec.get("type") == "string" and "format" not in spec]
    flags = [name for name, spec in properties.items() if spec.get("type") == "boolean"]
    texts = [name for name in texts if "@" not in name]
    return [
        *(f"{name} eq 'x'" for name in texts[:6]),
        *(f"startswith({name},'a') or not({name} eq null)" for name in texts[:4]),
        *(f"{name} in ('a','b') and {name} ne 'it''s'" for name in texts[:4]),
        *(f"{name} eq true" for name in flags[:4]),
    ]


def _comparison(name: str, operator: str) -> str:
    if operator in ("startswith", "contains"):
        return f"{operator}({name},'a')"
    value = "2026-01-01T00:00:00Z" if name.endswith("DateTime") else "0" if name.endswith("Code") else "'x'"
    return f"{name} {operator} {value}"
