# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The behaviour of Graph for every collection: list, get, create, update, delete. Rules of one type are hooks."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from ..behaviours.table import implements
from ..state.http_messages import Answer, Json, Refusal
from ..state.replication import arrived
from ..state.snapshots import refuse_unheld
from ..state.tenant import Tenant
from .contract import Operation
from .filters import of_type, refuse_simple, refuse_undocumented
from .query import Filter, ordered, selected
from .schema import Schemas
from .search import searched


@dataclass(frozen=True)
class RequestContext:
    """The context of one operation."""

    tenant: Tenant
    operation: Operation
    keys: list[str]
    options: dict[str, str]
    body: Json
    now: datetime
    schemas: Schemas
    root: str
    page_size: int
    tenants: dict[str, Tenant]
    consistent: bool
    prefer: str
    # object id of the caller, and the permissions of the token
    caller: str
    granted: frozenset[str]
    # the type at the end of the path, such as microsoft.graph.group: only objects of it are requested
    cast: str
    # publishes a file for download without a token, and returns its address
    publish: Callable[[str], str]

    @property
    def path(self) -> str:
        path = self.operation.template
        for key in self.keys:
            opening, closing = path.index("{"), path.index("}")
            path = f"{path[:opening]}{quote(key)}{path[closing + 1 :]}"
        return path


def _as_it_is(tenant: Tenant, item: Json, now: datetime) -> Json:
    return item


def _new(scene: RequestContext, item_id: str) -> Json:
    return scene.body | {"id": item_id}


def _changes(scene: RequestContext, item: Json) -> Json:
    return scene.body


def _nothing(scene: RequestContext, item: Json) -> None:
    return None


def _open(scene: RequestContext) -> None:
    return None


@dataclass(frozen=True)
class Resource:
    """A collection of Graph: its store, and its special rules."""

    store: str
    type: str
    view: Callable[[Tenant, Json, datetime], Json] = _as_it_is
    gate: Callable[[RequestContext], None] = _open
    create: Callable[[RequestContext, str], Json] = _new
    change: Callable[[RequestContext, Json], Json] = _changes
    delete: Callable[[RequestContext, Json], None] = _nothing
    # Another property that may replace the id in the URL.
    alternate_key: str | None = None
    # The default properties without $select; empty: all of them.
    shown: tuple[str, ...] = ()
    # Properties that are omitted unless selected.
    concealed: frozenset[str] = frozenset()
    # Properties that only a single object returns, and only when nothing else is selected.
    alone: frozenset[str] = frozenset()
    expands: dict[str, Callable[[Tenant, Json], Any]] = field(default_factory=dict)
    # Collections within an object, stored under their name with an underscore, and their types.
    contains: dict[str, str] = field(default_factory=dict)
    # Whether a response has every property of the type, set or not.
    complete: bool = False
    # The documented operators of $filter for each property; None: not documented.
    filters: dict[str, frozenset[str]] | None = None
    # Directory objects are counted only for clients that accept eventual consistency; some lists never are.
    counted: bool = True
    countable: bool = True
    behaviour: str = "graph-collections"
    # The form of a response that differs from the operation's, as in beta.
    answer: Json | None = None

    def locate(self, scene: RequestContext) -> Json:
        store, key = scene.tenant.store(self.store), scene.keys[0]
        item = store.get(key.lower()) or store.get(key)
        if item is None and self.alternate_key:
            item = store.find(self.alternate_key, key)
        if item is None or not arrived([item], scene.now):
            refuse_unheld(scene.tenant, self.store, key)
            raise not_found(scene, key)
        return item


def not_found(scene: RequestContext, key: str) -> Refusal:
    if scene.operation.intune:
        return Refusal(
            "intune-not-found",
            status=404,
            code="ResourceNotFound",
            message=f"Resource not found for the key '{key}'.",
            intune=True,
        )
    return Refusal(
        "directory-not-found",
        status=404,
        code="Request_ResourceNotFound",
        message=(f"Resource '{key}' does not exist or one of its queried reference-property objects are not present."),
    )


@implements("graph-collections")
def list_entities(scene: RequestContext, resource: Resource) -> Answer:
    items = arrived(scene.tenant.store(resource.store), scene.now)
    if not items and _says_nothing(scene, resource):
        return Answer(200)
    return listed(scene, [resource.view(scene.tenant, item, scene.now) for item in items], resource)


@implements("intune-without-body")
def _says_nothing(scene: RequestContext, resource: Resource) -> bool:
    return resource.store in scene.tenant.intune["without_body"]


@implements("graph-contained")
def list_contained(scene: RequestContext, resource: Resource) -> Answer:
    """The objects within one object: the last part of the path names the collection."""
    name = scene.operation.template.rpartition("/")[2]
    contained = replace(resource, type=resource.contains[name], counted=True, filters=None)
    return listed(scene, resource.locate(scene)[f"_{name}"], contained)


@implements("graph-collections")
def get_entity(scene: RequestContext, resource: Resource) -> Answer:
    item = resource.view(scene.tenant, resource.locate(scene), scene.now)
    return Answer(200, _context(scene) | _shown(scene, item, resource))


@implements("graph-collections")
def create_entity(scene: RequestContext, resource: Resource) -> Answer:
    item_id = str(uuid.uuid4())
    item = scene.tenant.store(resource.store).add(item_id, resource.create(scene, item_id))
    return Answer(scene.operation.success, _context(scene) | _written(scene, item, resource))


@implements("graph-collections")
def update_entity(scene: RequestContext, resource: Resource) -> Answer:
    item = resource.locate(scene)
    changes = {name: value for name, value in resource.change(scene, item).items() if "@" not in name}
    item = scene.tenant.store(resource.store).update(item["id"], changes)
    if scene.operation.success == 204:
        return Answer(204)
    return Answer(200, _context(scene) | _written(scene, item, resource))


def _written(scene: RequestContext, item: Json, resource: Resource) -> Json:
    return _whole(scene, _public(resource.view(scene.tenant, item, scene.now)), resource)


@implements("graph-collections")
def delete_entity(scene: RequestContext, resource: Resource) -> Answer:
    item = resource.locate(scene)
    resource.delete(scene, item)
    scene.tenant.store(resource.store).remove(item["id"])
    return Answer(204)


def listed(scene: RequestContext, items: list[Json], resource: Resource) -> Answer:
    """One page of a list, according to the query options."""
    options = scene.options
    properties = scene.schemas.properties({"$ref": f"#/components/schemas/{resource.type}"})
    if "$select" in options:
        selected({}, options["$select"], properties)
    _expanded(scene, resource)
    items = of_type(scene, items)
    sought: list[str] = []
    if "$search" in options:
        items = list(filter(searched(scene, properties, is_directory=not resource.counted), items))
    if "$filter" in options:
        wanted = Filter(options["$filter"], properties)
        refuse_undocumented(wanted, resource.filters)
        refuse_simple(wanted, scene, is_directory=not resource.counted)
        items = [item for item in items if wanted.test(item)]
        sought = wanted.sought
    if scene.operation.template == f"/{resource.store}":
        _refuse_incomplete(scene, resource, items, sought)
    if "$orderby" in options:
        items = ordered(items, options["$orderby"], properties)
    items = items[_number(options, "$skip", 0) :]
    start = _position(scene, options.get("$skiptoken"))
    end = start + max(1, min(_number(options, "$top", scene.page_size), scene.page_size))
    body = _context(scene)
    if options.get("$count") == "true" and _counts(scene, resource):
        body["@odata.count"] = len(items)
    if end < len(items):
        token = base64.urlsafe_b64encode(json.dumps([scene.path, end]).encode()).decode()
        body["@odata.nextLink"] = f"{scene.root}{scene.path}?{urlencode(options | {'$skiptoken': token}, safe='$')}"
    body["value"] = [_shown(scene, item, resource) for item in items[start:end]]
    return Answer(200, body)


def _refuse_incomplete(scene: RequestContext, resource: Resource, items: list[Json], sought: list[str]) -> None:
    """Refuse a list without an object that the snapshot of a copy may only not hold."""
    held = {str(value).casefold() for item in items for value in item.values()}
    unheld = [one for one in sought if one.casefold() not in held]
    if unheld or not items or not scene.options.keys() & {"$filter", "$search"}:
        refuse_unheld(scene.tenant, resource.store, unheld[0] if unheld else f"all {resource.store}")


@implements("graph-complete")
def _whole(scene: RequestContext, item: Json, resource: Resource) -> Json:
    if not resource.complete:
        return item
    whole: Json = scene.schemas.completed({"$ref": f"#/components/schemas/{resource.type}"}, item)
    return whole


def _shown(scene: RequestContext, item: Json, resource: Resource) -> Json:
    properties = scene.schemas.properties({"$ref": f"#/components/schemas/{resource.type}"})
    shown = _whole(scene, _public(item), resource)
    if "$select" in scene.options:
        shown = selected(shown, scene.options["$select"], properties)
    elif resource.shown:
        shown = {name: shown[name] for name in resource.shown if name in shown}
    else:
        shown = {name: value for name, value in shown.items() if name not in resource.concealed}
    shown = _without_company(scene, shown, resource)
    for name in _expanded(scene, resource):
        inside = name in resource.contains
        shown[name] = _public(item[f"_{name}"]) if inside else resource.expands[name](scene.tenant, item)
    return shown


@implements("mdm-authority")
def _without_company(scene: RequestContext, shown: Json, resource: Resource) -> Json:
    """Without the properties that are returned only on their own, unless they were requested so."""
    asked = scene.options.get("$select", "").strip().lower()
    by_itself = {name for name in resource.alone if name.lower() == asked and scene.keys}
    return {name: value for name, value in shown.items() if name not in resource.alone - by_itself}


@implements("graph-expand")
def _expanded(scene: RequestContext, resource: Resource) -> list[str]:
    known = {name.lower(): name for name in (*resource.contains, *resource.expands)}
    names = scene.options["$expand"].split(",") if "$expand" in scene.options else []
    for name in names:
        if name.lower() not in known:
            raise Refusal("graph-expand", status=400, code="BadRequest", message=f"Cannot expand '{name}'.")
    return [known[name.lower()] for name in names]


@implements("managed-device-count")
def _is_never_counted(resource: Resource) -> bool:
    return not resource.countable


@implements("graph-count")
def _counts(scene: RequestContext, resource: Resource) -> bool:
    return not _is_never_counted(resource) and (resource.counted or scene.consistent)


def _public(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _public(content) for name, content in value.items() if not name.startswith("_")}
    return [_public(item) for item in value] if isinstance(value, list) else value


# Lists whose elements are any kind of directory object.
_OBJECTS = ("members", "transitiveMembers", "memberOf", "transitiveMemberOf", "owners")


def _context(scene: RequestContext) -> Json:
    entity = "" if scene.operation.method == "GET" and not scene.keys else "/$entity"
    collection = scene.operation.template.partition("/{")[0].lstrip("/")
    if scene.operation.template.rpartition("/")[2] in _OBJECTS:
        collection, entity = f"{scene.cast.rpartition('.')[2]}s" if scene.cast else "directoryObjects", ""
    return {"@odata.context": f"{scene.root}/$metadata#{collection}{entity}"}


def _number(options: dict[str, str], name: str, default: int) -> int:
    text = options.get(name)
    if text is None:
        return default
    if not text.isdigit():
        raise Refusal(
            "graph-query-invalid", status=400, code="BadRequest", message=f"Invalid value '{text}' for {name}."
        )
    return int(text)


def _position(scene: RequestContext, token: str | None) -> int:
    """The start of a page. The token is opaque: clients must return it unchanged."""
    if token is None:
        return 0
    try:
        path, start = json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError):
        path, start = None, 0
    if path != scene.path:
        raise Refusal("graph-paging", status=400, code="BadRequest", message="Invalid skip token.")
    return int(start)
