# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a Conditional Access policy is assigned to. Pure rules: no I/O.

The rules are those of "Users, groups, and workload identities" (MicrosoftDocs/entra-docs, docs/identity/
conditional-access) and of conditionalAccessUsers in Microsoft Graph: an exclusion overrides an inclusion, and nested
members count. A policy in which Exchange ActiveSync clients are selected, and that includes roles or guests, applies to
all of them ("Conditions"). Roles count while they are active, for the whole tenant; those limited to an administrative
unit do not.

Assumed, since no page says it: an exclusion holds for Exchange ActiveSync as it does elsewhere; and the sentence on
roles and guests is about policies that select Exchange ActiveSync, not about those for all client apps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._core.resource import normalize_case, normalized_set

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
_DIRECT = "b2bdirectconnectuser"
# Kinds of people who authenticate in another tenant ("Authentication and Conditional Access for B2B users").
EXTERNAL = _ALL_GUESTS - {"internalguest"}
_EAS_CLIENTS = frozenset({"exchangeactivesync", "eassupported", "easunsupported"})
NOT_READ = "not known here"  # how to report what could not be read
Why = tuple[str, str]  # a stable word, and the sentence for it


@dataclass(frozen=True)
class Person:
    """Somebody who signs in: the ids of groups, also nested, and of role templates; None if they could not be read.

    All ids are in lower case. `kind` is `member`, one of Graph's `guestOrExternalUserTypes`, or `guest` if no more is
    known. `eligible` are the roles that the person may activate, `eligible_groups` the groups of which the person may
    activate a membership (Privileged Identity Management).
    """

    id: str
    groups: frozenset[str] | None = frozenset()
    roles: frozenset[str] | None = frozenset()
    kind: str = "member"
    tenant: str = ""
    eligible: frozenset[str] | None = frozenset()
    eligible_groups: frozenset[str] | None = frozenset()

    @property
    def external(self) -> bool:
        """Whether the person certainly authenticates in another tenant."""
        return normalize_case(self.kind) in EXTERNAL


# A member whom no policy names.
EVERYBODY = Person("everybody")


@dataclass(frozen=True)
class Side:
    """What an assignment includes or excludes. Ids are in lower case, `words` unchanged."""

    ids: frozenset[str]
    groups: tuple[str, ...]
    roles: tuple[str, ...]
    guest_types: frozenset[str]
    guest_tenants: frozenset[str] | None  # None: from any tenant
    words: tuple[str, ...]
    including: bool = True
    new_guests: bool = False  # it names kinds of guests that are unknown here

    @property
    def guests(self) -> bool:
        return bool(self.guest_types) or self.new_guests or "guestsorexternalusers" in self.ids

    def names(self, person: Person, shared: bool = False) -> tuple[bool | None, str]:
        """Whether a person is named, and how; None if that is unknown, with what it depends on.

        `shared`: people of other tenants may also connect directly to the resource.
        """
        if "all" in self.ids or normalize_case(person.id) in self.ids:
            return True, "everybody" if "all" in self.ids else f"user {person.id}"
        doubt = ""
        for kind, listed, held in (("group", self.groups, person.groups), ("role", self.roles, person.roles)):
            for one in listed:
                if held is None:
                    doubt = doubt or f"{NOT_READ}: {kind} {one}"
                elif one in held:
                    return True, f"{kind} {one}"
        guest = self._names_guest(person, shared) if self.guests and person.kind != "member" else False
        if guest or (guest is None and not doubt):
            return guest, "guests or external users" if guest else f"{NOT_READ}: guests or external users"
        doubt = doubt or self._may_join(person) or (self._may_activate(person) if self.roles else "")
        return (None, doubt) if doubt else (False, "")

    def _may_activate(self, person: Person) -> str:
        """The role that a person may activate, by which the person would then be named."""
        if person.eligible is None:
            # Somebody who is not included now is not covered now; but who may become excluded must be known.
            return "" if self.including else f"{NOT_READ}: who may activate role {self.roles[0]}"
        state = "active" if self.including else "not active"
        return next((f"while role {one} is {state}" for one in self.roles if one in person.eligible), "")

    def _may_join(self, person: Person) -> str:
        """The group that a person may join, by which the person would then be named.

        If that could not be read, such people are not named now, and the caller is told so
        (`group_eligibility.about_eligibility`): most tenants grant no permission to read it.
        """
        state = "active" if self.including else "not active"
        may = person.eligible_groups or ()
        return next((f"while the membership of group {one} is {state}" for one in self.groups if one in may), "")

    def _names_guest(self, person: Person, shared: bool) -> bool | None:
        """A policy for people who connect directly also reaches guests who may do so ("Users and groups")."""
        if "guestsorexternalusers" in self.ids:
            return True
        if self.new_guests:
            return None
        kind = person.kind.lower()
        possible = {"internalguest", "b2bcollaborationguest"} if kind == "guest" else {kind}
        if not self.guest_types & possible:
            return None if shared and person.external and _DIRECT in self.guest_types else False
        certain = True if possible <= self.guest_types else None
        if self.guest_tenants is None or kind == "internalguest":
            return certain
        if person.tenant and normalize_case(person.tenant) not in self.guest_tenants:
            return None if "internalguest" in possible & self.guest_types else False
        return certain if person.tenant else None


@dataclass(frozen=True)
class Assignment:
    """The people to whom a policy is assigned."""

    included: Side
    excluded: Side
    selects_eas: bool = False

    def reach(self, person: Person, *, eas: bool, shared: bool = False) -> tuple[Why | None, str]:
        """Why a policy does not apply to a person; else what that depends on, if anything."""
        excluded, how = self.excluded.names(person, shared)
        if excluded:
            return ("excluded", f"it excludes {how}"), ""
        why, doubt = self.includes(person, eas=eas, shared=shared)
        return why, "" if why else how or doubt

    def includes(self, person: Person, *, eas: bool, shared: bool = False) -> tuple[Why | None, str]:
        """The same, as if nobody were excluded."""
        included, found = self.included.names(person, shared)
        if eas and self.selects_eas and (self.included.roles or self.included.guests):
            included = True  # "causes all users to be subject of the policy"
        if included is False:
            return ("not_included", f"it includes only {', '.join(self.included.words) or 'nobody'}"), ""
        return None, found if included is None else ""


def assignment_of(policy: Mapping[str, Any]) -> Assignment:
    conditions = policy.get("conditions") or {}
    users = conditions.get("users") or {}
    selects_eas = bool(_EAS_CLIENTS & normalized_set(conditions.get("clientAppTypes")))
    return Assignment(_side(users, "include"), _side(users, "exclude"), selects_eas)


def _side(users: Mapping[str, Any], side: str) -> Side:
    people, groups, roles = (
        [str(one) for one in users.get(f"{side}{who}") or ()] for who in ("Users", "Groups", "Roles")
    )
    guests = users.get(f"{side}GuestsOrExternalUsers") or {}
    named = frozenset(normalize_case(guests.get("guestOrExternalUserTypes") or "").replace(" ", "").split(","))
    types, tenants = named & _ALL_GUESTS, guests.get("externalTenants") or {}
    tenants_by = normalize_case(tenants.get("membershipKind") or "all")
    words = [f"{kind} {one}" for kind, named in (("user", people), ("group", groups), ("role", roles)) for one in named]
    return Side(
        normalized_set(people),
        tuple(normalize_case(one) for one in groups),
        tuple(normalize_case(one) for one in roles),
        types,
        normalized_set(tenants.get("members")) if tenants_by == "enumerated" else None,
        (*words, *([f"guests or external users ({', '.join(sorted(types))})"] if types else [])),
        side == "include",
        bool(named - _ALL_GUESTS - {"", "none"}) or tenants_by not in ("all", "enumerated"),
    )


def filled(value: Any) -> bool:
    """Whether a part of a policy is set: Graph writes unset parts as null, empty or `none`."""
    if isinstance(value, Mapping):
        return any(filled(part) for name, part in value.items() if "@" not in name)
    return bool(value) and value != "none"
