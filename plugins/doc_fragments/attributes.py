# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ready-made blocks of attributes."""

from __future__ import annotations


class ModuleDocFragment:
    # What every module has
    DOCUMENTATION = r"""
attributes:
  action:
    description: Has an action plugin, which runs the task on the control node.
    support: full
    details:
      - A task runs inside Ansible's worker if possible, and otherwise as a module process on the target, for example
        with C(async) or with C(delegate_to) another host. The result is the same.
  action_group:
    description: Use C(group/intune.exchange.tenant) in C(module_defaults) to set the connection options once.
    support: full
    membership:
      - intune.exchange.tenant
  async:
    description: Supports the keyword C(async).
    support: full
  check_mode:
    description: Can run in check mode without writing anything.
  diff_mode:
    description: Shows what it changes, or would change, in diff mode.
  platform:
    description: The services of this collection. The description of the module names those that it reads or manages.
    support: full
    platforms: Microsoft Entra, Microsoft Intune, Exchange Online
options: {}
"""

    RESOURCE = r"""
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
options: {}
"""

    INFO = r"""
attributes:
  check_mode:
    support: full
    details:
      - This module only reads.
  diff_mode:
    support: N/A
    details:
      - This module changes nothing.
options: {}
"""

    ACTION = r"""
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details:
      - The module sends a request, and does not compare states before and after it.
options: {}
"""
