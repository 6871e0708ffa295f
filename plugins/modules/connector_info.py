# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Exchange connectors of a tenant, as facts."""

from __future__ import annotations

DOCUMENTATION = r"""
module: connector_info
short_description: Read the Exchange connectors of Intune
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads all Exchange connectors of the tenant, of any type, with their status and the age of their last successful
    synchronization.
  - Reports whether the tenant offers the connector at all. Microsoft announced the removal of the service-to-service
    connector in 2019, so V(false) is a normal outcome and not a failure.
options:
  require_offered:
    description:
      - Whether to fail, with an C(error.kind) of V(not_offered), on a tenant that does not offer the connector.
    type: bool
    default: false
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the application permission C(DeviceManagementServiceConfig.Read.All).
seealso:
  - module: intune.exchange.connector
"""

EXAMPLES = r"""
- name: Read the connectors
  intune.exchange.connector_info:
  register: found

- name: Report the age of the last synchronization
  ansible.builtin.debug:
    msg: "{{ item.primary_smtp_address }} synchronized {{ item.last_sync_age_seconds }} s ago"
  loop: "{{ found.connectors }}"

- name: Fail on a tenant that does not offer the connector
  intune.exchange.connector_info:
    require_offered: true
"""

RETURN = r"""
connectors:
  description: The connectors with the property names of Microsoft Graph.
  returned: success
  type: list
  elements: dict
  contains:
    last_sync_age_seconds:
      description:
        - Seconds since the last successful synchronization, by the clock of the service. Null if it never synchronized.
      type: int
      returned: always
  sample:
    - exchange_connector_type: serviceToService
      id: 0b0e2c9e-5d7c-4a54-9d53-3f6c2a5f0d11
      last_sync_age_seconds: 1200
      last_sync_date_time: "2026-11-24T10:00:00Z"
      primary_smtp_address: svc-intune-connector@contoso.com
      status: connected
connector:
  description: The only service-to-service connector, as in RV(connectors). Null if there is none, or more than one.
  returned: success
  type: dict
  sample:
    exchange_connector_type: serviceToService
    id: 0b0e2c9e-5d7c-4a54-9d53-3f6c2a5f0d11
    last_sync_age_seconds: 1200
    last_sync_date_time: "2026-11-24T10:00:00Z"
    primary_smtp_address: svc-intune-connector@contoso.com
    status: connected
state:
  description:
    - The state of the service-to-service connector, one of V(connected), V(pending), V(disconnected), V(missing),
      V(ambiguous) (there is more than one) and V(not_offered).
    - A status that Microsoft adds later counts as V(disconnected).
  returned: success
  type: str
  sample: connected
is_new:
  description: Whether RV(connector) is not connected yet, or is connected and has not synchronized yet.
  returned: success
  type: bool
  sample: false
offered:
  description:
    - Whether the tenant's Intune has Exchange connectors at all. Whether it accepts a new one is only known when one is
      created.
  returned: success
  type: bool
  sample: true
offered_evidence:
  description: The evidence, with the message of the service if it refused.
  returned: success
  type: str
  sample: Intune lists its Exchange connectors
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "1 connector: connected"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._connector.connectors import SUMMARY, connectors_info
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration

DECLARATION = Declaration(
    "read the Exchange connectors",
    lambda tenant, params, check_mode: connectors_info(tenant, bool(params.get("require_offered"))),
    {"require_offered": {"type": "bool", "default": False}},
    summary=SUMMARY,
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
