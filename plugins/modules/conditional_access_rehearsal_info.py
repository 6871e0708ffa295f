# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rehearsal of Conditional Access policies on the sign-ins of the last days."""

from __future__ import annotations

DOCUMENTATION = r"""
module: conditional_access_rehearsal_info
short_description: Rehearse Conditional Access policies on the sign-ins of the last days
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads the sign-in log of Microsoft Entra, and reports whose sign-ins policies would have stopped if they had been
    enforced. The policies are proposed ones, which need not exist, or existing ones in report-only mode.
  - The judge is compared with Microsoft Entra first. RV(calibration.agreement_percent) is the share of the results in
    the log that the judge reproduces, for the policies that are enforced or in report-only mode. Below
    O(trust_threshold), RV(calibration.verdict) is not to trust the rest.
  - What the log cannot tell is counted as not known, never as allowed. See
    R(How far to trust the judge,ansible_collections.intune.exchange.docsite.guide_judge).
  - The log is read page by page, and each distinct sign-in is judged once. The memory depends on the numbers of people
    and applications in it, not on the number of sign-ins.
  - Sign-ins of applications as themselves and sign-ins to other tenants are not judged, and counted in RV(not_judged).
options:
  policies:
    description:
      - The proposed policies, each with the options of M(intune.exchange.conditional_access_policy), such as
        C(display_name), C(conditions) and C(grant_controls). They are judged as if they were enforced, whatever
        C(policy_state) says.
      - A policy with the name or C(id) of an existing one is a change of it. Settings that are not set are those of
        the existing policy.
      - Every specified user, group and role must be in the directory. What that module refuses, such as null for
        C(id), is refused here as well.
    type: list
    elements: dict
  report_only:
    description:
      - The names or ids of existing policies in report-only mode. A name of several policies is refused.
      - If neither this nor O(policies) is set, all policies in report-only mode are rehearsed.
    type: list
    elements: str
  days:
    description:
      - The number of days, from 1 to 30. Microsoft Entra keeps the log for 30 days.
    type: int
    default: 30
  sign_in_types:
    description:
      - The sign-ins to read. Mail apps on phones mostly sign in non-interactively, with a token that they have.
      - Microsoft Graph has non-interactive sign-ins only in beta. With these, interactive ones are read from beta as
        well, which tells more of each sign-in than v1.0. V(interactive) alone is read from v1.0.
    type: list
    elements: str
    choices: [interactive, non_interactive]
    default: [interactive, non_interactive]
  trust_threshold:
    description:
      - The agreement in per cent from which RV(calibration.trusted) is true. The agreement on the results where a
        policy applied must reach it too, however few they are.
    type: int
    default: 95
  keep_groups:
    description:
      - Groups of which nobody is to be stopped, by object id, exact name or address. RV(keep) has the fewest people
        whom each policy must exclude for that.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the application permissions C(AuditLog.Read.All), C(Policy.Read.All) and C(User.Read.All), and a tenant with
    Microsoft Entra ID P1. It also needs C(GroupMember.Read.All) if a policy names groups, and
    C(RoleManagement.Read.Directory) if a policy names roles.
  - With C(PrivilegedEligibilitySchedule.Read.AzureADGroup) as well, users who may activate membership of a group
    (Privileged Identity Management for groups) are taken into account. Without it, the result says that they are not.
  - Without that licence, the module fails with the kind V(no_licence). The coverage of
    M(intune.exchange.mobile_access_assessment_info) and the impact of M(intune.exchange.conditional_access_policy) in
    check mode then say whom a policy reaches, but not whose sign-ins it stops.
  - Microsoft Graph accepts 5 requests for the log in 10 seconds, and a page has up to 1000 sign-ins. 100,000 sign-ins
    take at least 200 seconds, so set O(timeout) accordingly.
  - Groups and roles are those of today. Where somebody joined or left one since a sign-in, and the answer depends on
    that, it is not known.
seealso:
  - module: intune.exchange.conditional_access_policy
  - module: intune.exchange.mobile_access_assessment_info
  - name: List signIns
    description: The Microsoft Graph operation behind this module.
    link: https://learn.microsoft.com/graph/api/signin-list
"""

EXAMPLES = r"""
- name: Rehearse a policy that does not exist yet
  intune.exchange.conditional_access_rehearsal_info:
    policies:
      - display_name: Compliant devices for mail
        conditions:
          users:
            include_users:
              set: [All]
            exclude_users:
              set: [emergency@contoso.example]
          applications:
            include_applications: [00000002-0000-0ff1-ce00-000000000000]
          client_app_types: [mobileAppsAndDesktopClients, browser]
        grant_controls:
          built_in_controls: [compliantDevice]
    days: 14
  register: rehearsal

- name: Report how far to trust it, and whom it would have stopped
  ansible.builtin.debug:
    msg:
      - "{{ rehearsal.reliable_because }}"
      - "{{ rehearsal.by_person | selectattr('stopped') | map(attribute='user') }}"

- name: Rehearse all policies in report-only mode, and keep the pilot group in
  intune.exchange.conditional_access_rehearsal_info:
    keep_groups: [Pilot]

- name: Rehearse one of them on what people did themselves
  intune.exchange.conditional_access_rehearsal_info:
    report_only: [Require a compliant device (test)]
    sign_in_types: [interactive]
"""

RETURN = r"""
reliable:
  description:
    - Whether the result is reliable. It is if RV(calibration.trusted) is true, or if the log has Microsoft Entra's own
      result of every policy for every sign-in, so that the judge was not needed.
    - Without a successful sign-in or without a policy, it is false.
    - RV(exclusions) always depend on the judge, and so on RV(calibration.trusted).
  returned: success
  type: bool
  sample: true
reliable_because:
  description: The reason in a sentence. It starts with C(Do not trust this) where RV(reliable) is false.
  returned: success
  type: str
  sample: The judge agrees with Microsoft Entra in 99.2 % of 1250 results in the sign-in log
calibration:
  description: How often the judge and Microsoft Entra agree on the policies that exist.
  returned: success
  type: dict
  contains:
    agreement_percent:
      description: The share of the compared results on which they agree, null if nothing could be compared.
      type: float
      returned: always
    agreement_percent_applied:
      description: The same for the results where a policy applied, by the log or by the judge.
      type: float
      returned: always
    trusted:
      description: Whether both are at least O(trust_threshold). A second one that is null counts as reached.
      type: bool
      returned: always
    verdict:
      description: The same in a sentence. It starts with C(Do not trust this) where RV(calibration.trusted) is false.
      type: str
      returned: always
    compared:
      description: The number of results that were compared, one for each sign-in and policy.
      type: int
      returned: always
    compared_applied:
      description: How many of these are results where a policy applied.
      type: int
      returned: always
    not_known:
      description: The number of results about which the judge has no answer.
      type: int
      returned: always
    policies:
      description:
        - The same for each policy, with up to three C(differences). Sign-ins from before the last change of a policy
          are not compared.
      type: list
      elements: dict
      returned: always
  sample:
    agreement_percent: 99.2
    agreement_percent_applied: 97.1
    compared: 1250
    compared_applied: 310
    not_known: 31
    trusted: true
sign_ins:
  description:
    - The number of sign-ins that would have been C(stopped), C(asked_for_more), C(unchanged) or are C(not_known), and
      their C(total). C(not_signed_in) are those that failed anyway, which are in no other number.
    - C(asked_for_more) are sign-ins of which a policy asks for what people can do while they sign in, such as a second
      factor, and of which the log does not show that it was done.
  returned: success
  type: dict
  sample: {asked_for_more: 3, not_known: 40, not_signed_in: 12, stopped: 7, total: 950, unchanged: 900}
people:
  description:
    - The number of people with such a sign-in. Somebody can be in more than one of the numbers. Sign-ins for which the
      log has neither the id nor the name of a user count as one person.
  returned: success
  type: dict
  sample: {asked_for_more: 1, not_known: 9, stopped: 2, total: 120, unchanged: 118}
by_policy:
  description:
    - The numbers of sign-ins for each policy on its own. C(from_log) are those for which the log has the result of the
      policy in report-only mode, so that the judge was not needed.
  returned: success
  type: list
  elements: dict
by_person:
  description:
    - The people with a sign-in that is not unchanged, with the C(policies) that are the reason. The C(id) is empty for
      somebody whom the log does not identify.
  returned: success
  type: list
  elements: dict
  sample:
    - asked_for_more: 0
      id: 5d2c1a9e-8a1d-4c43-a8a1-6f0b7f5d6c11
      not_known: 0
      policies: [Compliant devices for mail]
      stopped: 4
      unchanged: 0
      user: alex.wilber@contoso.example
by_application:
  description: The numbers of sign-ins by the application that somebody used, which the log calls C(appDisplayName).
  returned: success
  type: list
  elements: dict
by_client:
  description: The numbers by client app, in the words of the log.
  returned: success
  type: list
  elements: dict
by_platform:
  description: The numbers by platform, or by the text of the log where Conditional Access does not know the platform.
  returned: success
  type: list
  elements: dict
by_country:
  description: The numbers by country.
  returned: success
  type: list
  elements: dict
not_known_because:
  description: Why sign-ins are not known, with their number, the most frequent reason first.
  returned: success
  type: list
  elements: dict
  sample: [{reason: it depends on whether compliantApplication was met, sign_ins: 40}]
exclusions:
  description:
    - For each exclusion of each policy, how many people of the log it C(spared), and which of them it C(needed) to
      spare, since they would have been stopped or asked for more. C(never_needed) are those whose sign-ins all meet
      what the policy asks for, or are not concerned by it.
    - Whoever did not sign in, such as an emergency access account, is in none of the lists.
  returned: success
  type: list
  elements: dict
  sample:
    - exclusion: group Travellers (7359d0e0-d8a9-4afa-8a93-e23e099d7be8)
      needed: [alex.wilber@contoso.example]
      never_needed: [adele.vance@contoso.example]
      not_known: []
      policy: Compliant devices for mail
      spared: 2
keep:
  description:
    - For each of O(keep_groups), how many of its members were C(seen) in the log, and whom each policy must C(exclude)
      at least so that no sign-in of a member is stopped. C(not_known) are members of whom that is not known.
  returned: success
  type: list
  elements: dict
not_read:
  description:
    - What the application may not read. What depends on that is not known. Users who may activate membership of a
      group are judged as what they are now.
  returned: success
  type: list
  elements: str
summary:
  description: The result in sentences, with RV(reliable_because) first.
  returned: success
  type: list
  elements: str
  sample:
    - The judge agrees with Microsoft Entra in 99.2 % of 1250 results in the sign-in log.
    - "Of 950 sign-ins of 120 people in the last 30 days, if enforced:"
    - "Stopped: 7 sign-ins of 2 people"
not_judged:
  description: What was left out, by the options or because no policy for people of this tenant reaches it.
  returned: success
  type: list
  elements: str
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: 2 of 40 people who signed in would have been stopped
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: no_licence}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._rehearsal.tenant_rehearsal import OPTIONS, rehearse

DECLARATION = Declaration(
    "rehearse the Conditional Access policies",
    lambda tenant, params, check_mode: rehearse(tenant, params),
    OPTIONS,
    selects=frozenset(("policies", "report_only")),
    summary={},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
