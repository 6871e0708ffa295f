# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a Conditional Access policy: its options, nested like the objects of Graph. No I/O.

Graph may replace an object within a policy as a whole, so a change of a part always sends the whole object, with its
current contents. Option names are those of the API in snake_case; only the policy's own state is policy_state, since
`state` says whether the policy exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._core.resource import EditedList, Field, normalize_case, normalized_set, snake, without_repeats
from .assignments import filled
from .policy_states import REPORT_ONLY

_PLATFORMS = ["android", "iOS", "windows", "windowsPhone", "macOS", "all", "linux"]
_RISKS = ["low", "medium", "high", "hidden", "none"]
_STATES = {"enabled": "enabled", "disabled": "disabled", "report_only": REPORT_ONLY}
_PEOPLE = ("Users", "Groups", "Roles")
_SIDES = ("include", "exclude")
# The lists of people that a policy is for: option and name in Graph.
PEOPLE_LISTS = {snake(f"{side}{who}"): f"{side}{who}" for side in _SIDES for who in _PEOPLE}
GUESTS = "GuestsOrExternalUsers"
_GUEST_TYPES = [
    "internalGuest",
    "b2bCollaborationGuest",
    "b2bCollaborationMember",
    "b2bDirectConnectUser",
    "otherExternalUser",
    "serviceProvider",
]


@dataclass(frozen=True)
class State(Field):
    """The state of a policy; Graph has a longer name for report-only mode."""

    def target(self, before: Any, value: Any) -> Any:
        return _STATES[value]


@dataclass(frozen=True)
class Names(Field):
    """A list as a whole, without duplicate names."""

    def target(self, before: Any, value: Any) -> Any:
        return without_repeats(value)


@dataclass(frozen=True)
class Flags(Field):
    """Several values that Graph writes as one comma-separated text."""

    def target(self, before: Any, value: Any) -> Any:
        return ",".join(value) or None


@dataclass(frozen=True)
class Reference(Field):
    """A separate object that is only referenced."""

    def target(self, before: Any, value: Any) -> Any:
        return {"id": value} if value else None


@dataclass(frozen=True)
class Group(Field):
    """An object with parts. Parts that are not given stay; an object that becomes empty becomes null."""

    parts: tuple[Field, ...] = ()

    def clearing(self, prefix: str = "") -> Iterator[str]:
        yield f"{prefix}{self.option}"
        for one in self.parts:
            yield from one.clearing(f"{prefix}{self.option}.")

    def target(self, before: Any, value: Any) -> Any:
        known = dict(before or {})
        named_parts = [one for one in self.parts if value.get(one.option) is not None]
        for one in named_parts:
            known[one.api] = one.target(known.get(one.api), value[one.option])
        return known if named_parts and filled(known) else None


@dataclass(frozen=True)
class ExternalTenants(Group):
    """The tenants that guests come from: Graph requires the type of the object."""

    def target(self, before: Any, value: Any) -> Any:
        known = super().target(before, value)
        kind = (known or {}).get("membershipKind")
        if kind:
            known["@odata.type"] = f"#microsoft.graph.conditionalAccess{kind.capitalize()}ExternalTenants"
        return known


@dataclass(frozen=True)
class People(Group):
    """The people of a policy. The word GuestsOrExternalUsers is equal to the object with all types of guests.

    Graph turns the one into the other and refuses both together (hashicorp/terraform-provider-azuread issue 1196), so
    the object is what is compared and sent.
    """

    def target(self, before: Any, value: Any) -> Any:
        known, wanted = _guests_by_type(before or {}), dict(value)
        for side in _SIDES:
            edit, option = wanted.get(f"{side}_users") or {}, snake(f"{side}{GUESTS}")
            named = {
                name: normalize_case(GUESTS) in normalized_set(edit.get(name)) for name in ("add", "set", "remove")
            }
            if any(named.values()):
                wanted[f"{side}_users"] = {
                    name: values and [one for one in values if normalize_case(one) != normalize_case(GUESTS)]
                    for name, values in edit.items()
                }
            if named["add"] or named["set"]:
                known[f"{side}{GUESTS}"] = None
                wanted[option] = {
                    "guest_or_external_user_types": _GUEST_TYPES,
                    "external_tenants": {"membership_kind": "all"},
                }
            elif (
                (named["remove"] or edit.get("set") is not None)
                and wanted.get(option) is None
                and _all_guests(known.get(f"{side}{GUESTS}"))
            ):
                wanted[option] = {}
        return super().target(known, wanted)


def both_forms_of_guests(params: Mapping[str, Any]) -> list[str]:
    """Options that specify guests in both forms."""
    users = (params.get("conditions") or {}).get("users") or {}
    return [
        f"conditions.users.{side}_users"
        for side in _SIDES
        for edit in [users.get(f"{side}_users") or {}]
        if users.get(snake(f"{side}{GUESTS}")) is not None
        and normalize_case(GUESTS) in normalized_set([*(edit.get("add") or ()), *(edit.get("set") or ())])
    ]


def _guests_by_type(users: Mapping[str, Any]) -> dict[str, Any]:
    """An assignment as Graph writes it, with all guests as an object instead of a word."""
    written = dict(users)
    for side in _SIDES:
        named = written.get(f"{side}Users") or []
        if normalize_case(GUESTS) in normalized_set(named):
            written[f"{side}Users"] = [one for one in named if normalize_case(one) != normalize_case(GUESTS)]
            written[f"{side}{GUESTS}"] = {"guestOrExternalUserTypes": ",".join(_GUEST_TYPES)}
    return written


def _all_guests(value: Any) -> bool:
    tenants = normalize_case(((value or {}).get("externalTenants") or {}).get("membershipKind"))
    return _same_flags((value or {}).get("guestOrExternalUserTypes")) == normalized_set(_GUEST_TYPES) and tenants in (
        None,
        "all",
    )


def _same_people(parts: tuple[Field, ...], value: Any) -> dict[str, Any]:
    return _same_parts(parts, _guests_by_type(value or {}))


def _same_guests(parts: tuple[Field, ...], value: Any) -> dict[str, Any]:
    """If Graph names no tenants, it means all tenants."""
    known = _same_parts(parts, value)
    if normalize_case((known.get("externalTenants") or {}).get("membershipKind")) == "all":
        del known["externalTenants"]
    return known


def _same_parts(parts: tuple[Field, ...], value: Any) -> dict[str, Any]:
    """An object for comparison: missing, null and empty are equal."""
    known = {one.api: one.normalize for one in parts}
    shown = {name: known.get(name, _as_it_is)(part) for name, part in (value or {}).items() if "@" not in name}
    return {name: part for name, part in shown.items() if filled(part)}


def _as_it_is(value: Any) -> Any:
    return value


def _same_flags(value: Any) -> frozenset[str]:
    return normalized_set(one.strip() for one in (value or "").split(",")) - {"", "none"}


def _group(
    api: str,
    *parts: Field,
    kind: type[Group] = Group,
    normalize: Callable[[tuple[Field, ...], Any], dict[str, Any]] = _same_parts,
) -> Group:
    spec = {"type": "dict", "options": {one.option: {"type": "str", **one.spec} for one in parts}}
    return kind(snake(api), api, spec, partial(normalize, parts), parts=parts)


def _one(api: str, kind: str = "str", choices: list[str] | None = None) -> Field:
    return Field(snake(api), api, {"type": kind, **({"choices": choices} if choices else {})})


def _list(api: str, choices: list[str] | None = None) -> Field:
    spec = {"type": "list", "elements": "str", **({"choices": choices} if choices else {})}
    return Names(snake(api), api, spec, normalized_set)


def _flags(api: str, choices: list[str]) -> Flags:
    return Flags(snake(api), api, {"type": "list", "elements": "str", "choices": choices}, _same_flags)


def _filter(api: str) -> Group:
    return _group(api, _one("mode", choices=["include", "exclude"]), _one("rule"))


def _guests(api: str) -> Group:
    tenants = (_one("membershipKind", choices=["all", "enumerated"]), _list("members"))
    return _group(
        api,
        _flags("guestOrExternalUserTypes", _GUEST_TYPES),
        _group("externalTenants", *tenants, kind=ExternalTenants),
        normalize=_same_guests,
    )


def _switched(api: str, *parts: Field) -> Group:
    return _group(api, _one("isEnabled", "bool"), *parts)


CONDITIONS = _group(
    "conditions",
    _group(
        "users",
        *(EditedList(option, api) for option, api in PEOPLE_LISTS.items()),
        *(_guests(f"{side}{GUESTS}") for side in _SIDES),
        kind=People,
        normalize=_same_people,
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
    Field("description", "description", {"type": "str"}, normalize=lambda text: text or "", clears=True),
    CONDITIONS,
    GRANT,
    SESSION,
)


def as_new(params: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a new policy. Defaults: report-only, all client apps, all controls."""
    conditions, grant = params.get("conditions") or {}, params.get("grant_controls")
    types, operator = conditions.get("client_app_types") or ["all"], (grant or {}).get("operator") or "AND"
    return {
        **params,
        "policy_state": params.get("policy_state") or "report_only",
        "conditions": {**conditions, "client_app_types": types},
        "grant_controls": {**grant, "operator": operator} if grant else None,
    }
