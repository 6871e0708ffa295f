# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-in log: what it keeps, who may read it, and what of it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from ..behaviours.table import implements
from ..odata.entities import RequestContext, Resource, get_entity, listed
from ..state.clock import iso
from ..state.http_messages import Answer, Json, Refusal
from ..state.tenant import Tenant

_EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
_KEPT = timedelta(days=30)
# What a crowd signs in with, and to.
_KINDS = (
    ("Mobile Apps and Desktop clients", "Ios {}.1"),
    ("Mobile Apps and Desktop clients", "Android {}"),
    ("Mobile Apps and Desktop clients", "Windows10"),
    ("Browser", "Windows10"),
    ("Browser", "MacOs"),
    ("Exchange ActiveSync", "Ios {}"),
)
_RESOURCES = (_EXCHANGE, _EXCHANGE, "00000003-0000-0000-c000-000000000000", "00000003-0000-0ff1-ce00-000000000000")
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
BETA_SIGN_IN_FILTERS = SIGN_IN_FILTERS | {"authenticationRequirement": _TEXT, "signInEventTypes": _EQ}
# https://learn.microsoft.com/graph/api/resources/directoryaudit
AUDIT_FILTERS = {
    "activityDateTime": frozenset({"eq", "le", "ge"}),
    "activityDisplayName": _TEXT,
    "category": _EQ,
    "correlationId": _EQ,
    "loggedByService": _EQ,
}


def seed_sign_ins(tenant: Tenant, now: datetime) -> None:
    """`sign_ins` of the description: who, with which client, how long ago, and what policies made of it."""
    for number, described in enumerate(seeded_sign_ins(tenant)):
        sign_in = logged(tenant, str(number), described, now - timedelta(seconds=described["age"]))
        tenant.store("signIns").add(sign_in["id"], sign_in)
    for number, described in enumerate(tenant.description["directory_audits"]):
        audit = _audit(tenant, number, described, now)
        tenant.store("directoryAudits").add(audit["id"], audit)


def seeded_sign_ins(tenant: Tenant) -> list[Json]:
    """The sign-ins of the description, and those of its crowd."""
    return [*tenant.description["sign_ins"], *_seeded_crowd(tenant)]


def _seeded_crowd(tenant: Tenant) -> Iterator[Json]:
    """As many sign-ins as `sign_in_crowd` asks for, the same ones in every run: {sign_ins, seed}."""
    crowd = tenant.description.get("sign_in_crowd") or {"sign_ins": 0}
    chance = random.Random(crowd.get("seed", 0))
    users = [one for one, described in tenant.description["users"].items() if described]
    for _number in range(crowd["sign_ins"]):
        kind = chance.choice(_KINDS)
        identified = chance.random() < 0.7
        yield {
            "user": chance.choice(users),
            "client": kind[0],
            "os": kind[1].format(chance.randint(12, 18)),
            "device": {"compliant": chance.random() < 0.8} if identified else None,
            "mfa": chance.random() < 0.6,
            "interactive": chance.random() < 0.3,
            "app": chance.choice(("Outlook Mobile", "Office 365 Exchange Online", "Microsoft Teams", "Office Portal")),
            "resource": chance.choice(_RESOURCES),
            "country": chance.choice(("CH", "DE", "FR", "US")),
            "ip": f"198.51.{chance.randint(0, 7)}.{chance.randint(1, 254)}",
            "age": chance.randint(60, 29 * 86400),
            "evaluate": True,
        }


@implements("sign-ins-status")
def logged(tenant: Tenant, number: str, described: Json, created: datetime) -> Json:
    """A policy that blocks shows in conditionalAccessStatus; the status of the sign-in itself stays a success."""
    app = str(described.get("app", "Office 365 Exchange Online"))
    user = tenant.description["users"][described["user"]]
    return {
        "id": tenant.uuid("signIn", number),
        "createdDateTime": iso(created),
        "appDisplayName": app,
        "appId": tenant.uuid("app", app),
        "clientAppUsed": described["client"],
        "conditionalAccessStatus": described.get("conditional_access", "notApplied"),
        "correlationId": tenant.uuid("correlation", number),
        "ipAddress": described.get("ip", "203.0.113.10"),
        "homeTenantId": described.get("home"),
        "isInteractive": described.get("interactive", True),
        "resourceDisplayName": described.get("resource_name", "Office 365 Exchange Online"),
        "resourceId": described.get("resource", _EXCHANGE),
        "riskLevelDuringSignIn": described.get("risk", "none") if tenant.has_plan("AAD_PREMIUM_P2") else "hidden",
        "deviceDetail": _device(tenant, described),
        "location": {
            "countryOrRegion": described.get("country", tenant.description["organization"]["countryLetterCode"])
        },
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
        "_beta": {
            "authenticationProtocol": described.get("flow", "none"),
            "authenticationRequirement": f"{'multi' if described.get('mfa') else 'single'}FactorAuthentication",
            "clientCredentialType": described.get("credential", "none"),
            "conditionalAccessAudiences": list(described.get("audiences", ())),
            "crossTenantAccessType": "none",
            "originalTransferMethod": described.get("flow", "none").replace("deviceCode", "deviceCodeFlow"),
            "signInEventTypes": ["interactiveUser" if described.get("interactive", True) else "nonInteractiveUser"],
            "userType": str(user.get("userType", "Member")).lower(),
        },
    }


@implements("sign-ins-device")
def _device(tenant: Tenant, described: Json) -> Json:
    """Of a device that was not identified, nothing but what the client says of itself; isCompliant is false then."""
    device, system = described.get("device") or {}, described.get("os", "")
    if not device or device.get("identified") is False:
        return {"deviceId": "", "operatingSystem": system, "isCompliant": False, "isManaged": False, "trustType": ""}
    return {
        "deviceId": tenant.uuid("device", described["user"], system),
        "operatingSystem": system,
        "isCompliant": device.get("compliant", False),
        "isManaged": device.get("managed", True),
        "trustType": device.get("trust", "Azure AD registered"),
    }


def _audit(tenant: Tenant, number: int, described: Json, now: datetime) -> Json:
    group, user = described.get("group"), described.get("user")
    changed = [
        {"displayName": name, "oldValue": json.dumps([old]), "newValue": json.dumps([new])}
        for name, (old, new) in described.get("changed", {}).items()
    ]
    targets = [
        {"id": tenant.uuid(kind.lower(), name), "type": kind, "displayName": name, "modifiedProperties": changed}
        for kind, name in (("User", user), ("Group", group))
        if name
    ]
    return {
        "id": tenant.uuid("directoryAudit", str(number)),
        "activityDateTime": iso(now - timedelta(seconds=described["age"])),
        "activityDisplayName": described["activity"],
        "category": "GroupManagement" if group else "UserManagement",
        "loggedByService": "Core Directory",
        "result": "success",
        "targetResources": targets,
        "_created": now - timedelta(seconds=described["age"]),
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
    """Most recent first, as far back as they are kept; interactive ones only."""
    return _listed(scene, resource, [one for one in _kept(scene, resource) if one["isInteractive"]])


@implements("sign-ins-beta")
def list_beta_sign_ins(scene: RequestContext, resource: Resource) -> Answer:
    """Beta tells more of each, and has non-interactive ones where the filter names signInEventTypes."""
    kinds = "signineventtypes" in scene.options.get("$filter", "").lower()
    kept = [one for one in _kept(scene, resource) if kinds or one["isInteractive"]]
    return _listed(scene, resource, [one | one["_beta"] for one in kept])


@implements("directory-audits")
def list_audits(scene: RequestContext, resource: Resource) -> Answer:
    kept = sorted(_kept(scene, resource), key=lambda one: str(one["activityDateTime"]), reverse=True)
    return listed(scene, kept, resource)


def _kept(scene: RequestContext, resource: Resource) -> list[Json]:
    return [one for one in scene.tenant.store(resource.store) if scene.now - one["_created"] <= _KEPT]


def _listed(scene: RequestContext, resource: Resource, kept: list[Json]) -> Answer:
    kept.sort(key=lambda one: str(one["createdDateTime"]), reverse=True)
    answer = listed(scene, kept, resource)
    return Answer(200, answer.body | {"value": [_seen_by(scene, one) for one in answer.body["value"]]})


@implements("sign-ins-policies")
def get_sign_in(scene: RequestContext, resource: Resource) -> Answer:
    return Answer(200, _seen_by(scene, get_entity(scene, resource).body))


def _seen_by(scene: RequestContext, sign_in: Json) -> Json:
    """Which policies applied is left out for those who may not read Conditional Access."""
    if scene.granted & _SEES_POLICIES:
        return sign_in
    return {name: value for name, value in sign_in.items() if name != _APPLIED}
