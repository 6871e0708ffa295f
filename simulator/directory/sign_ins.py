# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-in log: what it keeps, who may read it, and what of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..behaviours.table import implements
from ..odata.entities import RequestContext, Resource, get_entity, listed
from ..state.clock import iso
from ..state.tenant import Tenant
from ..state.wire import Answer, Json, Refusal

_EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
_KEPT = timedelta(days=30)
_EVENT_TYPES = "signInEventTypes"  # a property of beta
_APPLIED = "appliedConditionalAccessPolicies"
_SEES_POLICIES = frozenset({"Policy.Read.All", "Policy.Read.ConditionalAccess", "Policy.ReadWrite.ConditionalAccess"})
_EQ, _TEXT = frozenset({"eq"}), frozenset({"eq", "startswith"})
# https://learn.microsoft.com/graph/api/resources/signin
SIGN_IN_FILTERS = {
    "appDisplayName": _TEXT,
    "appId": _EQ,
    "clientAppUsed": _EQ,
    "conditionalAccessStatus": _EQ,
    "correlationId": _EQ,
    "createdDateTime": frozenset({"eq", "le", "ge"}),
    "ipAddress": _TEXT,
    "resourceDisplayName": _EQ,
    "resourceId": _EQ,
    "riskDetail": _EQ,
    "status/errorCode": _EQ,
    "userDisplayName": _TEXT,
    "userId": _EQ,
    "userPrincipalName": _TEXT,
}
# https://learn.microsoft.com/graph/api/resources/signin?view=graph-rest-beta
BETA_FILTERS = {**SIGN_IN_FILTERS, "t": _EQ, _EVENT_TYPES: _EQ}


def seed_sign_ins(tenant: Tenant, now: datetime) -> None:
    """`sign_ins` of the description: who, with which client, how long ago, and what policies made of it."""
    for number, described in enumerate(tenant.description["sign_ins"]):
        sign_in = _sign_in(tenant, number, described, now)
        tenant.store("signIns").add(sign_in["id"], sign_in)


@implements("sign-ins-status")
def _sign_in(tenant: Tenant, number: int, described: Json, now: datetime) -> Json:
    """A policy that blocks shows in conditionalAccessStatus; the status of the sign-in itself stays a success."""
    created = now - timedelta(seconds=described["age"])
    app = str(described.get("app", "Office 365 Exchange Online"))
    user = tenant.description["users"][described["user"]]
    return {
        "id": tenant.uuid("signIn", str(number)),
        "createdDateTime": iso(created),
        "appDisplayName": app,
        "appId": tenant.uuid("app", app),
        "clientAppUsed": described["client"],
        "conditionalAccessStatus": described.get("conditional_access", "notApplied"),
        "correlationId": tenant.uuid("correlation", str(number)),
        "ipAddress": described.get("ip", "203.0.113.10"),
        "isInteractive": described.get("interactive", True),
        "resourceDisplayName": "Office 365 Exchange Online",
        "resourceId": _EXCHANGE,
        "deviceDetail": {"deviceId": "", "operatingSystem": described.get("os", "")},
        "location": {"countryOrRegion": tenant.description["organization"]["countryLetterCode"]},
        "status": {"errorCode": described.get("error", 0), "failureReason": described.get("failure", "Other.")},
        "userDisplayName": user["displayName"],
        "userId": tenant.uuid("user", described["user"]),
        "userPrincipalName": f"{described['user']}@{tenant.domain}".lower(),
        _APPLIED: [
            {
                "id": tenant.uuid("conditionalAccessPolicy", name),
                "displayName": name,
                "enforcedGrantControls": [],
                "enforcedSessionControls": [],
                "result": result,
            }
            for name, result in described.get("policies", {}).items()
        ],
        "_created": created,
        "_event_types": ["interactiveUser" if described.get("interactive", True) else "nonInteractiveUser"],
    }


@implements("sign-ins-licence")
def gate_sign_ins(scene: RequestContext) -> None:
    if not scene.tenant.has_plan("AAD_PREMIUM"):
        raise Refusal(
            "sign-ins-licence",
            status=403,
            code="Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            message="Neither tenant is B2C or tenant doesn't have premium license",
        )


@implements("sign-ins-kept")
def list_sign_ins(scene: RequestContext, resource: Resource) -> Answer:
    """Most recent first, as far back as they are kept."""
    return _answered(scene, [one for one in _kept(scene, resource) if one["isInteractive"]], resource)


@implements("sign-ins-event-types")
def list_sign_ins_in_beta(scene: RequestContext, resource: Resource) -> Answer:
    """Those that are not interactive come only to whoever filters by the type of the event, which is not shown here."""
    by_type = _EVENT_TYPES.lower() in scene.options.get("$filter", "").lower()
    found = [one for one in _kept(scene, resource) if by_type or one["isInteractive"]]
    answer = _answered(scene, [{**one, _EVENT_TYPES: one["_event_types"]} for one in found], resource)
    shown = [{name: value for name, value in one.items() if name != _EVENT_TYPES} for one in answer.body["value"]]
    return Answer(200, answer.body | {"value": shown})


def _kept(scene: RequestContext, resource: Resource) -> list[Json]:
    kept = [one for one in scene.tenant.store(resource.store) if scene.now - one["_created"] <= _KEPT]
    return sorted(kept, key=lambda one: str(one["createdDateTime"]), reverse=True)


def _answered(scene: RequestContext, found: list[Json], resource: Resource) -> Answer:
    answer = listed(scene, found, resource)
    return Answer(200, answer.body | {"value": [_seen_by(scene, one) for one in answer.body["value"]]})


@implements("sign-ins-policies")
def get_sign_in(scene: RequestContext, resource: Resource) -> Answer:
    return Answer(200, _seen_by(scene, get_entity(scene, resource).body))


def _seen_by(scene: RequestContext, sign_in: Json) -> Json:
    """Which policies applied is left out for those who may not read Conditional Access."""
    if scene.granted & _SEES_POLICIES:
        return sign_in
    return {name: value for name, value in sign_in.items() if name != _APPLIED}
