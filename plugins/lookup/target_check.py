# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook runs on some tenant, or fails."""

from __future__ import annotations

DOCUMENTATION = r"""
name: target_check
short_description: Fail if a playbook would run on no tenant
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - The playbooks of this collection run on the hosts of the variable C(target), or on the tenant of the environment if
    it is not defined. A target that is blank or matches nothing, or a C(--limit) that leaves nothing of it, would let a
    scheduled job succeed on nothing. This plugin fails for them, with the reason and the next step.
  - An existing but empty group is not a problem, for example C(connector_missing) if every tenant has its connector.
  - In C(hosts) of a play it cannot be skipped. A task can be, by C(--limit).
options: {}
"""

EXAMPLES = r"""
# The first play of a playbook. It runs on no host.
- name: Refuse a target without tenants
  hosts: "{{ lookup('intune.exchange.target_check') or 'localhost:!localhost' }}"
  gather_facts: false
"""

RETURN = r"""
_raw:
  description: An empty text.
  type: list
  elements: str
  sample: [""]
"""

import os
from collections.abc import Mapping
from typing import Any

from ansible import context
from ansible.errors import AnsibleLookupError
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
_UNSET = (
    "target is not set, and --limit {} leaves out localhost, where a playbook runs on the tenant of the environment."
)
_OTHER_LIMIT = (
    "Nothing was read or changed. Next step: set target to the tenants, and omit --limit or let it include some."
)
_LOCAL = ("localhost", "127.0.0.1", "::1")
_READS_NO_TENANT = ("syntax", "listtasks", "listhosts", "listtags")  # options of ansible-playbook


class LookupModule(LookupBase):
    """The lookup of this file."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[str]:
        if any(context.CLIARGS.get(one) for one in _READS_NO_TENANT):
            return [""]
        if problem := self._problem(variables):
            raise AnsibleLookupError(problem)
        return [""]

    def _problem(self, variables: Mapping[str, Any]) -> str:
        limit = str(variables.get("ansible_limit") or "")
        if "target" not in variables:
            return "" if self._is_left("localhost", limit, variables) else f"{_UNSET.format(limit)} {_OTHER_LIMIT}"
        target = resolve_variable(self._templar, "target", variables["target"])
        if is_blank(target or ""):
            return _BLANK
        patterns = [target] if isinstance(target, str) else target
        if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
            return ""  # Ansible itself refuses what is neither text nor a list of it
        if not self._hosts(patterns, variables):
            groups: Mapping[str, list[str]] = variables["groups"]
            are_empty_groups = bool(groups.get("all")) and all(one in groups for one in patterns)
            return "" if are_empty_groups else _unmatched(patterns, variables)
        if not self._is_left(patterns, limit, variables):
            return f"target={','.join(patterns)} and --limit {limit} have no tenant in common. {_OTHER_LIMIT}"
        return ""

    def _is_left(self, target: Any, limit: str, variables: Mapping[str, Any]) -> bool:
        """Whether --limit leaves a host of the target. A file of hosts (@FILE) is not read here."""
        if not limit or "@" in limit:
            return True
        return bool({*self._hosts(target, variables)} & {*self._hosts(limit, variables)})

    def _hosts(self, patterns: Any, variables: Mapping[str, Any]) -> list[str]:
        matching = InventoryHostnames(loader=self._loader, templar=self._templar)
        found: list[str] = matching.run(patterns, variables)
        # The host that Ansible adds has several names.
        return [_LOCAL[0] if one in _LOCAL and one not in variables["groups"].get("all", []) else one for one in found]


def _unmatched(patterns: list[str], variables: Mapping[str, Any]) -> str:
    target = ",".join(patterns)
    # Without -i these are the default, which need not exist. A list of hosts has a comma.
    sources = [str(one) for one in variables.get("ansible_inventory_sources") or []]
    if any("," in one or os.path.exists(one) for one in sources):
        return f"target={target} matches no tenant of the inventory, {_UNMATCHED}"
    return f"target={target} matches no tenant, since there is no inventory ({', '.join(sources)}). {_NO_INVENTORY}"
