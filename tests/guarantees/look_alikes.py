# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants made to cause confusion: for every object there is another one that is easily mistaken for it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from simulator import Simulator

TENANT = "phones"
DOMAIN = "phones.example"
_SPECIAL = "/\\,'\"*?%#&<>{}|;$()[]@=:+~^!"
_PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789"
_IN_ADDRESSES = set(_PLAIN + "'.-_!#^~")
_LONGEST = 64
_HELD = ["View-Only Recipients"]
_NICKNAMES = ("meant", "other")
_GRAPH = [
    "Application.Read.All",
    "DeviceManagementServiceConfig.ReadWrite.All",
    "GroupMember.Read.All",
    "LicenseAssignment.ReadWrite.All",
    "Organization.Read.All",
    "Policy.Read.All",
    "Policy.ReadWrite.ConditionalAccess",
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
    "User.ReadWrite.All",
]


@dataclass(frozen=True)
class Names:
    """The name of the intended object, and that of the other."""

    how: str  # they collide
    meant: str
    other: str

    @property
    def same(self) -> bool:
        """Whether a service that ignores case cannot distinguish them; only for scripts with undisputed case rules."""
        return self.meant == self.other or (
            self.meant.isascii() and self.other.isascii() and self.meant.lower() == self.other.lower()
        )


def _words() -> st.SearchStrategy[str]:
    return st.text(_PLAIN, min_size=2, max_size=12)


def _cut(text: str) -> str:
    return text[:_LONGEST]


def _special(word: str, other: str, character: str) -> list[tuple[str, str]]:
    """Names that are easily confused if `character` has a special meaning."""
    return [
        (f"{word}{character}{other}", other),
        (f"{word}{character}{other}", word),
        (other, f"{word}{character}{other}"),
        (f"{character}{word}", word),
        (word, f"{word}{character}"),
        (f"{word}{character}", f"{word}{other}"),
        (f"{character}{word}{character}", word),
        (f"{word}{character}{character}{other}", f"{word}{character}{other}"),
    ]


def _alphabets(word: str) -> list[tuple[str, str]]:
    composed = f"{word} Ren\u00e9 \u00c5"
    return [
        (composed, unicodedata.normalize("NFD", composed)),
        (f"{word} STRASSE", f"{word} STRA\u00dfE"),
        (f"{word} Stra\u00dfe", f"{word} Strasse"),
        (f"{word} istanbul", f"{word} \u0130stanbul"),
        (f"{word} \u0131lgaz", f"{word} Ilgaz"),
        (f"{word} \ufb01le", f"{word} file"),
        (f"{word} \u212a", f"{word} K"),
        (f"{word} a", f"{word} \u0430"),
    ]


def _ends(word: str) -> list[tuple[str, str]]:
    return [
        (word, f" {word}"),
        (word, f"{word} "),
        (f" {word} ", word),
        (word, f"{word}\u00a0"),
        (f"a  {word}", f"a {word}"),
    ]


def _lengths(word: str) -> list[tuple[str, str]]:
    long = (word * _LONGEST)[: _LONGEST - 1]
    return [(f"{long}a", f"{long}b"), (long, f"{long}a"), (f"{long}b", long)]


def names() -> st.SearchStrategy[Names]:
    """Pairs of names that collide in one of many ways."""
    special = st.tuples(_words(), _words(), st.sampled_from(_SPECIAL)).flatmap(
        lambda drawn: st.sampled_from(_special(*drawn))
    )
    kinds: dict[str, st.SearchStrategy[tuple[str, str]]] = {
        "special": special,
        "alphabets": _words().flatmap(lambda word: st.sampled_from(_alphabets(word))),
        "ends": _words().flatmap(lambda word: st.sampled_from(_ends(word))),
        "lengths": _words().flatmap(lambda word: st.sampled_from(_lengths(word))),
        "part": st.tuples(_words(), _words()).map(lambda two: (two[0], "".join(two))),
        "case": _words().map(lambda word: (f"{word} a", f"{word.upper()} A")),
        "same": _words().map(lambda word: (word, word)),
        # the other's name is the identity of the intended one; known only once there is a tenant
        "address": st.just(("meant", f"meant@{DOMAIN}")),
        "id": st.just(("meant", "{id}")),
    }
    return st.sampled_from(sorted(kinds)).flatmap(
        lambda how: kinds[how].map(lambda pair: Names(how, _cut(pair[0]), _cut(pair[1])))
    )


@dataclass(frozen=True)
class Person:
    """Somebody with a mailbox and a phone."""

    id: str
    name: str
    display_name: str
    address: str
    device_id: str = ""
    device: str = ""  # the id of the partnership between the two

    @property
    def ways(self) -> dict[str, str]:
        return {"id": self.id, "address": self.address, "name": self.name, "display name": self.display_name}


@dataclass(frozen=True)
class Pair:
    """The tenant of one case."""

    names: Names
    meant: Person
    other: Person
    objects: Mapping[str, Mapping[str, Any]]  # by kind and unique id
    guest: bool  # the other has no mailbox

    def ids(self, kind: str, key: str, value: str) -> list[str]:
        return [one for one, found in self.objects.get(kind, {}).items() if found.get(key) == value]


def _address(name: str, otherwise: str) -> str:
    fits = set(name.lower()) <= _IN_ADDRESSES and not name.startswith(".") and not name.endswith(".")
    return f"{name.lower() if fits else otherwise}@{DOMAIN}"


_OTHERS: dict[str, dict[str, Any]] = {
    "member": {"licences": ["ENTERPRISEPACK"]},
    "disabled": {"licences": ["ENTERPRISEPACK"], "accountEnabled": False},
    "guest": {"licences": [], "userType": "Guest"},
}


def others() -> st.SearchStrategy[str]:
    """The properties of the other person."""
    return st.sampled_from(sorted(_OTHERS))


def build(simulator: Simulator, wanted: Names, other: str, one_phone: bool) -> Pair:
    """Create the tenant. With `one_phone`, one device holds the mailboxes of both."""
    meant_id, other_id = _ids(simulator)
    called = Names(wanted.how, wanted.meant, wanted.other.replace("{id}", meant_id))
    addresses = {"meant": _address(called.meant, "meant"), "other": _address(called.other, "other")}
    if addresses["meant"] == addresses["other"] or wanted.how == "address":
        addresses = {"meant": f"meant@{DOMAIN}", "other": f"other@{DOMAIN}"}
    simulator.describe(_description(called, addresses, other, one_phone), TENANT)
    objects = simulator.objects()[TENANT]
    people = []
    for key, name, nickname in ((meant_id, called.meant, "meant"), (other_id, called.other, "other")):
        phone = next(
            ((guid, one["DeviceId"]) for guid, one in objects["MobileDevice"].items() if one["_owner"] == key), ("", "")
        )
        people.append(Person(key, name, name, addresses[nickname], phone[1], phone[0]))
    return Pair(called, people[0], people[1], objects, other == "guest")


def _ids(simulator: Simulator) -> tuple[str, str]:
    """The ids of the two people; derived from nicknames, so that they are the same in each tenant."""
    simulator.describe({"users": {one: {"displayName": one, "licences": []} for one in _NICKNAMES}}, TENANT)
    users = simulator.objects()[TENANT]["users"]
    by_address = {one["userPrincipalName"].partition("@")[0]: key for key, one in users.items()}
    return by_address["meant"], by_address["other"]


def _description(called: Names, addresses: Mapping[str, str], other: str, one_phone: bool) -> dict[str, Any]:
    # For most kinds the service refuses duplicate names.
    both = (called.meant,) if called.same else (called.meant, called.other)

    def person(nickname: str, name: str) -> dict[str, Any]:
        return {
            "userPrincipalName": addresses[nickname],
            "mailNickname": name,
            "displayName": name,
            **(_OTHERS["member"] if nickname == "meant" else _OTHERS[other]),
        }

    phone = {"type": "iPhone", "os": "iOS 18.6", "client": "EAS", "first_sync": 34560000, "last_sync": 7200}
    device_ids = {name: {"id": name} for name in both}
    return {
        "application": {"graph": _GRAPH},
        "users": {"meant": person("meant", called.meant), "other": person("other", called.other)},
        "groups": {
            **{name: {"members": [nickname]} for name, nickname in zip(both, ("meant", "other"), strict=False)},
            "Nobody": {"members": []},
            "Nested nobody": {"groups": ["Nobody"]},
            "Administrators": {"members": ["administrator"]},
            "Nested administrators": {"groups": ["Administrators"]},
        },
        "conditional_access": {
            "policies": [_policy(called.meant), _policy(called.other)],
        },
        "intune": {
            "connectors": [
                {"exchangeConnectorType": kind, "primarySmtpAddress": addresses[nickname], "age": 864000}
                for kind, nickname in (("hosted", "meant"), ("serviceToService", "other"))
            ]
        },
        "exchange": {
            "devices": [
                {**phone, "user": "meant", "model": called.meant, **device_ids.get(called.meant, {})},
                {
                    **phone,
                    "user": "other",
                    "model": called.other,
                    "id": called.meant if one_phone or called.same else called.other,
                },
            ],
            "roles": {name: {"parent": _HELD[0], "cmdlets": ["Get-MobileDevice"]} for name in both},
            "role_groups": {
                **{name: {"roles": _HELD, "members": []} for name in both},
                "Empty": {"roles": _HELD, "members": []},
                "Both": {"roles": _HELD, "members": ["meant", "other"]},
            },
            "mailbox_policies": {name: {"PasswordEnabled": True} for name in both},
            "access_rules": [["DeviceModel", name, "Quarantine"] for name in both],
        },
    }


def _policy(name: str) -> dict[str, Any]:
    return {
        "displayName": name,
        "state": "enabledForReportingButNotEnforced",
        "conditions": {
            "clientAppTypes": ["other"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"], "excludeUsers": ["administrator"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    }
