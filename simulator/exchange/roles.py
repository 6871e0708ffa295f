# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Management roles and their entries: a role is a part of its parent, and can only lose entries."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ..behaviours.table import implements
from ..cmdlets.exchange_types import CmdletCall, ExchangeType, exists, is_too_new, missing, refused
from ..state.http_messages import Json, Refusal
from ..state.store import normalize_case
from .organization import refuse_dehydrated
from .rbac import Entries, add_role

HEARD_BY_ENTRIES = frozenset({"Identity", "Parameters", "ResultSize", "Type"})
_SNAPIN = "Microsoft.Exchange.Management.PowerShell.E2010"


@implements("role-entries")
def _view(run: CmdletCall, role: Json) -> Json:
    entries = [
        " ".join([f"({_SNAPIN})", cmdlet, *(f"-{name}" for name in parameters)])
        for cmdlet, parameters in role["_entries"].items()
    ]
    return role | {"RoleEntries": entries, "Parent": _shown_parent(run, role["Parent"])}


@implements("role-parent")
def _shown_parent(run: CmdletCall, parent: str | None) -> str | None:
    """The name of the parent, optionally prefixed with the organization."""
    prefix = f"{run.tenant.domain}\\" if run.tenant.forms.role_parents == "prefixed" else ""
    return f"{prefix}{parent}" if parent else parent


@implements("exchange-filters")
def _narrow(run: CmdletCall, roles: list[Json]) -> list[Json]:
    given = run.given
    if given.get("GetChildren") or given.get("Recurse"):
        named = [roles[0]] if given.get("Recurse") else []
        roles = named + list(_descendants(run, roles[0], deep=bool(given.get("Recurse"))))
    if "RoleType" in given:
        roles = [role for role in roles if role["RoleType"].casefold() == given["RoleType"].casefold()]
    if "Cmdlet" in given:
        needed = {name.casefold() for name in given.get("CmdletParameters") or []}
        roles = [role for role in roles if _holds(role["_entries"], given["Cmdlet"], needed)]
    return roles


def _holds(entries: Entries, cmdlet: str, needed: set[str]) -> bool:
    return any(
        fnmatchcase(name.casefold(), cmdlet.casefold()) and needed <= {parameter.casefold() for parameter in parameters}
        for name, parameters in entries.items()
    )


def _descendants(run: CmdletCall, role: Json, *, deep: bool) -> Iterator[Json]:
    for child in run.tenant.store("ManagementRole"):
        if child["Parent"] == role["Name"]:
            yield child
            if deep:
                yield from _descendants(run, child, deep=True)


@implements("role-entry-beyond-parent")
def new_role(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    refuse_dehydrated(run)
    parent = kind.find(run, run.given["Parent"])
    if run.tenant.store("ManagementRole").find("Name", run.given["Name"]):
        raise _role_exists(run.given["Name"])
    entries = parent["_entries"]
    if run.given.get("EnabledCmdlets"):
        wanted = {name.casefold() for name in run.given["EnabledCmdlets"]}
        unknown = wanted - {name.casefold() for name in entries}
        if unknown:
            raise refused("role-entry-beyond-parent", f"The parent role does not hold {', '.join(sorted(unknown))}.")
        entries = {name: parameters for name, parameters in entries.items() if name.casefold() in wanted}
    role = add_role(run, run.given["Name"], parent["Name"], dict(entries))
    if run.given.get("Description"):
        run.tenant.store("ManagementRole").update(role["Guid"], {"Description": run.given["Description"]})
    return [_view(run, role)]


@implements("role-in-use")
def remove_role(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    role = kind.find(run, run.given["Identity"])
    children = list(_descendants(run, role, deep=True))
    doomed = [role, *children] if run.given.get("Recurse") else [role]
    names = {item["Name"] for item in doomed}
    if role["IsRootRole"]:
        raise refused("role-built-in", f'The role "{role["Name"]}" is built in and cannot be removed.')
    if children and not run.given.get("Recurse"):
        raise refused("role-in-use", f'The role "{role["Name"]}" has children: remove them, or use Recurse.')
    if any(item["Role"] in names for item in run.tenant.store("ManagementRoleAssignment")):
        raise refused("role-in-use", f'The role "{role["Name"]}" is assigned: remove its assignments first.')
    for item in doomed:
        run.tenant.store("ManagementRole").remove(item["Guid"])
    return []


def _role_exists(name: str) -> Refusal:
    return Refusal(
        "role-exists",
        status=400,
        code="System.InvalidOperationException",
        message=f'There is already another role with the same name "{name}".',
    )


def _entry(role: Json, cmdlet: str) -> Json:
    identity = f"{role['Name']}\\{cmdlet}"
    return {
        "Identity": role["Name"],
        "Id": identity,
        "Name": cmdlet,
        "Role": role["Name"],
        "Parameters": sorted(role["_entries"][cmdlet]),
        "PSSnapinName": _SNAPIN,
        "Type": "Cmdlet",
    }


@implements("role-entry-identity")
def get_entries(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    """`Role\\Cmdlet`, either half with wildcards."""
    found = list(_matching(run, run.given["Identity"]))
    if not found and "*" not in run.given["Identity"]:
        raise missing(run.given["Identity"])
    needed = {name.casefold() for name in run.given.get("Parameters") or []}
    entries = [_entry(role, cmdlet) for role, cmdlet in found if "Cmdlet" in run.given.get("Type", ["Cmdlet"])]
    return [entry for entry in entries if needed <= {name.casefold() for name in entry["Parameters"]}]


def _matching(run: CmdletCall, identity: str) -> Iterator[tuple[Json, str]]:
    role_pattern, separator, cmdlet_pattern = identity.partition("\\")
    if not separator:
        raise refused("role-entry-identity", f'"{identity}" is not of the form Role\\Cmdlet.')
    for role in run.tenant.store("ManagementRole"):
        if fnmatchcase(normalize_case(role["Name"]), normalize_case(role_pattern)):
            for cmdlet in role["_entries"]:
                if fnmatchcase(cmdlet.casefold(), cmdlet_pattern.casefold()):
                    yield role, cmdlet


@implements("role-entry-beyond-parent")
def add_entry(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    refuse_dehydrated(run)
    role_name, cmdlet_name = _named_entry(run)
    role = ROLES.find(run, role_name)
    parent = _parent(run, role)["_entries"]
    cmdlet = next((name for name in parent if name.casefold() == cmdlet_name.casefold()), None)
    if cmdlet is None:
        raise refused("role-entry-beyond-parent", f"The parent role does not hold {cmdlet_name}.")
    if cmdlet in role["_entries"] and not run.given.get("Overwrite"):
        raise exists(f"{role['Name']}\\{cmdlet}")
    parameters = _within(cmdlet, run.given.get("Parameters") or parent[cmdlet], parent[cmdlet])
    _save(run, role, role["_entries"] | {cmdlet: parameters})
    return []


@implements("role-entry-beyond-parent")
def set_entry(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    """Replace the parameters of an entry, or with AddParameter / RemoveParameter some of them."""
    refuse_dehydrated(run)
    role, cmdlet = _one(run)
    allowed = _parent(run, role)["_entries"][cmdlet]
    given = _within(cmdlet, run.given.get("Parameters") or [], allowed)
    current = role["_entries"][cmdlet]
    if run.given.get("AddParameter"):
        given = [*current, *(name for name in given if name not in current)]
    elif run.given.get("RemoveParameter"):
        given = [name for name in current if name not in given]
    _save(run, role, role["_entries"] | {cmdlet: given})
    return []


@implements("role-built-in")
def remove_entry(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    role, cmdlet = _one(run)
    _parent(run, role)
    _save(run, role, {name: parameters for name, parameters in role["_entries"].items() if name != cmdlet})
    return []


def _named_entry(run: CmdletCall) -> tuple[str, str]:
    if "Identity" in run.given:
        role, _unused, cmdlet = run.given["Identity"].partition("\\")
        return role, cmdlet
    return run.given["Role"], run.given["ParentRoleEntry"].rpartition("\\")[2]


def _one(run: CmdletCall) -> tuple[Json, str]:
    found = [one for one in _matching(run, run.given["Identity"]) if not is_too_new(run, one[0])]
    if len(found) != 1:
        raise missing(run.given["Identity"])
    return found[0]


def _parent(run: CmdletCall, role: Json) -> Json:
    """The parent of this role; built-in roles have none and cannot change."""
    if role["IsRootRole"]:
        raise refused("role-built-in", f'The role "{role["Name"]}" is built in and cannot be changed.')
    return ROLES.find(run, role["Parent"])


def _within(cmdlet: str, wanted: list[str], allowed: list[str]) -> list[str]:
    names = {name.casefold(): name for name in allowed}
    beyond = [name for name in wanted if name.casefold() not in names]
    if beyond:
        raise refused("role-entry-beyond-parent", f"The parent role's {cmdlet} has no parameter {', '.join(beyond)}.")
    return [names[name.casefold()] for name in wanted]


@implements("role-entry-beyond-parent")
def _save(run: CmdletCall, role: Json, entries: Entries) -> None:
    run.tenant.store("ManagementRole").update(role["Guid"], {"_entries": entries})


ROLES = ExchangeType(
    "ManagementRole",
    view=_view,
    narrow=_narrow,
    supported=frozenset({"GetChildren", "Recurse", "RoleType", "Cmdlet", "CmdletParameters"}),
)
ROLE_NOUNS = {"ManagementRole": ROLES, "ManagementRoleEntry": ROLES}
ROLE_CMDLETS = {
    "New-ManagementRole": new_role,
    "Remove-ManagementRole": remove_role,
    "Get-ManagementRoleEntry": get_entries,
    "Add-ManagementRoleEntry": add_entry,
    "Set-ManagementRoleEntry": set_entry,
    "Remove-ManagementRoleEntry": remove_entry,
}
