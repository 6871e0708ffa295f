# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The holder of a role assignment, which a snapshot has by name only. Pure rules: no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._core.resource import Record, bare_name, normalize_case
from .._core.targets import visible

# What can name one. The first properties by which any is found decide: somebody may be called as the id or the name of
# another one. A display name identifies nobody: who has no mailbox is not in the list, and a namesake may be.
OF_USERS = (
    ("Guid", "ExternalDirectoryObjectId", "PrimarySmtpAddress", "id", "userPrincipalName"),
    ("Identity", "Name"),
)
OF_APPLICATIONS = (("ObjectId", "AppId"), ("Identity", "Name"))


def identifying(value: Any) -> str:
    """A name or an id; empty for null, for white space, and for the id of zeros, with which Exchange says that there is
    none: these belong to any number of objects."""
    text = visible(value) if isinstance(value, str) else ""
    return text if text.strip("{}0-") else ""


class Assignees:
    """The possible role holders of one type, by their names."""

    def __init__(self, records: Iterable[Record], names: Iterable[Iterable[str]]) -> None:
        listed = list(records)
        self._by_name: list[dict[Any, list[Record]]] = []
        for level in names:
            index: dict[Any, list[Record]] = {}
            for record in listed:
                for name in {normalize_case(identifying(record.get(one))) for one in level} - {""}:
                    index.setdefault(name, []).append(record)
            self._by_name.append(index)

    def of(self, assignment: Mapping[str, Any]) -> list[Record]:
        """The possible holders of the assignment: one, several, or none."""
        given = (assignment.get("RoleAssignee"), assignment.get("RoleAssigneeName"))
        names = {normalize_case(identifying(bare_name(one))) for one in given if one} - {""}
        for index in self._by_name:
            found = {id(one): one for name in names for one in index.get(name, ())}
            if found:
                return list(found.values())
        return []
