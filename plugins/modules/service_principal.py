# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An application that is registered in Exchange Online."""

from __future__ import annotations

DOCUMENTATION = r"""
module: service_principal
short_description: Register an application in Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Registers the service principal of an application in Exchange Online, so that the application can be a member of a
    role group or have management roles. It then needs no directory role, which would grant far more.
  - The application still needs the API permission C(Exchange.ManageAsApp) to sign in to Exchange Online.
options:
  app_id:
    description:
      - Application (client) id.
    type: str
    required: true
  object_id:
    description:
      - Object id of the enterprise application, which is C(servicePrincipal.id) in Microsoft Graph. It is not the
        object
        id that the page of the app registration shows.
      - Required when O(state=present). Fixed. A different one for a registered application is an error.
    type: str
  display_name:
    description:
      - The display name.
    type: str
  state:
    description:
      - V(present) registers the application.
      - V(absent) removes the registration. The application itself stays in the directory.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Needs the Exchange role Role Management, for reading as well.
seealso:
  - module: intune.exchange.role_group
  - module: intune.exchange.management_role_assignment
  - name: App-only authentication in Exchange Online
    description: Exchange role groups instead of directory roles.
    link: https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2
"""

EXAMPLES = r"""
- name: Register the application
  intune.exchange.service_principal:
    app_id: 0f5a8d0b-7f4c-4a8e-9d3c-2f6f0a1b4c5d
    object_id: 3b1c9f4e-6a2d-4f5b-8e7a-9c0d1e2f3a4b
    display_name: Connector automation

- name: Remove the registration
  intune.exchange.service_principal:
    app_id: 0f5a8d0b-7f4c-4a8e-9d3c-2f6f0a1b4c5d
    state: absent
"""

RETURN = r"""
service_principal:
  description: The service principal with the property names of Exchange. Empty when there is none.
  returned: success
  type: dict
  sample:
    app_id: fb19f9ce-508b-589a-8db3-31b9f53026c8
    display_name: Connector automation
    guid: ff86843f-d1f8-47f6-9fd0-5e341b421e34
    id: 2da45820-bead-5d1a-a1ba-03a2b37e6bd5
    identity: 2da45820-bead-5d1a-a1ba-03a2b37e6bd5
    name: 2da45820-bead-5d1a-a1ba-03a2b37e6bd5
    object_id: 2da45820-bead-5d1a-a1ba-03a2b37e6bd5

progress:
  description: Progress messages while checking whether the object was created, because the response was lost.
  returned: when the task waited
  type: list
  elements: str
  sample: ["waiting for the new object to be listed, since the response to its creation was lost (1 of 7)"]
undo:
  description: How to undo what was changed, removed or erased, or that it cannot be undone; empty if nothing was.
  returned: success
  type: str
  sample: Run the task again with state=present and the values of diff.before; the new object has another id
error:
  description:
    - The error, as in M(intune.exchange.connector). C(error.kind) is a stable identifier, such as V(fixed), V(refused)
      or V(forbidden).
  returned: failure
  type: dict
  sample: {kind: fixed}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import resource_module
from ..module_utils._rbac.service_principals import SERVICE_PRINCIPAL

DECLARATION = resource_module(
    SERVICE_PRINCIPAL,
    "register the service principal",
    state={"type": "str", "choices": ["present", "absent"], "default": "present"},
    required_if=(("state", "present", ("object_id",)),),
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
