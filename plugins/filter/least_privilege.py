# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The permissions that some content needs."""

from __future__ import annotations

DOCUMENTATION = r"""
name: least_privilege
short_description: List the minimum permissions for content of this collection
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Combines the application permissions and the roles of Exchange Online that modules, playbooks, rulebooks and roles
    need.
  - It does not access a tenant.
options:
  _input:
    description:
      - Names of modules, of playbooks, of rulebooks, and of roles with an entry point, such as V(connector:validate).
      - The playbooks C(bootstrap) and C(demo) are refused, since they run as no application.
      - V(connector) by itself means its entry points V(requirements), V(configure) and V(validate). Its entry point
        V(main) includes all of its options, such as those of its account.
      - Also a text with these names, separated by commas.
    type: list
    elements: str
    required: true
  write:
    description: Whether the content will change anything. Check mode needs only read permissions.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: List the permissions to validate the connector and approve devices
  ansible.builtin.debug:
    msg: "{{ ['connector:validate', 'mobile_device'] | intune.exchange.least_privilege }}"
"""

RETURN = r"""
_value:
  description: The required permissions.
  type: dict
  contains:
    content:
      description: The names, each once.
      type: list
      elements: str
    write:
      description: Whether the permissions to change anything are included.
      type: bool
    modules:
      description: The modules that the content runs.
      type: list
      elements: str
    microsoft_graph:
      description: Application permissions of Microsoft Graph.
      type: list
      elements: str
    office_365_exchange_online:
      description: Application permissions of Office 365 Exchange Online.
      type: list
      elements: str
    exchange_roles:
      description: Management roles of Exchange Online.
      type: list
      elements: str
    exchange_cmdlets:
      description:
        - The cmdlets that the content runs, by the built-in role of which they are a part, as RV(_value.exchange_roles)
          but narrower. M(intune.exchange.management_role) makes a role with exactly these.
        - Cmdlets that M(intune.exchange.exchange_cmdlet) is given are not in it.
      type: list
      elements: dict
      contains:
        role:
          description: Name of the built-in role.
          type: str
        cmdlets:
          description: Names of the cmdlets.
          type: list
          elements: str
    delegated_roles:
      description:
        - The built-in roles whose child roles the content assigns to others. It needs a delegating assignment of each.
          What a module assigns that is named by itself is not in it.
      type: list
      elements: str
    notes:
      description: Permissions that depend on options.
      type: list
      elements: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.intune.exchange.plugins.plugin_utils._permissions import least_privilege


def needed(content: Any, write: bool = True) -> dict[str, Any]:
    names = [one.strip() for one in content.split(",")] if isinstance(content, str) else content
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise AnsibleFilterError("least_privilege takes a list of names of content.")
    try:
        return least_privilege(names, boolean(write))
    except (TypeError, ValueError) as error:
        raise AnsibleFilterError(f"least_privilege: {error}") from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"least_privilege": needed}
