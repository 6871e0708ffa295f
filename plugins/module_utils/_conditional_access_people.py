# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a Conditional Access policy is assigned to. Pure rules: no I/O.

The rules are those of "Users, groups, and workload identities" (MicrosoftDocs/entra-docs, docs/identity/
conditional-access) and of conditionalAccessUsers in Microsoft Graph: an exclusion overrides an inclusion, and nested
members count. For Exchange ActiveSync, a policy that includes roles or guests applies to all ("Conditions").

Assumed, since no page says it: an exclusion holds for Exchange ActiveSync as it does elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._resource import fold, folded_set

_ALL_GUESTS = frozenset(
    {
        "internalguest",
        "b2bcollaborationguest",
        "b2bcollaborationmember",
        "b2bdirectconnectuser",
        "otherexternaluser",
        "serviceprovider",
    }
)
Why = tuple[str, str]  # a stable word, and the sentence for it


@dataclass(frozen=True)
class Person:
    """Who signs in: the ids of groups, nested ones too, and of role templates; None where they could not be read.

    All ids are in lower case. C(kind) is C(member), one of Graph's C(guestOrExternalUserTypes), or C(guest) where no
    more is known.
    """

    id: str
    groups: frozenset[str] | None = frozenset()
    roles: frozenset[str] | None = frozenset()
    kind: str = "member"
    tenant: str = ""


# A member whom no policy names in any way.
EVERYBODY = Person("everybody")


def reach(policy: Mapping[str, Any], person: Person, *, eas: bool) -> tuple[Why | None, str]:
    """Why a policy does not apply to a person; else what that depends on, if on anything."""
    users = (policy.get("conditions") or {}).get("users") or {}
    excluded, how = _named(users, "exclude", person)
    if excluded:
        return ("excluded", f"it excludes {how}"), ""
    included, found = _named(users, "include", person)
    if eas and (filled(users.get("includeRoles")) or _includes_guests(users)):
        included = True  # "causes all users to be subject of the policy"
    if included is False:
        return ("not_included", f"it includes only {', '.join(_listed(users, 'include')) or 'nobody'}"), ""
    doubt = how if excluded is None else found if included is None else ""
    return None, f"not known here: {doubt}" if doubt else ""


def _named(users: Mapping[str, Any], side: str, person: Person) -> tuple[bool | None, str]:
    """Whether one side of an assignment names a person, and how; None if that is not known."""
    ids = folded_set(users.get(f"{side}Users"))
    if "all" in ids or fold(person.id) in ids:
        return True, "everybody" if "all" in ids else f"user {person.id}"
    found: list[tuple[bool | None, str]] = []
    for kind, held in (("Groups", person.groups), ("Roles", person.roles)):
        for one in users.get(f"{side}{kind}") or ():
            inside = None if held is None else fold(one) in held
            found.append((inside, f"{kind.lower()[:-1]} {one}"))
    if "guestsorexternalusers" in ids:
        found.append((person.kind != "member", "guests or external users"))
    found.append((_is_guest(users.get(f"{side}GuestsOrExternalUsers") or {}, person), "guests or external users"))
    certain = next((one for one in found if one[0]), None)
    return certain or next((one for one in found if one[0] is None), (False, ""))


def _includes_guests(users: Mapping[str, Any]) -> bool:
    return "guestsorexternalusers" in folded_set(users.get("includeUsers")) or bool(
        _guest_types(users.get("includeGuestsOrExternalUsers") or {})
    )


def _guest_types(guests: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(fold(guests.get("guestOrExternalUserTypes") or "").replace(" ", "").split(",")) & _ALL_GUESTS


def _is_guest(guests: Mapping[str, Any], person: Person) -> bool | None:
    types, kind = _guest_types(guests), fold(person.kind)
    possible = {"internalguest", "b2bcollaborationguest"} if kind == "guest" else {kind}
    if not types & possible:
        return False
    tenants = guests.get("externalTenants") or {}
    members = folded_set(tenants.get("members")) if fold(tenants.get("membershipKind")) == "enumerated" else None
    if members is None or kind == "internalguest":
        return True if possible <= types else None
    if person.tenant and fold(person.tenant) not in members:
        return None if "internalguest" in possible & types else False
    return True if person.tenant and possible <= types else None


def exclusions(policy: Mapping[str, Any]) -> list[str]:
    return _listed((policy.get("conditions") or {}).get("users") or {}, "exclude")


def _listed(users: Mapping[str, Any], side: str) -> list[str]:
    """One side of an assignment in words."""
    listed = [
        f"{kind.lower()[:-1]} {one}"
        for kind in ("Users", "Groups", "Roles")
        for one in users.get(f"{side}{kind}") or ()
    ]
    types = _guest_types(users.get(f"{side}GuestsOrExternalUsers") or {})
    return [*listed, f"guests or external users ({', '.join(sorted(types))})"] if types else listed


def filled(value: Any) -> bool:
    """Whether a part of a policy says anything: Graph writes what is not set as null, empty or C(none)."""
    if isinstance(value, Mapping):
        return any(filled(part) for name, part in value.items() if "@" not in name)
    return bool(value) and value != "none"
