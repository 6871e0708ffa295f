# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A planned action on mobile devices: complete, and counted, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import TenantError
from .._core.targets import first_names
from .._core.text import counted

Device = Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """The state of each device, or mailbox, before and after, under a label with its GUID.

    `write` performs it and returns the rest of the result; `predicted` is that in check mode. `done` is a word for what
    happens to the `affected` devices.
    """

    done: str
    before: dict[str, Any]
    after: dict[str, Any]
    affected: list[Device]
    write: Callable[[], dict[str, Any]]
    predicted: dict[str, Any] = field(default_factory=dict)


def label(device: Device) -> str:
    """A device in a message or a diff. The same device can be in several mailboxes, hence the GUID."""
    return f"{device['device_id']} of {device['mailbox']} ({device['guid']})"


def names(devices: Sequence[Device]) -> str:
    """The first devices of a list, in words."""
    return first_names([label(one) for one in devices])


def carry_out(plan: Plan, limit: int | None, tenant: str, check_mode: bool) -> dict[str, Any]:
    """The result of a task; nothing is sent if more devices than `limit` would be affected."""
    affected = [{name: device[name] for name in ("guid", "device_id", "mailbox")} for device in plan.affected]
    count = len(affected)
    if limit is not None and count > limit:
        raise TenantError(
            "too_many",
            f"{counted(count, 'device')} would be {plan.done}, and max_affected allows {limit}: {names(plan.affected)};"
            " nothing was changed",
            tenant=tenant,
            next_step="Choose fewer devices, or raise max_affected if these are the right devices (in the role "
            "mobile_access, the variable mobile_access_max_affected)",
            details={"affected_count": count, "max_affected": limit, "affected": affected},
        )
    more = plan.predicted if check_mode else plan.write()
    return {
        "changed": bool(affected),
        "diff": {"before": plan.before, "after": plan.after},
        "affected": affected,
        "affected_count": count,
        **more,
    }
