# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service-to-service connector between Intune and Exchange Online."""

from __future__ import annotations

DOCUMENTATION = r"""
module: connector
short_description: Manage the Intune service-to-service connector for Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Sets up, rebinds or removes the connector through which Intune talks to the Exchange Online of the same tenant.
  - The connector is bound to the primary SMTP address of an account. It then synchronizes automatically.
  - Before it writes anything, the module reads the account. It must exist, be enabled, and have the address as its
    primary SMTP address.
  - Microsoft announced the removal of this connector type in 2019, while Microsoft Graph still documents it. On a
    tenant that no longer offers it, the module fails with RV(error.kind=not_offered) and a message that names the
    replacements.
options:
  primary_smtp_address:
    description:
      - Primary SMTP address of the account that the connector is bound to. Compared case-insensitively.
      - Required when O(state=present).
      - With O(state=absent), a connector that is bound to another address is not removed; the task fails instead.
    type: str
  state:
    description:
      - V(present) creates the connector, or binds the existing one to O(primary_smtp_address). It never creates a
        second one.
      - V(absent) removes it.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Needs the application permission C(DeviceManagementServiceConfig.ReadWrite.All), and C(User.Read.All) when
    O(state=present).
  - More than one connector of the type is an error that lists their ids. The module chooses or removes none of them.
seealso:
  - module: intune.exchange.connector_info
  - module: intune.exchange.requirements_info
  - name: Create deviceManagementExchangeConnector
    description: The Microsoft Graph operation behind this module.
    link: https://learn.microsoft.com/graph/api/intune-onboarding-devicemanagementexchangeconnector-create
"""

EXAMPLES = r"""
- name: Connect Intune to Exchange Online
  intune.exchange.connector:
    primary_smtp_address: svc-intune-connector@contoso.com

- name: Remove the connector, regardless of its account
  intune.exchange.connector:
    state: absent
"""

RETURN = r"""
connector:
  description: The connector with the property names of Microsoft Graph. Empty when there is none.
  returned: success
  type: dict
  sample:
    exchange_connector_type: serviceToService
    id: 0b0e2c9e-5d7c-4a54-9d53-3f6c2a5f0d11
    last_sync_date_time: "0001-01-01T00:00:00Z"
    primary_smtp_address: svc-intune-connector@contoso.com
    status: connectionPending
progress:
  description: Progress messages while waiting for the created object.
  returned: when the task waited
  type: list
  elements: str
  sample: ["waiting for the new object to be listed (1 of 7)"]
undo:
  description: How to undo what was changed, removed or erased, or that it cannot be undone; empty if nothing was.
  returned: success
  type: str
  sample: Run the task again with state=present and the values of diff.before; the new object has another id
error:
  description: The error, for playbooks that act on it.
  returned: failure
  type: dict
  contains:
    kind:
      description:
        - A stable identifier, such as V(not_offered), V(no_intune_licence), V(account), V(ambiguous), V(forbidden) or
          V(throttled).
      type: str
      returned: always
    status:
      description: The HTTP status of the response.
      type: int
      returned: always
    code:
      description: The error code of the service.
      type: str
      returned: always
    message:
      description: The message of the service, shortened.
      type: str
      returned: always
    request_id:
      description: The request id to quote to Microsoft support.
      type: str
      returned: always
    client_request_id:
      description: The id that this collection assigned to the request.
      type: str
      returned: always
"""

from ..module_utils._connector.connectors import CONNECTOR
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import resource_module

DECLARATION = resource_module(
    CONNECTOR,
    "configure the Exchange connector",
    state={"type": "str", "choices": ["present", "absent"], "default": "present"},
    required_if=(("state", "present", ("primary_smtp_address",)),),
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
