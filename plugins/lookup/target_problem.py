# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why the variable target names no tenants."""

from __future__ import annotations

DOCUMENTATION = r"""
name: target_problem
short_description: Say why the target of a playbook matches no tenant
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - The playbooks of this collection run on the hosts of the variable C(target), or on the tenant of the environment if
    it is not defined. A target that is blank, or that matches nothing, would let a scheduled job succeed on nothing.
  - An existing but empty group is not a problem, for example C(connector_missing) if every tenant has its connector.
options: {}
"""

EXAMPLES = r"""
- name: Refuse a target without tenants
  ansible.builtin.assert:
    that: lookup('intune.exchange.target_problem') == ''
    fail_msg: "{{ lookup('intune.exchange.target_problem') }}"
"""

RETURN = r"""
_raw:
  description: The reason and the next step, or an empty text.
  type: list
  elements: str
  sample: ["target=all matches no tenant, since there is no inventory (hosts.yml). Nothing was read or changed."]
"""

import os
from collections.abc import Mapping
from typing import Any

from ansible.plugins.lookup import LookupBase
from ansible.plugins.lookup.inventory_hostnames import LookupModule as InventoryHostnames

from ..module_utils._core.targets import is_blank
from ..plugin_utils._variables import resolve_variable

_BLANK = (
    "target is blank, and a blank value never means every tenant. Nothing was read or changed. Next step: set it to a "
    "host or a group of the inventory, or omit it for the tenant of the environment."
)
_NO_INVENTORY = "Nothing was read or changed. Next step: specify the inventory with -i."
_UNMATCHED = (
    "so nothing was read or changed. Next step: check the output of ansible-inventory --graph. If the inventory could "
    "not be read, the first lines of the output report it; with ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true that "
    "ends the run at once."
)


class LookupModule(LookupBase):
    """The lookup of this file."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[str]:
        if "target" not in variables:
            return [""]
        target = resolve_variable(self._templar, "target", variables["target"])
        if target is None or (isinstance(target, str) and is_blank(target)):
            return [_BLANK]
        # Ansible itself refuses what is neither text nor a list of it.
        if not isinstance(target, str) or self._is_there(target, variables):
            return [""]
        # Without -i these are the default, which need not exist. A list of hosts has a comma.
        sources = [str(one) for one in variables.get("ansible_inventory_sources") or []]
        if any("," in one or os.path.exists(one) for one in sources):
            return [f"target={target} matches no tenant of the inventory, {_UNMATCHED}"]
        return [
            f"target={target} matches no tenant, since there is no inventory ({', '.join(sources)}). {_NO_INVENTORY}"
        ]

    def _is_there(self, target: str, variables: Mapping[str, Any]) -> bool:
        """Whether it is a host, or a pattern of some, or a group of an inventory that has hosts."""
        groups: Mapping[str, list[str]] = variables["groups"]
        matching = InventoryHostnames(loader=self._loader, templar=self._templar)
        return bool(matching.run([target], variables)) or (bool(groups.get("all")) and target in groups)
