# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A snapshot that can be shared: every name, address, domain and id is replaced. Pure rules: no I/O."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._core.resource import normalize_case
from .._core.text import texts_of
from .._rbac.built_in_role_groups import is_built_in_name
from .kinds import KINDS
from .pseudonyms import WORDS, Pseudonyms
from .public_members import WRITTEN, is_of_a_schema, is_property, public_code, unlisted_members
from .public_words import (
    ADDRESSES,
    ENUMERATIONS,
    MODELS,
    NAMES,
    NAMES_OF_MODELS,
    OF_MODELS,
    OF_PEOPLE,
    WHOLE_MODELS,
    WORDS_OF_DEVICES,
    is_app_of_microsoft,
    is_public_entry,
    is_public_value,
)

Snapshot = Mapping[str, Any]
_LONG = 4  # letters of a name that is searched within words; shorter ones appear by chance
_JOINED = 6  # of one that is searched across a space
_RUN = 4  # adjacent words that may also be one, as Jo Ann Lee and JoAnnLee
_APOSTROPHE = re.compile("['`\u00b4\u2018\u2019\u02bc\u2032\uff07]")
_MARK = re.compile("[\u0080-\u00bf\u2010-\u205e]")  # punctuation beyond ASCII
_SPELT = str.maketrans({"\u00e4": "ae", "\u00e5": "aa", "\u00f6": "oe", "\u00f8": "oe", "\u00fc": "ue"})
_PLAIN = str.maketrans(
    {
        "\u00e6": "ae",
        "\u00f0": "d",
        "\u00f8": "o",
        "\u00fe": "th",
        "\u0111": "d",
        "\u0131": "i",
        "\u0142": "l",
        "\u0153": "oe",
    }
)
# Of a telephone number or an IMEI, in any format; versions have dots.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\+\(?[0-9]|[0-9](?:[ ()/-]*[0-9]){6}")
_TYPE = re.compile(r"[a-z]?(?:[0-9]{1,5}[a-z]?){0,3}")
# What a service says of a kind of error, where a reader takes the kind from that.
_MESSAGES = {
    "no_intune_licence": "Request not applicable to target tenant.",
    "no_licence": "Your tenant is not licensed for this feature.",
}


def pseudonymized(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot with random names, addresses, domains and ids. Snapshots of a tenant cannot be linked."""
    objects = snapshot["objects"]
    tenant = snapshot["tenant"]
    rules = _Rules(snapshot, _names_of_people(objects) | _words_of([str(tenant["name"])]))
    return {
        **snapshot,
        "tenant": {"id": rules.table.text(str(tenant["id"])), "name": rules.table.text(str(tenant["name"]), True)},
        "objects": {kind: [rules.record(kind, one) for one in records] for kind, records in objects.items()},
        "not_read": {kind: _problem(kind, problem) for kind, problem in snapshot["not_read"].items()},
    }


class _Rules:
    """Which texts stay and which do not."""

    def __init__(self, snapshot: Snapshot, people: frozenset[str]) -> None:
        self._people = people
        self._long: dict[str, list[str]] = {}  # by their first letters
        for one in people:
            if len(one) >= _LONG and not one.isdigit():
                self._long.setdefault(one[:_LONG], []).append(one)
        # Without these, names may be missing, and then no unknown text stays.
        self._all_known = {"mailboxes", "users"} <= set(snapshot["objects"])
        self._models: dict[str, bool] = {}
        self._naming: dict[str, bool] = {}
        self.table = Pseudonyms(snapshot, _public_texts(snapshot["objects"]), _public_ids(snapshot["objects"]))

    def record(self, kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name if is_property(name) else self.table.text(name): self._value(kind, name, value)
            for name, value in record.items()
        }

    def _value(self, kind: str, name: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self.record(kind, value)
        if isinstance(value, list):
            return [self._value(kind, name, entry) for entry in value]
        if not isinstance(value, str) or self._stays(kind, name, value):
            return value
        if name == "rule":
            return self.table.rule(value, self._is_model)
        return self.table.text(value, name in NAMES and kind in OF_PEOPLE)

    def _stays(self, kind: str, name: str, text: str) -> bool:
        if name in MODELS or (kind in OF_MODELS and name in NAMES_OF_MODELS):
            return self._is_model(text)
        if name == "RoleEntries":
            return is_public_entry(text)
        if name not in NAMES and is_public_value(text):  # what somebody is called may look like a value
            return True
        if is_app_of_microsoft(text):
            return name not in NAMES and not self._names_a_known_one(text.rpartition("com.microsoft.")[2])
        return name in ENUMERATIONS and name not in ADDRESSES.get(kind, ()) and self._is_member(name, text)

    def _is_member(self, name: str, text: str) -> bool:
        """Whether a property of an enumeration holds what a service says, and not what somebody wrote there."""
        if is_of_a_schema(text):
            return True
        others = unlisted_members(text)
        if name in WRITTEN:
            return others == [] or self._is_model(text)
        return others is not None and not any(map(self._names_a_known_one, others))

    def _names_a_known_one(self, text: str) -> bool:
        if text not in self._naming:
            self._naming[text] = any(self._names_somebody(words, True) for words in _spellings(text))
        return self._naming[text]

    def _is_model(self, text: str) -> bool:
        """Whether a text only describes a device and contains nobody's name."""
        if text not in self._models:
            self._models[text] = normalize_case(text) in WHOLE_MODELS or not (
                _NUMBER.search(text) or any(self._names_somebody(one, self._all_known) for one in _spellings(text))
            )
        return self._models[text]

    def _names_somebody(self, words: Sequence[str], all_known: bool) -> bool:
        if any(map(self._is_name, words)) or not (all_known or all(map(_is_of_devices, words))):
            return True
        return any(run in self._people or self._holds_name(run, _JOINED) for run in _runs(words))

    def _is_name(self, word: str) -> bool:
        if word in self._people:
            return True
        return word not in WORDS_OF_DEVICES and (
            # A name may also be inside a word ("annasiphone"), a short one beside a known word ("bobsiphone").
            self._holds_name(word, _LONG) or any(one in self._people for one in _cores(word))
        )

    def _holds_name(self, word: str, length: int) -> bool:
        return any(
            len(one) >= length and word.startswith(one, place)
            for place in range(len(word) - _LONG + 1)
            for one in self._long.get(word[place : place + _LONG], ())
        )


def _spellings(text: str) -> set[tuple[str, ...]]:
    """The words of a text, in lower case without accents, for each spelling of apostrophes and umlauts."""
    found = set()
    for between in ("", " "):
        composed = unicodedata.normalize("NFC", _APOSTROPHE.sub(between, text)).casefold()
        for spelt in (composed, composed.translate(_SPELT)):
            letters = unicodedata.normalize("NFKD", spelt).translate(_PLAIN)
            plain = "".join(one for one in letters if not unicodedata.combining(one))
            found.add(tuple(WORDS.findall(_MARK.sub(" ", plain))))
    return found


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Adjacent words joined."""
    for first in range(len(words)):
        for last in range(first + 2, min(first + _RUN, len(words)) + 1):
            yield "".join(words[first:last])


def _cores(word: str) -> Iterator[str]:
    """A word without a device word before or after it, without numbers and a final s."""
    for start in ("", *WORDS_OF_DEVICES):
        for end in ("", *WORDS_OF_DEVICES) if word.startswith(start) else ():
            if word.endswith(end):
                core = word[len(start) : len(word) - len(end)].strip("0123456789")
                yield core
                yield core.removesuffix("s")


def _names_of_people(objects: Mapping[str, Iterable[Mapping[str, Any]]]) -> frozenset[str]:
    """The words in names of people, of groups and of the tenant."""
    named = (*NAMES, "Name", "PrimarySmtpAddress", "EmailAddresses", "proxyAddresses")
    devices = [one for kind in ("managed_devices", "mobile_devices") for one in objects.get(kind) or ()]
    # The Name of a device contains its model; its Identity begins with its mailbox, up to the first backslash.
    boxes = [str(one.get("Identity") or "").rpartition("\\ExchangeActiveSync")[0] for one in devices]
    people = [one for kind in ("organization", "users", "mailboxes") for one in objects.get(kind) or ()]
    people += [{name: one.get(name) for name in NAMES} for one in devices]
    members = [one for group in objects.get("role_groups") or () for one in group.get("Members") or ()]
    groups = [*(objects.get("groups") or ()), *members]
    of_people, of_groups = (
        _words_of(texts_of([one.get(name) for one in records if isinstance(one, Mapping) for name in named]))
        for records in (people, groups)
    )
    # Groups may be named after devices.
    return of_people | _words_of(boxes) | {one for one in of_groups if not _is_of_devices(one)}


def _is_of_devices(word: str) -> bool:
    """Whether a word describes devices in every tenant, such as "iphone14c2"."""
    return any(word.startswith(one) and _TYPE.fullmatch(word[len(one) :]) for one in ("", *WORDS_OF_DEVICES))


def _words_of(texts: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for words in {words for text in texts for words in _spellings(text)}:
        found.update(word for word in words if len(word) > 1)
        # If it contains a long word, a run is found by that word.
        found.update(_runs([word for word in words if len(word) < _LONG]))
    return frozenset(found - {"and", "for", "of", "the"})


def _public_texts(objects: Mapping[str, Iterable[Mapping[str, Any]]]) -> Iterator[str]:
    """The names of the roles and role groups that every organization has."""
    for role in objects.get("management_roles") or ():
        if role.get("IsRootRole"):
            yield str(role.get("Name"))
    for group in objects.get("role_groups") or ():
        if is_built_in_name(group.get("Name")):
            yield str(group["Name"])


def _public_ids(objects: Mapping[str, Iterable[Mapping[str, Any]]]) -> Iterator[str]:
    """The ids of products, which are also part of other ids."""
    for product in objects.get("subscriptions") or ():
        yield str(product.get("skuId"))
    for user in objects.get("users") or ():
        for licence in user.get("assignedLicenses") or ():
            yield str(licence.get("skuId"))


def _problem(kind: str, problem: Mapping[str, Any]) -> dict[str, Any]:
    """Why a kind was not read, in our words: those of a service may contain any name."""
    error, response = str(problem.get("error") or ""), problem.get("response")
    if error == "not_asked":
        return dict(problem)
    found: dict[str, Any] = {"reason": f"the {KINDS[kind].title} could not be read ({error})", "error": error}
    if isinstance(response, Mapping):
        code, status = str(response.get("code") or ""), response.get("status")
        found["response"] = {
            "status": status if isinstance(status, int) else None,
            "code": public_code(code) if code else "",
            "message": _MESSAGES.get(error, ""),
        }
    return found
