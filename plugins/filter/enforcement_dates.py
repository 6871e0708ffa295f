# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When each Conditional Access policy may be enforced."""

from __future__ import annotations

DOCUMENTATION = r"""
name: enforcement_dates
short_description: Determine when Conditional Access policies may be enforced
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - A policy is enforceable after a waiting period, which begins with its last change. The entry point C(protect) of the
    role C(intune.exchange.mobile_access) uses it.
options:
  _input:
    description: The C(results) of a loop with M(intune.exchange.conditional_access_policy).
    type: list
    elements: dict
    required: true
  days:
    description: The waiting period.
    type: float
    required: true
  now:
    description:
      - The present time in UTC, as V(2026-11-25T02:00:00Z). For a policy that was changed, the waiting period begins
        now.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Report which policies may be enforced
  ansible.builtin.debug:
    msg: "{{ dates | selectattr('due') | map(attribute='display_name') }}"
  vars:
    present: "{{ now(utc=true, fmt='%Y-%m-%dT%H:%M:%SZ') }}"
    dates: "{{ policies.results | intune.exchange.enforcement_dates(days=14, now=present) }}"
"""

RETURN = r"""
_value:
  description: The policies.
  type: list
  elements: dict
  contains:
    id:
      description: The id of the policy; null for one that check mode did not create.
      type: str
    display_name:
      description: Its name.
      type: str
    state:
      description: Its state.
      type: str
    impact:
      description: Whom it affects, as M(intune.exchange.conditional_access_policy) returns it.
      type: dict
    enforceable_from:
      description: When the waiting period ends, in UTC.
      type: str
    due:
      description: Whether it has ended.
      type: bool
    enforceable:
      description: Whether the policy is in report-only mode and its waiting period has ended.
      type: bool
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._conditional_access.policy_states import REPORT_ONLY


def enforcement_dates(results: Any, days: Any, now: str) -> list[dict[str, Any]]:
    """One dictionary per policy. Raises AnsibleFilterError for other kinds of results and for invalid times."""
    if not isinstance(results, list) or not all(
        isinstance(one, Mapping) and isinstance(one.get("conditional_access_policy"), Mapping) for one in results
    ):
        raise AnsibleFilterError("enforcement_dates needs results of intune.exchange.conditional_access_policy")
    try:
        moment, wait = _time(now), timedelta(days=float(days))
        return [_dated(one, moment, wait) for one in results]
    except (ValueError, TypeError, OverflowError) as error:
        raise AnsibleFilterError(f"enforcement_dates cannot read a time: {error}") from None


def _dated(result: Mapping[str, Any], now: datetime, wait: timedelta) -> dict[str, Any]:
    policy = result["conditional_access_policy"]
    became = policy.get("modified_date_time") or policy.get("created_date_time")
    due = (now if result.get("changed") else _time(became)) + wait
    return {
        "id": policy.get("id"),
        "display_name": policy["display_name"],
        "state": policy["state"],
        "impact": result.get("impact"),
        "enforceable_from": due.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "due": due <= now,
        "enforceable": due <= now and policy["state"] == REPORT_ONLY,
    }


def _time(text: Any) -> datetime:
    """A time of Graph, which may have seven digits of a second, in UTC."""
    moment = datetime.fromisoformat(str(text))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"enforcement_dates": enforcement_dates}
