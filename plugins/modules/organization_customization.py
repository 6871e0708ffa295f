# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The irreversible customization of a small tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
module: organization_customization
short_description: Enable customization of the Exchange organization permanently
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - A small tenant of Exchange Online starts dehydrated. It shares roles and policies with others, and refuses to create
    custom roles, role groups and role assignments.
  - This module enables customization. The change is permanent, so it is only made with O(accept_permanent=true).
  - A tenant whose C(IsDehydrated) is false stays unchanged.
options:
  accept_permanent:
    description:
      - Must be V(true) for the change to be made. Not needed when the tenant is not dehydrated.
    type: bool
    default: false
  wait:
    description:
      - Wait until C(IsDehydrated) is false. Microsoft states minutes, and sometimes up to two days.
      - Progress is returned as RV(progress), and shown on the standard error output while the task runs in Ansible's
        worker.
      - The change can be requested only once. With V(true), the module takes a refusal as an earlier request, and
        waits.
    type: bool
    default: true
  wait_timeout:
    description:
      - The maximum number of seconds to wait, in addition to O(timeout).
    type: int
    default: 3600
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Reading needs the Exchange role View-Only Configuration, the change needs Organization Configuration. An
    application has both with the directory role C(Exchange Administrator).
seealso:
  - module: intune.exchange.management_role
  - name: Enable-OrganizationCustomization
    description: The cmdlet behind this module.
    link: https://learn.microsoft.com/powershell/module/exchange/enable-organizationcustomization
"""

EXAMPLES = r"""
- name: Enable customization, which is permanent
  intune.exchange.organization_customization:
    accept_permanent: true

- name: Request it without waiting
  intune.exchange.organization_customization:
    accept_permanent: true
    wait: false
"""

RETURN = r"""
organization:
  description: The organization with the property names of Exchange, after the wait if there was one.
  returned: success
  type: dict
  sample:
    display_name: Fabrikam Dehydrated
    guid: d0caa663-85f7-55d4-a208-9b2aa573ee35
    identity: dehydrated.example
    is_dehydrated: false
    name: dehydrated.example
progress:
  description: Progress messages while waiting.
  returned: when the task waited
  type: list
  elements: str
  sample: ["waiting for the customization to take effect; 3600 s left"]

undo:
  description: How to undo what was changed, removed or erased, or that it cannot be undone; empty if nothing was.
  returned: success
  type: str
  sample: This cannot be undone
error:
  description:
    - The error, as in M(intune.exchange.connector). C(error.kind) is a stable identifier, such as V(not_accepted),
      V(timeout) or V(forbidden).
  returned: failure
  type: dict
  sample: {kind: not_accepted}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._engine.undo import always
from ..module_utils._rbac.organization_customization import OPTIONS, customize

DECLARATION = Declaration("enable customization of the Exchange organization", customize, OPTIONS, undo=always())


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
