# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a policy whose name in Microsoft Graph says little; `conditionalAccessPolicyState`."""

from __future__ import annotations

REPORT_ONLY = "enabledForReportingButNotEnforced"
