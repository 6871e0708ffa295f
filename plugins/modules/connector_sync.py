# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A synchronization of the connector, on request."""

from __future__ import annotations

DOCUMENTATION = r"""
module: connector_sync
short_description: Synchronize the Intune connector for Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Starts a full or a delta synchronization of the service-to-service connector, and can wait until it ends.
  - The connector also synchronizes automatically. Use this module only if that is too late.
options:
  sync_type:
    description:
      - V(delta) discovers only the devices that changed, V(full) discovers all devices.
    type: str
    choices: [full, delta]
    default: delta
  minimum_interval:
    description:
      - Do nothing if the last successful synchronization is more recent than this many seconds.
      - This makes the task idempotent.
    type: int
    default: 0
  wait:
    description:
      - Wait until the time of the last successful synchronization is later than it was before the request.
      - Progress is returned as RV(progress), and shown on the standard error output while the task runs in Ansible's
        worker.
    type: bool
    default: false
  wait_timeout:
    description:
      - The maximum number of seconds to wait, in addition to O(timeout).
    type: int
    default: 900
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.action
notes:
  - Needs the application permission C(DeviceManagementServiceConfig.ReadWrite.All).
  - In check mode nothing is requested; the task reports whether a request would be made.
seealso:
  - module: intune.exchange.connector
"""

EXAMPLES = r"""
- name: Synchronize unless the connector did so within the last two hours
  intune.exchange.connector_sync:
    minimum_interval: 7200

- name: Discover all devices and wait for the end
  intune.exchange.connector_sync:
    sync_type: full
    wait: true
    wait_timeout: 3600
"""

RETURN = r"""
connector:
  description: The connector, after the wait if any.
  returned: success
  type: dict
  sample:
    exchange_connector_type: serviceToService
    id: 0b0e2c9e-5d7c-4a54-9d53-3f6c2a5f0d11
    last_sync_age_seconds: 60
    last_sync_date_time: "2026-11-24T10:00:00Z"
    primary_smtp_address: svc-intune-connector@contoso.com
    status: connected
requested:
  description: Whether a synchronization was requested.
  returned: success
  type: bool
  sample: true
progress:
  description: Progress messages while waiting.
  returned: when the task waited
  type: list
  elements: str
  sample: ["waiting for the synchronization: the connector is connected, last synchronized never; 899 s left"]
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._connector.sync import OPTIONS, sync
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration

DECLARATION = Declaration("synchronize the connector", sync, OPTIONS)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
