# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conditions of a Conditional Access policy beyond client and platform. Pure rules: no I/O.

The rules are those of "Conditions", "Network", "Filter for devices" and "Authentication flows" (MicrosoftDocs/
entra-docs, docs/identity/conditional-access). A condition that is unknown here narrows the policy, so whether it
holds is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import Any, TypeAlias

from .._core.resource import normalize_case, normalized_set
from .assignments import filled
from .device_filter import matches, possible_devices
from .sign_in import (
    APPS,
    BROWSER,
    CLIENT_TYPES,
    EAS,
    LEGACY,
    MFA_TRUSTED_ADDRESSES,
    NO_FLOW,
    PLATFORM_NAMES,
    TRUSTED,
    UNREGISTERED,
    Device,
    SignIn,
)

_RISKS = {
    "signInRiskLevels": ("sign_in_risk", ("none", "low", "medium", "high")),
    "userRiskLevels": ("user_risk", ("none", "low", "medium", "high")),
    "insiderRiskLevels": ("insider_risk", ("none", "minor", "moderate", "elevated")),
}
_KNOWN_RISKS = frozenset({"hidden"}).union(*(every for _attribute, every in _RISKS.values()))
_FLOWS = (NO_FLOW, "devicecodeflow", "authenticationtransfer")
# Conditions judged elsewhere, by client and platform alone.
_ELSEWHERE = frozenset({"users", "applications", "clientAppTypes", "platforms"})
_MOST_PLACES = 5
_MOST_SIGN_INS = 1000
Holds: TypeAlias = "bool | None"
Conditions = Mapping[str, Any]


def conditions_of(conditions: Conditions, sign_in: SignIn) -> Iterator[tuple[str, Holds]]:
    """The conditions that narrow a policy, each with whether it holds for a sign-in; None if unknown."""
    if filled((conditions.get("applications") or {}).get("applicationFilter")):
        yield "applicationFilter", None  # Graph does not show security attributes of Exchange Online
    if not sign_in.platform and filled(conditions.get("platforms")):
        yield "platforms", None
    yield from _new_values(conditions, sign_in)
    for name, value in conditions.items():
        if name not in _ELSEWHERE and "@" not in name and filled(value):
            yield name, _JUDGES.get(name, _unknown)(name, value, _facts(sign_in))


def _new_values(conditions: Conditions, sign_in: SignIn) -> Iterator[tuple[str, Holds]]:
    """The lists with a value that may apply to this sign-in, such as `unknownFutureValue`.

    A new value does not apply to a client that is named beside it, nor to a known platform. Which clients of Exchange
    ActiveSync are supported depends on the platform.
    """
    types, platforms = normalized_set(conditions.get("clientAppTypes")), conditions.get("platforms") or {}
    by_platform = sign_in.client == EAS and not sign_in.platform and types & {"eassupported", "easunsupported"}
    if (types - CLIENT_TYPES or by_platform) and not {"all", normalize_case(sign_in.client)} & types:
        yield "clientAppTypes", None
    listed = normalized_set([*(platforms.get("includePlatforms") or ()), *(platforms.get("excludePlatforms") or ())])
    if listed - PLATFORM_NAMES and sign_in.known_platform == "other":
        yield "platforms", None


def _facts(sign_in: SignIn) -> SignIn:
    """What follows from the client: basic authentication has no flows and passes no device state ("Conditions")."""
    if sign_in.client not in (APPS, BROWSER) and sign_in.flow is None:
        sign_in = replace(sign_in, flow=NO_FLOW)
    if sign_in.client == LEGACY and sign_in.device is None:
        sign_in = replace(sign_in, device=UNREGISTERED)
    return sign_in


def _unknown(_name: str, _value: Any, _sign_in: SignIn) -> Holds:
    return None


def _levels(value: Any) -> frozenset[str]:
    """Levels are a list, or one text with commas."""
    parts = value.split(",") if isinstance(value, str) else value
    return frozenset(normalize_case(str(one).strip()) for one in parts)


def _risk(name: str, value: Any, sign_in: SignIn) -> Holds:
    attribute, every = _RISKS[name]
    levels, level = _levels(value), getattr(sign_in, attribute)
    if levels >= set(every):
        return True
    if normalize_case(level) not in every:
        return None
    return normalize_case(level) in levels or (None if levels - _KNOWN_RISKS else False)


def _flow(_name: str, value: Any, sign_in: SignIn) -> Holds:
    methods = _levels((value or {}).get("transferMethods") or "") - {""}
    if not methods:
        return True
    if sign_in.flow is None:
        return None
    return normalize_case(sign_in.flow) in methods or (None if methods - set(_FLOWS) else False)


def _locations(_name: str, value: Any, sign_in: SignIn) -> Holds:
    included, excluded = normalized_set(value.get("includeLocations")), normalized_set(value.get("excludeLocations"))
    if not excluded and "all" in included:
        return True
    if "all" in excluded:
        return False
    if sign_in.places is None:
        return None
    inside = _named_by(included, sign_in)
    if inside is False and TRUSTED in included and MFA_TRUSTED_ADDRESSES in sign_in.unsure_places:
        inside = None  # "all trusted locations" includes these; excluding them would only require less
    outside = _named_by(excluded, sign_in)
    if inside is False or outside:
        return False
    return None if inside is None or outside is None else True


def _named_by(places: frozenset[str], sign_in: SignIn) -> Holds:
    if "all" in places or places & (sign_in.places or frozenset()):
        return True
    return None if places & sign_in.unsure_places else False


def _devices(_name: str, value: Any, sign_in: SignIn) -> Holds:
    wanted = value.get("deviceFilter") or {}
    if filled({name: part for name, part in value.items() if name != "deviceFilter"}) or not wanted.get("rule"):
        return None  # the deprecated device state, or a new condition
    found = matches(str(wanted["rule"]), sign_in)
    if normalize_case(wanted.get("mode")) not in ("include", "exclude") or found is None:
        return None
    return found is (normalize_case(wanted["mode"]) == "include")


_JUDGES: dict[str, Callable[[str, Any, SignIn], Holds]] = {
    **dict.fromkeys(_RISKS, _risk),
    "authenticationFlows": _flow,
    "locations": _locations,
    "devices": _devices,
}


def every_case(policies: Iterable[Conditions], sign_in: SignIn) -> list[SignIn]:
    """The sign-in in every case that these policies distinguish, as far as it leaves that open.

    Some of the cases may not occur. If there are too many, their causes stay unknown.
    """
    policies, cases = list(policies), [sign_in]
    open_to: dict[str, Sequence[Any]] = {
        **{attribute: _risk_cases(policies, api, every) for api, (attribute, every) in _RISKS.items()},
        "flow": _flow_cases(policies),
        "places": _place_cases(policies),
        "device": _device_cases(policies, sign_in),
    }
    for name, values in open_to.items():
        known = getattr(_facts(sign_in), name)
        if known is None and values and len(cases) * len(values) <= _MOST_SIGN_INS:
            cases = [replace(case, **{name: value}) for case, value in product(cases, values)]
    return cases


def _named(policies: Iterable[Conditions], name: str) -> list[Any]:
    return [policy[name] for policy in policies if filled(policy.get(name))]


def _risk_cases(policies: Iterable[Conditions], name: str, every: tuple[str, ...]) -> list[str]:
    return list(every) if _named(policies, name) else []


def _flow_cases(policies: Iterable[Conditions]) -> list[str]:
    return list(_FLOWS) if _named(policies, "authenticationFlows") else []


def _place_cases(policies: Iterable[Conditions]) -> list[frozenset[str]]:
    """Every set of the named places: how they overlap is unknown here.

    Of places that are always listed together, one stands for all: no policy distinguishes them.
    """
    lists = [
        normalized_set(value.get(side))
        for value in _named(policies, "locations")
        for side in ("includeLocations", "excludeLocations")
    ]
    alike: dict[Any, str] = {}
    for place in sorted(frozenset().union(*lists) - {"all"}):
        own = place if place in (TRUSTED, MFA_TRUSTED_ADDRESSES) else ""
        alike.setdefault((own, *(place in one for one in lists)), place)
    places = sorted(alike.values())
    if not places or len(places) > _MOST_PLACES:
        return []
    found = [frozenset(some) for number in range(len(places) + 1) for some in combinations(places, number)]
    return [some for some in found if MFA_TRUSTED_ADDRESSES not in some or TRUSTED in some or TRUSTED not in places]


def _device_cases(policies: Iterable[Conditions], sign_in: SignIn) -> list[Device]:
    rules = frozenset(
        str(rule) for value in _named(policies, "devices") if (rule := (value.get("deviceFilter") or {}).get("rule"))
    )
    return possible_devices(rules, sign_in.known_platform) if rules else []
