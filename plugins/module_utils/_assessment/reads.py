# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads that the assessment and the deadlines have in common."""

from __future__ import annotations

from .._client.graph import Read, odata
from .._core.errors import Purpose

# "Block legacy authentication" (MicrosoftDocs/entra-docs) names the protocols; these are the words that queries of the
# sign-in log in public repositories use for them. A word that no log has finds nothing.
_LEGACY = (
    "Authenticated SMTP",
    "AutoDiscover",
    "Exchange ActiveSync",
    "Exchange Online PowerShell",
    "Exchange Web Services",
    "IMAP4",
    "MAPI Over HTTP",
    "Offline Address Book",
    "Other clients",
    "Outlook Anywhere (RPC over HTTP)",
    "POP3",
    "Reporting Web Services",
)
READ_SIGN_IN_LOG = Purpose("read the sign-in log", "AuditLog.Read.All")
READ_LEGACY_SIGN_INS = Read(
    odata("auditLogs/signIns", filter=" or ".join(f"clientAppUsed eq '{one}'" for one in _LEGACY)), READ_SIGN_IN_LOG
)
READ_POLICIES = Read(
    "identity/conditionalAccess/policies", Purpose("read the Conditional Access policies", "Policy.Read.All")
)
READ_ORGANIZATION_CONFIG = Purpose("read the Exchange organization", "the Exchange role View-Only Configuration")
