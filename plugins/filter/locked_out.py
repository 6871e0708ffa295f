# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices that a change of mobile access locks out."""

from __future__ import annotations

DOCUMENTATION = r"""
name: locked_out
short_description: List the devices that a change of mobile access locks out
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Takes the devices whose access state changes, and returns those whose state becomes stricter, each once. Stricter
    means that they were allowed before, or are blocked afterwards.
options:
  _input:
    description:
      - Devices with C(guid), C(device_id), C(mailbox), C(before) and C(after), as in C(impact) of
        M(intune.exchange.activesync_device_access_rule) and M(intune.exchange.activesync_organization_settings).
    type: list
    elements: dict
    required: true
  rules:
    description:
      - Device access rules that will also exist, as the role C(intune.exchange.mobile_access) takes them. A rule takes
        precedence over the default access level, so devices that match one of them are not listed.
    type: list
    elements: dict
    default: []
  allowed:
    description: Devices that will be allowed individually, each with C(guid). They are not listed either.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Preview whom a switch to quarantine would affect
  intune.exchange.activesync_organization_settings:
    default_access_level: Quarantine
    accept_impact: true
  check_mode: true
  register: previewed

- name: Report the devices that would be locked out
  ansible.builtin.debug:
    msg: "{{ previewed.impact | intune.exchange.locked_out | map(attribute='mailbox') | unique }}"
"""

RETURN = r"""
_value:
  description: The devices, unchanged.
  type: list
  elements: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._mobile_access.access_decision import locked_out as stricter

_NEEDED = {"guid", "device_id", "mailbox", "before", "after"}


def locked_out(devices: Any, rules: Any = (), allowed: Any = ()) -> list[Any]:
    """The devices whose state becomes stricter. Raises AnsibleFilterError unless given lists of devices and rules."""
    if not isinstance(devices, list) or not all(isinstance(one, Mapping) and set(one) >= _NEEDED for one in devices):
        raise AnsibleFilterError(f"locked_out needs a list of devices, each with {', '.join(sorted(_NEEDED))}")
    named = isinstance(rules, (list, tuple)) and all(
        isinstance(one, Mapping) and "query_string" in one for one in rules
    )
    if not named:
        raise AnsibleFilterError("locked_out needs rules as a list, each with characteristic and query_string")
    try:
        spared = {one["guid"] for one in allowed} - {None}
    except (TypeError, KeyError):
        raise AnsibleFilterError("locked_out needs allowed as a list of devices, each with guid") from None
    return [one for one in stricter(devices, rules) if one["guid"] not in spared]


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"locked_out": locked_out}
