# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assign and remove licences: units, usage location, dependencies of plans."""

from __future__ import annotations

from datetime import timedelta

from ..behaviours.table import implements
from ..odata.entities import RequestContext, Resource, listed
from ..state.http_messages import Answer, Json, Refusal
from ..state.tenant import Tenant
from .directory import USER_DEFAULTS, licence_details_of, mailbox_licensed, plans_of, sku_view


@implements("licence-assignment")
def assign_licences(scene: RequestContext, resource: Resource) -> Answer:
    user = resource.locate(scene)
    tenant, body = scene.tenant, scene.body
    if body.get("addLicenses") is None or body.get("removeLicenses") is None:
        raise _refused("licence-assignment", "Both addLicenses and removeLicenses are required.")
    if body["addLicenses"] and not user["usageLocation"]:
        raise _refused("licence-location", "License assignment cannot be done for user with invalid usage location.")
    held = {licence["skuId"]: licence for licence in user["assignedLicenses"]}
    for licence in body["addLicenses"]:
        if licence.get("skuId") not in held:
            _check_units(scene, licence.get("skuId"))
        held[licence["skuId"]] = {"skuId": licence["skuId"], "disabledPlans": licence.get("disabledPlans", [])}
    for sku_id in body["removeLicenses"]:
        if held.pop(sku_id, None) is None:
            raise _refused("licence-assignment", "User does not have a corresponding license.")
    wanted = user | {"assignedLicenses": list(held.values())}
    _check_plans(tenant, wanted)
    tenant.store("users").update(
        user["id"], {"assignedLicenses": wanted["assignedLicenses"], "_mailbox_from": _mailbox_from(scene, wanted)}
    )
    return Answer(200, {name: value for name, value in user.items() if name in USER_DEFAULTS})


@implements("mailbox-licence")
def _mailbox_from(scene: RequestContext, wanted: Json) -> object:
    """A new mailbox takes a while; an existing one stays."""
    before = scene.tenant.store("users").get(wanted["id"])
    if before is None or mailbox_licensed(scene.tenant, before) or not mailbox_licensed(scene.tenant, wanted):
        return wanted["_mailbox_from"]
    return scene.now + timedelta(seconds=(scene.tenant.exchange or {}).get("mailbox_after", 0))


def _check_units(scene: RequestContext, sku_id: str | None) -> None:
    found = next((sku for sku in scene.tenant.store("subscribedSkus") if sku["skuId"] == sku_id), None)
    if found is None:
        raise _refused("licence-assignment", f"License {sku_id} does not correspond to a valid company License.")
    sku = sku_view(scene.tenant, found, scene.now)
    if sku["consumedUnits"] >= sku["prepaidUnits"]["enabled"]:
        raise _refused("licence-units", f"Subscription with SKU {sku_id} does not have any available licenses.")


def _check_plans(tenant: Tenant, user: Json) -> None:
    """For all plans together: each with its dependencies, none with conflicting plans."""
    held = {plan["servicePlanName"]: plan for plan in plans_of(tenant, user)}
    ids = {plan["servicePlanName"]: plan["servicePlanId"] for plan in _plans_known(tenant)}
    for name, plan in held.items():
        if plan["_needs"] and not held.keys() & set(plan["_needs"]):
            needed = ",".join(ids[one] for one in plan["_needs"] if one in ids)
            raise _refused(
                "licence-dependency",
                f"License assignment failed because service plan {plan['servicePlanId']} depends on the service "
                f"plan(s) {needed}",
            )
        for other in plan["_excludes"]:
            if other in held:
                raise _refused(
                    "licence-exclusive",
                    f"License assignment failed because service plans {ids[name]}, {ids[other]} are mutually "
                    "exclusive.",
                )


def _plans_known(tenant: Tenant) -> list[Json]:
    return [plan for sku in tenant.store("subscribedSkus") for plan in sku["servicePlans"]]


@implements("directory-plans")
def list_licence_details(scene: RequestContext, resource: Resource) -> Answer:
    user = resource.locate(scene)
    return listed(scene, licence_details_of(scene.tenant, user), Resource("licences", "microsoft.graph.licenseDetails"))


def _refused(behaviour: str, text: str) -> Refusal:
    return Refusal(behaviour, status=400, code="Request_BadRequest", message=text)
