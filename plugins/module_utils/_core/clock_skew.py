# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether ages can be trusted: the clocks of the service and of this machine must agree."""

from __future__ import annotations

from datetime import datetime, timedelta

from .errors import TenantError

_TOLERANCE = timedelta(days=1)


def check_clocks(service: datetime | None, machine: datetime, action: str, tenant: str) -> None:
    """Refuse, with kind `clock`, to act on ages while the current time is uncertain.

    `service` is the Date header of the response from which the ages were computed; None if it had none.
    """
    if service is None:
        problem = "the service did not say what time it is, so the ages of its objects are not known"
    elif abs(service - machine) > _TOLERANCE:
        problem = (
            f"the service says that it is {service:%Y-%m-%d %H:%M} UTC, this machine {machine:%Y-%m-%d %H:%M} UTC, so "
            "the ages of its objects are not known"
        )
    else:
        return
    raise TenantError(
        "clock",
        f"{problem}; nothing was changed",
        action,
        tenant,
        next_step="Correct the clock of this machine; if it is right, look for a proxy that changes the answers. Or "
        "choose the objects without an age",
    )
