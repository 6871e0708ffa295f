# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What If: which Conditional Access policies would apply to a sign-in, and why the others would not."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Protocol

from ..behaviours.table import implements
from ..directory.groups import members_of
from ..odata.entities import RequestContext, Resource
from ..state.http_messages import Answer, Json, Refusal
from ..state.tenant import Tenant

_OFFICE365 = frozenset(
    {
        "00000002-0000-0ff1-ce00-000000000000",  # Exchange Online
        "00000003-0000-0ff1-ce00-000000000000",  # SharePoint Online
        "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe",  # Teams
    }
)
_UNKNOWN = "notEnoughInformation"
_RULE = re.compile(r"device\.(\w+)\s+-(eq|ne)\s+\"?([^\"]*)\"?", re.IGNORECASE)


class Question(Protocol):
    """A sign-in to evaluate, in the form of the action, whoever asks."""

    @property
    def tenant(self) -> Tenant:
        """The tenant to evaluate."""

    @property
    def body(self) -> Json:
        """The body of the action's request."""


@implements("what-if-version")
def _refuse_version(scene: RequestContext) -> None:
    """Optionally, v1.0 lacks the action."""
    if scene.tenant.description["conditional_access"]["what_if_in"] == "beta" and not scene.root.endswith("/beta"):
        raise Refusal(
            "what-if-version",
            status=400,
            code="BadRequest",
            message="Resource not found for the segment 'evaluate'.",
        )


@implements("what-if")
def evaluate(scene: RequestContext, resource: Resource) -> Answer:
    _refuse_version(scene)
    for name in ("signInIdentity", "signInContext", "signInConditions"):
        if not scene.body.get(name):
            raise Refusal("what-if-required", status=400, code="BadRequest", message=f"{name} is required.")
    address = scene.body["signInConditions"].get("ipAddress")
    if address and not _is_address(address):
        raise Refusal("what-if-required", status=400, code="BadRequest", message="ipAddress is not valid.")
    results = [_result(scene, policy) for policy in scene.tenant.store("conditionalAccessPolicies")]
    if scene.body.get("appliedPoliciesOnly"):
        results = [result for result in results if result["policyApplies"]]
    schema = {"$ref": "#/components/schemas/microsoft.graph.whatIfAnalysisResult"}
    return Answer(
        200,
        {
            "@odata.context": f"{scene.root}/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)",
            "value": [scene.schemas.completed(schema, result) for result in results],
        },
    )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _result(scene: RequestContext, policy: Json) -> Json:
    reason = next(against(scene, policy), None)
    return policy | {"policyApplies": reason is None, "analysisReasons": reason or "notSet"}


def against(scene: Question, policy: Json) -> Iterator[str]:
    """The reasons why a policy would not apply, the first of which is reported."""
    conditions = policy["conditions"]
    signs_in = scene.body["signInConditions"]
    if policy["state"] == "disabled":
        yield "policyNotEnabled"
    if not _users(scene, conditions):
        yield "users"
    if not _applications(scene.body["signInContext"], conditions["applications"]):
        yield "application"
    if conditions["applications"].get("applicationFilter"):
        yield _UNKNOWN
    yield from _one_of(signs_in.get("clientAppType"), _clients(conditions, signs_in), "all", "clientApps")
    yield from _platforms(signs_in.get("devicePlatform"), conditions.get("platforms"))
    yield from _locations(scene, conditions.get("locations"))
    yield from _devices(signs_in.get("deviceInfo"), (conditions.get("devices") or {}).get("deviceFilter"))
    yield from _risks(conditions, signs_in)


def _platforms(platform: str | None, condition: Json | None) -> Iterator[str]:
    if condition:
        yield from _one_of(platform, condition.get("includePlatforms") or ["all"], "all", "devicePlatform")
        if {platform, "all"} & set(condition.get("excludePlatforms") or []):
            yield "devicePlatform"


def _risks(conditions: Json, signs_in: Json) -> Iterator[str]:
    """Risk of the sign-in, of the user and of an insider, and the transfer method."""
    for key, asked, reason in (
        ("signInRiskLevels", "signInRiskLevel", "signInRisk"),
        ("userRiskLevels", "userRiskLevel", "userRisk"),
    ):
        if conditions.get(key):
            yield from _one_of(signs_in.get(asked), conditions[key], None, reason)
    for wanted, value, reason in (
        (conditions.get("insiderRiskLevels"), signs_in.get("insiderRiskLevel"), "insiderRisk"),
        (
            (conditions.get("authenticationFlows") or {}).get("transferMethods"),
            (signs_in.get("authenticationFlow") or {}).get("transferMethod"),
            "authenticationFlow",
        ),
    ):
        if wanted and wanted != "none":
            yield from _one_of(value, wanted.split(","), None, reason)


@implements("what-if-eas")
def _clients(conditions: Json, signs_in: Json) -> list[str]:
    """easSupported means Exchange ActiveSync on the platforms that Conditional Access supports for it."""
    named: list[str] = conditions["clientAppTypes"]
    supported = signs_in.get("devicePlatform") in ("iOS", "android", "windows")
    return [*named, *(["exchangeActiveSync"] if "easSupported" in named and supported else [])]


def _one_of(value: str | None, wanted: list[str], everything: str | None, reason: str) -> Iterator[str]:
    if everything in wanted:
        return
    if value is None:
        yield _UNKNOWN
    elif value not in wanted:
        yield reason


@implements("what-if-eas")
def _users(scene: Question, conditions: Json) -> bool:
    """If Exchange ActiveSync is selected, roles and guests among the users mean everybody."""
    users = conditions.get("users") or {}
    user = scene.tenant.store("users").get(scene.body["signInIdentity"].get("userId") or "")
    if user is None:
        return False
    everybody = (
        scene.body["signInConditions"].get("clientAppType") == "exchangeActiveSync"
        and bool({"exchangeActiveSync", "easSupported"} & set(conditions["clientAppTypes"]))
        and bool(users.get("includeRoles") or users.get("includeGuestsOrExternalUsers"))
    )
    return (everybody or _concerns(scene, user, users, "include")) and not _concerns(scene, user, users, "exclude")


@implements("what-if-people")
def _roles_of(scene: Question, user: Json) -> set[str]:
    """Active roles for the whole tenant, of the user and of role-assignable groups of the user."""
    holders = {user["id"]} | {
        group["id"]
        for group in scene.tenant.store("groups")
        if group.get("isAssignableToRole") and user["id"] in members_of(scene.tenant, group["id"], transitive=False)
    }
    return {
        held["roleDefinitionId"]
        for held in scene.tenant.store("roleAssignments")
        if held["principalId"] in holders and held["directoryScopeId"] in (None, "/")
    }


@implements("what-if-people")
def _kind_of(user: Json) -> str | None:
    """By whether somebody was invited from elsewhere, and by the account type."""
    invited = user.get("creationType") == "Invitation" or user.get("externalUserState") is not None
    if user["userType"] == "Guest":
        return "b2bCollaborationGuest" if invited else "internalGuest"
    return "b2bCollaborationMember" if invited else None


def _concerns(scene: Question, user: Json, users: Json, side: str) -> bool:
    named = users.get(f"{side}Users") or []
    groups = users.get(f"{side}Groups") or []
    guests = (users.get(f"{side}GuestsOrExternalUsers") or {}).get("guestOrExternalUserTypes") or ""
    kind = _kind_of(user)
    return (
        "All" in named
        or user["id"] in named
        or (kind is not None and ("GuestsOrExternalUsers" in named or kind in guests.split(",")))
        or any(user["id"] in members_of(scene.tenant, group, transitive=True) for group in groups)
        or bool(_roles_of(scene, user).intersection(users.get(f"{side}Roles") or []))
    )


def _applications(context: Json, applications: Json) -> bool:
    asked = set(context.get("includeApplications") or [])
    included = applications.get("includeApplications") or []
    excluded = applications.get("excludeApplications") or []
    taken = {app for app in asked if _covers(included, app) and not _covers(excluded, app)}
    return bool(taken)


def _covers(listed: list[str], app: str) -> bool:
    return "All" in listed or app in listed or ("Office365" in listed and (app in _OFFICE365 or app == "Office365"))


def _locations(scene: Question, locations: Json | None) -> Iterator[str]:
    if not locations:
        return
    signs_in = scene.body["signInConditions"]
    included, excluded = locations.get("includeLocations") or [], locations.get("excludeLocations") or []
    if "All" in included and not excluded:
        return
    if not (signs_in.get("ipAddress") or signs_in.get("country")):
        yield _UNKNOWN
    elif not _within(scene, included) or _within(scene, excluded):
        yield "location"


def _within(scene: Question, places: list[str]) -> bool:
    signs_in = scene.body["signInConditions"]
    known = list(scene.tenant.store("namedLocations"))
    return "All" in places or any(
        _contains(place, signs_in)
        for place in known
        if place["id"] in places or ("AllTrusted" in places and place.get("isTrusted"))
    )


def _contains(place: Json, signs_in: Json) -> bool:
    if "countriesAndRegions" in place:
        return signs_in.get("country") in place["countriesAndRegions"]
    address = signs_in.get("ipAddress")
    if not address:
        return False
    ranges = (ipaddress.ip_network(one["cidrAddress"], strict=False) for one in place.get("ipRanges") or [])
    return any(ipaddress.ip_address(address) in one for one in ranges)


def _devices(device: Json | None, wanted: Json | None) -> Iterator[str]:
    """Filters with one comparison; others are unsupported."""
    if not wanted:
        return
    rule = _RULE.fullmatch(str(wanted.get("rule") or "").strip())
    if device is None or rule is None:
        yield _UNKNOWN
        return
    held = str({name.lower(): value for name, value in device.items()}.get(rule[1].lower())).lower()
    fits = (held == rule[3].lower()) == (rule[2].lower() == "eq")
    if fits != (wanted.get("mode") == "include"):
        yield "devices"
