# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The applications that are registered in Exchange by name, so that they can hold its roles.

https://learn.microsoft.com/powershell/module/exchange/new-serviceprincipal
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._core.errors import TenantError, usage
from .._core.resource import Field, Record, Resource, normalize_case
from .._core.targets import only
from .._engine.exchange_objects import ExchangeObjects
from .._engine.tenant import Tenant
from .._http.claims import claims

_ROLE = "the Exchange role Role Management"
_WHICH = (
    "object_id is the object id of the enterprise application (Graph: servicePrincipal.id), not that of the app "
    "registration"
)


@dataclass(frozen=True)
class ServicePrincipals(ExchangeObjects):
    noun: str = "ServicePrincipal"
    thing: str = "service principal"
    reader: str = _ROLE
    writer: str = _ROLE

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        try:
            return super().create(tenant, values)
        except TenantError as error:
            if error.kind == "refused":
                raise error.but(next_step=f"Check the ids: {_WHICH}") from error.__cause__
            raise


def find_service_principal(tenant: Tenant, identifier: str) -> Record | None:
    """The service principal of this application id or object id, None if Exchange has none."""
    found = [
        one
        for one in SERVICE_PRINCIPAL.backend.list(tenant)
        if normalize_case(identifier) in (normalize_case(one.get("AppId")), normalize_case(one.get("ObjectId")))
    ]
    record: Record | None = only(
        found,
        lambda one: f"{one.get('DisplayName')} ({one.get('ObjectId')})",
        f"service principal {identifier}",
        tenant.label,
    )
    return record


def _check_registration(tenant: Tenant, params: Mapping[str, Any], record: Record | None) -> None:
    if params["state"] == "absent":
        _refuse_own(tenant, params["app_id"], record or {})
        return
    for option in ("app_id", "object_id"):
        try:
            uuid.UUID(params[option])
        except ValueError:
            raise usage(f"{option} must be a GUID, not {params[option]}") from None
    if record is None:
        _refuse_ids_of_another(tenant, params)
    if record and normalize_case(record.get("ObjectId")) != normalize_case(params["object_id"]):
        raise TenantError(
            "fixed",
            f"Exchange knows the application {params['app_id']} with the object id {record.get('ObjectId')}, which "
            f"cannot be changed to {params['object_id']}",
            "register the service principal",
            tenant.label,
            next_step=f"Check the ids: {_WHICH}. If the application was recreated, remove the old registration first",
        )


def _refuse_ids_of_another(tenant: Tenant, params: Mapping[str, Any]) -> None:
    """Neither id of a new registration may belong to a registered application, as either id."""
    for option in ("app_id", "object_id"):
        other = find_service_principal(tenant, params[option])
        if other is not None:
            raise TenantError(
                "fixed",
                f"{option} is {params[option]}, which belongs to the registered application {other.get('DisplayName')} "
                f"(application id {other.get('AppId')}, object id {other.get('ObjectId')})",
                "register the service principal",
                tenant.label,
                next_step=f"Check the ids: {_WHICH}",
            )


def _refuse_own(tenant: Tenant, app_id: str, record: Record) -> None:
    """The caller's rights in Exchange depend on its own registration."""
    own = claims(tenant.tokens.bearer("exchange"))
    if normalize_case(app_id) in (normalize_case(own.get("appid")), normalize_case(own.get("azp"))) or (
        record.get("ObjectId") and normalize_case(record["ObjectId"]) == normalize_case(own.get("oid"))
    ):
        raise TenantError(
            "own_rights",
            f"the application {app_id} is the one that is signed in, and without its registration it has no rights in "
            "Exchange and could not undo the change",
            "remove the service principal",
            tenant.label,
            next_step="Sign in as somebody else to remove it",
        )


SERVICE_PRINCIPAL = Resource(
    name="service_principal",
    backend=ServicePrincipals(),
    keys=(Field("app_id", "AppId", {"required": True}, normalize=normalize_case),),
    fields=(Field("object_id", "ObjectId", normalize=normalize_case), Field("display_name", "DisplayName")),
    before_write=_check_registration,
)
