# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rights in Exchange propagate slowly: a change takes effect later, and only for tokens issued after that."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from ..behaviours.table import implements
from ..state.http_messages import Json
from ..state.tenant import Past, Tenant

Result = TypeVar("Result")
# The stores that determine rights.
State = dict[str, list[Json]]
_STORES = ("ManagementRole", "ManagementRoleAssignment", "RoleGroup")


def present(tenant: Tenant) -> State:
    """The current rights, effective or not."""
    return {name: list(tenant.store(name)) for name in _STORES}


def remembering(tenant: Tenant, now: datetime, act: Callable[[], Result]) -> Result:
    """Call a function; if it changed rights, keep their previous state."""
    if not _delay(tenant):
        return act()
    kept = pickle.dumps(present(tenant))  # a copy costs ten times as much, and is hardly ever needed
    number = tenant.revision.number
    result = act()
    if tenant.revision.number != number and (before := pickle.loads(kept)) != present(tenant):
        tenant.past.append(Past(now, before))
    return result


@implements("rights-lag")
def effective(tenant: Tenant, issued: datetime | None) -> State:
    """The rights for a token issued then: changes older than the delay. For an unknown time, the initial rights."""
    for past in tenant.past:
        if issued is None or past.until > issued - _delay(tenant):
            return past.state
    return present(tenant)


@implements("rights-lag")
def _delay(tenant: Tenant) -> timedelta:
    return timedelta(seconds=(tenant.exchange or {}).get("rights_after", 0))
