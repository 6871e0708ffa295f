# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account that the connector is bound to."""

from __future__ import annotations

DOCUMENTATION = r"""
module: connector_account
short_description: Keep the account that the connector is bound to
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Creates, changes or removes the account of the connector. That is a user with an Exchange Online mailbox, which may
    use the
    Intune console.
  - It picks no licence by itself. When the account has none, RV(license_candidates) says which could be given.
  - What the account may do in Exchange Online is kept by M(intune.exchange.role_group) and its neighbours.
options:
  user_principal_name:
    description:
      - The user principal name of the account, which is its key. Its domain must be verified in the tenant.
    type: str
    required: true
  state:
    description:
      - V(absent) removes the account. One that has a mailbox or holds a directory role is only removed with
        O(force_delete=true). A guest is never changed or removed.
    type: str
    choices: [present, absent]
    default: present
  display_name:
    description:
      - The name that people see. A new account gets the part of its user principal name before the C(@) when this is
        left out.
    type: str
  primary_smtp_address:
    description:
      - The primary SMTP address of its mailbox. When left out, the service chooses it, usually the user principal name.
    type: str
  usage_location:
    description:
      - The country code of the account. Needed before a licence can be assigned.
    type: str
  account_enabled:
    description:
      - Whether it may sign in. A new account may, when this is left out.
    type: bool
  password:
    description:
      - The password of the account. Needed to create it. It never expires and need not be changed at the first sign-in.
    type: str
  update_password:
    description:
      - V(always) sets O(password) in each run, which is a change in each run. V(on_create) sets it for a new account
        only.
    type: str
    choices: [on_create, always]
    default: on_create
  licenses:
    description:
      - The licences to hold, by SKU part number such as V(ENTERPRISEPACK) or by SKU id.
    type: list
    elements: str
  licenses_state:
    description:
      - V(present) adds the licences that are missing. V(exact) also takes away all others.
    type: str
    choices: [present, exact]
    default: present
  directory_roles:
    description:
      - Directory roles of the whole tenant, by display name or template id. C(Intune Administrator) opens the Intune
        console.
      - Only active, direct assignments are seen and kept.
    type: dict
    suboptions:
      add:
        description: Roles to hold.
        type: list
        elements: str
      remove:
        description: Roles not to hold.
        type: list
        elements: str
      set:
        description: The roles to hold, and no others. An empty list takes all away.
        type: list
        elements: str
  force_delete:
    description:
      - With O(state=absent), remove the account although it has a mailbox or holds directory roles. Nothing tells what
        else these are used for.
    type: bool
    default: false
  wait:
    description:
      - Wait until the account owns its mailbox address, which comes some time after its licence.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait at most. They come on top of O(timeout).
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
  - O(state=absent), O(account_enabled=false) and taking roles away need C(RoleManagement.Read.Directory), to see
    whether a role is held. The last enabled user who holds Global Administrator directly is never disabled or removed,
    and keeps the role (C(error.kind=last_way_in)).
  - An address that another account has, as its name or as any of its addresses, is refused
    (C(error.kind=address_in_use)).
  - O(update_password=always) on an account that exists needs C(User-PasswordProfile.ReadWrite.All) and the directory
    role User Administrator as well; C(User.ReadWrite.All) does not include it.
  - To disable or remove an account that holds an administrator role, or to give it a password, the application needs
    the directory role Privileged Authentication Administrator.
seealso:
  - module: intune.exchange.requirements_info
"""

EXAMPLES = r"""
- name: Create the account of the connector
  intune.exchange.connector_account:
    user_principal_name: svc-intune-connector@contoso.com
    display_name: Intune Exchange connector
    usage_location: CH
    password: "{{ vaulted_password }}"
    licenses: [ENTERPRISEPACK, INTUNE_A]
    directory_roles:
      add: [Intune Administrator]

- name: Remove it, mailbox included
  intune.exchange.connector_account:
    user_principal_name: svc-intune-connector@contoso.com
    state: absent
    force_delete: true
"""

RETURN = r"""
connector_account:
  description:
    - The account as it is wanted, under the names of the options. Empty when it is absent. After a wait with the
      primary address that it has.
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
  description: What was seen while waiting for the mailbox.
  returned: when the task waited
  type: list
  elements: str
  sample: ["waiting for the mailbox address of svc-intune-connector@contoso.com: now none; 290 s left"]
license_candidates:
  description:
    - Subscriptions with free units that carry an Exchange Online mailbox or Intune, when the account has no licence.
  returned: success
  type: list
  elements: dict
  sample:
    - exchange_mailbox: true
      free_units: 21
      intune: false
      sku_id: 6fd2c87f-b296-42f0-b197-1e91e994b900
      sku_part_number: ENTERPRISEPACK
error:
  description: What went wrong, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._connector.account import CLEARS, OPTIONS, connector_account
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration

DECLARATION = Declaration("configure the connector account", connector_account, OPTIONS, clears=CLEARS)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
