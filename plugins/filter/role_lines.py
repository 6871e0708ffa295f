# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of the roles and playbooks, in sentences."""

from __future__ import annotations

DOCUMENTATION = r"""
name: role_lines
short_description: Describe the results of the roles in sentences
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Turns results of modules into the lines that the roles and playbooks of this collection show, and into the messages
    with which they stop.
options:
  _input:
    description: The values that the sentences are about, by name.
    type: dict
    required: true
  about:
    description:
      - What the lines describe.
      - V(account) takes the cmdlets that are C(granted) and in C(excess), and whether they are only C(predicted).
      - V(approve) takes C(devices), C(decision), C(preview) and C(check_mode).
      - V(assess) takes as C(result) the result of M(intune.exchange.mobile_access_assessment_info).
      - V(at_once) takes the C(results) of a loop with M(intune.exchange.conditional_access_policy) in check mode.
      - V(audit) takes as C(result) the result of M(intune.exchange.mobile_access_audit_info).
      - V(deadlines) takes the C(deadlines) of M(intune.exchange.mobile_access_deadlines_info).
      - V(deadlines_of_all) takes the C(hosts) that were read, the C(results) of that module for them in the same order,
        and the hosts that are C(unread).
      - V(excluded) takes C(resolved), as M(intune.exchange.conditional_access_policy) returns it.
      - V(lockout) takes C(devices) and C(max_affected).
      - V(offboard) takes C(address), C(result), C(wiped), C(blocked) and C(check_mode).
      - V(protect) takes C(policies), as P(intune.exchange.enforcement_dates#filter) returns them.
      - V(quarantine) takes C(impact), C(result) and C(recent_days).
      - V(rehearsal) takes as C(people) the C(by_person) of M(intune.exchange.conditional_access_rehearsal_info), and
        C(max_affected).
      - V(too_early) takes C(policies) and C(days).
      - V(too_many_devices) takes C(address), C(devices) and C(max_affected).
      - V(unprotected) takes as C(platforms) what M(intune.exchange.app_protection_info) returns as
        C(outlook_covered_by).
      - V(unusable) takes C(accounts), each with C(id), C(user_principal_name), C(account_enabled) and C(user_type).
      - V(valid) takes as C(age) the C(last_sync_age_seconds) of a connector, and as C(overridden_by) sentences on what
        overrides its settings.
    type: str
    required: true
    choices:
      - account
      - approve
      - assess
      - at_once
      - audit
      - deadlines
      - deadlines_of_all
      - excluded
      - lockout
      - offboard
      - protect
      - quarantine
      - rehearsal
      - too_early
      - too_many_devices
      - unprotected
      - unusable
      - valid
  width:
    description:
      - The width of the lines that report something, so that they fit 100 columns where Ansible shows a list. Longer
        ones continue on further lines, which are indented; a command stays on one line. V(0) leaves all lines whole.
      - The lines of messages with which the roles stop are always whole.
    type: int
    default: 88
"""

EXAMPLES = r"""
- name: Assess mobile access without the connector
  intune.exchange.mobile_access_assessment_info:
  register: assessed

- name: Show what replaces the connector, and what is missing
  ansible.builtin.debug:
    msg: "{{ {'result': assessed} | intune.exchange.role_lines('assess') }}"
"""

RETURN = r"""
_value:
  description: The lines; none if there is nothing to say, for example because no limit is exceeded.
  type: list
  elements: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._role_lines import ABOUT
from ..plugin_utils._trust import as_data
from ..plugin_utils._wrapped import fitted

_IN_MESSAGES = frozenset(
    {"at_once", "excluded", "lockout", "rehearsal", "too_early", "too_many_devices", "unprotected", "unusable"}
)


def role_lines(values: Any, about: str, width: int = 88) -> Any:
    """The lines. Raises AnsibleFilterError for values that do not match `about`."""
    if about not in ABOUT or not isinstance(values, Mapping):
        raise AnsibleFilterError(f"role_lines needs a dictionary, and one of {', '.join(sorted(ABOUT))}")
    try:
        lines = fitted(ABOUT[about](**values), 0 if about in _IN_MESSAGES else width)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise AnsibleFilterError(f"role_lines cannot describe {about} with these values: {error!r}") from None
    return as_data(lines)


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"role_lines": role_lines}
