# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage reports: a file of comma-separated values, behind a redirect."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import timedelta

from ..behaviours.table import implements
from ..odata.entities import RequestContext, Resource
from ..state.http_messages import Answer, Refusal

_PERIODS = ("D7", "D30", "D90", "D180")
MAIL_APPS = (
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
_WHO = (
    "Report Refresh Date",
    "User Principal Name",
    "Display Name",
    "Is Deleted",
    "Deleted Date",
    "Last Activity Date",
)


@implements("reports-redirect")
def email_app_usage(scene: RequestContext, resource: Resource) -> Answer:
    period = scene.keys[0]
    if period not in _PERIODS:
        raise Refusal(
            "reports-period", status=400, code="BadRequest", message=f"Invalid period value specified: {period}."
        )
    return Answer(302, "", {"Location": scene.publish(_file(scene, period)), "Content-Type": "text/plain"})


@implements("reports-file")
def _file(scene: RequestContext, period: str) -> str:
    """`reports.email_apps` of the description: the apps of each user. The report is two days old."""
    described = scene.tenant.description["reports"]
    refreshed = (scene.now - timedelta(days=2)).strftime("%Y-%m-%d")
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow((*_WHO, *MAIL_APPS, "Report Period"))
    for nickname, apps in described["email_apps"].items():
        name, display_name = (
            f"{nickname}@{scene.tenant.domain}",
            scene.tenant.description["users"][nickname]["displayName"],
        )
        if described["concealed"]:
            name, display_name = _concealed(name), _concealed(display_name)
        used = ["Undetermined" if app in apps else "" for app in MAIL_APPS]
        rows.writerow((refreshed, name, display_name, "False", "", refreshed, *used, period.removeprefix("D")))
    return text.getvalue()


@implements("reports-concealed")
def _concealed(name: str) -> str:
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest().upper()
