# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registration of an application in the directory.

An application that this collection creates has a uniqueName, which is unique in a tenant: a creation whose response was
lost, or that reads do not show yet, is never repeated. https://learn.microsoft.com/graph/api/application-upsert
Other tools use uniqueName as well, so ours also has a tag, which is set on creation and never later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._client.graph import odata, odata_text
from .._core.errors import Purpose, TenantError, usage
from .._core.resource import Field, Record, Resource, normalize_case, returned
from .._core.targets import is_guid
from .._engine.ensure import ensure
from .._engine.tenant import Tenant
from .._http.claims import claims
from .._http.poll import WithinTask, poll, waiting
from .service_principal import PAUSES, VISIBLE_WITHIN, find_principal, with_principal
from .steps import REGISTER, carried_out, roles_needed

READ = Purpose("read the application", "Application.Read.All")
WRITE = Purpose("register the application", "Application.ReadWrite.All")
_DELETE = Purpose("delete the application", "Application.ReadWrite.All")
SELECTED = ("id", "appId", "displayName", "uniqueName", "tags", "requiredResourceAccess", "createdDateTime")
MARK = "intune.exchange"  # https://learn.microsoft.com/graph/api/resources/application: tags
_FOUND_WITHIN = 12  # seconds until all servers of the directory show what one has shown
_LONGEST_NAME = 256  # https://learn.microsoft.com/graph/api/resources/application
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
UNDO = (
    "Microsoft Entra keeps the application for 30 days: restore it in the Microsoft Entra admin center, App "
    "registrations, Deleted applications, and run the task again with state=present. Its permissions are granted anew"
)


def check_which(params: Mapping[str, Any]) -> None:
    """Require exactly one option that identifies the application. Raises `TenantError`."""
    name, app_id = params.get("unique_name"), params.get("app_id")
    if (name is None) == (app_id is None):
        raise usage("exactly one of unique_name and app_id identifies the application", "Set one of them")
    if name is not None and not _NAME.fullmatch(name):
        raise usage(
            f"unique_name is {name}, and takes up to 64 letters, digits, dots, hyphens and underscores",
            "Choose another name",
        )
    if len(params.get("display_name") or "") > _LONGEST_NAME:
        raise usage(f"display_name has more than {_LONGEST_NAME} characters", "Choose a shorter name")
    if app_id is not None and not is_guid(app_id):
        raise usage(f"app_id must be a GUID, not {app_id}")


def called(params: Mapping[str, Any]) -> str:
    return str(params.get("unique_name") or params.get("app_id"))


def _path(params: Mapping[str, Any]) -> str:
    if params.get("unique_name") is not None:
        return f"applications(uniqueName={odata_text(params['unique_name'])})"
    return f"applications(appId={odata_text(params['app_id'])})"


def find_application(tenant: Tenant, params: Mapping[str, Any], *select: str) -> Record | None:
    """The application; None only if the directory says that it does not exist."""
    path = odata(_path(params), select=",".join((*SELECTED, *select)))
    try:
        record, _response = tenant.graph.get(path, READ)
    except TenantError as error:
        if error.kind != "not_found":
            raise
        return None
    wanted, found = params.get("unique_name") or params.get("app_id"), {record["uniqueName"], record["appId"]}
    if normalize_case(wanted) not in {normalize_case(one) for one in found}:
        raise TenantError(
            "other_object",
            f"the directory returned the application {record['displayName']} ({record['appId']}) for {wanted}",
            READ.action,
            tenant.label,
        )
    _check_mark(tenant, params, record)
    return record


def _soon(tenant: Tenant, read: Callable[[], Record | None], what: str) -> Record | None:
    """One response may lack what an earlier task has just created, and the next one show it."""
    pace = WithinTask(tenant.http, _FOUND_WITHIN, (1.0, 5.0))
    return poll(read, lambda found: found is not None, pace, waiting(tenant.progress, lambda none: what))[0]


def await_application(tenant: Tenant, params: Mapping[str, Any], *select: str) -> Record | None:
    """The application, unless the directory keeps saying that it does not exist."""
    return _soon(tenant, partial(find_application, tenant, params, *select), f"the application {called(params)}")


def _check_mark(tenant: Tenant, params: Mapping[str, Any], record: Record) -> None:
    """By unique name only applications created by this collection are selected; all others by id."""
    if params.get("unique_name") is None or is_marked(record):
        return
    raise TenantError(
        "not_ours",
        f"the application {record['displayName']} ({record['appId']}) has the uniqueName {params['unique_name']}, but "
        f"not the tag {MARK}, so somebody else created it",
        READ.action,
        tenant.label,
        next_step=f"Choose another unique_name, or adopt it: set app_id={record['appId']} instead of unique_name. An "
        "adopted application is never deleted",
    )


def is_marked(record: Record) -> bool:
    return MARK in record["tags"]


def not_found(tenant: Tenant, params: Mapping[str, Any], what: str = "application") -> TenantError:
    return TenantError(
        "not_found",
        f"the directory has no {what} {called(params)}",
        f"find the {what}",
        tenant.label,
        next_step="Check the name or id; intune.exchange.application creates it",
    )


@dataclass(frozen=True)
class Registrations:
    """The backend of one application."""

    params: Mapping[str, Any]

    def id_of(self, record: Record) -> str:
        return str(record["id"])

    def list(self, tenant: Tenant) -> list[Record]:
        found = find_application(tenant, self.params)
        return [found] if found else []

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        if self.params.get("unique_name") is None:
            raise not_found(tenant, self.params)
        body = {"displayName": self.params["unique_name"], "signInAudience": "AzureADMyOrg", "tags": [MARK], **values}
        created = carried_out(tenant, REGISTER, lambda: tenant.graph.upsert(_path(self.params), body, WRITE))
        if created:
            return created
        # It existed: an earlier run created it a moment ago, and reads do not show it yet.
        pace = WithinTask(tenant.http, VISIBLE_WITHIN, PAUSES)
        told = waiting(tenant.progress, lambda listed: "the application")
        listed, is_there = poll(partial(self.list, tenant), bool, pace, told)
        if is_there:
            return listed[0]
        raise TenantError(
            "not_visible",
            f"the application {called(self.params)} exists, but the directory does not show it yet",
            WRITE.action,
            tenant.label,
            next_step="Wait some minutes and run this again; no second one is created",
        )

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        path = f"applications/{record['id']}"
        carried_out(tenant, REGISTER, lambda: tenant.graph.update(path, values, WRITE))
        return {**record, **values}

    def delete(self, tenant: Tenant, record: Record) -> None:
        carried_out(tenant, REGISTER, lambda: tenant.graph.delete(f"applications/{record['id']}", _DELETE))


def _check_removal(tenant: Tenant, params: Mapping[str, Any], record: Record | None) -> None:
    if params["state"] != "absent" or record is None:
        return
    action = "delete the application"
    own = claims(tenant.tokens.bearer("graph"))
    if normalize_case(record["appId"]) in (normalize_case(own.get("appid")), normalize_case(own.get("azp"))):
        raise TenantError(
            "own_rights",
            f"the application {record['displayName']} ({record['appId']}) is the one that is signed in",
            action,
            tenant.label,
            next_step="Sign in as somebody else to delete it",
        )
    if params.get("unique_name") is None:
        step = (
            f"set unique_name={record['uniqueName']} instead of app_id"
            if record["uniqueName"] and is_marked(record)
            else "delete it in the Microsoft Entra admin center"
        )
        raise TenantError(
            "not_ours",
            f"the application {record['displayName']} ({record['appId']}) is selected by app_id, as an adopted one",
            action,
            tenant.label,
            next_step=f"If it is no longer needed, {step}",
        )


def application_resource(params: Mapping[str, Any]) -> Resource:
    return Resource(
        name="application",
        backend=Registrations(params),
        fields=(Field("display_name", "displayName"),),
        before_write=_check_removal,
        name_is_unique=True,
        poll_after_create=True,
    )


def ensure_application(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Ensure the registration and its service principal, or remove both. Raises `TenantError`."""
    check_which(params)
    wanted = params
    if params["state"] == "present" and (params.get("unique_name") is None or params.get("display_name") is None):
        wanted = _named(tenant, params)
    result = ensure(application_resource(params), tenant, wanted, check_mode)
    needed = result["changed"]
    if params["state"] == "present":
        result = with_principal(tenant, result, check_mode)
    return {**result, "roles_needed": roles_needed(tenant, {REGISTER: bool(needed or result["changed"])})}


def _named(tenant: Tenant, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options, with the unique name as the display name of a new application.

    Raises `TenantError` if an application that app_id selects does not exist.
    """
    if find_application(tenant, params):
        return params
    if params.get("unique_name") is None:
        raise not_found(tenant, params)
    return {**params, "display_name": params["unique_name"]}


def principal_of(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> tuple[Record | None, Record | None]:
    """The application and its service principal. They may be missing only in check mode."""
    check_which(params)
    application, principal = (find_application if check_mode else await_application)(tenant, params), None
    if application is not None:
        read = partial(find_principal, tenant, application["appId"])
        principal = read() if check_mode else _soon(tenant, read, "its service principal")
    if not check_mode and (application is None or principal is None):
        raise not_found(
            tenant, params, "application" if application is None else "service principal of the application"
        )
    return application, principal


def shown(application: Record | None) -> dict[str, Any]:
    """An application as modules return it."""
    names = ("id", "appId", "displayName", "uniqueName")
    return returned({name: application.get(name) for name in names}) if application else {}
