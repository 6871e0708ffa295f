# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of one kind of a snapshot, in a store of a simulated tenant."""

from __future__ import annotations

from collections.abc import Callable

from ..state.http_messages import Json
from ..state.tenant import Tenant


def seed_records(
    tenant: Tenant, name: str, records: list[Json] | None, identity: str, change: Callable[[Json], Json] = dict
) -> None:
    """The records in the store in place of what is there; nothing where they were not read."""
    if records is None:
        return
    store = tenant.store(name)
    for key in store.items():
        store.remove(key)
    for number, record in enumerate(records):
        store.add(str(record.get(identity) or number).lower(), change(record))
