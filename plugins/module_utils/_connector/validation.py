# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the one service-to-service connector is as it was configured, connected, and recently synchronised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.resource import normalize_case
from .connectors import INSTEAD, of_our_type


def shortfalls(found: Mapping[str, Any], primary_smtp_address: str, max_sync_age: int) -> list[str]:
    """A sentence for everything that is not as it should be, with its next step; none for a valid connector.

    `found` is the result of connector_info, `max_sync_age` is in seconds. The rule is step 3 of the document that
    this collection implements: the details are those that were given, it is connected, its last sync is recent.
    """
    if not found["offered"]:
        return [f"This tenant does not offer the service-to-service connector. {INSTEAD}."]
    connectors = of_our_type(found)
    if not connectors:
        return ["There is no service-to-service connector. Next step: run the entry point configure, which creates it."]
    if len(connectors) > 1:
        ids = ", ".join(str(one["id"]) for one in connectors)
        return [
            f"There are several service-to-service connectors: {ids}. "
            "Next step: remove all but one; none is chosen for you."
        ]
    return _of_one(connectors[0], primary_smtp_address, max_sync_age)


def _of_one(connector: Mapping[str, Any], primary_smtp_address: str, max_sync_age: int) -> list[str]:
    address, status, age = (connector[name] for name in ("primary_smtp_address", "status", "last_sync_age_seconds"))
    sentences = []
    if normalize_case(str(address)) != normalize_case(primary_smtp_address):
        sentences.append(
            f"It is bound to {address}, not to {primary_smtp_address}. "
            "Next step: run the entry point configure, which changes it."
        )
    if status != "connected":
        sentences.append(
            f"Its status is {status}, not connected. "
            "Next step: run the entry point requirements, which names what keeps it from connecting."
        )
    if age is None:
        sentences.append(
            "It has never synchronised. Next step: give it more time with connector_wait, or ask for a synchronisation "
            "with intune.exchange.connector_sync."
        )
    elif age >= max_sync_age:
        sentences.append(
            f"Its last successful synchronisation was {age} seconds ago ({connector['last_sync_date_time']}); "
            f"connector_max_sync_age allows less than {max_sync_age}. "
            "Next step: ask for a synchronisation with intune.exchange.connector_sync."
        )
    return sentences
