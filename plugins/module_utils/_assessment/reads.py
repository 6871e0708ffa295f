# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads that the assessment and the deadlines have in common."""

from __future__ import annotations

from .._client.graph import Read
from .._core.errors import Purpose

READ_POLICIES = Read(
    "identity/conditionalAccess/policies", Purpose("read the Conditional Access policies", "Policy.Read.All")
)
READ_ORGANIZATION_CONFIG = Purpose("read the Exchange organization", "the Exchange role View-Only Configuration")
