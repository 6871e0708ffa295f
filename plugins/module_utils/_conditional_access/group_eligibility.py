# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may become a member of a group through Privileged Identity Management (PIM) for groups.

Graph lists them for one group at a time ("List eligibilityScheduleInstances"), and transitiveMembers omits people who
have not activated the membership.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from .._client.graph import Read, odata, odata_text
from .._core.errors import NOT_IN_SNAPSHOT, Purpose, TenantError
from .._core.read_result import ReadResult, first_error
from .._core.resource import normalize_case
from .._engine.tenant import Tenant
from .group_members import members_of

_PERMISSION = "PrivilegedEligibilitySchedule.Read.AzureADGroup"
_READ = Purpose("read who may activate a membership of the groups", _PERMISSION)
_PATH = "identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"
Record = Mapping[str, Any]
Records = list[dict[str, Any]]


def read_eligible_members(
    tenant: Tenant, groups: Mapping[str, Collection[str]]
) -> tuple[dict[str, frozenset[str]] | None, list[TenantError]]:
    """By group, the ids of people who may join it, and why something was not read; None for a failed read.

    `groups` includes nested groups: a member of a nested group is a member too.
    """
    asked = sorted({*groups, *(one for inside in groups.values() for one in inside)})
    found = tenant.graph.batch({one: _eligible_for(one) for one in asked})
    direct = {one: _members(read) for one, read in found.items()}
    through = sorted({normalize_case(one["principalId"]) for some in direct.values() for one in some if _is_group(one)})
    inner = tenant.graph.batch({one: members_of(one) for one in through})
    error = first_error(read for read in [*found.values(), *inner.values()] if not _is_gone(read))
    if error is not None:
        return None, [error]
    ids = {
        one: {
            person
            for row in some
            for person in (normalize_case(row["principalId"]), *_ids(inner.get(normalize_case(row["principalId"]))))
        }
        for one, some in direct.items()
    }
    return {one: frozenset().union(*(ids[part] for part in (one, *inside))) for one, inside in groups.items()}, []


def apart_from_eligibility(not_read: Iterable[TenantError]) -> list[TenantError]:
    """Failed reads that affect who is named now. Somebody who may become a member is not one yet."""
    return [one for one in not_read if one.action != _READ.action]


def about_eligibility(not_read: Iterable[TenantError]) -> str:
    """What the answers do not take into account, where that could not be read; or nothing."""
    unread = [one.answer for one in not_read if one.action == _READ.action]
    # Where no permission helps.
    copied = any(answer is not None and answer.code == NOT_IN_SNAPSHOT for answer in unread)
    why = "a snapshot does not hold it" if copied else _PERMISSION
    return f"could not read who may activate a membership of a group ({why})" if unread else ""


def inner_groups(members: Iterable[Record]) -> list[str]:
    """Of the direct and nested members of a group, those that are groups."""
    return [normalize_case(one["id"]) for one in members if str(one.get("@odata.type")).endswith(".group")]


def _eligible_for(group: str) -> Read:
    return Read(odata(_PATH, filter=f"groupId eq {odata_text(group)}", expand="principal"), _READ)


def _members(read: ReadResult[Records]) -> Records:
    """Without owners: they own the group, but are not members."""
    return [one for one in read.or_else(()) if normalize_case(one.get("accessId")) == "member"]


def _is_group(row: Record) -> bool:
    return str((row.get("principal") or {}).get("@odata.type")).endswith(".group")


def _is_gone(read: ReadResult[Records]) -> bool:
    return read.error is not None and read.error.kind == "not_found"


def _ids(read: ReadResult[Records] | None) -> list[str]:
    return [normalize_case(one["id"]) for one in read.or_else(())] if read is not None else []
