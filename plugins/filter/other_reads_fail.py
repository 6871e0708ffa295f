# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether it is pointless to read more of a tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
name: other_reads_fail
short_description: Decide whether the other reads of a tenant would fail as well
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Some failures are not about what was read, such as a refused sign-in or no connection. The other modules would fail
    for the same reason, each after its own timeout. The playbook C(intune.exchange.report) then does not run them.
options:
  _input:
    description: The registered result of a module of this collection.
    type: dict
    required: true
seealso:
  - plugin: intune.exchange.report_record
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the connectors
  intune.exchange.connector_info:
  register: connectors
  ignore_errors: true

- name: Read the requirements, unless that would fail for the same reason
  intune.exchange.requirements_info:
  when: not connectors | intune.exchange.other_reads_fail
"""

RETURN = r"""
_value:
  description:
    - Whether the read failed with an C(error.kind) of V(sign_in), V(network), V(tls), V(usage) or V(no_credentials), or
      without any.
  type: bool
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.errors import OF_ALL_READS


def other_reads_fail(result: Any) -> bool:
    """Whether a failure concerns every read. Raises `AnsibleFilterError` unless it is the result of a task."""
    if not isinstance(result, Mapping):
        raise AnsibleFilterError("other_reads_fail needs the registered result of a task")
    error = result.get("error")
    kind = error.get("kind") if isinstance(error, Mapping) else None
    return bool(result.get("failed")) and (kind is None or kind in OF_ALL_READS)


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"other_reads_fail": other_reads_fail}
