# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment variables that a playbook gets in a rehearsal."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rehearsal_environment
short_description: List the environment variables that a rehearsed playbook gets
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - A playbook that runs on a copy of a tenant must not have a credential of the real tenant in reach.
  - Only variables that a terminal, Python and Ansible need are listed, and none whose name speaks of a secret.
options: {}
"""

EXAMPLES = r"""
- name: Show what a rehearsed playbook would get
  ansible.builtin.debug:
    msg: "{{ query('intune.exchange.rehearsal_environment') }}"
"""

RETURN = r"""
_list:
  description: The variables, each as C(NAME=VALUE), by name.
  type: list
  elements: str
  sample: [HOME=/home/adele, LANG=C.UTF-8]
"""

import os
import re
from typing import Any

from ansible.plugins.lookup import LookupBase

_NEEDED = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|TERM|TMPDIR|TZ|LANG|LC_[A-Z]+|VIRTUAL_ENV|PYTHONPATH|COLUMNS|ANSIBLE_[A-Z0-9_]+"
)
# Such as ANSIBLE_VAULT_PASSWORD_FILE and ANSIBLE_PRIVATE_KEY_FILE.
_SECRET = re.compile(r"VAULT|PASS|SECRET|TOKEN|CREDENTIAL|KEY_FILE|_KEY$")


class LookupModule(LookupBase):
    """The lookup of this file."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[str]:
        return [
            f"{name}={value}"
            for name, value in sorted(os.environ.items())
            if _NEEDED.fullmatch(name) and not _SECRET.search(name)
        ]
