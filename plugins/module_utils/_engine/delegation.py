# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Delegating rights in Exchange: who may, and an organization that is not ready for it yet.

Exchange has one sentence for two cases: the caller has no delegating assignment of the role, or the organization was
customized within the last hour, when even an entitled caller is refused. The token and the assignments of the caller
distinguish the two. See "Understanding management role assignments" (Microsoft) for the first case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from .._core.errors import Purpose, TenantError
from .._core.read_result import ReadResult, attempt
from .._core.resource import bare_name, normalize_case
from .._http.claims import claims, directory_roles
from .._http.poll import Pauses, poll
from .exchange import exchange_of
from .tenant import Tenant

Result = TypeVar("Result")
# Cmdlets that delegate rights. An object that they do not find was listed just before: it is new.
_CMDLETS = (
    "New-ManagementRoleAssignment",
    "Remove-ManagementRoleAssignment",
    "New-RoleGroup",
    "Add-RoleGroupMember",
    "Update-RoleGroupMember",
)
_TEXT = "must be assigned a delegating role assignment"
_DELEGATE = (
    "Handing out a role takes a delegating assignment of it or of its parent: give the caller the directory role "
    "Exchange Administrator, make it a member of Organization Management, or assign the role to it with "
    "Delegating. In the hour after customization was enabled, Exchange refuses everybody with the same words"
)
_DELEGATES = {"Global Administrator", "Exchange Administrator"}  # members of Organization Management
_PAUSES = (5.0, 10.0, 20.0, 30.0, 55.0)
_READ = Purpose("read the delegating role assignments")


def settled(
    tenant: Tenant,
    cmdlet: str,
    parameters: Mapping[str, Any],
    write: Callable[[], Result],
    purpose: Purpose,
    *,
    of_new: bool = False,
) -> Result:
    """Repeat the write for two minutes while Exchange is not ready for it. Raises `TenantError`.

    `of_new`: it is about an object that this task has just created.
    """

    def written() -> tuple[ReadResult[Result], str]:
        result = attempt(write)
        return result, _why_late(tenant, cmdlet, parameters, result.error, of_new) if result.error else ""

    pace = Pauses(tenant.http, _PAUSES)
    (result, late), done = poll(
        written,
        lambda state: not state[1],
        pace,
        lambda state, progress: tenant.progress(f"{state[1]}{progress}"),
    )
    if result.error is None:
        return result.value
    if done:
        raise _explained(cmdlet, result.error) from result.error.__cause__
    raise _not_ready(tenant, result.error, purpose, late, pace.waited) from result.error


def _why_late(tenant: Tenant, cmdlet: str, parameters: Mapping[str, Any], error: TenantError, of_new: bool) -> str:
    """Why this resolves itself; empty if it does not."""
    if of_new and error.kind == "not_found":
        return "Exchange does not find what was just created"
    if cmdlet not in _CMDLETS:
        return ""
    if error.kind == "not_found" and cmdlet != "Remove-ManagementRoleAssignment":
        return "Exchange does not find an object that it listed, which is new"
    roles = [str(parameters["Role"])] if "Role" in parameters else parameters.get("Roles") or []
    if _refuses_delegation(cmdlet, error) and _may_delegate(tenant, roles):
        return "Exchange is still preparing the organization for roles of its own"
    return ""


def _explained(cmdlet: str, error: TenantError) -> TenantError:
    """The error for a refusal that does not resolve itself."""
    return error.but(kind="forbidden", next_step=_DELEGATE) if _refuses_delegation(cmdlet, error) else error


def _refuses_delegation(cmdlet: str, error: TenantError) -> bool:
    return cmdlet in _CMDLETS and error.answer is not None and _TEXT in error.answer.message.lower()


def _may_delegate(tenant: Tenant, roles: Sequence[str]) -> bool:
    """Whether the caller holds a delegating assignment of each of these roles, or of one of its ancestors."""
    known = claims(tenant.tokens.bearer("exchange"))
    if directory_roles(known) & _DELEGATES:
        return True
    try:
        asked = {"RoleAssignee": str(known["oid"]), "Delegating": True}
        found = exchange_of(tenant).invoke("Get-ManagementRoleAssignment", asked, _READ, select=("Name", "Role")).values
        listed = exchange_of(tenant).invoke("Get-ManagementRole", {}, _READ, select=("Name", "Parent")).values
    except (KeyError, TenantError):  # the permission of the caller is unproven
        return False
    held = {_plain(one.get("Role")) for one in found}
    parents = {_plain(one.get("Name")): _plain(one.get("Parent")) for one in listed}
    return bool(held) and all(held & _family(_plain(role), parents) for role in roles)


def _family(role: str, parents: Mapping[str, str]) -> set[str]:
    """A role with all its ancestors."""
    family = set[str]()
    while role and role not in family:
        family.add(role)
        role = parents.get(role, "")
    return family


def _plain(name: Any) -> str:
    """A name for comparison."""
    return str(normalize_case(bare_name(name)))


def _not_ready(tenant: Tenant, error: TenantError, purpose: Purpose, late: str, waited: float) -> TenantError:
    return TenantError(
        "not_ready",
        f"{late} ({error.problem}), and was still not ready after {waited:.0f} s",
        purpose.action,
        tenant.label,
        error.answer,
        "This resolves itself: run again in an hour; it continues where it stopped. If the problem persists, make the "
        "caller a direct member of Organization Management",
    )
