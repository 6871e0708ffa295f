# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of this name in Ansible's worker where possible.

The module is imported here, before Ansible forks its workers: otherwise each of them would compile it again.
"""

from __future__ import annotations

from ..modules import management_role_info
from ..plugin_utils._runner import ActionModule

__all__ = ["ActionModule", "management_role_info"]
