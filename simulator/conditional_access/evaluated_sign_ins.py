# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-ins evaluated by the current policies: the log entries, and whether somebody gets in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..behaviours.table import implements
from ..directory.sign_ins import logged, seeded_sign_ins
from ..state.http_messages import Json
from ..state.tenant import Tenant
from .what_if import against

_EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
_CLIENTS = {
    "Browser": "browser",
    "Mobile Apps and Desktop clients": "mobileAppsAndDesktopClients",
    "Exchange ActiveSync": "exchangeActiveSync",
}
_PLATFORMS = {"ios": "iOS", "android": "android", "windows": "windows", "macos": "macOS", "linux": "linux"}
_TRUST = {"Azure AD registered": "Workplace", "Azure AD joined": "AzureAD", "Hybrid Azure AD joined": "ServerAD"}
_WORD = re.compile(r"[\W\d].*")  # the text after the name: "Ios 18.1", "Windows10"
# The controls as public logs write them.
_WORDS = {
    "block": "Block",
    "mfa": "Mfa",
    "compliantDevice": "RequireCompliantDevice",
    "domainJoinedDevice": "RequireDomainJoinedDevice",
    "compliantApplication": "RequireCompliantApp",
}
_NEEDS_SECOND_FACTOR, _BLOCKED = 50074, 53003


@dataclass(frozen=True)
class _Question:
    tenant: Tenant
    body: Json


def seed_evaluated_sign_ins(tenant: Tenant, now: datetime) -> None:
    """The described sign-ins, evaluated by the initial policies."""
    for number, described in enumerate(seeded_sign_ins(tenant)):
        if described.get("evaluate"):
            key = tenant.uuid("signIn", str(number))
            tenant.store("signIns").update(key, _evaluated(tenant, described))


@implements("sign-ins-evaluated")
def sign_in_again(tenant: Tenant, now: datetime) -> list[str]:
    """Repeat the sign-ins by the current policies. Returns their ids in the order of the description."""
    found = []
    store = tenant.store("signIns")
    for number, described in enumerate(seeded_sign_ins(tenant)):
        record = logged(tenant, f"{number} again {len(store)}", described, now - timedelta(seconds=1))
        store.add(record["id"], record | _evaluated(tenant, described))
        found.append(str(record["id"]))
    return found


@implements("sign-ins-evaluated")
def _evaluated(tenant: Tenant, described: Json) -> Json:
    question = _Question(tenant, _question(tenant, described))
    applied = [_result(question, policy, described) for policy in tenant.store("conditionalAccessPolicies")]
    failed = [one for one in applied if one["result"] == "failure"]
    passed = any(one["result"] == "success" for one in applied)
    # Exchange enforces the decision of Conditional Access for Exchange ActiveSync.
    legacy = described["client"] == "Exchange ActiveSync"
    policies = {one["id"]: one for one in tenant.store("conditionalAccessPolicies")}
    asks = failed and all(_asks(question, policies[one["id"]], described) for one in failed)
    code = 0 if not failed or legacy else _NEEDS_SECOND_FACTOR if asks else _BLOCKED
    return {
        "appliedConditionalAccessPolicies": applied,
        "conditionalAccessStatus": "failure" if failed else "success" if passed else "notApplied",
        "status": {"errorCode": code, "failureReason": "Other."},
    }


@implements("sign-ins-evaluated")
def _question(tenant: Tenant, described: Json) -> Json:
    system = _WORD.sub("", str(described.get("os", ""))).lower()
    device = described.get("device") or {}
    trust = _TRUST.get(device.get("trust", "Azure AD registered"))
    facts = {"isCompliant": device.get("compliant", False), "trustType": trust} if device else {}
    country = described.get("country", tenant.description["organization"]["countryLetterCode"])
    return {
        "signInIdentity": {"userId": tenant.uuid("user", described["user"])},
        "signInContext": {"includeApplications": [described.get("resource", _EXCHANGE)]},
        "signInConditions": {
            "clientAppType": _CLIENTS.get(described["client"], "other"),
            "devicePlatform": _PLATFORMS.get(system, "unknownFutureValue"),
            "ipAddress": described.get("ip", "203.0.113.10"),
            "country": country,
            "deviceInfo": facts,
            "signInRiskLevel": described.get("risk", "none"),
            "userRiskLevel": described.get("user_risk", "none"),
            "authenticationFlow": {
                "transferMethod": f"{described.get('flow', 'none')}Flow".replace("noneFlow", "none")
            },
        },
    }


@implements("sign-ins-evaluated")
def _result(question: _Question, policy: Json, described: Json) -> Json:
    applies = policy["state"] != "disabled" and next(against(question, policy), None) is None
    asked, missing, either = _missing(question, policy, described)
    passes = not missing or (either and len(missing) < len(asked))
    planned = policy["state"] == "enabledForReportingButNotEnforced"
    if policy["state"] == "disabled":
        result = "notEnabled"
    elif not applies:
        result = "reportOnlyNotApplied" if planned else "notApplied"
    elif passes:
        result = "reportOnlySuccess" if planned else "success"
    elif planned and _asks(question, policy, described):
        result = "reportOnlyInterrupted"
    else:
        result = "reportOnlyFailure" if planned else "failure"
    return {
        "id": policy["id"],
        "displayName": policy["displayName"],
        "enforcedGrantControls": [_WORDS.get(one, one) for one in asked],
        "enforcedSessionControls": [],
        "result": result,
    }


@implements("sign-ins-evaluated")
def _missing(question: _Question, policy: Json, described: Json) -> tuple[list[str], list[str], bool]:
    """The controls that a policy requires, those that the sign-in lacks, and whether one is enough."""
    grant = policy.get("grantControls") or {}
    asked = [one for one in grant.get("builtInControls") or [] if one != "approvedApplication"]
    missing = [one for one in asked if not _met(one, question.body["signInConditions"], described)]
    return asked, missing, grant.get("operator") == "OR"


@implements("sign-ins-evaluated")
def _asks(question: _Question, policy: Json, described: Json) -> bool:
    """Whether a second factor would suffice, which a client with a user interface can request."""
    _asked, missing, either = _missing(question, policy, described)
    modern = question.body["signInConditions"]["clientAppType"] in ("browser", "mobileAppsAndDesktopClients")
    return modern and "mfa" in missing and (either or missing == ["mfa"])


@implements("sign-ins-evaluated")
def _met(control: str, conditions: Json, described: Json) -> bool:
    """The controls met: Exchange ActiveSync can only show a device, other legacy clients nothing."""
    client, platform = conditions["clientAppType"], conditions["devicePlatform"]
    if client == "other" or (client == "exchangeActiveSync" and control != "compliantDevice"):
        return False
    if control == "mfa":
        return bool(described.get("mfa"))
    if control == "compliantApplication":
        return bool(described.get("protected")) and platform in ("iOS", "android")
    if control == "compliantDevice":
        return conditions["deviceInfo"].get("isCompliant") is True and platform in _PLATFORMS.values()
    return control == "domainJoinedDevice" and conditions["deviceInfo"].get("trustType") == "ServerAD"
