# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run any cmdlet that no module covers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._core.errors import Purpose, usage
from .._core.resource import normalize_case
from .._core.text import did_you_mean
from .._engine.exchange import exchange_of
from .._engine.tenant import Tenant
from .._exchange.cmdlet_contract import CMDLETS
from .._exchange.parameters import checked, reads

_NAME = re.compile(r"[A-Za-z]+-[A-Za-z]+")
_WIPES = ("clear-mobiledevice", "clear-activesyncdevice")  # the second is the older name
OPTIONS: dict[str, Any] = {
    "cmdlet": {"type": "str", "required": True},
    "parameters": {"type": "dict", "default": {}},
    "select": {"type": "list", "elements": "str", "default": []},
    "allow_unknown": {"type": "bool", "default": False},
}

_CREATES = ("new", "add")


def run_cmdlet(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Run a cmdlet; in check mode only one that reads. Raises `TenantError`."""
    names = {normalize_case(name): name for name in CMDLETS}
    cmdlet = names.get(normalize_case(params["cmdlet"].strip()), params["cmdlet"].strip())
    parameters, known = params["parameters"], not params["allow_unknown"]
    if not _NAME.fullmatch(cmdlet):
        raise usage(f"cmdlet is {cmdlet!r}; specify a name such as Get-MobileDevice")
    if known and cmdlet not in CMDLETS:
        raise usage(
            f"the cmdlet {cmdlet} is not known to this collection",
            f"{did_you_mean([cmdlet], CMDLETS, 0.8)} Check its name, or set allow_unknown to true".lstrip(),
        )
    given = {normalize_case(name): value for name, value in checked(cmdlet, parameters, known).items()}
    if normalize_case(cmdlet) in _WIPES and not (given.get("accountonly") is True or given.get("cancel") is True):
        raise usage(
            f"{cmdlet} without AccountOnly erases the whole device",
            "Use intune.exchange.mobile_device, where a full wipe must be confirmed",
        )
    changes = not reads(cmdlet) and given.get("whatif") is not True
    if check_mode and not reads(cmdlet):
        return {"changed": changes, "objects": [], "cmdlet_warnings": []}
    unsure = "" if cmdlet in CMDLETS else f", if {cmdlet} exists in Exchange Online"  # both return 403
    purpose = Purpose(f"run {cmdlet}", f"an Exchange role that holds {cmdlet} with these parameters{unsure}")
    found = exchange_of(tenant).invoke(cmdlet, parameters, purpose, tuple(params["select"]), known)
    return {"changed": changes, "objects": found.values, "cmdlet_warnings": found.warnings}


def undo(params: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """For cmdlets that destroy or change, the previous state is unknown here."""
    verb = normalize_case(str(params["cmdlet"]).partition("-")[0])
    return (
        "" if verb in _CREATES else "This module cannot undo a cmdlet; the response of the service is all that is left"
    )
