# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application permissions of an application: listed in its registration, and granted by an administrator.

https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignments
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from .._core.errors import Purpose, TenantError
from .._core.resource import Record
from .._engine.tenant import Tenant
from .._http.removal import remove_listed
from .registrations import WRITE, principal_of, shown
from .service_principal import find_principal
from .steps import CONFLICTS, CONSENT_GRAPH, CONSENT_OTHER, REGISTER, ROUNDS, Step, carried_out, roles_needed

_READ = Purpose("read the permissions of the application", "Application.Read.All")
_GRANT = Purpose("grant a permission to the application", "AppRoleAssignment.ReadWrite.All")
_REVOKE = Purpose("remove a permission of the application", "AppRoleAssignment.ReadWrite.All")
_ALREADY = "already exists on the object"


@dataclass(frozen=True)
class Api:
    """An API of Microsoft, by the option that lists its permissions."""

    option: str
    app_id: str
    name: str
    step: Step


APIS = (
    Api("microsoft_graph", "00000003-0000-0000-c000-000000000000", "Microsoft Graph", CONSENT_GRAPH),
    Api(
        "office_365_exchange_online",
        "00000002-0000-0ff1-ce00-000000000000",
        "Office 365 Exchange Online",
        CONSENT_OTHER,
    ),
)


class _Names(NamedTuple):
    """Permissions of one API by name: those that are granted, and those that the registration requests."""

    granted: set[str]
    requested: set[str]


@dataclass
class _Grants:
    """The permissions of one API that the application has, by name; one that the API no longer offers, by id."""

    api: Api
    resource_id: str
    ids: dict[str, str]  # of the permissions that the API offers
    held: dict[str, str] = field(default_factory=dict)  # permission: id of its assignment
    requested: set[str] = field(default_factory=set)  # by the registration, granted or not

    def aim(self, wanted: Sequence[str], remove_excess: bool) -> _Names:
        """The permissions at the end. What is requested and not granted yet is removed on request only, too."""
        granted, removed = self.change(wanted, remove_excess)
        held = {*self.held, *granted} - set(removed)
        return _Names(held, held if remove_excess else held | self.requested)

    def change(self, wanted: Sequence[str], remove_excess: bool) -> tuple[list[str], list[str]]:
        """The permissions to grant, and those to remove."""
        excess = [name for name in self.held if name not in wanted]
        return [one for one in wanted if one not in self.held], excess if remove_excess else []


@dataclass(frozen=True)
class _Plan:
    """The necessary changes, given what was read."""

    application: Record | None
    principal: Record | None
    grants: list[_Grants]
    changes: dict[str, tuple[list[str], list[str]]]  # to grant and to remove, by option
    aims: dict[str, _Names]  # by option
    listed: Any
    relists: bool

    @property
    def before(self) -> dict[str, list[str]]:
        return _shown({one.api.option: _Names(set(one.held), one.requested) for one in self.grants})

    @property
    def after(self) -> dict[str, list[str]]:
        return _shown(self.aims)

    def needed(self) -> dict[Step, bool]:
        return {one.api.step: any(self.changes[one.api.option]) for one in self.grants}


def _shown(names: Mapping[str, _Names]) -> dict[str, list[str]]:
    """For the diff: what is granted, and what is requested, which need not be granted."""
    granted = {option: sorted(one.granted) for option, one in names.items()}
    return granted | {f"{option}_requested": sorted(one.requested) for option, one in names.items()}


def _grants(
    tenant: Tenant, api: Api, wanted: Sequence[str], assignments: Sequence[Record], application: Record | None
) -> _Grants:
    resource = find_principal(tenant, api.app_id, "appRoles")
    if resource is None:
        raise TenantError(
            "no_api",
            f"the tenant has no service principal of {api.name}",
            _READ.action,
            tenant.label,
            next_step="Add a subscription that includes the service, or leave its permissions out",
        )
    offered = {
        str(one["value"]): str(one["id"])
        for one in resource["appRoles"]
        if one.get("value") and "Application" in (one.get("allowedMemberTypes") or [])
    }
    unknown = [name for name in wanted if name not in offered]
    if unknown:
        raise TenantError(
            "no_permission",
            f"{api.name} offers no application permission {', '.join(unknown)}",
            _GRANT.action,
            tenant.label,
            next_step="Check the names; they are case-sensitive",
            details={"permissions": unknown},
        )
    names = {role: name for name, role in offered.items()}
    held = {
        names.get(str(one["appRoleId"]), str(one["appRoleId"])): str(one["id"])
        for one in assignments
        if one["resourceId"] == resource["id"]
    }
    requested = {
        names.get(str(one["id"]), str(one["id"])) for one in _entries(application, api) if one.get("type") == "Role"
    }
    return _Grants(api, str(resource["id"]), offered, held, requested)


def _entries(application: Record | None, api: Api) -> list[Record]:
    """What the registration requests of an API, which it may list more than once."""
    listed = (application or {}).get("requiredResourceAccess") or []
    return [entry for one in listed if one["resourceAppId"] == api.app_id for entry in one["resourceAccess"]]


def _assignments(tenant: Tenant, principal: Record) -> list[Record]:
    found, _response = tenant.graph.list(f"servicePrincipals/{principal['id']}/appRoleAssignments", _READ)
    return found


def _listed(application: Record | None, grants: Sequence[_Grants], aims: Mapping[str, _Names]) -> list[Record]:
    """The new list in the registration: the permissions of these APIs, and the rest unchanged."""
    listed = list((application or {}).get("requiredResourceAccess") or [])
    for one in grants:
        kept = [item for item in _entries(application, one.api) if item.get("type") != "Role"]
        roles = [{"id": one.ids.get(name, name), "type": "Role"} for name in sorted(aims[one.api.option].requested)]
        listed = [item for item in listed if item["resourceAppId"] != one.api.app_id]
        if roles or kept:
            listed.append({"resourceAppId": one.api.app_id, "resourceAccess": [*kept, *roles]})
    return listed


def _comparable(listed: Any) -> Any:
    return {
        (one["resourceAppId"], access["id"], access.get("type"))
        for one in listed or []
        for access in one["resourceAccess"]
    }


def _grant(tenant: Tenant, principal: Record, grants: _Grants, name: str) -> None:
    """A permission is granted once, so this may be repeated: the directory may not find a new service principal yet."""
    body = {"principalId": principal["id"], "resourceId": grants.resource_id, "appRoleId": grants.ids[name]}
    path = f"servicePrincipals/{principal['id']}/appRoleAssignments"
    for attempt in range(1, ROUNDS + 1):
        try:
            carried_out(tenant, grants.api.step, lambda: tenant.graph.create(path, body, _GRANT))
            return
        except TenantError as error:
            if error.answer is not None and _ALREADY in error.answer.message.lower():
                return
            if error.kind not in ("not_found", "outcome_unknown") or attempt == ROUNDS:
                raise
            tenant.progress(f"the directory did not grant {name} yet; trying again ({attempt} of {ROUNDS})")
            tenant.http.pause(attempt, None, _GRANT)


def _revoke(tenant: Tenant, principal: Record, grants: _Grants, name: str) -> None:
    assignment = grants.held[name]
    path = f"servicePrincipals/{principal['id']}/appRoleAssignments/{assignment}"

    def is_listed() -> bool:
        return assignment in [one["id"] for one in _assignments(tenant, principal)]

    def delete() -> None:
        remove_listed(tenant.http, partial(tenant.graph.remove, path, _REVOKE), is_listed)

    carried_out(tenant, grants.api.step, delete)


def ensure_permissions(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Grant missing permissions, and on request remove unlisted ones, granted or only requested.

    Raises `TenantError`.
    """
    start = _plan(tenant, params, check_mode)
    plan = start if check_mode else _until_written(tenant, params, start)
    return {
        "changed": start.relists or start.before != plan.after,
        "diff": {"before": start.before, "after": plan.after},
        "application": shown(plan.application),
        "permissions": {option: sorted(one.granted) for option, one in plan.aims.items()},
        "excess": {option: sorted(one.requested - set(params[option])) for option, one in plan.aims.items()},
        "roles_needed": roles_needed(tenant, {REGISTER: start.relists, **start.needed()}),
    }


def _until_written(tenant: Tenant, params: Mapping[str, Any], plan: _Plan) -> _Plan:
    """The plan that was carried out. If somebody else changed something first, it is planned again."""
    for round_number in range(1, CONFLICTS):
        try:
            _write(tenant, plan)
            return plan
        except TenantError as error:
            if error.kind != "conflict":
                raise
        tenant.http.pause(round_number, None, _GRANT)
        plan = _plan(tenant, params, check_mode=False)
    _write(tenant, plan)
    return plan


def _plan(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> _Plan:
    application, principal = principal_of(tenant, params, check_mode)
    assignments = _assignments(tenant, principal) if principal else []
    asked = [api for api in APIS if params[api.option] is not None]
    grants = [_grants(tenant, api, params[api.option], assignments, application) for api in asked]
    changes = {one.api.option: one.change(params[one.api.option], params["remove_excess"]) for one in grants}
    aims = {one.api.option: one.aim(params[one.api.option], params["remove_excess"]) for one in grants}
    listed = _listed(application, grants, aims)
    relists = _comparable(listed) != _comparable((application or {}).get("requiredResourceAccess"))
    return _Plan(application, principal, grants, changes, aims, listed, relists)


def _write(tenant: Tenant, plan: _Plan) -> None:
    if plan.application is None or plan.principal is None:
        return
    if plan.relists:
        _list(tenant, plan.application, plan.listed)
    for one in plan.grants:
        granted, removed = plan.changes[one.api.option]
        for name in removed:
            _revoke(tenant, plan.principal, one, name)
        for name in granted:
            _grant(tenant, plan.principal, one, name)


def _list(tenant: Tenant, application: Record, listed: Any) -> None:
    path, body = f"applications/{application['id']}", {"requiredResourceAccess": listed}
    carried_out(tenant, REGISTER, lambda: tenant.graph.update(path, body, WRITE))
