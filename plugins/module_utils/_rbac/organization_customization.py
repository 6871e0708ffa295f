# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leaving the compact form of a small tenant, once and for good: only then Exchange takes roles of one's own.

https://learn.microsoft.com/powershell/module/exchange/enable-organizationcustomization
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.resource import Record, returned
from .._engine.exchange import exchange_of
from .._engine.poll import poll
from .._engine.tenant import Tenant

_READ = Purpose("read the Exchange organization", "the Exchange role View-Only Configuration")
_ENABLE = Purpose("enable customization of the Exchange organization", "the Exchange role Organization Configuration")
_PAUSES = 5.0, 60.0  # seconds between reads while waiting

OPTIONS: dict[str, Any] = {
    "accept_permanent": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 3600},
}


def customize(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Enable customization unless it is enabled. Raises `TenantError` unless that was accepted."""
    organization = _read(tenant)
    dehydrated = bool(organization.get("IsDehydrated"))
    if dehydrated and not params["accept_permanent"]:
        raise TenantError(
            "not_accepted",
            "the tenant is dehydrated: it shares its roles and policies with others until customization is enabled, "
            "which is permanent and cannot be undone",
            _ENABLE.action,
            tenant.label,
            next_step="Set accept_permanent to true once that is accepted",
        )
    if dehydrated and not check_mode:
        organization = _enable(tenant, params) or organization
    shown = {**organization, "IsDehydrated": False} if dehydrated and check_mode else organization
    return {
        "changed": dehydrated,
        "diff": {"before": {"is_dehydrated": dehydrated}, "after": {"is_dehydrated": False}},
        "organization": returned(shown),
    }


def _read(tenant: Tenant) -> Record:
    found = (
        exchange_of(tenant)
        .invoke("Get-OrganizationConfig", {}, _READ, select=("Identity", "Name", "DisplayName", "Guid", "IsDehydrated"))
        .values
    )
    if len(found) != 1:
        problem = f"Exchange Online returned {len(found)} organizations"
        raise TenantError("protocol", problem, _READ.action, tenant.label)
    return found[0]


def _enable(tenant: Tenant, params: Mapping[str, Any]) -> Record | None:
    """The organization once the change shows; None if nobody waits for that."""
    asked: TenantError | None = None
    try:
        exchange_of(tenant).invoke("Enable-OrganizationCustomization", {}, _ENABLE)
    except TenantError as error:
        # It works once, and shows late: a refusal may mean that an earlier run, or somebody else, has asked already.
        if error.kind not in ("refused", "outcome_unknown") or not params["wait"]:
            step = "If it was asked for already, it takes effect within a day or two: wait and run again"
            raise error.but(next_step=step) from error.__cause__
        asked = error
    return _wait(tenant, params["wait_timeout"], asked) if params["wait"] else None


def _wait(tenant: Tenant, seconds: int, asked: TenantError | None) -> Record:
    organization, done = poll(
        tenant,
        seconds,
        lambda: _read(tenant),
        lambda record: not record.get("IsDehydrated"),
        lambda _record: "the customization to take effect",
        _PAUSES,
    )
    if not done:
        said = f" ({asked.problem})" if asked else ""
        raise TenantError(
            "timeout",
            f"it was requested{said}, but had not taken effect after {seconds} s (wait_timeout)",
            "wait for the customization",
            tenant.label,
            next_step="Run again later; Exchange may take a day or two",
        )
    return organization
