# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dates on which Microsoft ends a way to reach mail: the one table that all code and documentation uses.

A new notice is one row, and one detector of the same id in deadline_detectors.py.
"""

from __future__ import annotations

from dataclasses import dataclass

_BLOG = "https://techcommunity.microsoft.com/blog/exchange"
_EWS = f"{_BLOG}/exchange-online-ews-your-time-is-almost-up/4492361"
_ENTRA = "https://learn.microsoft.com/entra/identity/conditional-access"


@dataclass(frozen=True)
class Deadline:
    """`certainty` is the best possible one: `exact`, `likely` or `cannot_be_told`; a tenant may have less data."""

    id: str
    title: str
    date: str
    ends: str
    detected_by: str
    certainty: str
    needs: tuple[str, ...]
    next_step: str
    source: str


DEADLINES = (
    Deadline(
        "eas_version",
        "Exchange ActiveSync below version 16.1",
        "2026-03-01",
        "Exchange Online refuses devices that speak a version of Exchange ActiveSync below 16.1.",
        "The version that Exchange Online lists for each device",
        "exact",
        ("the Exchange role View-Only Recipients",),
        "Update the mail app or the operating system of these devices, or move the people to Outlook",
        "https://office365itpros.com/2025/12/16/exchange-activesync-161 (message center MC1197103)",
    ),
    Deadline(
        "approved_client_app",
        "Conditional Access: approved client app",
        "2026-06-30",
        "The grant control for approved client apps demands nothing anymore. Nobody loses mail; a policy that demands "
        "only this protects nothing.",
        "Enabled policies that demand an approved client app and nothing else",
        "exact",
        ("Policy.Read.All",),
        "Demand app protection (compliantApplication) in these policies",
        f"{_ENTRA}/migrate-approved-client-app",
    ),
    Deadline(
        "all_resources",
        "Conditional Access: policies for all resources with exclusions",
        "2026-08-15",
        "Policies for all resources that exclude some also bind sign-ins that ask only for baseline scopes. The "
        "rollout began on 15 June 2026 and ended in the middle of August.",
        "Enabled policies for all resources with exclusions; which apps ask only for baseline scopes shows nowhere",
        "likely",
        ("Policy.Read.All",),
        "Check in the sign-in log which apps fail since June, and whether people can meet what the policies demand",
        f"{_ENTRA}/concept-enforcement-resource-exclusions (message center MC1223829)",
    ),
    Deadline(
        "ews_blocked",
        "Exchange Web Services: blocked by default",
        "2026-10-01",
        "Exchange Online blocks Exchange Web Services, tenant after tenant, unless the organization allowed them with "
        "a list of apps, which its administrators or Microsoft wrote.",
        "Sign-ins that name Exchange Web Services; apps with modern authentication do not name the protocol",
        "likely",
        ("AuditLog.Read.All and a licence for Microsoft Entra ID P1", "the Exchange role View-Only Configuration"),
        "Move these apps to Microsoft Graph; until April 2027, an allow list of app ids can let them in",
        _EWS,
    ),
    Deadline(
        "eas_certificates",
        "Exchange ActiveSync: certificates straight to Exchange Online",
        "2026-12-31",
        "Exchange Online takes no client certificates from Exchange ActiveSync devices anymore. Certificates that "
        "Microsoft Entra checks keep working.",
        "Devices that synchronize while Microsoft Entra saw no successful sign-in of a mail app by their user in 30 "
        "days",
        "likely",
        ("AuditLog.Read.All and a licence for Microsoft Entra ID P1", "the Exchange role View-Only Recipients"),
        "Look for email profiles with a certificate in the device management, and move these people to Outlook, or to "
        "certificates that Microsoft Entra checks",
        "https://petri.com/microsoft-retire-exchange-activesync-certificate-authentication/ (Exchange Team, May 2026)",
    ),
    Deadline(
        "smtp_basic",
        "SMTP AUTH with a password",
        "2026-12-31",
        "Exchange Online turns basic authentication for SMTP AUTH off by default at the end of December 2026. An "
        "administrator can turn it on again until a date that Microsoft announces in 2027.",
        "Sign-ins that name authenticated SMTP, and the report of the mail apps, which does not tell passwords from "
        "modern authentication",
        "likely",
        ("AuditLog.Read.All and a licence for Microsoft Entra ID P1", "Reports.Read.All"),
        "Read in the SMTP AUTH report of the Exchange admin center who sends with a password. Move these devices and "
        "apps to modern authentication, to an SMTP relay by connector, or to another service",
        f"{_BLOG}/updated-exchange-online-smtp-auth-basic-authentication-deprecation-timeline/4489835",
    ),
    Deadline(
        "ews_off",
        "Exchange Web Services: off for good",
        "2027-04-01",
        "Exchange Online removes Exchange Web Services. No setting brings them back.",
        "Sign-ins that name Exchange Web Services, and the switch of the organization",
        "likely",
        ("AuditLog.Read.All and a licence for Microsoft Entra ID P1", "the Exchange role View-Only Configuration"),
        "Move these apps to Microsoft Graph",
        _EWS,
    ),
)


def date_of(deadline: str) -> str:
    """The date of a deadline, such as 2026-12-31."""
    return next(one.date for one in DEADLINES if one.id == deadline)
