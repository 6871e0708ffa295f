# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads that the assessment and the deadlines share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from .._client.graph import Read
from .._core.errors import Purpose, TenantError
from .._core.read_result import ReadResult, understood

READ_POLICIES = Read(
    "identity/conditionalAccess/policies", Purpose("read the Conditional Access policies", "Policy.Read.All")
)
COUNT_PEOPLE = "count the people whom the policies reach"
READ_ORGANIZATION_CONFIG = Purpose("read the Exchange organization", "the Exchange role View-Only Configuration")


def objects(found: ReadResult[Any], purpose: Purpose, ids: bool = False) -> ReadResult[Any]:
    """What was read, if it is an object or a list of objects; with `ids`, each with its id."""
    return found.map(partial(_checked, purpose, ids))


def _checked(purpose: Purpose, ids: bool, value: Any) -> Any:
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, Mapping):
            raise TenantError("protocol", "the response lists something that is not an object", purpose.action)
        if ids and not (isinstance(one.get("id"), str) and one["id"]):
            raise TenantError("protocol", "the response lists an object without an id", purpose.action)
    return value


def each_understood(calls: Mapping[str, tuple[str, Callable[[], Any]]]) -> dict[str, Callable[[], Any]]:
    """Calls by name, each with its action: a response in an undocumented form is an error of that call alone."""
    return {name: partial(understood, action, call) for name, (action, call) in calls.items()}
