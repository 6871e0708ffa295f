# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A snapshot as a playbook with variables that brings a tenant to the same state."""

from __future__ import annotations

DOCUMENTATION = r"""
name: snapshot_export
short_description: Turn a snapshot of a tenant into a playbook with variables
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Writes what modules of this collection can create or change in a snapshot of M(intune.exchange.tenant_snapshot_info)
    as their options, in files of variables with comments, and a playbook that applies them. Run against the tenant from
    which the snapshot was taken, the playbook changes nothing.
  - What cannot be expressed is listed with the reason, in the playbook and in the file that it belongs to.
  - The result has no secrets, since a snapshot has none. Text of the tenant is never a template in it.
options:
  _input:
    description: The snapshot, as its file or as the module returned it.
    type: raw
    required: true
seealso:
  - module: intune.exchange.tenant_snapshot_info
  - plugin: intune.exchange.snapshot_diff
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Take a snapshot
  intune.exchange.tenant_snapshot_info:
  register: taken

- name: Show the files of an export
  ansible.builtin.debug:
    msg: "{{ (taken.snapshot | intune.exchange.snapshot_export).files | list }}"

- name: Show what is in it, and what is not
  ansible.builtin.debug:
    msg: "{{ (taken.snapshot | intune.exchange.snapshot_export).summary }}"
"""

RETURN = r"""
_value:
  description: The export.
  type: dict
  contains:
    files:
      description: The text of each file by its path, the playbook C(apply.yml) last.
      type: dict
    summary:
      description: Lines that say what is in the export, and what is not.
      type: list
      elements: str
  sample:
    files:
      vars/device_access_rules.yml: "---\n..."
      apply.yml: "---\n..."
    summary: ["Device access rules: 3 objects"]
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.errors import OF_ANSWERS, TenantError
from ..plugin_utils._trust import as_data


def snapshot_export(snapshot: Any) -> Any:
    """The files and the summary. Raises AnsibleFilterError for anything but a snapshot."""
    # Here, since Ansible imports all filters of a collection with the first that is used, in each worker anew.
    from ..plugin_utils._export_files import export_text
    from ..plugin_utils._snapshot_file import other_form, snapshot_of

    try:
        whole = snapshot_of(snapshot, "the snapshot")
        try:
            return as_data(export_text(whole))
        except OF_ANSWERS as error:
            raise other_form(error) from error
    except TenantError as error:
        raise AnsibleFilterError(f"Could not export the snapshot: {error}") from None


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"snapshot_export": snapshot_export}
