# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read from one tenant, as the report of many tenants takes it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: report_record
short_description: Combine the results of one tenant for the report
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Combines what was read from one tenant into an entry for the filter P(intune.exchange.fleet_report#filter). The
    playbook C(intune.exchange.report) uses it.
  - What was not read has the default, a skipped read, so that the report states why, by the read that failed.
options:
  _input:
    description: The result of M(intune.exchange.connector_info), or of the task whose failure kept it from being read.
    type: dict
    required: true
  names:
    description: Names of the tenant. The first that is not empty is used.
    type: list
    elements: str
    required: true
  tenant_id:
    description: The id or domain of the tenant. An empty one becomes null.
    type: str
  requirements:
    description: The result of M(intune.exchange.requirements_info).
    type: dict
    default: {skipped: true}
  audit:
    description: The result of M(intune.exchange.mobile_access_audit_info), or null if no audit was asked for.
    type: dict
    default: {skipped: true}
  assessment:
    description:
      - The result of M(intune.exchange.mobile_access_assessment_info). Null or skipped means that none was asked for.
    type: dict
  baselines_chosen:
    description: Whether somebody chose the baselines of the audit. Otherwise its findings are advice.
    type: bool
    default: true
seealso:
  - plugin: intune.exchange.fleet_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the connectors
  intune.exchange.connector_info:
  register: connectors

- name: Report on this tenant
  ansible.builtin.debug:
    msg: "{{ ([record] | intune.exchange.fleet_report(made_at=record.read_at)).tenants[0].state }}"
  vars:
    record: "{{ connectors | intune.exchange.report_record(['Contoso'], 'contoso.com', audit=none) }}"
"""

RETURN = r"""
_value:
  description: The entry.
  type: dict
  contains:
    name:
      description: The first of O(names) that is not empty.
      type: str
    tenant_id:
      description: The id or domain of the tenant, or null.
      type: str
    read_at:
      description: The time at which the entry was made.
      type: str
    connector:
      description: The given result.
      type: dict
    requirements:
      description: As O(requirements).
      type: dict
    audit:
      description: As O(audit).
      type: dict
    assessment:
      description: As O(assessment), or null if it was skipped.
      type: dict
    baselines_chosen:
      description: As O(baselines_chosen).
      type: bool
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._trust import as_data

_SKIPPED: Any = object()  # the result of a task that did not run


def report_record(
    connector: Any,
    names: Sequence[Any],
    tenant_id: Any = None,
    requirements: Mapping[str, Any] = _SKIPPED,
    audit: Mapping[str, Any] | None = _SKIPPED,
    assessment: Mapping[str, Any] | None = None,
    baselines_chosen: bool = True,
) -> Any:
    """The entry for fleet_report. Raises `AnsibleFilterError` without a result or a name."""
    name = next(filter(None, names), None) if isinstance(names, (list, tuple)) else None
    if not isinstance(connector, Mapping) or name is None:
        raise AnsibleFilterError("report_record needs the result of a task, and a name that is not empty")
    if not isinstance(assessment, Mapping | None):
        raise AnsibleFilterError("report_record needs assessment as the result of a task, or null")
    return as_data(
        {
            "name": name,
            "tenant_id": tenant_id or None,
            "read_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "connector": connector,
            "requirements": {"skipped": True} if requirements is _SKIPPED else requirements,
            "audit": {"skipped": True} if audit is _SKIPPED else audit,
            "assessment": None if assessment is None or assessment.get("skipped") else assessment,
            "baselines_chosen": baselines_chosen,
        }
    )


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"report_record": report_record}
