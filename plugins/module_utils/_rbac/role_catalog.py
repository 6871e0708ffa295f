# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The management roles by name, and those that the caller needs to finish its own task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.resource import Record, normalize_case
from .._core.targets import only
from .._engine.exchange import exchange_of
from .._engine.tenant import Tenant
from .._http.claims import claims
from .assignment_scopes import is_enabled
from .service_principals import find_service_principal

READER = "the Exchange role View-Only Configuration or Role Management"
_READ = Purpose("read the management roles", READER)
_READ_OWN = Purpose("read the Exchange rights of the caller", READER)
_SELECT = (
    "Name",
    "Guid",
    "RoleType",
    "IsRootRole",
    "ImplicitRecipientReadScope",
    "ImplicitRecipientWriteScope",
    "ImplicitConfigReadScope",
    "ImplicitConfigWriteScope",
)
# Its child roles have the same type.
_ROLE_MANAGEMENT = "rolemanagement"


class RoleCatalog:
    """All management roles, read once per task."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._roles: list[Record] | None = None

    def find(self, name: str) -> Record | None:
        """The only role of this name. Raises `TenantError` if several have it."""
        if self._roles is None:
            self._roles = exchange_of(self._tenant).invoke("Get-ManagementRole", {}, _READ, select=_SELECT).values
        found = [one for one in self._roles if normalize_case(one["Name"]) == normalize_case(name)]
        record: Record | None = only(found, lambda one: str(one.get("Guid")), f"management role {name}")
        return record

    def id_of(self, name: str) -> str:
        """The id for cmdlets: a name could be another role's id."""
        return str((self.find(name) or {}).get("Guid") or name)

    def named(self, assignments: Sequence[Record]) -> list[Record]:
        """Assignments as read, each with its role under the name that the role itself has.

        Exchange may put the organization and a backslash before it. Every comparison takes the name of the role, so
        this comes right after each read; the roles are read only if there is a backslash.
        """
        return [
            {**one, "Role": self._plain(str(one["Role"]))} if "\\" in str(one.get("Role") or "") else one
            for one in assignments
        ]

    def _plain(self, shown: str) -> str:
        """The name of a role may have backslashes itself, so each prefix is tried."""
        name = shown
        while "\\" in name and self.find(name) is None:
            name = name.partition("\\")[2]
        return name

    def is_named(self, listed_name: str, name: str) -> bool:
        """Whether Exchange shows the role of this name: it may prefix the organization and a backslash."""
        if normalize_case(listed_name) == normalize_case(name):
            return True
        return normalize_case(listed_name).endswith("\\" + normalize_case(name)) and self.find(listed_name) is None

    def check_assignment(self, found: Record, role: str, is_assignee: Callable[[str], bool]) -> None:
        """Refuse an assignment of another role, or to another assignee. `is_assignee` takes a normalized name."""
        shown = [
            normalize_case(str(found[one])) for one in ("RoleAssigneeName", "RoleAssignee", "User") if found.get(one)
        ]
        fits = self.is_named(str(found.get("Role") or role), role)
        if not fits or (shown and not any(map(is_assignee, shown))):
            raise TenantError(
                "other_object",
                f"Exchange returned the assignment {found.get('Name')}, of the role {found.get('Role')} to "
                f"{found.get('RoleAssigneeName')}, where one of the role {role} to somebody else was asked for",
                "read the role assignments",
                self._tenant.label,
                next_step="Check the assignment by hand; it was not changed",
            )

    def hands_out_roles(self, name: str) -> bool:
        """Whether a role is Role Management or one of its child roles."""
        kind = (self.find(name) or {}).get("RoleType") or name.replace(" ", "")
        return bool(normalize_case(str(kind)) == _ROLE_MANAGEMENT)


def caller_id(tenant: Tenant) -> str:
    """The object id of the caller; empty if the token does not name it."""
    return str(claims(tenant.tokens.bearer("exchange")).get("oid") or "")


def _hands_out_through(tenant: Tenant, catalog: RoleCatalog, caller: str) -> list[Record] | None:
    """The assignments by which the caller delegates roles; None if unknown.

    An application that is not registered in Exchange has its rights from the directory, and no assignment. Whether
    Exchange finds a registered one as an assignee is not documented.
    """
    found = _assigned_to(tenant, catalog, caller, delegating=False)
    if found is None:
        return None if find_service_principal(tenant, caller) else []
    return [one for one in found if catalog.hands_out_roles(str(one["Role"]))]


def _assigned_to(tenant: Tenant, catalog: RoleCatalog, caller: str, *, delegating: bool) -> list[Record] | None:
    """The enabled assignments of the caller; None if Exchange does not find the caller."""
    asked: dict[str, Any] = {"RoleAssignee": caller, "Delegating": delegating}
    try:
        found = exchange_of(tenant).invoke("Get-ManagementRoleAssignment", asked, _READ_OWN).values
    except TenantError as error:
        if error.kind != "not_found":
            raise
        return None
    return [one for one in catalog.named(found) if is_enabled(one)]


def refuse_own_way(tenant: Tenant, catalog: RoleCatalog, taken: Sequence[Record], action: str) -> None:
    """Refuse to remove the last assignments by which the caller delegates roles.

    The rest of the task could not be finished, and nothing undone. A task that removes no such role reads nothing.
    """
    names = [str(one["Role"]) for one in taken if catalog.hands_out_roles(str(one["Role"]))]
    if not names:
        return
    caller = caller_id(tenant)
    held = _hands_out_through(tenant, catalog, caller) if caller else None
    removed = {normalize_case(str(one.get("Guid"))) for one in taken}
    if held is None or (held and all(normalize_case(str(one.get("Guid"))) in removed for one in held)):
        only_way = "does not say through what else the caller has" if held is None else "has no other way to"
        who = "Exchange" if held is None else "the caller"
        raise TenantError(
            "own_rights",
            f"this removes a right to assign roles ({', '.join(sorted(set(names)))}), and {who} {only_way} "
            f"{'it' if held is None else 'do so'}, so the change might be neither finished nor undone",
            action,
            tenant.label,
            next_step="Sign in as somebody who has the role Role Management in another way",
        )


def refuse_own_delegation(tenant: Tenant, catalog: RoleCatalog, taken: Sequence[Record], action: str) -> None:
    """Refuse to remove the last delegating assignment of a role that the caller has, who could not create it again."""
    caller = caller_id(tenant)
    held = (_assigned_to(tenant, catalog, caller, delegating=True) if caller else None) or []
    removed = {normalize_case(str(one.get("Guid"))) for one in taken}
    for one in taken:
        role = str(one["Role"])
        own = [other for other in held if catalog.is_named(str(other["Role"]), role)]
        if own and all(normalize_case(str(other.get("Guid"))) in removed for other in own):
            raise TenantError(
                "own_rights",
                f"this removes the caller's only delegating assignment of {role}, so the caller could not undo it",
                action,
                tenant.label,
                next_step="Sign in as somebody who may delegate this role in another way",
            )
