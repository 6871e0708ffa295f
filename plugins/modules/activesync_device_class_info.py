# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of mobile devices that have connected, as facts."""

from __future__ import annotations

DOCUMENTATION = r"""
module: activesync_device_class_info
short_description: Read the mobile device classes of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads the types and models of devices that have connected. Device access rules can use these values.
options:
  device_type:
    description:
      - Only classes of this type, compared case-insensitively.
    type: str
  device_model:
    description:
      - Only classes of this model, compared case-insensitively.
    type: str
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the Exchange role C(View-Only Configuration) or C(Organization Client Access).
seealso:
  - module: intune.exchange.activesync_device_access_rule
"""

EXAMPLES = r"""
- name: Read the models of iPhones that have connected
  intune.exchange.activesync_device_class_info:
    device_type: iPhone
  register: found
"""

RETURN = r"""
activesync_device_classes:
  description: The classes with the property names of Exchange.
  returned: success
  type: list
  elements: dict
  sample:
    - device_model: iPhone14C2
      device_type: iPhone
      guid: 7b0a4b1e-1d0f-5f3a-9d3f-6c1a5f0d1a22
      identity: iPhone§iPhone14C2
      last_update_time: "2026-11-24T10:00:00Z"
      name: iPhone§iPhone14C2
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "2 activesync device classes"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._mobile_devices.classes import CLASS_FILTERS, classes

DECLARATION = Declaration(
    "read the device classes",
    lambda tenant, params, check_mode: classes(tenant, params),
    CLASS_FILTERS,
    summary={"activesync_device_classes": "device_type"},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
