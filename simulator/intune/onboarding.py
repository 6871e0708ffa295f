# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The onboarding part of Intune in Graph: the Exchange connectors, the service root, the MDM authority."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from ..behaviours.table import implements
from ..directory.directory import addressed
from ..odata.entities import RequestContext, Resource
from ..state.clock import iso
from ..state.http_messages import Answer, Json, Refusal
from ..state.replication import arrived
from ..state.tenant import Tenant

NEVER = "0001-01-01T00:00:00Z"
# How the list of a connector that is not offered is refused, by status.
_NOT_OFFERED = {
    501: ("NotSupported", "The requested operation is not supported."),
    404: ("ResourceNotFound", "Resource not found for the segment 'exchangeConnectors'."),
    400: ("BadRequest", "The Exchange service to service connector is no longer supported."),
}
# https://blog.kloud.com.au (2016-05-04): a quick synchronization every 2 hours, a full one daily.
DELTA_EVERY = timedelta(hours=2)


def seed_intune(tenant: Tenant, now: datetime) -> None:
    tenant.store("deviceManagement").add(
        tenant.tenant_id,
        {
            "id": tenant.tenant_id,
            "intuneAccountId": tenant.uuid("intune"),
            "subscriptionState": "active",
            "settings": {
                "deviceComplianceCheckinThresholdDays": 30,
                "isScheduledActionEnabled": True,
                "secureByDefault": tenant.intune["secure_by_default"],
            },
        },
    )
    tenant.store("conditionalAccessSettings").add(
        tenant.tenant_id,
        {
            "id": tenant.tenant_id,
            "enabled": False,
            "includedGroups": [],
            "excludedGroups": [],
            "overrideDefaultRule": False,
        },
    )
    for number, described in enumerate(tenant.intune["connectors"]):
        connector_id = tenant.uuid("connector", str(number))
        created = now - timedelta(seconds=described["age"])
        properties = {name: value for name, value in described.items() if name not in ("age", "last_sync_age")}
        connector = _connector(connector_id, properties, created)
        if "last_sync_age" in described:
            connector["_synced"] = now - timedelta(seconds=described["last_sync_age"])
        tenant.store("exchangeConnectors").add(connector_id, connector)


@implements("connector-life")
def connector_view(tenant: Tenant, connector: Json, now: datetime) -> Json:
    """The current state of a connector: its progress follows from the times of requests."""
    if "_status" in connector:
        return connector | {"status": connector["_status"], "lastSyncDateTime": _when(connector["_synced"])}
    duration = timedelta(seconds=tenant.intune["sync_duration"])
    connected = connector["_connecting"] + timedelta(seconds=tenant.intune["connect_after"])
    if now < connected:
        return connector | {"status": "connectionPending", "lastSyncDateTime": _when(connector["_synced"])}
    if connector["exchangeConnectorType"] != "serviceToService":
        return connector | {"status": "connected", "lastSyncDateTime": _when(connector["_synced"])}
    scheduled = connected + duration
    done = [max(connected, requested) + duration for requested in connector["_requested"]]
    if now >= scheduled:
        done.append(scheduled + (now - scheduled) // DELTA_EVERY * DELTA_EVERY)
    finished = [moment for moment in (*done, connector["_synced"]) if moment and moment <= now]
    return connector | {"status": "connected", "lastSyncDateTime": _when(max(finished, default=None))}


@implements("intune-no-licence")
def gate_intune(scene: RequestContext) -> None:
    """Refusals of all paths of Intune before anything else."""
    if not scene.tenant.intune["licensed"] and scene.tenant.intune["unlicensed_as"] == "forbidden":
        raise Refusal(
            "intune-no-licence",
            status=401,
            code="UnknownError",
            message=json.dumps({"ErrorCode": "Forbidden", "Message": "Forbidden"}),
        )
    if not scene.tenant.intune["licensed"]:
        raise Refusal(
            "intune-no-licence",
            status=400,
            code="BadRequest",
            message="Request not applicable to target tenant.",
        )


@implements("connector-not-offered")
def gate_connectors(scene: RequestContext) -> None:
    gate_intune(scene)
    if scene.tenant.intune["connector"] == "list_refused":
        status = scene.tenant.intune["list_refusal"]
        code, message = _NOT_OFFERED[status]
        raise Refusal("connector-not-offered", status=status, code=code, message=message, intune=True)


@implements("connector-create")
def create_connector(scene: RequestContext, connector_id: str) -> Json:
    if scene.tenant.intune["connector"] == "create_refused":
        raise Refusal(
            "connector-create-refused",
            status=400,
            code="BadRequest",
            message="The Exchange service to service connector is no longer supported.",
            intune=True,
        )
    body = {"exchangeConnectorType": "onPremises"} | scene.body
    _check_address(scene, body)
    return _connector(connector_id, body, scene.now)


@implements("connector-change")
def change_connector(scene: RequestContext, connector: Json) -> Json:
    """Properties that the service sets itself are read-only; another address connects again."""
    kept = ("id", "status", "lastSyncDateTime", "version", "connectorServerName")
    changes = {name: value for name, value in scene.body.items() if name not in kept}
    _check_address(scene, connector | changes)
    address = changes.get("primarySmtpAddress", connector["primarySmtpAddress"])
    if (address or "").casefold() != (connector["primarySmtpAddress"] or "").casefold():
        changes |= {"_connecting": scene.now, "_requested": [], "_synced": None}
    return changes


@implements("connector-sync")
def sync_connector(scene: RequestContext, resource: Resource) -> Answer:
    connector = resource.locate(scene)
    if not scene.body.get("syncType"):
        raise Refusal(
            "connector-sync-type", status=400, code="BadRequest", message="syncType is required.", intune=True
        )
    scene.tenant.store(resource.store).update(connector["id"], {"_requested": [*connector["_requested"], scene.now]})
    return Answer(204)


@implements("mdm-set-authority")
def set_mdm_authority(scene: RequestContext, resource: Resource) -> Answer:
    gate_intune(scene)
    organization = resource.locate(scene)
    scene.tenant.store(resource.store).update(organization["id"], {"mobileDeviceManagementAuthority": "intune"})
    return Answer(200, {"@odata.context": f"{scene.root}/$metadata#Edm.Int32", "value": 2})


def _connector(connector_id: str, properties: Json, created: datetime) -> Json:
    caller = ("serverName", "connectorServerName", "exchangeAlias", "exchangeOrganization", "version")
    return {
        "id": connector_id,
        "lastSyncDateTime": NEVER,
        "status": "connectionPending",
        "primarySmtpAddress": properties.get("primarySmtpAddress"),
        "exchangeConnectorType": properties["exchangeConnectorType"],
        **{name: properties.get(name) for name in caller},
        "_connecting": created,
        "_requested": [],
        "_synced": None,
    }


def _check_address(scene: RequestContext, connector: Json) -> None:
    if connector["exchangeConnectorType"] != "serviceToService":
        return
    address = connector.get("primarySmtpAddress")
    primary = f"SMTP:{address}".casefold()
    owners = [addressed(scene.tenant, user, scene.now) for user in arrived(scene.tenant.store("users"), scene.now)]
    if not any(proxy.casefold() == primary for user in owners for proxy in user["proxyAddresses"]):
        raise Refusal(
            "connector-address-unknown",
            status=400,
            code="BadRequest",
            message=f"No user of the tenant has the primary address '{address or ''}'.",
            intune=True,
        )


def _when(moment: datetime | None) -> str:
    return iso(moment) if moment else NEVER
