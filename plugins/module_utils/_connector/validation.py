# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the only service-to-service connector is as configured, connected, and recently synchronized.

The rule is step 3 of the document that this collection implements: the details are as given, it is connected, its last
sync is recent. The role and the report of many tenants have their own sentences for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.resource import normalize_case
from .._core.text import counted, unbroken
from .connectors import INSTEAD, of_our_type, state

Connector = Mapping[str, Any]
VALID = "connected"
_CONFIGURE = "run the playbook intune.exchange.connect, or the entry point configure of the role"


def problems(found: Mapping[str, Any], max_sync_age: int, primary_smtp_address: str | None = None) -> list[str]:
    """The problems, the worst first: a state of `STATES`, other_account, never_synchronized or stale.

    `found` is the result of connector_info, `max_sync_age` is in seconds. Without an address, any account is accepted.
    """
    connectors, known = of_our_type(found), state(found)
    if not found["offered"] or len(connectors) != 1:
        return [known]
    return [
        *_of_account(connectors[0], primary_smtp_address),
        *([] if known == VALID else [known]),
        *_of_sync(connectors[0], max_sync_age),
    ]


def _of_account(connector: Connector, primary_smtp_address: str | None) -> list[str]:
    bound = str(connector.get("primary_smtp_address"))
    differs = primary_smtp_address is not None and normalize_case(bound) != normalize_case(primary_smtp_address)
    return ["other_account"] if differs else []


def _of_sync(connector: Connector, max_sync_age: int) -> list[str]:
    age = connector.get("last_sync_age_seconds")
    if age is None:
        return ["never_synchronized"]
    return ["stale"] if age >= max_sync_age else []


def shortfalls(found: Mapping[str, Any], primary_smtp_address: str, max_sync_age: int) -> list[str]:
    """A sentence for each of the `problems`, with its next step; none for a valid connector."""
    connectors = of_our_type(found)
    if not found["offered"]:
        return [f"This tenant does not offer the service-to-service connector. {INSTEAD}."]
    if not connectors:
        return [f"There is no service-to-service connector. Next step: {_CONFIGURE}, which creates it."]
    if len(connectors) > 1:
        ids = ", ".join(str(one["id"]) for one in connectors)
        return [
            f"There are several service-to-service connectors: {ids}. "
            "Next step: remove all but one; none is chosen for you."
        ]
    return [
        unbroken(_sentence(problem, connectors[0], primary_smtp_address, max_sync_age))
        for problem in problems(found, max_sync_age, primary_smtp_address)
    ]


def _sentence(problem: str, connector: Connector, primary_smtp_address: str, max_sync_age: int) -> str:
    if problem == "other_account":
        return (
            f"It is bound to {connector['primary_smtp_address']}, not to {primary_smtp_address}. "
            f"Next step: {_CONFIGURE}, which changes it."
        )
    if problem == "never_synchronized":
        return (
            "It has never synchronized. Next step: give it more time with connector_wait, or ask for a synchronization "
            "with intune.exchange.connector_sync."
        )
    if problem == "stale":
        return (
            f"Its last successful synchronization was {counted(connector['last_sync_age_seconds'], 'second')} ago "
            f"({connector['last_sync_date_time']}); "
            f"connector_max_sync_age allows less than {max_sync_age}. "
            "Next step: ask for a synchronization with intune.exchange.connector_sync."
        )
    return (
        f"Its status is {connector['status']}, not connected. "
        "Next step: run the entry point requirements, which reports why it does not connect."
    )
