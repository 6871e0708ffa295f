# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The device access rules of an organization, as facts."""

from __future__ import annotations

DOCUMENTATION = r"""
module: activesync_device_access_rule_info
short_description: Read the device access rules of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads the rules that allow, block or quarantine mobile devices. Without options, all of them.
options:
  characteristic:
    description:
      - Only rules for this property.
    type: str
    choices: [DeviceModel, DeviceType, DeviceOS, UserAgent, XMSWLHeader]
  query_string:
    description:
      - Only rules with this value, compared case-insensitively.
    type: str
  access_level:
    description:
      - Only rules with this level.
    type: str
    choices: [Allow, Block, Quarantine]
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
- name: Read the rules that block
  intune.exchange.activesync_device_access_rule_info:
    access_level: Block
  register: found
"""

RETURN = r"""
access_rules:
  description: The rules with the property names of Exchange.
  returned: success
  type: list
  elements: dict
  sample:
    - access_level: Block
      characteristic: DeviceType
      guid: 2f0c4f9e-9a1b-4f0e-8a9b-0f3f0a7d2c11
      identity: iPhone (DeviceType)
      name: iPhone (DeviceType)
      query_string: iPhone
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "2 access rules"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._mobile_access.access_rules import FILTERS, access_rules_info

DECLARATION = Declaration(
    "read the device access rules",
    lambda tenant, params, check_mode: access_rules_info(tenant, params),
    FILTERS,
    summary={"access_rules": "access_level"},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
