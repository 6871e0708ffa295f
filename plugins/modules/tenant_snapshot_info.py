# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A snapshot of a tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_snapshot_info
short_description: Take a snapshot of everything that the collection manages or checks
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads in one task, several kinds of objects at a time, what this collection manages or checks in Microsoft Graph,
    Intune and Exchange Online. It writes nothing to the tenant.
  - What could not be read is listed with the reason, and is never taken for empty.
  - With O(path), the snapshot is written to a file, as the playbook C(intune.exchange.snapshot) does. Compare two files
    with P(intune.exchange.snapshot_diff#filter) or the playbook C(intune.exchange.compare).
  - A snapshot has no secrets, but, without O(pseudonymize), names, addresses and devices of people. The guide on
    snapshots lists what it does not hold, such as the sign-in log.
options:
  path:
    description:
      - The file to write, on the host where the task runs. It is written as a whole or not at all, with mode 0600.
      - An older snapshot of the same tenant is replaced. Nothing else is overwritten, such as the snapshot of another
        tenant, a pseudonymized one (which tenant it is of cannot be seen), or a file that is not a snapshot. With
        O(pseudonymize), nothing is overwritten at all.
      - If omitted, the snapshot is returned and no file is written. For a large tenant, set a file.
    type: path
  gather_statistics:
    description:
      - Also read the statistics of the mobile devices, such as the time of the last synchronization. This takes one
        request for each mailbox with a device.
    type: bool
    default: false
  pseudonymize:
    description:
      - Replace every name, address, domain and id by a random one, the same one everywhere in the snapshot, so that it
        can be shown to others. Nothing makes the original texts from it again, and two such snapshots of one tenant
        cannot be compared with each other.
      - Only what is known to be public stays, such as times, short numbers, products of Microsoft, built-in roles, and
        models of which every word is a known word of devices. By the times, two such snapshots can be recognized as
        those of one tenant.
    type: bool
    default: false
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
attributes:
  check_mode:
    support: full
    details:
      - Reads the tenant and does not write the file. A file that would not be overwritten fails the task here as well.
  diff_mode:
    support: none
    details:
      - A snapshot is as large as the tenant.
notes:
  - Needs the Microsoft Graph application permissions C(DeviceManagementApps.Read.All),
    C(DeviceManagementConfiguration.Read.All), C(DeviceManagementManagedDevices.Read.All),
    C(DeviceManagementServiceConfig.Read.All), C(GroupMember.Read.All), C(Organization.Read.All), C(Policy.Read.All),
    C(RoleManagement.Read.Directory) and C(User.Read.All), and the Exchange roles C(View-Only Configuration),
    C(View-Only Recipients) and, for the service principals, C(Role Management). With fewer, it reads what it may and
    reports the rest.
seealso:
  - plugin: intune.exchange.snapshot_diff
    plugin_type: filter
  - module: intune.exchange.mobile_access_assessment_info
"""

EXAMPLES = r"""
- name: Take a snapshot of the tenant
  intune.exchange.tenant_snapshot_info:
    path: contoso.yml
  register: snapshot

- name: Report what is not in the snapshot
  ansible.builtin.debug:
    msg: "{{ snapshot.not_read | items2dict(key_name='title', value_name='reason') }}"

- name: Take one to show to others, with the statistics of the devices
  intune.exchange.tenant_snapshot_info:
    path: shown.yml
    gather_statistics: true
    pseudonymize: true
"""

RETURN = r"""
snapshot:
  description:
    - The snapshot in the form of the file. Null if O(path) is given.
    - C(objects) has the objects by kind, with the property names of Microsoft Graph and Exchange.
  returned: success
  type: dict
  sample:
    format: intune.exchange.snapshot
    version: 1
    taken_at: "2026-11-29T08:00:00Z"
    pseudonymized: false
    tenant: {id: 5a4e1f7c-1d4a-4f8e-9b1d-2f2f4f6a7b80, name: Contoso}
    objects: {mdm_authority: [{authority: intune}]}
    not_read: {}
path:
  description: The file, if O(path) is given.
  returned: success
  type: str
  sample: contoso.yml
counts:
  description: How many objects of each kind the snapshot holds.
  returned: success
  type: dict
  sample: {mobile_devices: 25000, users: 2000}
not_read:
  description: The kinds of objects that are not in the snapshot.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: The kind, as in C(snapshot.objects).
      type: str
      returned: always
    title:
      description: The kind in words.
      type: str
      returned: always
    reason:
      description: Why it could not be read, and the next step.
      type: str
      returned: always
    error:
      description: The kind of the error, as in C(error.kind) of other modules, or V(not_asked) for statistics.
      type: str
      returned: always
    response:
      description: C(status), C(code) and C(message) of the service's response.
      type: dict
      returned: if the service responded
not_read_reasons:
  description: The reasons of C(not_read), each once. Several kinds often lack the same permission.
  returned: success
  type: list
  elements: dict
  contains:
    titles:
      description: The kinds in words.
      type: list
      elements: str
      returned: always
    reason:
      description: Why they could not be read, without what differs between the kinds.
      type: str
      returned: always
progress:
  description: Progress messages while the statistics are read, and of a snapshot that takes long.
  returned: when the task waited
  type: list
  elements: str
  sample: ["statistics of 100 of 1800 mailboxes are read"]
summary_text:
  description: The result in a few lines, for people.
  returned: success
  type: str
  sample: "0 not read"
error:
  description: The error, as M(intune.exchange.connector) describes it.
  returned: failure
  type: dict
  sample: {kind: forbidden}
"""

from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration
from ..module_utils._snapshot.snapshot import OPTIONS, take_snapshot

DECLARATION = Declaration("take a snapshot", take_snapshot, OPTIONS, summary={"not_read": "title"})


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
