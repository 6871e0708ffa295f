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
  - The playbook C(intune.exchange.bootstrap) creates management roles with a marker in their description, each called
    like its role group and its parent. Only such a role is its own, since the name of another group may begin alike.
  - Names are compared as Exchange compares them, in any case.
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
    description: The parents of the roles that it needs. Without any, all of its own roles are unneeded.
    type: list
    elements: str
    default: []
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
    msg: "{{ (read.management_roles | intune.exchange.bootstrap_roles('Mail Automation', '[made by us]')).unneeded }}"
"""

RETURN = r"""
_value:
  description: The roles, sorted by what may be done with them.
  type: dict
  contains:
    of_others:
      description: The names of needed roles that exist without the marker.
      type: list
      elements: str
    unneeded:
      description: The names of its own roles that it does not need.
      type: list
      elements: str
    unneeded_assignments:
      description: The direct ones of O(assignments) whose role is not in O(delegated). Inherited ones belong to others.
      type: list
      elements: dict
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.resource import normalize_case, normalized_set
from ..plugin_utils._trust import as_data


def bootstrap_roles(
    roles: Any,
    role_group: str,
    marker: str,
    needed: Sequence[str] = (),
    delegated: Sequence[str] = (),
    assignments: Any = (),
) -> Any:
    """The roles by owner and need. Raises `AnsibleFilterError` for a blank group or marker, and for other input."""
    if not str(role_group or "").strip() or not str(marker or "").strip():
        raise AnsibleFilterError("bootstrap_roles needs a role_group and a marker: a blank one would be in every role")
    try:
        own = [one for one in roles if marker in (one["description"] or "")]
        others = normalized_set(one["name"] for one in roles if marker not in (one["description"] or ""))
        names = {normalize_case(f"{role_group} {parent}"): f"{role_group} {parent}" for parent in needed}
        return as_data(
            {
                "of_others": [name for key, name in names.items() if key in others],
                "unneeded": [
                    one["name"]
                    for one in own
                    if _is_of_group(one, role_group) and normalize_case(one["name"]) not in names
                ],
                "unneeded_assignments": [
                    one
                    for one in assignments
                    if one["assignment_method"] == "Direct" and not _is_one_of(one["role"], delegated)
                ],
            }
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise AnsibleFilterError(f"bootstrap_roles cannot read these roles and assignments: {error!r}") from None


def _is_of_group(role: Mapping[str, Any], group: str) -> bool:
    prefix, name = normalize_case(f"{group} "), normalize_case(role["name"])
    return name.startswith(prefix) and _is_one_of(role["parent"], [name.removeprefix(prefix)])


def _is_one_of(shown: str, names: Iterable[str]) -> bool:
    """Whether a role has one of the names. Exchange may show the organization and a backslash before its name."""
    return any(f"\\{normalize_case(shown)}".endswith(f"\\{normalize_case(name)}") for name in names)


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"bootstrap_roles": bootstrap_roles}
