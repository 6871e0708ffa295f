# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data read from many tenants as one report: who needs action, and which."""

from __future__ import annotations

DOCUMENTATION = r"""
name: fleet_report
short_description: Create one report from the results of many tenants
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Evaluates what the playbook C(intune.exchange.report) read from each tenant. Every tenant is included, whether it
    could be read or not.
  - A tenant is in the state V(action) if there is a known shortfall, V(unread) if nothing could be read, V(partly_read)
    if something could not be read or evaluated and there is no known shortfall, V(in_order) otherwise.
  - Microsoft announced the removal of the connector in 2019. A tenant that does not offer it is a normal outcome,
    and its requirements ask for no action.
options:
  _input:
    description:
      - A dictionary for each tenant, with C(name), C(tenant_id), C(read_at), and what was read as C(connector) (of
        M(intune.exchange.connector_info)), C(requirements) (of M(intune.exchange.requirements_info)), C(audit) (the
        fact C(mobile_access_audit_result)) and C(assessment) (the fact C(mobile_access_assess_result)).
      - With a C(baselines_chosen) of false nobody chose the baselines of the audit. What they ask for then is advice
        (the C(status) of an action is V(advice)), and no tenant needs action for it.
      - A read that failed has its result, whose C(msg) is the reason. An C(audit) or C(assessment) of null was not
        asked for.
    type: list
    elements: dict
    required: true
  made_at:
    description: The time of the report.
    type: str
    required: true
  max_sync_age:
    description:
      - The maximum age of the last successful synchronization, in seconds. A tenant with C(max_sync_age) has its own.
    type: int
    default: 93600
  as_json:
    description:
      - Whether the report is returned as JSON text and not as a dictionary.
      - Ansible never evaluates this text. With the filter C(to_json) instead, ansible-core before 2.19 would treat text
        from a tenant in it as a template.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Report which tenants need action
  ansible.builtin.debug:
    msg: "{{ report.tenants | selectattr('state', 'equalto', 'action') | map(attribute='name') }}"
  vars:
    report: "{{ tenants_read | intune.exchange.fleet_report(made_at=now(utc=true).isoformat()) }}"
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    made_at:
      description: The time of the report.
      type: str
    max_sync_age:
      description: The maximum age for all tenants that could be read, in seconds; null if it differs.
      type: int
    counts:
      description: The number of tenants (C(tenants)), and of those in each state.
      type: dict
    requirements:
      description: The requirements of the connector, each with C(id), C(title) and C(source).
      type: list
      elements: dict
    work:
      description:
        - The actions for the fleet, most urgent first (the connector, its requirements, gaps of an assessment, what
          could not be read, settings), and within these the most frequent. Each with C(id), C(title), C(status),
          C(next_step) and in how many C(tenants).
      type: list
      elements: dict
    tenants:
      description:
        - The tenants, those that need action first. Each with C(name), C(tenant_id), C(read_at), C(state), C(not_read)
          (the reads that failed), C(actions) (each with C(id), C(title), C(status), C(evidence), C(next_step)),
          C(action_count), C(first_action) (the title of the first action, or null),
          C(fixes) (the failed controls of an audit by object, each with C(kind), C(object), C(title), C(controls) and
          one C(task)), C(connector), C(requirements) (by their id), C(audit), C(accepted_risks) and C(assessment) (with
          the C(page) that the playbook writes for it). What could not be read is null.
      type: list
      elements: dict
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._rows import writable
from ..plugin_utils._trust import text_as_data
from ..plugin_utils._whole_number import whole_number


def fleet_report(tenants: Any, made_at: str, max_sync_age: int = 93600, as_json: bool = False) -> dict[str, Any] | str:
    """The report on `tenants`."""
    # Here, since Ansible imports all filters of a collection with the first that is used, in each worker anew.
    from ..module_utils._fleet.report import report

    if not isinstance(tenants, list) or not all(isinstance(one, Mapping) and one.get("name") for one in tenants):
        raise AnsibleFilterError("fleet_report needs a list of dictionaries, each with a name")
    age = whole_number("fleet_report", "max_sync_age", max_sync_age)
    made = {key: _writable(value) for key, value in report(tenants, str(made_at), age).items()}
    return text_as_data(json.dumps(made, default=str)) if as_json else made


def _writable(value: Any) -> Any:
    """A single text that cannot be written must not cost everybody the report."""
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, Mapping):
        return {_writable(key): _writable(one) for key, one in value.items()}
    return [_writable(one) for one in value] if isinstance(value, list) else value


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"fleet_report": fleet_report}
