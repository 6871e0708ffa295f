# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile device mailbox policies."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobile_device_mailbox_policy
short_description: Manage a mobile device mailbox policy in Exchange Online
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Creates, changes or removes a policy that defines the requirements for a mobile device to synchronize a mailbox.
  - The options are the settings of Exchange in snake_case. Settings that are not set stay unchanged, and a new policy
    gets the defaults of Exchange.
  - Durations and sizes are compared as values, so V(4KB) is the same as V(4096).
options:
  name:
    description:
      - The name of the policy, which is its key. Compared case-insensitively.
    type: str
    required: true
  state:
    description:
      - V(absent) removes the policy. The default policy and one that mailboxes use are not removed. The task fails and
        states what to do first.
    type: str
    choices: [present, absent]
    default: present
  allow_apple_push_notifications:
    description:
      - Whether push notifications to Apple devices are allowed.
    type: bool
  allow_bluetooth:
    description:
      - What the device may do with Bluetooth.
    type: str
    choices: [Allow, Disable, HandsfreeOnly]
  allow_browser:
    description:
      - Whether the browser of the device may be used.
    type: bool
  allow_camera:
    description:
      - Whether the camera may be used.
    type: bool
  allow_consumer_email:
    description:
      - Whether a personal mail account may be set up.
    type: bool
  allow_desktop_sync:
    description:
      - Whether the device may synchronize with a computer by cable.
    type: bool
  allow_external_device_management:
    description:
      - Whether another program may manage the device.
    type: bool
  allow_google_push_notifications:
    description:
      - Whether push notifications to Android devices are allowed.
    type: bool
  allow_html_email:
    description:
      - Whether mail in HTML is allowed.
    type: bool
  allow_internet_sharing:
    description:
      - Whether the device may share its connection.
    type: bool
  allow_ir_da:
    description:
      - Whether infrared connections are allowed.
    type: bool
  allow_microsoft_push_notifications:
    description:
      - Whether push notifications to Microsoft devices are allowed.
    type: bool
  allow_mobile_ota_update:
    description:
      - Whether the policy may be updated over a cellular connection.
    type: bool
  allow_non_provisionable_devices:
    description:
      - Whether devices that cannot enforce the whole policy may connect.
    type: bool
  allow_popimap_email:
    description:
      - Whether a POP3 or IMAP4 account may be set up.
    type: bool
  allow_remote_desktop:
    description:
      - Whether the device may open a remote desktop connection.
    type: bool
  allow_simple_password:
    description:
      - Whether a simple password such as C(1111) is allowed.
    type: bool
  allow_smime_encryption_algorithm_negotiation:
    description:
      - Whether the mail app may negotiate the algorithm when a certificate of a recipient asks for another.
    type: str
    choices: [AllowAnyAlgorithmNegotiation, BlockNegotiation, OnlyStrongAlgorithmNegotiation]
  allow_smime_soft_certs:
    description:
      - Whether S/MIME certificates in software are allowed.
    type: bool
  allow_storage_card:
    description:
      - Whether a storage card may be used.
    type: bool
  allow_text_messaging:
    description:
      - Whether text messages are allowed.
    type: bool
  allow_unsigned_applications:
    description:
      - Whether unsigned apps may be installed.
    type: bool
  allow_unsigned_installation_packages:
    description:
      - Whether unsigned installation packages may be run.
    type: bool
  allow_wi_fi:
    description:
      - Whether Wi-Fi may be used.
    type: bool
  alphanumeric_password_required:
    description:
      - Whether the password must also contain letters.
    type: bool
  approved_application_list:
    description:
      - Apps that may run, by hash.
    type: dict
    suboptions:
      add:
        description: Apps that the list must contain.
        type: list
        elements: str
      remove:
        description: Apps that the list must not contain.
        type: list
        elements: str
      set:
        description: The complete list. An empty list clears it.
        type: list
        elements: str
  attachments_enabled:
    description:
      - Whether attachments may be downloaded.
    type: bool
  device_encryption_enabled:
    description:
      - Whether device encryption is enabled. O(require_storage_card_encryption=true) turns it on.
    type: bool
  device_policy_refresh_interval:
    description:
      - The interval at which the policy is sent again, as C(hh:mm:ss) or C(d.hh:mm:ss), or V(unlimited).
    type: str
  irm_enabled:
    description:
      - Whether Information Rights Management is on.
    type: bool
  is_default:
    description:
      - Whether this is the policy of mailboxes without an assigned policy. There is always one, so it cannot be
        V(false) for the default policy. Make another policy the default instead.
    type: bool
  max_attachment_size:
    description:
      - The maximum size of attachments that are downloaded, in bytes or with C(KB), C(MB) or C(GB), or V(unlimited).
    type: str
  max_calendar_age_filter:
    description:
      - How far back the calendar may be synchronized.
    type: str
    choices: [All, TwoWeeks, OneMonth, ThreeMonths, SixMonths]
  max_email_age_filter:
    description:
      - How far back mail may be synchronized.
    type: str
    choices: [All, OneDay, ThreeDays, OneWeek, TwoWeeks, OneMonth]
  max_email_body_truncation_size:
    description:
      - The size at which the body of a mail is truncated, in bytes or with C(KB), C(MB) or C(GB), or V(unlimited).
    type: str
  max_email_html_body_truncation_size:
    description:
      - The size at which the body of an HTML mail is truncated, in bytes or with C(KB), C(MB) or C(GB), or
        V(unlimited).
    type: str
  max_inactivity_time_lock:
    description:
      - The time of inactivity after which the device locks, V(00:01:00) to V(01:00:00), or V(unlimited). V(15:00) is
        refused, since it may be hours or minutes.
    type: str
  max_password_failed_attempts:
    description:
      - The number of wrong passwords that are accepted, V(4) to V(16), or V(unlimited).
    type: str
  min_password_complex_characters:
    description:
      - The number of character types that the password must contain, V(1) to V(4).
    type: int
  min_password_length:
    description:
      - The minimum length of the password, V(1) to V(16). V(0) requires none.
    type: int
  password_enabled:
    description:
      - Whether a password is required. The other password settings have an effect only then.
    type: bool
  password_expiration:
    description:
      - The time after which a password expires, V(1.00:00:00) to V(730.00:00:00), or V(unlimited).
    type: str
  password_history:
    description:
      - The number of old passwords that cannot be reused, V(0) to V(50).
    type: int
  password_recovery_enabled:
    description:
      - Whether the recovery password is stored in Exchange.
    type: bool
  require_device_encryption:
    description:
      - Whether the device must be encrypted.
    type: bool
  require_encrypted_smime_messages:
    description:
      - Whether mail must be encrypted with S/MIME.
    type: bool
  require_encryption_smime_algorithm:
    description:
      - The algorithm that encrypted mail must use.
    type: str
    choices: [DES, TripleDES, RC240bit, RC264bit, RC2128bit]
  require_manual_sync_when_roaming:
    description:
      - Whether the device synchronizes only manually while roaming.
    type: bool
  require_signed_smime_algorithm:
    description:
      - The algorithm that signed mail must use.
    type: str
    choices: [SHA1, MD5]
  require_signed_smime_messages:
    description:
      - Whether mail must be signed with S/MIME.
    type: bool
  require_storage_card_encryption:
    description:
      - Whether a storage card must be encrypted. Turns O(device_encryption_enabled) on.
    type: bool
  unapproved_in_rom_application_list:
    description:
      - Built-in apps that may not run.
    type: dict
    suboptions:
      add:
        description: Apps that the list must contain.
        type: list
        elements: str
      remove:
        description: Apps that the list must not contain.
        type: list
        elements: str
      set:
        description: The complete list. An empty list clears it.
        type: list
        elements: str
  unc_access_enabled:
    description:
      - Whether files on Windows file shares may be opened.
    type: bool
  wss_access_enabled:
    description:
      - Whether files on SharePoint may be opened.
    type: bool
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Reading needs the Exchange role C(View-Only Recipients), changing needs C(Recipient Policies).
  - Outlook for iOS and Android honours few of these settings, see RV(note). Basic Mobility and Security replaces these
    policies for its users.
  - M(intune.exchange.cas_mailbox_mobile_access) manages which policy a mailbox has.
seealso:
  - module: intune.exchange.mobile_device_mailbox_policy_info
  - module: intune.exchange.cas_mailbox_mobile_access
  - name: Set-MobileDeviceMailboxPolicy
    description: The cmdlet behind this module.
    link: https://learn.microsoft.com/powershell/module/exchange/set-mobiledevicemailboxpolicy
"""

EXAMPLES = r"""
- name: Create a policy with a password
  intune.exchange.mobile_device_mailbox_policy:
    name: Phones
    password_enabled: true
    min_password_length: 6
    max_password_failed_attempts: "10"
    max_inactivity_time_lock: "00:15:00"
    password_expiration: "365.00:00:00"
    max_attachment_size: 25MB

- name: Make it the policy of all mailboxes without an assigned policy
  intune.exchange.mobile_device_mailbox_policy:
    name: Phones
    is_default: true

- name: Require encryption, and allow neither old devices nor large mail
  intune.exchange.mobile_device_mailbox_policy:
    name: Phones
    require_device_encryption: true
    allow_non_provisionable_devices: false
    max_email_age_filter: OneMonth

- name: Remove a policy that no mailbox has
  intune.exchange.mobile_device_mailbox_policy:
    name: Phones of last year
    state: absent
"""

RETURN = r"""
mobile_device_mailbox_policy:
  description:
    - The policy with the property names of Exchange in snake_case, durations as C([d.]hh:mm:ss) and sizes in bytes.
      Empty when there is none.
  returned: success
  type: dict
  sample:
    guid: 1cf2a1c4-0c3a-4d3e-9a38-2b7f1d0f7c55
    is_default: false
    max_attachment_size: 26214400
    max_inactivity_time_lock: "00:15:00"
    min_password_length: 6
    name: Phones
    password_enabled: true
    password_expiration: "365.00:00:00"
note:
  description: The specified settings that Outlook for iOS and Android ignores. Empty if none.
  returned: success
  type: str
  sample: >-
    Outlook for iOS and Android honours only allow_bluetooth, device_encryption_enabled, min_password_length,
    password_enabled, as far as Microsoft says; it does not go by allow_camera.
undo:
  description: How to undo what was changed, removed or erased, or that it cannot be undone; empty if nothing was.
  returned: success
  type: str
  sample: Run the task again with state=present and the values of diff.before; the new object has another id
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import resource_module
from ..module_utils._mobile_access.mailbox_policies import POLICY, ensure_mailbox_policy, undo

DECLARATION = resource_module(
    POLICY,
    "configure the mailbox policy",
    run=ensure_mailbox_policy,
    state={"type": "str", "choices": ["present", "absent"], "default": "present"},
    undo=undo,
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
