# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registration of an application in Microsoft Entra."""

from __future__ import annotations

DOCUMENTATION = r"""
module: application
short_description: Register an application in Microsoft Entra
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Registers an application of this tenant only, with its service principal (the enterprise application).
  - A new application gets a C(uniqueName), of which a tenant has one. So it is never created twice, also if a run was
    killed or the directory does not show it yet.
  - It also gets the tag C(intune.exchange). Other tools give unique names as well, so that an application without the
    tag is never changed or deleted by its unique name.
  - The playbook C(intune.exchange.bootstrap) uses this module for the first contact with a tenant.
options:
  unique_name:
    description:
      - The C(uniqueName) of the application, with up to 64 letters, digits, dots, hyphens and underscores. It cannot be
        changed.
      - An application that has this name, but not the tag C(intune.exchange), is refused with V(not_ours) as
        C(error.kind).
      - Exactly one of O(unique_name) and O(app_id) is required.
    type: str
  app_id:
    description:
      - The application (client) id of an application that somebody else registered. It is adopted as it is. It gets no
        tag, and is never deleted.
    type: str
  display_name:
    description:
      - The display name, with up to 256 characters. By default, a new application gets O(unique_name), and the name of
        an existing one stays.
    type: str
  state:
    description:
      - V(present) registers the application, and creates its service principal if it is missing.
      - V(absent) deletes the application with its service principal. Only an application that this module created is
        deleted, by its O(unique_name).
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Needs the Microsoft Graph permissions C(Application.Read.All) to read and C(Application.ReadWrite.All) to write. A
    person also needs the directory role Cloud Application Administrator; RV(roles_needed) says so in check mode.
  - Microsoft Entra keeps a deleted application for 30 days.
seealso:
  - module: intune.exchange.application_permissions
  - module: intune.exchange.application_credential
  - module: intune.exchange.service_principal
  - name: Upsert application
    description: How an application is created once.
    link: https://learn.microsoft.com/graph/api/application-upsert
"""

EXAMPLES = r"""
- name: Register the application
  intune.exchange.application:
    unique_name: intune-exchange
    display_name: Intune and Exchange automation
  register: registered

- name: Show its client id
  ansible.builtin.debug:
    var: registered.application.app_id

- name: Delete it
  intune.exchange.application:
    unique_name: intune-exchange
    state: absent
"""

RETURN = r"""
application:
  description:
    - The application. Empty if there is none. In check mode, a new application has no ids yet.
  returned: success
  type: dict
  contains:
    app_id:
      description: The application (client) id.
      type: str
      returned: if it is present
    id:
      description: The object id of the registration.
      type: str
      returned: if it is present
    display_name:
      description: The display name.
      type: str
      returned: if it is present
    unique_name:
      description: The unique name.
      type: str
      returned: if it is present
    service_principal_id:
      description: The object id of its service principal, which Exchange Online needs.
      type: str
      returned: if it is present
  sample:
    app_id: 3b2c1f0e-9d8a-4c7b-8e6f-5a4d3c2b1a09
    display_name: Intune and Exchange automation
    id: 0a9b8c7d-6e5f-4a3b-9c1d-0e1f2a3b4c5d
    service_principal_id: 7f6e5d4c-3b2a-4190-8f7e-6d5c4b3a2910
    unique_name: intune-exchange
roles_needed:
  description:
    - The steps that change something, and the directory roles that a person needs for each; any of them is enough.
    - Its C(held) is whether the token names one, and null if it does not say, as that of an application.
  returned: success
  type: list
  elements: dict
  sample:
    - held: true
      roles: [Cloud Application Administrator, Application Administrator, Global Administrator]
      step: register the application
progress:
  description: Progress messages while waiting for the directory.
  returned: when the task waited
  type: list
  elements: str
  sample: ["waiting for the application; 118 s left"]
undo:
  description: How to undo the deletion or the change; empty if there was none.
  returned: success
  type: str
  sample: >-
    Microsoft Entra keeps the application for 30 days: restore it in the Microsoft Entra admin center, App
    registrations, Deleted applications, and run the task again with state=present. Its permissions are granted anew
error:
  description:
    - The error, as in M(intune.exchange.connector). C(error.kind) is a stable identifier, such as V(not_found),
      V(not_ours), V(own_rights), V(not_visible) or V(forbidden).
  returned: failure
  type: dict
  sample: {kind: not_ours}
"""

from ..module_utils._applications.registrations import UNDO, ensure_application
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._engine.undo import of_removal

DECLARATION = Declaration(
    "register the application",
    ensure_application,
    {
        "unique_name": {"type": "str"},
        "app_id": {"type": "str"},
        "display_name": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    selects=frozenset(("unique_name", "app_id")),
    undo=of_removal(UNDO),
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
