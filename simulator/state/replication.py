# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Eventual consistency of the directory: reads find a new object only after a while."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..behaviours.table import implements
from .http_messages import Json
from .tenant import Tenant

_SEEN_FROM = "_seen_from"


@implements("directory-lag")
def arriving(tenant: Tenant, item: Json, now: datetime) -> Json:
    """A new object, with the time from which reads find it."""
    return item | {_SEEN_FROM: now + timedelta(seconds=tenant.description["directory_lag"])}


@implements("directory-lag")
def arrived(items: Iterable[Json], now: datetime) -> list[Json]:
    """The objects that reads currently find."""
    return [item for item in items if item.get(_SEEN_FROM, now) <= now]
