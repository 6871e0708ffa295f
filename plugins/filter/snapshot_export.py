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
  format:
    description:
      - V(files) for the text of each file by its path, the playbook C(apply.yml) last; V(summary) for lines that say
        what is in the export and what is not.
    type: str
    choices: [files, summary]
    default: files
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
    msg: "{{ taken.snapshot | intune.exchange.snapshot_export | list }}"

- name: Show what is in it, and what is not
  ansible.builtin.debug:
    msg: "{{ taken.snapshot | intune.exchange.snapshot_export(format='summary') }}"
"""

RETURN = r"""
_value:
  description:
    - By path, the text of a file; with O(format=summary), a list of lines.
  type: raw
  sample:
    vars/device_access_rules.yml: "---\n..."
    apply.yml: "---\n..."
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.errors import OF_ANSWERS, TenantError
from ..plugin_utils._export_files import files_of, summary_of
from ..plugin_utils._snapshot_file import other_form, snapshot_of
from ..plugin_utils._trust import as_data

_FORMATS: dict[str, Callable[[Mapping[str, Any]], Any]] = {"files": files_of, "summary": summary_of}


def snapshot_export(snapshot: Any, format: str = "files") -> Any:
    """The files or the summary. Raises AnsibleFilterError for anything but a snapshot."""
    if format not in _FORMATS:
        raise AnsibleFilterError(f"snapshot_export has no format {format}: use {', '.join(_FORMATS)}")
    try:
        whole = snapshot_of(snapshot, "the snapshot")
        try:
            return as_data(_FORMATS[format](whole))
        except OF_ANSWERS as error:
            raise other_form(error) from error
    except TenantError as error:
        raise AnsibleFilterError(f"Could not export the snapshot: {error}") from None


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"snapshot_export": snapshot_export}
