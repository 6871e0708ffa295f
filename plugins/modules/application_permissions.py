# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application permissions of an application."""

from __future__ import annotations

DOCUMENTATION = r"""
module: application_permissions
short_description: Grant application permissions to an application
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Lists application permissions in the registration of an application, and grants them (admin consent).
  - Permissions that are not asked for stay, unless O(remove_excess=true); RV(excess) lists them. Delegated permissions
    and other APIs are never changed.
options:
  unique_name:
    description:
      - The C(uniqueName) of an application that M(intune.exchange.application) created. Exactly one of O(unique_name)
        and O(app_id) is required.
    type: str
  app_id:
    description:
      - The application (client) id of any application.
    type: str
  microsoft_graph:
    description:
      - Application permissions of Microsoft Graph, such as C(Organization.Read.All). Case-sensitive.
      - The filter P(intune.exchange.least_privilege#filter) lists what content of this collection needs.
      - An empty list means none, which matters with O(remove_excess=true) only.
    type: list
    elements: str
  office_365_exchange_online:
    description:
      - Application permissions of Office 365 Exchange Online, such as C(Exchange.ManageAsApp).
      - An empty list means none, which matters with O(remove_excess=true) only.
    type: list
    elements: str
  remove_excess:
    description:
      - Whether permissions of these two APIs that were not asked for are removed, from the grants and from the
        registration. Only APIs whose option is given are changed.
    type: bool
    default: false
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Needs the Microsoft Graph permissions C(Application.Read.All) to read, and C(Application.ReadWrite.All) and
    C(AppRoleAssignment.ReadWrite.All) to write. A person also needs the directory role Privileged Role Administrator
    for permissions of Microsoft Graph, and Cloud Application Administrator for those of Exchange Online.
  - Only tokens that are issued after the change have a new permission.
  - Whoever may grant permissions of Microsoft Graph can grant every one of them, also to itself. Do not leave
    C(AppRoleAssignment.ReadWrite.All) with an application that runs unattended.
seealso:
  - module: intune.exchange.application
  - plugin: intune.exchange.least_privilege
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Grant what the playbook check_access needs
  intune.exchange.application_permissions:
    unique_name: intune-exchange
    microsoft_graph: [DeviceManagementServiceConfig.Read.All, Organization.Read.All, Policy.Read.All]
    office_365_exchange_online: [Exchange.ManageAsApp]
  register: granted

- name: Show what the application has besides
  ansible.builtin.debug:
    var: granted.excess

- name: Keep one permission of Microsoft Graph, and remove the others
  intune.exchange.application_permissions:
    unique_name: intune-exchange
    microsoft_graph: [Organization.Read.All]
    remove_excess: true
"""

RETURN = r"""
application:
  description: The application. Empty in check mode if it does not exist yet.
  returned: success
  type: dict
  sample:
    app_id: 3b2c1f0e-9d8a-4c7b-8e6f-5a4d3c2b1a09
    display_name: Intune and Exchange automation
    id: 0a9b8c7d-6e5f-4a3b-9c1d-0e1f2a3b4c5d
    unique_name: intune-exchange
permissions:
  description: The permissions that are granted, by API. Only the APIs whose options are given.
  returned: success
  type: dict
  sample:
    microsoft_graph: [Organization.Read.All]
    office_365_exchange_online: [Exchange.ManageAsApp]
excess:
  description: The permissions, granted or only listed in the registration, that were not asked for.
  returned: success
  type: dict
  sample:
    microsoft_graph: []
    office_365_exchange_online: []
roles_needed:
  description: The steps that change something, as in M(intune.exchange.application).
  returned: success
  type: list
  elements: dict
  sample:
    - held: true
      roles: [Privileged Role Administrator, Global Administrator]
      step: grant application permissions of Microsoft Graph
progress:
  description: Progress messages while waiting for the directory.
  returned: when the task waited
  type: list
  elements: str
  sample: ["the directory did not grant Organization.Read.All yet; trying again (1 of 6)"]
undo:
  description: How to undo the removal of permissions; empty if none was removed.
  returned: success
  type: str
  sample: Run the task again with the permissions of diff.before
error:
  description:
    - The error, as in M(intune.exchange.connector). C(error.kind) is a stable identifier, such as V(no_permission),
      V(no_api), V(not_found) or V(forbidden).
  returned: failure
  type: dict
  sample: {kind: no_permission}
"""

from collections.abc import Mapping
from typing import Any

from ..module_utils._applications.permissions import APIS, ensure_permissions
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration


def _undo(params: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    before, after = result["diff"]["before"], result["diff"]["after"]
    removed = any(set(before[name]) - set(after[name]) for name in before)
    return "Run the task again with the permissions of diff.before" if removed else ""


DECLARATION = Declaration(
    "grant the permissions",
    ensure_permissions,
    {
        "unique_name": {"type": "str"},
        "app_id": {"type": "str"},
        **{api.option: {"type": "list", "elements": "str"} for api in APIS},
        "remove_excess": {"type": "bool", "default": False},
    },
    clears=frozenset(api.option for api in APIS),
    selects=frozenset(("unique_name", "app_id")),
    undo=_undo,
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
