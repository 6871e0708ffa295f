# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cmdlets an account may run in Exchange Online, with which parameters, and through which role."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.concurrent import gather
from .._core.errors import Purpose, usage
from .._core.resource import bare_name, normalize_case, normalized_set
from .._core.targets import is_blank
from .._engine.exchange import exchange_of
from .._engine.tenant import Tenant
from .assignment_scopes import SCOPES, is_enabled, scope_of
from .role_catalog import READER, RoleCatalog

READ_RIGHTS = Purpose("read the Exchange rights of the account", READER)
_READ_OWN = Purpose("read which cmdlets the caller may run")

# "Configure the Intune service-to-service connector for Exchange Online" (Microsoft, 2016): the cmdlets that its
# account must be able to run. The parameters are those that the cmdlet needs for this (exchange-ps reference): a role
# can include only some, as Organization Client Access has Get-MobileDevice with Monitoring alone.
CONNECTOR_CMDLETS: dict[str, tuple[str, ...]] = {
    "Get-ActiveSyncOrganizationSettings": (),
    "Set-ActiveSyncOrganizationSettings": ("DefaultAccessLevel",),
    "Get-MobileDeviceMailboxPolicy": ("Identity",),
    "Set-MobileDeviceMailboxPolicy": ("Identity",),
    "New-MobileDeviceMailboxPolicy": ("Name",),
    "Remove-MobileDeviceMailboxPolicy": ("Identity",),
    "Get-ActiveSyncDeviceAccessRule": ("Identity",),
    "Set-ActiveSyncDeviceAccessRule": ("Identity", "AccessLevel"),
    "New-ActiveSyncDeviceAccessRule": ("AccessLevel", "Characteristic", "QueryString"),
    "Remove-ActiveSyncDeviceAccessRule": ("Identity",),
    "Get-MobileDeviceStatistics": ("Identity", "Mailbox"),
    "Get-MobileDevice": ("Identity", "Mailbox"),
    "Get-ActiveSyncDeviceClass": (),
}


@dataclass(frozen=True)
class CmdletGrant:
    """An account's access to one cmdlet."""

    granted: bool
    missing_parameters: tuple[str, ...] = ()
    roles: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Rights:
    """The effective assignments of an account, the entries of their roles, and the roles for its own mailbox only.

    `entries` come with the whole right; those in `limited` are restricted to the scope of their assignment.
    """

    assignments: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    own_mailbox: list[str]
    limited: list[dict[str, Any]] = field(default_factory=list)


def read_role_entries(tenant: Tenant, role: str) -> list[dict[str, Any]]:
    """The cmdlets of a role with their parameters, in one read; empty if the role does not exist."""
    if is_pattern(role):
        return _entries_of_role(tenant, role)
    found = (
        exchange_of(tenant)
        .invoke(
            "Get-ManagementRoleEntry",
            {"Identity": f"{role}\\*", "ResultSize": "Unlimited"},
            READ_RIGHTS,
            select=("Name", "Role", "Parameters"),
        )
        .values
    )
    return [one for one in found if normalize_case(bare_name(one.get("Role") or role)) == normalize_case(role)]


def is_pattern(role: str) -> bool:
    """Whether a name has another meaning in the identity of an entry, which is ROLE\\CMDLET with wildcards."""
    return any(mark in role for mark in "\\*?[]")


def _entries_of_role(tenant: Tenant, name: str) -> list[dict[str, Any]]:
    """The entries as the role itself lists them: `(snap-in) CMDLET -PARAMETER -PARAMETER`."""
    roles = exchange_of(tenant).invoke("Get-ManagementRole", {}, READ_RIGHTS, select=("Name", "RoleEntries")).values
    texts = [
        str(text).partition(") ")[2] or str(text)
        for role in roles
        if normalize_case(role["Name"]) == normalize_case(name)
        for text in role.get("RoleEntries") or []
    ]
    return [
        {"Name": cmdlet, "Role": name, "Parameters": [one.removeprefix("-") for one in parameters]}
        for cmdlet, *parameters in (text.split() for text in texts)
    ]


def read_rights(tenant: Tenant, account: str) -> Rights:
    """The rights of the account, direct or through groups: one read per role. Raises `TenantError`."""
    read = (
        exchange_of(tenant)
        .invoke(
            "Get-ManagementRoleAssignment",
            {"RoleAssignee": account},
            READ_RIGHTS,
            select=(
                "Name",
                "Role",
                "RoleAssigneeName",
                "RoleAssigneeType",
                "Enabled",
                "RoleAssignmentDelegationType",
                *SCOPES,
            ),
        )
        .values
    )
    # A delegating assignment allows delegating the role, not using it.
    used = [
        one
        for one in RoleCatalog(tenant).named(read)
        if is_enabled(one) and "Delegating" not in str(one.get("RoleAssignmentDelegationType") or "")
    ]
    # Every mailbox has a role assignment policy, whose rights are limited to that mailbox.
    own = [one for one in used if one.get("RoleAssigneeType") == "RoleAssignmentPolicy"]
    counting = [one for one in used if one not in own]
    reads = {
        role: lambda role=role: read_role_entries(tenant, role)
        for role in sorted({str(one["Role"]) for one in counting})
    }
    whole = {str(one["Role"]) for one in counting if scope_of(one) is None}
    entries: list[dict[str, Any]] = []
    limited: list[dict[str, Any]] = []
    for role, found in gather(reads).items():
        (entries if role in whole else limited).extend({**entry, "Role": role} for entry in found.value)
    return Rights(counting, entries, sorted({str(one["Role"]) for one in own}), limited)


def read_entries(tenant: Tenant, account: str) -> list[dict[str, Any]]:
    """The role entries of the account for the whole organization. Raises `TenantError`."""
    return read_rights(tenant, account).entries


def asked_for(listed: list[Any], option: str = "cmdlets") -> dict[str, list[str] | None]:
    """The cmdlets of an option, each with the requested parameters, or None for any."""
    asked: dict[str, list[str] | None] = {}
    for one in listed:
        item = {"cmdlet": one} if isinstance(one, str) else one
        if not isinstance(item, dict) or not _is_name(item.get("cmdlet")) or set(item) - {"cmdlet", "parameters"}:
            raise usage(f"{option} takes names of cmdlets, or cmdlet with parameters, not {_shown(one)}")
        if normalize_case(item["cmdlet"]) in normalized_set(asked):
            raise usage(f"{option} names {item['cmdlet']} twice")
        asked[item["cmdlet"]] = _parameters_of(item, option) if "parameters" in item else None
    return asked


def _parameters_of(item: Mapping[str, Any], option: str) -> list[str]:
    """The parameters that an item gives. Only without the key does it mean all of them, never by a null."""
    cmdlet, names = item["cmdlet"], item["parameters"]
    if names is None:
        raise usage(
            f"parameters of {cmdlet} in {option} is null, and a null never means everything",
            "List the parameters, write [] for none, or omit parameters on purpose: then all of them are meant",
        )
    if not isinstance(names, list):
        raise usage(f"parameters of {cmdlet} in {option} must be a list")
    wrong = [name for name in names if not _is_name(name)]
    if wrong:
        raise usage(f"parameters of {cmdlet} in {option} takes names of parameters, not {_shown(wrong[0])}")
    return list(names)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and not is_blank(value)


def _shown(value: Any) -> str:
    """A value as people write it in a playbook, so null and not None."""
    return json.dumps(value, default=str, ensure_ascii=False)


def judge_cmdlets(entries: list[dict[str, Any]], cmdlets: Mapping[str, tuple[str, ...]]) -> dict[str, CmdletGrant]:
    """The entries' access to each cmdlet. Parameters of several roles add up."""
    verdicts = {}
    for cmdlet, needed in cmdlets.items():
        held = [entry for entry in entries if normalize_case(str(entry.get("Name"))) == normalize_case(cmdlet)]
        parameters = {normalize_case(str(name)) for entry in held for name in entry.get("Parameters") or []}
        missing = tuple(name for name in needed if normalize_case(name) not in parameters)
        verdicts[cmdlet] = CmdletGrant(
            bool(held) and not missing, missing if held else (), tuple(sorted({str(entry["Role"]) for entry in held}))
        )
    return verdicts


_GRANT = "assign a role that has it; a new assignment takes time to count, so wait and run again"
_REVOKE = "take the account out of the roles that give it"


def access_info(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The account's, or caller's, access to the requested cmdlets, and its excess. Raises `TenantError`."""
    if params.get("new_token"):
        tenant.new_token("exchange")
    given = params.get("cmdlets")
    needed = {name: tuple(one or ()) for name, one in asked_for(given).items()} if given else CONNECTOR_CMDLETS
    if params.get("account"):
        found = _of_account(read_rights(tenant, params["account"]), needed)
    else:
        found = _of_caller(exchange_of(tenant).own_cmdlets(_READ_OWN), needed)
    missing = [one["cmdlet"] for one in found["cmdlets"] if not one["granted"]]
    return {
        "changed": False,
        "granted": not missing,
        **found,
        "shortfalls": [
            *(f"{cmdlet} is not granted. Next step: {_GRANT}." for cmdlet in missing),
            *(
                f"{one['cmdlet']} is granted beyond what was asked for. Next step: {_REVOKE}."
                for one in found["excess"]
            ),
        ],
    }


def _of_account(rights: Rights, needed: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    origins = [
        {
            "role": str(one["Role"]),
            "assignee": str(one.get("RoleAssigneeName")),
            "assignee_type": str(one.get("RoleAssigneeType")),
            "assignment": str(one.get("Name")),
            "scope": scope_of(one),
        }
        for one in rights.assignments
    ]
    held: dict[str, set[str]] = {}
    for entry in rights.entries:
        held.setdefault(normalize_case(str(entry["Name"])), set()).update(entry.get("Parameters") or [])
    every = [*rights.entries, *rights.limited]
    excess = {
        str(entry["Name"]): () for entry in every if normalize_case(str(entry["Name"])) not in normalized_set(needed)
    }
    roles = {name: access.roles for name, access in judge_cmdlets(every, excess).items()}
    anyhow = judge_cmdlets(every, needed)
    return {
        "cmdlets": [
            {
                "cmdlet": cmdlet,
                "granted": access.granted,
                "parameters": sorted(held.get(normalize_case(cmdlet), ())),
                "missing_parameters": list(access.missing_parameters),
                "granted_by": [one for one in origins if one["role"] in anyhow[cmdlet].roles],
            }
            for cmdlet, access in judge_cmdlets(rights.entries, needed).items()
        ],
        "excess": [{"cmdlet": cmdlet, "roles": list(roles[cmdlet])} for cmdlet in sorted(roles)],
        "own_mailbox_roles": rights.own_mailbox,
    }


def _of_caller(names: list[str], needed: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Exchange lists the names of a caller's own cmdlets, without parameters or sources."""
    unknown = {"parameters": None, "missing_parameters": None, "granted_by": None}
    return {
        "cmdlets": [
            {"cmdlet": cmdlet, "granted": normalize_case(cmdlet) in normalized_set(names), **unknown}
            for cmdlet in needed
        ],
        "excess": [
            {"cmdlet": name, "roles": None}
            for name in sorted(names)
            if normalize_case(name) not in normalized_set(needed)
        ],
        "own_mailbox_roles": None,
    }
