# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-ins of legacy clients, interactive ones from v1.0 of the log and the others from beta.

"Block legacy authentication" (MicrosoftDocs/entra-docs) has both lists looked up before such clients are blocked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from .._client.graph import Read, odata
from .._core.read_result import ReadResult
from .._core.text import counted
from .._core.verdict import unread
from .._engine.tenant import Tenant
from .._rehearsal.sign_in_log import NON_INTERACTIVE, READ_SIGN_INS, SignInLog, since
from .._rehearsal.sign_in_record import LEGACY_CLIENTS

LOG_DAYS = 30  # as long as the log goes back
_CLIENTS = "(" + " or ".join(f"clientAppUsed eq '{one}'" for one in LEGACY_CLIENTS) + ")"
MOST_BACKGROUND = 10_000  # ten pages, and two times the limit of requests for the log in ten seconds
_FIELDS = ("userId", "userPrincipalName", "clientAppUsed", "status", "conditionalAccessStatus")


@dataclass(frozen=True)
class Background:
    """Non-interactive sign-ins of legacy clients, the latest first; `whole` is false where there are more."""

    sign_ins: Sequence[Mapping[str, Any]]
    whole: bool = True


def interactive(now: datetime) -> Read:
    wanted = f"{since(now, LOG_DAYS)} and {_CLIENTS}"
    return Read(odata("auditLogs/signIns", filter=wanted), READ_SIGN_INS)


def read_background(tenant: Tenant) -> Background:
    """Raises `TenantError`."""
    records = SignInLog(tenant, LOG_DAYS, None).records(NON_INTERACTIVE, _CLIENTS)
    found = [{name: one.get(name) for name in _FIELDS} for one in islice(records, MOST_BACKGROUND + 1)]
    return Background(found[:MOST_BACKGROUND], len(found) <= MOST_BACKGROUND)


def both(sign_ins: ReadResult[Any], background: ReadResult[Background]) -> list[Mapping[str, Any]]:
    """What could be read of either list."""
    return [*sign_ins.or_else([]), *background.map(lambda one: one.sign_ins).or_else([])]


def left_out(background: ReadResult[Background]) -> str:
    """What of the non-interactive sign-ins was not read, in words; empty where all were."""
    if background.error is not None:
        return f"non-interactive sign-ins are left out: {unread(background.error).evidence}"
    if not background.value.whole:
        return f"only the latest {counted(MOST_BACKGROUND, 'non-interactive sign-in')} were read"
    return ""
