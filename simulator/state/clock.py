# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated clocks: the real one, plus the time that requests and tests have added."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

_LAST = datetime(9000, 1, 1, tzinfo=UTC)


def iso(moment: datetime) -> str:
    """The format of a DateTimeOffset in Graph."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"  # strftime takes ten times as long


def http_date(moment: datetime) -> str:
    return format_datetime(moment.replace(microsecond=0), usegmt=True)


class Clock:
    """Real time plus an offset. Each request to an API adds `step` seconds, so that waiting costs no time.

    Each tenant has its own clock, which only its own requests advance; time added by tests counts for all of them.
    """

    def __init__(self, step: float, whole: Clock | None = None) -> None:
        self._step = timedelta(seconds=step)
        self._ahead = timedelta()
        self._whole = whole
        self._tenants: dict[str | None, Clock] = {}

    def of(self, tenant: str | None) -> Clock:
        """The clock of a tenant, by its name; that of requests without one."""
        if tenant not in self._tenants:
            self._tenants[tenant] = Clock(self._step.total_seconds(), self)
        return self._tenants[tenant]

    def now(self) -> datetime:
        return self._whole.now() + self._ahead if self._whole else datetime.now(UTC) + self._ahead

    def tick(self) -> None:
        self._ahead += self._step

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("the simulated clock only moves forward")
        ahead = self._ahead + timedelta(seconds=seconds)
        if datetime.now(UTC) + ahead > _LAST:  # each request and each lifetime adds to it
            raise ValueError(f"the simulated clock ends in the year {_LAST.year}")
        self._ahead = ahead

    def reset(self) -> None:
        self._ahead = timedelta()
        self._tenants.clear()
