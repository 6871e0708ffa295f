# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sign-in lacks, in sentences: which reads fail, and what chosen content needs beyond what was granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._wrapped import open_sentence

Rows = Sequence[Mapping[str, Any]]
# The scopes of Microsoft Graph PowerShell for the cmdlets that a command may contain.
_SCOPES = {
    "MgServicePrincipal ": "Application.Read.All",
    "AppRoleAssignment": "AppRoleAssignment.ReadWrite.All",
    "Oauth2PermissionGrant": "DelegatedPermissionGrant.ReadWrite.All",
    "RoleManagementDirectory": "RoleManagement.ReadWrite.Directory",
}
# The reads of Exchange Online that matter for content that runs these cmdlets.
_BY_CMDLET = {
    "Get-MobileDevice": ("exchange_objects", "exchange_no_objects"),
    "Get-ManagementRole": ("exchange_pages",),
}


def of_all(read: Mapping[str, Any]) -> dict[str, Any]:
    """What keeps any read of access_check_info from working."""
    return {"checks": read["checks"], "lines": _failed(read["checks"], read.get("tenant_id")), "ok": read["ok"] is True}


def of_content(
    read: Mapping[str, Any], needed: Mapping[str, Any], cmdlets: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What chosen content lacks, and the one command that grants exactly that; then reads that fail for other reasons.

    `read` and `cmdlets` are what access_check_info and cmdlet_access_info returned, `needed` is of least_privilege.
    Which roles a sign-in may delegate is not read here.
    """
    checks = _of_content(read["checks"], needed)
    content = ",".join(needed["content"])
    missing = _missing(read, needed, cmdlets or {})
    unknown = _unknown(needed, cmdlets or {})
    lines = [f"Not known for {content}: {unknown}"] if unknown else []
    grant = f"ansible-playbook intune.exchange.bootstrap -e bootstrap_for={content}"
    grant += "" if needed["write"] else " -e bootstrap_write=false"
    if missing:
        lines += [
            f"Missing for {content}: {'; '.join(missing)}.",
            "  Next step: Run this as an administrator, which grants exactly these. For an application that it did not "
            "create, add -e bootstrap_app_id=CLIENT_ID. Then run this again: only tokens issued after the change have "
            "it, which can take an hour.",
            f"  Command: {grant}",
        ]
    elif needed["delegated_roles"]:
        lines.append(
            f"Not checked for {content}: whether this sign-in may delegate the roles "
            f"{', '.join(needed['delegated_roles'])}. {grant} grants that."
        )
    # A command would grant what is missing by a role that holds more.
    lines += _failed([one for one in checks if not (missing and one["command"])], read.get("tenant_id"))
    works = all(one["status"] in ("works", "not_offered") for one in checks)
    return {"checks": checks, "lines": lines, "ok": works and not missing and not unknown}


def _of_content(checks: Rows, needed: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The reads that this content needs; a permission to write includes the one to read."""
    graph = {*needed["microsoft_graph"], *(one.replace("ReadWrite", "Read") for one in needed["microsoft_graph"])}
    run = _run(needed)
    ids = {one for cmdlet, checked in _BY_CMDLET.items() if cmdlet in run for one in checked}
    return [one for one in checks if one["needs"] in graph or one["id"] in ids]


def _missing(read: Mapping[str, Any], needed: Mapping[str, Any], cmdlets: Mapping[str, Any]) -> list[str]:
    granted = {*read["microsoft_graph"], *read["office_365_exchange_online"]}
    if "Exchange.Manage" in granted:  # a person's
        granted.add("Exchange.ManageAsApp")
    permissions = [
        one for one in (*needed["microsoft_graph"], *needed["office_365_exchange_online"]) if not _holds(granted, one)
    ]
    may = _may(cmdlets)
    refused = [one for one in _run(needed) if one in may and not may[one]]
    return [
        *([f"the application permissions {', '.join(permissions)}"] if permissions else []),
        *([f"the cmdlets of Exchange Online {', '.join(refused)}"] if refused else []),
    ]


def _unknown(needed: Mapping[str, Any], cmdlets: Mapping[str, Any]) -> str:
    """Why it is not known which cmdlets the sign-in may run; empty if it is known, or if none is needed."""
    may = _may(cmdlets)
    unread = [one for one in _run(needed) if one not in may]
    return str(cmdlets.get("msg") or f"whether this sign-in may run {', '.join(unread)}") if unread else ""


def _run(needed: Mapping[str, Any]) -> list[str]:
    """The cmdlets that the content runs."""
    return sorted({str(cmdlet) for one in needed["exchange_cmdlets"] for cmdlet in one["cmdlets"]})


def _may(cmdlets: Mapping[str, Any]) -> dict[str, bool]:
    """By cmdlet, whether the sign-in may run it."""
    return {str(one["cmdlet"]): one["granted"] is True for one in cmdlets.get("cmdlets") or ()}


def _failed(checks: Rows, tenant_id: str | None) -> list[str]:
    """The next steps for failed reads: each once, with the command that grants what is missing."""
    failed = [one for one in checks if one["status"] != "works"]
    by_step: dict[str, list[Mapping[str, Any]]] = {}
    for one in failed:
        by_step.setdefault(one["next_step"], []).append(one)
    lines: list[str] = []
    commands: list[str] = []
    for step, group in by_step.items():
        first = group[0]
        titles = "; ".join(str(one["title"]) for one in group)
        lines += [
            f"{titles} ({first['status']}): {open_sentence(first['evidence'])}.",
            f"  Next step: {open_sentence(step)}.",
        ]
        command = first["command"]
        if command in commands:
            lines.append("  Command: the one above; run it once.")
        elif command:
            lines.append(f"  Command: {command}")
            commands.append(command)
    scopes = [scope for word, scope in _SCOPES.items() if any(word in f"{one} " for one in commands)]
    if commands:
        tenant = f" -TenantId {tenant_id}" if tenant_id else ""
        connect = f"Connect-MgGraph{tenant} -Scopes {', '.join(scopes)}"
        lines += ["Commands are for Microsoft Graph PowerShell. This one comes first:", f"  Command: {connect}"]
    return lines


def _holds(granted: set[str], permission: str) -> bool:
    """Whether it is granted; a permission to write includes the one to read."""
    return bool({permission, permission.replace(".Read.", ".ReadWrite.")} & granted)
