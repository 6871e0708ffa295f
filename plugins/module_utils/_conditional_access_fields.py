# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Conditional Access policy consists of: its options, nested as the objects of Graph are. No I/O.

Graph may replace an object inside of a policy as a whole, so a change of a part always sends the object that holds it,
with everything that was in it. Option names are the API's in snake_case; only the policy's own state is called
policy_state, since C(state) says whether there is a policy at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ._conditional_access import REPORT_ONLY
from ._conditional_access_people import filled
from ._resource import EditedList, Field, folded_set, snake

_PLATFORMS = ["android", "iOS", "windows", "windowsPhone", "macOS", "all", "linux"]
_RISKS = ["low", "medium", "high", "hidden", "none"]
_STATES = {"enabled": "enabled", "disabled": "disabled", "report_only": REPORT_ONLY}


@dataclass(frozen=True)
class State(Field):
    """The state of a policy, which Graph calls by a longer name in report-only mode."""

    def target(self, before: Any, given: Any) -> Any:
        return _STATES[given]


@dataclass(frozen=True)
class Flags(Field):
    """Several values that Graph writes as one text with commas."""

    def target(self, before: Any, given: Any) -> Any:
        return ",".join(given) or None


@dataclass(frozen=True)
class Reference(Field):
    """An object of its own that is only referred to."""

    def target(self, before: Any, given: Any) -> Any:
        return {"id": given} if given else None


@dataclass(frozen=True)
class Group(Field):
    """An object with parts. Parts that are not given stay; an object in which nothing is left becomes null."""

    parts: tuple[Field, ...] = ()

    def clearing(self, prefix: str = "") -> Iterator[str]:
        yield f"{prefix}{self.option}"
        for one in self.parts:
            yield from one.clearing(f"{prefix}{self.option}.")

    def target(self, before: Any, given: Any) -> Any:
        known = dict(before or {})
        told = [one for one in self.parts if given.get(one.option) is not None]
        for one in told:
            known[one.api] = one.target(known.get(one.api), given[one.option])
        return known if told and filled(known) else None


@dataclass(frozen=True)
class ExternalTenants(Group):
    """Which tenants guests come from: Graph wants to be told the type of the object."""

    def target(self, before: Any, given: Any) -> Any:
        known = super().target(before, given)
        kind = (known or {}).get("membershipKind")
        if kind:
            known["@odata.type"] = f"#microsoft.graph.conditionalAccess{kind.capitalize()}ExternalTenants"
        return known


def _same_parts(parts: tuple[Field, ...], value: Any) -> dict[str, Any]:
    """An object for comparison: nothing, null and empty are the same."""
    known = {one.api: one.same for one in parts}
    shown = {name: known.get(name, _as_it_is)(part) for name, part in (value or {}).items() if "@" not in name}
    return {name: part for name, part in shown.items() if filled(part)}


def _as_it_is(value: Any) -> Any:
    return value


def _same_flags(value: Any) -> frozenset[str]:
    return folded_set(one.strip() for one in (value or "").split(",")) - {"", "none"}


def _group(api: str, *parts: Field, kind: type[Group] = Group) -> Group:
    spec = {"type": "dict", "options": {one.option: {"type": "str", **one.spec} for one in parts}}
    return kind(snake(api), api, spec, partial(_same_parts, parts), parts=parts)


def _one(api: str, kind: str = "str", choices: list[str] | None = None) -> Field:
    return Field(snake(api), api, {"type": kind, **({"choices": choices} if choices else {})})


def _list(api: str, choices: list[str] | None = None) -> Field:
    spec = {"type": "list", "elements": "str", **({"choices": choices} if choices else {})}
    return Field(snake(api), api, spec, folded_set)


def _flags(api: str, choices: list[str]) -> Flags:
    return Flags(snake(api), api, {"type": "list", "elements": "str", "choices": choices}, _same_flags)


def _filter(api: str) -> Group:
    return _group(api, _one("mode", choices=["include", "exclude"]), _one("rule"))


def _guests(api: str) -> Group:
    kinds = [
        "internalGuest",
        "b2bCollaborationGuest",
        "b2bCollaborationMember",
        "b2bDirectConnectUser",
        "otherExternalUser",
        "serviceProvider",
    ]
    tenants = (_one("membershipKind", choices=["all", "enumerated"]), _list("members"))
    return _group(
        api, _flags("guestOrExternalUserTypes", kinds), _group("externalTenants", *tenants, kind=ExternalTenants)
    )


def _switched(api: str, *parts: Field) -> Group:
    return _group(api, _one("isEnabled", "bool"), *parts)


_PEOPLE = ("Users", "Groups", "Roles")
_SIDES = ("include", "exclude")
CONDITIONS = _group(
    "conditions",
    _group(
        "users",
        *(EditedList(snake(f"{side}{who}"), f"{side}{who}") for side in _SIDES for who in _PEOPLE),
        *(_guests(f"{side}GuestsOrExternalUsers") for side in _SIDES),
    ),
    _group(
        "applications",
        _list("includeApplications"),
        _list("excludeApplications"),
        _list("includeUserActions"),
        _list("includeAuthenticationContextClassReferences"),
        _filter("applicationFilter"),
    ),
    _list(
        "clientAppTypes",
        ["all", "browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "easSupported", "other"],
    ),
    _group("platforms", _list("includePlatforms", _PLATFORMS), _list("excludePlatforms", _PLATFORMS)),
    _group("locations", _list("includeLocations"), _list("excludeLocations")),
    _group("devices", _filter("deviceFilter")),
    _list("userRiskLevels", _RISKS),
    _list("signInRiskLevels", _RISKS),
    _flags("insiderRiskLevels", ["minor", "moderate", "elevated"]),
    _group("authenticationFlows", _flags("transferMethods", ["deviceCodeFlow", "authenticationTransfer"])),
)
GRANT = _group(
    "grantControls",
    _one("operator", choices=["AND", "OR"]),
    _list(
        "builtInControls",
        [
            "block",
            "mfa",
            "compliantDevice",
            "domainJoinedDevice",
            "approvedApplication",
            "compliantApplication",
            "passwordChange",
            "riskRemediation",
        ],
    ),
    _list("customAuthenticationFactors"),
    _list("termsOfUse"),
    Reference(
        "authentication_strength",
        "authenticationStrength",
        {"type": "str"},
        lambda value: (value or {}).get("id"),
        clears=True,
    ),
)
SESSION = _group(
    "sessionControls",
    _switched("applicationEnforcedRestrictions"),
    _switched(
        "cloudAppSecurity",
        _one("cloudAppSecurityType", choices=["mcasConfigured", "monitorOnly", "blockDownloads"]),
    ),
    _switched("persistentBrowser", _one("mode", choices=["always", "never"])),
    _switched(
        "signInFrequency",
        _one("value", "int"),
        _one("type", choices=["days", "hours"]),
        _one("frequencyInterval", choices=["timeBased", "everyTime"]),
        _one("authenticationType", choices=["primaryAndSecondaryAuthentication", "secondaryAuthentication"]),
    ),
    _one("disableResilienceDefaults", "bool"),
)
FIELDS = (
    State("policy_state", "state", {"choices": list(_STATES)}),
    Field("description", "description", {"type": "str"}, clears=True),
    CONDITIONS,
    GRANT,
    SESSION,
)


def as_new(params: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a new policy: report-only, all client apps, all controls, where nothing else is given."""
    conditions, grant = params.get("conditions") or {}, params.get("grant_controls")
    types, operator = conditions.get("client_app_types") or ["all"], (grant or {}).get("operator") or "AND"
    return {
        **params,
        "policy_state": params.get("policy_state") or "report_only",
        "conditions": {**conditions, "client_app_types": types},
        "grant_controls": {**grant, "operator": operator} if grant else None,
    }
