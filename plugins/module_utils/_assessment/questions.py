# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tenant without the connector is asked: a title, the reads that it needs, the judge and its source."""

from __future__ import annotations

from functools import partial

from .._connector import requirement_verdicts as tenant
from .._core.verdict import Requirement
from . import access
from . import checks as check

_GRAPH = "Microsoft Graph v1.0"
_ACCESS = "Microsoft Entra, Conditional Access: Conditions, Grant, Users"
_MAIL = "Microsoft Exchange Online PowerShell"
_PEOPLE = ("coverage", "people", "emergency_accounts")
_BESIDE = ("policy_plans", "security_defaults", "what_if")

QUESTIONS = (
    Requirement(
        "leftover_connector",
        "No connector is left over",
        ("connectors",),
        check.leftover_connector,
        f"{_GRAPH}, exchangeConnectors",
        {"not_offered": check.no_connector},
    ),
    Requirement(
        "mdm_authority",
        "The mobile device management authority is Intune",
        ("authority",),
        tenant.mdm_authority,
        f"{_GRAPH}, organization; Maester MT.1105",
    ),
    Requirement(
        "intune_subscription",
        "The tenant has an active Intune subscription",
        ("intune", "skus"),
        tenant.intune_subscription,
        f"{_GRAPH}, deviceManagement and subscribedSkus",
        {"no_intune_licence": tenant.no_intune},
    ),
    Requirement(
        "secure_by_default",
        "Devices without a compliance policy are not compliant",
        ("intune",),
        check.secure_by_default,
        f"{_GRAPH}, deviceManagementSettings; CIS Microsoft 365 7.0.0, 4.1",
    ),
    Requirement(
        "compliance_policies",
        "Compliance policies for iOS and Android are assigned",
        ("compliance_policies", "assignments"),
        check.compliance_policies,
        f"{_GRAPH}, deviceCompliancePolicies",
    ),
    Requirement(
        "app_protection",
        "App protection covers Outlook where Conditional Access asks for it",
        ("protections", "assignments"),
        check.app_protection,
        f"{_GRAPH}, iosManagedAppProtections and androidManagedAppProtections",
        may_fail=("policies",),
    ),
    Requirement(
        "modern_clients",
        "Mail apps on iOS and Android need a compliant device or app protection",
        _PEOPLE,
        partial(access.judged, "modern_clients"),
        _ACCESS,
        may_fail=_BESIDE,
    ),
    Requirement(
        "browser_on_phones",
        "Outlook on the web in browsers of iOS and Android needs a compliant device or app protection",
        _PEOPLE,
        partial(access.judged, "browser_on_phones"),
        f"{_ACCESS}; Require approved client apps or app protection policy",
        may_fail=_BESIDE,
    ),
    Requirement(
        "unknown_platforms",
        "Mail apps and browsers on platforms that Conditional Access does not recognize are blocked",
        _PEOPLE,
        partial(access.judged, "unknown_platforms"),
        "Microsoft Entra, Block access for unknown or unsupported device platform; prowler, M365",
        may_fail=_BESIDE,
    ),
    Requirement(
        "approved_application",
        "No policy rests on the approved client app alone",
        ("policies",),
        access.approved_application_alone,
        "Microsoft Entra, Migrate approved client app to application protection policy",
    ),
    Requirement(
        "eas_bound",
        "Exchange ActiveSync is blocked, or needs a compliant device",
        _PEOPLE,
        partial(access.judged, "eas"),
        _ACCESS,
        may_fail=_BESIDE,
    ),
    Requirement(
        "eas_with_desktop",
        "No policy for Exchange ActiveSync covers desktop apps on any platform",
        ("policies",),
        access.eas_with_desktop,
        "MicrosoftDocs/memdocs issue 3728",
    ),
    Requirement(
        "eas_devices",
        "Exchange ActiveSync devices are recent, and let in by a decision",
        ("devices", "settings"),
        check.eas_devices,
        f"{_MAIL}, Get-MobileDevice; message center MC1197103",
    ),
    Requirement(
        "eas_certificates",
        "No Exchange ActiveSync device signs in with a certificate straight to Exchange Online",
        ("devices",),
        check.eas_certificates,
        "Exchange Team, Retirement of certificate-based authentication for Exchange ActiveSync, May 2026",
    ),
    Requirement(
        "legacy_sign_ins",
        "Nobody signs in with a legacy client",
        ("sign_ins",),
        check.legacy_sign_ins,
        f"{_GRAPH} and beta, signIn; Block legacy authentication",
        {"forbidden": check.sign_ins_refused},
        ("background_sign_ins",),
    ),
    Requirement(
        "mail_apps",
        "Mail on phones is opened with Outlook",
        ("mail_apps",),
        check.mail_apps,
        f"{_GRAPH}, getEmailAppUsageUserDetail",
    ),
    Requirement(
        "organization_access",
        "The default and the device access rules let Outlook in",
        ("settings", "rules"),
        check.organization_access,
        f"{_MAIL}, Get-ActiveSyncOrganizationSettings and Get-ActiveSyncDeviceAccessRule",
    ),
    Requirement(
        "mailbox_switches",
        "The switches of the mailboxes agree with the plans",
        ("mailboxes", "plans"),
        check.mailbox_switches,
        f"{_MAIL}, Get-CASMailbox and Get-CASMailboxPlan",
    ),
    Requirement(
        "legacy_blocked",
        "Exchange ActiveSync and other legacy clients are blocked for all applications",
        _PEOPLE,
        partial(access.judged, "legacy_blocked"),
        "CIS Microsoft 365 7.0.0, 5.2.2.3; CISA MS.AAD.1.1v1",
        may_fail=_BESIDE,
    ),
    Requirement(
        "device_required",
        "All applications need a compliant or hybrid-joined device",
        _PEOPLE,
        partial(access.judged, "device_required"),
        "CIS Microsoft 365 7.0.0, 5.2.2.9; CISA MS.AAD.3.7v1",
        may_fail=_BESIDE,
    ),
    Requirement(
        "modern_authentication",
        "Modern authentication is on in Exchange Online",
        ("exchange",),
        check.modern_authentication,
        "CIS Microsoft 365 7.0.0, 6.5.1",
    ),
)
