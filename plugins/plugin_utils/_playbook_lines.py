# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of the playbooks in sentences: what this sign-in can read, and who loses mail on which date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Rows = Sequence[Mapping[str, Any]]
_PEOPLE = 20  # people of a deadline that the terminal shows
# The scopes of Microsoft Graph PowerShell for the cmdlets that a command may contain.
_SCOPES = {
    "MgServicePrincipal ": "Application.Read.All",
    "AppRoleAssignment": "AppRoleAssignment.ReadWrite.All",
    "Oauth2PermissionGrant": "DelegatedPermissionGrant.ReadWrite.All",
    "RoleManagementDirectory": "RoleManagement.ReadWrite.Directory",
}


def access(checks: Rows, tenant_id: str | None) -> list[str]:
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
        lines += [f"{titles} ({first['status']}): {_open(first['evidence'])}.", f"  Next step: {_open(step)}."]
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


def access_for(
    checks: Rows,
    read: Mapping[str, Any],
    needed: Mapping[str, Any],
    cmdlets: Mapping[str, Any],
    content: str,
    delegated: Sequence[str],
) -> list[str]:
    """What chosen content lacks, and the one command that grants exactly that; then reads that fail for other reasons.

    `read` and `cmdlets` are what access_check_info and cmdlet_access_info returned, `needed` is of least_privilege.
    `delegated` are the roles that the content assigns to others: which roles a sign-in may delegate is not read here.
    """
    granted = {*read["microsoft_graph"], *read["office_365_exchange_online"]}
    if "Exchange.Manage" in granted:  # a person's
        granted.add("Exchange.ManageAsApp")
    permissions = [
        one for one in (*needed["microsoft_graph"], *needed["office_365_exchange_online"]) if not _holds(granted, one)
    ]
    refused = [str(one["cmdlet"]) for one in cmdlets.get("cmdlets", ()) if not one["granted"]]
    missing = [
        *([f"the application permissions {', '.join(permissions)}"] if permissions else []),
        *([f"the cmdlets of Exchange Online {', '.join(refused)}"] if refused else []),
    ]
    lines = []
    if cmdlets.get("failed") or ("cmdlets" not in cmdlets and not cmdlets.get("skipped")):
        lines.append(f"Not known for {content}: {cmdlets.get('msg') or 'which cmdlets this sign-in may run'}")
    if missing:
        lines += [
            f"Missing for {content}: {'; '.join(missing)}.",
            "  Next step: Run this as an administrator, which grants exactly these. For an application that it did not "
            "create, add -e bootstrap_app_id=CLIENT_ID. Then run this again: only tokens issued after the change have "
            "it, which can take an hour.",
            f"  Command: ansible-playbook intune.exchange.bootstrap -e bootstrap_for={content}",
        ]
    if delegated and not missing:
        lines.append(
            f"Not checked for {content}: whether this sign-in may delegate the roles {', '.join(delegated)}. "
            f"ansible-playbook intune.exchange.bootstrap -e bootstrap_for={content} grants that."
        )
    # A command would grant what is missing by a role that holds more.
    return [*lines, *access([one for one in checks if not (missing and one["command"])], read.get("tenant_id"))]


def _holds(granted: set[str], permission: str) -> bool:
    """Whether it is granted; a permission to write includes the one to read."""
    return bool({permission, permission.replace(".Read.", ".ReadWrite.")} & granted)


def deadlines(deadlines: Rows) -> list[str]:
    """Who loses mail at each deadline that affects, or may affect, the tenant, and what to do."""
    lines = []
    for one in deadlines:
        if one["status"] == "not_affected":
            continue
        certainty = str(one["certainty"]).replace("_", " ")
        lines.append(f"{one['date']}, {one['title']} ({one['status']}, {certainty}): {_open(one['evidence'])}.")
        if one["people"]:
            more = f" and {len(one['people']) - _PEOPLE} more" if len(one["people"]) > _PEOPLE else ""
            lines.append(f"  People: {', '.join(map(str, one['people'][:_PEOPLE]))}{more}")
        lines.append(f"  Next step: {_open(one['next_step'])}.")
    return lines


def deadlines_of_all(hosts: Sequence[str], results: Rows, unread: Sequence[str]) -> list[str]:
    """The tenants that each deadline affects. `results` are those of `hosts`, in their order."""
    by_host = {
        host: {one["id"]: one for one in result["deadlines"]} for host, result in zip(hosts, results, strict=True)
    }
    return [
        *(_affected(deadline, by_host) for deadline in (results[0]["deadlines"] if results else ())),
        *(f"{host} could not be read; see its failed task." for host in unread),
    ]


def _affected(deadline: Mapping[str, Any], by_host: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    found = {host: known[deadline["id"]] for host, known in by_host.items()}
    affected = [
        f"{host} ({'not known' if one['people_count'] is None else one['people_count']})"
        for host, one in found.items()
        if one["status"] == "affected"
    ]
    unknown = [host for host, one in found.items() if one["status"] == "unknown"]
    left = f"; not known for {', '.join(unknown)}" if unknown else ""
    return f"{deadline['date']}, {deadline['title']}: affects {', '.join(affected) or 'no tenant'}{left}"


def _open(text: Any) -> str:
    """A sentence without its full stop."""
    return str(text).removesuffix(".")
