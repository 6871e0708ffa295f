# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditional Access policies."""

from __future__ import annotations

DOCUMENTATION = r"""
module: conditional_access_policy
short_description: Manage a Conditional Access policy of Microsoft Entra
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Creates, changes or removes a Conditional Access policy in Microsoft Graph v1.0.
  - A new policy is in report-only mode unless O(policy_state) is set. Report-only mode locks nobody out.
  - The result reports whom a change affects, for each way in which a phone opens mail in Exchange Online. Check mode
    reports the same without writing.
  - Settings that are not set stay unchanged. Graph may replace a nested object of a policy as a whole, so the module
    sends a changed one completely.
options:
  display_name:
    description:
      - The name of the policy, compared case-insensitively. It identifies the policy unless O(id) is set; then it is
        the new name of the policy.
      - Microsoft Entra allows several policies with one name. The module fails then, and lists their ids.
    type: str
  id:
    description:
      - The id of an existing policy. Required to rename a policy, or to distinguish it from others with the same name.
      - With O(display_name), it is an error if that is the name of another policy, and with O(state=absent) if it is
        not the name of this policy.
    type: str
  state:
    description:
      - V(present) creates or changes the policy, V(absent) removes it.
      - V(restored) brings a deleted policy back, by its id or name, as it was and in the state that it had. Microsoft
        Entra keeps deleted policies for 30 days, and Microsoft Graph restores them in beta only. Other settings cannot
        be given with it. If the policy exists, nothing is done, with a warning if a deleted one also has the name. It
        is an error if several deleted policies have the name. RV(deleted_id) of the removal says which one is meant.
      - "After a restoration, the policy is read: RV(conditional_access_policy) has the state in which it came back. If
        it came back in force and was not when it was deleted, the module sets its state back."
      - O(policy_state) determines whether the policy is in force.
    type: str
    choices: [present, absent, restored]
    default: present
  policy_state:
    description:
      - The state of the policy itself, which Graph calls C(state).
      - V(report_only) is C(enabledForReportingButNotEnforced). The policy is evaluated and its result is logged, but it
        locks nobody out.
      - A new policy defaults to V(report_only).
    type: str
    choices: [enabled, disabled, report_only]
  description:
    description:
      - A description. An empty text clears it.
    type: str
  conditions:
    description:
      - When the policy applies. Settings that are not set stay unchanged.
      - A list replaces the existing one, except under C(users), where lists are edited.
      - A condition is cleared with an empty list or dictionary.
    type: dict
    suboptions:
      users:
        description:
          - Whom it applies to.
          - Every specified user, group and role must be in the directory, in report-only mode as well. A GUID is always
            an object id. An address or name must match exactly one object. RV(resolved) shows the objects.
        type: dict
        suboptions:
          include_users:
            description:
              - The included users, by object id or address, or V(All), V(None) or V(GuestsOrExternalUsers).
              - V(GuestsOrExternalUsers) is the same as all types under
                O(conditions.users.include_guests_or_external_users). Set only one of the two.
            type: dict
            suboptions:
              add:
                description: To add.
                type: list
                elements: str
              remove:
                description: Entries to remove.
                type: list
                elements: str
              set:
                description: The complete list. An empty list clears it.
                type: list
                elements: str
          include_groups:
            description:
              - The included groups, with nested members, by object id, exact name or address.
            type: dict
            suboptions:
              add:
                description: To add.
                type: list
                elements: str
              remove:
                description: Entries to remove.
                type: list
                elements: str
              set:
                description: The complete list. An empty list clears it.
                type: list
                elements: str
          include_roles:
            description:
              - The included directory roles, by template id or exact name.
            type: dict
            suboptions:
              add:
                description: To add.
                type: list
                elements: str
              remove:
                description: Entries to remove.
                type: list
                elements: str
              set:
                description: The complete list. An empty list clears it.
                type: list
                elements: str
          exclude_users:
            description:
              - The excluded users, regardless of what includes them, by object id or address, or
                V(GuestsOrExternalUsers). Use this for emergency access accounts.
            type: dict
            suboptions:
              add:
                description: To add.
                type: list
                elements: str
              remove:
                description: Entries to remove.
                type: list
                elements: str
              set:
                description: The complete list. An empty list clears it.
                type: list
                elements: str
          exclude_groups:
            description:
              - The excluded groups, by object id, exact name or address.
            type: dict
            suboptions:
              add:
                description: To add.
                type: list
                elements: str
              remove:
                description: Entries to remove.
                type: list
                elements: str
              set:
                description: The complete list. An empty list clears it.
                type: list
                elements: str
          exclude_roles:
            description:
              - The excluded directory roles, by template id or exact name.
            type: dict
            suboptions:
              add:
                description: To add.
                type: list
                elements: str
              remove:
                description: Entries to remove.
                type: list
                elements: str
              set:
                description: The complete list. An empty list clears it.
                type: list
                elements: str
          include_guests_or_external_users:
            description:
              - The included guests and external users. An empty dictionary clears it.
            type: dict
            suboptions:
              guest_or_external_user_types:
                description: The types of guests and external users.
                type: list
                elements: str
                choices:
                  - internalGuest
                  - b2bCollaborationGuest
                  - b2bCollaborationMember
                  - b2bDirectConnectUser
                  - otherExternalUser
                  - serviceProvider
              external_tenants:
                description: Their tenants.
                type: dict
                suboptions:
                  membership_kind:
                    description: All tenants, or those that C(members) names.
                    type: str
                    choices: [all, enumerated]
                  members:
                    description: The ids of the tenants.
                    type: list
                    elements: str
          exclude_guests_or_external_users:
            description:
              - The excluded guests and external users. An empty dictionary clears it.
            type: dict
            suboptions:
              guest_or_external_user_types:
                description: The types of guests and external users.
                type: list
                elements: str
                choices:
                  - internalGuest
                  - b2bCollaborationGuest
                  - b2bCollaborationMember
                  - b2bDirectConnectUser
                  - otherExternalUser
                  - serviceProvider
              external_tenants:
                description: Their tenants.
                type: dict
                suboptions:
                  membership_kind:
                    description: All tenants, or those that C(members) names.
                    type: str
                    choices: [all, enumerated]
                  members:
                    description: The ids of the tenants.
                    type: list
                    elements: str
      applications:
        description: The target resources.
        type: dict
        suboptions:
          include_applications:
            description:
              - Ids of the included applications, or V(All), V(None), V(Office365) or V(MicrosoftAdminPortals).
            type: list
            elements: str
          exclude_applications:
            description: Ids of the excluded applications, or V(Office365) or V(MicrosoftAdminPortals).
            type: list
            elements: str
          include_user_actions:
            description: User actions, such as V(urn:user:registerdevice), instead of applications.
            type: list
            elements: str
          include_authentication_context_class_references:
            description: Authentication contexts, instead of applications.
            type: list
            elements: str
          application_filter:
            description:
              - A filter for applications by their security attributes.
            type: dict
            suboptions:
              mode:
                description: Whether the rule includes or excludes.
                type: str
                choices: [include, exclude]
              rule:
                description: The rule.
                type: str
      client_app_types:
        description:
          - The kinds of clients. A new policy defaults to V(all).
          - V(exchangeActiveSync) and V(other) are legacy authentication.
        type: list
        elements: str
        choices: [all, browser, mobileAppsAndDesktopClients, exchangeActiveSync, easSupported, other]
      platforms:
        description: The platforms of devices, which Microsoft Entra takes from what the client reports.
        type: dict
        suboptions:
          include_platforms:
            description: The included platforms.
            type: list
            elements: str
            choices: [android, iOS, windows, windowsPhone, macOS, all, linux]
          exclude_platforms:
            description: The excluded platforms.
            type: list
            elements: str
            choices: [android, iOS, windows, windowsPhone, macOS, all, linux]
      locations:
        description: The networks.
        type: dict
        suboptions:
          include_locations:
            description: Ids of the included named locations, or V(All) or V(AllTrusted).
            type: list
            elements: str
          exclude_locations:
            description: Ids of the excluded named locations, or V(AllTrusted).
            type: list
            elements: str
      devices:
        description: The devices.
        type: dict
        suboptions:
          device_filter:
            description:
              - A filter for devices by their properties.
            type: dict
            suboptions:
              mode:
                description: Whether the rule includes or excludes.
                type: str
                choices: [include, exclude]
              rule:
                description: The rule.
                type: str
      user_risk_levels:
        description: The levels of user risk.
        type: list
        elements: str
        choices: [low, medium, high, hidden, none]
      sign_in_risk_levels:
        description: The levels of sign-in risk.
        type: list
        elements: str
        choices: [low, medium, high, hidden, none]
      insider_risk_levels:
        description: The levels of insider risk.
        type: list
        elements: str
        choices: [minor, moderate, elevated]
      authentication_flows:
        description: The authentication flows.
        type: dict
        suboptions:
          transfer_methods:
            description: The methods that transfer authentication to another device.
            type: list
            elements: str
            choices: [deviceCodeFlow, authenticationTransfer]
  grant_controls:
    description:
      - The grant controls that must be met. Settings that are not set stay unchanged, and an empty dictionary clears
        all.
    type: dict
    suboptions:
      operator:
        description:
          - Whether V(AND) all or V(OR) one of the controls must be met. A new policy defaults to V(AND).
        type: str
        choices: [AND, OR]
      built_in_controls:
        description:
          - The complete list of controls.
          - V(approvedApplication) has not been enforced since 30 June 2026; use V(compliantApplication).
          - V(passwordChange) needs V(mfa) or an authentication strength with the operator V(AND), a user risk, and all
            applications, and allows no other condition.
        type: list
        elements: str
        choices:
          - block
          - mfa
          - compliantDevice
          - domainJoinedDevice
          - approvedApplication
          - compliantApplication
          - passwordChange
          - riskRemediation
      custom_authentication_factors:
        description: Ids of custom controls.
        type: list
        elements: str
      terms_of_use:
        description: Ids of terms of use.
        type: list
        elements: str
      authentication_strength:
        description: Id of an authentication strength. An empty text clears it.
        type: str
  session_controls:
    description:
      - The session controls. Settings that are not set stay unchanged, and an empty dictionary clears all.
    type: dict
    suboptions:
      application_enforced_restrictions:
        description: Whether Exchange Online and SharePoint Online are informed about the device, to limit access.
        type: dict
        suboptions:
          is_enabled:
            description: Whether it is in force.
            type: bool
      cloud_app_security:
        description: Conditional Access App Control.
        type: dict
        suboptions:
          is_enabled:
            description: Whether it is in force.
            type: bool
          cloud_app_security_type:
            description: What it does.
            type: str
            choices: [mcasConfigured, monitorOnly, blockDownloads]
      persistent_browser:
        description: Whether users stay signed in after closing the browser.
        type: dict
        suboptions:
          is_enabled:
            description: Whether it is in force.
            type: bool
          mode:
            description: Always or never.
            type: str
            choices: [always, never]
      sign_in_frequency:
        description: How often users must sign in again.
        type: dict
        suboptions:
          is_enabled:
            description: Whether it is in force.
            type: bool
          value:
            description: The number of days or hours.
            type: int
          type:
            description: The unit.
            type: str
            choices: [days, hours]
          frequency_interval:
            description: After a time, or every time.
            type: str
            choices: [timeBased, everyTime]
          authentication_type:
            description: The authentication to repeat.
            type: str
            choices: [primaryAndSecondaryAuthentication, secondaryAuthentication]
      disable_resilience_defaults:
        description: Whether sessions end during an outage as well, when a policy cannot be evaluated.
        type: bool
  accept_lockout_risk:
    description:
      - The module refuses to enable a policy if possibly nobody could undo that. V(true) accepts this risk.
      - It must exclude at least one enabled member account of the tenant, whatever it requires and whomever it includes
        (all users, or a group with everybody in it). Excluded users and groups count if they are, or contain, such an
        account. Guests, disabled accounts, empty groups and excluded roles do not.
      - With all enabled policies together, somebody must still be able to sign in to the admin portals, in a browser or
        an app and on some platform. A control that no device or client can meet counts as a block. A control under
        further conditions, such as a network, does not. An excluded network counts only if it is defined, and all
        trusted networks only if a named location is marked as trusted.
      - If the policy includes a role that may change policies - Global Administrator, Conditional Access Administrator
        or Security Administrator - one of the remaining accounts must have such a role actively. Whomever else the
        policy includes, it must not lock out the last of them.
      - The module does not know whether users have a compliant device or a second factor.
      - The task fails if the users cannot be read. Objects that are not in the directory are refused with V(true) as
        well.
    type: bool
    default: false
  remove_missing_exclusions:
    description:
      - Whether to remove excluded users, groups and roles from the policy that are no longer in the directory. Without
        it, such an exclusion is an error as soon as the task changes the conditions or enables the policy.
      - Each is read twice. This never removes included objects.
    type: bool
    default: false
  marker:
    description:
      - Change or remove only a policy whose O(description) contains this text, of at least 8 characters, compared
        case-insensitively. Any other one with this name is the error V(not_ours).
      - A new policy needs an O(description) that contains it, and an existing one keeps it.
    type: str
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Needs the application permissions C(Policy.Read.All), C(Policy.ReadWrite.ConditionalAccess) and
    C(Application.Read.All), all three, and a tenant with Microsoft Entra ID P1.
  - To look up the specified users, groups and roles, and to determine whom a change affects or locks out, it needs
    C(User.Read.All), C(GroupMember.Read.All) if groups are set, and C(RoleManagement.Read.Directory) if roles are
    given. Objects that may not be read for counting are listed in RV(impact.not_read), and do not fail the task.
    Objects that are required to look up the given ones, or to enable a policy for all users, for a group or for
    administrators, do.
  - With C(PrivilegedEligibilitySchedule.Read.AzureADGroup) as well, users who may activate membership of a group
    (Privileged Identity Management for groups) are taken into account. Without it, the result says that they are not.
  - Roles count if they are active, and assigned directly or through a group.
  - Microsoft Graph accepts one request a second here for each tenant. The module respects this limit, and waits until a
    new policy is listed, so that another run does not create it again.
  - According to Microsoft, a policy for Exchange ActiveSync supports Exchange Online as its only application and no
    condition except the platforms. Use a separate policy for other clients.
seealso:
  - module: intune.exchange.conditional_access_policy_info
  - name: Create conditionalAccessPolicy
    description: The Microsoft Graph operation behind this module.
    link: https://learn.microsoft.com/graph/api/conditionalaccessroot-post-policies
"""

EXAMPLES = r"""
- name: Require a compliant device or app protection for mail, in report-only mode
  intune.exchange.conditional_access_policy:
    display_name: Mail on phones
    conditions:
      users:
        include_users:
          set: [All]
        exclude_users:
          add: [emergency@contoso.example]
      applications:
        include_applications: [00000002-0000-0ff1-ce00-000000000000]
      client_app_types: [mobileAppsAndDesktopClients]
      platforms:
        include_platforms: [android, iOS]
    grant_controls:
      operator: OR
      built_in_controls: [compliantDevice, compliantApplication]
  register: policy

- name: Report whom it would affect
  ansible.builtin.debug:
    var: policy.impact

- name: Enforce it
  intune.exchange.conditional_access_policy:
    display_name: Mail on phones
    policy_state: enabled

- name: Exclude another group
  intune.exchange.conditional_access_policy:
    display_name: Mail on phones
    conditions:
      users:
        exclude_groups:
          add: [Pilot]

- name: Ask for the sign-in every day, and remove exclusions of accounts that no longer exist
  intune.exchange.conditional_access_policy:
    display_name: Mail on phones
    session_controls:
      sign_in_frequency:
        is_enabled: true
        value: 1
        type: days
        frequency_interval: timeBased
        authentication_type: primaryAndSecondaryAuthentication
    remove_missing_exclusions: true

- name: Remove it
  intune.exchange.conditional_access_policy:
    display_name: Mail on phones
    state: absent
  register: removed

- name: Undo that, which works for 30 days
  intune.exchange.conditional_access_policy:
    id: "{{ removed.deleted_id }}"
    state: restored
  when: removed is changed
"""

RETURN = r"""
conditional_access_policy:
  description: The policy with the property names of Microsoft Graph in snake_case. Empty when there is none.
  returned: success
  type: dict
  sample:
    conditions:
      applications:
        include_applications: [00000002-0000-0ff1-ce00-000000000000]
      client_app_types: [exchangeActiveSync, other]
      users:
        include_users: [All]
    display_name: Block legacy clients
    grant_controls:
      built_in_controls: [block]
      operator: OR
    id: 7359d0e0-d8a9-4afa-8a93-e23e099d7be8
    state: enabledForReportingButNotEnforced
impact:
  description: Whom the change affects. Empty if nothing changes.
  returned: success
  type: dict
  contains:
    controls:
      description: The controls of the policy that are still enforced. Blocking counts as well.
      type: list
      elements: str
      returned: when something changes
    except:
      description: The users whom the policy excludes.
      type: list
      elements: str
      returned: when something changes
    people:
      description: The number of enabled accounts, null if they could not be read.
      type: int
      returned: when something changes
    not_read:
      description:
        - What the application may not read, so that users are not counted, or counted under C(depends_on). Users who
          may activate membership of a group count as what they are now.
      type: list
      elements: str
      returned: when something changes
    sign_ins:
      description:
        - The ways to open mail on a phone for which the change makes a difference, by C(client) and C(platform), with
          the state C(before) and C(after), for all policies of the tenant together. The platform C(other) is one that
          Microsoft Entra does not recognize.
        - C(everybody) is the state for a member whom no policy names. The numbers are users.
        - C(covered) must meet one of the controls, or are blocked. C(depends_on) must do so only under conditions, such
          as a network. C(not_covered) need not. C(report_only) are those of the last two who would move to another
          group if the policies in report-only mode were enabled. Of a policy that requires all its controls, each
          has to be met.
        - C(gained) must meet something after the change that they did not have to meet before, C(lost) the other way
          round; whom a changed condition concerns can be in both. They are null if users could not be counted. So a
          change that affects other users, but as many, is listed too.
      type: list
      elements: dict
      returned: when something changes
      sample:
        - client: exchangeActiveSync
          platform: iOS
          before: {covered: 0, depends_on: 0, everybody: not_covered, not_covered: 4, report_only: 0}
          after: {covered: 3, depends_on: 0, everybody: covered, not_covered: 1, report_only: 0}
          gained: 3
          lost: 0
    not_judged:
      description:
        - The sign-ins that RV(impact.sign_ins) says nothing about, such as those to other applications. If it is empty,
          the change may still affect these.
      type: list
      elements: str
      returned: when something changes
resolved:
  description:
    - The specified users, groups and roles, as the directory has them. The diff has them as they were specified.
  returned: success
  type: list
  elements: dict
  contains:
    option:
      description: The option under O(conditions.users).
      type: str
      returned: always
    given:
      description: The specified id, address or name.
      type: str
      returned: always
    id:
      description: The object id, or the template id of a role.
      type: str
      returned: always
    display_name:
      description: The display name.
      type: str
      returned: when it could be read
    user_principal_name:
      description: The user principal name.
      type: str
      returned: for users
    account_enabled:
      description: Whether the account can sign in.
      type: bool
      returned: for users
    user_type:
      description: C(Member) or C(Guest).
      type: str
      returned: for users
  sample:
    - account_enabled: true
      display_name: Emergency access
      given: emergency@contoso.example
      id: 5d2c1a9e-8a1d-4c43-a8a1-6f0b7f5d6c11
      option: exclude_users
      user_principal_name: emergency@contoso.example
      user_type: Member
progress:
  description: Progress messages while waiting for the created object.
  returned: when the task waited
  type: list
  elements: str
  sample: ["waiting for the new object to be listed (1 of 7)"]
deleted_id:
  description: The id of the removed policy, with which O(state=restored) brings it back; none if there was none.
  returned: with O(state=absent)
  type: str
  sample: 5b0f1a7e-3d2c-4e8b-9a6f-1c2d3e4f5a6b
undo:
  description: How to undo what was changed, removed or erased, or that it cannot be undone; empty if nothing was.
  returned: success
  type: str
  sample: Run the task with state=restored and only id=5b0f1a7e-3d2c-4e8b-9a6f-1c2d3e4f5a6b, within 30 days
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._conditional_access.policies import IDENTIFYING, POLICY
from ..module_utils._conditional_access.restore import ensure_or_restore_policy, undo_of_policy
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import resource_module

DECLARATION = resource_module(
    POLICY,
    "configure the Conditional Access policy",
    run=ensure_or_restore_policy,
    id={"type": "str"},
    state={"type": "str", "choices": ["present", "absent", "restored"], "default": "present"},
    accept_lockout_risk={"type": "bool", "default": False},
    remove_missing_exclusions={"type": "bool", "default": False},
    marker={"type": "str"},
    selects=IDENTIFYING | {"marker"},
    undo=undo_of_policy,
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
