# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may delegate a role: holders of a delegating assignment of it, or of one of its ancestors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ..behaviours.table import implements
from ..cmdlets.exchange_types import CmdletCall, refused
from ..state.http_messages import Json, Refusal
from .propagation import present
from .rbac import assignments_of

_NOT_FOUND = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"


def refuse_undelegated(run: CmdletCall, role: str, label: str) -> None:
    """Both refusals have the same words: a newly customized organization takes a while, for every caller."""
    if not _settled(run):
        raise _denied(run, "delegating-late", label)
    if not _delegates(run, role):
        raise _denied(run, "delegating-assignment", label)


def _denied(run: CmdletCall, behaviour: str, label: str) -> Refusal:
    return refused(
        behaviour,
        f'You don\'t have access to create, change, or remove the "{run.tenant.domains[1]}\\{label}" management role '
        "assignment. You must be assigned a delegating role assignment to the management role or its parent in the "
        "hierarchy without a scope restriction.",
    )


@implements("delegating-assignment")
def _delegates(run: CmdletCall, role: str) -> bool:
    if run.tenant.is_visitor(run.caller):
        return True
    family = set(_ancestry(run, role))
    held = assignments_of(run.tenant, run.caller, present(run.tenant))
    return any(
        item["Role"] in family
        and item["Enabled"]
        and item["RoleAssignmentDelegationType"].startswith("Delegating")
        and item["RecipientWriteScope"] == "Organization"
        for item in held
    )


def _ancestry(run: CmdletCall, role: str) -> Iterator[str]:
    parents = {item["Name"]: item["Parent"] for item in run.tenant.store("ManagementRole")}
    name: str | None = role
    while name:
        yield name
        name = parents.get(name)


@implements("delegating-late")
def _settled(run: CmdletCall) -> bool:
    organization = next(iter(run.tenant.store("OrganizationConfig")))
    delay: timedelta = organization["_delegation_after"]
    customized = organization["_customized"]
    return customized is not None and bool(run.now >= customized + delay)


@implements("service-principal-late")
def refuse_unready(run: CmdletCall, principal: str, identity: str) -> None:
    """Get-ServicePrincipal lists a new one at once; cmdlets that assign it something do not find it yet."""
    found: Json | None = run.tenant.store("ServicePrincipal").find("ObjectId", principal)
    if found and run.now < found.get("_counts_from", run.now):
        raise Refusal(
            "service-principal-late",
            status=404,
            code=_NOT_FOUND,
            message=(
                f"The operation couldn't be performed because object '{identity}' couldn't be found on "
                "'SIMULATED.EXCHANGE.EXAMPLE'."
            ),
        )
