# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What replaces the connector on a tenant without it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobile_access_assessment_info
short_description: Assess what replaces the connector on a tenant without it
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reports for each function of the service-to-service connector what replaces it, and what is missing.
  - Reads Intune, Conditional Access, Exchange Online, the sign-in log and the usage report once, and evaluates them.
  - What could not be read makes its checks V(unknown), with the permission or licence that is missing. The task fails
    only if nothing could be read.
  - If Microsoft Entra itself says something else of a policy, in the sign-in log or to O(what_if_users), a check that
    would be met is V(unknown), with both answers.
options:
  emergency_accounts:
    description:
      - The number of emergency access accounts of the tenant. This many users may be excluded from Conditional Access
        before that counts as a gap. Only exclusions from policies that would meet the requirement count.
    type: int
    default: 2
  what_if_users:
    description:
      - Users, by user principal name or object id. The module asks Microsoft Entra which policies apply when they open
        their mail.
      - This sends four requests for each of them, one per second.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the Microsoft Graph application permissions C(DeviceManagementServiceConfig.Read.All),
    C(DeviceManagementConfiguration.Read.All), C(DeviceManagementApps.Read.All),
    C(DeviceManagementManagedDevices.Read.All), C(Organization.Read.All), C(Policy.Read.All), C(User.Read.All),
    C(GroupMember.Read.All), C(RoleManagement.Read.Directory), C(AuditLog.Read.All) and C(Reports.Read.All), and
    the Exchange roles C(View-Only Recipients) and C(View-Only Configuration). No write permission.
  - With C(PrivilegedEligibilitySchedule.Read.AzureADGroup) as well, users who may activate membership of a group
    (Privileged Identity Management for groups) are taken into account. Without it, the evidence of the checks says that
    they are not.
  - No API shows whether a device signs in with a certificate directly to Exchange Online, which ends on 31 December
    2026. If there are Exchange ActiveSync devices, that check is V(unknown).
  - The sign-in log requires a licence for Microsoft Entra ID P1 and goes back 30 days. Non-interactive sign-ins, which
    legacy clients may have, come from Microsoft Graph beta, up to 10000 of them; without them, V(legacy_sign_ins) is
    V(unknown) where it would be V(met).
  - If the tenant conceals names in reports, which is the default, the users of the usage report are only counted.
seealso:
  - module: intune.exchange.conditional_access_policy
  - module: intune.exchange.mobile_access_audit_info
"""

EXAMPLES = r"""
- name: Assess mobile access without the connector
  intune.exchange.mobile_access_assessment_info:
    emergency_accounts: 1
  register: assessed

- name: Show the gaps
  ansible.builtin.debug:
    msg: "{{ assessed.checks | selectattr('status', 'equalto', 'unmet') | map(attribute='evidence') }}"

- name: Also ask Microsoft Entra which policies would apply to a person
  intune.exchange.mobile_access_assessment_info:
    what_if_users: [adele.vance@contoso.com]
"""

RETURN = r"""
tenant_id:
  description: The tenant, as the option O(tenant_id) names it.
  returned: success
  type: str
  sample: contoso.com
answers:
  description: One entry for each function of the connector.
  returned: success
  type: list
  elements: dict
  contains:
    what:
      description: V(inventory), V(conditional_access), V(quarantine_and_approval), V(wipe) or V(usage_report).
      type: str
      returned: always
    covered_by:
      description: What replaces it; empty if nothing does.
      type: list
      elements: str
      returned: always
    evidence:
      description: The evidence.
      type: str
      returned: always
    gap:
      description: What is missing; empty if nothing is.
      type: str
      returned: always
checks:
  description: The checks, in order.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: A stable name.
      type: str
      returned: always
    title:
      description: The check in words.
      type: str
      returned: always
    status:
      description: V(met), V(unmet), V(not_applicable) or V(unknown).
      type: str
      returned: always
    evidence:
      description: The evidence.
      type: str
      returned: always
    next_step:
      description: What to do; empty if there is nothing to do.
      type: str
      returned: always
    source:
      description: Where the check comes from, with the controls of published baselines.
      type: str
      returned: always
summary:
  description: The number of checks with each status.
  returned: success
  type: dict
  sample: {met: 14, unmet: 3, unknown: 2}
coverage:
  description:
    - For each question about Conditional Access and each way to open mail, reports who is covered, who only under
      conditions, who is not and why, and what a policy in report-only mode would change, with the number of users and
      an example.
    - C(exempt) is true for users who are uncovered only because enforced policies exclude them. As many of them as
      there are emergency access accounts, over all ways to open mail of a question, are not a gap.
    - C(by_platform) is true for policies that are for some platforms only. What a device says of its platform is not
      verified.
    - Null if the policies could not be read, or if the tenant also has policy plans (beta), which this module does not
      evaluate. Its checks are then V(unknown), unless the policies alone meet them.
  returned: success
  type: list
  elements: dict
managed_device_access:
  description:
    - The phones in Intune and the Exchange ActiveSync devices, combined if they are the same. C(match) is V(matched),
      V(only_intune), V(only_exchange), or V(cannot_tell) if Intune has no Exchange ActiveSync id.
    - Entries of Outlook for iOS and Android are omitted, since their ids are not stable. Null if it could not be read.
  returned: success
  type: list
  elements: dict
what_if:
  description:
    - For each of O(what_if_users) and each way to open mail, the result of Microsoft Entra, and where this module
      differs.
    - Policies that depend on more than the client and the platform, such as the location, are not compared.
  returned: success
  type: list
  elements: dict
  contains:
    user:
      description: The person, as specified.
      type: str
      returned: always
    client:
      description: V(mobileAppsAndDesktopClients) or V(exchangeActiveSync).
      type: str
      returned: always
    platform:
      description: V(iOS) or V(android).
      type: str
      returned: always
    applies:
      description:
        - The names of the policies that apply, including those in report-only mode. Null if the request failed.
      type: list
      elements: str
      returned: always
    agrees:
      description: Whether the evaluation of this module is the same. Null if the request failed.
      type: bool
      returned: always
    differences:
      description:
        - The policies for which it is not, each with C(policy), C(service_applies), C(service_reason) and C(ours).
      type: list
      elements: dict
      returned: always
    problem:
      description: Why the request failed; empty otherwise.
      type: str
      returned: always
deadlines:
  description:
    - The dates on which Microsoft ends a way to reach mail, and who is affected, as
      M(intune.exchange.mobile_access_deadlines_info) describes it.
    - This module does not read when a device last synchronized, so which devices sign in with a certificate directly to
      Exchange Online is V(unknown) here if there are Exchange ActiveSync devices.
  returned: success
  type: list
  elements: dict
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "2 checks"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._assessment.assessment import OPTIONS, assess
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration

DECLARATION = Declaration(
    "assess mobile access",
    lambda tenant, params, check_mode: assess(tenant, params),
    OPTIONS,
    summary={"checks": "status"},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
