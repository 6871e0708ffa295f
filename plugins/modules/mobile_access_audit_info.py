# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile access, audited against baselines."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobile_access_audit_info
short_description: Audit mobile access to Exchange Online against baselines
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads the mailbox policies, the organization settings and the mailboxes once, and evaluates every control for every
    object that it applies to, used or not.
  - What could not be read makes its controls V(unknown) with the reason, never passed and never failed. The task fails
    only if nothing could be read.
  - The role P(intune.exchange.mobile_access#role) includes baselines, and writes files.
options:
  baselines:
    description:
      - The baselines.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: The name of the baseline.
        type: str
        required: true
      controls:
        description: Its controls. Each has exactly one of C(equals), C(at_least) and C(at_most).
        type: list
        elements: dict
        required: true
        suboptions:
          id:
            description: The id of the control, once in its baseline.
            type: str
            required: true
          title:
            description: The control in words.
            type: str
            required: true
          kind:
            description: The objects that it applies to, by the module that manages them.
            type: str
            choices: [mobile_device_mailbox_policy, activesync_organization_settings]
            default: mobile_device_mailbox_policy
          severity:
            description: How urgent a failure is. Findings are sorted by it.
            type: str
            choices: [high, medium, low]
            default: medium
          setting:
            description: The option of that module that is checked.
            type: str
            required: true
          equals:
            description: The value that passes.
            type: raw
          at_least:
            description: The smallest number, size or duration that passes. A missing value fails.
            type: raw
          at_most:
            description: The largest number, size or duration that passes. C(Unlimited) and a missing value fail.
            type: raw
          requires:
            description: Makes the control V(not_applicable) to objects without this.
            type: dict
            suboptions:
              setting:
                description: The option of that module that is checked first.
                type: str
                required: true
              equals:
                description: The value that it must have.
                type: raw
                required: true
  accepted_risks:
    description:
      - Failed controls that are accepted, each until a date. From the next day, they count as failed again.
    type: list
    elements: dict
    default: []
    suboptions:
      id:
        description: The id of the control.
        type: str
        required: true
      baseline:
        description: The name of the baseline. By default, the control of every baseline.
        type: str
      object:
        description: The name of the object. By default, every object.
        type: str
      reason:
        description: Why it is accepted.
        type: str
        required: true
      until:
        description: The last day of the acceptance, for example V(2027-01-31).
        type: str
        required: true
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.info
notes:
  - Needs the Exchange roles C(View-Only Recipients) and C(View-Only Configuration), and no write permission.
seealso:
  - module: intune.exchange.mobile_device_mailbox_policy
  - module: intune.exchange.activesync_organization_settings
"""

EXAMPLES = r"""
- name: Audit the mailbox policies against a custom baseline
  intune.exchange.mobile_access_audit_info:
    baselines:
      - name: contoso
        controls:
          - id: lock
            title: Devices lock after five minutes
            setting: max_inactivity_time_lock
            at_most: "00:05:00"
          - id: length
            title: Passwords have six characters
            setting: min_password_length
            at_least: 6
            requires: {setting: password_enabled, equals: true}
    accepted_risks:
      - id: lock
        object: Warehouse scanners
        reason: Shared devices in a locked room
        until: "2027-01-31"
  register: judged
"""

RETURN = r"""
tenant_id:
  description: The tenant, as the option O(tenant_id) names it.
  returned: success
  type: str
  sample: contoso.com
baselines:
  description: The names of the baselines.
  returned: success
  type: list
  elements: str
  sample: [contoso]
controls:
  description: One result for each control and object.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the control.
      type: str
      returned: always
    title:
      description: The control in words.
      type: str
      returned: always
    baseline:
      description: Its baseline.
      type: str
      returned: always
    kind:
      description: The type of the object, by the module that manages it.
      type: str
      returned: always
    object:
      description: The name of the object; empty if none could be read.
      type: str
      returned: always
    severity:
      description: The severity of the control.
      type: str
      returned: always
    setting:
      description: The setting that was checked.
      type: str
      returned: always
    value:
      description: Its current value.
      type: raw
      returned: always
    expected:
      description: What the control requires, in words.
      type: str
      returned: always
    status:
      description: V(pass), V(fail), V(unknown) or V(not_applicable).
      type: str
      returned: always
    reason:
      description: Why it is V(unknown) or V(not_applicable).
      type: str
      returned: always
    affected_mailboxes:
      description: The number of mailboxes that use the object, or null if that could not be read.
      type: int
      returned: always
    accepted:
      description: The C(reason) and the last day (C(until)) of an accepted risk, or null.
      type: dict
      returned: always
    remediation:
      description: The task that fixes it, as YAML; empty unless it failed.
      type: str
      returned: always
  sample:
    - accepted: null
      affected_mailboxes: 12
      baseline: contoso
      expected: at most 00:05:00
      id: lock
      kind: mobile_device_mailbox_policy
      remediation: |
        - name: "Devices lock after five minutes"
          intune.exchange.mobile_device_mailbox_policy:
            name: "Default"
            max_inactivity_time_lock: "00:05:00"
      object: Default
      reason: ""
      severity: medium
      setting: max_inactivity_time_lock
      status: fail
      title: Devices lock after five minutes
      value: Unlimited
summary:
  description: The number of results with each status. Accepted risks count as C(accepted) only.
  returned: success
  type: dict
  sample: {accepted: 0, fail: 1, not_applicable: 1, pass: 0, unknown: 0}
compliant:
  description: Whether every failed control is accepted, and none is unknown.
  returned: success
  type: bool
  sample: false
ended_risks:
  description: The accepted risks that have expired.
  returned: success
  type: list
  elements: dict
  sample: []
unknown_risks:
  description: The accepted risks whose id is that of no control of these baselines, so that they accept nothing.
  returned: success
  type: list
  elements: dict
  sample: []
shortfalls:
  description:
    - A sentence for each result that is V(fail) or V(unknown) and not accepted, by severity and then by the number of
      the control.
  returned: success
  type: list
  elements: str
  sample:
    - >-
      lock The screen locks after five minutes: fail on Default, max_inactivity_time_lock is "00:15:00", expected
      at most 00:05:00 (medium severity, 12 mailboxes)
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "2 controls"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._mobile_access.audit import OPTIONS, audit

DECLARATION = Declaration(
    "judge mobile access",
    lambda tenant, params, check_mode: audit(tenant, params),
    OPTIONS,
    summary={"controls": "status"},
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
