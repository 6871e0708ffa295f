# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of tenants: the state of the connector, its synchronization, quarantined devices."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

DOCUMENTATION = r"""
short_description: Events of the Exchange connector and of devices in quarantine
description:
  - Polls one or many tenants. Sends an event for each change of the state of the connector, for a synchronization that
    becomes stale or recovers, for each newly quarantined device, and for a tenant that can no longer be read or can be
    read again.
  - It reads only, by the functions of the modules M(intune.exchange.connector_info) and
    M(intune.exchange.mobile_device_info).
  - Each event has C(type), C(tenant) (its name), C(tenant_id) and C(tenant_options), the connection options of the
    tenant without secrets, which the playbooks of the collection take as a variable of this name.
  - "C(connector_state_changed): C(old) and C(new), each one of C(connected), C(pending), C(disconnected), C(missing),
    C(ambiguous) (several service-to-service connectors) and C(not_offered); C(evidence);
    C(connector_primary_smtp_address), which is O(account), or else what the connector is bound to."
  - "C(connector_sync_stale) and C(connector_sync_recovered): C(last_sync_date_time), C(last_sync_age_seconds),
    C(max_sync_age), C(connector_primary_smtp_address). Each comes once, and only while the connector is connected. One
    that has never synchronized is not called stale."
  - "C(device_quarantined): C(device) with C(guid), C(mailbox), C(user_display_name), C(device_id), C(device_type),
    C(device_model), C(device_os), C(client_type), C(device_access_state_reason), C(first_sync_time). It is sent again
    only if the device left quarantine in between."
  - "C(tenant_unreadable), once: C(kind), C(message), C(failures), C(next_look_seconds). C(tenant_readable) ends it."
  - "These fields may be passed as variables, since each has a fixed form and is null if the service returned anything
    else: C(type), C(tenant_id), C(old), C(new), C(kind), C(connector_primary_smtp_address) (letters, digits and
    C(. _ + & ~ -) before the C(@)), C(last_sync_date_time), C(last_sync_age_seconds), C(max_sync_age), C(failures),
    C(next_look_seconds), C(device.guid) and C(device.first_sync_time); and C(tenant_options), which are your own."
  - "All other fields are text for people: C(tenant), C(evidence), C(message), and the other ones of C(device). Anybody
    who can name a device or an account may have written them. Braces in them are replaced by parentheses, they are on
    one line, and nothing in them is evaluated. Show them, but do not pass them as variables, and do not use them to
    select what a playbook acts on."
  - A device without a valid GUID causes no event and is not remembered; the poll fails.
  - The events of a poll are remembered when ansible-rulebook accepts them, and written to O(state_file) after the poll
    and when ansible-rulebook stops in an orderly way. None of them is reported again, except after it was killed during
    a poll. Events that it had accepted but not handled when it ended are up to ansible-rulebook, which stores nothing
    by default.
requirements:
  - msal
  - requests >= 2.33
  - ansible-core in the Python of ansible-rulebook
options:
  tenants:
    description:
      - The tenants, as for the inventory plugin P(intune.exchange.tenants#inventory). Each has C(tenant_id) and may
        have C(name), C(account) and any connection option below.
      - By default, the only tenant is O(tenant_id).
    type: list
    elements: dict
  watch:
    description:
      - What to poll. V(connector) needs the permission C(DeviceManagementServiceConfig.Read.All), V(quarantine) the
        Exchange role C(View-Only Recipients).
      - V(quarantine) reads all devices of the tenant in each poll.
    type: list
    elements: str
    choices: [connector, quarantine]
    default: [connector, quarantine]
  account:
    description:
      - Primary SMTP address of the account that the connector is, or will be, bound to.
      - Events carry it, so one with other characters than C(connector_primary_smtp_address) may have is refused.
    type: str
  interval:
    description: Seconds between two polls of a tenant.
    type: int
    default: 300
  longest_interval:
    description:
      - After a failure the next poll is after O(interval), and each further consecutive failure doubles the interval,
        up to this many seconds. Other tenants are not affected.
      - If a service of the tenant asks to wait longer (C(Retry-After)), the next poll is after that.
    type: int
    default: 3600
  failures:
    description: >-
      The number of consecutive failures after which a tenant is reported as unreadable. One is enough if a service asks
      to wait longer than C(longest_interval).
    type: int
    default: 3
  max_sync_age:
    description: The age in seconds at which the last successful synchronization is stale, by the service's clock.
    type: int
    default: 93600
  report_present:
    description:
      - Whether the first poll of a tenant reports the existing state. By default it is only remembered, so only changes
        are events. With V(true) the state of the connector (with C(old) null), a stale synchronization and all devices
        in quarantine are events as well.
    type: bool
    default: false
  state_file:
    description:
      - A file with the reported state, so that a restart continues from it. It has ids of tenants and devices, but no
        secrets.
      - It is created with mode 0600, and replaced as a whole. A file that belongs to another user, is accessible to
        others, is a link, is invalid or is in use is refused. Each event source needs its own file. If somebody removes
        it and starts another one with it, the first one ends with its next poll.
      - Without it each start begins with a first poll.
    type: path
  concurrency:
    description: The maximum number of tenants that are read at the same time.
    type: int
    default: 32
  tenant_id:
    description: The only tenant, when there are no O(tenants). Read from E(AZURE_TENANT_ID) if not set.
    type: str
  timeout:
    description:
      - The maximum number of seconds for one poll of a tenant. Tenants whose last poll failed use at most half of
        O(concurrency) (all of it if that is V(1)), so those that keep hanging do not delay others. A tenant that begins
        to hang uses one place for this time.
      - Defaults to the environment variable E(INTUNE_EXCHANGE_TIMEOUT).
    type: int
    default: 300
notes:
  - The other options of the connection, such as O(client_id), O(client_secret), O(certificate_path) and O(ca_path), are
    those of the modules of the collection, with the same environment variables. V(device_code) is refused as
    O(auth_method), since it would need a person.
  - A secret in the environment of ansible-rulebook serves the event source and the playbooks that it starts.
"""

EXAMPLES = r"""
- name: Events of one tenant, which the environment names
  hosts: all
  sources:
    - intune.exchange.connector_status:
        state_file: /var/lib/intune-exchange/connector_status.json
  rules:
    - name: Show the event
      condition: event.type is defined
      action:
        print_event:

- name: Events of several tenants
  hosts: all
  sources:
    - intune.exchange.connector_status:
        client_id: 00000000-0000-0000-0000-000000000000
        certificate_path: /etc/intune-exchange/application.pem
        watch: [connector]
        interval: 900
        tenants:
          - tenant_id: contoso.com
            account: svc-intune-connector@contoso.com
          - tenant_id: 11111111-1111-1111-1111-111111111111
            name: fabrikam
  rules:
    - name: Validate the connector after a change
      condition: event.type == "connector_state_changed"
      action:
        run_playbook:
          name: intune.exchange.validate
          extra_vars:
            tenant_options: "{{ event.tenant_options }}"
            connector_primary_smtp_address: "{{ event.connector_primary_smtp_address }}"
"""


def _engine() -> Any:
    """The code of the collection that contains this file.

    ansible-rulebook runs this file by its path, so collections are not importable as packages. Ansible's own loader
    would make them so, but then ansible-rulebook can load no further plugin (1.3.2).
    """
    collection = ModuleType("intune_exchange")
    collection.__path__ = [str(Path(__file__).absolute().parents[4] / "plugins")]
    sys.modules.setdefault(collection.__name__, collection)
    return importlib.import_module("intune_exchange.plugin_utils._watch")


async def main(queue: Any, args: dict[str, Any]) -> None:
    """The entry point that ansible-rulebook calls."""
    await _engine().watch(args, queue.put)
