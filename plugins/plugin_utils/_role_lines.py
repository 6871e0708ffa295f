# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of the roles in sentences. Each function returns lines, or none if there is nothing to report.

Before ansible-core 2.19 a number may be text, so each is converted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..module_utils._conditional_access.policy_states import REPORT_ONLY
from ..module_utils._core.text import counted
from ._assessment_lines import assess
from ._deadline_lines import deadlines, deadlines_of_all
from ._rows import table

Rows = Sequence[Mapping[str, Any]]
LONGEST = 200  # devices that the terminal shows
_DEVICE_COLUMNS = ("mailbox", "device_id", "device_model", "device_os", "client_type")
_STATES = {
    "enabled": "in force",
    "disabled": "turned off manually, and left off",
    REPORT_ONLY: "in report-only mode, which locks nobody out",
}


def lockout(devices: Rows, max_affected: Any) -> list[str]:
    """Why a change that locks out more devices than allowed stops."""
    if len(devices) <= int(max_affected):
        return []
    mailboxes = len({str(one["mailbox"]) for one in devices})
    return [
        f"{counted(len(devices), 'device')} of {counted(mailboxes, 'mailbox', 'mailboxes')} would be locked out, and "
        f"mobile_access_max_affected allows {max_affected}: {_first(map(_named, devices), 10)}. Nothing of this step "
        "was changed. Next step: allow these devices first, or raise mobile_access_max_affected."
    ]


def quarantine(impact: Rows, result: Mapping[str, Any], recent_days: Any, is_default: bool = False) -> list[str]:
    """The devices that a switch to quarantine affects. `is_default`: quarantine is the default already."""
    if is_default and not impact:
        return [
            "Quarantine is already the default, so the switch affects no device.",
            "The devices in quarantine: ansible-playbook intune.exchange.devices -e "
            '\'{"devices_filter": {"access_state": "Quarantined"}}\'',
        ]
    allowed, by_rule, left = result["allowed"], result["outlook"], result["locked_out"]
    outlook = len(by_rule)
    return [
        f"Devices whose access quarantine as the default would change: {len(impact)}. {len(allowed)} of them "
        f"synchronized in the last {counted(int(recent_days), 'day')} and will be allowed first; "
        f"{counted(outlook, 'is', 'are')} Outlook, which a rule will allow; {len(left)} would be locked out.",
        *([f"Allowed first: {_first(map(_named, allowed), 20)}."] if allowed else []),
        *([f"Outlook: {_first(map(_named, by_rule), 20)}."] if by_rule else []),
        f"Locked out: {_first(map(_named, left), 20) or 'nobody'}.",
    ]


def approve(devices: Rows, decision: str, preview: bool, check_mode: bool) -> list[str]:
    """The decisions about quarantined devices, made or predicted."""
    verb = "would be" if preview or check_mode else "is now" if len(devices) == 1 else "are now"
    confirm = (
        ". Set mobile_access_confirm to true to do it, and mobile_access_max_affected to the maximum number of devices"
    )
    lines = [f"{counted(len(devices), 'quarantined device')} {verb} {decision}{confirm if preview else ''}."]
    if len(devices) > LONGEST:
        lines.append(f"The first {LONGEST} of {len(devices):,} are shown. mobile_access_approve_result has all.")
    return [*lines, *(table("role_lines", list(devices[:LONGEST]), list(_DEVICE_COLUMNS)) if devices else ())]


def too_many_devices(address: str, devices: Rows, max_affected: Any) -> list[str]:
    """Why an offboarding that would wipe more devices than expected stops."""
    if len(devices) <= int(max_affected):
        return []
    return [
        f"{address} has {counted(len(devices), 'device')}, which is more than mobile_access_max_affected allows "
        f"({max_affected}): {_first((str(one['device_id']) for one in devices), 10)}. Nothing was changed. Next step: "
        "verify that this is the right mailbox, and set mobile_access_max_affected to this number."
    ]


def offboard(
    address: str, result: Mapping[str, Any], wiped: Mapping[str, Any], blocked: bool, check_mode: bool
) -> list[str]:
    """What was done to the devices of a mailbox. `wiped` is the result of the wipe, `blocked` whether that changed."""
    if check_mode and wiped.get("changed"):
        erased = f"the mail account would be erased from {counted(int(wiped['affected_count']), 'device')}"
    elif result["acknowledged"]:
        erased = "each has erased the mail account"
    else:
        erased = "some have not acknowledged that they erased the mail account"
    old = result["not_wipeable"]
    use = counted(len(old), "device uses", "devices use")
    ids = ", ".join(str(one["device_id"]) for one in old)
    too_old = [f"{use} a protocol version below 16.1, which cannot erase only the account: {ids}."] if old else []
    will = "would be" if check_mode and blocked else "are"
    return [
        f"{address} has {counted(len(result['devices']), 'device')}; {erased}. "
        f"Nothing else on them {'would be' if check_mode else 'was'} touched.",
        *too_old,
        f"Exchange ActiveSync and Outlook mobile {will} switched off for the mailbox, and its devices {will} blocked.",
    ]


def audit(result: Mapping[str, Any]) -> list[str]:
    """The result of an audit: its counts, its findings and the accepted risks that have expired."""
    words = {
        "pass": "passed",
        "fail": "failed",
        "accepted": "accepted",
        "unknown": "unknown",
        "not_applicable": "not applicable",
    }
    counts = ", ".join(f"{result['summary'][name]} {word}" for name, word in words.items())
    return [
        f"{', '.join(map(str, result['baselines']))}: {counts}",
        *map(str, result["shortfalls"]),
        *(f"The accepted risk {one['id']} has expired." for one in result["ended_risks"]),
        *(
            f"The accepted risk {one['id']} accepts nothing, since no control of "
            f"{one.get('baseline') or 'these baselines'} has this id."
            for one in result.get("unknown_risks", ())
        ),
    ]


def unprotected(platforms: Mapping[str, Any]) -> list[str]:
    """Why app protection cannot be required: `platforms` has the policies that cover Outlook on each."""
    missing = [str(name) for name, policies in platforms.items() if not policies]
    if not missing:
        return []
    return [
        f"No assigned app protection policy covers Outlook for {' and '.join(missing)}. A policy that requires app "
        "protection would lock users out there. Nothing was changed. Next step: assign one in Intune, or remove "
        "compliantApplication from mobile_access_controls."
    ]


def excluded(resolved: Rows) -> list[str]:
    """The emergency access accounts and the pilot group as the directory has them."""
    return [
        *(
            f"Emergency access account: {one.get('display_name') or 'no name'}, {_account(one)} ({one['id']})"
            for one in resolved
            if one["option"] == "exclude_users"
        ),
        *(
            f"Pilot group: {one.get('display_name') or 'no name'} ({one['id']})"
            for one in resolved
            if one["option"] == "include_groups"
        ),
    ]


def unusable(accounts: Rows) -> list[str]:
    """Why the emergency access accounts are refused: some are disabled, or guests, or that is unknown."""
    names = [
        _account(one)
        for one in accounts
        if one.get("account_enabled") not in (True, None) or one.get("user_type") == "Guest"
    ]
    hidden = [_account(one) for one in accounts if one.get("account_enabled") is None]
    lines = []
    if names:
        are, them = ("is disabled or a guest", "it") if len(names) == 1 else ("are disabled or guests", "them")
        lines.append(
            f"{', '.join(names)} {are}, so mobile_access_emergency_users would give nobody access "
            f"with {them}. Nothing was changed. Next step: specify enabled member accounts of this tenant."
        )
    if hidden:
        lines.append(
            f"Microsoft Graph does not show whether {' and '.join(hidden)} can sign in. Nothing was changed. "
            "Next step: grant User.Read.All, give admin consent, and run again."
        )
    return lines


def _account(one: Mapping[str, Any]) -> str:
    return str(one.get("user_principal_name") or one["id"])


def protect(policies: Rows) -> list[str]:
    """The state of each policy, from `enforcement_dates`."""
    return [
        f"{one['display_name']}: {_STATES[one['state']]}"
        + (f", may be enforced from {one['enforceable_from']}." if one["state"] == REPORT_ONLY else ".")
        for one in policies
    ]


def at_once(results: Rows) -> list[str]:
    """Why policies that are enabled are not changed: whoever they then apply to is stopped without a waiting time."""
    names = [
        str(one["conditional_access_policy"]["display_name"])
        for one in results
        if one["conditional_access_policy"]["state"] == "enabled"
        and _without_exclusions(one["diff"]["before"]) != _without_exclusions(one["diff"]["after"])
    ]
    if not names:
        return []
    return [
        f"{' and '.join(names)} would change, and an enabled policy stops people at once: without the waiting time, "
        "without a rehearsal, and whatever mobile_access_max_affected allows. No policy was changed. Next step: set "
        "them to report-only mode with conditional_access_policy (policy_state report_only), and run this again; or "
        "change them with that module."
    ]


def _without_exclusions(policy: Mapping[str, Any]) -> dict[str, Any]:
    """What decides whom a policy stops, but for the people whom it excludes: this role only adds some."""
    conditions = dict(policy.get("conditions") or {})
    users = {
        name: value for name, value in (conditions.pop("users", None) or {}).items() if not name.startswith("exclude")
    }
    return {**policy, "description": "", "conditions": {**conditions, "users": users}}


def too_early(policies: Rows, days: Any) -> list[str]:
    """Why policies are not enforced yet."""
    early = [one for one in policies if one["state"] == REPORT_ONLY and not one["due"]]
    if not early:
        return []
    return [
        f"Not enforced, since mobile_access_enforce_after_days is {days}:",
        *(f"{one['display_name']} may be enforced from {one['enforceable_from']}." for one in early),
        "Next step: until then, check the results of report-only mode in the sign-in log.",
    ]


def rehearsal(people: Rows, max_affected: Any) -> list[str]:
    """Why enforcement stops, given the sign-ins of the log: an unknown effect counts as stopped."""
    stopped = [str(one["user"]) for one in people if one["stopped"] or one["not_known"]]
    if len(stopped) <= int(max_affected):
        return []
    return [
        f"{len(stopped)} of the people who signed in would be stopped, or may be, which is more than "
        f"mobile_access_max_affected allows ({max_affected}): {_first(stopped, 10)}. No policy was enabled. Next step: "
        "prepare their devices, or raise mobile_access_max_affected."
    ]


def account(granted: Sequence[str], excess: Sequence[str], predicted: bool) -> list[str]:
    """The cmdlets that the connector account may run."""
    if predicted:
        return ["The account would be changed. Its rights are verified only in a real run: check mode writes nothing."]
    if len(granted) == 13 and not excess:
        return ["The account may run exactly the 13 cmdlets of the connector."]
    count = f"{len(granted)} of the 13 cmdlets of the connector"
    return [f"Cmdlets in excess: {len(excess) or 'none'}. The account may run {count}:", *map(str, granted)]


def valid(age: Any, overridden_by: Sequence[str] = ()) -> list[str]:
    """The connector is as described. `age` is that of its last synchronization, in seconds."""
    return [
        f"The connector is as described: connected, and synchronized {counted(int(age), 'second')} ago.",
        *(["These override its settings:", *overridden_by] if overridden_by else []),
    ]


def _named(device: Mapping[str, Any]) -> str:
    model = device.get("device_model") or device.get("device_type")
    return f"{model or 'device'} {device['device_id']} of {device['mailbox']}"


def _first(names: Iterable[str], number: int) -> str:
    names = list(names)
    return ", ".join(names[:number]) + (" and others" if len(names) > number else "")


ABOUT: dict[str, Callable[..., list[str]]] = {
    function.__name__: function
    for function in (
        *(
            account,
            approve,
            assess,
            at_once,
            audit,
            deadlines,
            deadlines_of_all,
            excluded,
            lockout,
            offboard,
        ),
        *(protect, quarantine, rehearsal, too_early, too_many_devices, unprotected, unusable, valid),
    )
}
