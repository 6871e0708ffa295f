# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A snapshot that can be shared: every name, address, domain and id is replaced. Pure rules: no I/O."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from .._core.errors import NEXT_STEPS
from .._core.resource import normalize_case
from .kinds import KINDS, NOT_ASKED
from .pseudonyms import Pseudonyms
from .public_devices import describes_a_device
from .public_members import is_member, public_code
from .public_properties import APPS, PROPERTIES, TEXTS, is_public_number
from .public_rules import PublicRules
from .public_words import (
    ADDRESSES,
    ENUMERATIONS,
    MODELS,
    NAMES_OF_MODELS,
    OF_MODELS,
    is_public_app,
    is_public_entry,
    is_public_value,
)

Snapshot = Mapping[str, Any]
# What a service says of a kind of error, where a reader takes the kind from that.
_MESSAGES = {
    "no_intune_licence": "Request not applicable to target tenant.",
    "no_licence": "Your tenant is not licensed for this feature.",
}
# The kinds of errors of a read.
_ERRORS = frozenset(
    {*NEXT_STEPS, *("ambiguous", "bug", "clock", "no_api", "no_credentials", "not_asked", "not_offered", "sign_in")}
)


def pseudonymized(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot with random names, addresses, domains and ids, which no other snapshot has.

    Times stay: those in two snapshots of one tenant are largely the same, so they can be recognized as such.
    """
    objects = {kind: records for kind, records in snapshot["objects"].items() if kind in KINDS}
    tenant = snapshot["tenant"]
    table = Pseudonyms(snapshot, PublicRules(objects).stays, _public_texts(objects), _public_ids(objects))
    return {
        **{name: snapshot[name] for name in ("format", "version", "taken_at", "pseudonymized") if name in snapshot},
        "tenant": {"id": table.text(str(tenant["id"])), "name": table.text(str(tenant["name"]))},
        "objects": {kind: [_record(table, kind, one) for one in records] for kind, records in objects.items()},
        "not_read": {kind: _problem(kind, one) for kind, one in snapshot["not_read"].items() if kind in KINDS},
    }


def _record(table: Pseudonyms, kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name if name in PROPERTIES else table.text(name): _value(table, kind, name, value)
        for name, value in record.items()
    }


def _value(table: Pseudonyms, kind: str, name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return _record(table, kind, value)
    if isinstance(value, list):
        found = [_value(table, kind, name, entry) for entry in value]
        # The old order, of old names and ids, would reveal something of them.
        return found if found == value else sorted(found, key=partial(json.dumps, sort_keys=True, default=str))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value if is_public_number(name, value) else table.number(value)
    if not isinstance(value, str) or _stays(kind, name, value):
        return value
    if name == "rule":
        return table.rule(value)
    return table.text(value)


def _stays(kind: str, name: str, text: str) -> bool:
    """Whether a text is known to be public. No name is searched in it, as a name has too many spellings."""
    if name in MODELS or (kind in OF_MODELS and name in NAMES_OF_MODELS):
        return describes_a_device(text)
    if name == "RoleEntries":
        return is_public_entry(text)
    if name in APPS and is_public_app(text):
        return True
    if name not in PROPERTIES or name in TEXTS or name in ADDRESSES.get(kind, ()):
        return False
    return is_public_value(text) or (name in ENUMERATIONS and is_member(name, text))


def _public_texts(objects: Mapping[str, Iterable[Mapping[str, Any]]]) -> Iterator[str]:
    """The names of the roles that every organization has. An unscoped role has no parent either, and is somebody's."""
    for role in objects.get("management_roles") or ():
        if role.get("IsRootRole") is True and normalize_case(role.get("RoleType")) != "unscoped":
            yield str(role.get("Name"))


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
    error = error if error in _ERRORS else "unknown"
    if error == "not_asked":
        return {"reason": NOT_ASKED, "error": error}
    found: dict[str, Any] = {"reason": f"the {KINDS[kind].title} could not be read ({error})", "error": error}
    if isinstance(response, Mapping):
        code, status = str(response.get("code") or ""), response.get("status")
        found["response"] = {
            "status": status if isinstance(status, int) and 0 <= status < 1000 else None,
            "code": public_code(code) if code else "",
            "message": _MESSAGES.get(error, ""),
        }
    return found
