# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring an object to its desired state: read, compare, then create, change or remove it; the same in check mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.resource import Record, Resource, returned
from .._core.targets import only
from .._http.poll import Attempts, poll, waiting
from .tenant import Tenant

_MAX_RETRIES = 3  # how often to start again after somebody else changed the object
_MAX_POLLS = 7  # how often to look for a new object, over about half a minute


@dataclass(frozen=True)
class _Change:
    """The current records of a resource, and the desired state of the task's object; either may be empty.

    `write_only`: the task also sets a value that services never return, so it cannot be compared.
    """

    listed: list[Record]
    record: Record | None
    before: dict[str, Any]
    after: dict[str, Any]
    write_only: bool

    @property
    def needed(self) -> bool:
        return self.after != self.before or self.write_only


def ensure(resource: Resource, tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring one object to the desired state; whichever side is empty says what to do."""
    start: dict[str, Any] | None = None  # before the task: a write with a lost response may change it
    extra: Mapping[str, Any] = {}
    writes = tenant.http.writes
    for round_number in range(1, _MAX_RETRIES + 1):
        change = _compare(resource, tenant, params)
        start = change.before if start is None else start
        if change.needed:
            extra = resource.before_write(tenant, params, change.record) or {}
        if check_mode or not change.needed:
            record = change.record
            break
        try:
            record = _written(resource, tenant, params, change)
            break
        except TenantError as error:
            if not _may_repeat(resource, error) or round_number == _MAX_RETRIES:
                raise
            if error.kind != "outcome_unknown" and tenant.http.writes == writes:
                start, extra = None, {}  # somebody else changed it and the task nothing, so it starts again
            tenant.http.pause(round_number, None, Purpose(error.action))
    if check_mode:
        record = {**(record or {}), **resource.to_api(change.after)}
    return {
        "changed": change.after != start or change.write_only,
        "diff": {"before": start, "after": change.after},
        resource.name: {} if _is_absent(params) else returned(record or {}),
        **extra,
    }


def _is_absent(params: Mapping[str, Any]) -> bool:
    return params.get("state") == "absent"


def _compare(resource: Resource, tenant: Tenant, params: Mapping[str, Any]) -> _Change:
    listed = resource.backend.list(tenant)
    for key in resource.keys:
        if not all(one.get(key.api) for one in listed):
            # An object without its key may be the desired one, which would be created twice.
            raise TypeError(f"{key.api} of a {resource.name} that is listed is missing")
    record = _only(resource, tenant, [one for one in listed if resource.identifies(one, params)])
    before = resource.view(record)
    if _is_absent(params):
        return _Change(listed, record, before, {}, write_only=False)
    after = {**before, **resource.changes(params, before)}
    return _Change(listed, record, before, after, resource.sets_write_only(params, record))


def _may_repeat(resource: Resource, error: TenantError) -> bool:
    """Whether the next round finds out the effect of a write, and continues from there."""
    if error.kind == "outcome_unknown":
        return resource.name_is_unique
    # A read after a write cannot conflict: starting again would report the write as somebody else's.
    return error.kind in ("conflict", "already_exists") and (resource.several_writes or not error.of_read)


def _only(resource: Resource, tenant: Tenant, found: list[Record]) -> Record | None:
    """The only record, or None. Never choose from several."""
    what = resource.name.replace("_", " ")
    record: Record | None = only(found, resource.backend.id_of, what, tenant.label)
    return record


def _written(resource: Resource, tenant: Tenant, params: Mapping[str, Any], change: _Change) -> Record | None:
    """The object after the write, once it is listed; None if it was removed."""
    record = _write(resource, tenant, params, change)
    if change.record is None and record and resource.poll_after_create:
        _await(resource, tenant, params, resource.backend.id_of(record))
    return record


def _write(resource: Resource, tenant: Tenant, params: Mapping[str, Any], change: _Change) -> Record | None:
    backend = resource.backend
    if not change.after:
        backend.delete(tenant, change.record or {})
        return None
    values = resource.to_api(
        {
            option: value
            for option, value in change.after.items()
            if option not in change.before or change.before[option] != value
        }
    )
    if change.record is not None:
        return backend.update(tenant, change.record, values)
    try:
        return backend.create(tenant, values)
    except TenantError as error:
        if error.kind != "outcome_unknown" or resource.name_is_unique:
            raise
        return _recover(resource, tenant, params, {backend.id_of(one) for one in change.listed}, error)


def _await(resource: Resource, tenant: Tenant, params: Mapping[str, Any], created: str) -> None:
    """Wait until the list has the new object: a run that does not see it would create another."""
    found, done = poll(
        lambda: [one for one in resource.backend.list(tenant) if resource.identifies(one, params)],
        lambda listed: created in (resource.backend.id_of(one) for one in listed),
        Attempts(tenant.http, _MAX_POLLS, Purpose(f"find the new {resource.name}")),
        waiting(tenant.progress, lambda listed: "the new object to be listed"),
    )
    if done:
        _only(resource, tenant, found)
        return
    raise TenantError(
        "not_visible",
        f"it was created with the id {created}, but the service does not list it yet",
        f"find the new {resource.name}",
        tenant.label,
        next_step="Wait some minutes before you run this again: until it is listed, a new run would create a duplicate",
        details={"ids": [created]},
    )


def _recover(
    resource: Resource, tenant: Tenant, params: Mapping[str, Any], known: set[str], error: TenantError
) -> Record:
    """A creation whose response was lost is looked for, not repeated: a single new match is ours."""

    def is_ours(record: Record) -> bool:
        is_new = resource.identifies(record, params) and resource.backend.id_of(record) not in known
        return is_new and not resource.changes(params, resource.view(record))

    found, done = poll(
        lambda: [one for one in resource.backend.list(tenant) if is_ours(one)],
        bool,
        Attempts(tenant.http, _MAX_POLLS, Purpose(error.action), lambda attempt: 0.25 * 2**attempt),
        waiting(
            tenant.progress, lambda listed: "the new object to be listed, since the response to its creation was lost"
        ),
    )
    if not done:
        raise error
    _only(resource, tenant, found)
    return found[0]
