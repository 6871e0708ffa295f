# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The members of a group, nested ones included.

"To list the members of a hidden membership group, the Member.Read.Hidden permission is required" ("List group
transitive members"). Without it the list is empty (microsoftgraph/microsoft-graph-docs-contrib issue 3575, for the
groups of a user), which does not mean that the group is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .._client.graph import Read, odata
from .._core.errors import Purpose, TenantError
from .._core.read_result import ReadResult
from .._core.resource import normalize_case
from .._engine.tenant import Tenant

READ_MEMBERS = Purpose("count the people whom the policy reaches", "GroupMember.Read.All")
_READ_VISIBILITY = Purpose("read whether the members of an empty group are hidden", "GroupMember.Read.All")
Records = list[dict[str, Any]]


def members_of(group: str, purpose: Purpose = READ_MEMBERS) -> Read:
    return Read(odata(f"groups/{quote(group, safe='')}/transitiveMembers", select="id", top="999"), purpose)


def hidden_members(tenant: Tenant, members: Mapping[str, ReadResult[Records]]) -> dict[str, ReadResult[Records]]:
    """The groups whose list is empty because it is hidden, or may be: reported as not read."""
    empty = [group for group, read in members.items() if read.known and not read.value]
    found = tenant.graph.batch(
        {
            one: Read(
                odata(f"groups/{quote(one, safe='')}", select="id,visibility"), _READ_VISIBILITY, collection=False
            )
            for one in empty
        }
    )
    problems = {one: read.error or hidden(read.value, tenant.label) for one, read in found.items()}
    return {
        one: ReadResult([], error) for one, error in problems.items() if error is not None and error.kind != "not_found"
    }


def hidden(group: Mapping[str, Any], tenant: str) -> TenantError | None:
    """Why an empty list of members proves nothing; empty if it does."""
    if normalize_case(group.get("visibility")) != "hiddenmembership":
        return None
    return TenantError(
        "forbidden",
        f"the membership of group {group['id']} is hidden, so Microsoft Graph lists no members",
        READ_MEMBERS.action,
        tenant,
        next_step="Grant the application Member.Read.Hidden, or name a group without hidden membership in the policy",
    )
