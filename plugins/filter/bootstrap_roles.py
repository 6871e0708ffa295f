# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which roles of Exchange Online the first contact may change."""

from __future__ import annotations

DOCUMENTATION = r"""
name: bootstrap_roles
short_description: Tell the roles of a first contact from those of others
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - The playbook C(intune.exchange.bootstrap) creates management roles with a marker in their description. Each is named
    after its role group and its parent, as in C(Mail Automation Mail Recipients). Only such a role is its own, since
    the name of another group may begin with the same words.
  - Names and the marker are compared in any case, as Exchange compares names.
options:
  _input:
    description: The roles that M(intune.exchange.management_role_info) returned.
    type: list
    elements: dict
    required: true
  role_group:
    description: The name of the role group.
    type: str
    required: true
  marker:
    description: The text in the description of its own roles.
    type: str
    required: true
  needed:
    description: The parents of the roles that it needs.
    type: list
    elements: str
    required: true
  delegated:
    description: The roles that the group needs to hand out.
    type: list
    elements: str
    default: []
  assignments:
    description:
      - The delegating assignments that M(intune.exchange.management_role_assignment_info) returned for the group.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Read the roles
  intune.exchange.management_role_info:
  register: read

- name: Show the roles that were created for the role group
  ansible.builtin.debug:
    msg: "{{ (read.management_roles | intune.exchange.bootstrap_roles('Mail Automation', '[made by us]', [])).own }}"
"""

RETURN = r"""
_value:
  description: The roles, sorted by what may be done with them.
  type: dict
  contains:
    own:
      description: The names of its own roles, needed or not.
      type: list
      elements: str
    unneeded:
      description: Those of them that it does not need.
      type: list
      elements: str
    of_others:
      description: The names of needed roles that exist without the marker.
      type: list
      elements: str
    unneeded_assignments:
      description: The direct ones of O(assignments) whose role is not in O(delegated). Inherited ones belong to others.
      type: list
      elements: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.resource import bare_name, normalize_case, normalized_set
from ..module_utils._core.targets import holds_marker, is_blank
from ..plugin_utils._trust import as_data


def bootstrap_roles(
    roles: Any, role_group: Any, marker: Any, needed: Any, delegated: Any = (), assignments: Any = ()
) -> Any:
    """The roles by owner and need. Raises `AnsibleFilterError` for a blank group or marker, and for other input."""
    if is_blank(role_group or "") or is_blank(marker or ""):
        raise AnsibleFilterError("bootstrap_roles needs a role_group and a marker: a blank one would match every role")
    lists = {"roles": roles, "needed": needed, "delegated": delegated, "assignments": assignments}
    if wrong := [name for name, value in lists.items() if not isinstance(value, (list, tuple))]:
        raise AnsibleFilterError(f"bootstrap_roles needs a list for {' and '.join(wrong)}")
    try:
        found = _sorted(roles, role_group, marker, needed)
        handed_out = normalized_set(map(bare_name, delegated))
        direct = [one for one in assignments if one["assignment_method"] == "Direct"]
        unneeded = [one for one in direct if normalize_case(bare_name(one["role"])) not in handed_out]
    except (TypeError, KeyError, AttributeError) as error:
        raise AnsibleFilterError(f"bootstrap_roles cannot read these roles and assignments: {error!r}") from None
    return as_data({**found, "unneeded_assignments": unneeded})


def _sorted(roles: list[Mapping[str, Any]], role_group: str, marker: str, needed: list[str]) -> dict[str, list[str]]:
    own = [
        str(one["name"])
        for one in roles
        if holds_marker(one["description"], marker)
        and normalize_case(one["name"]) == normalize_case(f"{role_group} {bare_name(one['parent'])}")
    ]
    others = normalized_set(one["name"] for one in roles if not holds_marker(one["description"], marker))
    wanted = [f"{role_group} {parent}" for parent in needed]
    return {
        "own": own,
        "unneeded": [name for name in own if normalize_case(name) not in normalized_set(wanted)],
        "of_others": [name for name in wanted if normalize_case(name) in others],
    }


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"bootstrap_roles": bootstrap_roles}
