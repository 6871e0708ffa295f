# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the state: a replica that lags behind, and another administrator who is faster."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from ..state.http_messages import Answer, Call, Json
from ..state.store import Store
from ..state.tenant import Tenant

# A token of the tenant's administrator for a service.
Administrator = Callable[[Tenant, str], str]


class Interference:
    """Each tenant before its last write, and the means to write as somebody else."""

    def __init__(self, tenants: dict[str, Tenant], administrator: Administrator) -> None:
        self._tenants = {tenant.name: tenant for tenant in tenants.values()}
        self._administrator = administrator
        self._older: dict[str, dict[str, Store]] = {}

    def forget(self) -> None:
        self._older.clear()

    def is_behind(self, name: str | None) -> bool:
        """Whether there is an older state that a read could return."""
        return name in self._older

    @contextmanager
    def remembering(self, name: str | None) -> Iterator[None]:
        """Keep the previous state if this block changes it."""
        if name is None:
            yield
            return
        tenant = self._tenants[name]
        number, before = tenant.revision.number, _copied(tenant)
        yield
        if tenant.revision.number != number:
            self._older[name] = before

    @contextmanager
    def behind(self, name: str) -> Iterator[None]:
        """This block sees the state before the last write."""
        tenant = self._tenants[name]
        present, tenant.stores = tenant.stores, self._older[name]
        try:
            yield
        finally:
            tenant.stores = present

    def write(self, name: str, service: str, call: Call, wanted: Json, respond: Callable[[Call], Answer]) -> Answer:
        """Somebody else's request: that of the client, with the given differences."""
        other = _command(call, wanted) if service == "exchange" else _request(call, wanted)
        token = self._administrator(self._tenants[name], service)
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        return respond(replace(other, headers=headers))


def _copied(tenant: Tenant) -> dict[str, Store]:
    """Copies of the objects; their revision is still the tenant's."""
    return copy.deepcopy(tenant.stores, {id(tenant.revision): tenant.revision})


def _request(call: Call, wanted: Json) -> Call:
    changed = replace(call, method=wanted.get("method", call.method), path=wanted.get("path", call.path), query="")
    if "body" in wanted:
        return replace(changed, body=json.dumps(wanted["body"]).encode())
    return replace(changed, body=b"" if changed.method in ("GET", "DELETE") else call.body)


def _command(call: Call, wanted: Json) -> Call:
    """Other parameters are for the same object, and a write is confirmed."""
    command = call.json()["CmdletInput"]
    cmdlet, own = wanted.get("cmdlet", command["CmdletName"]), command.get("Parameters", {})
    same = {"Identity": own["Identity"]} if "Identity" in own else {}
    parameters = same | wanted["parameters"] if "parameters" in wanted else own
    if not cmdlet.startswith(("Get-", "Test-")):
        parameters = {"Confirm": False} | parameters
    return replace(call, body=json.dumps({"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}).encode())
