# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy plans of Conditional Access: policies of another form, which only beta lists and nothing here judges.

https://learn.microsoft.com/graph/api/conditionalaccessroot-list-plans
"""

from __future__ import annotations

from .._client.graph_errors import not_served
from .._core.errors import Purpose, TenantError
from .._core.read_result import ReadResult
from .._core.resource import Record
from .._engine.tenant import Tenant

_PATH = "identity/conditionalAccess/plans"
_READ = Purpose("read the Conditional Access policy plans", "Policy.Read.All")


def read_policy_plans(tenant: Tenant) -> list[Record]:
    """The plans; none if the service does not have them. Raises `TenantError`."""
    try:
        plans, _response = tenant.graph.list(_PATH, _READ, "beta")
    except TenantError as error:
        answer = error.answer
        unknown = answer is not None and answer.status == 400 and "segment" in answer.message.lower()
        if unknown or not_served(error):
            return []
        raise
    return plans


def not_judged(plans: ReadResult[list[Record]]) -> str:
    """Why the holes that the policies leave may still be closed; empty if there is nothing else."""
    if plans.error is not None:
        return f"the policy plans of Conditional Access could not be read ({plans.error.problem})"
    found = plans.value
    return f"policy plans of Conditional Access, which are not judged here: {len(found)}" if found else ""
