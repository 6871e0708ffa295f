# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Store the objects of one kind from a snapshot in a simulated tenant."""

from __future__ import annotations

from collections.abc import Callable

from ..state.http_messages import Json
from ..state.snapshots import identity_of
from ..state.tenant import Tenant


def seed_records(
    tenant: Tenant, name: str, records: list[Json] | None, identity: str, change: Callable[[Json], Json] = dict
) -> None:
    """Replace the records in the store. If they were not read, it stays as it is."""
    if records is None:
        return
    store = tenant.store(name)
    for key in store.items():
        store.remove(key)
    for number, record in enumerate(records):
        store.add(identity_of(record, identity) or str(number), change(record))
