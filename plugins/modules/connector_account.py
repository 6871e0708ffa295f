# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account that the connector is bound to."""

from __future__ import annotations

DOCUMENTATION = r"""
module: connector_account
short_description: Manage the connector account
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Creates, changes or removes the connector account, which is a user with an Exchange Online mailbox that may use the
    Intune console.
  - It chooses no licence by itself. If the account has none, RV(license_candidates) lists the suitable ones.
  - M(intune.exchange.role_group) and related modules manage what the account may do in Exchange Online.
options:
  user_principal_name:
    description:
      - The user principal name of the account, which is its key. Its domain must be verified in the tenant.
    type: str
    required: true
  state:
    description:
      - V(absent) removes the account. An account that has a mailbox or a directory role is only removed with
        O(force_delete=true). A guest is never changed or removed.
    type: str
    choices: [present, absent]
    default: present
  display_name:
    description:
      - The display name. For a new account, it defaults to the part of its user principal name before the C(@).
    type: str
  primary_smtp_address:
    description:
      - The primary SMTP address of its mailbox. By default, the service chooses it, usually the user principal name.
    type: str
  usage_location:
    description:
      - The country code of the account. Needed before a licence can be assigned.
    type: str
  account_enabled:
    description:
      - Whether it may sign in. By default, a new account may.
    type: bool
  password:
    description:
      - The password of the account. Needed to create it. It never expires and need not be changed at the first sign-in.
    type: str
  update_password:
    description:
      - V(always) sets O(password) in each run, and so reports a change in each run. V(on_create) sets it for a new
        account only.
    type: str
    choices: [on_create, always]
    default: on_create
  licenses:
    description:
      - The licences that the account must have, by SKU part number such as V(ENTERPRISEPACK) or by SKU id.
    type: list
    elements: str
  licenses_state:
    description:
      - V(present) adds the licences that are missing. V(exact) also removes all others.
    type: str
    choices: [present, exact]
    default: present
  directory_roles:
    description:
      - Directory roles of the whole tenant, by display name or template id. C(Intune Administrator) gives access to the
        Intune console.
      - Only active, direct assignments are read and managed.
    type: dict
    suboptions:
      add:
        description: Roles that the account must have.
        type: list
        elements: str
      remove:
        description: Roles that the account must not have.
        type: list
        elements: str
      set:
        description: The roles that the account must have, and no others. An empty list removes all.
        type: list
        elements: str
  force_delete:
    description:
      - With O(state=absent), remove the account even if it has a mailbox or directory roles. The module cannot detect
        what else these are used for.
    type: bool
    default: false
  wait:
    description:
      - Wait until the account has its mailbox address, which is some time after its licence.
    type: bool
    default: true
  wait_timeout:
    description:
      - The maximum number of seconds to wait, in addition to O(timeout).
    type: int
    default: 1800
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Needs the application permissions C(User.ReadWrite.All), C(LicenseAssignment.ReadWrite.All) and
    C(Organization.Read.All), and
    with O(directory_roles) also C(RoleManagement.ReadWrite.Directory). Reading alone needs the C(.Read) forms.
  - O(state=absent), O(account_enabled=false) and removing roles need C(RoleManagement.Read.Directory), to check whether
    the account has a role. The last enabled user who holds Global Administrator directly is never disabled or removed,
    and keeps the role (C(error.kind=last_way_in)).
  - An address that another account has, as its user principal name or as any of its addresses, is refused
    (C(error.kind=address_in_use)).
  - O(update_password=always) on an account that exists needs C(User-PasswordProfile.ReadWrite.All) and the directory
    role User Administrator as well; C(User.ReadWrite.All) does not include it.
  - To disable or remove an account with an administrator role, or to set its password, the application needs the
    directory role Privileged Authentication Administrator.
seealso:
  - module: intune.exchange.requirements_info
"""

EXAMPLES = r"""
- name: Create the connector account
  intune.exchange.connector_account:
    user_principal_name: svc-intune-connector@contoso.com
    display_name: Intune Exchange connector
    usage_location: CH
    password: "{{ vaulted_password }}"
    licenses: [ENTERPRISEPACK, INTUNE_A]
    directory_roles:
      add: [Intune Administrator]

- name: Give it another licence instead of those that it has
  intune.exchange.connector_account:
    user_principal_name: svc-intune-connector@contoso.com
    licenses: [ENTERPRISEPACK]
    licenses_state: exact

- name: Remove it, mailbox included
  intune.exchange.connector_account:
    user_principal_name: svc-intune-connector@contoso.com
    state: absent
    force_delete: true
"""

RETURN = r"""
connector_account:
  description:
    - The account in its desired state, with the names of the options. Empty if it is absent. After a wait, with its
      current primary address.
  returned: success
  type: dict
  sample:
    account_enabled: true
    directory_roles: [Intune Administrator]
    display_name: Intune Exchange connector
    id: 5d6f3d0e-8f0b-4e0e-a2a4-7d8f4a0f9c11
    licenses: [ENTERPRISEPACK, INTUNE_A]
    primary_smtp_address: svc-intune-connector@contoso.com
    usage_location: CH
    user_principal_name: svc-intune-connector@contoso.com
progress:
  description: Progress messages while waiting for the mailbox.
  returned: when the task waited
  type: list
  elements: str
  sample: ["waiting for the mailbox address of svc-intune-connector@contoso.com: now none; 290 s left"]
license_candidates:
  description:
    - Subscriptions with free units that include an Exchange Online mailbox or Intune, if the account has no licence.
  returned: success
  type: list
  elements: dict
  sample:
    - exchange_mailbox: true
      free_units: 21
      intune: false
      sku_id: 6fd2c87f-b296-42f0-b197-1e91e994b900
      sku_part_number: ENTERPRISEPACK
undo:
  description: How to undo what was changed, removed or erased, or that it cannot be undone; empty if nothing was.
  returned: success
  type: str
  sample: >-
    Restore the user in the Microsoft Entra admin center (Users, Deleted users) within 30 days, and run the task
    again with state=present
error:
  description:
    - The error, as M(intune.exchange.connector) describes it.
    - If several options are wrong, C(faults) has all of them, each with C(kind), C(problem) and C(next_step).
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._connector.account import CLEARS, OPTIONS, connector_account, undo
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration

DECLARATION = Declaration("configure the connector account", connector_account, OPTIONS, clears=CLEARS, undo=undo)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
