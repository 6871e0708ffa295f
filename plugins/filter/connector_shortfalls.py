# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps the connector from being valid."""

from __future__ import annotations

DOCUMENTATION = r"""
name: connector_shortfalls
short_description: Validate the service-to-service connector
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Compares what M(intune.exchange.connector_info) read with what was configured. The connector is valid if there is
    exactly one, bound to the address, connected, and synchronized recently.
  - The entry point C(validate) of the role C(intune.exchange.connector) uses it.
options:
  _input:
    description: The result of M(intune.exchange.connector_info).
    type: dict
    required: true
  primary_smtp_address:
    description: The address that the connector must be bound to, compared case-insensitively.
    type: str
    required: true
  max_sync_age:
    description: The maximum age of the last successful synchronization, in seconds.
    type: int
    default: 93600
"""

EXAMPLES = r"""
- name: Read the connectors
  intune.exchange.connector_info:
  register: found

- name: Report what keeps the connector from being valid
  ansible.builtin.debug:
    msg: "{{ found | intune.exchange.connector_shortfalls('svc-intune-connector@contoso.com') }}"
"""

RETURN = r"""
_value:
  description: A sentence for each shortfall, with its next step. Empty for a valid connector.
  type: list
  elements: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._whole_number import whole_number


def connector_shortfalls(found: Any, primary_smtp_address: str, max_sync_age: int = 93600) -> list[str]:
    """The sentences about `found`. Raises `AnsibleFilterError` unless it is a result of connector_info."""
    # Here, since Ansible imports all filters of a collection with the first that is used, in each worker anew.
    from ..module_utils._connector.validation import shortfalls

    if not isinstance(found, Mapping) or not {"offered", "connectors"} <= set(found):
        raise AnsibleFilterError("connector_shortfalls needs the result of intune.exchange.connector_info")
    age = whole_number("connector_shortfalls", "max_sync_age", max_sync_age)
    return shortfalls(found, str(primary_smtp_address), age)


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"connector_shortfalls": connector_shortfalls}
