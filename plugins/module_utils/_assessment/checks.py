# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assess Intune, Exchange Online and the logs of a tenant without the connector. Pure functions: no I/O, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._core.errors import TenantError
from .._core.read_result import ReadResult
from .._core.resource import normalize_case
from .._core.targets import first_names
from .._core.text import counted
from .._core.verdict import Verdict, met, unknown, unmet, unread
from .._mobile_access.access_decision import OrganizationAccess, decide
from .._mobile_devices.devices import below_minimum
from .._rehearsal.sign_in_record import called, failed_otherwise, stopped_by_policies
from .access import demands_app_protection
from .app_protection import covering, described, included
from .deadline_table import date_of
from .legacy_log import LOG_DAYS, Background, both, left_out

Records = Sequence[Mapping[str, Any]]
OUTLOOK = {
    "ClientType": "Outlook",
    "DeviceModel": "Outlook for iOS and Android",
    "DeviceType": "Outlook",
}
_PUSHED = (True, False)
_MOBILE = {"ActiveSyncEnabled": "Exchange ActiveSync", "ImapEnabled": "IMAP", "PopEnabled": "POP"}

_DEVICE_ADMINISTRATOR = "androidcompliancepolicy"


def no_connector(error: TenantError) -> Verdict:
    return met(f"the tenant offers no Exchange connectors ({error.answer})")


def leftover_connector(connectors: Records) -> Verdict:
    if connectors:
        kinds = Counter(str(one.get("exchangeConnectorType")) for one in connectors)
        listed = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
        return unmet(f"Intune still lists Exchange connectors: {listed}", "Remove them with intune.exchange.connector")
    return met("Intune lists no Exchange connector")


def secure_by_default(intune: Mapping[str, Any]) -> Verdict:
    value = (intune.get("settings") or {}).get("secureByDefault")
    if value is None:
        return unknown("Intune did not return the setting secureByDefault", "Look it up in Intune, Compliance settings")
    if not isinstance(value, bool):
        return unknown(
            "Intune returned neither true nor false for the setting secureByDefault",
            "Look it up in Intune, Compliance settings",
        )
    if value:
        return met("devices without a compliance policy count as not compliant")
    return unmet(
        "devices without a compliance policy count as compliant",
        "Set 'Mark devices with no compliance policy assigned as' to Not compliant in Intune",
    )


def compliance_policies(policies: Records, assignments: Mapping[str, ReadResult[Any]]) -> Verdict:
    """By policy type; v1.0 has no policy type for corporate-owned Android devices.

    A policy for Android device administrator does not count: its support ended for devices with Google Mobile Services
    ("Device compliance settings for Android device administrator in Intune").
    """
    platforms = {"iOS": "ios", "Android": "android"}
    found: dict[str, list[str]] = {name: [] for name in platforms}
    ended: list[str] = []
    for policy in policies:
        assigned = assignments[str(policy["id"])]
        if assigned.error is not None:
            return unread(assigned.error)
        kind = normalize_case(str(policy.get("@odata.type")).rpartition(".")[2])
        for name, start in platforms.items():
            if kind.startswith(start) and included(assigned.value):
                (ended if kind == _DEVICE_ADMINISTRATOR else found[name]).append(str(policy.get("displayName")))
    missing = [name for name, names in found.items() if not names]
    evidence = "; ".join(f"{name}: {', '.join(map(repr, names)) or 'none'}" for name, names in found.items())
    if ended:
        evidence += (
            f". {', '.join(map(repr, ended))} {'counts' if len(ended) == 1 else 'count'} for nothing here: support for "
            "Android device administrator ended on 2024-12-31 for devices with Google Mobile Services"
        )
    if missing:
        return unmet(
            f"assigned compliance policies: {evidence}", f"Assign a compliance policy for {' and '.join(missing)}"
        )
    return met(f"assigned compliance policies: {evidence}")


def app_protection(
    protections: Mapping[str, Any], parts: Mapping[str, ReadResult[Any]], policies: ReadResult[Records]
) -> Verdict:
    """The apps protected by what Conditional Access requires must exist, or people are locked out."""
    try:
        found = covering(described(protections, parts))
    except TenantError as error:
        return unread(error)
    missing = [name for name, names in found.items() if not names]
    evidence = "app protection that covers Outlook: " + "; ".join(
        f"{name}: {', '.join(map(repr, names)) or 'none'}" for name, names in found.items()
    )
    if not missing:
        return met(evidence)
    step = f"Assign an app protection policy that covers Outlook for {' and '.join(missing)}"
    if policies.error is not None:
        step = policies.error.next_step
        return unknown(f"{evidence}; whether Conditional Access demands it could not be read", step)
    if demands_app_protection(policies.value):
        return unmet(f"{evidence}; Conditional Access asks for it, so people may be locked out", step)
    return Verdict("not_applicable", f"{evidence}; no enabled policy of Conditional Access asks for it", step)


def eas_devices(devices: Records, settings: Records) -> Verdict:
    eas = [one for one in devices if one.get("ClientType") == "EAS"]
    if not eas:
        return met("no Exchange ActiveSync device is listed")
    old = [one for one in eas if below_minimum(dict(one))]
    default = _default(settings)
    by_default = [one for one in eas if one.get("DeviceAccessStateReason") == "Global"]
    free = by_default if default == "Allow" else []
    reasons = Counter(f"{one.get('DeviceAccessState')} by {one.get('DeviceAccessStateReason')}" for one in eas)
    evidence = (
        f"{counted(len(eas), 'Exchange ActiveSync device')}: {', '.join(f'{n} {what}' for what, n in reasons.items())}"
    )
    silent = sum(1 for one in eas if below_minimum(dict(one)) is None)
    if silent:
        evidence += f"; {silent} without a version, which Exchange Online may refuse"
    if by_default and not default:
        evidence += "; Exchange Online did not return the default access level"
    if not old and not free:
        step = "Run Get-MobileDevice for these devices, and move their owners to Outlook" if silent else "Run again"
        return unknown(evidence, step) if silent or (by_default and not default) else met(evidence)
    findings = [f"{len(old)} below version 16.1, which Exchange Online refuses"] if old else []
    findings += [f"{len(free)} let in by nothing but the default Allow"] if free else []
    return unmet(
        f"{evidence}; {', '.join(findings)}",
        "Move their owners to Outlook, and make quarantine the default with intune.exchange.mobile_access",
    )


def eas_certificates(devices: Records) -> Verdict:
    """No readable property shows how a device signs in, so a listed device leaves this open."""
    eas = sum(1 for one in devices if one.get("ClientType") == "EAS")
    if not eas:
        return met("no Exchange ActiveSync device is listed")
    end = date_of("eas_certificates")
    return unknown(
        f"Exchange ActiveSync devices: {eas}. Exchange does not say which of them sign in with a certificate straight "
        "to Exchange Online, and neither Conditional Access nor the sign-in log sees such sign-ins. They end on "
        f"{end}",
        "Look for email profiles with a certificate in Intune and any other device management, and move their users "
        f"to Outlook, or to certificates that Microsoft Entra checks, before {end}",
    )


def legacy_sign_ins(interactive: Records, background: ReadResult[Background]) -> Verdict:
    """A blocked sign-in of Exchange ActiveSync is logged as a success: the status of Conditional Access tells.

    Whoever guesses passwords leaves attempts in the log of any tenant: what failed otherwise is counted apart.
    """
    records, missing = both(ReadResult(interactive), background), left_out(background)
    sign_ins = [one for one in records if not failed_otherwise(one)]
    attempts = _attempts(len(records) - len(sign_ins))
    if not sign_ins and not missing:
        found = "has no legacy client" if not attempts else "has no sign-in with a legacy client"
        return met(f"the sign-in log of the last {LOG_DAYS} days {found}, interactive or not{attempts}")
    if not sign_ins:
        step = unread(background.error).next_step if background.error is not None else ""
        return unknown(
            f"the sign-in log of the last {LOG_DAYS} days has no legacy client in interactive sign-ins"
            f"{attempts}; {missing}",
            f"{step}. Or see User sign-ins (non-interactive) in the Microsoft Entra admin center".removeprefix(". Or "),
        )
    used = Counter(str(one.get("clientAppUsed")) for one in sign_ins)
    stopped = sum(1 for one in sign_ins if stopped_by_policies(one))
    people = {normalize_case(called(one)) for one in sign_ins}
    return unmet(
        f"{counted(len(sign_ins), 'sign-in')} of {counted(len(people), 'person', 'people')} with legacy clients "
        f"in {LOG_DAYS} days: "
        f"{', '.join(f'{number} {client}' for client, number in used.items())}; Conditional Access stopped {stopped}"
        f"{attempts}{f'; {missing}' if missing else ''}",
        "Move these people to Outlook before legacy clients are blocked",
    )


def _attempts(number: int) -> str:
    if not number:
        return ""
    return f"; {counted(number, 'attempt')} that failed for another reason, such as a wrong password, not counted"


def sign_ins_refused(error: TenantError) -> Verdict:
    if error.answer and "NonPremium" in error.answer.code:
        return unknown(f"could not {error.action}: {error.problem}", "This needs a licence of Microsoft Entra ID P1")
    return unread(error)


def mail_apps(report: Mapping[str, Any]) -> Verdict:
    used = ", ".join(f"{number} {app}" for app, number in report["apps"].items() if number) or "no app"
    evidence = f"{counted(report['people'], 'person', 'people')} in the report of 30 days: {used}"
    others = report["other_mobile"]
    if not others:
        return met(evidence)
    named = "their names are concealed" if report["concealed"] else first_names(others, 5)
    return unmet(
        f"{evidence}; {counted(len(others), 'person uses', 'people use')} a mobile app other than Outlook ({named})",
        "Move these people to Outlook, which app protection covers",
    )


def organization_access(settings: Records, rules: Records) -> Verdict:
    default = _default(settings)
    if not default:
        return unknown("Exchange Online did not return the default access level", "Run again")
    outlook = decide(OUTLOOK, {}, OrganizationAccess(default, tuple(dict(one) for one in rules)))
    evidence = f"the default is {default}, with {counted(len(rules), 'device access rule')}; Outlook is {outlook.state}"
    if outlook.state != "Allowed":
        return unmet(
            evidence, "Add a device access rule: DeviceModel 'Outlook for iOS and Android', access level Allow"
        )
    return met(evidence)


def mailbox_switches(mailboxes: Records, plans: Records) -> Verdict:
    """Switches that contradict the mailbox plans for new mailboxes, or that exclude Outlook.

    A switch that is neither true nor false is not known: it is neither on nor off.
    """
    findings = []
    pushed = [one for one in mailboxes if (one.get("ActiveSyncEnabled"), one.get("OutlookMobileEnabled")) == _PUSHED]
    if pushed:
        take = counted(len(pushed), "mailbox takes", "mailboxes take")
        findings.append(f"{take} Exchange ActiveSync and not Outlook mobile")
    for switch, name in _MOBILE.items():
        on = sum(1 for one in mailboxes if one.get(switch) is True)
        planned = [str(one.get("Identity") or one.get("Name")) for one in plans if one.get(switch) is True]
        if on and _all_off(plans, switch):
            whole = counted(len(mailboxes), "mailbox", "mailboxes")
            findings.append(f"{name} is on in {on} of {whole} and off in every plan")
        elif planned and _all_off(mailboxes, switch):
            findings.append(f"{name} is off in every mailbox and on in the plans {', '.join(planned)}")
    if findings:
        return unmet(
            "; ".join(findings),
            "Change the mailboxes with intune.exchange.cas_mailbox_mobile_access, or the mailbox plans",
        )
    numbers = f"{counted(len(mailboxes), 'mailbox', 'mailboxes')} and {counted(len(plans), 'plan')}"
    if not mailboxes or not plans:
        return unknown(f"Exchange Online returned {numbers}, so that there is nothing to compare", "Run again")
    silent = _without_switches(mailboxes, (*_MOBILE, "OutlookMobileEnabled")) + _without_switches(plans, _MOBILE)
    if silent:
        return unknown(
            f"{numbers} do not contradict each other as far as known: Exchange Online returned neither true nor false "
            f"for a switch of {silent} of them",
            "Run Get-CASMailbox and Get-CASMailboxPlan, and look at the switches",
        )
    return met(f"{numbers} do not contradict each other")


def _all_off(records: Records, switch: str) -> bool:
    return bool(records) and all(one.get(switch) is False for one in records)


def _without_switches(records: Records, switches: Iterable[str]) -> int:
    wanted = tuple(switches)
    return sum(1 for one in records if not all(isinstance(one.get(switch), bool) for switch in wanted))


def modern_authentication(organization: Mapping[str, Any]) -> Verdict:
    value = organization.get("OAuth2ClientProfileEnabled")
    if value is None:
        return unknown("Exchange Online did not return OAuth2ClientProfileEnabled", "Run again")
    if not isinstance(value, bool):
        return unknown(
            "Exchange Online returned neither true nor false for OAuth2ClientProfileEnabled",
            "Run Get-OrganizationConfig and look at OAuth2ClientProfileEnabled",
        )
    if value:
        return met("modern authentication is on")
    return unmet("modern authentication is off", "Run Set-OrganizationConfig -OAuth2ClientProfileEnabled $true")


def _default(settings: Records) -> str:
    return str((settings[0] if settings else {}).get("DefaultAccessLevel") or "")
