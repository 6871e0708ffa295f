# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenant's organization in Microsoft Graph, with its mobile device management authority."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .._client.graph import Read, odata
from .._core.errors import Purpose, TenantError
from .._core.read_result import ReadResult
from .._core.resource import Existing, Field, Record, Resource
from .._engine.ensure import ensure
from .._engine.tenant import Tenant
from .._http.claims import tenant_of
from .._http.poll import Attempts, poll
from .._http.response import Response

_PROPERTIES = "id,displayName,onPremisesSyncEnabled,onPremisesLastSyncDateTime"
_AUTHORITY = "mobileDeviceManagementAuthority"
READ_ORGANIZATION = Read(
    odata("organization", select=_PROPERTIES), Purpose("read the organization", "Organization.Read.All")
)
_READ_AUTHORITY = Purpose(
    "read the mobile device management authority", "Organization.Read.All and DeviceManagementServiceConfig.Read.All"
)
_SET = Purpose("set the mobile device management authority", "DeviceManagementServiceConfig.ReadWrite.All")
_MAX_POLLS = 6  # how often to poll for the change

# The other authorities, and how to switch (Intune, "Set the mobile device management authority").
_MEANS = {
    "office365": "Basic Mobility and Security manages the devices of this tenant; with Intune as the authority, the "
    "devices of licensed users move to Intune's policies",
    "sccm": "Configuration Manager manages the devices of this tenant; they must be moved before the switch",
    "unknown": "no authority was ever chosen",
}


def only_organization(tenant: Tenant, found: list[dict[str, Any]]) -> dict[str, Any]:
    """The tenant's one organization. Raises TenantError."""
    if len(found) != 1:
        problem = f"Microsoft Graph listed {len(found)} organizations"
        raise TenantError("protocol", problem, READ_ORGANIZATION.purpose.action, tenant.label)
    return found[0]


def _authority_path(organization_id: str) -> str:
    return odata(f"organization/{quote(organization_id, safe='')}", select=_AUTHORITY)


def authority_read(tenant: Tenant) -> Read | None:
    """How to read the authority: that property alone, of the one organization, whose id is that of the tenant.

    Collections never include it, and it needs another permission than the organization. None if the token does not name
    its tenant; then the id must be read first.
    """
    organization_id = tenant_of(tenant.tokens.bearer("graph"))
    if not organization_id:
        return None
    return Read(_authority_path(organization_id), _READ_AUTHORITY, collection=False)


def authority_of(
    tenant: Tenant,
    organization: ReadResult[dict[str, Any]] | None = None,
    known: ReadResult[dict[str, Any]] | None = None,
) -> str:
    """The authority. Raises TenantError if it cannot be read, so a failure is never a value.

    The organization, and the item with the authority, may have been read before.
    """
    item = known.value if known is not None else _authority_item(tenant, organization, "v1.0")[0]
    if not item.get(_AUTHORITY):
        item, response = _authority_item(tenant, organization, "beta")  # if v1.0 omits it
        if item.get(_AUTHORITY):
            return str(item[_AUTHORITY])
        raise TenantError(
            "protocol",
            f"the response of Microsoft Graph does not contain it (request id {response.handle})",
            _READ_AUTHORITY.action,
            tenant.label,
            next_step="Look it up in the Intune admin center under Tenant status",
        )
    return str(item[_AUTHORITY])


def _authority_item(
    tenant: Tenant, organization: ReadResult[dict[str, Any]] | None, version: str
) -> tuple[dict[str, Any], Response]:
    organization_id = tenant_of(tenant.tokens.bearer("graph"))
    if not organization_id and organization is not None:
        organization_id = str(organization.value["id"])
    if not organization_id:
        found, _response = tenant.graph.list(READ_ORGANIZATION.path, READ_ORGANIZATION.purpose)
        organization_id = str(only_organization(tenant, found)["id"])
    return tenant.graph.get(_authority_path(organization_id), _READ_AUTHORITY, version)


class _Authority(Existing):
    """The authority as a singleton: every tenant has one, even if it is `unknown`."""

    def id_of(self, record: Record) -> str:
        return str(record[_AUTHORITY])

    def list(self, tenant: Tenant) -> list[Record]:
        return [{_AUTHORITY: authority_of(tenant)}]

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        _switch(tenant, values[_AUTHORITY])
        return {**record, **values}


def _check_accepted(tenant: Tenant, params: Mapping[str, Any], record: Record | None) -> None:
    if params["accept_irreversible"]:
        return
    before = (record or {})[_AUTHORITY]
    means = f" ({_MEANS[before]})" if before in _MEANS else ""
    raise TenantError(
        "not_accepted",
        f"the authority is {before}{means}, and the switch to {params['authority']} cannot be undone",
        _SET.action,
        tenant.label,
        next_step="Set accept_irreversible to true once the effect on enrolled devices is accepted",
    )


_RESOURCE = Resource("authority", _Authority(), (Field("authority", _AUTHORITY),), before_write=_check_accepted)


def set_authority(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Make Intune the authority, irreversibly. Raises `TenantError` unless that was accepted."""
    return {**ensure(_RESOURCE, tenant, params, check_mode), "authority": params["authority"]}


def _switch(tenant: Tenant, wanted: str) -> None:
    """The action returns no new value, so the authority is polled."""
    found, _response = tenant.graph.list(READ_ORGANIZATION.path, READ_ORGANIZATION.purpose)
    organization_id = only_organization(tenant, found)["id"]
    lost: TenantError | None = None
    try:
        tenant.graph.action(f"organization/{organization_id}/setMobileDeviceManagementAuthority", None, _SET)
    except TenantError as error:
        if error.kind != "outcome_unknown":
            raise
        lost = error
    _authority, done = poll(
        lambda: authority_of(tenant),
        lambda authority: authority == wanted,
        Attempts(tenant.http, _MAX_POLLS, _SET, lambda attempt: 0.5 * 2**attempt),
    )
    if done:
        return
    raise lost or TenantError(
        "outcome_unknown", "the service accepted the change, but does not return it yet", _SET.action, tenant.label
    )
