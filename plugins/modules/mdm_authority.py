# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mobile device management authority of a tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mdm_authority
short_description: Make Intune the mobile device management authority
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Sets the mobile device management authority of the tenant to Intune, which the connector requires.
  - The switch cannot be undone and affects the devices that another authority manages. The module only makes it with
    O(accept_irreversible=true).
options:
  authority:
    description:
      - The desired authority. Microsoft Graph can only set V(intune).
    type: str
    choices: [intune]
    default: intune
  accept_irreversible:
    description:
      - Must be V(true) for the switch to be made. Not needed when the authority is Intune already.
    type: bool
    default: false
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Needs the application permissions C(Organization.Read.All) and C(DeviceManagementServiceConfig.Read.All) to read,
    C(DeviceManagementServiceConfig.ReadWrite.All) to set it, and an Intune licence in the tenant.
seealso:
  - module: intune.exchange.requirements_info
  - name: organization setMobileDeviceManagementAuthority
    description: The Microsoft Graph operation behind this module.
    link: https://learn.microsoft.com/graph/api/intune-onboarding-organization-setmobiledevicemanagementauthority
"""

EXAMPLES = r"""
- name: Make Intune the authority, which cannot be undone
  intune.exchange.mdm_authority:
    accept_irreversible: true
"""

RETURN = r"""
authority:
  description: The authority, after the change if there was one.
  returned: success
  type: str
  sample: intune
undo:
  description: How to undo what was changed, removed or erased, or that it cannot be undone; empty if nothing was.
  returned: success
  type: str
  sample: This cannot be undone
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._connector.organization import set_authority
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._engine.undo import always

DECLARATION = Declaration(
    "set the mobile device management authority",
    set_authority,
    {
        "authority": {"type": "str", "choices": ["intune"], "default": "intune"},
        "accept_irreversible": {"type": "bool", "default": False},
    },
    undo=always(),
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
