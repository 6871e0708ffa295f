# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any cmdlet of Exchange Online."""

from __future__ import annotations

DOCUMENTATION = r"""
module: exchange_cmdlet
short_description: Run a cmdlet of Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Runs one cmdlet, for tasks without a module. It is not idempotent and does not compare anything with the current
    state.
  - The module checks the parameters before it sends anything, against Microsoft's reference and the module file that a
    live tenant served to public projects in 2026. Names are compared case-insensitively, and a single value is accepted
    for a list. An empty C(Identity), which may mean every object, is refused.
  - In check mode, only cmdlets that read are run, those whose verb is C(Get) or C(Test).
options:
  cmdlet:
    description:
      - The name of the cmdlet.
    type: str
    required: true
  parameters:
    description:
      - Its parameters with the property names of Exchange. C(Confirm) is always sent as V(false) with a cmdlet that
        writes.
      - A list replaces the current value. A dictionary with C(add) and C(remove) edits it.
    type: dict
    default: {}
  select:
    description:
      - The properties to return. Empty for all.
    type: list
    elements: str
    default: []
  allow_unknown:
    description:
      - Also run a cmdlet that this collection does not know, with unknown parameters and values. They are sent
        unchanged.
    type: bool
    default: false
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.action
notes:
  - Needs an Exchange role that contains the cmdlet with these parameters.
  - A cmdlet that writes counts as a change, except with C(WhatIf). Override this with C(changed_when).
  - C(Clear-MobileDevice) is only run with C(AccountOnly) or C(Cancel). A full wipe must be confirmed, see
    M(intune.exchange.mobile_device).
seealso:
  - module: intune.exchange.cmdlet_access_info
"""

EXAMPLES = r"""
- name: Read the client access settings of a mailbox
  intune.exchange.exchange_cmdlet:
    cmdlet: Get-CASMailbox
    parameters:
      Identity: adele.vance@contoso.com
    select: [DisplayName, ActiveSyncEnabled, ImapEnabled]
  register: found

- name: Disable IMAP if it is enabled
  intune.exchange.exchange_cmdlet:
    cmdlet: Set-CASMailbox
    parameters:
      Identity: adele.vance@contoso.com
      ImapEnabled: false
  when: found.objects[0].ImapEnabled
"""

RETURN = r"""
objects:
  description: The output, with the property names of Exchange. Empty in check mode for a cmdlet that writes.
  returned: success
  type: list
  elements: dict
  sample:
    - ActiveSyncEnabled: true
      DisplayName: Adele Vance
      ImapEnabled: true
cmdlet_warnings:
  description: Its warnings.
  returned: success
  type: list
  elements: str
  sample: []
undo:
  description: How to undo what was changed, removed or erased, or that it cannot be undone; empty if nothing was.
  returned: success
  type: str
  sample: This module cannot undo a cmdlet; the response of the service is all that is left
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._rbac.any_cmdlet import OPTIONS, run_cmdlet, undo

DECLARATION = Declaration("run the cmdlet", run_cmdlet, OPTIONS, selects=frozenset(("cmdlet", "parameters")), undo=undo)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
