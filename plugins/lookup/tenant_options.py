# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variable tenant_options; an undefined variable is not the same as one that cannot be evaluated."""

from __future__ import annotations

DOCUMENTATION = r"""
name: tenant_options
short_description: The connection options of a host's tenant
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Returns the variable C(tenant_options) of the host, which the inventory plugin P(intune.exchange.tenants#inventory)
    sets, or O(default) if the host has no such variable.
  - It fails if the variable cannot be templated, for example because it uses an undefined vaulted variable.
    C(tenant_options | default({})) would be empty then with ansible-core before 2.19, and the modules would read or
    change the tenant of the environment.
options:
  _terms:
    description:
      - Names of options. Returns the value of each, or an empty string if it is not set.
      - By default, the whole variable.
    type: list
    elements: str
  default:
    description: The options of a host that has no C(tenant_options).
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Show the connectors of each tenant of the inventory, or of the tenant in the environment
  hosts: "{{ target | default('localhost') }}"
  gather_facts: false
  module_defaults:
    group/intune.exchange.tenant: "{{ lookup('intune.exchange.tenant_options') }}"
  tasks:
    - name: Read the connectors
      intune.exchange.connector_info:
"""

RETURN = r"""
_raw:
  description: The options, or the values of the named ones.
  type: list
  elements: raw
  sample: [{tenant_id: contoso.com, client_id: 00000000-0000-0000-0000-000000000000}]
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..plugin_utils._variables import resolve_variable

_NAME = "tenant_options"


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=kwargs)
        options = variables[_NAME] if _NAME in variables else self.get_option("default")
        if isinstance(options, Mapping) and terms:  # the others need not be worked out for these
            options = {name: options[name] for name in terms if name in options}
        options = resolve_variable(self._templar, _NAME, options)
        if not isinstance(options, Mapping):
            host = variables.get("inventory_hostname", "")
            raise AnsibleLookupError(
                f"The variable {_NAME} of the host {host} is not a dictionary. Set it to the options of the modules, "
                'as in {"tenant_id": "contoso.com"}.'
            )
        return [options.get(name, "") for name in terms] if terms else [options]
