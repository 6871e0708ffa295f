# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The named locations of a sign-in, by its address and country. Pure rules: no I/O.

"Network" (MicrosoftDocs/entra-docs, docs/identity/conditional-access) and the resource pages of ipNamedLocation and
countryNamedLocation in Graph. An address does not show where a phone is by GPS, nor whether it comes through Global
Secure Access: such locations are unknown.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from .._core.resource import normalize_case, normalized_set
from .sign_in import COMPLIANT_NETWORK, MFA_TRUSTED_ADDRESSES, TRUSTED, SignIn

# Whether a sign-in comes from these is never known.
UNLISTED = frozenset({MFA_TRUSTED_ADDRESSES, COMPLIANT_NETWORK})


def from_network(
    sign_in: SignIn, locations: Iterable[Mapping[str, Any]], address: str | None, country: str | None
) -> SignIn:
    """The sign-in with its locations; an empty country is one that no address maps to."""
    places, unsure_places = places_of(locations, address, country)
    return replace(sign_in, places=places, unsure_places=unsure_places)


def places_of(
    locations: Iterable[Mapping[str, Any]], address: str | None, country: str | None
) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of the locations that contain an address and a country, and those that may contain them."""
    found: dict[bool | None, set[str]] = {True: set(), False: set(), None: set(UNLISTED)}
    for location in locations:
        inside = _contains(location, address, country)
        if inside is not False:
            found[inside].add(normalize_case(str(location["id"])))
            if location.get("isTrusted"):
                found[inside].add(TRUSTED)
    return frozenset(found[True]), frozenset(found[None] - found[True])


def excludes_places(policy: Mapping[str, Any]) -> bool:
    return bool(((policy.get("conditions") or {}).get("locations") or {}).get("excludeLocations"))


def without_nowhere(policy: Mapping[str, Any], locations: Collection[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The policy without excluded locations from which nobody is known to come.

    Those are undefined locations, and all trusted ones if none is marked as trusted. The trusted addresses of
    multifactor authentication, which belong to them, are not in Graph.
    """
    if not excludes_places(policy):
        return policy
    there = {normalize_case(str(one["id"])) for one in locations}
    there |= {TRUSTED for one in locations if one.get("isTrusted")}
    conditions = policy["conditions"]
    excluded = [one for one in conditions["locations"]["excludeLocations"] if normalize_case(one) in there]
    return {
        **policy,
        "conditions": {**conditions, "locations": {**conditions["locations"], "excludeLocations": excluded}},
    }


def _contains(location: Mapping[str, Any], address: str | None, country: str | None) -> bool | None:
    kind = _kind(str(location.get("@odata.type", "")))
    if kind == "ipnamedlocation":
        return None if not address else _within(address, location.get("ipRanges") or [])
    if kind == "countrynamedlocation" and normalize_case(location.get("countryLookupMethod")) != "authenticatorappgps":
        if country is None:
            return None
        if not country:
            return bool(location.get("includeUnknownCountriesAndRegions"))
        return normalize_case(country) in _countries(tuple(location.get("countriesAndRegions") or ()))
    return None


@lru_cache(maxsize=100)
def _kind(name: str) -> str:
    return str(normalize_case(name)).rpartition(".")[2]


@lru_cache(maxsize=1_000)
def _countries(listed: tuple[str, ...]) -> frozenset[str]:
    return frozenset(normalized_set(listed))


def _within(address: str, ranges: Iterable[Mapping[str, Any]]) -> bool | None:
    try:
        known = _address(address)
        networks = [_network(str(one["cidrAddress"])) for one in ranges]
    except (KeyError, ValueError):
        return None
    return any(known in network for network in networks)


@lru_cache(maxsize=16)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(text)


@lru_cache(maxsize=10_000)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text, strict=False)
