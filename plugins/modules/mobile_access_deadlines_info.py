# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who loses mail, when, and why."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobile_access_deadlines_info
short_description: Report who loses mail on which date
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Microsoft ends ways to reach mail on announced dates. For each date, reports who is affected on this tenant, how
    sure that is, and what to do.
  - Reads the devices with their last synchronization, the Conditional Access policies, the sign-in log, the usage
    report and a setting of the Exchange organization. A deadline whose data could not be read is V(unknown), with the
    reason. The task fails only if nothing could be read.
options:
  mail_apps:
    description:
      - The names under which mail apps on phones sign in to Microsoft Entra, as the sign-in log shows them. An Exchange
        ActiveSync device whose user has no sign-in with one of them most likely shows a certificate to Exchange Online.
      - Add the apps of your users that are missing here; the list replaces the default.
    type: list
    elements: str
    default: [Apple Internet Accounts, iOS Accounts, Samsung Email, Gmail, Nine]
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the Microsoft Graph application permissions C(Policy.Read.All), C(AuditLog.Read.All), C(Reports.Read.All),
    C(User.Read.All), C(GroupMember.Read.All) and C(RoleManagement.Read.Directory), and the Exchange roles
    C(View-Only Recipients) and C(View-Only Configuration). No write permission.
  - With C(PrivilegedEligibilitySchedule.Read.AzureADGroup) as well, users who may activate membership of a group
    (Privileged Identity Management for groups) are taken into account. Without it, the result says that they are not.
  - The sign-in log requires a licence for Microsoft Entra ID P1 and goes back 30 days. Sign-ins without the user, with
    which a phone refreshes its token, come from the beta version of Microsoft Graph.
  - Reads the statistics of each mailbox with an Exchange ActiveSync device, one request each.
  - No API shows whether a device signs in with a certificate directly to Exchange Online, so that deadline is never
    more than likely.
seealso:
  - module: intune.exchange.mobile_access_assessment_info
  - module: intune.exchange.mobile_device_info
"""

EXAMPLES = r"""
- name: Read who loses mail
  intune.exchange.mobile_access_deadlines_info:
  register: found

- name: Show the deadlines that affect somebody
  ansible.builtin.debug:
    msg: "{{ found.deadlines | selectattr('status', 'equalto', 'affected') | map(attribute='evidence') }}"
"""

RETURN = r"""
as_of:
  description: The day to which C(days_left) refers, in UTC.
  returned: success
  type: str
  sample: "2026-11-29"
deadlines:
  description: The deadlines, the earliest first.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: A stable name.
      type: str
      returned: always
    title:
      description: The deadline in words.
      type: str
      returned: always
    date:
      description: The date.
      type: str
      returned: always
    days_left:
      description: The days until then; negative if it has passed.
      type: int
      returned: always
    ends:
      description: What ends on that date.
      type: str
      returned: always
    status:
      description: V(affected), V(not_affected) or V(unknown).
      type: str
      returned: always
    certainty:
      description: How sure the status is on this tenant, V(exact), V(likely) or V(cannot_be_told).
      type: str
      returned: always
    evidence:
      description: The evidence, or why it could not be read.
      type: str
      returned: always
    people:
      description: The people who are affected, by address; empty if only their number is known.
      type: list
      elements: str
      returned: always
    people_count:
      description:
        - The number of people. It is all that is known where the tenant conceals names in reports, and of policies, of
          which it is the number that they reach at most. Null if the directory could not be read.
      type: int
      returned: always
    devices:
      description:
        - The devices, each with its mailbox, ids, type, model, operating system, version, the days since its last
          synchronization, and C(certainty). It includes those for which it is unknown.
      type: list
      elements: dict
      returned: always
    policies:
      description: The names of the Conditional Access policies.
      type: list
      elements: str
      returned: always
    next_step:
      description: What to do; empty if there is nothing to do.
      type: str
      returned: always
    detected_by:
      description: What the detection is based on.
      type: str
      returned: always
    needs:
      description: The permissions, roles and licences that the detection lacks.
      type: list
      elements: str
      returned: always
    source:
      description: Where Microsoft announced it.
      type: str
      returned: always
summary:
  description: The number of deadlines with each status.
  returned: success
  type: dict
  sample: {affected: 3, not_affected: 3, unknown: 1}
progress:
  description: Progress messages while the statistics of the mailboxes are read.
  returned: when there were any
  type: list
  elements: str
  sample: [statistics of 100 of 240 mailboxes are read]
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "2 deadlines"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._assessment.deadlines import OPTIONS, deadlines_info
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration

DECLARATION = Declaration(
    "read who loses mail",
    lambda tenant, params, check_mode: deadlines_info(tenant, params),
    OPTIONS,
    summary={"deadlines": "status"},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
