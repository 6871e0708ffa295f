# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files of a folder a playbook would overwrite."""

from __future__ import annotations

DOCUMENTATION = r"""
name: written_files
short_description: List the files that a playbook would overwrite
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - A playbook that writes files into a folder must overwrite none that somebody else wrote.
  - The files are on the control node.
options:
  _terms:
    description: The paths of the files to write, relative to O(folder).
    type: list
    elements: str
    required: true
  folder:
    description: The folder, which need not exist. A relative path is relative to the working directory.
    type: str
    required: true
  marker:
    description: The beginning of one of the first five lines of each file that the playbook writes.
    type: str
    required: true
  contents:
    description: What is to be written, by the path in O(_terms).
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Refuse to overwrite files that no export wrote
  ansible.builtin.assert:
    that: found.foreign | length == 0
    fail_msg: "{{ found.foreign | join(', ') }} was not written by an export."
  vars:
    found: "{{ lookup('intune.exchange.written_files', 'apply.yml', folder='contoso', marker='# By us') }}"
"""

RETURN = r"""
_raw:
  description: One dictionary.
  type: list
  elements: dict
  contains:
    foreign:
      description: The absolute paths of existing files without the marker, and of those that cannot be read.
      type: list
      elements: str
    different:
      description: Which of O(_terms) do not exist, cannot be read, or differ from O(contents).
      type: list
      elements: str
  sample:
    - foreign: []
      different: [vars/contoso.yml]
"""

import os
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..module_utils._core.private_file import read_file
from ..module_utils._core.targets import is_blank

_FIRST_LINES = 5
_LARGEST = 256 * 1024 * 1024  # bytes


class LookupModule(LookupBase):
    """The lookup of this file."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[dict[str, list[str]]]:
        self.set_options(var_options=variables, direct=kwargs)
        folder, marker = str(self.get_option("folder")), str(self.get_option("marker"))
        if is_blank(folder) or is_blank(marker):
            raise AnsibleLookupError("written_files needs a folder and a marker that are not blank")
        contents = self.get_option("contents") or {}
        found: dict[str, list[str]] = {"foreign": [], "different": []}
        for name in terms:
            path = os.path.join(os.path.realpath(folder), name)
            text = _text(path)
            if os.path.lexists(path) and not _is_marked(text, marker):
                found["foreign"].append(path)
            if text is None or (name in contents and text != contents[name]):
                found["different"].append(name)
        return [found]


def _is_marked(text: str | None, marker: str) -> bool:
    return text is not None and any(line.startswith(marker) for line in text.splitlines()[:_FIRST_LINES])


def _text(path: str) -> str | None:
    try:
        return read_file(path, _LARGEST).decode()
    except (OSError, ValueError):  # not a file, too large, or not UTF-8
        return None
