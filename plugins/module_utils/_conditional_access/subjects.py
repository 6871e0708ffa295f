# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The users, groups and directory roles that a task names for a policy: each must be one object of the directory.

A GUID is always an id, never a name. People are identified by their id or an address, since display names repeat;
groups and roles by their id or their exact name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from .._client.graph import Read, odata, odata_text
from .._core.errors import Purpose, TenantError
from .._core.read_result import ReadResult
from .._core.resource import normalize_case, normalized_set, snake, without_repeats
from .._core.targets import is_guid, only
from .._engine.tenant import Tenant
from .fields import GUESTS, PEOPLE_LISTS

_WORDS = {
    "include_users": {normalize_case(word): word for word in ("All", "None", GUESTS)},
    "exclude_users": {normalize_case(GUESTS): GUESTS},
}
_USERS = Purpose("read the users that the policy names", "User.Read.All")
_GROUPS = Purpose("read the groups that the policy names", "GroupMember.Read.All")
_ROLES = Read(
    odata("roleManagement/directory/roleDefinitions", select="id,templateId,displayName,isBuiltIn"),
    Purpose("read the directory roles that the policy names", "RoleManagement.Read.Directory"),
)
_OF_USERS = "id,displayName,userPrincipalName,mail,accountEnabled,userType"
_OF_GROUPS = "id,displayName,mail"
_IS_NONE = {
    "user": "no user has this object id",
    "group": "no group has this object id",
    "role": "no built-in directory role has this id or name",
}
_EXPECTED = {
    "user": "it is neither an object id nor the address of a user",
    "group": "it is neither an object id nor the name or address of a group",
    "role": "no built-in directory role has this id or name",
}
_STEP = "Specify the object id; users can also be specified by address, groups and roles by their exact name"
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Subject:
    """A user, a group or a role."""

    kind: str
    record: Record

    @property
    def id(self) -> str:
        return str((self.kind == "role" and self.record.get("templateId")) or self.record["id"])

    def __str__(self) -> str:
        name = self.record.get("userPrincipalName") or self.record.get("displayName")
        return f"{name} ({self.id})"


_NOTHING = ReadResult[list[Subject]]([])


class Subjects:
    """The names in a task, each read once."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._read: dict[tuple[str, str], ReadResult[list[Subject]]] = {}
        self.resolved: list[dict[str, Any]] = []  # the given text and its object, for the result

    def with_ids(self, params: Mapping[str, Any], before: Record | None) -> dict[str, Any]:
        """The options with ids in place of addresses and names. Raises TenantError for unknown objects.

        before has the policy's current conditions. With remove_missing_exclusions, exclusions that no longer exist in
        the directory are removed.
        """
        users = (params.get("conditions") or {}).get("users") or {}
        stored = (before or {}).get("users") or {}
        edits = {option: users[option] for option in PEOPLE_LISTS if users.get(option)}
        self._load((_kind(option), text) for option, edit in edits.items() for text in _texts(edit))
        missing = self._missing_exclusions(stored) if params.get("remove_missing_exclusions") else {}
        self.resolved = []
        unresolved: list[tuple[str, str, str]] = []
        for option, edit in edits.items():
            edits[option] = self._edited(option, edit, stored.get(PEOPLE_LISTS[option]) or [], unresolved)
        if unresolved:
            raise _unresolved(unresolved, _STEP)
        for option, ids in missing.items():
            edit = edits.get(option) or {}
            if edit.get("set") is None:
                edits[option] = {**edit, "remove": [*(edit.get("remove") or ()), *ids]}
        if not edits:
            return dict(params)
        return {**params, "conditions": {**(params.get("conditions") or {}), "users": {**users, **edits}}}

    def check(self, policy: Record) -> None:
        """Raises TenantError if a policy names objects that the directory does not have."""
        users = (policy.get("conditions") or {}).get("users") or {}
        named = {option: users.get(api) or [] for option, api in PEOPLE_LISTS.items()}
        self._load((_kind(option), one) for option, ids in named.items() for one in ids if is_guid(one))
        unresolved = [
            (option, one, self._stored_problem(option, one))
            for option, ids in named.items()
            for one in ids
            if self._stored_problem(option, one)
        ]
        if unresolved:
            raise _unresolved(
                unresolved,
                "Take it out with remove under that option; remove_missing_exclusions does so for all that is excluded",
            )

    def describe(self, kind: str, object_id: str) -> str:
        """An object in words: its name if it was read, and its id."""
        found = self._read.get((kind, normalize_case(object_id)), _NOTHING).or_else([])
        return f"{kind} {found[0] if len(found) == 1 else object_id}"

    def _edited(
        self, option: str, edit: Mapping[str, Any], stored: list[str], unresolved: list[tuple[str, str, str]]
    ) -> dict[str, Any]:
        """An edit of a list, with ids. A removed text may also be an exact entry of the list."""
        known, changed = normalized_set(stored), dict(edit)
        for name in ("add", "set", "remove"):
            ids: list[str] = []
            for text in edit.get(name) or ():
                word = _WORDS.get(option, {}).get(normalize_case(text))
                there = name == "remove" and (is_guid(text) or normalize_case(text) in known)
                found = None if word else self._find(_kind(option), text)
                if found:
                    self.resolved.append(_shown(option, text, found))
                elif not (word or there):
                    unresolved.append((option, text, (_IS_NONE if is_guid(text) else _EXPECTED)[_kind(option)]))
                ids += [word] if word else [one for one in (found and found.id, there and text) if one]
            if edit.get(name) is not None:
                changed[name] = without_repeats(ids)
        return changed

    def _missing_exclusions(self, stored: Record) -> dict[str, list[str]]:
        """By option, the excluded ids that do not exist. Each is read twice: an exclusion may be the last way in."""
        options = [option for option in PEOPLE_LISTS if option.startswith("exclude_")]
        for attempt in range(2):
            named = {option: stored.get(PEOPLE_LISTS[option]) or [] for option in options}
            self._load((_kind(option), one) for option in options for one in named[option] if is_guid(one))
            missing = {
                option: [one for one in named[option] if self._stored_problem(option, one)] for option in options
            }
            if attempt == 0:
                for option, ids in missing.items():
                    for one in ids:
                        self._read.pop((_kind(option), normalize_case(one)), None)
        return {option: ids for option, ids in missing.items() if ids}

    def _stored_problem(self, option: str, object_id: str) -> str:
        """Why an entry of a policy is not an object; empty if it is. Only ids count there."""
        if normalize_case(object_id) in _WORDS.get(option, {}):
            return ""
        if not is_guid(object_id):
            return "it is not an object id"
        return "" if self._find(_kind(option), object_id) else _IS_NONE[_kind(option)]

    def _load(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Read in one batch whatever was not read yet."""
        reads: dict[str, Read] = {}
        keys: dict[str, tuple[str, str]] = {}
        for kind, text in wanted:
            key = (kind, normalize_case(text))
            read = None if key in self._read else _read_of(kind, text)
            if read is None:
                self._read.setdefault(key, _NOTHING)
            elif key not in keys.values():
                keys[str(len(reads))] = key
                reads[str(len(reads))] = read
        for name, found in self._tenant.graph.batch(reads).items() if reads else ():
            self._read[keys[name]] = found.map(partial(_matching, *keys[name]))

    def _find(self, kind: str, text: str) -> Subject | None:
        found = self._read.get((kind, normalize_case(text)), _NOTHING)
        problem = found.error.kind if found.error is not None else ""
        if problem == "not_found":
            return None
        if problem == "forbidden" and kind == "role" and is_guid(text):
            return Subject(kind, {"id": text})  # Graph refuses ids that are not templates
        subject: Subject | None = only(found.value, str, f"{kind} {text}", self._tenant.label)
        return subject


def _kind(option: str) -> str:
    return option.partition("_")[2].removesuffix("s")


def _texts(edit: Mapping[str, Any]) -> Iterator[str]:
    for name in ("add", "set", "remove"):
        yield from edit.get(name) or ()


def _read_of(kind: str, text: str) -> Read | None:
    """The read that finds an object; None if such a text can find nothing."""
    literal = odata_text(text)
    if kind == "role":
        return _ROLES
    collection, select, purpose = ("users", _OF_USERS, _USERS) if kind == "user" else ("groups", _OF_GROUPS, _GROUPS)
    if is_guid(text):
        return Read(odata(f"{collection}/{quote(text, safe='')}", select=select), purpose, collection=False)
    if kind == "user":
        owner = f"userPrincipalName eq {literal} or mail eq {literal}"
        return Read(odata("users", filter=owner, select=select), purpose) if "@" in text else None
    named = f"displayName eq {literal} or mail eq {literal}"
    return Read(odata("groups", filter=named, select=select), purpose)


def _matching(kind: str, text: str, found: Any) -> list[Subject]:
    """The requested objects among those returned."""
    records = found if isinstance(found, list) else [found]
    if is_guid(text):
        names: tuple[str, ...] = ("id", "templateId") if kind == "role" else ("id",)
    else:
        names = ("userPrincipalName", "mail") if kind == "user" else ("displayName", "mail")
    return [
        Subject(kind, one)
        for one in records
        if any(normalize_case(one.get(name)) == normalize_case(text) for name in names)
        # Policies name no custom roles ("Users, groups, and workload identities"); Graph refuses them by error 1103.
        and one.get("isBuiltIn") is not False
    ]


def _shown(option: str, text: str, subject: Subject) -> dict[str, Any]:
    names = ("displayName", "userPrincipalName", "accountEnabled", "userType")
    return {
        "option": option,
        "given": text,
        "id": subject.id,
        **{snake(name): subject.record[name] for name in names if name in subject.record},
    }


def _unresolved(problems: list[tuple[str, str, str]], step: str) -> TenantError:
    said = "; ".join(f"{text} under conditions.users.{option}: {reason}" for option, text, reason in problems)
    return TenantError(
        "unresolved",
        f"not every user, group and role is in the directory: {said}",
        next_step=step,
        details={"unresolved": [{"option": option, "given": text} for option, text, _reason in problems]},
    )
