# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Privileged Identity Management for groups: who may activate a membership."""

from __future__ import annotations

import re
from datetime import datetime

from ..behaviours.table import implements
from ..odata.entities import RequestContext, Resource
from ..state.clock import iso
from ..state.http_messages import Json, Refusal
from ..state.tenant import Tenant
from .rules import assigned_principal, gate_eligibility

_SCOPED = re.compile(r"\b(groupId|principalId) eq '", re.IGNORECASE)


@implements("group-eligibility")
def make_eligible_member(tenant: Tenant, group_id: str, principal_id: str, since: datetime) -> Json:
    """A user or a group that may become a member of a group, and is none yet."""
    eligibility = f"{group_id}_member_{tenant.uuid('groupEligibility', group_id, principal_id)}"
    return tenant.store("groupEligibilities").add(
        eligibility,
        {
            "id": eligibility,
            "accessId": "member",
            "groupId": group_id,
            "principalId": principal_id,
            "memberType": "Direct",
            "eligibilityScheduleId": eligibility,
            "startDateTime": iso(since),
            "endDateTime": None,
        },
    )


@implements("group-eligibility-filter")
def gate_group_eligibility(scene: RequestContext) -> None:
    gate_eligibility(scene)
    if not _SCOPED.search(scene.options.get("$filter", "")):
        raise Refusal(
            "group-eligibility-filter",
            status=400,
            code="InvalidFilter",
            message="The filter has to name a groupId or a principalId.",
        )


GROUP_ELIGIBILITIES = Resource(
    "groupEligibilities",
    "microsoft.graph.privilegedAccessGroupEligibilityScheduleInstance",
    gate=gate_group_eligibility,
    expands={"principal": assigned_principal},
    behaviour="group-eligibility",
)
