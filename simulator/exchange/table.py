# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The implementation of each cmdlet: the general verbs for a type of object, or its own function."""

from __future__ import annotations

from collections.abc import Sequence

from ..behaviours.table import behaviour_of
from ..cmdlets.contract import Cmdlet
from ..cmdlets.exchange_types import GENERAL, GENERAL_PARAMETERS, Act, CmdletCall, ExchangeType, refused
from ..state.http_messages import Json
from .assignments import ASSIGNMENT_CMDLETS, ASSIGNMENT_NOUNS, HEARD_BY_ASSIGNMENTS
from .client_access import CLIENT_ACCESS_NOUNS, seed_client_access
from .devices import DEVICE_NOUNS, clear_device, seed_devices
from .mobile_access import MOBILE_NOUNS, seed_mobile
from .organization import ORGANIZATION_CMDLETS, ORGANIZATION_NOUNS, seed_organization
from .rbac import seed_roles
from .recipients import RECIPIENT_NOUNS, set_cas_mailbox
from .role_groups import GROUP_CMDLETS, GROUP_NOUNS
from .roles import HEARD_BY_ENTRIES, ROLE_CMDLETS, ROLE_NOUNS

NOUNS: dict[str, ExchangeType] = {
    **MOBILE_NOUNS,
    **DEVICE_NOUNS,
    **RECIPIENT_NOUNS,
    **ROLE_NOUNS,
    **GROUP_NOUNS,
    **ASSIGNMENT_NOUNS,
    **ORGANIZATION_NOUNS,
    **CLIENT_ACCESS_NOUNS,
}
OWN: dict[str, Act] = {
    "Clear-MobileDevice": clear_device,
    "Set-CASMailbox": set_cas_mailbox,
    **ROLE_CMDLETS,
    **GROUP_CMDLETS,
    **ASSIGNMENT_CMDLETS,
    **ORGANIZATION_CMDLETS,
}


# The parameters that a Get- with its own function supports.
HEARD = {"Get-ManagementRoleAssignment": HEARD_BY_ASSIGNMENTS, "Get-ManagementRoleEntry": HEARD_BY_ENTRIES}


def not_carried_out(cmdlet: Cmdlet) -> list[str]:
    """The parameters of a Get- that the simulator does not support."""
    if cmdlet.verb != "Get":
        return []
    supported = HEARD.get(cmdlet.name) or GENERAL_PARAMETERS | NOUNS[cmdlet.noun].supported
    return [name for name in cmdlet.parameters if name not in supported]


def run_cmdlet(run: CmdletCall) -> Sequence[Json]:
    """A parameter that would change the result must not be ignored."""
    for name in not_carried_out(run.cmdlet):
        if name in run.given:
            raise refused("cmdlet-not-simulated", f"The simulator does not know what {name} does to {run.cmdlet.name}.")
    carry_out = OWN.get(run.cmdlet.name) or GENERAL[run.cmdlet.verb]
    return carry_out(run, NOUNS[run.cmdlet.noun])


def carried_out_by(cmdlet: Cmdlet) -> str:
    """The behaviour behind a cmdlet."""
    own = OWN.get(cmdlet.name)
    return behaviour_of(own) if own else NOUNS[cmdlet.noun].behaviour


def seed_exchange(run: CmdletCall) -> None:
    """The initial organization of the description."""
    seed_organization(run)
    seed_roles(run)
    seed_mobile(run)
    seed_devices(run)
    seed_client_access(run)
