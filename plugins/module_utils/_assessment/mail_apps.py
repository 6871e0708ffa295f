# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which apps people use for mail: the usage report of Microsoft 365, which replaces the connector's.

A report may conceal names, which is the default in a tenant; the counts are the same.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.text import fit
from .._engine.tenant import Tenant

READ_MAIL_APPS = Purpose("read the report of the mail apps", "Reports.Read.All")
_WHO = "User Principal Name"
_APPS = (
    "Mail For Mac",
    "Outlook For Mac",
    "Outlook For Windows",
    "Outlook For Mobile",
    "Other For Mobile",
    "Outlook For Web",
    "POP3 App",
    "IMAP4 App",
    "SMTP App",
)


def read_mail_apps(tenant: Tenant) -> dict[str, Any]:
    """How many people used each app in 30 days, and who used a mobile app other than Outlook."""
    content = tenant.graph.download("reports/getEmailAppUsageUserDetail(period='D30')", READ_MAIL_APPS)
    try:
        table = csv.DictReader(io.StringIO(fit(content.decode("utf-8-sig")), newline=""))
        if not {_WHO, *_APPS} <= set(table.fieldnames or ()):
            raise ValueError("it lacks columns that are documented")
        rows = list(table)
        if any(row[column] is None for row in rows for column in (_WHO, *_APPS)):
            raise ValueError("a line of it is too short")
    except (UnicodeDecodeError, ValueError, csv.Error) as error:
        problem = f"the report is not the documented file ({error})"
        raise TenantError("protocol", problem, READ_MAIL_APPS.action, tenant.label) from error
    others = sorted(row[_WHO] for row in rows if row["Other For Mobile"])
    return {
        "people": len(rows),
        "apps": {app: sum(1 for row in rows if row[app]) for app in _APPS},
        "other_mobile": others,
        "smtp": sorted(row[_WHO] for row in rows if row["SMTP App"]),
        "concealed": any("@" not in row[_WHO] for row in rows),
    }
