# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenant's organization in Microsoft Graph, with its mobile device management authority."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from ._errors import Purpose, TenantError
from ._graph import Read, odata
from ._tenant import Tenant

_PROPERTIES = "id,displayName,onPremisesSyncEnabled,onPremisesLastSyncDateTime,mobileDeviceManagementAuthority"
_AUTHORITY = "mobileDeviceManagementAuthority"
READ_ORGANIZATION = Read(
    odata("organization", select=_PROPERTIES), Purpose("read the organization", "Organization.Read.All")
)
_SET = Purpose("set the mobile device management authority", "DeviceManagementServiceConfig.ReadWrite.All")
_LOOKS = 6  # how often the change is looked for

# What the other authorities are, and what switching does (Intune, "Set the mobile device management authority").
_MEANS = {
    "office365": "Basic Mobility and Security manages the devices of this tenant; with Intune as the authority, the "
    "devices of licensed users move to Intune's policies",
    "sccm": "Configuration Manager manages the devices of this tenant; they must be moved before the switch",
    "unknown": "no authority was ever chosen",
}


def only_organization(tenant: Tenant, found: list[dict[str, Any]]) -> dict[str, Any]:
    """The tenant's one organization; its authority from beta where v1.0 leaves it out. Raises L(TenantError)."""
    purpose = READ_ORGANIZATION.purpose
    if len(found) != 1:
        problem = f"Microsoft Graph listed {len(found)} organizations"
        raise TenantError("protocol", problem, purpose.attempted, tenant.label)
    organization = found[0]
    if _AUTHORITY in organization:
        return organization
    path = odata(f"organization/{organization['id']}", select=f"id,{_AUTHORITY}")
    with contextlib.suppress(TenantError):  # then it is judged as not told
        organization = {**organization, **tenant.graph.get(path, purpose, version="beta")[0]}
    return organization


def set_authority(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Make Intune the authority, once and for good. Raises L(TenantError) unless that was accepted."""
    organization = _read(tenant)
    before, after = organization.get(_AUTHORITY), params["authority"]
    if before != after and not params["accept_irreversible"]:
        means = _MEANS.get(str(before), "Microsoft Graph does not tell the present authority")
        raise TenantError(
            "not_accepted",
            f"the authority is {before or 'not told'} ({means}), and the switch to {after} cannot be undone",
            _SET.attempted,
            tenant.label,
            next_step="Set accept_irreversible to true once the effect on enrolled devices is accepted",
        )
    if before != after and not check_mode:
        _switch(tenant, organization["id"], after)
    states = {"before": {"authority": before}, "after": {"authority": after}}
    return {"changed": before != after, "diff": states, "authority": after}


def _read(tenant: Tenant) -> dict[str, Any]:
    found, _response = tenant.graph.list(READ_ORGANIZATION.path, READ_ORGANIZATION.purpose)
    return only_organization(tenant, found)


def _switch(tenant: Tenant, organization_id: str, wanted: str) -> None:
    """The action says neither what it sets nor what it set, so the authority is read until it shows."""
    lost: TenantError | None = None
    try:
        tenant.graph.action(f"organization/{organization_id}/setMobileDeviceManagementAuthority", None, _SET)
    except TenantError as error:
        if error.kind != "outcome_unknown":
            raise
        lost = error
    for look in range(1, _LOOKS + 1):
        if _read(tenant).get(_AUTHORITY) == wanted:
            return
        tenant.http.pause(look, 0.5 * 2**look, _SET)
    raise lost or TenantError(
        "outcome_unknown", "the service accepted it, but does not show it yet", _SET.attempted, tenant.label
    )
