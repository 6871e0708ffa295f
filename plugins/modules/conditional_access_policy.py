# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditional Access policies."""

from __future__ import annotations

DOCUMENTATION = r"""
module: conditional_access_policy
short_description: Keep a Conditional Access policy of Microsoft Entra
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Creates, changes or removes a Conditional Access policy, as Microsoft Graph v1.0 keeps it.
  - A new policy is in report-only mode unless O(policy_state) says otherwise. Nobody is kept out by that.
  - The result says whom a change reaches, for each way in which a phone opens mail in Exchange Online. Check mode says
    the same without writing.
  - What is left out stays as it is. Graph may replace an object inside of a policy as a whole, so a changed one is sent
    with everything that was in it.
options:
  display_name:
    description:
      - The name of the policy, compared without regard to case. It is the key unless O(id) is given, and then the name
        that the policy is to have.
      - Microsoft Entra lets several policies have one name. That is an error that lists their ids.
    type: str
  id:
    description:
      - The id of an existing policy. Required to rename one, or to tell it from others of its name.
      - With O(display_name), it is an error if that is the name of another policy, and with O(state=absent) if it is
        not the name of this policy.
    type: str
  state:
    description:
      - V(present) creates or changes the policy, V(absent) removes it.
      - Whether the policy is in force is said by O(policy_state).
    type: str
    choices: [present, absent]
    default: present
  policy_state:
    description:
      - The state of the policy itself, which Graph calls C(state).
      - V(report_only) is C(enabledForReportingButNotEnforced). The policy is evaluated and its result is logged, but it
        keeps nobody out.
      - A new policy that does not say gets V(report_only).
    type: str
    choices: [enabled, disabled, report_only]
  description:
    description:
      - A description. An empty text clears it.
    type: str
  conditions:
    description:
      - When the policy applies. What is left out stays as it is.
      - A list replaces the one that is there, except under C(users), where lists are edited.
      - A condition is cleared with an empty list or dictionary.
    type: dict
    suboptions:
      users:
        description:
          - Whom it applies to.
          - Every user, group and role that is named has to be in the directory, in report-only mode as well. A GUID is
            always an object id. An address or name has to fit exactly one object. RV(resolved) shows what was found.
        type: dict
        suboptions:
          include_users:
            description:
              - The users that are included, by object id or address, or V(All), V(None) or V(GuestsOrExternalUsers).
              - V(GuestsOrExternalUsers) is the same as all types under
                O(conditions.users.include_guests_or_external_users). Give one of the two.
            type: dict
            suboptions:
              add:
                description: To add.
                type: list
                elements: str
              remove:
                description: To take out.
                type: list
                elements: str
              set:
                description: The whole list. An empty one clears it.
                type: list
                elements: str
          include_groups:
            description:
              - The groups that are included, with nested members, by object id, exact name or address.
            type: dict
            suboptions:
              add:
                description: To add.
                type: list
                elements: str
              remove:
                description: To take out.
                type: list
                elements: str
              set:
                description: The whole list. An empty one clears it.
                type: list
                elements: str
          include_roles:
            description:
              - The directory roles that are included, by template id or exact name.
            type: dict
            suboptions:
              add:
                description: To add.
                type: list
                elements: str
              remove:
                description: To take out.
                type: list
                elements: str
              set:
                description: The whole list. An empty one clears it.
                type: list
                elements: str
          exclude_users:
            description:
              - The users that are excluded, whatever includes them, by object id or address, or
                V(GuestsOrExternalUsers). The place for an emergency account.
            type: dict
            suboptions:
              add:
                description: To add.
                type: list
                elements: str
              remove:
                description: To take out.
                type: list
                elements: str
              set:
                description: The whole list. An empty one clears it.
                type: list
                elements: str
          exclude_groups:
            description:
              - The groups that are excluded, by object id, exact name or address.
            type: dict
            suboptions:
              add:
                description: To add.
                type: list
                elements: str
              remove:
                description: To take out.
                type: list
                elements: str
              set:
                description: The whole list. An empty one clears it.
                type: list
                elements: str
          exclude_roles:
            description:
              - The directory roles that are excluded, by template id or exact name.
            type: dict
            suboptions:
              add:
                description: To add.
                type: list
                elements: str
              remove:
                description: To take out.
                type: list
                elements: str
              set:
                description: The whole list. An empty one clears it.
                type: list
                elements: str
          include_guests_or_external_users:
            description:
              - Guests and external users that are included. An empty dictionary clears it.
            type: dict
            suboptions:
              guest_or_external_user_types:
                description: Which kinds of them.
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
                description: From which tenants they come.
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
              - Guests and external users that are excluded. An empty dictionary clears it.
            type: dict
            suboptions:
              guest_or_external_user_types:
                description: Which kinds of them.
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
                description: From which tenants they come.
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
        description: What is signed in to.
        type: dict
        suboptions:
          include_applications:
            description:
              - Ids of the applications that are included, or V(All), V(None), V(Office365) or V(MicrosoftAdminPortals).
            type: list
            elements: str
          exclude_applications:
            description: Ids of the applications that are excluded, or V(Office365) or V(MicrosoftAdminPortals).
            type: list
            elements: str
          include_user_actions:
            description: User actions, such as V(urn:user:registerdevice), in place of applications.
            type: list
            elements: str
          include_authentication_context_class_references:
            description: Authentication contexts, in place of applications.
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
          - The kinds of clients. A new policy that does not say gets V(all).
          - V(exchangeActiveSync) and V(other) are legacy authentication.
        type: list
        elements: str
        choices: [all, browser, mobileAppsAndDesktopClients, exchangeActiveSync, easSupported, other]
      platforms:
        description: The platforms of devices, which Microsoft Entra takes from what the client says of itself.
        type: dict
        suboptions:
          include_platforms:
            description: The platforms that are included.
            type: list
            elements: str
            choices: [android, iOS, windows, windowsPhone, macOS, all, linux]
          exclude_platforms:
            description: The platforms that are excluded.
            type: list
            elements: str
            choices: [android, iOS, windows, windowsPhone, macOS, all, linux]
      locations:
        description: The networks.
        type: dict
        suboptions:
          include_locations:
            description: Ids of the named locations that are included, or V(All) or V(AllTrusted).
            type: list
            elements: str
          exclude_locations:
            description: Ids of the named locations that are excluded, or V(AllTrusted).
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
        description: How signing in goes on.
        type: dict
        suboptions:
          transfer_methods:
            description: The ways to transfer authentication to another device.
            type: list
            elements: str
            choices: [deviceCodeFlow, authenticationTransfer]
  grant_controls:
    description:
      - What must be met to get in. What is left out stays as it is, and an empty dictionary clears all.
    type: dict
    suboptions:
      operator:
        description:
          - Whether V(AND) all or V(OR) one of the controls must be met. A new policy that does not say gets V(AND).
        type: str
        choices: [AND, OR]
      built_in_controls:
        description:
          - The controls, as the whole list.
          - V(approvedApplication) is not enforced since 30 June 2026; use V(compliantApplication).
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
      - What holds for the session. What is left out stays as it is, and an empty dictionary clears all.
    type: dict
    suboptions:
      application_enforced_restrictions:
        description: Whether Exchange Online and SharePoint Online are told about the device, to give limited access.
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
        description: Whether people stay signed in after closing the browser.
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
        description: How often people have to sign in again.
        type: dict
        suboptions:
          is_enabled:
            description: Whether it is in force.
            type: bool
          value:
            description: How many days or hours.
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
            description: What has to be repeated.
            type: str
            choices: [primaryAndSecondaryAuthentication, secondaryAuthentication]
      disable_resilience_defaults:
        description: Whether sessions end during an outage as well, when a policy cannot be evaluated.
        type: bool
  accept_lockout_risk:
    description:
      - A policy that would be enabled is refused where nobody might be left to undo that. V(true) takes the risk.
      - It has to spare at least one enabled member account of the tenant, whatever it asks for and whoever it names -
        all users, or a group that holds everybody. Excluded users and groups count when they are, or hold, such an
        account. Guests, disabled accounts, empty groups and excluded roles do not.
      - With all policies that are enabled, somebody has to be left who gets into the admin portals, in a browser or an
        app and on some platform. A control that no device or client can meet counts as a block. What holds under
        further conditions only, such as from a network, does not. A network that is excluded counts only where it is
        defined, and all trusted ones only where a named location is marked as trusted.
      - Where the policy names a role that may change policies - Global Administrator, Conditional Access Administrator
        or Security Administrator - one of those who are left has to hold such a role actively. Whoever else the policy
        names, it must not keep out the last of them.
      - Whether people have a compliant device or a second factor is not known here.
      - The task fails where the people cannot be read. What is not in the directory is refused with V(true) as well.
    type: bool
    default: false
  remove_missing_exclusions:
    description:
      - Whether to take out of the policy the users, groups and roles that it excludes and that are no longer in the
        directory. Without it, such an exclusion is an error as soon as the task changes the conditions or enables the
        policy.
      - Each is looked for twice. What is included is never taken out by this.
    type: bool
    default: false
  marker:
    description:
      - Change or remove only a policy whose O(description) holds this text, of at least 8 characters, compared without
        regard to case. Any other one of this name is the error V(not_ours).
    type: str
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Needs the application permissions C(Policy.Read.All), C(Policy.ReadWrite.ConditionalAccess) and
    C(Application.Read.All), all three, and a tenant with Microsoft Entra ID P1.
  - To find the users, groups and roles that are named, and to tell whom a change reaches or keeps out, it needs
    C(User.Read.All), C(GroupMember.Read.All) where groups are named, and C(RoleManagement.Read.Directory) where roles
    are named. What may not be read for counting is named in RV(impact.not_read), and does not fail the task. What is
    needed to find what is named, or to enable a policy for all users, for a group or for administrators, does.
  - Roles count where they are active, and held directly or by a group.
  - Microsoft Graph takes one request a second here for each tenant. The module keeps to that, and waits until a new
    policy is listed, so that another run does not create it once more.
  - A policy for Exchange ActiveSync takes Exchange Online as its only application and no condition but the platforms,
    as far as Microsoft says. Keep it apart from policies for other clients.
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

- name: Say whom it would reach
  ansible.builtin.debug:
    var: policy.impact

- name: Enforce it
  intune.exchange.conditional_access_policy:
    display_name: Mail on phones
    policy_state: enabled

- name: Leave one more group out
  intune.exchange.conditional_access_policy:
    display_name: Mail on phones
    conditions:
      users:
        exclude_groups:
          add: [Pilot]
"""

RETURN = r"""
conditional_access_policy:
  description: The policy under the names of Microsoft Graph in snake_case. Empty when there is none.
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
  description: Whom the change reaches. Empty when nothing changes.
  returned: success
  type: dict
  contains:
    controls:
      description: What the policy asks for and what is still enforced. Who is blocked counts as well.
      type: list
      elements: str
      returned: when something changes
    except:
      description: Whom the policy excludes.
      type: list
      elements: str
      returned: when something changes
    people:
      description: How many enabled accounts were counted, null if they could not be read.
      type: int
      returned: when something changes
    not_read:
      description: What the application may not read, so that people are not counted, or counted under C(depends_on).
      type: list
      elements: str
      returned: when something changes
    sign_ins:
      description:
        - The ways to open mail on a phone for which the change makes a difference, by C(client) and C(platform), with
          what is the case C(before) and C(after), all policies of the tenant together. The platform C(other) is one
          that Microsoft Entra does not know.
        - C(everybody) tells what is the case for a member whom no policy names. The numbers are people.
        - C(covered) have to meet one of the controls, or are blocked. C(depends_on) have to under conditions only,
          such as a network. C(not_covered) have not. C(report_only) are those of the last two who would be in another
          place if the policies in report-only mode were enabled.
      type: list
      elements: dict
      returned: when something changes
      sample:
        - client: exchangeActiveSync
          platform: iOS
          before: {covered: 0, depends_on: 0, everybody: not_covered, not_covered: 4, report_only: 0}
          after: {covered: 3, depends_on: 0, everybody: covered, not_covered: 1, report_only: 0}
resolved:
  description:
    - The users, groups and roles that the task names, as the directory has them. The diff has only their ids.
  returned: success
  type: list
  elements: dict
  contains:
    option:
      description: The option under O(conditions.users).
      type: str
      returned: always
    given:
      description: The id, address or name that was given.
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
  description: What was seen while waiting for what was created.
  returned: when the task waited
  type: list
  elements: str
  sample: ["waiting for what was created to be listed (1 of 7)"]
error:
  description: What went wrong, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._conditional_access.policies import POLICY, ensure_policy
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import resource_module

DECLARATION = resource_module(
    POLICY,
    "keep the Conditional Access policy",
    run=ensure_policy,
    id={"type": "str"},
    state={"type": "str", "choices": ["present", "absent"], "default": "present"},
    accept_lockout_risk={"type": "bool", "default": False},
    remove_missing_exclusions={"type": "bool", "default": False},
    marker={"type": "str"},
    selects=frozenset(("id", "display_name", "marker")),
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
