# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service principal of an application, which holds permissions and is registered in Exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._client.graph import odata, odata_text
from .._core.errors import Purpose, TenantError
from .._core.resource import Field, Record, Resource, normalize_case
from .._engine.ensure import ensure
from .._engine.tenant import Tenant
from .._http.poll import WithinTask, poll, waiting
from .steps import REGISTER, carried_out

_READ = Purpose("read the service principal", "Application.Read.All")
_CREATE = Purpose("create the service principal", "Application.ReadWrite.All")
_BACKING = "NoBackingApplicationObject"
VISIBLE_WITHIN = 120  # seconds until the whole directory shows a new object
PAUSES = 2.0, 15.0


def find_principal(tenant: Tenant, app_id: str, *select: str) -> Record | None:
    """The service principal of an application in this tenant."""
    path = odata(
        "servicePrincipals",
        filter=f"appId eq {odata_text(app_id)}",
        select=",".join(("id", "appId", "displayName", "accountEnabled", *select)),
    )
    found, _response = tenant.graph.list(path, _READ)
    fits = [one for one in found if normalize_case(one["appId"]) == normalize_case(app_id)]
    return fits[0] if fits else None  # a tenant has at most one per application


@dataclass(frozen=True)
class Principals:
    """The backend of the service principal."""

    app_id: str

    def id_of(self, record: Record) -> str:
        return str(record["id"])

    def list(self, tenant: Tenant) -> list[Record]:
        found = find_principal(tenant, self.app_id)
        return [found] if found else []

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        """The directory may not find the new application yet. A duplicate is refused, so this may be repeated."""

        def attempt() -> Record | None:
            try:
                return tenant.graph.create("servicePrincipals", values, _CREATE)
            except TenantError as error:
                if error.answer is None or error.answer.code != _BACKING:
                    raise
                return None

        def tried() -> Record | None:
            return carried_out(tenant, REGISTER, attempt)

        pace = WithinTask(tenant.http, VISIBLE_WITHIN, PAUSES)
        told = waiting(tenant.progress, lambda none: "the application")
        made, done = poll(tried, lambda found: found is not None, pace, told)
        if made is None or not done:
            raise TenantError(
                "not_visible",
                "the application was created, but the directory does not find it yet to create its service principal",
                _CREATE.action,
                tenant.label,
                next_step="Wait some minutes and run this again; it goes on from there",
            )
        return made

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        raise AssertionError("nothing of it is managed")

    def delete(self, tenant: Tenant, record: Record) -> None:
        raise AssertionError("it goes with its application")


def with_principal(tenant: Tenant, result: dict[str, Any], check_mode: bool) -> dict[str, Any]:
    found = result["application"]
    application = {name: found.get(name) for name in ("app_id", "id", "display_name", "unique_name")}
    app_id, had = application["app_id"], None
    if app_id is not None:
        kept = ensure(
            Resource(
                name="service_principal",
                backend=Principals(app_id),
                keys=(Field("app_id", "appId", normalize=normalize_case),),
                name_is_unique=True,
                poll_after_create=True,
            ),
            tenant,
            {"app_id": app_id, "state": "present"},
            check_mode,
        )
        had = kept["service_principal"].get("id")
        result = {**result, "changed": result["changed"] or kept["changed"]}
        for side in ("before", "after"):
            if result["diff"][side]:
                result["diff"][side] = {**result["diff"][side], "service_principal": bool(kept["diff"][side])}
    else:  # only predicted
        result["diff"]["after"] = {**result["diff"]["after"], "service_principal": True}
    return {**result, "application": {**application, "service_principal_id": had}}
