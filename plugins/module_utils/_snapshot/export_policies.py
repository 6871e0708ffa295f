# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditional Access policies in an export: the complete, readable options of conditional_access_policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._conditional_access.assignments import filled
from .._conditional_access.fields import FIELDS, GUESTS, PEOPLE_LISTS, Flags, Group, State
from .._conditional_access.fields import Reference as IdOf
from .._conditional_access.lockout import ADMINISTRATORS
from .._core.resource import EditedList, Field, Record, normalize_case, normalized_set
from .._core.targets import is_guid
from .exported import Exported, Missing, Named, Reference, as_offered, key_of, not_offered, repeated

Objects = Mapping[str, list[Record]]
_KIND = "conditional_access_policies"
_STATE = {"enabledForReportingButNotEnforced": "report_only"}
# Properties that Graph returns and never accepts.
_OF_GRAPH = frozenset({"id", "templateId", "createdDateTime", "modifiedDateTime", "deletedDateTime", "displayName"})


class _Names:
    """Readable names for ids of the tenant: addresses of users; groups and locations in a separate file."""

    def __init__(self, objects: Objects) -> None:
        self.ids: dict[str, dict[str, Any]] = {"group_ids": {}, "named_location_ids": {}}
        # The module also finds people by their mail address.
        addresses = repeated(
            address
            for one in objects["users"]
            for address in {normalize_case(one.get(name)) for name in ("userPrincipalName", "mail")}
        )
        self._users: dict[str, Any] = {}
        for one in objects["users"]:
            address = str(one.get("userPrincipalName") or "")
            named = "@" in address and normalize_case(address) not in addresses
            self._users[normalize_case(one["id"])] = address if named else Named(one["id"], address or "no name")
        self._names = {
            "group_ids": {normalize_case(one["id"]): str(one.get("displayName") or "") for one in objects["groups"]},
            "named_location_ids": {
                normalize_case(one["id"]): str(one.get("displayName") or "") for one in objects["named_locations"]
            },
        }
        self._keys: dict[tuple[str, str], str] = {}

    def of(self, option: str, value: Any) -> Any:
        """The text for a value of the option, which may be an id; None for that of somebody who is not there."""
        if not is_guid(str(value)):
            return value
        identity = normalize_case(value)
        if option.endswith("_users"):
            return self._users.get(identity)
        if option.endswith("_roles"):
            return Named(value, ADMINISTRATORS.get(identity, "a directory role"))
        group = {"groups": "group_ids", "locations": "named_location_ids"}.get(option.partition("_")[2])
        return self._reference(group, identity, value) if group else value

    def _reference(self, group: str, identity: str, value: Any) -> Any:
        name = self._names[group].get(identity)
        if name is None:
            return None if group == "group_ids" else Named(value, "the snapshot has no object with this id")
        if (group, identity) not in self._keys:
            key = self._keys[group, identity] = key_of(name, self.ids[group])
            self.ids[group][key] = Named(value, name)
        return Reference(group, self._keys[group, identity])


def conditional_access(objects: Objects) -> Exported:
    """The policies. One with content that no option expresses is left out: without it, the policy would be another."""
    names, found = _Names(objects), Exported()
    several = repeated(one.get("displayName") for one in objects[_KIND])
    for policy in sorted(objects[_KIND], key=lambda one: normalize_case(str(one.get("displayName") or ""))):
        name = str(policy.get("displayName") or "")
        unknown = sorted(_unknown(FIELDS, policy, _OF_GRAPH))
        if not name or normalize_case(name) in several:
            shown = f"{name} ({policy['id']})"
            found.missing.append(Missing(_KIND, shown, "several policies have this name" if name else "it has no name"))
        elif unknown:
            reason = f"the module conditional_access_policy has no option for {', '.join(unknown)}"
            found.missing.append(Missing(_KIND, name, reason))
        else:
            _add(found, name, policy, names)
    found.ids = names.ids
    return found


def _add(found: Exported, name: str, policy: Record, names: _Names) -> None:
    """Add a policy, unless the module would refuse it or make another one of it."""
    options = _options(FIELDS, policy, names)
    gone = [
        (option, str(one))
        for option, api in PEOPLE_LISTS.items()
        for one in ((policy.get("conditions") or {}).get("users") or {}).get(api) or ()
        if names.of(option, one) is None
    ]
    included = [one for option, one in gone if option.startswith("include_")]
    other = [
        f"the module conditional_access_policy has no value {option} {value}"
        for option, value in not_offered(FIELDS, options)
    ]
    if included:
        other.append(f"it includes {', '.join(included)}, and the snapshot has no such object")
    if other:
        found.missing.append(Missing(_KIND, name, "; ".join(other)))
        return
    reason = "the snapshot has no such object: it may be deleted, and stays in a policy that has it"
    found.missing += [Missing(_KIND, f"{name}: {option} {one}", reason) for option, one in gone]
    found.items.append({"display_name": name, **options})


def _unknown(fields: Any, record: Mapping[str, Any], known: frozenset[str] = frozenset()) -> Iterator[str]:
    """The properties with content that no option expresses."""
    parts = {one.api: one for one in fields}
    for name, value in record.items():
        field = parts.get(name)
        if name in known or "@" in name or not filled(value):
            continue
        if field is None:
            yield name
        elif isinstance(field, Group) and isinstance(value, Mapping):
            yield from (f"{name}.{one}" for one in _unknown(field.parts, value))


def _options(fields: Any, record: Mapping[str, Any], names: _Names) -> dict[str, Any]:
    """The options of a record. Empty values are written as empty, as the module leaves omitted options unchanged."""
    found: dict[str, Any] = {}
    for field in fields:
        value = _option(field, record.get(field.api), names)
        word = f"{field.option.partition('_')[0]}_users"
        by_word = field.option.endswith("_guests_or_external_users") and normalize_case(GUESTS) in normalized_set(
            record.get(PEOPLE_LISTS.get(word, ""))
        )
        if value is not None and not by_word:  # the word and the object are two forms of the same value
            found[field.option] = value
    return found


def _option(field: Field, value: Any, names: _Names) -> Any:
    if isinstance(field, Group):
        return _options(field.parts, value, names) if filled(value) else {}
    if isinstance(field, State):
        return _STATE.get(str(value), value)
    if isinstance(field, IdOf):
        return (value or {}).get("id") or ""
    if isinstance(field, Flags):
        members = (one.strip() for one in str(value or "").split(","))
        return [as_offered(field, one) for one in members if normalize_case(one) not in ("", "none")]
    if isinstance(field, EditedList):
        known = [one for one in (names.of(field.option, one) for one in value or ()) if one is not None]
        # Who is not listed here stays, where others are only added.
        return {"set" if len(known) == len(value or ()) else "add": known}
    if field.spec.get("type") == "list":
        return [as_offered(field, names.of(field.option, one)) for one in value or ()]
    return ("" if field.clears else None) if value is None else as_offered(field, value)
