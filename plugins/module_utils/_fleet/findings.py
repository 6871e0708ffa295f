# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions for the findings of an audit, in the words of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._core.targets import first_names
from .._core.text import counted
from .._mobile_access.audit_controls import urgency

Facts = dict[str, Any]
ADVICE = "advice"  # of a default baseline


def listed(read: Mapping[str, Any] | None, name: str) -> list[Facts]:
    return (read or {}).get(name) or []


def action(name: str, title: str, evidence: Any, next_step: Any, status: str = "known") -> Facts:
    return {"id": name, "title": title, "status": status, "evidence": evidence or "", "next_step": next_step or ""}


def failed_controls(audit: Mapping[str, Any] | None) -> list[Facts]:
    """The failed controls that are not accepted, the most urgent first."""
    found = sorted(listed(audit, "controls"), key=urgency)
    return [one for one in found if one.get("status") == "fail" and not one.get("accepted")]


def of_audit(audit: Mapping[str, Any] | None, chosen: bool) -> list[Facts]:
    """The findings of the baselines: an action for chosen baselines, and advice for default ones."""
    word = "Failed" if chosen else "Recommended"
    failed = [
        action(
            f"audit.{one['id']}",
            f"{word}: {one['id']} {one['title']}",
            _found(one),
            _fix(one),
            "known" if chosen else ADVICE,
        )
        for one in failed_controls(audit)
    ]
    return failed + _of_unknown_controls(audit, "unknown" if chosen else ADVICE)


def _of_unknown_controls(audit: Mapping[str, Any] | None, status: str) -> list[Facts]:
    """One action per reason: the cause of many unreadable controls is fixed once."""
    found: dict[str, list[Facts]] = {}
    for one in sorted(listed(audit, "controls"), key=urgency):
        if one.get("status") == "unknown":
            found.setdefault(str(one.get("reason") or "it was not read"), []).append(one)
    step = "Fix the read error, and audit again"
    return [
        action(f"audit.{group[0]['id']}", f"Not known: {_named(group)}", f"{_settings(group)}: {reason}", step, status)
        for reason, group in found.items()
    ]


def _named(group: Sequence[Mapping[str, Any]]) -> str:
    first = group[0]
    return f"{first['id']} {first['title']}" if len(group) == 1 else counted(len(group), "control")


def _settings(group: Sequence[Mapping[str, Any]]) -> str:
    return first_names(list(dict.fromkeys(_setting(one) for one in group)))


def _fix(control: Mapping[str, Any]) -> str:
    """The task that fixes it, on one line of YAML: a table has no room for more."""
    lines = [line.strip() for line in str(control.get("remediation") or "").splitlines() if line.strip()]
    if len(lines) < 3:
        return " ".join(lines) or "Run the remediation task of this control"
    return f"{lines[1]} {{{', '.join(lines[2:])}}}"


def _found(control: Mapping[str, Any]) -> str:
    mailboxes = control.get("affected_mailboxes")
    affected = "" if mailboxes is None else f"; it affects {counted(mailboxes, 'mailbox', 'mailboxes')}"
    return f"{_setting(control)} is {_said(control.get('value'))}; expected: {_said(control.get('expected'))}{affected}"


def _setting(control: Mapping[str, Any]) -> str:
    return f"{control.get('setting')} of {control['object']}" if control.get("object") else str(control.get("setting"))


def _said(value: Any) -> str:
    return "not set" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def accepted(control: Mapping[str, Any]) -> str:
    accepted = control["accepted"]
    until = f" (until {accepted['until']})" if accepted.get("until") else ""
    return f"{control['id']} {_setting(control)}: {accepted.get('reason') or 'no reason is known'}{until}"
