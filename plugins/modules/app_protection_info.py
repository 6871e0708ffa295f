# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The app protection policies of Intune for phones."""

from __future__ import annotations

DOCUMENTATION = r"""
module: app_protection_info
short_description: Read the app protection policies of Intune for iOS and Android
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads the app protection policies for iOS and Android, and reports which of them cover Outlook and are assigned.
  - Check this before a Conditional Access policy requires app protection. On a platform where no assigned policy covers
    Outlook, such a policy locks users out.
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the Microsoft Graph application permission C(DeviceManagementApps.Read.All).
seealso:
  - module: intune.exchange.conditional_access_policy
  - module: intune.exchange.mobile_access_assessment_info
"""

EXAMPLES = r"""
- name: Read the app protection policies
  intune.exchange.app_protection_info:
  register: app_protection

- name: Report the platforms without app protection for Outlook
  ansible.builtin.debug:
    msg: "{{ app_protection.outlook_covered_by | dict2items | rejectattr('value') | map(attribute='key') }}"
"""

RETURN = r"""
app_protection_policies:
  description: The policies.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the policy.
      type: str
      returned: always
    display_name:
      description: Its name.
      type: str
      returned: always
    platform:
      description: V(iOS) or V(Android).
      type: str
      returned: always
    covers_outlook:
      description: Whether Outlook is among its apps.
      type: bool
      returned: always
    assigned:
      description: Whether it is assigned to anybody. An exclusion alone does not count.
      type: bool
      returned: always
    assignments:
      description:
        - The assignments. C(target) is the type in Graph, such as V(groupAssignmentTarget),
          V(exclusionGroupAssignmentTarget) or V(allLicensedUsersAssignmentTarget), and C(group_id) the group, if any.
      type: list
      elements: dict
      returned: always
outlook_covered_by:
  description: For V(iOS) and V(Android) the names of the policies that are assigned and cover Outlook.
  returned: success
  type: dict
  sample: {Android: [], iOS: [Outlook on iOS]}
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "2 app protection policies"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._assessment.app_protection import app_protection_info
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration

DECLARATION = Declaration(
    "read the app protection policies",
    lambda tenant, params, check_mode: app_protection_info(tenant),
    summary={"app_protection_policies": "display_name"},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
